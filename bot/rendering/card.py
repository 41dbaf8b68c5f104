"""The card language: what a template's lines mean, whatever door will show them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

# Structure is only what stands in the template. Characters that mean something here are moved to a private plane
# while a value passes through, and back once the lines have been read.
_STRUCTURE = "\n\r[]()（）#:：!-、"
_HIDDEN = {ord(letter): 0xF0000 + index for index, letter in enumerate(_STRUCTURE)}
_SHOWN = {_HIDDEN[ord(letter)]: " " if letter in "\n\r" else letter for letter in _STRUCTURE}
_FOREIGN = re.compile("[\U000f0000-\U000ffffd\u2028\u2029\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MOVED = re.compile("[\U000f0000-\U000ffffd]")
_SPECIAL = re.compile(f"{_FOREIGN.pattern}|[{re.escape(_STRUCTURE)}]")

# What the door lets a person do to choose; a value cannot hold it, since what is private is taken out of values.
_HOW = "[?]"
_HOW_SHOWN = "\U000f0fff"

_ACTION = re.compile(r"\[([^\[\]()]+)\]\(([^\[\]()]+)\)")
_FACT = re.compile(r"([^:：]{1,12})[:：] ?(.*)")


@dataclass(frozen=True, slots=True)
class Action:
    """A label which, when tapped, sends a line as if the person had typed it."""

    label: str
    line: str


@dataclass(slots=True)
class Card:
    """One answer: a title, a big figure, facts in order of importance, rows, free text, and what can be done next."""

    title: str = ""
    figure: str = ""
    body: list[tuple[str, str]] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The lines that are a key and a value."""
        return [(key, value) for key, value in self.body if key]

    def words(self, how: Callable[[], str] = str) -> list[str]:
        """Its lines as people read them; `how` says what one can do to choose, which each door says in its own words."""
        lines = [self.title, self.figure, *[f"{key}：{value}" if key else value for key, value in self.body]]
        return [line.replace(_HOW_SHOWN, how()) if _HOW_SHOWN in line else line for line in lines if line]


ROW = ""
"""The key of a body line that is a row of a list or plain text."""


def neutral(value: object) -> object:
    """A value that can grow no structure, whatever it holds."""
    return neutral_text(value) if isinstance(value, str) else value


@lru_cache(maxsize=512)
def neutral_text(value: str) -> str:
    """Text that can grow no structure."""
    return _FOREIGN.sub("", value).translate(_HIDDEN) if _SPECIAL.search(value) else value


def shown(text: str) -> str:
    """Neutralised text as people read it."""
    return text.translate(_SHOWN) if _MOVED.search(text) else text


def read_card(source: str) -> Card:
    """Reads rendered lines: `#` title, `##` figure, `键: 值`, `- ` rows, `[label](line)` actions, else text.

    In a text `[?]` is how one chooses at the door where it will be shown.
    """
    card = Card()
    for line in (line.strip() for line in source.replace(_HOW, _HOW_SHOWN).splitlines()):
        if not line:
            continue
        if line.startswith("## "):
            card.figure = shown(line[3:])
        elif line.startswith("# "):
            card.title = shown(line[2:])
        elif "](" in line and (actions := _ACTION.findall(line)):
            card.actions += [Action(shown(label), shown(target)) for label, target in actions]
        elif line.startswith("- "):
            card.body.append((ROW, f"· {shown(line[2:])}"))
        elif fact := _FACT.fullmatch(line):
            card.body.append((shown(fact[1]), shown(fact[2])))
        else:
            card.body.append((ROW, shown(line)))
    return card
