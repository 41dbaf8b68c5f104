"""A phone without connection, and somebody nobody knows."""

from typing import Any

from tests.emulator.simkit import Pushed, Sim
from tests.emulator.test_cards import BUTTON, UPDATE


async def cut(sim: Sim, person: str, on: bool = False) -> None:
    assert await sim.sim("network", person=person, on=on) == {"person": person, "on": on}


async def test_what_is_sent_to_a_phone_without_connection_arrives_in_its_order_when_it_is_back(sim: Sim) -> None:
    await sim.work_text("liting", "早")
    await cut(sim, "P1")
    for words in ("甲", "乙"):
        assert (await sim.work_text("liting|wangzong", words))["errcode"] == 0
    assert await sim.shown("work", "P1") == ["早"]
    assert await sim.shown("work", "P2") == ["甲", "乙"]
    assert (await sim.get("/sim/deliveries/count", door="work"))["accepted"] == 5
    await cut(sim, "P1", on=True)
    assert await sim.shown("work", "P1") == ["早", "甲", "乙"]
    await sim.work_text("liting", "丙")
    assert await sim.shown("work", "P1") == ["早", "甲", "乙", "丙"]


async def test_a_phone_without_connection_can_do_nothing(sim: Sim) -> None:
    await cut(sim, "P1")
    assert await sim.status("text", door="official", person="P1", text="在吗") == 409
    assert await sim.status("login", person="P1") == 409
    assert sim.backend.pushes == [] and await sim.shown("official", "P1") == []
    assert await sim.status("text", door="official", person="P2", text="在吗", wait=0) == 200


async def test_a_card_looks_as_it_did_until_the_phone_is_back(sim: Sim) -> None:
    code = (await sim.work_card("liting", BUTTON))["response_code"]
    await cut(sim, "P1")
    change = {"agentid": 1000002, "atall": 1, "response_code": code, "button": {"replace_name": "已同意"}}
    assert (await sim.call("work", UPDATE, change))["errcode"] == 0
    before = await sim.shown("work", "P1")
    await cut(sim, "P1", on=True)
    after = await sim.shown("work", "P1")
    assert ["已同意" in text for text in (*before, *after)] == [False, True]


async def test_a_message_taken_back_meanwhile_is_never_read(sim: Sim) -> None:
    await cut(sim, "P1")
    sent = await sim.work_text("liting", "发错了")
    await sim.call("work", "/cgi-bin/message/recall", {"msgid": sent["msgid"]})
    await cut(sim, "P1", on=True)
    assert await sim.shown("work", "P1") == ["消息已撤回"]
    assert "发错了" not in str(await sim.get("/sim/tape", format="json"))


async def test_the_tape_has_what_waited_after_the_phone_was_back(sim: Sim) -> None:
    await cut(sim, "P1")
    await sim.work_text("liting", "早")
    await cut(sim, "P1", on=True)
    async with sim.client.get("/sim/tape") as response:
        lines = (await response.text()).splitlines()
    assert lines == [
        '> network {"person": "P1", "on": false}',
        '> network {"person": "P1", "on": true}',
        "< work P1 早",
    ]


async def test_a_reset_connects_all_phones_and_on_must_be_told(sim: Sim) -> None:
    await cut(sim, "P1")
    await sim.sim("reset")
    await sim.work_text("liting", "早")
    assert await sim.shown("work", "P1") == ["早"]
    assert await sim.status("network", person="P1") == 400
    assert await sim.status("network", person="谁", on=False) == 404


async def test_a_newcomer_follows_and_is_nobody_the_backend_knew(sim: Sim) -> None:
    async def answer(push: Pushed) -> str:
        return push.text_reply("欢迎")

    sim.backend.answer = answer
    first = await sim.sim("newcomer", scene="sales-7")
    assert first["reply"] == "欢迎"
    push = sim.backend.pushes[0].fields
    assert (push["Event"], push["EventKey"]) == ("subscribe", "qrscene_sales-7")
    assert push["FromUserName"] == first["person"]["official"]
    known = {each["official"] for each in await sim.get("/sim/people")}
    second = (await sim.sim("newcomer", name="老黄", wait=0))["person"]
    assert second["name"] == "老黄" and second["official"] not in known
    assert (await sim.text("official", "老黄", "你好"))["reply"] == "欢迎"
    assert len((await sim.sim("login", person=second["id"]))["code"]) > 0


async def test_a_newcomer_need_not_follow_yet(sim: Sim) -> None:
    person = (await sim.sim("newcomer", follow=False))["person"]
    assert sim.backend.pushes == []
    assert await sim.status("text", door="official", person=person["id"], text="在吗") == 409
    await sim.sim("follow", person=person["id"], wait=0)
    assert sim.backend.pushes[0].fields["Event"] == "subscribe"
    await sim.sim("reset")
    assert await sim.status("follow", person=person["id"]) == 404


async def test_newcomers_come_where_there_is_a_door_for_them(make_sim: Any) -> None:
    alone = await make_sim(official=None)
    person = (await alone.sim("newcomer"))["person"]
    assert (person["official"], person["miniprogram"][0]) == (None, "m")
    company = await make_sim(official=None, miniprogram=None)
    assert await company.status("newcomer") == 400
