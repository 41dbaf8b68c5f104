"""Tags of the official account's followers, by which menus are personalised."""

import itertools
from collections import defaultdict
from typing import Any

from .refusals import Refusal

# Ids below 100 belong to WeChat's own groups, such as 2, the starred.
_FIRST = 100
_MOST_TAGS = 100
_MOST_OF_ONE = 20
_NAME_BYTES = 30


class Tags:
    """Which tags there are and who bears them."""

    def __init__(self) -> None:
        self._ids = itertools.count(_FIRST)
        self._names: dict[int, str] = {}
        self._bearers: dict[int, dict[str, None]] = {}
        self._of: dict[str, set[int]] = defaultdict(set)

    def exists(self, tag: object) -> bool:
        return str(tag).isdigit() and int(str(tag)) in self._names

    def of(self, person: str) -> set[int]:
        return set(self._of[person])

    def all(self) -> list[dict[str, Any]]:
        return [{"id": tag, "name": name, "count": len(self._bearers[tag])} for tag, name in self._names.items()]

    def bearers(self, tag: int) -> list[str]:
        return list(self._bearers[tag])

    def create(self, name: str) -> int:
        if len(self._names) >= _MOST_TAGS:
            raise Refusal(45056, "too many tags")
        tag = next(self._ids)
        self._names[tag], self._bearers[tag] = name, {}
        return tag

    def rename(self, tag: int, name: str) -> None:
        self._names[tag] = name

    def check_name(self, name: object) -> None:
        if not isinstance(name, str) or not name or name in self._names.values():
            raise Refusal(45157, "invalid tag name")
        if len(name.encode()) > _NAME_BYTES:
            raise Refusal(45158, "tag name too long")

    def delete(self, tag: int) -> None:
        for person in self._bearers.pop(tag):
            self._of[person].discard(tag)
        del self._names[tag]

    def give(self, tag: int, people: list[str]) -> None:
        if any(tag not in self._of[person] and len(self._of[person]) >= _MOST_OF_ONE for person in people):
            raise Refusal(45059, "tags of one fans is too many")
        for person in people:
            self._bearers[tag][person] = None
            self._of[person].add(tag)

    def take(self, tag: int, people: list[str]) -> None:
        for person in people:
            self._bearers[tag].pop(person, None)
            self._of[person].discard(tag)
