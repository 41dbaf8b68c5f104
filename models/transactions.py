"""Transactions that run again when PostgreSQL asks for it, and that no task can outlive."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

import asyncpg
from tortoise.transactions import in_transaction

P = ParamSpec("P")
T = TypeVar("T")

# Tortoise lets these through untranslated.
AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)

_inside: ContextVar[Any] = ContextVar("the open transaction's connection", default=None)

_reading: ContextVar[bool] = ContextVar("whether nothing is to be written here", default=False)


class WouldWrite(Exception):
    """Something wants a transaction where it was agreed only to read."""


class Reading:
    """Inside this block no transaction is opened: who wants one gets WouldWrite, and has changed nothing."""

    def __enter__(self) -> None:
        self._token = _reading.set(True)

    def __exit__(self, *_: object) -> None:
        _reading.reset(self._token)


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """`async with savepoint():` around what may fail inside a transaction."""
    if _reading.get():
        raise WouldWrite()
    async with in_transaction():
        yield


async def transaction(work: Callable[P, Awaitable[T]], *args: P.args, **inputs: P.kwargs) -> T:
    """Runs `work` in one transaction, up to four times on deadlocks; within another, as a savepoint of that one."""
    if _reading.get():
        raise WouldWrite()
    if _inside.get() is not None:
        async with savepoint():
            return await work(*args, **inputs)
    for attempt in range(4):
        try:
            async with in_transaction() as client:
                # Tortoise keeps it to itself; the ORM's own way to it costs as much again as the round trip.
                token = _inside.set(client._connection)
                try:
                    return await work(*args, **inputs)
                finally:
                    _inside.reset(token)
        except AGAIN:
            if attempt == 3:
                raise
            await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable")


def connection() -> Any:
    """The connection of the transaction that is open here."""
    return _inside.get()


def inside() -> bool:
    """Whether a transaction is open here; network calls refuse to be made in one."""
    return _inside.get() is not None


def refuse_tasks_inside(
    loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, T], **options: Any
) -> "asyncio.Task[T]":
    """A task factory under which a task started inside a transaction is an error: it would share the connection."""
    if _inside.get() is not None:
        coroutine.close()
        raise RuntimeError("no task may start inside a transaction: it would share the connection and outlive it")
    return asyncio.Task(coroutine, loop=loop, **options)
