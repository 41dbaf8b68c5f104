"""What the command line does, apart from saying it."""

import asyncio
import json
import os
import re
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import aiohttp

from bot.config import load_settings
from bot.delivery.syncing import sync
from bot.doors.answering import asker
from bot.logs import set_up_logs
from bot.mcp import serve
from bot.menus import publish
from bot.performing import error_card
from bot.rendering.text import as_text
from bot.services import make_services
from bot.trouble import Trouble
from bot.turns import Turn, Turns
from bot.understanding.describing import describe
from bot.wechat.errors import Unanswered, WeChatError, in_words
from handlers.actor import Actor, from_row, person_by_id, system
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.auditing import CHECKS
from models.chat.binding import bind
from models.chat.tables import Conversation, Door
from models.chat.tokens import issue_token
from models.clock import now
from models.errors import Refused
from models.party.finding import find_people
from models.party.keeping import add_person
from models.party.tables import Department, Person, Role
from models.stock.tables import Warehouse
from models.system.tables import Company
from models.transactions import transaction

LONGEST_ID = 64

PHONE = re.compile(r"\+?[\d\- ]{7,20}")


async def init(name: str, admin: str, number: str, phone: str, warehouse: str, tax: str) -> None:
    """A real company with its first administrator and warehouse. Raises Trouble if there is one already."""
    try:
        rate = Decimal(tax) / 100
    except InvalidOperation:
        raise Trouble(f"税率“{tax}”不对，例如 13") from None
    if not rate.is_finite() or not 0 <= rate < 1:
        raise Trouble(f"税率“{tax}”不对，例如 13")
    asked = {
        "公司名称": (name, 80),
        "管理员姓名": (admin, 40),
        "管理员员工号": (number, 20),
        "仓库名称": (warehouse, 40),
    }
    for what, (given, longest) in asked.items():
        if not 0 < len(given.strip()) <= longest:
            raise Trouble(f"{what}要写 1 到 {longest} 个字")
    if phone.strip() and not PHONE.fullmatch(phone.strip()):
        raise Trouble(f"管理员手机“{phone}”不对，例如 13800001111，也可以不填")
    name, admin, number, warehouse, phone = (each.strip() for each in (name, admin, number, warehouse, phone))
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
    """Makes an identity at a door be a person; says whom, and from whom it was taken. Raises Trouble."""
    if not 0 < len(identity) <= LONGEST_ID or identity.split() != [identity]:
        raise Trouble(f"“{identity[:80]}”不是 openid 或 userid")
    if door not in (Door.official.value, Door.work.value, Door.miniprogram.value):
        raise Trouble("门只有 official、work 和 miniprogram")
    person = await the_person(reference)
    held = await Conversation.get_or_none(door=door, external_id=identity).select_related("person")
    other = held.person if held and held.person and held.person.id != person.id else None
    await transaction(bind, door, identity, person.id)
    taken = f"，它原来绑定的是 {other.called}（{other.number}），现在不再是了" if other else ""
    return f"已绑定 {person.called}（{person.number}）{taken}"


async def change_roles(reference: str, give: list[str], take: list[str]) -> str:
    """Gives a colleague roles and takes some; says which they have now. Raises Trouble."""
    person = await the_person(reference)
    key = f"cli-{now().timestamp()}-{os.getpid()}"

    async def change() -> None:
        for name, roles in (("role.grant", give), ("role.revoke", take)):
            if roles:
                call = Call(name, {"person": person.number, "roles": roles})
                await run(system(key), call, key=f"{key}-{name}")

    try:
        await transaction(change)
    except Refused as refused:
        raise Trouble(as_text(error_card(refused), links=False)) from None
    await person.refresh_from_db()
    return f"{person.called}（{person.number}）：{'、'.join(Role.of(each).text for each in person.roles) or '没有角色'}"


async def token(reference: str) -> str:
    """A bearer token for a person."""
    person = await the_person(reference)
    return (await issue_token(person_id=person.id))[0]


async def serve_mcp(reference: str | None, token: str | None) -> None:
    """Serves MCP as somebody, or as whoever holds a token, until standard input ends. Raises Trouble."""
    if (reference is None) == (token is None):
        raise Trouble("请用 --as 或 --token 说明是谁")
    set_up_logs(load_settings().log_level, sys.stderr)
    if token is not None:
        await serve(lambda: asker(token))
        return
    found = (await the_person(reference or "")).id
    await serve(lambda: person_by_id(found, door="mcp"))


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
        return [await _line_understood(line) for line in await asyncio.to_thread(_lines_of, file)]
    if text is None or (reference is None) == (role is None):
        raise Trouble("请给一句话，并用 --as 或 --role 说明是谁")
    if role is not None:
        return [await describe(await _someone(role), text)]
    person = await the_person(reference or "")
    return [await describe(await person_by_id(person.id, door="work"), text)]


def _lines_of(file: Path) -> list[bytes]:
    """The lines of a file; what ends the last one begins none. Raises Trouble."""
    try:
        # Not splitlines(): JSON may hold what it takes for the end of a line.
        return file.read_bytes().removesuffix(b"\n").split(b"\n")
    except OSError as error:
        raise Trouble(f"{file} 读不出来：{error.strerror}") from None


async def _line_understood(line: bytes) -> dict[str, Any]:
    """One line of a file as it was understood, or what is wrong with it, so that each line in is one line out."""
    nothing: dict[str, Any] = {"intent": None, "slots": {}, "missing": [], "score": 0.0}
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {**nothing, "error": "这一行不是 JSON"}
    if not isinstance(asked, dict) or not all(isinstance(asked.get(name), str) for name in ("role", "text")):
        return {**nothing, "error": '这一行要写成 {"role": "salesperson", "text": "m8x30还有多少"}'}
    try:
        return await describe(await _someone(asked["role"]), asked["text"])
    except Trouble as trouble:
        return {**nothing, "error": str(trouble)}


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
