"""The lines people say, compiled from what every handler says it answers to."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from handlers.registry import GOES_ON, Handler, load
from models.text import plain

_SLOT = re.compile(r"\{(\w+)\}")
# Words that carry no meaning at the ends of a line.
_POLITE = re.compile(
    r"^(?:请问|请|麻烦|帮我|给我|我想|我要查|那个|那)+|(?:[。.！!？?~～,，]|吧|啊|呀|呢|哈|谢谢|现在)+$"
)

# What may stand behind the words of a pattern, also at its end.
_LOOSE = " ,，:："


@dataclass(frozen=True)
class Pattern:
    """One way to say one thing; `weight` counts the letters that must be there, `typed` the slots that are not free.

    `first` and `last` are the letters with which it begins and ends, "" where a slot does. It `goes_on` if it is about
    what was spoken of before; in `says`, such a phrase begins with `…`.
    """

    handler: Handler
    source: str
    weight: int
    typed: int
    slots: tuple[str, ...]
    letters: frozenset[str]
    first: str
    last: str
    goes_on: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """What a line is held against; made when a line first comes near: a command needs a handful of the thousand."""
        return re.compile(self.source, re.IGNORECASE)


class Match(NamedTuple):
    """A line that fits a pattern."""

    pattern: Pattern
    fit: re.Match[str]

    @property
    def slots(self) -> dict[str, str]:
        """The text of each slot."""
        return {name: text.strip() for name, text in self.fit.groupdict().items() if text}


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """Every pattern, the most telling first."""
    made = [_compile(handler, phrase) for handler in load().values() for phrase in handler.says]
    return tuple(sorted(made, key=lambda pattern: (-pattern.weight, -pattern.typed, -len(pattern.slots))))


@lru_cache(maxsize=512)
def trimmed(line: str) -> str:
    """A line without the politeness around it."""
    return _POLITE.sub("", plain(line)).strip() or plain(line)


def matches(line: str) -> list[Match]:
    """The patterns a line fits, the most telling first."""
    lower = line.lower()
    letters, firsts, lasts = {"", *lower}, ("", lower[:1]), ("", lower.rstrip(_LOOSE)[-1:])
    index, found = _by_letter(), {}
    for letter in letters & index.keys():
        for place, first, last, needed, each in index[letter]:
            if last in lasts and first in firsts and needed <= letters and (fit := each.regex.fullmatch(line)):
                found[place] = Match(each, fit)
    return [found[place] for place in sorted(found)]


def endings(handler: Handler, slot: str, line: str) -> list[Match]:
    """How a line says one input of a command and what follows it: `德邦 单号DPK3620018877` where the carrier is asked for."""
    fits = ((each, each.regex.fullmatch(line)) for each in _endings(handler.name, slot))
    return [Match(each, fit) for each, fit in fits if fit]


@lru_cache(maxsize=256)
def _endings(name: str, slot: str) -> tuple[Pattern, ...]:
    """The phrases of a command from one of their slots on, with and without the words before it."""
    handler, ends = load()[name], set()
    for phrase in handler.says:
        before, found, behind = phrase.partition(f"{{{slot}}}")
        if found:
            ends |= {found + behind, before.rpartition("}")[2].removeprefix(GOES_ON) + found + behind}
    made = [_compile(handler, end) for end in ends - {f"{{{slot}}}"}]
    return tuple(sorted(made, key=lambda each: (-each.weight, -each.typed, -len(each.slots), each.source)))


@lru_cache(maxsize=1)
def _by_letter() -> dict[str, list[tuple[int, str, str, frozenset[str], Pattern]]]:
    """The patterns that fit no line without a letter: the rarest of theirs, or one of the signs of a slot.

    Under "" are those that can fit any line. Each comes with its place among all, and with what rules it out soonest.
    """
    common = Counter(letter for each in patterns() for letter in each.letters)
    index = defaultdict(list)
    for place, each in enumerate(patterns()):
        rarest = min(each.letters, key=lambda letter: (common[letter], letter), default="")
        for letter in (rarest,) if rarest else _signs(each):
            index[letter].append((place, each.first, each.last, each.letters, each))
    return index


def _signs(pattern: Pattern) -> Iterable[str]:
    """Characters of which a line has one that fits a pattern without letters; "" where nothing is certain."""
    readers = [pattern.handler.inputs[slot].reader for slot in pattern.slots]
    return min((reader.signs for reader in readers if reader.signs), key=len, default=("",))


def _compile(handler: Handler, phrase: str) -> Pattern:
    parts = _SLOT.split(phrase.removeprefix(GOES_ON))
    source, weight, slots = "", 0, []
    readers = {name: handler.inputs[name].reader for name in parts[1::2]}
    for index, part in enumerate(parts):
        if index % 2:
            slots.append(part)
            # Between two names that can be anything, a blank must show where one ends.
            follower = readers[parts[index + 2]] if index + 2 < len(parts) and not parts[index + 1] else None
            apart = "+" if follower and follower.free and readers[part].free else "*"
            source += rf"(?P<{part}>{readers[part].slot})[\s,，]{apart}"
        elif part:
            weight += len(part)
            source += r"[\s,，]*".join(re.escape(letter) for letter in plain(part)) + rf"[\s{_LOOSE}]*"
    typed = sum(not reader.free for reader in readers.values())
    fixed = [plain(part).lower().replace(" ", "") for part in parts[::2]]
    return Pattern(
        handler, source, weight, typed, tuple(slots),
        letters=frozenset("".join(fixed)), first=fixed[0][:1], last=fixed[-1][-1:], goes_on=phrase.startswith(GOES_ON),
    )  # fmt: skip
