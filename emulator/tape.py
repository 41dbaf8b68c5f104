"""The tape: what was done and what the phones then showed, as lines that can be saved and played again.

> text official P1 藏青
< official P1 有 2 个匹配
| 1 32S藏青
> card work P2 {"button": "同意"}
"""

import itertools
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .phones import Bubble

_KEPT = 10_000
# How a gesture was delivered is no part of what was done.
_DELIVERY = {"wait", "deliver", "callback"}


@dataclass(frozen=True)
class Did:
    """A gesture, as it was asked of /sim."""

    gesture: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """Something new on a phone, or something that looks different now."""

    door: str
    person: str
    text: str


Line = Did | Said


class BadTape(ValueError):
    """A line that is none; says which."""


class Tape:
    """The newest lines, numbered from one since the last reset."""

    def __init__(self) -> None:
        self._lines: deque[tuple[int, Line]] = deque(maxlen=_KEPT)
        self._numbers = itertools.count(1)

    def did(self, gesture: str, body: dict[str, Any]) -> None:
        kept = {key: value for key, value in body.items() if key not in _DELIVERY}
        self._lines.append((next(self._numbers), Did(gesture, kept)))

    def said(self, bubble: Bubble) -> None:
        self._lines.append((next(self._numbers), Said(bubble.door, bubble.person, bubble.text)))

    def after(self, number: int) -> list[tuple[int, Line]]:
        return [each for each in self._lines if each[0] > number]

    def text(self) -> str:
        return "".join(_write(line) for _, line in self._lines)

    def clear(self) -> None:
        self._lines.clear()
        self._numbers = itertools.count(1)


def _write(line: Line) -> str:
    if isinstance(line, Said):
        return f"< {line.door} {line.person} {line.text}".replace("\n", "\n| ") + "\n"
    rest = dict(line.body)
    if set(rest) == {"door", "person", "text"} and line.gesture == "text" and "\n" not in rest["text"]:
        return f"> text {rest['door']} {rest['person']} {rest['text']}\n"
    return f"> {line.gesture} {json.dumps(rest, ensure_ascii=False)}\n"


def read(text: str) -> Iterator[tuple[int, Line]]:
    """The lines of a saved tape with the numbers of the rows they begin in; empty rows and # are passed over."""
    said: tuple[int, Said] | None = None
    for number, row in enumerate(text.splitlines(), start=1):
        if row.startswith("| ") or row == "|":
            if said is None:
                raise BadTape(f"line {number}: nothing to continue")
            before = said[1]
            said = (said[0], Said(before.door, before.person, f"{before.text}\n{row[2:]}"))
            continue
        if said is not None:
            yield said
            said = None
        if row.startswith("< "):
            door, person, words = _three(number, row[2:])
            said = (number, Said(door, person, words))
        elif row.startswith("> "):
            yield number, _did(number, row[2:])
        elif row.strip() and not row.startswith("#"):
            raise BadTape(f"line {number}: must begin with >, <, | or #")
    if said is not None:
        yield said


def _did(number: int, row: str) -> Did:
    gesture, _, rest = row.partition(" ")
    if not rest.startswith("{"):
        if gesture != "text":
            raise BadTape(f"line {number}: what is done stands in {{}}")
        door, person, words = _three(number, rest)
        return Did("text", {"door": door, "person": person, "text": words})
    try:
        return Did(gesture, dict(json.loads(rest)))
    except ValueError as error:
        raise BadTape(f"line {number}: {error}") from error


def _three(number: int, row: str) -> tuple[str, str, str]:
    parts = row.split(" ", 2)
    if len(parts) < 2:
        raise BadTape(f"line {number}: door, person and words are due")
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""
