"""Plain SQL where the ORM would cost several statements; it joins the transaction that is open."""

from typing import Any

from tortoise.connection import get_connection

from models.transactions import connection


async def rows(statement: str, *values: Any) -> list[dict[str, Any]]:
    """Every row of a statement with $1, $2 …; also of `UPDATE … RETURNING`."""
    # What is open is asked directly: the ORM's own way to it costs as much as the round trip.
    if (opened := connection()) is not None:
        return [dict(each) for each in await opened.fetch(statement, *values)]
    return list(await get_connection("default").execute_query_dict(statement, list(values)))


async def records(statement: str, *values: Any) -> list[Any]:
    """The rows as the driver has them, for what is asked at every turn; errors are the driver's own, too."""
    if (opened := connection()) is not None:
        return list(await opened.fetch(statement, *values))
    async with borrowed() as free:
        return list(await free.fetch(statement, *values))


def borrowed() -> Any:
    """A connection of the pool, for `async with`."""
    return get_connection("default").acquire_connection()


async def row(statement: str, *values: Any) -> dict[str, Any] | None:
    """The first row, or None."""
    found = await rows(statement, *values)
    return found[0] if found else None
