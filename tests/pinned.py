"""A database engine for tests: one connection inside a transaction, dressed as a pool; closing it forgets everything."""

import asyncio
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

WAIT_S = 5


class OneConnection:
    """Hands the one connection to whoever asks, one after another, a savepoint each."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection, self.free = connection, asyncio.Lock()

    async def acquire(self) -> asyncpg.Connection:
        await asyncio.wait_for(self.free.acquire(), WAIT_S)
        await self.connection.execute("SAVEPOINT test")
        return self.connection

    async def release(self, connection: asyncpg.Connection) -> None:
        try:
            await connection.execute("RELEASE test")
        except asyncpg.InFailedSQLTransactionError:
            # A lone statement failed: only it is undone.
            await connection.execute("ROLLBACK TO test")
        self.free.release()

    async def close(self) -> None:
        await self.connection.close()


class client_class(AsyncpgDBClient):
    """What Tortoise loads for the engine `tests.pinned`."""

    async def create_pool(self, min_size: int, max_size: int, connection_class: Any, loop: Any, **where: Any) -> Any:
        connection = await asyncpg.connect(**where)
        await connection.transaction().start()
        return OneConnection(connection)
