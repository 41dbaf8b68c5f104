"""Every code of the error table, answered to a notice: what becomes of it, of its receiver and of the administrators."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from bot.demo.templates import SHIPPED
from bot.wechat.errors import TABLES, Reaction
from models import sql
from models.chat.tables import Conversation
from models.delivery.tables import Alarm, Attempt, Grant, Notice
from models.delivery.telling import tell
from models.party.tables import Person
from tests.people import Sim
from tests.waiting import until

pytestmark = [pytest.mark.commits, pytest.mark.slow]

Codes = list[int]
Tries = list[tuple[str, str, str]]

CASES = [
    (door, reaction)
    for door, table in TABLES.items()
    for reaction in dict.fromkeys(row.reaction for row in table.values())
    if reaction is not Reaction.OK
]


@dataclass(frozen=True)
class At:
    """How a door is tried: its best way, the call it makes, and the way after it."""

    way: str
    path: str
    following: str
    token: str


DOORS = {
    "official": At("official_template", "/cgi-bin/message/template/send", "customer_service", "/cgi-bin/stable_token"),
    "miniprogram": At("subscription", "/cgi-bin/message/subscribe/send", "official_template", "/cgi-bin/stable_token"),
    "work": At("work_text", "/cgi-bin/message/send", "customer_service", "/cgi-bin/gettoken"),
}
"""Each with a second way of another door, so that a fault at the first cannot be the second's."""

MOST_EACH = 5
"""The Official Account takes five messages of customer service for one that came in."""

FACTS = {
    "stage_text": "已发货",
    "customer": {"name": "宏达"},
    "lines": [],
    "shipments": [{"carrier": "顺丰", "tracking_no": "SF1"}],
}


def accepting(config: dict[str, Any]) -> None:
    """Everybody has accepted messages of the mini-program."""
    for each in config["people"]:
        each["accepts"] = {SHIPPED: 50}


_numbers = itertools.count(1)


async def told(sim: Sim, door: str, codes: Codes) -> list[Notice]:
    """One notice for each code, which is what the platform answers to its first call; 0 is left to the platform."""
    people = [
        each for each in await Person.filter(customer_id=None, active=True).order_by("id") if each.number != "E001"
    ]
    receivers = [people[index % len(people)] for index in range(len(codes))]
    assert len(codes) <= MOST_EACH * len(people)
    if DOORS[door].following == "customer_service":
        for each in dict.fromkeys(receivers):
            await sim.text(each.number, "?", door="official")
    await only(door)
    for code in filter(None, codes):
        answer = {"errcode": code, "errmsg": f"refused rid: {code}"}
        await sim.post("fault", path=DOORS[door].path, times=1, answer=answer)
    last = (await sql.rows("SELECT max(id) AS id FROM notice"))[0]["id"]
    for receiver, index in zip(receivers, _numbers, strict=False):
        if door == "work":
            facts = {"text": f"第 {index} 件", "from": "王总"}
            await tell("announcement", about=f"X{index}", facts=facts, everyone=[receiver.id])
        else:
            facts = {**FACTS, "number": f"SO{9000 + index}"}
            await tell("order.shipped", about=f"SO{9000 + index}", facts=facts, salesperson=[receiver.id])
    kind = "announcement" if door == "work" else "order.shipped"
    return await Notice.filter(kind=kind, id__gt=last).order_by("id")


async def only(door: str) -> None:
    """Leaves everybody the door and the next way; the administrator hears of alarms at another one."""
    unused = {"official": ("work", "miniprogram"), "miniprogram": ("work",), "work": ()}[door]
    await Conversation.filter(door__in=unused).exclude(person__number="E001").update(reachable=False)
    await Conversation.filter(door=door, person__number="E001").update(reachable=False)
    for each in await Conversation.filter(door="miniprogram", person__customer_id=None):
        await Grant.update_or_create({"left": 50}, conversation=each, template_id=SHIPPED)


async def all_ended(notices: list[Notice]) -> bool:
    ids = [each.id for each in notices]
    return not await Notice.filter(id__in=ids, state__in=["queued", "sending"]).exists()


async def tried(notices: list[Notice], codes: Codes) -> dict[int, Tries]:
    """What was tried with the notice that met each code."""
    found: dict[int, Tries] = {}
    for notice in notices:
        rows = await Attempt.filter(notice=notice).order_by("id")
        tries = [(row.way, row.outcome, row.code) for row in rows]
        (code,) = {int(row.code) for row in rows if row.code} or {codes[0] if len(codes) == 1 else 0}
        found[code] = tries
    return found


async def unreachable(door: str) -> int:
    return await Conversation.filter(door=door, reachable=False).exclude(person__number="E001").count()


async def calls(sim: Sim, path: str) -> int:
    return len([each for each in (await sim.get("calls", since=0, wait=0))["calls"] if each["path"] == path])


async def goes_on(
    sim: Sim, door: str, codes: Codes, *, end: str = "refused", gone: bool = False, alarm: bool = False
) -> None:
    """The next way is taken at once; the receiver may be marked, administrators may hear of it."""
    at, before = DOORS[door], await unreachable(door)
    notices = await told(sim, door, codes)
    await until(partial(all_ended, notices), within_s=60)
    for code, tries in (await tried(notices, codes)).items():
        assert tries == [(at.way, end, str(code)), (at.following, "accepted", "")], code
    assert len(notices) == len(codes)
    assert {notice.state for notice in await Notice.filter(id__in=[each.id for each in notices])} == {"accepted"}
    assert await unreachable(door) - before == (len(codes) if gone else 0)
    alarms = await Alarm.all().order_by("code")
    assert [(each.door, each.code) for each in alarms] == ([(door, code) for code in sorted(codes)] if alarm else [])
    heard = await Notice.filter(kind="wechat.alarm").values_list("receiver__number", flat=True)
    assert heard == ["E001"] * len(alarms)


async def _counted(rows: Any, count: int) -> bool:
    return bool(await rows.count() == count)


async def is_left_alone(sim: Sim, door: str, codes: Codes) -> None:
    """Nothing is tried for a minute, and then the same way once more."""
    notices = await told(sim, door, codes)
    waiting = Notice.filter(id__in=[each.id for each in notices], state="queued", attempts=1, reason__gt="")
    await until(partial(_counted, waiting, len(codes)))
    assert await Alarm.all().count() == 0
    await sim.post("clock", forward=61)
    await until(partial(all_ended, notices))
    for code, tries in (await tried(notices, codes)).items():
        assert tries == [(DOORS[door].way, "later", str(code)), (DOORS[door].way, "accepted", "")], code


async def closes_the_way(sim: Sim, door: str, codes: Codes) -> None:
    """Nobody uses the way for a minute; the notice goes on."""
    await goes_on(sim, door, codes, end="stopped", alarm=True)
    assert len(await sql.rows("SELECT key FROM quota_stop")) == 1
    before = await calls(sim, DOORS[door].path)
    again = await told(sim, door, [0])
    await until(partial(all_ended, again))
    assert await calls(sim, DOORS[door].path) == before


async def is_repeated(sim: Sim, door: str, codes: Codes) -> None:
    """Once more at once where a repeat is harmless or nothing was done; else when the notice's turn comes again."""
    for code in codes:
        before = await calls(sim, DOORS[door].path)
        notices = await told(sim, door, [code])
        await until(partial(all_ended, notices), within_s=30)
        (tries,) = (await tried(notices, [code])).values()
        first = [(DOORS[door].way, "later", str(code))] if door == "miniprogram" else []
        assert tries == [*first, (DOORS[door].way, "accepted", "")], code
        assert await calls(sim, DOORS[door].path) == before + 2
    assert await Alarm.all().count() == 0


async def renews_the_token(sim: Sim, door: str, codes: Codes) -> None:
    """The token is fetched anew, and the call made once more."""
    warm = await told(sim, door, [0])
    await until(partial(all_ended, warm))
    for code in codes:
        # A new token can be forced every half minute only.
        await sim.post("clock", forward=31)
        tokens, before = await calls(sim, DOORS[door].token), await calls(sim, DOORS[door].path)
        notices = await told(sim, door, [code])
        await until(partial(all_ended, notices))
        assert list((await tried(notices, [code])).values()) == [[(DOORS[door].way, "accepted", "")]], code
        assert await calls(sim, DOORS[door].path) == before + 2
        assert await calls(sim, DOORS[door].token) > tokens
    assert await Alarm.all().count() == 0


async def counts_as_sent(sim: Sim, door: str, codes: Codes) -> None:
    """It was there before: no other way is tried."""
    notices = await told(sim, door, codes)
    await until(partial(all_ended, notices))
    for code, tries in (await tried(notices, codes)).items():
        assert tries == [(DOORS[door].way, "accepted", str(code))], code


EFFECTS: dict[Reaction, Callable[[Sim, str, Codes], Awaitable[None]]] = {
    Reaction.REFRESH_TOKEN: renews_the_token,
    Reaction.RETRY: is_repeated,
    Reaction.WAIT: is_left_alone,
    Reaction.QUOTA: closes_the_way,
    Reaction.OTHER_DOOR: goes_on,
    Reaction.UNREACHABLE: partial(goes_on, gone=True),
    Reaction.OUTSIDE: partial(goes_on, gone=True, alarm=True),
    Reaction.GIVE_UP: goes_on,
    Reaction.ALARM: partial(goes_on, alarm=True),
    Reaction.DONE: counts_as_sent,
}


@pytest.mark.parametrize(("door", "reaction"), CASES, ids=[f"{door}-{reaction.value}" for door, reaction in CASES])
async def test_every_code_of_a_reaction_has_its_effect(
    simulate: Callable[..., Awaitable[Sim]], door: str, reaction: Reaction
) -> None:
    sim = await simulate(accepting)
    for person in ("E001", "E009"):
        await until(partial(_has_card, sim, person))
    codes = [code for code, row in TABLES[door].items() if row.reaction is reaction]
    await EFFECTS[reaction](sim, door, codes)


async def _has_card(sim: Sim, person: str) -> bool:
    return bool(await sim.get("cards", person=person))
