"""`liaodan doctor` against the platforms: what is wrong is named, with the page of the console where it is mended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from wechat_server import World, wechat

from bot.checking import Finding, Known, check_platforms
from bot.config import Settings
from bot.demo.wechat import MINI, OFFICIAL, WORK
from bot.doctor import look
from bot.services import make_services
from bot.turns import Turns
from bot.wechat.envelope import Envelope
from models.clock import now
from tests.people import Sim, product_settings

BUTTONS = {"menu": {"button": [{"type": "click", "name": "库存", "key": "查库存"}]}}
NOBODY = {"errcode": 40003, "errmsg": "invalid openid"}

KNOWN = Known(
    {"official": {"order.shipped": "T1"}, "miniprogram": {"order.shipped": "M1"}}, {"order.shipped": "S1"}, ["o_1"]
)
HEALTHY: dict[str, list[Any]] = {
    "/cgi-bin/menu/get": [BUTTONS, {"errcode": 0, "button": [{}]}],
    "/cgi-bin/template/get_all_private_template": [{"template_list": [{"template_id": "T1", "title": "发货"}]}],
    "/wxaapi/newtmpl/gettemplate": [
        {"errcode": 0, "data": [{"priTmplId": "S1", "title": "发货"}]},
        {"errcode": 0, "data": [{"priTmplId": "M1", "title": "发货"}]},
    ],
    "/cgi-bin/openapi/quota/get": [
        {"errcode": 0, "quota": {"daily_limit": 500_000, "used": 1, "remain": 499_999}},
        {"errcode": 0, "quota": {"daily_limit": 100_000, "used": 1, "remain": 99_999}},
    ],
    "/cgi-bin/user/info": [{"subscribe": 1, "openid": "o_1", "unionid": "u_1"}],
    "/cgi-bin/agent/get": [{"errcode": 0, "name": "聊单", "close": 0, "allow_partys": {"partyid": [1]}}],
    "/cgi-bin/department/list": [{"errcode": 0, "department": [{"id": 1}]}],
    "/cgi-bin/externalcontact/get_follow_user_list": [{"errcode": 0, "follow_user": ["E1"]}],
}


async def check(world: World, known: Known = KNOWN, public_url: str | None = None) -> list[Finding]:
    base = {"api_base": world.server.base.rstrip("/")}
    settings = Settings(
        _env_file=None,
        public_url=public_url,
        official={**OFFICIAL, **base},
        work={**WORK, **base, "contacts_secret": "contacts", "customers_secret": "customers"},
        miniprogram={**MINI, **base},
    )
    session = world.transport._session
    services = make_services(settings, session, Turns(), tokens=world.tokens)
    return await check_platforms(settings, services, session, known)


def bad(findings: list[Finding]) -> list[str]:
    return [f"{each.what}：{each.fix}" for each in findings if not each.good]


async def test_a_healthy_installation_has_nothing_to_mend() -> None:
    async with wechat() as world:
        for path, answers in HEALTHY.items():
            world.server.put(path, *answers)
        found = await check(world)
        assert bad(found) == []
        assert [each.what for each in found] == [
            "公众号凭据",
            "公众号模板",
            "公众号订阅通知",
            "公众号菜单",
            "公众号每天额度 /cgi-bin/message/custom/send",
            "公众号每天额度 /cgi-bin/message/template/send",
            "公众号与小程序的关联",
            "企业微信凭据",
            "企业微信应用",
            "企业微信菜单",
            "通讯录 Secret",
            "客户联系 Secret",
            "小程序凭据",
            "小程序模板",
        ]
        assert {call.query["corpsecret"] for call in world.server.to("/cgi-bin/gettoken")} == {
            WORK["secret"],
            "contacts",
            "customers",
        }


WRONG: list[tuple[str, list[Any], str]] = [
    (
        "/cgi-bin/menu/get",
        [{"errcode": 46003, "errmsg": "no menu"}],
        "公众号菜单：还没有菜单，运行 liaodan menu push",
    ),
    (
        "/cgi-bin/menu/get",
        [BUTTONS, {"errcode": 46003, "errmsg": "no menu"}],
        "企业微信菜单：还没有菜单，运行 liaodan menu push",
    ),
    (
        "/cgi-bin/template/get_all_private_template",
        [{"template_list": []}],
        "公众号模板：order.shipped：平台上没有 T1：公众平台 → 广告与服务 → 模板消息 重新添加，再运行 liaodan templates sync",
    ),
    (
        "/wxaapi/newtmpl/gettemplate",
        [HEALTHY["/wxaapi/newtmpl/gettemplate"][0], {"errcode": 0, "data": []}],
        "小程序模板：order.shipped：平台上没有 M1：小程序后台 → 订阅消息 → 我的模板 重新添加，再运行 liaodan templates sync",
    ),
    (
        "/cgi-bin/openapi/quota/get",
        [{"errcode": 0, "quota": {"daily_limit": 100_000, "used": 0, "remain": 1}}],
        "公众号每天额度 /cgi-bin/message/custom/send：平台只给 100000 次，"
        "把 LIAODAN_OFFICIAL__CUSTOMER_SERVICE_PER_DAY 改成 100000",
    ),
    (
        "/cgi-bin/openapi/quota/get",
        [{"errcode": 0, "quota": {"daily_limit": 500_000, "used": 500_000, "remain": 0}}],
        "公众号每天额度 /cgi-bin/message/custom/send：今天的额度用完了，明天恢复；公众平台 → 设置与开发 → 接口权限 可以查看",
    ),
    (
        "/cgi-bin/user/info",
        [{"subscribe": 1, "openid": "o_1"}],
        "公众号与小程序的关联：微信开放平台 → 管理中心 → 把公众号和小程序绑定到同一个帐号，否则认不出是同一个人",
    ),
    (
        "/cgi-bin/agent/get",
        [{"errcode": 0, "name": "聊单", "close": 1, "allow_partys": {"partyid": [1]}}],
        "企业微信应用：“聊单”已停用：应用管理 → 应用 → 启用",
    ),
    (
        "/cgi-bin/agent/get",
        [{"errcode": 0, "name": "聊单", "close": 0}],
        "企业微信应用：没有人看得见“聊单”：应用管理 → 应用 → 可见范围，加上部门或成员",
    ),
    (
        "/cgi-bin/department/list",
        [{"errcode": 60020, "errmsg": "not allow to access from your ip, hint: [17-2], from ip: 9.8.7.6"}],
        "通讯录 Secret：企业微信：服务器 IP 不在企业可信 IP 里（9.8.7.6），错误码 60020。把错误信息里的 IP 加入应用的「企业可信 IP」。"
        "找微信客服时报 17-2。Secret 在企业微信管理后台 → 管理工具 → 通讯录同步，并在同一页设置企业可信 IP",
    ),
    (
        "/cgi-bin/externalcontact/get_follow_user_list",
        [{"errcode": 0, "follow_user": []}],
        "客户联系：没有成员可以联系客户：客户与上下游 → 客户联系 → 权限配置 → 使用范围",
    ),
    (
        "/cgi-bin/externalcontact/get_follow_user_list",
        [{"errcode": 84074, "errmsg": "no permission"}],
        "客户联系 Secret：企业微信：没有客户联系权限，错误码 84074。在管理后台「客户联系」开通权限。"
        "Secret 在企业微信管理后台 → 客户与上下游 → 客户联系 → API",
    ),
]


@pytest.mark.parametrize(("path", "answers", "said"), WRONG)
async def test_each_thing_that_is_wrong_is_the_only_one_named(path: str, answers: list[Any], said: str) -> None:
    async with wechat() as world:
        for healthy, good in HEALTHY.items():
            world.server.put(healthy, *answers, *good[len(answers) :]) if healthy == path else world.server.put(
                healthy, *good
            )
        assert bad(await check(world)) == [said]


async def test_an_unlisted_address_is_named_and_nothing_more_is_asked_there() -> None:
    async with wechat() as world:
        world.server.put(
            "/cgi-bin/stable_token",
            {"errcode": 40164, "errmsg": "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 6a-1"},
            {"errcode": 40125, "errmsg": "invalid appsecret rid: 6a-2"},
        )
        world.server.put("/cgi-bin/gettoken", {"errcode": 40001, "errmsg": "invalid credential"})
        for path in ("/cgi-bin/department/list", "/cgi-bin/externalcontact/get_follow_user_list"):
            world.server.put(path, *HEALTHY[path])
        assert bad(await check(world)) == [
            "公众号凭据：公众号：服务器 IP 不在白名单（1.2.3.4），错误码 40164。把错误信息里的 IP 加入公众平台「IP 白名单」。"
            "找微信客服时报 6a-1",
            "企业微信凭据：企业微信：密钥不对，错误码 40001。在管理后台核对 AppSecret 或应用 Secret",
            "小程序凭据：小程序：AppSecret 不对，错误码 40125。在公众平台「基本配置」核对或重置 AppSecret。找微信客服时报 6a-2",
        ]


async def test_notices_without_a_template_are_missed_before_they_are_needed() -> None:
    async with wechat() as world:
        for path, answers in HEALTHY.items():
            world.server.put(path, *answers)
        found = bad(await check(world, Known()))
        assert [each.split("：")[:2] for each in found] == [
            ["公众号模板", "没有对应到通知的模板"],
            ["小程序模板", "没有对应到通知的模板"],
        ]


async def test_a_subscription_notice_is_looked_for_where_the_platform_lists_it() -> None:
    async with wechat() as world:
        for path, answers in HEALTHY.items():
            world.server.put(path, *answers)
        known = Known(KNOWN.templates, {"order.shipped": "GONE"}, KNOWN.followers)
        assert [each.split("：")[:3] for each in bad(await check(world, known))] == [
            ["公众号订阅通知", "order.shipped", "平台上没有 GONE"],
        ]


@asynccontextmanager
async def door(answer: Any) -> AsyncIterator[str]:
    """Our own address, as something in between may spoil it."""
    app = web.Application()
    app.router.add_get("/wechat/{door}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def honest(request: web.Request) -> web.Response:
    accounts = {
        "official": Envelope(OFFICIAL["token"], OFFICIAL["app_id"], OFFICIAL["aes_key"]),
        "work": Envelope(str(WORK["token"]), str(WORK["corp_id"]), str(WORK["aes_key"])),
        "miniprogram": Envelope(MINI["token"], MINI["app_id"], MINI["aes_key"]),
    }
    return web.Response(text=accounts[request.match_info["door"]].verify_get(request.query, now().timestamp()))


async def page(request: web.Request) -> web.Response:
    return web.Response(text="<html>欢迎</html>")


async def refusing(request: web.Request) -> web.Response:
    return web.Response(status=403)


@pytest.mark.parametrize(
    ("answer", "fix"),
    [(honest, None), (page, "回答不对（HTTP 200）"), (refusing, "Token 或 EncodingAESKey 与正在运行的服务不一致")],
)
async def test_our_own_addresses_are_asked_what_the_consoles_ask(answer: Any, fix: str | None) -> None:
    async with wechat() as world, door(answer) as address:
        for path, answers in HEALTHY.items():
            world.server.put(path, *answers)
        callbacks = [each for each in await check(world, public_url=address) if each.what.startswith("回调地址")]
        assert [each.what.split("，")[0] for each in callbacks] == [
            f"回调地址 {address}/wechat/{each}" for each in ("official", "work", "miniprogram")
        ]
        assert {each.good for each in callbacks} == {fix is None}
        assert all(each.fix.startswith(fix or "") for each in callbacks)


async def test_an_address_that_nobody_answers_is_told() -> None:
    async with wechat() as world:
        found = await check(world, public_url="http://127.0.0.1:9")
        callbacks = [each for each in found if each.what.startswith("回调地址")]
        assert [each.fix for each in callbacks] == [
            "从这台机器打不开（ClientConnectorError）：检查域名、证书和反向代理，并先启动 liaodan serve"
        ] * 3


@pytest.mark.commits
async def test_the_demo_is_looked_at_through_its_own_doors(sim: Sim, database: str, clock: Path) -> None:
    port = sim.emulator.server.port
    assert port is not None
    settings = product_settings(database, clock, port)
    settings.public_url = str(sim.product.make_url("")).rstrip("/")
    found = {each.what.split("，")[0]: each for each in await look(settings)}
    good = ("表结构", "公众号凭据", "企业微信凭据", "企业微信应用", "小程序凭据")
    callbacks = [f"回调地址 {settings.public_url}/wechat/{each}" for each in ("official", "work", "miniprogram")]
    assert [each for each in (*good, *callbacks) if not found[each].good] == []
    assert found["公众号菜单"].fix == found["企业微信菜单"].fix == "还没有菜单，运行 liaodan menu push"
    assert "微信要求 https" in found["公网地址用 https"].fix


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([NOBODY, {"subscribe": 0, "openid": "o_2"}, {"subscribe": 1, "openid": "o_1", "unionid": "u_1"}], True),
        ([NOBODY, NOBODY, {"subscribe": 0, "openid": "o_1"}], False),
    ],
)
async def test_an_openid_of_nobody_does_not_fail_the_check_of_union_ids(answers: list[Any], asked: bool) -> None:
    async with wechat() as world:
        for path, healthy in HEALTHY.items():
            world.server.put(path, *(answers if path == "/cgi-bin/user/info" else healthy))
        found = await check(world, Known(KNOWN.templates, KNOWN.subscribed, ["typed-by-hand", "o_2", "o_1"]))
        assert bad(found) == []
        assert ("公众号与小程序的关联" in [each.what for each in found]) is asked
