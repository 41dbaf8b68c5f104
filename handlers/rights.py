"""Who may do what, as data: handler × role → how far; field right × role → shown or not."""

import csv
from enum import IntEnum
from pathlib import Path

from models.errors import Refused

HERE = Path(__file__).parent


class NoRight(Refused):
    """This handler is not for you, whatever it would have found."""

    code, status = "no_right", 403


class Scope(IntEnum):
    """How far a handler looks: the widest of somebody's roles counts."""

    none = 0
    customer = 1
    own = 2
    team = 3
    all = 4


class Rights:
    """The two tables beside this file."""

    def __init__(self, handlers: Path, fields: Path) -> None:
        self.handlers = {
            name: {role: Scope[scope] for role, scope in row.items()} for name, row in _read(handlers).items()
        }
        self._scopes: dict[tuple[str, frozenset[str]], Scope] = {}
        self.fields = {
            name: {role for role, shown in row.items() if shown == "yes"} for name, row in _read(fields).items()
        }
        self.all_fields = frozenset(self.fields)
        self._seen: dict[frozenset[str], frozenset[str]] = {}

    def scope(self, handler: str, roles: frozenset[str]) -> Scope:
        """The widest scope any of these roles has; a handler without a row is for nobody."""
        scope = self._scopes.get((handler, roles))
        if scope is None:
            row = self.handlers.get(handler, {})
            scope = max((row.get(role, Scope.none) for role in roles), default=Scope.none)
            self._scopes[handler, roles] = scope
        return scope

    def fields_of(self, roles: frozenset[str]) -> frozenset[str]:
        """The field rights that any of these roles has."""
        seen = self._seen.get(roles)
        if seen is None:
            seen = frozenset(right for right, those in self.fields.items() if not roles.isdisjoint(those))
            self._seen[roles] = seen
        return seen


def _read(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {row.pop("name"): {role: value or "none" for role, value in row.items()} for row in rows}


RIGHTS = Rights(HERE / "rights.csv", HERE / "field_rights.csv")
