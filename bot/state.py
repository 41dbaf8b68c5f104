"""What a conversation keeps between two turns."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.call import Call
from models.clock import days, now

KEEP = days(10 / 1440)


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
        state = cls(
            waiting_for=kept.get("waiting_for", ""),
            partial=kept.get("partial", ""),
            lines=kept.get("lines", {}),
            place=kept.get("place", ""),
            files_for=kept.get("files_for", ""),
            spoken=kept.get("spoken", {}),
            misses=kept.get("misses", 0),
        )
        for name in ("pending", "more", "last"):
            if name in kept:
                setattr(state, name, Call.from_json(kept[name]))
        return state

    def dump(self) -> dict[str, Any]:
        """Only what is not empty, so that a quiet conversation costs little."""
        stored: dict[str, Any] = {
            name: call.to_json() for name in ("pending", "more", "last") if (call := getattr(self, name)) is not None
        }
        plain = ("waiting_for", "partial", "lines", "place", "files_for", "spoken", "misses")
        stored.update({name: value for name in plain if (value := getattr(self, name))})
        return {**stored, "at": now().isoformat()}
