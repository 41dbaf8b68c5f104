"""WeCom's address book, its customers, its groups' robots."""

import base64
import hashlib
from typing import Any

import pytest
from aiohttp import FormData

from emulator.picture import code_picture
from tests.emulator.simkit import Sim, settings
from tests.emulator.test_cards import BUTTON, TEXT

ROBOT = {"id": "G1", "name": "车间群", "robot": "key-1"}
CUSTOMER = {
    "id": "C1",
    "name": "老陈",
    "official": "o_c",
    "unionid": "u_c",
    "external": "wm_c",
    "served_by": ["liting"],
}
WORKSHOP, LINE = {"id": 2, "name": "车间"}, {"id": 3, "name": "一线", "parent": 2}


@pytest.fixture
async def company(make_sim: Any) -> Sim:
    people = [*settings()["people"], ROBOT, CUSTOMER, {"id": "P4", "name": "小赵", "work": "zhao", "departments": [3]}]
    people[1] = people[1] | {"departments": [2], "leads": [2], "position": "主任"}
    sim: Sim = await make_sim(people=people, departments=[WORKSHOP, LINE])
    return sim


async def ids(sim: Sim, path: str, **query: str) -> list[str]:
    return [each["userid"] for each in (await sim.ask("work", f"/cgi-bin/user/{path}", **query))["userlist"]]


async def test_departments_and_those_below_them(company: Sim) -> None:
    listed = (await company.ask("work", "/cgi-bin/department/list", id="2"))["department"]
    assert [(each["id"], each["name"], each["parentid"]) for each in listed] == [(2, "车间", 1), (3, "一线", 2)]
    assert listed[0]["department_leader"] == ["wangzong"]
    short = (await company.ask("work", "/cgi-bin/department/simplelist"))["department_id"]
    assert [each["id"] for each in short] == [1, 2, 3]
    assert (await company.ask("work", "/cgi-bin/department/get", id="3"))["department"]["name"] == "一线"
    assert (await company.ask("work", "/cgi-bin/department/list", id="9"))["errcode"] == 60123


async def test_members_of_a_department(company: Sim) -> None:
    assert await ids(company, "simplelist", department_id="2") == ["wangzong"]
    assert await ids(company, "list", department_id="2", fetch_child="1") == ["wangzong", "zhao"]
    assert await ids(company, "list", department_id="1", fetch_child="1") == ["LiTing", "wangzong", "zhao"]
    assert (await company.ask("work", "/cgi-bin/user/list", department_id="9"))["errcode"] == 60123
    boss = await company.ask("work", "/cgi-bin/user/get", userid="wangzong")
    assert (boss["position"], boss["is_leader_in_dept"], boss["main_department"]) == ("主任", [1], 2)


async def test_all_members_come_page_by_page(company: Sim) -> None:
    path, found, cursor = "/cgi-bin/user/list_id", [], ""
    while True:
        page = await company.call("work", path, {"cursor": cursor, "limit": 2})
        found += [(each["userid"], each["department"]) for each in page["dept_user"]]
        if not (cursor := page["next_cursor"]):
            break
    assert [userid for userid, _ in found] == ["LiTing", "wangzong", "zhao"]
    assert (await company.call("work", path, {"cursor": "x"}))["errcode"] == 40058


async def test_a_mobile_finds_its_member(company: Sim) -> None:
    path = "/cgi-bin/user/getuserid"
    assert (await company.call("work", path, {"mobile": "13800000001"}))["userid"] == "LiTing"
    assert (await company.call("work", path, {"mobile": "1"}))["errcode"] == 46004


async def test_a_department_gets_a_message_with_all_below_it(company: Sim) -> None:
    answer = await company.work_text("", "开会", toparty="2|9")
    assert (answer["errcode"], answer["invalidparty"]) == (0, "9")
    assert await company.shown("work", "P2") == await company.shown("work", "P4") == ["开会"]
    assert await company.shown("work", "P1") == []


async def test_a_member_without_a_licence_is_named_and_gets_nothing(make_sim: Any) -> None:
    people = [*settings()["people"], {"id": "P4", "name": "小赵", "work": "Zhao", "licensed": False}]
    sim = await make_sim(people=people)
    assert (await sim.work_text("liting|zhao", "早"))["unlicenseduser"] == "zhao"
    assert await sim.shown("work", "P4") == []
    assert (await sim.work_text("zhao", "早"))["errcode"] == 81013


async def test_customers_and_who_serves_them(company: Sim) -> None:
    contacts = "/cgi-bin/externalcontact"
    assert (await company.ask("work", f"{contacts}/get_follow_user_list"))["follow_user"] == ["LiTing"]
    assert (await company.ask("work", f"{contacts}/list", userid="liting"))["external_userid"] == ["wm_c"]
    assert (await company.ask("work", f"{contacts}/list", userid="wangzong"))["errcode"] == 84061
    assert (await company.ask("work", f"{contacts}/list", userid="ghost"))["errcode"] == 60111
    known = await company.ask("work", f"{contacts}/get", external_userid="wm_c")
    assert (known["external_contact"]["unionid"], known["follow_user"][0]["userid"]) == ("u_c", "LiTing")
    assert (await company.ask("work", f"{contacts}/get", external_userid="wm_x"))["errcode"] == 40096
    path, asked = "/cgi-bin/idconvert/unionid_to_external_userid", {"unionid": "u_c", "openid": "o_c"}
    assert (await company.call("work", path, asked))["external_userid"] == "wm_c"
    assert (await company.call("work", path, asked | {"openid": "o_1"}))["external_userid"] == ""


async def robot(sim: Sim, kind: str, content: Any, key: str = "key-1") -> Any:
    return await sim.post("/cgi-bin/webhook/send", {"msgtype": kind, kind: content}, key=key)


PICTURE = code_picture("x", 60)
IMAGE = {"base64": base64.b64encode(PICTURE).decode(), "md5": hashlib.md5(PICTURE, usedforsecurity=False).hexdigest()}


async def test_a_robot_writes_to_its_group(company: Sim) -> None:
    article = {"title": "日报", "url": "https://example.com/"}
    for kind, content in (
        ("text", {"content": "停线", "mentioned_list": ["@all"]}),
        ("markdown", {"content": "**粗**"}),
        ("markdown_v2", {"content": "|a|"}),
        ("image", IMAGE),
        ("news", {"articles": [article]}),
        ("template_card", TEXT),
    ):
        assert (await robot(company, kind, content))["errcode"] == 0
    shown = await company.shown("work", "车间群")
    assert shown[0] == "停线\n@所有人" and len(shown) == 6


async def test_nobody_writes_from_a_groups_phone(company: Sim) -> None:
    assert await company.status("text", door="work", person="G1", text="在吗") == 409
    async with company.client.get("/", params={"a": "G1"}) as response:
        page = await response.text()
    assert "<h2>车间群</h2>" in page and "车间群发消息" not in page


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("poem", {}, 40008),
        ("text", {"content": ""}, 44004),
        ("text", {"content": "字" * 683}, 40058),
        ("markdown", {"content": "字" * 1366}, 40058),
        ("image", IMAGE | {"md5": "0"}, 301019),
        ("image", {"base64": "?"}, 40058),
        ("image", {"base64": base64.b64encode(b"GIF89a").decode(), "md5": "0"}, 40009),
        ("news", {"articles": []}, 45008),
        ("news", {"articles": [{"title": "t"}]}, 40058),
        ("file", {"media_id": "none"}, 40007),
        ("template_card", BUTTON, 42031),
        ("template_card", TEXT | {"main_title": {"title": "字" * 27}}, 42033),
    ],
)
async def test_robot_messages_that_are_refused(company: Sim, kind: str, content: Any, code: int) -> None:
    assert (await robot(company, kind, content))["errcode"] == code
    assert await company.shown("work", "车间群") == []


async def test_a_robot_has_twenty_messages_a_minute_and_a_key(company: Sim) -> None:
    assert (await robot(company, "text", {"content": "x"}, key="wrong"))["errcode"] == 93000
    codes = [(await robot(company, "text", {"content": "x"}))["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    await company.sim("clock", forward=60)
    assert (await robot(company, "text", {"content": "x"}))["errcode"] == 0


async def test_a_robot_sends_a_file_it_uploaded(company: Sim) -> None:
    form = FormData()
    form.add_field("media", b"12345", filename="日报.pdf")
    async with company.client.post("/cgi-bin/webhook/upload_media?key=key-1&type=file", data=form) as response:
        media_id = (await response.json())["media_id"]
    assert (await robot(company, "file", {"media_id": media_id}))["errcode"] == 0
    assert (await company.post("/cgi-bin/webhook/upload_media", key="key-1", type="image"))["errcode"] == 40004
