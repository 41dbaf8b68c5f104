"""The official account: customer-service windows, template messages, followers, codes."""

from typing import Any

import pytest

from tests.emulator.simkit import Sim

SEND = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
DATA = {"thing1": {"value": "螺栓"}, "time2": {"value": "2026年11月24日 15:01"}}


async def codes(sim: Sim, count: int, door: str = "official") -> list[int]:
    openid = {"official": "o_1", "miniprogram": "m_1"}[door]
    return [(await sim.say(openid, f"第 {n} 条", door))["errcode"] for n in range(count)]


async def test_nothing_may_be_sent_to_someone_who_has_not_written(sim: Sim) -> None:
    assert await codes(sim, 1) == [45015]
    assert await sim.shown("official", "P1") == []


@pytest.mark.parametrize("door", ["official", "miniprogram"])
async def test_five_messages_for_each_message_within_48_hours(sim: Sim, door: str) -> None:
    await sim.text(door, "P1", "在吗", wait=0)
    assert await codes(sim, 6, door) == [0, 0, 0, 0, 0, 45047]
    await sim.text(door, "P1", "还在吗", wait=0)
    await sim.sim("clock", forward=3600)
    assert await codes(sim, 1, door) == [0]
    await sim.sim("clock", forward=48 * 3600)
    sim.forget_tokens()
    assert await codes(sim, 1, door) == [45015]


@pytest.mark.parametrize("gesture", ["click", "follow", "scan", "quick reply"])
async def test_three_messages_within_a_minute_of_a_click_a_follow_or_a_scan(sim: Sim, gesture: str) -> None:
    if gesture == "click":
        await sim.sim("event", door="official", person="P1", event="CLICK", EventKey="k", wait=0)
    elif gesture == "follow":
        await sim.sim("follow", person="P1", wait=0)
    elif gesture == "scan":
        await sim.sim("scan", door="official", person="P1", scene="s1", wait=0)
    else:
        await sim.text("official", "P1", "查库存", menu_id="1", wait=0)
    assert await codes(sim, 4) == [0, 0, 0, 45047]
    await sim.sim("clock", forward=61)
    assert await codes(sim, 1) == [45015]


async def test_two_messages_after_entering_a_mini_program_session(sim: Sim) -> None:
    await sim.sim("event", door="miniprogram", person="P1", event="user_enter_tempsession", SessionFrom="x")
    assert await codes(sim, 3, "miniprogram") == [0, 0, 45047]


async def test_a_passive_reply_uses_no_quota(sim: Sim) -> None:
    async def answer(push: Any) -> str:
        return str(push.text_reply("好"))

    sim.backend.answer = answer
    await sim.text("official", "P1", "在吗")
    assert await codes(sim, 6) == [0, 0, 0, 0, 0, 45047]


async def test_unfollowing_closes_the_window(sim: Sim) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    await sim.sim("unfollow", person="P1")
    assert await codes(sim, 1) == [45015]
    assert await sim.status("text", door="official", person="P1", text="在吗") == 409


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"touser": "o_nobody", "msgtype": "text", "text": {"content": "x"}}, 40003),
        ({"touser": "o_1", "text": {"content": "x"}}, 40008),
        ({"touser": "o_1", "msgtype": "template_card", "template_card": {}}, 40008),
        ({"touser": "o_1", "msgtype": "text", "text": {"content": ""}}, 44004),
        ({"touser": "o_1", "msgtype": "text", "text": {"content": "字" * 683}}, 45002),
        ({"touser": "o_1", "msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"touser": "o_1", "msgtype": "news", "news": {"articles": [{"title": "a"}, {"title": "b"}]}}, 45008),
        ({"touser": "o_1", "msgtype": "news", "news": {"articles": []}}, 44003),
        ({"touser": "o_1", "msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1"}]}}, 40035),
        ({"touser": "o_1", "msgtype": "miniprogrampage", "miniprogrampage": {"title": "t", "pagepath": "p"}}, 40013),
    ],
)
async def test_bodies_that_are_refused(sim: Sim, body: dict[str, Any], code: int) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    assert (await sim.call("official", SEND, body))["errcode"] == code
    assert await sim.shown("official", "P1") == ["在吗"]


async def test_a_text_of_exactly_the_limit_is_sent(sim: Sim) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    assert (await sim.say("o_1", "字" * 682 + "ab"))["errcode"] == 0


async def test_a_msgmenu_is_shown_as_links(sim: Sim) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    menu = {"head_content": "满意吗？", "list": [{"id": "101", "content": "满意"}], "tail_content": "谢谢"}
    await sim.call("official", SEND, {"touser": "o_1", "msgtype": "msgmenu", "msgmenu": menu})
    assert (await sim.shown("official", "P1"))[-1] == "满意吗？\n满意\n谢谢"
    await sim.sim("link", door="official", person="P1", label="满意", wait=0)
    assert sim.backend.pushes[-1].fields["bizmsgmenuid"] == "101"


async def send_template(sim: Sim, **changes: Any) -> Any:
    body = {"touser": "o_1", "template_id": "T1", "data": DATA} | changes
    return await sim.call("official", TEMPLATE, body)


async def test_a_template_message_needs_no_window_and_is_reported(sim: Sim) -> None:
    answer = await send_template(sim)
    assert answer["errcode"] == 0 and isinstance(answer["msgid"], int)
    assert await sim.shown("official", "P1") == ["发货通知\n商品：螺栓\n时间：2026年11月24日 15:01"]
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "TEMPLATESENDJOBFINISH")
    assert push.fields["Status"] == "success" and push.fields["MsgID"] == str(answer["msgid"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": "o_nobody"}, 40003),
        ({"touser": "o_3"}, 43004),
        ({"template_id": "T9"}, 40037),
        ({"data": {}}, 47003),
        ({"data": DATA | {"thing1": {"value": "字" * 21}}}, 47003),
        ({"data": DATA | {"time2": {"value": "明天"}}}, 47003),
        ({"client_msg_id": "x" * 33}, 40035),
        ({"miniprogram": {"appid": "wxother", "pagepath": "pages/order"}}, 40013),
        ({"miniprogram": "pages/order"}, 40013),
    ],
)
async def test_template_messages_that_are_refused(sim: Sim, changes: dict[str, Any], code: int) -> None:
    assert (await send_template(sim, **changes))["errcode"] == code
    assert await sim.get("/sim/deliveries") == []


async def test_a_client_msg_id_protects_for_ten_minutes(sim: Sim) -> None:
    first, second = [await send_template(sim, client_msg_id="n1") for _ in range(2)]
    assert first == second
    assert len(await sim.shown("official", "P1")) == 1
    assert [each["dropped"] for each in await sim.get("/sim/deliveries")] == [None, "duplicate"]
    await sim.sim("clock", forward=601)
    await send_template(sim, client_msg_id="n1")
    assert len(await sim.shown("official", "P1")) == 2


async def test_followers_and_their_information(sim: Sim) -> None:
    assert (await sim.ask("official", "/cgi-bin/user/get"))["data"]["openid"] == ["o_1", "o_2"]
    assert (await sim.ask("official", "/cgi-bin/user/info", openid="o_1"))["unionid"] == "u_1"
    assert await sim.ask("official", "/cgi-bin/user/info", openid="o_3") == {"subscribe": 0, "openid": "o_3"}
    assert (await sim.ask("official", "/cgi-bin/user/info", openid="o_9"))["errcode"] == 40003


async def test_a_code_with_a_scene_follows_or_scans(sim: Sim) -> None:
    wanted = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "bind-7"}}, "expire_seconds": 60}
    ticket = (await sim.call("official", "/cgi-bin/qrcode/create", wanted))["ticket"]
    await sim.sim("scan", door="official", person="P3", scene=ticket, wait=0)
    await sim.sim("scan", door="official", person="P3", scene=ticket, wait=0)
    followed, scanned = (push.fields for push in sim.backend.pushes)
    assert (followed["Event"], followed["EventKey"], followed["Ticket"]) == ("subscribe", "qrscene_bind-7", ticket)
    assert (scanned["Event"], scanned["EventKey"], scanned["Ticket"]) == ("SCAN", "bind-7", ticket)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"action_name": "QR"}, 40050),
        ({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": ""}}}, 40053),
        ({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100001}}}, 40053),
        (
            {"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 1}}, "expire_seconds": 2592001},
            40052,
        ),
    ],
)
async def test_codes_that_are_refused(sim: Sim, wanted: dict[str, Any], code: int) -> None:
    assert (await sim.call("official", "/cgi-bin/qrcode/create", wanted))["errcode"] == code
