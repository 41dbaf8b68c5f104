"""Statements that several askers share: each gets their own answer, and nobody another's trouble."""

import asyncio

import asyncpg
import pytest

from models.batching import Batch
from models.stock.tables import Warehouse
from models.transactions import Reading, WouldWrite, savepoint, transaction

SHARES = """
SELECT asked.nth, n FROM unnest($1::text[]) WITH ORDINALITY AS asked(most, nth), generate_series(1, asked.most::int) n
"""


async def test_each_asker_gets_their_own_rows_and_round_trips_are_shared(database: str) -> None:
    batch = Batch(SHARES)
    answers = await asyncio.gather(*(batch.rows(str(most)) for most in range(50)))
    assert [[row["n"] for row in answer] for answer in answers] == [list(range(1, most + 1)) for most in range(50)]


async def test_what_one_asker_brings_fails_only_for_them(database: str) -> None:
    batch = Batch(SHARES)
    answers = await asyncio.gather(*(batch.rows(most) for most in ("2", "many", "1")), return_exceptions=True)
    assert [isinstance(answer, asyncpg.DataError) for answer in answers] == [False, True, False]
    assert [row["n"] for row in await batch.rows("3")] == [1, 2, 3]


async def test_an_asker_who_goes_away_leaves_the_others_theirs(database: str) -> None:
    batch = Batch(SHARES)
    leaving = batch.rows("1")
    leaving.send(None)
    leaving.close()
    assert [row["n"] for row in await batch.rows("2")] == [1, 2]


async def test_inside_a_transaction_it_sees_what_the_transaction_wrote(database: str) -> None:
    batch = Batch(
        "SELECT nth, name FROM unnest($1::text[]) WITH ORDINALITY AS asked(name, nth) JOIN warehouse USING (name)"
    )

    async def work() -> list[str]:
        await Warehouse.create(name="三号仓", rank=9)
        return [row["name"] for row in await batch.rows("三号仓")]

    assert await transaction(work) == ["三号仓"]


async def test_who_only_reads_opens_no_transaction(database: str) -> None:
    async def work() -> None:
        raise AssertionError

    with Reading():
        with pytest.raises(WouldWrite):
            await transaction(work)
        with pytest.raises(WouldWrite):
            async with savepoint():
                raise AssertionError
