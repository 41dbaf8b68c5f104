"""Plain SQL where the ORM would cost several statements; it joins the transaction that is open."""

from typing import Any

from tortoise.connection import connections


async def rows(statement: str, *values: Any) -> list[dict[str, Any]]:
    """Every row of a statement with $1, $2 …; also of `UPDATE … RETURNING`."""
    return list(await connections.get("default").execute_query_dict(statement, list(values)))


async def row(statement: str, *values: Any) -> dict[str, Any] | None:
    """The first row, or None."""
    found = await rows(statement, *values)
    return found[0] if found else None
