"""Faults that were asked for: answers, delays and cuts for calls; doubles, delays and disorder for pushes."""

import asyncio
from dataclasses import dataclass
from typing import Any

from .simerrors import SimError, number

CALLBACK = "callback"
FOR_EVER = -1
_HELD_S = 5.0


@dataclass
class Fault:
    """What happens to the next calls of one path."""

    path: str
    times: int
    door: str | None = None
    answer: Any = None
    delay: float = 0.0
    drop: str | None = None
    duplicate: int = 0
    late: float = 0.0
    reorder: bool = False

    @property
    def status(self) -> int:
        return int(self.answer.get("status", 200)) if self.is_raw else 200

    @property
    def is_raw(self) -> bool:
        return isinstance(self.answer, dict) and "text" in self.answer and set(self.answer) <= {"status", "text"}


class Faults:
    """The faults still to come, oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._held: dict[str, asyncio.Event] = {}

    def add(self, wanted: dict[str, Any]) -> None:
        self._faults.append(_read(wanted))

    def take(self, path: str, door: str | None) -> Fault | None:
        for fault in self._faults:
            if fault.path == path and fault.door in (None, door):
                if fault.times != FOR_EVER:
                    fault.times -= 1
                if fault.times == 0:
                    self._faults.remove(fault)
                return fault
        return None

    async def hold(self, door: str) -> None:
        """Let the next push of this door overtake; without one, go on after a while."""
        event = self._held.setdefault(door, asyncio.Event())
        try:
            async with asyncio.timeout(_HELD_S):
                await event.wait()
        except TimeoutError:
            self._held.pop(door, None)

    def overtaken(self, door: str) -> None:
        event = self._held.pop(door, None)
        if event is not None:
            event.set()

    def clear(self) -> None:
        self._faults.clear()
        for door in list(self._held):
            self.overtaken(door)


def _read(wanted: dict[str, Any]) -> Fault:
    unknown = set(wanted) - set(Fault.__dataclass_fields__)
    if unknown:
        raise SimError(f"unknown keys {sorted(unknown)}", known=sorted(Fault.__dataclass_fields__))
    if not isinstance(wanted.get("path"), str):
        raise SimError("a fault needs a path")
    drop = wanted.get("drop")
    if drop not in (None, False, True, "before", "after"):
        raise SimError("drop is before, after or true")
    if wanted.get("times") == 0:
        raise SimError("times is how often, or -1 for ever")
    if not set(wanted) - {"path", "times", "door"}:
        raise SimError("a fault needs something that goes wrong")
    return Fault(
        path=wanted["path"],
        times=int(number(wanted.get("times", 1), "times")),
        door=wanted.get("door"),
        answer=wanted.get("answer"),
        delay=number(wanted.get("delay", 0), "delay"),
        drop="before" if drop is True else drop or None,
        duplicate=int(number(wanted.get("duplicate", 0), "duplicate")),
        late=number(wanted.get("late", 0), "late"),
        reorder=bool(wanted.get("reorder", False)),
    )
