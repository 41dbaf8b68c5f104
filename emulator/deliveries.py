"""What the platforms accepted: every message with its fate, counted as it comes so that asking costs nothing."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# What may differ between two sendings of one message.
_ENVELOPE = {"touser", "toparty", "totag", "client_msg_id", "enable_duplicate_check", "duplicate_check_interval"}


@dataclass
class Delivery:
    """A message the platform accepted, whether or not a phone ever showed it."""

    n: int
    at: float
    door: str
    person: str
    path: str
    kind: str
    payload: dict[str, Any]
    dropped: str | None = None


class _Tally:
    def __init__(self) -> None:
        self.accepted = 0
        self.duplicates = 0
        self.dropped: Counter[str] = Counter()
        self.receivers: set[str] = set()


class Deliveries:
    """All of them in order, by person, and in numbers by door."""

    def __init__(self) -> None:
        self._all: list[Delivery] = []
        self._of: dict[str, list[Delivery]] = defaultdict(list)
        self._tallies: dict[str, _Tally] = defaultdict(_Tally)
        self._seen: set[tuple[str, str, str, int]] = set()

    def add(
        self, at: float, door: str, person: str, path: str, kind: str, payload: dict[str, Any], dropped: str | None
    ) -> None:
        delivery = Delivery(len(self._all) + 1, at, door, person, path, kind, payload, dropped)
        self._all.append(delivery)
        self._of[person].append(delivery)
        tally = self._tallies[door]
        tally.accepted += 1
        tally.receivers.add(person)
        if dropped is not None:
            tally.dropped[dropped] += 1
            return
        said = {key: value for key, value in payload.items() if key not in _ENVELOPE}
        mark = (door, person, path, hash(json.dumps(said, sort_keys=True)))
        tally.duplicates += mark in self._seen
        self._seen.add(mark)

    def of(self, person: str | None, since: int) -> Sequence[Delivery]:
        """Those after number `since`, of one person or of all."""
        if person is None:
            return self._all[since:]
        return [each for each in self._of.get(person, []) if each.n > since]

    def count(self, door: str | None) -> dict[str, Any]:
        """Accepted person-times, distinct receivers, and how many saw the very same message again."""
        tallies = [self._tallies[door]] if door else list(self._tallies.values())
        return {
            "accepted": sum(each.accepted for each in tallies),
            "receivers": len(set().union(*(each.receivers for each in tallies))),
            "duplicates": sum(each.duplicates for each in tallies),
            "dropped": dict(sum((each.dropped for each in tallies), Counter())),
        }

    def clear(self) -> None:
        for part in (self._all, self._of, self._tallies, self._seen):
            part.clear()
