"""The mini-program: one-use codes, subscription messages, codes to scan, pushes as JSON and XML."""

import json
from typing import Any

import pytest

from tests.emulator.simkit import MINI_ID, Sim

SUBSCRIBE = "/cgi-bin/message/subscribe/send"
PHONE = "/wxa/business/getuserphonenumber"
DATA = {"character_string1": {"value": "SO0001"}, "phrase2": {"value": "已发货"}}


async def session(sim: Sim, code: str, **changes: str) -> Any:
    query = {"appid": MINI_ID, "secret": "s3cret", "js_code": code, "grant_type": "authorization_code"} | changes
    async with sim.client.get("/sns/jscode2session", params=query) as response:
        assert "errcode" in await response.text() or response.content_type == "text/plain"
        return json.loads(await response.text())


async def test_a_login_code_opens_one_session(sim: Sim) -> None:
    code = (await sim.sim("login", person="P1"))["code"]
    opened = await session(sim, code)
    assert (opened["openid"], opened["unionid"]) == ("m_1", "u_1")
    assert "errcode" not in opened
    assert (await session(sim, code))["errcode"] == 40163
    assert (await session(sim, "wrong"))["errcode"] == 40029


async def test_a_login_code_ends_after_five_minutes(sim: Sim) -> None:
    code = (await sim.sim("login", person="P1"))["code"]
    await sim.sim("clock", forward=301)
    assert (await session(sim, code))["errcode"] == 40029


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"appid": "wxother"}, 40013), ({"secret": "wrong"}, 40125), ({"grant_type": "password"}, 40002)],
)
async def test_wrong_credentials_do_not_use_the_code(sim: Sim, changes: dict[str, str], code: int) -> None:
    login = (await sim.sim("login", person="P1"))["code"]
    assert (await session(sim, login, **changes))["errcode"] == code
    assert (await session(sim, login))["openid"] == "m_1"


async def test_a_person_may_log_in_a_hundred_times_a_minute(sim: Sim) -> None:
    last: Any = None
    for _ in range(101):
        last = await session(sim, (await sim.sim("login", person="P1"))["code"])
    assert last["errcode"] == 45011


async def test_a_phone_code_is_its_own_and_works_once(sim: Sim) -> None:
    code = (await sim.sim("phone", person="P1"))["code"]
    assert (await session(sim, code))["errcode"] == 40029
    info = (await sim.call("miniprogram", PHONE, {"code": code}))["phone_info"]
    assert (info["purePhoneNumber"], info["watermark"]["appid"]) == ("13800000001", MINI_ID)
    assert (await sim.call("miniprogram", PHONE, {"code": code}))["errcode"] == 40029
    login = (await sim.sim("login", person="P1"))["code"]
    assert (await sim.call("miniprogram", PHONE, {"code": login}))["errcode"] == 40029


async def notify(sim: Sim, **changes: Any) -> Any:
    return await sim.call("miniprogram", SUBSCRIBE, {"touser": "m_1", "template_id": "M1", "data": DATA} | changes)


async def test_each_accept_is_good_for_one_message(sim: Sim) -> None:
    assert (await notify(sim))["errcode"] == 43101
    await sim.sim("subscribe", person="P1", template="M1")
    assert (await notify(sim))["errcode"] == 0
    assert (await notify(sim))["errcode"] == 43101
    assert await sim.shown("miniprogram", "P1") == ["订单状态\n单号：SO0001\n状态：已发货"]
    sent = await sim.backend.next(lambda push: push.fields.get("Event") == "subscribe_msg_sent_event")
    assert sent.fields["List"]["ErrorStatus"] == "success"


async def test_accepts_add_up_and_a_refusal_gives_nothing(sim: Sim) -> None:
    for accept in (True, True, False):
        await sim.sim("subscribe", person="P1", template="M1", accept=accept)
    popups = [push.fields["List"]["SubscribeStatusString"] for push in sim.backend.pushes]
    assert popups == ["accept", "accept", "reject"]
    assert [(await notify(sim))["errcode"] for _ in range(3)] == [0, 0, 43101]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": "m_9"}, 40003),
        ({"template_id": "M9"}, 40037),
        ({"data": DATA | {"phrase2": {"value": "已经全部发货"}}}, 47003),
        ({"data": DATA | {"phrase2": {"value": "shipped"}}}, 47003),
        ({"data": DATA | {"character_string1": {"value": "订单一"}}}, 47003),
        ({"data": DATA | {"character_string1": {"value": "x" * 33}}}, 47003),
        ({"data": DATA | {"thing9": {"value": "x"}}}, 47003),
        ({"data": {"phrase2": {"value": "已发货"}}}, 47003),
        ({"data": DATA | {"phrase2": {"value": ""}}}, 47003),
        ({"miniprogram_state": "beta"}, 40035),
        ({"lang": "fr"}, 40035),
    ],
)
async def test_refused_messages_use_no_accept(sim: Sim, changes: dict[str, Any], code: int) -> None:
    await sim.sim("subscribe", person="P1", template="M1")
    assert (await notify(sim, **changes))["errcode"] == code
    assert (await notify(sim))["errcode"] == 0


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("thing", "字" * 20, "字" * 21),
        ("short_thing", "五个字以内", "这里有六个字"),
        ("number", "-12.50", "12件"),
        ("letter", "abc", "abc1"),
        ("symbol", "¥!", "a"),
        ("time", "2026年11月24日 15:01~2026年11月25日 9:00", "2026-11-24"),
        ("date", "2026年11月24日", "11月24日"),
        ("amount", "¥1234567890.50元", "12345678901"),
        ("phone_number", "+86-571-12345678", "1" * 18),
        ("car_number", "浙A12345", "浙A12345678"),
        ("name", "欧阳修", "一二三四五六七八九十一"),
        ("phrase", "已签收", "OK"),
    ],
)
async def test_every_type_of_field_has_its_limit(make_sim: Any, key: str, good: str, bad: str) -> None:
    templates = [{"id": "M1", "title": "通知", "fields": {f"{key}1": "项"}}]
    sim = await make_sim(miniprogram={"templates": templates})
    await sim.sim("subscribe", person="P1", template="M1")
    assert (await notify(sim, data={f"{key}1": {"value": bad}}))["errcode"] == 47003
    assert (await notify(sim, data={f"{key}1": {"value": good}}))["errcode"] == 0


async def test_a_field_with_a_list_of_values_takes_no_other_and_the_list_can_be_read(make_sim: Any) -> None:
    template = {
        "id": "M1",
        "title": "通知",
        "fields": {"phrase1": "状态"},
        "choices": {"phrase1": ["已发货", "已签收"]},
    }
    sim = await make_sim(miniprogram={"templates": [template]})
    listed = (await sim.ask("miniprogram", "/wxaapi/newtmpl/gettemplate"))["data"]
    assert listed[0]["keywordEnumValueList"] == [{"keywordCode": "phrase1.DATA", "enumValueList": ["已发货", "已签收"]}]
    await sim.sim("subscribe", person="P1", template="M1")
    assert (await notify(sim, data={"phrase1": {"value": "已付款"}}))["errcode"] == 47003
    assert (await notify(sim, data={"phrase1": {"value": "已签收"}}))["errcode"] == 0


async def test_unlimited_codes_are_image_bytes_or_a_json_error(sim: Sim) -> None:
    token = await sim.token("miniprogram")
    address = f"/wxa/getwxacodeunlimit?access_token={token}"
    async with sim.client.post(address, json={"scene": "o=1105", "page": "pages/order"}) as response:
        assert (await response.read()).startswith(b"\x89PNG")
    for wanted, code in (
        ({"scene": "订单"}, 40129),
        ({"scene": "x" * 33}, 40129),
        ({"scene": ""}, 40129),
        ({"scene": "a", "page": "/pages/order"}, 41030),
        ({"scene": "a", "width": 100}, 40035),
    ):
        assert (await sim.post("/wxa/getwxacodeunlimit", wanted, access_token=token))["errcode"] == code


async def test_a_push_is_json_and_one_item_is_no_array(sim: Sim) -> None:
    await sim.text("miniprogram", "P1", "在吗", wait=0)
    push = sim.backend.pushes[0]
    assert set(json.loads(push.body)) == {"ToUserName", "Encrypt"}
    assert (push.fields["Content"], push.fields["FromUserName"]) == ("在吗", "m_1")


async def test_a_push_can_be_xml(make_sim: Any) -> None:
    sim = await make_sim(miniprogram={"format": "xml"})
    await sim.sim("subscribe", person="P1", template="M1")
    popup = sim.backend.pushes[0].fields["SubscribeMsgPopupEvent"]["List"]
    assert (popup["TemplateId"], popup["SubscribeStatusString"]) == ("M1", "accept")


async def test_the_templates_are_listed(sim: Sim) -> None:
    listed = (await sim.ask("miniprogram", "/wxaapi/newtmpl/gettemplate"))["data"]
    assert [each["priTmplId"] for each in listed] == ["M1"]
    assert "{{phrase2.DATA}}" in listed[0]["content"]
    own = (await sim.ask("official", "/cgi-bin/template/get_all_private_template"))["template_list"]
    assert own[0]["content"] == "商品:{{thing1.DATA}}\n时间:{{time2.DATA}}"
