"""One statement for everybody who asks the same at the same time: under load, round trips are shared."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

import asyncpg

from models import sql
from models.transactions import connection

MOST = 64
"""Few enough that some are answered while the database is asked by others; more in one statement cost next to nothing."""

QUIET_ROUNDS = 4
"""From a message's last byte to its first question the loop goes round about as often."""

Row = Mapping[str, Any]

Asked = tuple[tuple[Any, ...], "asyncio.Future[list[Row]]"]


class Batch:
    """A statement over arrays, one element each for every asker, whose rows say in `nth` (from 1) whom they answer.

    Alone it costs what a plain statement costs. Whoever comes within the next rounds of the loop, or while a statement is
    under way, goes together with others: to wake the database costs more than to ask it for ten more.
    It must take no lock it would wait for: one asker would hold up the others.
    """

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self._waiting: deque[Asked] = deque()
        self._carrier: asyncio.Task[None] | None = None

    async def rows(self, *values: Any) -> list[Row]:
        """The rows that answer one asker; inside a transaction, as that transaction sees them."""
        if connection() is not None:
            return await sql.records(self.statement, *([value] for value in values))
        # While somebody carries, the loop is theirs: to ask which one runs asks the system who we are, each time.
        carrier = self._carrier
        carried = carrier is not None and not carrier.done() and carrier.get_loop().is_running()
        loop = carrier.get_loop() if carrier is not None and carried else asyncio.get_running_loop()
        answer: asyncio.Future[list[Row]] = loop.create_future()
        self._waiting.append((values, answer))
        if not carried:
            self._carrier = loop.create_task(self._carry())
        return await answer

    async def row(self, *values: Any) -> Row | None:
        """The first row, or None."""
        found = await self.rows(*values)
        return found[0] if found else None

    async def _carry(self) -> None:
        while self._waiting:
            taken: list[Asked] = []
            try:
                # One connection for as long as people keep coming: to take and return it costs as much as to ask.
                async with sql.borrowed() as free:
                    while self._waiting:
                        await self._gather()
                        taken = self._take()
                        await self._ask(free, taken)
            except asyncpg.DataError:
                # A value that one asker brought must not fail the others.
                for one in taken:
                    await self._alone(one)
            except Exception as failure:  # noqa: BLE001  # whoever waits is told
                _fail(taken or self._take(), failure)

    async def _gather(self) -> None:
        """Waits until nobody has come for some rounds of the loop: those who are about to ask shall come along."""
        came, quiet = -1, 0
        while quiet < QUIET_ROUNDS and len(self._waiting) < MOST:
            came, quiet = len(self._waiting), quiet + 1 if len(self._waiting) == came else 0
            await asyncio.sleep(0)

    def _take(self) -> list[Asked]:
        return [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]

    async def _alone(self, one: Asked) -> None:
        try:
            async with sql.borrowed() as free:
                await self._ask(free, [one])
        except Exception as failure:  # noqa: BLE001  # whoever waits is told
            _fail([one], failure)

    async def _ask(self, free: Any, taken: list[Asked]) -> None:
        columns = [list(column) for column in zip(*(values for values, _ in taken), strict=True)]
        answers: list[list[Row]] = [[] for _ in taken]
        for row in await free.fetch(self.statement, *columns):
            answers[row["nth"] - 1].append(row)
        for (_, future), answer in zip(taken, answers, strict=True):
            if not future.done():
                future.set_result(answer)


def _fail(taken: list[Asked], failure: Exception) -> None:
    for _, answer in taken:
        if not answer.done():
            answer.set_exception(failure)
