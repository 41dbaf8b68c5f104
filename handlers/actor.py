"""Who asks: a person, whom they act for, through which door, and what they may."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from handlers.rights import RIGHTS, Scope
from models import sql
from models.errors import Refused
from models.party.tables import Role

BY_NUMBER = """
SELECT p.id, p.number, p.name, p.nickname, p.roles, p.customer_id, p.department_id FROM person p
WHERE p.active AND p.number = $1
"""

BY_ID = """
SELECT p.id, p.number, p.name, p.nickname, p.roles, p.customer_id, p.department_id FROM person p
WHERE p.active AND p.id = $1
"""


class NotBound(Refused):
    """This identity belongs to nobody we know yet."""

    code, status = "not_bound", 403


class Actor(NamedTuple):
    """The asker of one Call. `scope` is how far this handler may look for them; dispatch sets it.

    `proved_phone` is a number that WeChat, not the asker, gave us.
    """

    id: int | None = None
    number: str = ""
    name: str = ""
    called: str = ""
    roles: frozenset[str] = frozenset()
    customer_id: int | None = None
    department_id: int | None = None
    acting_for_id: int | None = None
    door: str = "api"
    identity: str = ""
    turn: str = ""
    proved_phone: str = ""
    scope: Scope = Scope.none

    @property
    def is_customer(self) -> bool:
        """Someone of a customer, who learns nothing of others and no totals."""
        return Role.customer.value in self.roles

    @property
    def is_newcomer(self) -> bool:
        """A colleague without a role."""
        return self.roles == NEWCOMER

    @property
    def rights(self) -> frozenset[str]:
        """The rights to see fields that need one."""
        return RIGHTS.fields_of(self.roles)

    def reach(self, handler: str) -> Scope:
        """How far a handler looks for them; `none` when it is not for them at all."""
        return RIGHTS.scope(handler, self.roles)

    def trusted(self) -> "Actor":
        """The same person, with the product's own rights: for what a decision of theirs sets in motion."""
        return self._replace(roles=frozenset({Role.system.value}))

    def at(self, scope: Scope) -> "Actor":
        """The same asker, looking that far."""
        return self if scope is self.scope else Actor._make((*self[:-1], scope))

    @property
    def person_id(self) -> int:
        """The id of the person. Raises NotBound where a handler needs one and there is none."""
        if self.id is None:
            raise NotBound()
        return self.id


ANYONE = frozenset({"anyone"})


NEWCOMER = frozenset({"newcomer"})
"""What a colleague is to whom nobody has given a role yet: their account is theirs, and they may ask for help."""


def nobody(door: str, identity: str, turn: str = "") -> Actor:
    """An identity that is not bound: it may only find the way to bind."""
    return Actor(door=door, identity=identity, turn=turn, roles=ANYONE)


def system(turn: str) -> Actor:
    """The product itself, when a deadline falls due."""
    return Actor(name="系统", called="系统", roles=frozenset({Role.system.value}), door="system", turn=turn)


def from_row(row: Mapping[str, Any], *, door: str, turn: str = "", identity: str = "") -> Actor:
    """An actor out of one row of person, as plain SQL brings it: roles are JSON text."""
    return Actor(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        called=row["nickname"] or row["name"],
        roles=_roles(row["roles"]),
        customer_id=row["customer_id"],
        department_id=row["department_id"],
        door=door,
        identity=identity,
        turn=turn,
    )


@lru_cache(maxsize=256)
def _roles(stored: str) -> frozenset[str]:
    return frozenset(orjson.loads(stored)) or NEWCOMER


async def person(number: str, *, door: str = "api", turn: str = "") -> Actor:
    """Someone by number. Raises NotBound if there is none at work."""
    row = await sql.row(BY_NUMBER, number)
    if row is None:
        raise NotBound(number=number)
    return from_row(row, door=door, turn=turn)


async def person_by_id(person_id: int, *, door: str, turn: str = "", identity: str = "") -> Actor:
    """Someone by id. Raises NotBound once they have left."""
    row = await sql.row(BY_ID, person_id)
    if row is None:
        raise NotBound()
    return from_row(row, door=door, turn=turn, identity=identity)
