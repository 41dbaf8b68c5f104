"""Roles: what a colleague does here, given and taken by an administrator."""

import re
from typing import Any

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Reader, reads
from handlers.registry import command
from handlers.result import Ref, Result
from models.delivery.telling import tell
from models.errors import InvalidInput, Refused
from models.party.roles import give_roles
from models.party.tables import Person, Role
from models.text import plain

WORDS = {
    "销售员": Role.salesperson, "销售": Role.salesperson, "业务员": Role.salesperson, "业务": Role.salesperson,
    "仓库管理员": Role.warehouse, "仓管员": Role.warehouse, "仓管": Role.warehouse, "库管": Role.warehouse,
    "保管员": Role.warehouse, "仓库": Role.warehouse,
    "车间": Role.worker, "生产": Role.worker, "工人": Role.worker, "操作工": Role.worker,
    "经理": Role.manager, "主管": Role.manager, "管理": Role.manager, "老板": Role.manager,
    "财务": Role.finance, "会计": Role.finance, "出纳": Role.finance,
    "人事行政": Role.hr_office, "人事": Role.hr_office, "行政": Role.hr_office,
    "质检员": Role.quality, "质检": Role.quality, "品管": Role.quality, "品检": Role.quality,
    "采购员": Role.purchasing, "采购": Role.purchasing,
    "售后": Role.service, "客服": Role.service,
    "市场": Role.marketing, "市场部": Role.marketing,
    "系统管理员": Role.admin, "管理员": Role.admin,
}  # fmt: skip
"""What a role is called; nobody is given those of customers and of the product itself."""

WORD = "|".join(sorted(WORDS, key=len, reverse=True))
BETWEEN = r"\s*(?:[,，、/+\s]|和|跟|以及)\s*"


class NotAColleague(Refused):
    """Roles are a colleague's: a customer's contact has none but that."""

    code, status = "not_a_colleague", 409


@reads(list[Role])
class RolesReader(Reader[list[Role]]):
    """One role or several; in JSON also none."""

    slot = rf"(?:{WORD})(?:{BETWEEN}(?:{WORD}))*"
    free = False
    schema = {"type": "array", "items": {"type": "string", "enum": sorted({role.value for role in WORDS.values()})}}

    async def read(self, me: Actor, text: str, name: str) -> list[Role]:
        said = plain(text).strip().removesuffix("角色").removesuffix("的")
        return self._known([word for word in re.split(BETWEEN, said) if word], name)

    async def load(self, me: Actor, value: Any, name: str) -> list[Role]:
        if isinstance(value, str):
            return await self.read(me, value, name)
        if not isinstance(value, list):
            raise InvalidInput(input=name, given=value, why="not_text")
        return self._known(value, name)

    def _known(self, words: list[Any], name: str) -> list[Role]:
        known = {**WORDS, **{role.value: role for role in WORDS.values()}}
        for word in words:
            if not isinstance(word, str) or word not in known:
                among = "、".join(role.text for role in dict.fromkeys(WORDS.values()))
                raise InvalidInput(input=name, given=str(word)[:40], why="not_among", among=among)
        return list(dict.fromkeys(known[word] for word in words))

    def save(self, value: list[Role]) -> list[str]:
        return [role.value for role in value]


class RolesGiven(Result):
    """What a colleague does from now on, and did before."""

    person: Ref
    roles: list[str]
    before: list[str]


@command(
    "role.grant",
    says=[
        "给{person}{roles}角色", "给{person}{roles}的角色", "给{person}加{roles}角色", "给{person}加上{roles}角色",
        "给{person}增加{roles}角色", "给{person}添加{roles}角色", "给{person}角色{roles}", "给{person}加角色{roles}",
        "{person}加{roles}角色", "{person}加上{roles}角色", "{person}增加{roles}角色", "让{person}做{roles}", "让{person}当{roles}",
    ],
    confirm=True,
)  # fmt: skip
async def grant_roles(me: Actor, *, person: Person, roles: list[Role]) -> Done[RolesGiven]:
    """给同事角色：定好角色才能用"""
    return await _give(me, person, [*person.roles, *(role.value for role in roles)])


@command(
    "role.revoke",
    says=[
        "去掉{person}的{roles}角色", "取消{person}的{roles}角色", "收回{person}的{roles}角色", "撤掉{person}的{roles}角色",
        "去掉{person}{roles}角色", "取消{person}{roles}角色", "收回{person}{roles}角色", "{person}去掉{roles}角色",
        "{person}不再做{roles}", "{person}不再是{roles}", "{person}不做{roles}了",
    ],
    confirm=True,
)  # fmt: skip
async def revoke_roles(me: Actor, *, person: Person, roles: list[Role]) -> Done[RolesGiven]:
    """去掉同事的角色；最后一位管理员的去不掉"""
    return await _give(me, person, [role for role in person.roles if role not in {each.value for each in roles}])


@command(
    "role.set",
    says=[
        "{person}的角色改成{roles}", "{person}的角色改为{roles}", "{person}角色改成{roles}", "{person}角色改为{roles}",
        "把{person}的角色改成{roles}", "把{person}的角色改为{roles}", "{person}的角色是{roles}", "{person}的角色设为{roles}",
        "{person}的角色{roles}", "{person}角色{roles}",
    ],
    confirm=True,
)  # fmt: skip
async def set_roles(me: Actor, *, person: Person, roles: list[Role]) -> Done[RolesGiven]:
    """把同事的角色改成这些，原来的不再有"""
    return await _give(me, person, [role.value for role in roles])


async def _give(me: Actor, person: Person, wanted: list[str]) -> Done[RolesGiven]:
    if person.customer_id is not None:  # type: ignore[attr-defined]
        raise NotAColleague(name=person.called)
    before, after = list(person.roles), list(dict.fromkeys(wanted))
    await give_roles(person, after)
    done = RolesGiven(person=Ref.of(person), roles=_texts(after), before=_texts(before))
    if set(after) == set(before):
        return Done(done)
    facts = {"roles": done.roles, "by": me.called}
    await tell("role.changed", about=person.number, facts=facts, not_to=me.id, person=[person.id])
    return Done(done, undo=Call("role.set", {"person": person.number, "roles": before}))


def _texts(roles: list[str]) -> list[str]:
    return [Role.of(role).text for role in roles]
