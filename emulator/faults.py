"""Faults that were asked for: answers, delays and cuts for calls; doubles, delays, losses and disorder for pushes."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Any

from .simerrors import SimError, number

CALLBACK = "callback"
ANY_PATH = "*"
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
    hold: float = 0.0
    drop: str | None = None
    duplicate: int = 0
    late: float = 0.0
    reorder: bool = False
    lost: bool = False
    report: str | None = None
    skip: int = 0

    def hits(self, path: str, door: str | None) -> bool:
        """Is it meant for this call or push? Pushes have to be named."""
        named = self.path == path or (self.path == ANY_PATH and path != CALLBACK)
        return named and self.door in (None, door)

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
        taken = None
        for fault in [each for each in self._faults if each.hits(path, door)]:
            if fault.skip:
                # Counted even when another fault has this call, so that "the third" stays the third.
                fault.skip -= 1
            elif taken is None:
                taken = fault
        if taken is not None and taken.times != FOR_EVER:
            taken.times -= 1
            if taken.times == 0:
                self._faults.remove(taken)
        return taken

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

    def pending(self) -> list[dict[str, Any]]:
        """What is still to go wrong."""
        return [asdict(fault) for fault in self._faults]

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
    if not set(wanted) - {"path", "times", "door", "skip"}:
        raise SimError("a fault needs something that goes wrong")
    return Fault(
        path=wanted["path"],
        times=int(number(wanted.get("times", 1), "times")),
        door=wanted.get("door"),
        answer=wanted.get("answer"),
        delay=number(wanted.get("delay", 0), "delay"),
        hold=number(wanted.get("hold", 0), "hold"),
        drop="before" if drop is True else drop or None,
        duplicate=int(number(wanted.get("duplicate", 0), "duplicate")),
        late=number(wanted.get("late", 0), "late"),
        reorder=bool(wanted.get("reorder", False)),
        lost=bool(wanted.get("lost", False)),
        report=wanted.get("report"),
        skip=int(number(wanted.get("skip", 0), "skip")),
    )
