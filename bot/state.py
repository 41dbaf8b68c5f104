"""What a conversation keeps between two turns."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.call import Call
from models.clock import days, now

KEEP = days(10 / 1440)

CALLS = ("pending", "more", "last")
PLAIN = ("waiting_for", "partial", "lines", "place", "files_for", "spoken", "misses")


@dataclass(slots=True)
class State:
    """What a conversation waits for, as it is stored between turns.

    `spoken` are the documents of the latest answers, by their prefix, the latest kind last.
    """

    pending: Call | None = None
    waiting_for: str = ""
    more: Call | None = None
    last: Call | None = None
    partial: str = ""
    lines: dict[str, str] = field(default_factory=dict)
    place: str = ""
    files_for: str = ""
    spoken: dict[str, list[str]] = field(default_factory=dict)
    misses: int = 0

    @classmethod
    def load(cls, stored: dict[str, Any]) -> "State":
        """The state of the turn before; what it waited for is forgotten after ten minutes."""
        fresh = bool(stored.get("at")) and now() - datetime.fromisoformat(stored["at"]) < KEEP
        kept = stored if fresh else {}
        state = cls(**{name: kept[name] for name in PLAIN if name in kept})
        for name in CALLS:
            if name in kept:
                setattr(state, name, Call.from_json(kept[name]))
        return state

    def dump(self) -> dict[str, Any]:
        """Only what is not empty, so that a quiet conversation costs little."""
        stored: dict[str, Any] = {"at": now().isoformat()}
        for name in CALLS:
            if (call := getattr(self, name)) is not None:
                stored[name] = call.to_json()
        for name in PLAIN:
            if value := getattr(self, name):
                stored[name] = value
        return stored
