"""Refusals that no other test provokes on its own: one body for each place that refuses."""

from typing import Any

import pytest

from tests.emulator.simkit import Sim, settings
from tests.emulator.test_cards import BUTTON, FACT, MULTIPLE, NEWS, OPTION, SELECT, TEXT, UPDATE, URL, VOTE, YES

SEND, CUSTOM = "/cgi-bin/message/send", "/cgi-bin/message/custom/send"
TYPING, BIZSEND = "/cgi-bin/message/custom/typing", "/cgi-bin/message/subscribe/bizsend"
APPLY, NUMBERS = "/cgi-bin/oa/applyevent", "/cgi-bin/oa/getapprovalinfo"
CHOICE = {"question_key": "q", "option_list": [OPTION]}


def part(card: dict[str, Any], name: str, **changes: Any) -> dict[str, Any]:
    """The card with something else in one of its parts."""
    return card | {name: card.get(name, {}) | changes}


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (TEXT | {"sub_title_text": 7}, 40058),
        (TEXT | {"jump_list": "x"}, 40058),
        (TEXT | {"horizontal_content_list": [FACT, "x"]}, 40058),
        (TEXT | {"main_title": "x"}, 40058),
        (BUTTON | {"main_title": {"desc": "d"}}, 42033),
        (part(TEXT, "emphasis_content", title="1" * 11), 42033),
        (part(TEXT, "emphasis_content", desc="字" * 16), 40058),
        (NEWS | {"vertical_content_list": [{"desc": "d"}]}, 42033),
        (NEWS | {"vertical_content_list": [{"title": "t", "desc": "字" * 161}]}, 40058),
        (TEXT | {"jump_list": [{"type": 1, "url": URL}]}, 42033),
        (TEXT | {"task_id": "t", "action_menu": {"desc": "更多"}}, 40058),
        (TEXT | {"task_id": "t", "action_menu": {"action_list": [{"key": "k"}]}}, 42041),
        (TEXT | {"task_id": "t", "action_menu": {"action_list": [{"text": "静音"}]}}, 42039),
        (NEWS | {"card_image": {"aspect_ratio": 2}}, 42044),
        (NEWS | {"image_text_area": {"title": "t"}}, 42044),
        (BUTTON | {"button_list": [{"key": "yes"}]}, 42038),
        (BUTTON | {"button_list": [YES | {"key": "k" * 1025}]}, 42039),
        (BUTTON | {"button_selection": CHOICE | {"option_list": [OPTION | {"id": "i" * 129}]}}, 42040),
        (BUTTON | {"button_selection": CHOICE | {"option_list": [{"id": "o1"}]}}, 42041),
        (BUTTON | {"button_selection": CHOICE | {"option_list": [OPTION, OPTION]}}, 42040),
        (part(VOTE, "submit_button", text="字" * 11), 42049),
        (MULTIPLE | {"select_list": [SELECT | {"option_list": [OPTION] * 11}]}, 42037),
    ],
)
async def test_parts_of_cards(sim: Sim, card: dict[str, Any], code: int) -> None:
    assert (await sim.work_card("liting", card))["errcode"] == code
    assert await sim.get("/sim/cards", person="P1") == []


@pytest.mark.parametrize("change", [{}, {"template_card": "x"}, {"button": {"replace_name": "已读"}}])
async def test_changes_of_a_notice(sim: Sim, change: dict[str, Any]) -> None:
    card = TEXT | {"task_id": "t", "action_menu": {"action_list": [{"text": "静音", "key": "k"}]}}
    code = (await sim.work_card("liting", card))["response_code"]
    body = {"agentid": 1000002, "response_code": code, "userids": ["liting"], **change}
    assert (await sim.call("work", UPDATE, body))["errcode"] == 40058


def notice(**changes: Any) -> dict[str, Any]:
    return {"msgtype": "miniprogram_notice", "miniprogram_notice": {"appid": "wx", "title": "订单通知", **changes}}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"msgtype": 7}, 40008),
        (notice() | {"touser": "@all"}, 40058),
        (notice(content_item=[{"key": "字" * 11, "value": "1"}]), 40058),
        ({"msgtype": "news", "news": {"articles": ["x"]}}, 40058),
        ({"msgtype": "mpnews", "mpnews": {"articles": ["x"]}}, 40058),
    ],
)
async def test_messages_of_wecom(sim: Sim, message: dict[str, Any], code: int) -> None:
    body = {"touser": "liting", "agentid": 1000002, **message}
    assert (await sim.call("work", SEND, body))["errcode"] == code
    assert await sim.get("/sim/deliveries") == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"msgtype": "image", "image": ""}, 44004),
        ({"msgtype": "mpnews", "mpnews": {"id": "x"}}, 40035),
        ({"msgtype": "miniprogrampage", "miniprogrampage": {"pagepath": "pages/order"}}, 40035),
        ({"msgtype": "news", "news": {"articles": [{"url": URL}]}}, 40035),
        ({"msgtype": "msgmenu", "msgmenu": {"list": []}}, 40035),
    ],
)
async def test_messages_of_an_official_account(sim: Sim, message: dict[str, Any], code: int) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    assert (await sim.call("official", CUSTOM, {"touser": "o_1", **message}))["errcode"] == code
    assert await sim.get("/sim/deliveries") == []


SPAN = {"starttime": 1, "endtime": 2}
FORM = {
    "creator_userid": "liting",
    "template_id": "T",
    "use_template_approver": 0,
    "apply_data": {"contents": [{"control": "Text", "id": "T-1", "value": {"text": "x"}}]},
    "summary_list": [{"summary_info": [{"text": "x", "lang": "zh_CN"}]}],
}


@pytest.mark.parametrize(
    ("door", "path", "body", "code"),
    [
        ("official", TYPING, {"touser": "o_1", "command": "Sing"}, 40035),
        ("official", BIZSEND, {"touser": "o_1", "template_id": "T1", "data": []}, 47003),
        ("official", "/cgi-bin/openapi/quota/get", {"cgi_path": 7}, 76021),
        ("official", "/cgi-bin/user/info/updateremark", {"openid": "o_1", "remark": "字" * 31}, 40035),
        ("official", "/cgi-bin/qrcode/create", {"action_name": "QR_SCENE", "action_info": {"scene": 7}}, 40053),
        ("miniprogram", "/wxa/generatescheme", {"jump_wxa": "pages/order"}, 47001),
        ("miniprogram", "/wxa/getwxacodeunlimit", {"scene": "a", "env_version": "beta"}, 40035),
        ("work", "/cgi-bin/user/getuserid", {"mobile": 138}, 40058),
        ("work", "/cgi-bin/idconvert/unionid_to_external_userid", {"openid": "o_1"}, 40058),
        ("work", "/cgi-bin/idconvert/unionid_to_external_userid", {"unionid": "u_1"}, 40058),
        ("work", "/cgi-bin/externalcontact/send_welcome_msg", {"text": {"content": "您好"}}, 40058),
        ("work", "/cgi-bin/message/recall", {"msgid": 7}, 40058),
        ("work", APPLY, FORM | {"approver": [{"attr": 3, "userid": ["wangzong"]}]}, 301025),
    ],
)
async def test_other_calls(sim: Sim, door: str, path: str, body: dict[str, Any], code: int) -> None:
    assert (await sim.call(door, path, body))["errcode"] == code


async def test_a_filter_that_is_none(sim: Sim) -> None:
    made = await sim.sim("approval", person="P1", nodes=[{"userid": ["wangzong"]}])
    at = (await sim.call("work", "/cgi-bin/oa/getapprovaldetail", {"sp_no": made["sp_no"]}))["info"]["apply_time"]
    body = {"starttime": at - 60, "endtime": at + 60, "new_cursor": "", "size": 10}
    assert (await sim.call("work", NUMBERS, body | {"filters": [{"key": "mood", "value": "1"}]}))["errcode"] == 301025


async def test_a_web_login_of_another_kind(sim: Sim) -> None:
    wanted = {"appid": settings()["official"]["app_id"], "secret": "s3cret", "code": "c", "grant_type": "password"}
    assert (await sim.get("/sns/oauth2/refresh_token", **wanted))["errcode"] == 40002
    assert (await sim.get("/sns/oauth2/access_token", **wanted))["errcode"] == 40002


async def test_an_upload_without_a_form(sim: Sim) -> None:
    assert (await sim.call("work", "/cgi-bin/media/upload", {"media": "x"}, type="file"))["errcode"] == 41005


@pytest.mark.parametrize(("body", "code"), [({"msgtype": 7}, 40008), ({"msgtype": "text", "text": "x"}, 40058)])
async def test_messages_of_a_robot(make_sim: Any, body: dict[str, Any], code: int) -> None:
    sim = await make_sim(people=[*settings()["people"], {"id": "G1", "name": "车间群", "robot": "key-1"}])
    assert (await sim.post("/cgi-bin/webhook/send", body, key="key-1"))["errcode"] == code
    assert await sim.shown("work", "G1") == []
