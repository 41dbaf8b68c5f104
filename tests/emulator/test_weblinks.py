"""Every field that holds a web address takes nothing else, in the code of the platform that was asked."""

from typing import Any

import pytest

from tests.emulator.simkit import Sim, settings
from tests.emulator.test_cards import BUTTON, NEWS, TEXT, YES

SEND, CUSTOM, TEMPLATE = "/cgi-bin/message/send", "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
URL = "https://example.com/"
WRONG = ("x.cn", "javascript:alert(1)", "//x.cn", "https://", "https:///path", "ftp://x.cn", "https://[x", 7)
ARTICLE = {"title": "t", "url": URL}


@pytest.mark.parametrize("url", WRONG)
async def test_what_is_no_web_address(sim: Sim, url: Any) -> None:
    card = {"title": "t", "description": "d", "url": url}
    answer = await sim.call("work", SEND, {"touser": "liting", "agentid": 1000002} | kind("textcard", card))
    assert answer["errcode"] == (45034 if isinstance(url, str) else 40058)
    assert await sim.get("/sim/deliveries") == []


def kind(name: str, content: Any) -> dict[str, Any]:
    return {"msgtype": name, name: content}


def fact(**more: Any) -> dict[str, Any]:
    return {"horizontal_content_list": [{"keyname": "k", "value": "v", "type": 1, **more}]}


@pytest.mark.parametrize(
    "message",
    [
        kind("news", {"articles": [ARTICLE, ARTICLE | {"url": "x.cn"}]}),
        kind("news", {"articles": [ARTICLE | {"picurl": "x.cn/a.png"}]}),
        kind("template_card", TEXT | {"card_action": {"type": 1, "url": "x.cn"}}),
        kind("template_card", TEXT | {"source": {"icon_url": "x.cn"}}),
        kind("template_card", TEXT | {"quote_area": {"type": 1, "url": "javascript:alert(1)"}}),
        kind("template_card", TEXT | {"jump_list": [{"type": 1, "title": "t", "url": "x.cn"}]}),
        kind("template_card", TEXT | fact(url="x.cn")),
        kind("template_card", NEWS | {"card_image": {"url": "x.cn"}}),
        kind("template_card", NEWS | {"image_text_area": {"image_url": "x.cn"}}),
        kind("template_card", NEWS | {"image_text_area": {"image_url": URL, "type": 1, "url": "x.cn"}}),
        kind("template_card", BUTTON | {"button_list": [YES | {"type": 1, "url": "x.cn"}]}),
    ],
)
async def test_a_message_of_wecom_with_a_wrong_address(sim: Sim, message: dict[str, Any]) -> None:
    body = {"touser": "liting", "agentid": 1000002, **message}
    assert (await sim.call("work", SEND, body))["errcode"] == 45034
    assert await sim.get("/sim/deliveries") == []


async def test_the_source_of_a_long_article(sim: Sim) -> None:
    thumb = await sim.upload("work", "image")
    article = {"title": "t", "content": "c", "thumb_media_id": thumb}
    body = {"touser": "liting", "agentid": 1000002}
    wrong = kind("mpnews", {"articles": [article | {"content_source_url": "x.cn"}]})
    assert (await sim.call("work", SEND, body | wrong))["errcode"] == 45034
    right = kind("mpnews", {"articles": [article | {"content_source_url": URL}]})
    assert (await sim.call("work", SEND, body | right))["errcode"] == 0


@pytest.mark.parametrize("article", [{"url": "x.cn"}, {"picurl": "x.cn"}])
async def test_an_article_of_a_robot_with_a_wrong_address(make_sim: Any, article: dict[str, str]) -> None:
    sim = await make_sim(people=[*settings()["people"], {"id": "G1", "name": "车间群", "robot": "key-1"}])
    body = kind("news", {"articles": [ARTICLE | article]})
    assert (await sim.post("/cgi-bin/webhook/send", body, key="key-1"))["errcode"] == 45034
    assert await sim.shown("work", "G1") == []


@pytest.mark.parametrize(
    "message",
    [
        kind("news", {"articles": [ARTICLE | {"url": "x.cn"}]}),
        kind("news", {"articles": [ARTICLE | {"picurl": "x.cn"}]}),
        kind("music", {"title": "t", "musicurl": "x.cn", "thumb_media_id": "m"}),
        kind("music", {"title": "t", "hqmusicurl": "x.cn", "thumb_media_id": "m"}),
    ],
)
async def test_a_message_of_an_official_account_with_a_wrong_address(sim: Sim, message: dict[str, Any]) -> None:
    await sim.text("official", "P1", "在吗", wait=0)
    assert (await sim.call("official", CUSTOM, {"touser": "o_1", **message}))["errcode"] == 40048
    assert await sim.shown("official", "P1") == ["在吗"]


@pytest.mark.parametrize("wrong", [{"url": "x.cn"}, {"thumb_url": "x.cn"}])
async def test_a_link_of_a_mini_program_with_a_wrong_address(sim: Sim, wrong: dict[str, str]) -> None:
    await sim.text("miniprogram", "P1", "在吗", wait=0)
    link = {"title": "t", "description": "d", "url": URL, "thumb_url": URL}
    body = {"touser": "m_1"} | kind("link", link | wrong)
    assert (await sim.call("miniprogram", CUSTOM, body))["errcode"] == 40048
    assert (await sim.call("miniprogram", CUSTOM, body | kind("link", link)))["errcode"] == 0


async def test_a_notice_with_a_wrong_address_uses_no_accept(sim: Sim) -> None:
    data = {"thing1": {"value": "螺栓"}, "time2": {"value": "15:01"}}
    body = {"touser": "o_1", "template_id": "T1", "data": data}
    assert (await sim.call("official", TEMPLATE, body | {"url": "x.cn"}))["errcode"] == 40048
    await sim.sim("subscribe", door="official", person="P1", template="T1")
    subscription = "/cgi-bin/message/subscribe/bizsend"
    assert (await sim.call("official", subscription, body | {"page": "x.cn"}))["errcode"] == 40048
    assert (await sim.call("official", subscription, body | {"page": URL}))["errcode"] == 0
    assert len(await sim.shown("official", "P1")) == 1


VIEW = {"type": "view", "name": "网页", "url": "abc"}


@pytest.mark.parametrize("door", ["official", "work"])
@pytest.mark.parametrize(
    ("button", "code"),
    [
        (VIEW, 40055),
        (VIEW | {"url": "javascript:alert(1)"}, 40055),
        ({"name": "更多", "sub_button": [VIEW]}, 40054),
        ({"type": "click", "name": "键", "key": "k", "url": "abc"}, 40055),
    ],
)
async def test_a_menu_with_a_wrong_address(sim: Sim, door: str, button: dict[str, Any], code: int) -> None:
    agent = {"agentid": "1000002"}
    refused = await sim.call(door, "/cgi-bin/menu/create", {"button": [button]}, **agent)
    assert refused["errcode"] == code
    assert (await sim.ask(door, "/cgi-bin/menu/get", **agent))["errcode"] == 46003


async def test_nobody_sends_a_page_on_that_is_none(sim: Sim) -> None:
    assert await sim.status("share", door="official", person="P1", title="周报", url="javascript:alert(1)") == 400
    assert sim.backend.pushes == []
