"""States and kinds: a code for machines, a word for people."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """An enumeration whose members carry the Chinese word that replies show."""

    text: str

    def __new__(cls, code: str, text: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.text = text
        return member

    @classmethod
    def of(cls, code: str) -> Self:
        """The member that a column holds the code of. Raises KeyError."""
        return {member.value: member for member in cls}[code]
