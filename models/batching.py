"""One statement for everybody who asks the same at the same time: under load, round trips are shared."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

import asyncpg

from models import sql
from models.transactions import connection

MOST = 64

Row = Mapping[str, Any]

Asked = tuple[tuple[Any, ...], "asyncio.Future[list[Row]]"]


class Batch:
    """A statement over arrays, one element each for every asker, whose rows say in `nth` (from 1) whom they answer.

    Alone it costs what a plain statement costs. While it is under way, those who come later gather, and go together.
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
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Row]] = loop.create_future()
        self._waiting.append((values, answer))
        if self._carrier is None or self._carrier.done() or self._carrier.get_loop() is not loop:
            self._carrier = loop.create_task(self._carry())
        return await answer

    async def row(self, *values: Any) -> Row | None:
        """The first row, or None."""
        found = await self.rows(*values)
        return found[0] if found else None

    async def _carry(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            failure = await self._ask(taken)
            if isinstance(failure, asyncpg.DataError):
                # A value that one asker brought must not fail the others.
                for one in taken:
                    _fail([one], await self._ask([one]))
            elif failure is not None:
                _fail(taken, failure)

    async def _ask(self, taken: list[Asked]) -> BaseException | None:
        """Answers these, or says what went wrong."""
        columns = [list(column) for column in zip(*(values for values, _ in taken), strict=True)]
        asking = asyncio.get_running_loop().create_task(sql.records(self.statement, *columns))
        await asyncio.wait({asking})
        if failure := asking.exception():
            return failure
        answers: list[list[Row]] = [[] for _ in taken]
        for row in asking.result():
            answers[row["nth"] - 1].append(row)
        for (_, future), answer in zip(taken, answers, strict=True):
            if not future.done():
                future.set_result(answer)
        return None


def _fail(taken: list[Asked], failure: BaseException | None) -> None:
    for _, answer in taken:
        if failure is not None and not answer.done():
            answer.set_exception(failure)
