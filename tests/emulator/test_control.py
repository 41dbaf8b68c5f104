"""The control API: faults, the clock, the log of calls, transcripts, reset."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.emulator.simkit import Pushed, Sim

IPS = "/cgi-bin/getcallbackip"


async def test_people_are_found_by_id_name_or_platform_id(sim: Sim) -> None:
    for who in ("P1", "小李", "o_1", "LiTing", "m_1"):
        await sim.text("official", who, "在吗", wait=0)
    assert len(await sim.shown("official", "P1")) == 5
    assert await sim.status("text", door="official", person="谁", text="在吗") == 404
    assert await sim.status("text", door="work", person="P3", text="在吗") == 409
    assert await sim.status("text", door="fax", person="P1", text="在吗") == 400


@pytest.mark.parametrize(
    "body",
    [{}, {"path": IPS}, {"path": IPS, "typo": 1}, {"path": IPS, "drop": "later"}],
)
async def test_a_fault_that_means_nothing_is_refused(sim: Sim, body: dict[str, Any]) -> None:
    assert await sim.status("fault", **body) == 400


async def test_a_fault_answers_as_often_as_it_was_asked_to(sim: Sim) -> None:
    await sim.sim("fault", path=IPS, times=2, answer={"errcode": -1, "errmsg": "system error"})
    codes = [(await sim.ask("official", IPS)).get("errcode") for _ in range(3)]
    assert codes == [-1, -1, None]


async def test_a_fault_can_wait_for_the_third_call(sim: Sim) -> None:
    await sim.sim("fault", path=IPS, skip=2, answer={"errcode": 45009, "errmsg": "quota"})
    await sim.sim("fault", path=IPS, skip=3, answer={"errcode": -1, "errmsg": "busy"})
    assert [each["skip"] for each in await sim.get("/sim/faults")] == [2, 3]
    codes = [(await sim.ask("official", IPS)).get("errcode", 0) for _ in range(5)]
    assert codes == [0, 0, 45009, -1, 0]
    assert await sim.get("/sim/faults") == []


async def test_a_fault_of_every_path_spares_pushes(sim: Sim) -> None:
    token = await sim.token("official")
    await sim.sim("fault", path="*", times=2, answer={"errcode": -1, "errmsg": "busy"})
    assert (await sim.text("official", "P1", "在吗", wait=0))["attempts"] == 1
    for path in (IPS, "/cgi-bin/user/get"):
        assert (await sim.get(path, access_token=token))["errcode"] == -1


async def test_an_answer_can_be_held_back_after_the_message_was_accepted(sim: Sim) -> None:
    await sim.sim("fault", path="/cgi-bin/message/send", hold=20)
    sending = asyncio.create_task(sim.work_text("liting", "早"))
    async with asyncio.timeout(10):
        while not await sim.shown("work", "P1"):
            assert not sending.done()
    assert not sending.done()
    sending.cancel()


async def test_a_lost_push_never_arrives(sim: Sim) -> None:
    await sim.sim("fault", path="callback", lost=True)
    assert (await sim.text("official", "P1", "甲", wait=0))["attempts"] == 0
    await sim.text("official", "P1", "乙", wait=0)
    assert [push.fields["Content"] for push in sim.backend.pushes] == ["乙"]


async def test_an_accepted_message_is_reported_as_failed(sim: Sim) -> None:
    path = "/cgi-bin/message/template/send"
    await sim.sim("fault", path=path, report="failed:user block")
    data = {"thing1": {"value": "螺栓"}, "time2": {"value": "15:01"}}
    body = {"touser": "o_1", "template_id": "T1", "data": data}
    assert (await sim.call("official", path, body))["errcode"] == 0
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "TEMPLATESENDJOBFINISH")
    assert push.fields["Status"] == "failed:user block"
    assert await sim.shown("official", "P1") == []


async def test_a_subscription_message_is_reported_as_failed(sim: Sim) -> None:
    path = "/cgi-bin/message/subscribe/send"
    await sim.sim("subscribe", person="P1", template="M1")
    await sim.sim("fault", path=path, report="user refuse")
    data = {"character_string1": {"value": "SO1"}, "phrase2": {"value": "已发货"}}
    await sim.call("miniprogram", path, {"touser": "m_1", "template_id": "M1", "data": data})
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "subscribe_msg_sent_event")
    assert (push.fields["List"]["ErrorCode"], push.fields["List"]["ErrorStatus"]) == ("43101", "user refuse")


async def test_a_fault_can_answer_with_a_page_that_is_no_json(sim: Sim) -> None:
    await sim.sim("fault", path=IPS, answer={"status": 502, "text": "<html>Bad Gateway</html>"})
    async with sim.client.get(IPS) as response:
        assert (response.status, await response.text()) == (502, "<html>Bad Gateway</html>")


async def test_a_delay_is_followed_by_the_true_answer(sim: Sim) -> None:
    await sim.sim("fault", path=IPS, delay=0.01)
    assert (await sim.get(IPS))["errcode"] == 41001


@pytest.mark.parametrize(("drop", "shown"), [(True, []), ("before", []), ("after", ["早"])])
async def test_a_connection_cut_before_or_after_the_deed(sim: Sim, drop: Any, shown: list[str]) -> None:
    await sim.token("work")
    await sim.sim("fault", path="/cgi-bin/message/send", drop=drop)
    with pytest.raises(aiohttp.ClientError):
        await sim.work_text("liting", "早")
    assert await sim.shown("work", "P1") == shown
    assert (await sim.work_text("liting", "晚"))["errcode"] == 0


async def test_a_push_duplicated_by_a_fault(sim: Sim) -> None:
    await sim.sim("fault", path="callback", door="official", duplicate=2)
    await sim.text("work", "P1", "别人的", wait=0)
    result = await sim.text("official", "P1", "在吗", wait=0)
    assert result["attempts"] == 3
    assert len({push.fields["MsgId"] for push in sim.backend.pushes[1:]}) == 1


async def test_a_push_that_is_late(sim: Sim) -> None:
    await sim.sim("fault", path="callback", late=0.01)
    assert (await sim.text("official", "P1", "在吗", wait=0))["attempts"] == 1


async def test_pushes_in_another_order(sim: Sim) -> None:
    await sim.sim("fault", path="callback", door="official", reorder=True)
    async with sim.client.get("/sim/stream") as stream:
        first = asyncio.create_task(sim.text("official", "P1", "先", wait=0))
        await stream.content.readuntil("先".encode())
        await sim.text("official", "P1", "后", wait=0)
        await first
    assert [push.fields["Content"] for push in sim.backend.pushes] == ["后", "先"]


async def test_the_clock_is_written_for_the_backend(make_sim: Any, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "clock"
    sim = await make_sim(clock_file=str(file))
    assert (await sim.sim("clock", forward=3600))["ahead"] == 3600
    await sim.sim("clock", forward=60)
    assert file.read_text() == "3660"
    await sim.text("official", "P1", "在吗", wait=0)
    assert int(sim.backend.pushes[0].query["timestamp"]) == int(sim.backend.pushes[0].fields["CreateTime"])
    await sim.sim("reset")
    assert file.read_text() == "0"
    for never in ("soon", None, True, float("inf"), float("nan"), -1, 10**400, "1e400", 51 * 365 * 86400):
        assert await sim.status("clock", forward=never) == 400
    assert file.read_text() == "0"
    await sim.sim("clock", forward=12345678.125)
    assert float(file.read_text()) == 12345678.125


async def test_calls_are_listed_without_their_secrets(sim: Sim) -> None:
    await sim.work_text("liting", "早")
    listed = await sim.get("/sim/calls", since="0")
    token, send = listed["calls"]
    assert (token["path"], token["query"]["corpsecret"], token["answer"]["access_token"]) == (
        "/cgi-bin/gettoken",
        "***",
        "***",
    )
    assert (send["n"], send["body"]["text"]["content"], send["answer"]["errcode"]) == (2, "早", 0)
    assert send["query"] == {"access_token": "***"}
    assert listed["next"] == 2
    assert await sim.token("work") not in json.dumps(listed)


async def test_waiting_for_the_next_call(sim: Sim) -> None:
    await sim.token("work")
    waiting = asyncio.create_task(sim.get("/sim/calls", since="1"))
    await sim.work_text("liting", "早")
    assert [call["path"] for call in (await waiting)["calls"]] == ["/cgi-bin/message/send"]
    assert await sim.get("/sim/calls", since="2", wait="0") == {"calls": [], "next": 2}


async def test_a_transcript_as_text(sim: Sim) -> None:
    async def answer(push: Pushed) -> str:
        return push.text_reply("有货\n1,280 件")

    sim.backend.answer = answer
    await sim.text("official", "P1", "查库存")
    async with sim.client.get("/sim/transcript?door=official&person=P1") as response:
        lines = (await response.text()).split("\n")
    assert [line.split("] ")[-1] for line in lines] == ["小李: 查库存", "宏远五金: 有货", "1,280 件"]


async def test_a_reset_empties_phones_and_faults_but_keeps_tokens(sim: Sim) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    await sim.sim("unfollow", person="P1")
    await sim.sim("fault", path=IPS, answer={"errcode": -1})
    await sim.sim("clock", forward=100)
    assert (await sim.sim("reset"))["ahead"] == 0
    assert await sim.shown("official", "P1") == []
    assert "ip_list" in await sim.ask("work", IPS)
    assert [each["follows"] for each in await sim.get("/sim/people")] == [True, True, False]


async def test_a_page_of_another_site_may_not_control_the_emulator(sim: Sim) -> None:
    async with sim.client.post("/sim/reset", headers={"Origin": "https://example.com"}) as response:
        assert response.status == 403


async def test_deliveries_say_to_whom_and_what(sim: Sim) -> None:
    await sim.work_text("liting|wangzong", "早")
    both = await sim.get("/sim/deliveries")
    assert [(each["person"], each["kind"], each["payload"]["text"]) for each in both] == [
        ("P1", "text", {"content": "早"}),
        ("P2", "text", {"content": "早"}),
    ]
    assert len(await sim.get("/sim/deliveries", person="王总")) == 1
