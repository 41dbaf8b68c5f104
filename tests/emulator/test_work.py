"""WeCom: receivers, kinds, duplicates, rates, recall, members, menus."""

from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData

from tests.emulator.simkit import MINI_ID, Sim

SEND = "/cgi-bin/message/send"
TEXT = {"touser": "liting", "msgtype": "text", "agentid": 1000002, "text": {"content": "早"}}
URL = "https://example.com/"


async def test_a_text_arrives_and_case_of_the_userid_does_not_count(sim: Sim) -> None:
    answer = await sim.work_text("LITING|wangzong", "早")
    assert answer["errcode"] == 0 and "invaliduser" not in answer
    assert await sim.shown("work", "P1") == ["早"] == await sim.shown("work", "P2")


async def test_unknown_receivers_are_named_while_the_others_get_it(sim: Sim) -> None:
    answer = await sim.work_text("liting|NoBody|ghost", "早", toparty="77")
    assert (answer["errcode"], answer["invaliduser"], answer["invalidparty"]) == (0, "nobody|ghost", "77")
    assert await sim.shown("work", "P1") == ["早"]


async def test_everyone_and_the_whole_company(sim: Sim) -> None:
    await sim.work_text("@all", "甲")
    await sim.call("work", SEND, {key: value for key, value in TEXT.items() if key != "touser"} | {"toparty": "1"})
    assert await sim.shown("work", "P2") == ["甲", "早"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": "ghost"}, 81013),
        ({"touser": ""}, 82001),
        ({"touser": "|".join(["liting"] * 1001)}, 40032),
        ({"toparty": "|".join(["1"] * 101)}, 82002),
        ({"totag": "|".join(["1"] * 101)}, 82003),
        ({"agentid": 7}, 40056),
        ({"agentid": "1000002"}, 40056),
        ({"msgtype": "poem"}, 40008),
        ({"msgtype": "markdown"}, 40058),
        ({"text": {"content": ""}}, 44004),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "textcard", "textcard": {"title": "t", "description": "d"}}, 40058),
        ({"msgtype": "textcard", "textcard": {"title": "t" * 129, "description": "d", "url": URL}}, 45002),
        (
            {"msgtype": "textcard", "textcard": {"title": "t", "description": "d", "url": URL, "btntxt": "太长太长太"}},
            40058,
        ),
        ({"msgtype": "news", "news": {"articles": []}}, 45008),
        ({"msgtype": "news", "news": {"articles": [{"title": "t"}]}}, 40058),
        ({"msgtype": "news", "news": {"articles": [{"title": "t", "url": URL + "x" * 2048}]}}, 45002),
        ({"msgtype": "news", "news": {"articles": [{"title": "t", "url": URL, "description": "d" * 513}]}}, 45002),
        ({"msgtype": "mpnews", "mpnews": {"articles": []}}, 45008),
        ({"msgtype": "mpnews", "mpnews": {"articles": [{"title": "t", "content": "c"}]}}, 40007),
        ({"msgtype": "video", "video": {"media_id": "none", "title": "t" * 129}}, 45002),
        ({"safe": 2}, 40058),
        ({"msgtype": "miniprogram_notice", "miniprogram_notice": {"appid": "wx", "title": "短"}}, 40058),
    ],
)
async def test_messages_that_are_refused(sim: Sim, changes: dict[str, Any], code: int) -> None:
    assert (await sim.call("work", SEND, TEXT | changes))["errcode"] == code
    assert await sim.get("/sim/deliveries") == []


async def test_a_text_that_is_too_long_is_cut_in_silence(sim: Sim) -> None:
    assert (await sim.work_text("liting", "字" * 700))["errcode"] == 0
    assert await sim.shown("work", "P1") == ["字" * 682]


async def test_the_same_message_is_shown_once_within_its_interval(sim: Sim) -> None:
    for _ in range(2):
        answer = await sim.work_text("liting", "早", enable_duplicate_check=1, duplicate_check_interval=60)
        assert answer["errcode"] == 0
    assert await sim.shown("work", "P1") == ["早"]
    assert [each["dropped"] for each in await sim.get("/sim/deliveries")] == [None, "duplicate"]
    await sim.sim("clock", forward=61)
    await sim.work_text("liting", "早", enable_duplicate_check=1, duplicate_check_interval=60)
    await sim.work_text("liting", "晚", enable_duplicate_check=1, duplicate_check_interval=60)
    await sim.work_text("liting", "早")
    assert await sim.shown("work", "P1") == ["早", "早", "晚", "早"]


async def test_beyond_thirty_a_minute_messages_vanish_without_an_error(sim: Sim) -> None:
    answers = [await sim.work_text("liting", f"{n}") for n in range(31)]
    assert {answer["errcode"] for answer in answers} == {0}
    assert len(await sim.shown("work", "P1")) == 30
    assert (await sim.get("/sim/deliveries"))[-1]["dropped"] == "rate"
    await sim.sim("clock", forward=61)
    await sim.work_text("liting", "again")
    assert len(await sim.shown("work", "P1")) == 31


async def test_the_hour_has_a_limit_too(make_sim: Any) -> None:
    sim = await make_sim(limits={"member_per_hour": 2})
    for n in range(3):
        await sim.work_text("liting", f"{n}")
        await sim.sim("clock", forward=61)
    assert await sim.shown("work", "P1") == ["0", "1"]


async def test_a_message_can_be_recalled_within_a_day(sim: Sim) -> None:
    first = await sim.work_text("liting", "错了")
    assert (await sim.call("work", "/cgi-bin/message/recall", {"msgid": first["msgid"]}))["errcode"] == 0
    assert await sim.shown("work", "P1") == ["消息已撤回"]
    late = await sim.work_text("liting", "也错了")
    await sim.sim("clock", forward=86401)
    sim.forget_tokens()
    for msg_id in (late["msgid"], "unknown"):
        assert (await sim.call("work", "/cgi-bin/message/recall", {"msgid": msg_id}))["errcode"] == 40058


async def test_members_and_the_application(sim: Sim) -> None:
    assert (await sim.ask("work", "/cgi-bin/user/get", userid="liting"))["name"] == "小李"
    assert (await sim.ask("work", "/cgi-bin/user/get", userid="ghost"))["errcode"] == 60111
    assert (await sim.ask("work", "/cgi-bin/agent/get", agentid="1000002"))["name"] == "助手"
    assert (await sim.ask("work", "/cgi-bin/agent/get", agentid="1"))["errcode"] == 40056


BUTTON = {"type": "click", "name": "待办", "key": "todo"}


@pytest.mark.parametrize("door", ["official", "work"])
async def test_a_menu_is_made_shown_and_deleted(sim: Sim, door: str) -> None:
    agent = {"agentid": "1000002"} if door == "work" else {}
    assert (await sim.ask(door, "/cgi-bin/menu/get", **agent))["errcode"] == 46003
    assert (await sim.call(door, "/cgi-bin/menu/create", {"button": [BUTTON]}, **agent))["errcode"] == 0
    got = await sim.ask(door, "/cgi-bin/menu/get", **agent)
    assert (got["menu"] if door == "official" else got)["button"] == [BUTTON]
    await sim.sim("menu", door=door, person="P1", key="todo", wait=0)
    assert sim.backend.pushes[0].fields["Event"] == {"official": "CLICK", "work": "click"}[door]
    assert (await sim.ask(door, "/cgi-bin/menu/delete", **agent))["errcode"] == 0
    assert await sim.status("menu", door=door, person="P1", key="todo") == 404


MINI = {"type": "miniprogram", "name": "小店", "appid": MINI_ID, "pagepath": "pages/order", "url": URL}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([BUTTON] * 4, 40016),
        ([BUTTON | {"name": "一二三四五六"}], 40018),
        ([BUTTON | {"type": "dance"}], 40017),
        ([BUTTON | {"key": ""}], 40019),
        ([BUTTON | {"key": "k" * 129}], 40019),
        ([{"type": "view", "name": "网页"}], 40020),
        ([MINI | {"appid": "wx"}], 45064),
        ([MINI | {"appid": ""}], 45064),
        ([{"name": "更多", "sub_button": [MINI | {"appid": "wx"}]}], 45064),
        ([MINI | {"pagepath": ""}], 40165),
        ([MINI | {"url": ""}], 40020),
        ([{"name": "更多", "sub_button": [BUTTON] * 6}], 40023),
        ([{"name": "更多", "sub_button": [BUTTON | {"name": "字" * 21}]}], 40018),
    ],
)
async def test_menus_that_are_refused(sim: Sim, buttons: list[Any], code: int) -> None:
    door = "work" if code == 40018 else "official"
    answer = await sim.call(door, "/cgi-bin/menu/create", {"button": buttons}, agentid="1000002")
    assert answer["errcode"] == code


async def test_a_menu_opens_the_mini_program_that_is_linked(make_sim: Any) -> None:
    for door, kind in (("official", "miniprogram"), ("work", "view_miniprogram")):
        body, agent = {"button": [MINI | {"type": kind}]}, {"agentid": "1000002"}
        sim = await make_sim()
        assert (await sim.call(door, "/cgi-bin/menu/create", body, **agent))["errcode"] == 0
        alone = await make_sim(miniprogram=None)
        assert (await alone.call(door, "/cgi-bin/menu/create", body, **agent))["errcode"] == 45064


def form(field: str, data: bytes) -> FormData:
    fields = FormData()
    fields.add_field(field, BytesIO(data), filename="a.bin")
    return fields


async def test_media_goes_there_and_back(sim: Sim) -> None:
    token = await sim.token("work")
    address = f"/cgi-bin/media/upload?access_token={token}&type="
    async with sim.client.post(f"{address}file", data=form("media", b"12345")) as response:
        media_id = (await response.json())["media_id"]
    async with sim.client.get(f"/cgi-bin/media/get?access_token={token}&media_id={media_id}") as response:
        assert await response.read() == b"12345"
    body = TEXT | {"msgtype": "file", "file": {"media_id": media_id}}
    assert (await sim.call("work", SEND, body))["errcode"] == 0
    await sim.sim("clock", forward=3 * 86400)
    sim.forget_tokens()
    assert (await sim.ask("work", "/cgi-bin/media/get", media_id=media_id))["errcode"] == 40007


@pytest.mark.parametrize(
    ("door", "kind", "field", "size", "code"),
    [
        ("official", "poem", "media", 1, 40004),
        ("official", "file", "media", 1, 40004),
        ("work", "thumb", "media", 1, 40004),
        ("official", "thumb", "media", 65537, 40012),
        ("official", "image", "media", (10 << 20) + 1, 40009),
        ("official", "voice", "media", (2 << 20) + 1, 40010),
        ("official", "video", "media", (10 << 20) + 1, 40011),
        ("work", "file", "media", (20 << 20) + 1, 40006),
        ("official", "image", "media", 0, 44001),
        ("official", "image", "other", 1, 41005),
    ],
)
async def test_media_that_is_refused(sim: Sim, door: str, kind: str, field: str, size: int, code: int) -> None:
    token = await sim.token(door)
    async with sim.client.post(
        f"/cgi-bin/media/upload?access_token={token}&type={kind}", data=form(field, b"1" * size)
    ) as response:
        assert (await response.json())["errcode"] == code


async def test_a_film_of_the_official_account_is_an_address(sim: Sim) -> None:
    token = await sim.token("official")
    address = f"/cgi-bin/media/upload?access_token={token}&type=video"
    async with sim.client.post(address, data=form("media", b"12345")) as response:
        media_id = (await response.json())["media_id"]
    film = (await sim.ask("official", "/cgi-bin/media/get", media_id=media_id))["video_url"]
    async with sim.client.get(film[film.index("/sim/") :]) as response:
        assert await response.read() == b"12345"
