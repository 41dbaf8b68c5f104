"""The wire: every push and every API call, for /sim/calls and for the page's log."""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock

_SECRET_KEYS = {
    "access_token",
    "refresh_token",
    "user_ticket",
    "welcome_code",
    "secret",
    "appsecret",
    "corpsecret",
    "session_key",
    "js_code",
    "debug",
}
_MASK = "***"


def mask(value: Any) -> Any:
    """The same data without what must not be seen in a log."""
    if isinstance(value, Mapping):
        return {key: _MASK if key in _SECRET_KEYS and item else mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item) for item in value]
    return value


def pretty(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


@dataclass
class Entry:
    """One row of the log; its parts are shown when it is opened."""

    id: int
    at: float
    direction: str
    title: str
    door: str
    person: str = ""
    state: str = ""
    good: bool = True
    parts: list[tuple[str, str]] = field(default_factory=list)


class Journal:
    """Keeps the calls to be asked for, and the newest log entries to be looked at."""

    def __init__(self, clock: Clock, calls_kept: int) -> None:
        self._clock = clock
        self._ids = itertools.count(1)
        self._calls: deque[dict[str, Any]] = deque(maxlen=calls_kept)
        self._last_call = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False
        self.entries: deque[Entry] = deque(maxlen=300)
        self.on_change: list[Callable[[Entry, bool], None]] = []

    def open(self, direction: str, title: str, door: str, person: str = "") -> Entry:
        entry = Entry(next(self._ids), self._clock.now(), direction, title, door, person)
        self.entries.append(entry)
        self._tell(entry, new=True)
        return entry

    def update(self, entry: Entry) -> None:
        self._tell(entry, new=False)

    def note(self, title: str, door: str, person: str = "", parts: list[tuple[str, str]] | None = None) -> None:
        entry = Entry(next(self._ids), self._clock.now(), "note", title, door, person, parts=parts or [])
        self.entries.append(entry)
        self._tell(entry, new=True)

    def call(self, **facts: Any) -> None:
        self._last_call += 1
        at = self._clock.local(self._clock.now()).isoformat(timespec="milliseconds")
        self._calls.append({"n": self._last_call, **facts, "at": at})
        self._wake()

    async def calls(self, since: int, wait_s: float) -> dict[str, Any]:
        """The calls after number `since`, waiting for the first of them."""
        deadline = asyncio.get_running_loop().time() + wait_s
        while True:
            first = self._calls[0]["n"] if self._calls else 0
            found = list(itertools.islice(self._calls, max(0, since + 1 - first), None)) if first else []
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0 or self._closed:
                return {"calls": mask(found), "next": self._last_call}
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            await asyncio.wait([future], timeout=left)
            self._waiting.discard(future)

    def clear(self) -> None:
        """Forget all; numbers go on, so that a `since` from before stays right."""
        self._calls.clear()
        self.entries.clear()

    def close(self) -> None:
        """Let everyone go who waits, so that the server can stop."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def _tell(self, entry: Entry, *, new: bool) -> None:
        for listener in self.on_change:
            listener(entry, new)
