"""Menus by role: what each taps is understood, and publishing twice changes nothing."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.config import Settings
from bot.demo.wechat import OFFICIAL, WORK
from bot.maintenance import push_menus, sync_templates, understand
from bot.menus import ROLE_MENUS, Camera, official_menu, publish
from bot.services import Services, make_services
from bot.trouble import Trouble
from bot.turns import Turns
from bot.wechat.transport import MemoryTokens
from models.chat.tables import Conversation
from models.party.tables import Person


class Account:
    """An Official Account's and an application's menus and tags, as the platforms document them."""

    def __init__(self, *, personal: bool = False) -> None:
        self.personal = personal
        self.menu: list[dict[str, Any]] = []
        self.work_menu: list[dict[str, Any]] = []
        self.conditional: dict[int, dict[str, Any]] = {}
        self.tags: dict[int, str] = {2: "星标组"}
        self.carried: dict[str, set[int]] = {}
        self.changes: list[str] = []

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.Response:
        raw = await request.read()
        name = request.path.removeprefix("/cgi-bin/").replace("/", "_")
        body = json.loads(raw) if raw else {}
        if name not in ("stable_token", "gettoken"):
            assert request.query["access_token"] in ("official", "work")
        if request.method == "POST" and name not in ("stable_token", "user_tag_get"):
            self.changes.append(name)
        found = getattr(self, f"do_{name}")(body, dict(request.query))
        return web.json_response(found)

    def do_stable_token(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        return {"access_token": "official", "expires_in": 7200}

    def do_gettoken(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        return {"errcode": 0, "access_token": "work", "expires_in": 7200}

    def do_menu_create(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        assert 1 <= len(body["button"]) <= 3
        if query["access_token"] == "work":
            assert query["agentid"] == "1000002"
            self.work_menu = body["button"]
        else:
            self.menu = body["button"]
        return {"errcode": 0, "errmsg": "ok"}

    def do_menu_get(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        if query["access_token"] == "work":
            return {"errcode": 0, "button": with_empty(self.work_menu)} if self.work_menu else {"errcode": 46003}
        if not self.menu:
            return {"errcode": 46003, "errmsg": "menu no exist"}
        rows = [
            {"button": with_empty(menu["button"]), "matchrule": {"group_id": int(menu["matchrule"]["tag_id"])},
             "menuid": number}
            for number, menu in reversed(self.conditional.items())
        ]  # fmt: skip
        return {"menu": {"button": with_empty(self.menu), "menuid": 1}, **({"conditionalmenu": rows} if rows else {})}

    def do_menu_addconditional(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        if not self.menu:
            return {"errcode": 65303, "errmsg": "there is no selfmenu, please create selfmenu first"}
        assert int(body["matchrule"]["tag_id"]) in self.tags
        number = 400 + len(self.changes)
        self.conditional[number] = body
        return {"menuid": number}

    def do_menu_delconditional(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        del self.conditional[int(body["menuid"])]
        return {"errcode": 0, "errmsg": "ok"}

    def do_menu_trymatch(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        for menu in reversed(self.conditional.values()):
            if int(menu["matchrule"]["tag_id"]) in self.carried.get(body["user_id"], ()):
                return {"menu": {"button": with_empty(menu["button"])}}
        return {"menu": {"button": with_empty(self.menu)}}

    def do_tags_get(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        if self.personal:
            return {"errcode": 48001, "errmsg": "api unauthorized rid: 6a-1"}
        return {"tags": [{"id": number, "name": name, "count": 0} for number, name in self.tags.items()]}

    def do_tags_create(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        assert body["tag"]["name"] not in self.tags.values()
        assert len(body["tag"]["name"].encode()) <= 30
        number = 100 + len(self.tags)
        self.tags[number] = body["tag"]["name"]
        return {"tag": {"id": number, "name": body["tag"]["name"]}}

    def do_user_tag_get(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        found = sorted(who for who, tags in self.carried.items() if body["tagid"] in tags and who > body["next_openid"])
        # One to a page, so that every test goes through several.
        page = found[:1]
        data = {"data": {"openid": page}, "next_openid": page[-1]} if page else {"next_openid": ""}
        return {"count": len(page), **data}

    def do_tags_members_batchtagging(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        assert 1 <= len(body["openid_list"]) <= 50
        for who in body["openid_list"]:
            self.carried.setdefault(who, set()).add(body["tagid"])
        return {"errcode": 0, "errmsg": "ok"}

    def do_tags_members_batchuntagging(self, body: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
        assert 1 <= len(body["openid_list"]) <= 50
        for who in body["openid_list"]:
            self.carried[who].discard(body["tagid"])
        return {"errcode": 0, "errmsg": "ok"}


def with_empty(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As menu/get answers: with a list of sub-buttons everywhere."""
    return [{**each, "sub_button": with_empty(each.get("sub_button", []))} for each in buttons]


def lines(items: Any) -> Iterator[str]:
    for _, target in items:
        if isinstance(target, list):
            yield from lines(target)
        elif not isinstance(target, Camera):
            yield target


@asynccontextmanager
async def services(account: Account) -> AsyncIterator[Services]:
    async with TestServer(account.app()) as server, ClientSession() as session:
        base = {"api_base": str(server.make_url("")).rstrip("/")}
        settings = Settings(_env_file=None, official={**OFFICIAL, **base}, work={**WORK, **base})
        yield make_services(settings, session, Turns(), MemoryTokens())


async def push(account: Account) -> list[str]:
    async with services(account) as ours:
        return await publish(ours)


async def seen_by(account: Account, openid: str) -> str:
    """The first button of the menu that somebody is shown."""
    async with services(account) as ours:
        assert ours.official is not None
        return str((await ours.official.menus.seen_by(openid))[0]["name"])


async def follow(number: str, openid: str) -> None:
    person = await Person.get(number=number)
    await Conversation.filter(person_id=person.id, door="official").delete()
    await Conversation.create(door="official", external_id=openid, person_id=person.id)


@pytest.fixture
async def staff(database: str) -> None:
    """Three colleagues follow the account too."""
    for number in ("E001", "E003", "E005"):
        await follow(number, f"o_{number}")


@pytest.mark.parametrize("role", [role for role in ROLE_MENUS if role != "staff"])
async def test_every_line_of_a_menu_is_understood_from_whom_it_is_for(database: str, role: str) -> None:
    for line in lines(ROLE_MENUS[role]):
        heard = (await understand(line, None, role, None))[0]["intent"]
        assert heard != "out_of_scope", line


def test_menus_keep_to_what_the_platforms_show() -> None:
    for items in ROLE_MENUS.values():
        for button in official_menu(items):
            assert len(button["name"].encode()) <= 16
            assert len(button.get("sub_button", [])) <= 5
            assert all(len(each["name"].encode()) <= 40 for each in button.get("sub_button", []))
        assert len(items) <= 3


async def test_each_role_sees_its_own_menu_and_customers_the_default(staff: None) -> None:
    account = Account()
    said = await push(account)
    assert account.menu == official_menu(ROLE_MENUS["customer"])
    assert account.work_menu == official_menu(ROLE_MENUS["staff"])
    assert len(account.conditional) == 4
    roles = {number: (await Person.get(number=number)).roles for number in ("E001", "E003", "E005")}
    first = {
        number: next(ROLE_MENUS[role][0][0] for role in ROLE_MENUS if role in held) for number, held in roles.items()
    }
    assert {number: await seen_by(account, f"o_{number}") for number in roles} == first
    assert len(set(first.values())) > 1
    assert await seen_by(account, "o_stranger") == "我的订单"
    assert {"公众号菜单已发布", "公众号的角色菜单已发布", "企业微信菜单已发布"} <= set(said)


@pytest.mark.parametrize("role", ["staff", "warehouse", "worker"])
def test_who_has_goods_in_hand_has_a_button_that_opens_the_camera(role: str) -> None:
    menu = official_menu(ROLE_MENUS[role])
    buttons = [each for button in menu for each in button.get("sub_button", [button])]
    assert {"type": "scancode_waitmsg", "name": "扫一扫", "key": "scan"} in buttons


async def test_publishing_again_changes_nothing(staff: None) -> None:
    account = Account()
    await push(account)
    account.changes.clear()
    said = await push(account)
    assert account.changes == []
    assert (said[0], "公众号的角色菜单没有变化" in said, "企业微信菜单没有变化" in said) == (
        "公众号菜单没有变化",
        True,
        True,
    )


async def test_who_changes_roles_or_leaves_changes_menus_and_other_peoples_tags_stay(staff: None) -> None:
    account = Account()
    await push(account)
    account.carried["o_E003"].add(2)
    await Person.filter(number="E003").update(roles=["worker"])
    await Person.filter(number="E005").update(active=False)
    account.changes.clear()
    await push(account)
    tags = {account.tags[tag] for tag in account.carried["o_E003"]}
    assert tags == {"星标组", "聊单·车间"}
    assert account.carried["o_E005"] == set()
    assert set(account.changes) == {"tags_members_batchuntagging", "tags_members_batchtagging"}


async def test_a_changed_or_doubled_role_menu_is_made_anew(staff: None) -> None:
    account = Account()
    await push(account)
    number, menu = next(iter(account.conditional.items()))
    account.conditional[number] = {**menu, "button": menu["button"][:1]}
    account.conditional[9] = next(reversed(account.conditional.values()))
    account.changes.clear()
    await push(account)
    assert len(account.conditional) == 4
    assert sorted(account.changes) == [
        "menu_addconditional",
        "menu_delconditional",
        "menu_delconditional",
    ]


async def test_an_account_without_the_right_gets_the_default_menu_and_a_reason(staff: None) -> None:
    said = await push(Account(personal=True))
    assert said == [
        "公众号菜单已发布",
        "公众号没有按角色显示菜单：该账号没有这个接口的权限（48001）。在公众平台「接口权限」查看，或完成认证",
        "企业微信菜单已发布",
    ]


@pytest.mark.parametrize("command", [push_menus, sync_templates])
async def test_silence_of_the_platform_is_told_in_one_line(
    database: str, monkeypatch: pytest.MonkeyPatch, command: Callable[[], Awaitable[list[str]]], unused_tcp_port: int
) -> None:
    for name, value in {**OFFICIAL, "api_base": f"http://127.0.0.1:{unused_tcp_port}"}.items():
        monkeypatch.setenv(f"LIAODAN_OFFICIAL__{name.upper()}", value)
    with pytest.raises(Trouble, match="公众号：连不上微信（ClientConnectorError）"):
        await command()
