"""`liaodan doctor`: looks at every setting against what it is for, and says in Chinese what to do where."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import asyncpg

from bot.config import Settings, WrongSettings, load_settings
from bot.services import make_services
from bot.turns import Turns
from bot.wechat.errors import Unanswered, WeChatError
from bot.wechat.transport import MemoryTokens
from models.migrating import pending


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `fix` says what to do when it is not good."""

    good: bool
    what: str
    fix: str = ""


async def examine() -> list[Finding]:
    """Everything, one after another; trouble with one does not hide the others."""
    try:
        settings = load_settings()
    except WrongSettings as wrong:
        return [Finding(False, line) for line in str(wrong).splitlines()]
    return [Finding(True, "设置的格式"), *await _database(settings), *_addresses(settings), *await _wechat(settings)]


async def _database(settings: Settings) -> list[Finding]:
    if not settings.database_url:
        return [Finding(False, "数据库", "设置 LIAODAN_DATABASE_URL，例如 postgres://liaodan:密码@127.0.0.1/liaodan")]
    try:
        connection = await asyncpg.connect(settings.database_url, timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError, ValueError) as error:
        return [Finding(False, "数据库", f"连不上：{error}。检查地址、用户名、密码和服务是否启动")]
    version = connection.get_server_version()
    encoding = await connection.fetchval("SHOW server_encoding")
    await connection.close()
    findings = [
        Finding(
            version.major >= 15, f"PostgreSQL {version.major}", "" if version.major >= 15 else "要 15 或更新的版本"
        ),
        Finding(encoding == "UTF8", f"编码 {encoding}", "" if encoding == "UTF8" else "新建一个 UTF8 的数据库"),
    ]
    missing = await pending(settings.database_url)
    return [*findings, Finding(not missing, "表结构", "运行 liaodan migrate" if missing else "")]


def _addresses(settings: Settings) -> list[Finding]:
    doors = [door for door in ("official", "work", "miniprogram") if getattr(settings, door) is not None]
    if not doors:
        return [Finding(False, "微信", "三个门都没有打开，至少设置公众号、企业微信或小程序中的一个")]
    if not settings.public_url:
        return [Finding(False, "公网地址", "设置 LIAODAN_PUBLIC_URL，例如 https://liaodan.example.com")]
    secure = settings.public_url.startswith("https://")
    found = [Finding(secure, "公网地址用 https", "" if secure else "微信要求 https，前面加一层带证书的反向代理")]
    consoles = {
        "official": "公众平台 → 设置与开发 → 基本配置 → 服务器地址",
        "work": "企业微信管理后台 → 应用管理 → 应用 → 接收消息 → 设置 API 接收",
        "miniprogram": "小程序后台 → 开发管理 → 消息推送",
    }
    return found + [
        Finding(True, f"回调地址 {settings.public_url.rstrip('/')}/wechat/{door}，填到 {consoles[door]}")
        for door in doors
    ]


async def _wechat(settings: Settings) -> list[Finding]:
    findings = []
    async with aiohttp.ClientSession() as session:
        # Tokens asked for here are thrown away, so that a doctor needs no database.
        services = make_services(settings, session, Turns(), tokens=MemoryTokens())
        if services.official is not None:
            findings.append(await _ask("公众号", services.official.callback_ips))
        if services.work is not None:
            findings.append(await _ask("企业微信", services.work.callback_ips))
        if services.miniprogram is not None:
            findings.append(await _ask("小程序", services.miniprogram.templates))
    return findings


async def _ask(name: str, call: Callable[[], Awaitable[object]]) -> Finding:
    try:
        await call()
    except WeChatError as error:
        return Finding(False, f"{name}凭据", f"{error.rule.meaning}（{error.code}）。{error.rule.fix}")
    except Unanswered as error:
        return Finding(False, f"{name}凭据", f"连不上微信：{error.why}。检查服务器能否访问外网")
    return Finding(True, f"{name}凭据")
