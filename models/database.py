"""Opening the database: one configuration for the server, the tests and the command line."""

from typing import Any
from urllib.parse import unquote

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError

from models.errors import DatabaseAway

AREAS = (
    "party", "product", "books", "stock", "sales", "purchase", "production", "finance", "payables",
    "approvals", "crm", "people", "chat", "delivery", "system", "pages",
)  # fmt: skip


class Lean(asyncpg.Connection):  # type: ignore[misc]
    """A connection that is not reset on release: the reset costs as much as a query, and we keep no session state."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""


AWAY = (
    DatabaseAway,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    # What asyncpg makes of a connection that was ended while nobody used it.
    asyncpg.InternalClientError,
    ConnectionError,
    TimeoutError,
)
"""What a database that is away, or goes away, makes of a statement."""


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database could not be reached; nothing was changed then."""
    if not isinstance(error, OperationalError):
        return isinstance(error, AWAY)
    return isinstance(error.__cause__, AWAY) or isinstance(error.args[0] if error.args else None, AWAY)


UNMIGRATED = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)
"""What a database that has not been brought up to date makes of a statement."""


async def connect(*where: Any, **how: Any) -> asyncpg.Connection:
    """A new connection. Raises DatabaseAway, whatever it was: no such host, socket, database, user; not up yet."""
    try:
        return await asyncpg.connect(*where, **how)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseAway(str(error) or type(error).__name__) from error


def config(url: str | dict[str, Any], *, pool: int = 8) -> dict[str, Any]:
    """Tortoise's configuration for one database."""
    if isinstance(url, str):
        connection = expand_db_url(url)
        credentials = connection["credentials"]
        # Tortoise unquotes the password but not the user's name.
        credentials["user"] = unquote(credentials["user"] or "")
        credentials.update(minsize=1, maxsize=pool, connection_class=Lean, connect=connect)
    else:
        connection = url
    return {
        "connections": {"default": connection},
        "apps": {
            "models": {
                "models": [f"models.{area}.tables" for area in AREAS],
                "default_connection": "default",
                "migrations": "models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


class _Opened:
    """The one context of this process: Tortoise allows a single global one, so it is kept and pointed elsewhere."""

    context: TortoiseContext | None = None


async def open_database(url: str | dict[str, Any], *, pool: int = 8) -> TortoiseContext:
    """Connects this process; closed with `context.connections.close_all()`. Raises DatabaseAway when first used."""
    settings = config(url, pool=pool)
    if _Opened.context is None:
        _Opened.context = await Tortoise.init(settings, _enable_global_fallback=True)
    else:
        connections = _Opened.context.connections
        connections.db_config["default"] = settings["connections"]["default"]
        connections.discard("default")
    return _Opened.context
