"""Every message and event there is can be caused, and arrives encrypted."""

from typing import Any

import pytest

from tests.emulator.pushes import CAUSES, OFFICIAL_MENU, WORK_MENU, Cause
from tests.emulator.simkit import Sim, settings
from tests.emulator.test_cards import BUTTON, TEXT


async def company(make_sim: Any) -> Sim:
    """Someone with menus at every door, two cards and a customer."""
    customer = {"id": "C1", "name": "老陈", "external": "wm_c"}
    sim: Sim = await make_sim(people=[*settings()["people"], customer])
    await sim.call("official", "/cgi-bin/menu/create", {"button": OFFICIAL_MENU})
    await sim.call("work", "/cgi-bin/menu/create", {"button": WORK_MENU}, agentid="1000002")
    await sim.work_card("liting", BUTTON | {"task_id": "t-1", "button_list": [{"text": "好", "key": "ok"}]})
    menu = {"desc": "更多", "action_list": [{"text": "静音", "key": "mute"}]}
    await sim.work_card("liting", TEXT | {"task_id": "t-2", "action_menu": menu})
    return sim


@pytest.mark.parametrize("cause", CAUSES, ids=lambda each: f"{each.door}-{each.what}-{each.change}")
async def test_it_can_be_caused(make_sim: Any, cause: Cause) -> None:
    sim = await company(make_sim)
    who = {"door": cause.door, "person": "P1", "wait": 0}
    for gesture, body in cause.before:
        assert await sim.status(gesture, **{**who, **body}) == 200
    assert await sim.status(cause.gesture, **{**who, **cause.body}) == 200
    push = sim.backend.pushes[-1]
    assert push.fields.get("Event", push.fields["MsgType"]) == cause.what
    assert push.fields.get("ChangeType", "") == cause.change
    assert push.door == cause.door and "Encrypt" in push.body and "msg_signature" in push.query
