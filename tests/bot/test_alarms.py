"""Alarms: what only a person can mend reaches an administrator by the door that works, the board and the figures."""

from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.alarms import ALARMS
from models.clock import now, travel
from models.delivery.alarms import note_alarm
from models.delivery.tables import Alarm, Notice
from models.delivery.telling import tell
from models.party.tables import Person
from models.transactions import transaction
from tests.people import Chat, Sim
from tests.waiting import until

WORDS = (
    "企业微信：服务器 IP 不在企业可信 IP 里（203.0.113.9），错误码 60020。把错误信息里的 IP 加入应用的「企业可信 IP」"
)


@pytest.mark.commits
async def test_an_administrator_hears_by_the_door_that_works(sim: Sim) -> None:
    await sim.text("E001", "今天怎么样", door="official")
    refused = {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.9"}
    await sim.post("fault", path="/cgi-bin/message/send", times=-1, answer=refused)
    colleague = await Person.get(number="E003")
    before = counted()
    await tell("announcement", about="", facts={"text": "开会", "from": "王总"}, everyone=[colleague.id])

    async def told() -> dict[str, Any] | None:
        found = [each for each in await sim.deliveries("E001") if "微信接口告警" in str(each["payload"])]
        return found[0] if found else None

    shown = await until(told)
    assert shown is not None
    assert (shown["door"], WORDS in shown["payload"]["text"]["content"]) == ("official", True)
    assert counted() > before
    board = await sim.text("E001", "平台告警")
    assert board.startswith("平台告警 1 个") and WORDS in board
    assert [(each.door, each.code) for each in await Alarm.all()] == [("work", 60020)]


def counted() -> float:
    return float(ALARMS.labels("work", "60020")._value.get())


async def test_an_alarm_that_goes_on_is_counted_and_told_once_an_hour(chat: Chat) -> None:
    async def note() -> bool:
        return bool(await transaction(note_alarm, "work", 60020, WORDS))

    assert [await note() for _ in range(5)] == [True, False, False, False, False]
    with travel(now() + timedelta(minutes=61)):
        assert [await note(), await note()] == [True, False]
    notices = await Notice.filter(kind="wechat.alarm").select_related("receiver")
    assert {each.receiver.number for each in notices} == {"E001"}
    assert len(notices) == 2
    assert "（7 次，最近" in await chat("E001", "平台告警")


async def test_what_was_mended_leaves_the_board_after_a_week_and_colleagues_do_not_see_it(chat: Chat) -> None:
    assert (await chat("E001", "平台告警")).startswith("没有平台告警")
    await transaction(note_alarm, "work", 60020, WORDS)
    assert "没有权限" in await chat("E003", "平台告警")
    with travel(now() + timedelta(days=8)):
        assert (await chat("E001", "平台告警")).startswith("没有平台告警")
