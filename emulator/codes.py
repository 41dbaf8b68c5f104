"""Codes that work once: login codes, phone-number codes; and the accepts of subscription messages."""

import secrets
from collections import Counter
from dataclasses import dataclass

from .clock import Clock
from .config import Person
from .refusals import Refusal

LIFE_S = 300


@dataclass
class _Code:
    kind: str
    person: Person
    expires: float
    used: bool = False


class Codes:
    """One-use codes of five minutes, each good for one purpose."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, _Code] = {}

    def issue(self, kind: str, person: Person) -> str:
        text = secrets.token_urlsafe(24)
        self._all[text] = _Code(kind, person, self._clock.now() + LIFE_S)
        return text

    def use(self, kind: str, text: object) -> Person:
        code = self._all.get(text) if isinstance(text, str) else None
        if code is None or code.kind != kind or (code.expires <= self._clock.now() and not code.used):
            raise Refusal(40029, "invalid code")
        if code.used:
            # Only logins are known to tell a used code from a wrong one.
            raise Refusal(40163, "code been used") if kind == "login" else Refusal(40029, "invalid code")
        code.used = True
        return code.person


class Accepts:
    """How many subscription messages each person still lets through; every accept is good for one."""

    def __init__(self) -> None:
        self._left: Counter[tuple[str, str, str]] = Counter()

    def add(self, door: str, person: str, template: str, count: int = 1) -> None:
        self._left[door, person, template] += count

    def check(self, door: str, person: str, template: str) -> None:
        if self._left[door, person, template] < 1:
            raise Refusal(43101, "user refuse to accept the msg")

    def use(self, door: str, person: str, template: str) -> None:
        self._left[door, person, template] -= 1
