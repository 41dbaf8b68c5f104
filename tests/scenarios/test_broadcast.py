"""A broadcast to ten thousand: paused, resumed, its workers killed, and told to nobody twice."""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient

from emulator.api import WORLD
from emulator.app import make_app as make_emulator
from emulator.config import Config
from models import sql
from models.chat.tokens import issue_token
from models.party.tables import Person
from tests.people import Pair, emulator_settings
from tests.serving import free_port, serving
from tests.waiting import until

pytestmark = [pytest.mark.commits, pytest.mark.slow, pytest.mark.xdist_group("heavy")]

CROWD = int(os.environ.get("CROWD", "10000"))
"""How many colleagues there are besides the demo's: `CROWD=100000 pytest … -k kills` measures a larger company."""

STRANGERS = 40
"""Colleagues whose WeCom account is gone, though the product does not know yet."""

MUTED = 25
"""Colleagues who want no announcements."""

KILLS = 8

PEOPLE = """
INSERT INTO person (number, name, nickname, phone, roles, active, created_at)
SELECT 'W' || lpad(n::text, 6, '0'), '同事' || n, '', '', '["worker"]', true, now() FROM generate_series(1, $1::int) n
"""

BOUND = """
INSERT INTO conversation (door, external_id, person_id, reachable, window_left, wrong_codes, turns, state)
SELECT 'work', lower(number), id, true, 0, 0, '[]', '{}' FROM person WHERE number LIKE 'W%'
"""


WISHES = """
INSERT INTO preference (person_id, kind, muted, digest)
SELECT id, 'announcement', true, false FROM person WHERE number LIKE 'W%' ORDER BY number LIMIT $1::int
"""


@pytest.fixture
async def company(
    database: str, clock: Path, aiohttp_client: Callable[..., Awaitable[TestClient]]
) -> AsyncIterator[Pair]:
    """One server of two processes, and a company of thousands."""
    await sql.rows(PEOPLE, CROWD)
    await sql.rows(BOUND)
    await sql.rows(WISHES, MUTED)
    await sql.rows("ANALYZE")
    port = free_port()
    async with serving(1, database, clock, f"http://127.0.0.1:{port}", processes=2) as workers:
        config: dict[str, Any] = emulator_settings(workers[0].address, clock)
        config["people"] += [_colleague(number) for number in range(1, CROWD - STRANGERS + 1)]
        emulator = await aiohttp_client(make_emulator(Config.parse(config)), server_kwargs={"port": port})
        yield Pair(emulator, workers)


def _colleague(number: int) -> dict[str, str]:
    return {"id": f"W{number:06d}", "name": f"同事{number}", "work": f"w{number:06d}"}


async def states() -> Counter[str]:
    rows = await sql.rows("SELECT state, count(*)::int AS n FROM notice WHERE kind = 'announcement' GROUP BY state")
    return Counter({row["state"]: row["n"] for row in rows})


async def shown(company: Pair, words: str) -> Counter[str]:
    """How often each phone has really been shown the broadcast."""
    # Each delivery quotes its call with a thousand receivers: over HTTP they would be gigabytes.
    delivered = company.emulator.app[WORLD].phones.deliveries.of(None, 0)
    return Counter(
        each.person
        for each in delivered
        if not each.dropped and words in each.payload.get("text", {}).get("content", "")
    )


async def settled() -> bool:
    """Whether every notice has come to an end; what a dead worker held is free again after half a minute."""
    found, jobs = await states(), await sql.rows("SELECT id FROM job WHERE state <> 'done'")
    return not jobs and found["queued"] + found["sending"] == 0


async def beyond(count: int) -> bool:
    return (await states())["accepted"] > count


async def test_ten_thousand_are_told_once_however_often_a_worker_is_killed(company: Pair) -> None:
    dice = random.Random(2026)
    assert "请确认通知全体同事" in await company.text("E001", "发公告 明天盘点")
    began = time.monotonic()
    assert "JB0001 已开始" in await company.text("E001", "确认")
    for kill in range(KILLS):
        # Some die before anything is sent, some with messages on their way, some with the last of them.
        await until(partial(beyond, CROWD * kill // (KILLS + 2) - 1), within_s=60 + CROWD / 500)
        victims = await until(partial(_alive, company))
        os.kill(dice.choice(victims), signal.SIGKILL)
        await until(partial(_both, company))
    await until(settled, within_s=60 + CROWD / 50)
    sys.stderr.write(f"\n{CROWD} colleagues, {KILLS} kills: {time.monotonic() - began:.0f} s\n")

    staff = int((await sql.rows("SELECT count(*) AS n FROM person WHERE active AND customer_id IS NULL"))[0]["n"])
    found = await states()
    assert found["accepted"] + found["uncertain"] + found["refused"] + found["muted"] == staff == sum(found.values())
    assert found["muted"] == MUTED
    phones = await shown(company, "明天盘点")
    assert max(phones.values()) == 1
    assert (await company.get("deliveries/count", door="work"))["duplicates"] == 0
    accepted = await sql.rows(
        "SELECT p.number FROM notice n JOIN person p ON p.id = n.receiver_id "
        "WHERE n.kind = 'announcement' AND n.state = 'accepted'"
    )
    assert {row["number"] for row in accepted} <= set(phones)
    assert found["refused"] == STRANGERS
    refused = await sql.rows("SELECT DISTINCT reason FROM notice WHERE kind = 'announcement' AND state = 'refused'")
    assert refused == [{"reason": "没有这个成员（40003）"}] or all(row["reason"] for row in refused)
    answer = await company.text("E001", "JB0001")
    assert "已完成" in answer and f"未送达：{STRANGERS + MUTED}（{MUTED} 人关了这类通知）" in answer


async def test_a_paused_broadcast_sends_nothing_until_it_goes_on(company: Pair) -> None:
    await company.text("E001", "发公告 周五开会")
    await company.text("E001", "确认")
    await until(partial(beyond, 0), within_s=60)
    assert (await command(company, "pause"))["state"] == "paused"

    async def nothing_under_way() -> bool:
        found = await states()
        return not found["sending"] and not found["queued"]

    await until(nothing_under_way, within_s=60)
    held, before = await states(), await shown(company, "周五开会")
    assert held["paused"] > 0
    # What is told after it is not held up, and it is still.
    status = await company.text("E010", "JB0001")
    assert "已暂停" in status and "继续" in status
    assert await states() == held
    assert await shown(company, "周五开会") == before
    await command(company, "resume")
    await until(settled, within_s=60 + CROWD / 50)
    assert max((await shown(company, "周五开会")).values()) == 1
    staff = int((await sql.rows("SELECT count(*) AS n FROM person WHERE active AND customer_id IS NULL"))[0]["n"])
    found = await states()
    assert found["paused"] == 0
    assert found["accepted"] + found["uncertain"] + found["refused"] + found["muted"] == staff == sum(found.values())
    assert (found["refused"], found["muted"]) == (STRANGERS, MUTED)
    said = await company.text("E001", "JB0001")
    assert "已完成" in said and f"未送达：{STRANGERS + MUTED}（{MUTED} 人关了这类通知）" in said


async def command(company: Pair, verb: str) -> dict[str, Any]:
    """Pauses or resumes the broadcast over JSON, as the general manager."""
    token = (await issue_token(person_id=(await Person.get(number="E001")).id))[0]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": verb}
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{company.workers[0].address}/api/job/{verb}", json={"job": "JB0001"}, headers=headers
        ) as response,
    ):
        answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer


async def _alive(company: Pair) -> list[int]:
    return company.workers[0].children()


async def _both(company: Pair) -> bool:
    return len(company.workers[0].children()) == 2
