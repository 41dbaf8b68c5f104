"""`liaodan doctor`: looks at every setting against what it is for, and says in Chinese what to do where."""

import aiohttp
import asyncpg

from bot.checking import Finding, Known, check_platforms, doors_on
from bot.config import Settings, WrongSettings, load_settings
from bot.services import make_services
from bot.turns import Turns
from bot.wechat.transport import MemoryTokens
from models.migrating import pending


async def examine() -> list[Finding]:
    """Everything, one after another; trouble with one does not hide the others."""
    try:
        settings = load_settings()
    except WrongSettings as wrong:
        return [Finding(False, line) for line in str(wrong).splitlines()]
    return await look(settings)


async def look(settings: Settings) -> list[Finding]:
    """Everything about settings whose form is right."""
    database = await _database(settings)
    known = await _known(settings) if all(finding.good for finding in database) else Known()
    return [Finding(True, "设置的格式"), *database, *_addresses(settings), *await _wechat(settings, known)]


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


async def _known(settings: Settings) -> Known:
    connection = await asyncpg.connect(settings.database_url, timeout=5)
    templates: dict[str, dict[str, str]] = {}
    subscribed: dict[str, str] = {}
    for row in await connection.fetch("SELECT door, kind, template_id, subscribed FROM platform_template ORDER BY id"):
        # The mini-program has subscription messages only.
        apart = row["subscribed"] and row["door"] == "official"
        (subscribed if apart else templates.setdefault(row["door"], {}))[row["kind"]] = row["template_id"]
    # Of those we know: a stranger's identity is whatever was sent.
    followers = await connection.fetch(
        "SELECT external_id FROM conversation WHERE door = 'official' AND reachable AND person_id IS NOT NULL "
        "ORDER BY id DESC LIMIT 5"
    )
    await connection.close()
    return Known(templates, subscribed, [row["external_id"] for row in followers])


def _addresses(settings: Settings) -> list[Finding]:
    if not doors_on(settings):
        return [Finding(False, "微信", "三个门都没有打开，至少设置公众号、企业微信或小程序中的一个")]
    if not settings.public_url:
        return [Finding(False, "公网地址", "设置 LIAODAN_PUBLIC_URL，例如 https://liaodan.example.com")]
    secure = settings.public_url.startswith("https://")
    return [Finding(secure, "公网地址用 https", "" if secure else "微信要求 https，前面加一层带证书的反向代理")]


async def _wechat(settings: Settings, known: Known) -> list[Finding]:
    async with aiohttp.ClientSession() as session:
        # Tokens asked for here are thrown away, so that a doctor needs no database.
        services = make_services(settings, session, Turns(), tokens=MemoryTokens())
        return await check_platforms(settings, services, session, known)
