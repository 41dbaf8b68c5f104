"""Kinds of notices: what each is called, and the words by which people name those that they can do without."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind; without `words` it is always urgent, and nobody can mute it. `code` names it in JSON."""

    kind: str
    title: str
    code: str
    words: tuple[str, ...]

    @property
    def called(self) -> str:
        """The word that people use for it."""
        return self.words[0] if self.words else self.title


def _read() -> dict[str, Kind]:
    with Path(__file__).with_name("kinds.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["kind"]: Kind(row["kind"], row["title"], row["code"], tuple(row["words"].split("|"))
                              if row["words"] else ()) for row in rows}  # fmt: skip


KINDS = _read()
"""Every kind there is, by its key in notices and audiences."""


def title_of(kind: str) -> str:
    """What a kind is called on a board."""
    return KINDS[kind].title if kind in KINDS else kind
