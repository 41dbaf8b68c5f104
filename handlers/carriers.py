"""Who carries goods that leave: known carriers by whatever they are called, and which of them give a number."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, NewType

from handlers.actor import Actor
from handlers.inputs import Reader, reads
from handlers.references import WordReader
from models.errors import InvalidInput
from models.text import key, plain

Carrier = NewType("Carrier", str)
KnownCarrier = NewType("KnownCarrier", str)

PICKED_UP = KnownCarrier("自提")

MOST_USED = 3

_NAME = re.compile(r"(?!.*\d{3})[\u4e00-\u9fffA-Za-z0-9（）() ·.]{2,20}")


@dataclass(frozen=True, slots=True)
class Known:
    """A carrier; `numbered` says that what it carries has a number."""

    name: str
    spellings: tuple[str, ...]
    numbered: bool


@lru_cache(maxsize=1)
def carriers() -> tuple[Known, ...]:
    """Every known carrier, the most used first."""
    with (Path(__file__).parent / "carriers.csv").open(newline="") as file:
        return tuple(
            Known(row["name"], (row["name"], *row["spellings"].split()), row["numbered"] == "yes")
            for row in csv.DictReader(file)
        )


def is_numbered(carrier: str) -> bool:
    """Whether goods of a carrier can be looked up by a number; of one we do not know we ask for it."""
    return next((known.numbered for known in carriers() if known.name == carrier), True)


@lru_cache(maxsize=1)
def _by_spelling() -> dict[str, str]:
    return {key(spelling): known.name for known in carriers() for spelling in known.spellings}


@reads(Carrier)
class CarrierReader(Reader[Carrier]):
    """A carrier by its name; one we do not know by the name that was typed, which the echo shows."""

    worded = True

    async def read(self, me: Actor, text: str, name: str) -> Carrier:
        if known := _by_spelling().get(key(text)):
            return Carrier(known)
        given = plain(text).strip()
        if not _NAME.fullmatch(given):
            raise InvalidInput(input=name, given=text[:40], why="not_a_carrier")
        return Carrier(given)

    async def offers(self, me: Actor) -> list[str]:
        return [known.name for known in carriers()[:MOST_USED]]


@reads(KnownCarrier)
class KnownCarrierReader(WordReader[KnownCarrier]):
    """A carrier that we know, so that it needs no words around it: `SO0315 自提`."""

    slot = (
        "(?:" + "|".join(sorted((re.escape(s) for k in carriers() for s in k.spellings), key=len, reverse=True)) + ")"
    )
    words: ClassVar[dict[str, Any]] = {plain(s).lower(): KnownCarrier(k.name) for k in carriers() for s in k.spellings}
