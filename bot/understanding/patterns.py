"""The lines people say, compiled from what every handler says it answers to."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache

from handlers.registry import GOES_ON, Handler, load
from models.text import plain

_SLOT = re.compile(r"\{(\w+)\}")
# Words that carry no meaning at the ends of a line.
_POLITE = re.compile(
    r"^(?:请问|请|麻烦|帮我|给我|我想|我要查|那个|那)+|(?:[。.！!？?~～,，]|吧|啊|呀|呢|哈|谢谢|现在)+$"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to say one thing; `weight` counts the letters that must be there, `typed` the slots that are not free.

    It `goes_on` if it is about what was spoken of before; in `says`, such a phrase begins with `…`.
    """

    handler: Handler
    source: str
    weight: int
    typed: int
    slots: tuple[str, ...]
    letters: frozenset[str]
    goes_on: bool = False

    @property
    def regex(self) -> re.Pattern[str]:
        """What a line is held against; made when a line first comes near: a command needs a handful of the thousand."""
        return _regex(self.source)


@cache
def _regex(source: str) -> re.Pattern[str]:
    # Longer-lived than the cache that `re` keeps, which forgets after some hundreds.
    return re.compile(source, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """A line that fits a pattern, with the text of each slot."""

    pattern: Pattern
    slots: dict[str, str]


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """Every pattern, the most telling first."""
    made = [_compile(handler, phrase) for handler in load().values() for phrase in handler.says]
    return tuple(sorted(made, key=lambda pattern: (-pattern.weight, -pattern.typed, -len(pattern.slots))))


@lru_cache(maxsize=4096)
def trimmed(line: str) -> str:
    """A line without the politeness around it."""
    return _POLITE.sub("", plain(line)).strip() or plain(line)


def matches(line: str) -> list[Match]:
    """The patterns a line fits, the most telling first."""
    found = []
    index, letters = _by_letter(), {"", *line.lower()}
    likely = [place for letter in letters for place in index.get(letter, ())]
    for each in (patterns()[place] for place in sorted(likely)):
        if each.letters <= letters and (fit := each.regex.fullmatch(line)):
            found.append(Match(each, {name: text.strip() for name, text in fit.groupdict().items() if text}))
    return found


@lru_cache(maxsize=1)
def _by_letter() -> dict[str, list[int]]:
    """The places of the patterns that cannot fit without a letter, the rarest of theirs; under "" those without any."""
    common = Counter(letter for each in patterns() for letter in each.letters)
    index: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(patterns()):
        index[min(each.letters, key=lambda letter: (common[letter], letter), default="")].append(place)
    return index


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
            source += r"[\s,，]*".join(re.escape(letter) for letter in plain(part)) + r"[\s,，:：]*"
    typed = sum(not reader.free for reader in readers.values())
    letters = frozenset("".join(plain(part) for part in parts[::2]).lower().replace(" ", ""))
    return Pattern(handler, source, weight, typed, tuple(slots), letters, phrase.startswith(GOES_ON))
