"""Workers that are killed at any instant: every effect is there once, every notice is accounted for."""

import asyncio
import contextlib
import itertools
import os
import random
import signal
from collections import Counter, defaultdict
from functools import partial

import aiohttp
import pytest

from models import sql
from models.auditing import CHECKS
from models.chat.tokens import issue_token
from models.delivery.tables import Notice
from models.party.tables import Person
from models.transactions import transaction
from tests.people import Pair
from tests.waiting import until

# What needs the whole machine runs one after another.
pytestmark = [pytest.mark.commits, pytest.mark.slow, pytest.mark.xdist_group("heavy")]

KILLS = 50
WORKERS = ("E006", "E007", "E018")


async def test_fifty_kills_under_load_lose_nothing_and_do_nothing_twice(supervised: Pair) -> None:
    pair, dice, stop = supervised, random.Random(2026), asyncio.Event()
    load = [asyncio.create_task(_report_until(pair, stop, who)) for who in WORKERS]
    load.append(asyncio.create_task(_order_until(pair, stop, "E003")))
    for _ in range(KILLS):
        await asyncio.wait(load, timeout=dice.uniform(0.05, 1))
        victims = await until(partial(_alive, pair))
        os.kill(dice.choice(victims), signal.SIGKILL)
    stop.set()
    *reports, orders = await asyncio.gather(*load)
    await _settle(pair)

    reported = await _rows("SELECT good FROM operation o JOIN work_order w ON w.id = o.work_order_id "
                           "WHERE w.number = 'WO1108' AND o.position = 1")  # fmt: skip
    # What the phone was shown is there, once each; a line that nobody answered in time may be there too, once.
    said = sum(reports, Counter())
    assert said["shown"] <= int(reported[0]["good"]) <= said["shown"] + said["not shown"], said
    assert said.total() > 10, said
    assert await _rows("SELECT count(*)::int AS n FROM sales_order WHERE note LIKE 'kill-%'") == [{"n": orders}]
    assert orders > 0
    await _notices_are_accounted_for(pair)
    assert [name for name, check in CHECKS.items() if await sql.rows(check)] == []


async def test_a_worker_killed_after_success_and_before_its_commit_still_owes_the_reply(pair: Pair) -> None:
    """The turn waits for a row that the test holds; the door answers success; the worker dies; the other one answers."""
    told: list[str] = []

    async def while_locked() -> None:
        await sql.rows("SELECT id FROM work_order WHERE number = 'WO1108' FOR UPDATE")
        held.set()
        await release.wait()

    held, release = asyncio.Event(), asyncio.Event()
    lock = asyncio.create_task(transaction(while_locked))
    await held.wait()
    push = asyncio.create_task(
        pair.post("text", door="work", person="E006", text="WO1108 下料 7个", callback=None, wait=0)
    )
    await until(partial(_rows, "SELECT 1 FROM inbox WHERE state = 'waiting'"))
    told.append((await push)["reply"] or "")
    await pair.workers[0].kill()
    release.set()
    await lock
    await pair.control("clock", forward=60)
    await until(partial(_told, pair, "E006", "WO1108 下料 已报工"))
    await pair.workers[0].start()
    assert told == [""]
    good = "SELECT o.good::int AS n FROM operation o JOIN work_order w ON w.id = o.work_order_id WHERE w.number = 'WO1108' AND o.position = 1"
    assert await _rows(good) == [{"n": 7}]
    sent = [each for each in await pair.get("deliveries", person="E006") if "已报工" in str(each["payload"])]
    assert len(sent) == 1


async def test_a_worker_killed_between_wechats_answer_and_our_record_sends_no_keyed_notice_twice(pair: Pair) -> None:
    await pair.control("fault", path="/cgi-bin/message/template/send", times=1, drop="after")
    token = (await issue_token(person_id=(await Person.get(number="E003")).id))[0]
    await _order(pair, token, "kill-between", 0)
    await until(partial(_delivered, pair, "C002"))
    for worker in pair.workers:
        await worker.kill()
    for worker in pair.workers:
        await worker.start()
    await _settle(pair)
    confirmed = [each for each in await _delivered(pair, "C002") if not each["dropped"]]
    assert len(confirmed) == 1
    await _notices_are_accounted_for(pair)


async def _alive(pair: Pair) -> list[int]:
    return pair.workers[0].children()


async def _report_until(pair: Pair, stop: asyncio.Event, who: str) -> Counter[str]:
    """Reports one piece after another; counts the lines whose effect the phone was shown, and the others."""
    said: Counter[str] = Counter()
    while not await _stopped(stop):
        answer = await pair.post("text", door="work", person=who, text="WO1108 下料 1个", wait=0)
        said["shown" if "已报工" in (answer["reply"] or "") else "not shown"] += 1
    return said


async def _order_until(pair: Pair, stop: asyncio.Event, who: str) -> int:
    """Places orders over JSON, each again under the same key until it is answered."""
    token = (await issue_token(person_id=(await Person.get(number=who)).id))[0]
    placed = 0
    while not await _stopped(stop):
        await _order(pair, token, f"kill-{placed}", placed)
        placed += 1
    return placed


async def _stopped(stop: asyncio.Event) -> bool:
    """Paces the load, so that what it sets in motion can be delivered too."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), 0.1)
    return stop.is_set()


async def _order(pair: Pair, token: str, key: str, number: int) -> None:
    body = {"customer": "建业工程", "items": [{"product": "M10X40", "quantity": "1"}], "note": key}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        for attempt in itertools.count(number):
            worker = pair.workers[attempt % len(pair.workers)]
            try:
                async with session.post(f"{worker.address}/api/order/create", json=body, headers=headers) as response:
                    assert response.status in (200, 202), await response.text()
                    return
            except (aiohttp.ClientError, ConnectionError):
                continue


async def _settle(pair: Pair) -> None:
    """Lets leases run out and every notice come to an end."""
    for _ in range(3):
        await pair.control("clock", forward=61)
        await until(_quiet, within_s=60)


async def _quiet() -> bool:
    waiting = await _rows(
        "SELECT (SELECT count(*) FROM notice WHERE state = 'sending') + "
        "(SELECT count(*) FROM notice WHERE state = 'queued' AND kind <> 'approval.reminder') + "
        "(SELECT count(*) FROM inbox WHERE state = 'waiting') AS n"
    )
    return waiting == [{"n": 0}]


async def _notices_are_accounted_for(pair: Pair) -> None:
    """Whoever was to be told of an order was told as often as it says; what was not accepted says why."""
    ended: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for notice in await Notice.filter(about__startswith="SO", about__gt="SO0318").select_related("receiver"):
        assert notice.state in ("accepted", "uncertain", "refused"), (notice.id, notice.kind, notice.state)
        assert notice.reason or notice.state == "accepted", notice.id
        ended[notice.receiver.number, notice.about][notice.state] += 1
    told = {who: await pair.get("deliveries", person=who) for who in {who for who, _ in ended}}
    for (who, about), states in ended.items():
        shown = sum(not each["dropped"] and about in str(each["payload"]) for each in told[who])
        assert states["accepted"] <= shown <= states["accepted"] + states["uncertain"], (who, about, shown, states)


async def _delivered(pair: Pair, who: str) -> list[dict]:
    return [
        each
        for each in await pair.get("deliveries", person=who)
        if each["payload"].get("template_id") == "TPL_CONFIRMED_OFFICIAL"
    ]


async def _told(pair: Pair, who: str, words: str) -> bool:
    return any(words in str(each["payload"]) for each in await pair.get("deliveries", person=who))


async def _rows(statement: str) -> list[dict]:
    return await sql.rows(statement)
