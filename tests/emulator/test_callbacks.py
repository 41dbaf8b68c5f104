"""Pushes: modes, repeats under one MsgId, the limit of time, and what a phone shows of a reply."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from emulator.callbacks import OUT_OF_ORDER
from tests.emulator.simkit import Pushed, Sim, seal, seal_json

HELLO = {"door": "official", "person": "P1", "text": "你好"}


async def test_a_safe_push_hides_its_fields(sim: Sim) -> None:
    await sim.text("official", "P1", "你好", wait=0)
    push = sim.backend.pushes[0]
    assert "你好" not in push.body and "<Encrypt>" in push.body
    assert push.query.keys() == {"signature", "timestamp", "nonce", "openid", "encrypt_type", "msg_signature"}
    assert (push.fields["ToUserName"], push.fields["FromUserName"]) == ("gh_account", "o_1")
    assert (push.fields["MsgType"], push.fields["Content"]) == ("text", "你好")


async def test_a_compatible_push_has_both(make_sim: Any) -> None:
    sim = await make_sim(official={"mode": "compatible"})
    await sim.text("official", "P1", "你好", wait=0)
    assert "<Content><![CDATA[你好]]>" in sim.backend.pushes[0].body
    assert "<Encrypt>" in sim.backend.pushes[0].body


async def test_a_plain_push_and_a_plain_reply(make_sim: Any) -> None:
    sim = await make_sim(official={"mode": "plain"})

    async def answer(push: Pushed) -> str:
        assert "msg_signature" not in push.query
        return (
            "<xml><ToUserName>o_1</ToUserName><FromUserName>gh_account</FromUserName>"
            "<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>好</Content></xml>"
        )

    sim.backend.answer = answer
    assert (await sim.text(**HELLO))["reply"] == "好"


async def test_a_work_push_names_its_application(sim: Sim) -> None:
    await sim.text("work", "P1", "你好", wait=0)
    push = sim.backend.pushes[0]
    assert push.query.keys() == {"timestamp", "nonce", "msg_signature"}
    assert "<AgentID>1000002</AgentID>" in push.body
    assert (push.fields["ToUserName"], push.fields["FromUserName"]) == ("wwcorp0000000000", "LiTing")


async def test_text_that_would_end_the_cdata_section_arrives_whole(sim: Sim) -> None:
    await sim.text("official", "P1", "a]]><Evil/>b\x01c", wait=0)
    assert sim.backend.pushes[0].fields["Content"] == "a]]><Evil/>bc"


async def test_a_push_without_an_answer_in_time_comes_four_times_under_one_id(make_sim: Any) -> None:
    sim = await make_sim(limits={"callback_s": 0.2})
    never = asyncio.Event()

    async def answer(push: Pushed) -> None:
        await never.wait()

    sim.backend.answer = answer
    result = await sim.text(**HELLO)
    never.set()
    assert (result["attempts"], result["reply"]) == (4, OUT_OF_ORDER)
    pushes = sim.backend.pushes
    assert len({(push.fields["MsgId"], push.fields["CreateTime"]) for push in pushes}) == 1
    assert len({push.query["nonce"] for push in pushes}) == len(pushes) == 4


async def test_a_push_answered_with_an_error_is_repeated_until_it_is_not(sim: Sim) -> None:
    async def answer(push: Pushed) -> web.Response | str:
        return web.Response(status=500) if len(sim.backend.pushes) < 3 else push.text_reply("好了")

    sim.backend.answer = answer
    result = await sim.text(**HELLO)
    assert (result["attempts"], result["reply"]) == (3, "好了")


async def test_a_backend_that_is_away_is_tried_four_times(make_sim: Any) -> None:
    sim = await make_sim(official={"callback": "http://127.0.0.1:9/wechat/official"})
    result = await sim.text(**HELLO)
    assert (result["attempts"], result["reply"]) == (4, OUT_OF_ORDER)


@pytest.mark.parametrize("silence", ["", "success"])
async def test_nothing_to_say_shows_nothing(sim: Sim, silence: str) -> None:
    async def answer(push: Pushed) -> web.Response:
        return web.Response(text=silence)

    sim.backend.answer = answer
    result = await sim.text(**HELLO, wait=0)
    assert (result["attempts"], result["reply"]) == (1, None)
    assert await sim.shown("official", "P1") == ["你好"]


@pytest.mark.parametrize(
    "changes",
    [
        {"ToUserName": "gh_account"},
        {"FromUserName": "o_1"},
        {"CreateTime": "now"},
        {"MsgType": "poem"},
        {"Content": None},
        {"Content": "字" * 683},
        {"MsgType": "image"},
        {"MsgType": "image", "Image": {"MediaId": "none"}},
        {"MsgType": "news", "ArticleCount": 2, "Articles": {"item": {"Title": "t"}}},
        {"MsgType": "news", "ArticleCount": 1, "Articles": {"item": {"Description": "t"}}},
    ],
    ids=str,
)
async def test_a_malformed_reply_shows_that_the_account_is_out_of_order(sim: Sim, changes: dict[str, Any]) -> None:
    async def answer(push: Pushed) -> str:
        return push.text_reply("好", **changes)

    sim.backend.answer = answer
    result = await sim.text(**HELLO)
    assert (result["attempts"], result["reply"]) == (1, OUT_OF_ORDER)


@pytest.mark.parametrize(
    "reply",
    [
        '{"errcode": 0}',
        "<xml><MsgType>text</MsgType></xml>",
        "<reply/>",
        "<!DOCTYPE xml><xml/>",
        seal("official", "<xml></xml>").replace("<Nonce><![CDATA[n1]]>", "<Nonce><![CDATA[n2]]>"),
        seal("work", "<xml></xml>"),
        seal("official", "not xml"),
    ],
)
async def test_an_envelope_that_is_wrong_is_malformed_too(sim: Sim, reply: str) -> None:
    async def answer(push: Pushed) -> str:
        return reply

    sim.backend.answer = answer
    assert (await sim.text(**HELLO))["reply"] == OUT_OF_ORDER


async def test_wecom_shows_nothing_of_a_malformed_reply(sim: Sim) -> None:
    async def answer(push: Pushed) -> str:
        return "nonsense"

    sim.backend.answer = answer
    result = await sim.text("work", "P1", "你好")
    assert (result["reply"], len(result["failures"])) == (None, 1)


@pytest.mark.parametrize(("kind", "failed"), [("text", True), ("transfer_customer_service", False)])
async def test_a_mini_program_cannot_answer_with_text(sim: Sim, kind: str, failed: bool) -> None:
    async def answer(push: Pushed) -> str:
        inner = {"ToUserName": "m_1", "FromUserName": push.fields["ToUserName"], "CreateTime": 1, "MsgType": kind}
        return seal_json("miniprogram", inner | {"Content": "好"})

    sim.backend.answer = answer
    result = await sim.text("miniprogram", "P1", "你好", wait=0)
    assert result["reply"] is None
    assert ("failures" in result) is failed


async def test_news_is_shown_with_title_description_and_address(sim: Sim) -> None:
    items = [{"Title": f"标题{n}", "Description": "说明", "PicUrl": "", "Url": "https://example.com/"} for n in (1, 2)]

    async def answer(push: Pushed) -> str:
        return push.text_reply("", Content=None, MsgType="news", ArticleCount=2, Articles={"item": items})

    sim.backend.answer = answer
    one = "标题1\n说明\nhttps://example.com/"
    assert (await sim.text(**HELLO))["reply"] == one
    both = (await sim.sim("event", door="official", person="P1", event="CLICK", EventKey="k"))["reply"]
    assert both == f"{one}\n{one.replace('标题1', '标题2')}"


async def test_links_read_as_their_labels_and_can_be_tapped(sim: Sim) -> None:
    async def answer(push: Pushed) -> str:
        link = '<a href="weixin://bizmsgmenu?msgmenucontent=%E6%9F%A5+1&amp;msgmenuid=7">查</a>'
        return push.text_reply(f'{link} <a href="https://example.com/">网页</a> <a href="javascript:x">坏</a>')

    sim.backend.answer = answer
    assert (await sim.text(**HELLO))["reply"] == '查 网页 <a href="javascript:x">坏</a>'
    await sim.sim("link", door="official", person="P1", label="查")
    fields = sim.backend.pushes[-1].fields
    assert (fields["Content"], fields["bizmsgmenuid"]) == ("查+1", "7")
    assert await sim.sim("link", door="official", person="P1", label="网页") == {
        "url": "https://example.com/",
        "kind": "url",
    }
    assert await sim.status("link", door="official", person="P1", label="坏") == 404


async def test_an_answer_that_comes_later_is_waited_for(make_sim: Any) -> None:
    sim = await make_sim(limits={"reply_wait_s": 5})
    later: list[asyncio.Task[Any]] = []

    async def answer(push: Pushed) -> None:
        later.append(asyncio.create_task(sim.say("o_1", "查到了")))

    sim.backend.answer = answer
    assert (await sim.text(**HELLO))["reply"] == "查到了"
    await asyncio.gather(*later)


async def test_an_answer_sent_before_the_push_is_answered_counts_too(sim: Sim) -> None:
    async def answer(push: Pushed) -> None:
        await sim.work_text("liting", "查到了")

    sim.backend.answer = answer
    assert (await sim.text("work", "P1", "你好"))["reply"] == "查到了"


async def test_different_people_are_served_at_once(sim: Sim) -> None:
    sim.backend.wait_for_two()
    await asyncio.gather(*(sim.text("official", who, "你好", wait=0) for who in ("P1", "P2")))
    assert sim.backend.most_at_once == 2


async def test_one_push_delivered_three_times_at_once_shows_one_reply(sim: Sim) -> None:
    async def answer(push: Pushed) -> str:
        return push.text_reply("好") if len(sim.backend.pushes) == 1 else "success"

    sim.backend.answer = answer
    result = await sim.text(**HELLO, deliver=3)
    assert (result["attempts"], result["reply"]) == (3, "好")
    assert sorted(result["replies"], key=str) == [None, None, "好"]
    assert len({push.fields["MsgId"] for push in sim.backend.pushes}) == 1
    assert await sim.shown("official", "P1") == ["你好", "好"]


async def test_a_push_can_go_to_several_backends_in_turn(sim: Sim) -> None:
    urls = [f"{sim.callback}/wechat/official?worker={n}" for n in (1, 2)]
    await sim.text(**HELLO, deliver=2, callback=urls, wait=0)
    assert sorted(push.query["worker"] for push in sim.backend.pushes) == ["1", "2"]


async def test_an_address_that_does_not_echo_fails_the_check(sim: Sim) -> None:
    assert (await sim.sim("echo", door="official"))["ok"] is False


async def test_no_aes_key_makes_plain_pushes(make_sim: Any) -> None:
    sim = await make_sim(official={"aes_key": None})
    await sim.text("official", "P1", "你好", wait=0)
    assert "encrypt_type" not in sim.backend.pushes[0].query


@pytest.mark.parametrize(
    ("path", "body", "kind", "expected"),
    [
        ("voice", {"recognition": "查库存"}, "voice", {"Recognition": "查库存", "Format": "amr"}),
        ("location", {"latitude": 30.2, "longitude": 120.1, "label": "杭州"}, "location", {"Location_X": "30.2"}),
        ("image", {}, "image", {}),
    ],
)
async def test_other_messages(sim: Sim, path: str, body: dict[str, Any], kind: str, expected: dict[str, str]) -> None:
    result = await sim.sim(path, door="official", person="P1", wait=0, **body)
    fields = sim.backend.pushes[0].fields
    assert (fields["MsgType"], fields["MsgId"]) == (kind, result["msg_id"])
    assert expected.items() <= fields.items()


async def test_a_picture_can_be_fetched_from_where_the_push_says(sim: Sim) -> None:
    await sim.sim("image", door="official", person="P1", wait=0)
    fields = sim.backend.pushes[0].fields
    async with sim.client.session.get(fields["PicUrl"]) as response:
        assert (await response.read()).startswith(b"\x89PNG")


async def test_a_scanned_thing_is_an_event_with_its_result(sim: Sim) -> None:
    await sim.sim("scan", door="work", person="P1", text="6901234567892", type="barcode", wait=0)
    fields = sim.backend.pushes[0].fields
    assert fields["Event"] == "scancode_waitmsg"
    assert fields["ScanCodeInfo"] == {"ScanType": "barcode", "ScanResult": "CODE_128,6901234567892"}


async def test_extra_fields_of_an_event_become_elements(sim: Sim) -> None:
    await sim.sim("event", door="work", person="P1", event="change_contact", ChangeType="x", Deep={"A": ["1", "2"]})
    fields = sim.backend.pushes[0].fields
    assert (fields["ChangeType"], fields["Deep"]) == ("x", {"A": ["1", "2"]})
