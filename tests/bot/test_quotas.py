"""What may still be sent: counted in one place for all workers, never more than the platform takes."""

import asyncio
import random
from datetime import timedelta

import pytest

from bench import statements
from bot.config import Settings
from bot.quotas import Quotas
from models import sql
from models.clock import SHANGHAI, days, now, travel
from tests.people import MINI, OFFICIAL, WORK

pytestmark = pytest.mark.commits

MINUTE = timedelta(minutes=1)


def quotas(**work: int) -> Quotas:
    changes = {"template_per_day": 10}
    return Quotas(
        Settings(_env_file=None, official={**OFFICIAL, **changes}, work={**WORK, **work}, miniprogram={**MINI})
    )


async def test_a_member_gets_thirty_in_a_minute_and_the_next_when_those_are_surely_a_minute_old(database: str) -> None:
    asked, start = quotas(), now().replace(second=7, microsecond=0)
    with travel(start):
        assert [await asked.admit("work", "message", member="ZhangSan") for _ in range(30)] == [None] * 30
        again_at = await asked.admit("work", "message", member="zhangsan")
        assert await asked.admit("work", "message", member="LiSi") is None
    assert again_at is not None
    # A minute, ten seconds that a call may take to arrive, and what is left of a slice.
    assert timedelta(seconds=70) <= again_at - start <= timedelta(seconds=75)
    with travel(again_at - timedelta(seconds=1)):
        assert await asked.admit("work", "message", member="ZhangSan") == again_at
    with travel(again_at):
        assert await asked.admit("work", "message", member="ZhangSan") is None


async def test_no_minute_ever_holds_more_than_the_platform_takes_however_late_each_arrives(database: str) -> None:
    asked, dice, went = quotas(member_per_minute=5), random.Random(7), []
    moment = now()
    for _ in range(120):
        moment += timedelta(seconds=dice.choice((0, 0, 1, 3, 9, 25)))
        with travel(moment):
            if await asked.admit("work", "message", member="E1") is None:
                went.append(moment + timedelta(seconds=dice.uniform(0, 9)))
    assert max(sum(one <= each < one + MINUTE for each in went) for one in went) <= 5
    assert len(went) >= 30


async def test_the_hour_is_counted_too(database: str) -> None:
    asked, moment = quotas(member_per_hour=4), now()
    for _ in range(4):
        with travel(moment):
            assert await asked.admit("work", "message", member="E1") is None
        moment += 3 * MINUTE
    with travel(moment):
        again_at = await asked.admit("work", "message", member="E1")
    assert again_at is not None
    assert timedelta(hours=1) <= again_at - (moment - 12 * MINUTE) <= timedelta(minutes=70)


async def test_what_is_refused_costs_nothing(database: str) -> None:
    asked = quotas(members=1, member_per_minute=2)
    assert [await asked.admit("work", "message", member="E1") is None for _ in range(5)] == [True, True] + [False] * 3
    used = await sql.rows(
        "SELECT key, (SELECT sum(each)::int FROM unnest(counts) AS each) AS count FROM send_quota ORDER BY length(key), key"
    )
    assert {row["key"].split(":", 3)[3]: row["count"] for row in used} == {
        "message::60": 2,
        "message::86400": 2,
        "message:e1:60": 2,
        "message:e1:3600": 2,
    }


async def test_a_full_day_lasts_until_midnight_in_shanghai(database: str) -> None:
    asked = quotas()
    assert await asked.admit("official", "template", cost=10) is None
    again_at = await asked.admit("official", "template")
    assert again_at is not None
    there = again_at.astimezone(SHANGHAI)
    assert (there.hour, there.minute, there.date()) == (0, 0, (now() + days(1)).astimezone(SHANGHAI).date())
    with travel(again_at):
        assert await asked.admit("official", "template", cost=10) is None
    with pytest.raises(ValueError, match="ever allowed"):
        await asked.admit("official", "template", cost=11)


async def test_each_account_and_kind_is_counted_apart(database: str) -> None:
    asked = quotas()
    assert await asked.admit("official", "template", cost=10) is None
    assert await asked.admit("official", "subscription") is None
    assert await asked.admit("miniprogram", "subscription") is None
    assert await asked.admit("work", "robot", member="alerts", cost=20) is None
    assert await asked.admit("work", "robot", member="alerts") is not None


async def test_many_members_are_asked_for_at_once_and_only_the_full_ones_wait(database: str) -> None:
    asked = quotas(members=2, member_per_minute=2)
    assert await asked.admit_members("work", "message", ["A", "B", "C"]) == {}
    assert await asked.admit("work", "message", member="B") is None
    assert set(await asked.admit_members("work", "message", ["A", "B", "C", "a"])) == {"B"}
    assert await asked.admit_members("work", "message", []) == {}
    row = await sql.row("SELECT counts FROM send_quota WHERE key LIKE '%message::86400'")
    assert row == {"counts": [6]}


async def test_a_call_to_many_is_one_call_of_a_minute_and_many_messages_of_a_day(database: str) -> None:
    asked = quotas(members=5, calls_per_minute=3)
    people = [f"E{number}" for number in range(300)]
    assert [await asked.admit_members("work", "message", people) for _ in range(3)] == [{}, {}, {}]
    assert set(await asked.admit_members("work", "message", people[:2])) == {"E0", "E1"}
    rows = await sql.rows(
        "SELECT key, (SELECT sum(each)::int FROM unnest(counts) AS each) AS n FROM send_quota WHERE key LIKE '%message::%' ORDER BY key"
    )
    assert [row["n"] for row in rows] == [3, 900]


async def test_a_full_account_stops_everybody(database: str) -> None:
    asked = quotas(members=1)
    people = [f"E{number}" for number in range(150)]
    assert await asked.admit_members("work", "message", people) == {}
    assert set(await asked.admit_members("work", "message", people)) == set(people)
    assert await asked.admit("work", "message", member="E1") is None


async def test_workers_that_ask_together_get_no_more_than_one_would(database: str) -> None:
    asked = quotas(member_per_minute=12, members=1)

    async def ask(count: int) -> int:
        return sum([await asked.admit("work", "message", member="E1") is None for _ in range(count)])

    assert sum(await asyncio.gather(*(ask(5) for _ in range(8)))) == 12
    crowds = [[f"M{number}" for number in range(start, start + 40)] for start in (0, 20, 10, 30, 0)]
    refused = await asyncio.gather(*(asked.admit_members("work", "message", crowd) for crowd in crowds))
    admitted = sum(40 - len(each) for each in refused)
    row = await sql.row("SELECT counts FROM send_quota WHERE key LIKE '%message::86400'")
    assert row == {"counts": [12 + admitted]}
    assert admitted == 160


async def test_one_question_is_one_statement_however_many_members(database: str) -> None:
    asked, people = quotas(members=500), [f"E{number}" for number in range(1000)]
    assert await asked.admit_members("work", "message", people) == {}
    await sql.rows("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    await statements.forget(database)
    assert await asked.admit_members("work", "message", people) == {}
    assert await asked.admit("work", "message", member="E1") is None
    counted = [each for each in await statements.counted(database) if "send_quota" in each.text]
    assert sum(each.calls for each in counted) == 2
