"""What the command line does, apart from saying it."""

import asyncio
import io
import json
import os
import subprocess
import tarfile
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import aiohttp

from bot.config import Settings, load_settings
from bot.delivery.syncing import sync
from bot.menus import publish
from bot.services import make_services
from bot.trouble import Trouble
from bot.turns import Turn, Turns
from bot.understanding.describing import describe
from bot.wechat.errors import Unanswered, WeChatError, in_words
from handlers.actor import Actor, from_row, person_by_id
from models import sql
from models.auditing import CHECKS
from models.chat.binding import bind
from models.chat.tables import Door
from models.chat.tokens import issue_token
from models.clock import now
from models.embedded import programs
from models.party.finding import find_people
from models.party.keeping import add_person
from models.party.tables import Department, Person, Role
from models.stock.tables import Warehouse
from models.system.tables import Company
from models.transactions import transaction


async def init(name: str, admin: str, number: str, phone: str, warehouse: str, tax: str) -> None:
    """A real company with its first administrator and warehouse. Raises Trouble if there is one already."""
    try:
        rate = Decimal(tax) / 100
    except InvalidOperation:
        raise Trouble(f"税率“{tax}”不对，例如 13") from None
    if not 0 <= rate < 1:
        raise Trouble(f"税率“{tax}”不对，例如 13")
    if await Company.exists():
        raise Trouble("这个数据库里已经有一家公司")

    async def build() -> None:
        await Company.create(name=name, tax_rate=rate, created_at=now())
        top = await Department.create(name="公司")
        person = await add_person(
            number, admin, phone=phone, roles=[Role.admin.value, Role.manager.value], department_id=top.id
        )
        await Department.filter(id=top.id).update(head_id=person.id)
        await Warehouse.create(name=warehouse)

    await transaction(build)


async def the_person(reference: str) -> Person:
    """Someone by number or unique name. Raises Trouble."""
    found = await find_people(reference)
    if not found:
        raise Trouble(f"没有“{reference}”这个人，请用员工号，例如 E001")
    if len(found) > 1:
        raise Trouble(f"“{reference}”有 {len(found)} 个人：{'、'.join(row['number'] for row in found)}，请用员工号")
    return await Person.get(id=found[0]["id"])


async def bind_identity(door: str, identity: str, reference: str) -> str:
    """Makes an identity at a door be a person; says whom."""
    if door not in (Door.official.value, Door.work.value, Door.miniprogram.value):
        raise Trouble("门只有 official、work 和 miniprogram")
    person = await the_person(reference)
    await transaction(bind, door, identity, person.id)
    return f"{person.called}（{person.number}）"


async def token(reference: str) -> str:
    """A bearer token for a person."""
    person = await the_person(reference)
    return (await issue_token(person_id=person.id))[0]


async def say(reference: str, door: str, text: str) -> str:
    """One turn without WeChat; the conversation goes on from call to call."""
    if door not in (Door.official.value, Door.work.value):
        raise Trouble("门只有 official 和 work")
    person = await the_person(reference)
    found = await sql.row("SELECT external_id FROM conversation WHERE person_id = $1 AND door = $2", person.id, door)
    if found is None:
        await bind(door, f"cli-{person.number}", person.id)
    identity = found["external_id"] if found else f"cli-{person.number}"
    turn = Turn(door, identity, f"cli-{now().timestamp()}-{os.getpid()}", line=text)
    return await Turns().run(turn, links=False)


async def understand(
    text: str | None, reference: str | None, role: str | None, file: Path | None
) -> list[dict[str, Any]]:
    """What lines are understood as; nothing is run."""
    if file is not None:
        lines = (await asyncio.to_thread(file.read_text)).splitlines()
        asked = [json.loads(line) for line in lines if line.strip()]
        return [await describe(await _someone(each["role"]), each["text"]) for each in asked]
    if text is None or (reference is None) == (role is None):
        raise Trouble("请给一句话，并用 --as 或 --role 说明是谁")
    if role is not None:
        return [await describe(await _someone(role), text)]
    person = await the_person(reference or "")
    return [await describe(await person_by_id(person.id, door="work"), text)]


async def _someone(role: str) -> Actor:
    """Somebody of a role, the one with the lowest number."""
    if role not in {each.value for each in Role}:
        raise Trouble(f"没有“{role}”这个角色")
    statement = """
    SELECT id, number, name, nickname, roles, customer_id, department_id FROM person
    WHERE active AND roles ? $1 ORDER BY number LIMIT 1
    """
    row = await sql.row(statement, role)
    if row is None:
        return Actor(roles=frozenset({role}), door="work")
    return from_row({**row, "roles": json.dumps([role])}, door="work")


async def audit() -> list[dict[str, Any]]:
    """Every difference between a balance and its ledger."""
    found = []
    for name, statement in CHECKS.items():
        found += [
            {"check": name, **{key: str(value) for key, value in row.items()}} for row in await sql.rows(statement)
        ]
    return found


def sentence(difference: dict[str, Any]) -> str:
    """A difference in one line."""
    facts = "，".join(f"{key}={value}" for key, value in difference.items() if key != "check")
    return f"{difference['check']}：{facts}"


async def push_menus() -> list[str]:
    """Publishes the menus of the doors that are on. Raises Trouble."""
    settings = load_settings()
    async with aiohttp.ClientSession() as session:
        try:
            said = await publish(make_services(settings, session, Turns()))
        except (WeChatError, Unanswered) as error:
            raise Trouble(in_words(error)) from None
    return said or ["没有打开的门，先设置公众号或企业微信"]


async def sync_templates() -> list[str]:
    """Reads the platforms' templates and ties them to kinds of notices. Raises Trouble."""
    settings = load_settings()
    async with aiohttp.ClientSession() as session:
        try:
            return await sync(make_services(settings, session, Turns()))
        except (WeChatError, Unanswered) as error:
            raise Trouble(in_words(error)) from None


def backup(settings: Settings, file: Path) -> None:
    """One archive: the database as SQL, and the attachments."""
    if not settings.database_url:
        raise Trouble("LIAODAN_DATABASE_URL 没有设置")
    done = subprocess.run(
        [programs() / "pg_dump", "--no-owner", "--no-privileges", "-d", settings.database_url], capture_output=True
    )
    if done.returncode:
        raise Trouble(f"备份失败：{done.stderr.decode().strip()}")
    with tarfile.open(file, "w:gz") as archive:
        entry = tarfile.TarInfo("database.sql")
        entry.size = len(done.stdout)
        archive.addfile(entry, io.BytesIO(done.stdout))
        if settings.files.is_dir():
            archive.add(settings.files, "files")


def restore(settings: Settings, file: Path) -> None:
    """Puts an archive into an empty database. Raises Trouble if there is anything in it."""
    if not settings.database_url:
        raise Trouble("LIAODAN_DATABASE_URL 没有设置")
    psql = [str(programs() / "psql"), "-qXd", settings.database_url, "-v", "ON_ERROR_STOP=1"]
    count = subprocess.run(
        [*psql, "-Atc", "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"],
        capture_output=True,
        text=True,
    )
    if count.returncode:
        raise Trouble(f"连不上数据库：{count.stderr.strip()}")
    if count.stdout.strip() != "0":
        raise Trouble("目标数据库不是空的，请恢复到一个新的数据库")
    with tempfile.TemporaryDirectory() as folder, tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
        done = subprocess.run([*psql, "-1", "-f", f"{folder}/database.sql"], capture_output=True, text=True)
        if done.returncode:
            raise Trouble(f"恢复失败：{done.stderr.strip()}")
        if (Path(folder) / "files").is_dir():
            settings.files.parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / "files").rename(settings.files)
