"""What `doctor` asks of the platforms, and where in which console each answer is mended."""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from bot.config import Account, Settings
from bot.services import Services
from bot.wechat.envelope import sign
from bot.wechat.errors import Unanswered, WeChatError, in_words
from bot.wechat.fields import Template
from bot.wechat.miniprogram import MiniProgramClient
from bot.wechat.official import Follower, OfficialClient
from bot.wechat.work import WorkClient
from models.clock import now

T = TypeVar("T")

NAMES = {"official": "公众号", "work": "企业微信", "miniprogram": "小程序"}

CONSOLES = {
    "official": "公众平台 → 设置与开发 → 基本配置 → 服务器配置",
    "work": "企业微信管理后台 → 应用管理 → 应用 → 接收消息 → 设置 API 接收",
    "miniprogram": "小程序后台 → 开发管理 → 开发设置 → 消息推送",
}

TEMPLATES = {
    "公众号模板": "公众平台 → 广告与服务 → 模板消息",
    "公众号订阅通知": "公众平台 → 广告与服务 → 订阅通知",
    "小程序模板": "小程序后台 → 订阅消息 → 我的模板",
}

QUOTAS = (
    ("/cgi-bin/message/custom/send", "customer_service_per_day"),
    ("/cgi-bin/message/template/send", "template_per_day"),
)

CALLBACK_S = 10

NO_OPENID = 40003


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `fix` says what to do when it is not good."""

    good: bool
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the database holds that a platform must know too: templates by door and kind, and some who follow.

    `subscribed` are those of the Official Account's subscription notices, which it lists apart.
    """

    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    subscribed: Mapping[str, str] = field(default_factory=dict)
    followers: Sequence[str] = ()


async def check_platforms(
    settings: Settings, services: Services, session: aiohttp.ClientSession, known: Known
) -> list[Finding]:
    """Everything about the doors that are on."""
    found: list[Finding] = []
    if (client := services.official) and (account := settings.official):
        found += await _official(client, account, known, linked=services.miniprogram is not None)
    if services.work:
        found += await _work(services.work)
    if services.contacts:
        found.append(await _contacts(services))
    if services.customers:
        found.append(await _customers(services))
    if services.miniprogram:
        found += await _miniprogram(services.miniprogram, known)
    return found + await _callbacks(settings, services, session)


async def _official(client: OfficialClient, account: Account, known: Known, *, linked: bool) -> list[Finding]:
    first, _ = await _ask("公众号凭据", client.callback_ips)
    if not first.good:
        return [first]
    found = [first, *await _templates("公众号模板", client.templates, known.templates.get("official", {}))]
    if known.subscribed:
        found += await _templates("公众号订阅通知", client.subscriptions, known.subscribed)
    menu, current = await _ask("公众号菜单", client.menus.current)
    if current is not None and not current.buttons:
        menu = Finding(False, "公众号菜单", "还没有菜单，运行 liaodan menu push")
    found.append(menu)
    for path, name in QUOTAS:
        found += await _quota(client, account, path, name)
    return found + (await _union(client, known) if linked else [])


async def _quota(client: OfficialClient, account: Account, path: str, name: str) -> list[Finding]:
    what, setting = f"公众号每天额度 {path}", f"LIAODAN_OFFICIAL__{name.upper()}"
    finding, quota = await _ask(what, lambda: client.quota(path))
    if quota is None:
        return [finding]
    if quota.daily and getattr(account, name) > quota.daily:
        return [Finding(False, what, f"平台只给 {quota.daily} 次，把 {setting} 改成 {quota.daily}")]
    if quota.daily and not quota.left:
        return [Finding(False, what, "今天的额度用完了，明天恢复；公众平台 → 设置与开发 → 接口权限 可以查看")]
    return [finding]


async def _union(client: OfficialClient, known: Known) -> list[Finding]:
    """Only people of one Open Platform account have the same union id at both doors."""
    what = "公众号与小程序的关联"
    finding, follower = await _ask(what, lambda: _follower(client, known.followers))
    if finding.good and follower is None:
        return []
    if follower is not None and not follower.unionid:
        fix = "微信开放平台 → 管理中心 → 把公众号和小程序绑定到同一个帐号，否则认不出是同一个人"
        return [Finding(False, what, fix)]
    return [finding]


async def _follower(client: OfficialClient, openids: Sequence[str]) -> Follower | None:
    """The first who does follow; an openid typed by hand, or of another account, says nothing of this one."""
    for openid in openids:
        try:
            found = await client.user_info(openid)
        except WeChatError as error:
            if error.code != NO_OPENID:
                raise
            continue
        if found.subscribed:
            return found
    return None


async def _work(client: WorkClient) -> list[Finding]:
    first, _ = await _ask("企业微信凭据", client.callback_ips)
    if not first.good:
        return [first]
    agent_finding, agent = await _ask("企业微信应用", client.get_agent)
    if agent is not None and agent.closed:
        agent_finding = Finding(False, "企业微信应用", f"“{agent.name}”已停用：应用管理 → 应用 → 启用")
    elif agent is not None and not (agent.users or agent.departments):
        agent_finding = Finding(
            False, "企业微信应用", f"没有人看得见“{agent.name}”：应用管理 → 应用 → 可见范围，加上部门或成员"
        )
    menu_finding, menu = await _ask("企业微信菜单", client.menu)
    if menu == []:
        menu_finding = Finding(False, "企业微信菜单", "还没有菜单，运行 liaodan menu push")
    return [first, agent_finding, menu_finding]


async def _contacts(services: Services) -> Finding:
    assert services.contacts is not None
    finding, _ = await _ask("通讯录 Secret", services.contacts.departments)
    return _pointed(finding, "Secret 在企业微信管理后台 → 管理工具 → 通讯录同步，并在同一页设置企业可信 IP")


async def _customers(services: Services) -> Finding:
    assert services.customers is not None
    finding, colleagues = await _ask("客户联系 Secret", services.customers.colleagues)
    if colleagues == []:
        return Finding(False, "客户联系", "没有成员可以联系客户：客户与上下游 → 客户联系 → 权限配置 → 使用范围")
    return _pointed(finding, "Secret 在企业微信管理后台 → 客户与上下游 → 客户联系 → API")


async def _miniprogram(client: MiniProgramClient, known: Known) -> list[Finding]:
    first, _ = await _ask("小程序凭据", client.callback_ips)
    return (
        [first, *await _templates("小程序模板", client.templates, known.templates.get("miniprogram", {}))]
        if first.good
        else [first]
    )


async def _templates(
    what: str, call: Callable[[], Awaitable[list[Template]]], tied: Mapping[str, str]
) -> list[Finding]:
    finding, templates = await _ask(what, call)
    if templates is None:
        return [finding]
    if not tied:
        return [Finding(False, what, f"没有对应到通知的模板：{TEMPLATES[what]} 添加，再运行 liaodan templates sync")]
    there = {template.id for template in templates}
    lost = [
        Finding(
            False, f"{what}：{kind}", f"平台上没有 {each}：{TEMPLATES[what]} 重新添加，再运行 liaodan templates sync"
        )
        for kind, each in tied.items()
        if each not in there
    ]
    return lost or [finding]


async def _callbacks(settings: Settings, services: Services, session: aiohttp.ClientSession) -> list[Finding]:
    """Ask our own addresses what a console asks when they are entered, from here; a firewall may still be in between."""
    if not settings.public_url:
        return []
    base = settings.public_url.rstrip("/")
    tokens = {"official": settings.official, "work": settings.work, "miniprogram": settings.miniprogram}
    return [
        await _callback(door, f"{base}/wechat/{door}", _question(door, account.token, services), session)
        for door, account in tokens.items()
        if account is not None
    ]


def _question(door: str, token: str, services: Services) -> tuple[dict[str, str], str]:
    """The query of a console's check, and the only right answer."""
    timestamp, nonce, echo = int(now().timestamp()), secrets.token_hex(8), secrets.token_hex(8)
    if door != "work":
        signature = sign(token, str(timestamp), nonce)
        return {"signature": signature, "timestamp": str(timestamp), "nonce": nonce, "echostr": echo}, echo
    assert services.envelopes is not None
    sealed = json.loads(services.envelopes["work"].seal(echo, timestamp=timestamp, nonce=nonce, as_json=True))
    query = {
        "msg_signature": sealed["MsgSignature"],
        "timestamp": str(timestamp),
        "nonce": nonce,
        "echostr": sealed["Encrypt"],
    }
    return query, echo


async def _callback(
    door: str, address: str, asked: tuple[dict[str, str], str], session: aiohttp.ClientSession
) -> Finding:
    what = f"回调地址 {address}，填到 {CONSOLES[door]}"
    query, echo = asked
    try:
        timeout = aiohttp.ClientTimeout(total=CALLBACK_S)
        async with session.get(address, params=query, timeout=timeout, allow_redirects=False) as response:
            status, said = response.status, await response.text(errors="replace")
    except (aiohttp.ClientError, TimeoutError) as error:
        why = type(error).__name__
        return Finding(False, what, f"从这台机器打不开（{why}）：检查域名、证书和反向代理，并先启动 liaodan serve")
    if status == 403:
        return Finding(
            False, what, "Token 或 EncodingAESKey 与正在运行的服务不一致：重启 liaodan serve，再核对这台机器的时间"
        )
    if status != 200 or said != echo:
        return Finding(False, what, f"回答不对（HTTP {status}）：反向代理要把这个地址原样转给 liaodan serve")
    return Finding(True, what)


async def _ask(what: str, call: Callable[[], Awaitable[T]]) -> tuple[Finding, T | None]:
    try:
        return Finding(True, what), await call()
    except (WeChatError, Unanswered) as error:
        return Finding(False, what, in_words(error)), None


def _pointed(finding: Finding, where: str) -> Finding:
    return finding if finding.good else Finding(False, finding.what, f"{finding.fix}。{where}")


def doors_on(settings: Settings) -> Sequence[str]:
    """The doors whose settings are there."""
    return [door for door in NAMES if getattr(settings, door) is not None]
