"""Codes that work once, for logins, phone numbers and welcomes; and the accepts of subscription messages."""

import secrets
from collections import Counter
from dataclasses import dataclass

from .clock import Clock
from .config import Person
from .refusals import Refusal

LIFE_S = 300
# Login endpoints tell a used code from a wrong one; the others do not.
_TELLING = {"login", "official"}


@dataclass
class Code:
    """One code: for what, whose, and what else was agreed when it was given."""

    kind: str
    person: Person
    expires: float
    facts: dict[str, str]
    used: bool = False


class Codes:
    """One-use codes, each good for one purpose and five minutes unless told otherwise."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, Code] = {}

    def issue(self, kind: str, person: Person, life_s: float = LIFE_S, **facts: str) -> str:
        text = secrets.token_urlsafe(24)
        self._all[text] = Code(kind, person, self._clock.now() + life_s, facts)
        return text

    def look(self, kind: str, text: object) -> Code | None:
        """The code, used or not, unless it is wrong or has expired unused."""
        code = self._all.get(text) if isinstance(text, str) else None
        if code is None or code.kind != kind or (code.expires <= self._clock.now() and not code.used):
            return None
        return code

    def take(self, kind: str, text: object) -> Code:
        """Use a login, web or phone-number code up."""
        code = self.look(kind, text)
        if code is None or (code.used and kind not in _TELLING):
            raise Refusal(40029, "invalid code")
        if code.used:
            raise Refusal(40163, "code been used")
        code.used = True
        return code

    def use(self, kind: str, text: object) -> Person:
        return self.take(kind, text).person


class Accepts:
    """How many subscription messages each person still lets through; every accept is good for one."""

    def __init__(self) -> None:
        self._left: Counter[tuple[str, str, str]] = Counter()
        self._refused: set[tuple[str, str, str]] = set()

    def add(self, door: str, person: str, template: str, count: int = 1) -> None:
        self._left[door, person, template] += count
        self._refused.discard((door, person, template))

    def refuse(self, door: str, person: str, template: str) -> None:
        """All earlier accepts are void, until the person accepts again."""
        self._left[door, person, template] = 0
        self._refused.add((door, person, template))

    def refuses(self, door: str, person: str, template: str) -> bool:
        """Has the person switched this template off?"""
        return (door, person, template) in self._refused

    def check(self, door: str, person: str, template: str) -> None:
        if self._left[door, person, template] < 1:
            raise Refusal(43101, "user refuse to accept the msg")

    def use(self, door: str, person: str, template: str) -> None:
        self._left[door, person, template] -= 1
