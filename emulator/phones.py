"""Phones: one conversation per person and door, made of bubbles, and who waits for the next one."""

import asyncio
import itertools
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from . import bubbletext
from .clock import Clock
from .config import Person
from .deliveries import Deliveries
from .links import Span

Key = tuple[str, str]


@dataclass
class Bubble:
    """One thing on a phone's screen."""

    id: int
    door: str
    person: str
    at: float
    side: str
    kind: str
    body: dict[str, Any]
    active: bool = False
    recalled: bool = False

    @property
    def text(self) -> str:
        return "消息已撤回" if self.recalled else bubbletext.as_text(self.kind, self.body)

    @property
    def links(self) -> list[Span]:
        return [] if self.recalled else bubbletext.links(self.kind, self.body)

    def as_json(self, clock: Clock) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": clock.local(self.at).isoformat(timespec="seconds"),
            "from": {"me": "person", "them": "account", "system": "system"}[self.side],
            "kind": self.kind,
            "text": self.text,
            "active": self.active,
            "recalled": self.recalled,
            "links": [{"text": s.text, "kind": s.kind, "target": s.target, "menu_id": s.menu_id} for s in self.links],
            "body": self.body,
        }


@dataclass
class _Phone:
    bubbles: list[Bubble] = field(default_factory=list)
    arrivals: list[tuple[int, Bubble]] = field(default_factory=list)
    waiting: set[asyncio.Future[None]] = field(default_factory=set)


@dataclass
class _Cut:
    """A phone without connection: what it still shows at each door, and what waits for it."""

    screens: dict[str, list[Bubble]]
    waiting: list[Bubble] = field(default_factory=list)


class Phones:
    """Every phone, and every message on its way to one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._phones: dict[Key, _Phone] = defaultdict(_Phone)
        self._ids = itertools.count(1)
        self._marks = itertools.count(1)
        self._mark = 0
        self._cut: dict[str, _Cut] = {}
        self.deliveries = Deliveries()
        self.on_change: list[Callable[[Bubble, bool], None]] = []
        self.on_said: list[Callable[[Bubble], None]] = []

    def show(
        self, door: str, person: Person, side: str, kind: str, body: dict[str, Any], *, active: bool = False
    ) -> Bubble:
        bubble = Bubble(next(self._ids), door, person.id, self._clock.now(), side, kind, body, active)
        if not self._waits(bubble):
            self._put(bubble)
        return bubble

    def _put(self, bubble: Bubble) -> None:
        phone = self._phones[bubble.door, bubble.person]
        phone.bubbles.append(bubble)
        self._tell(bubble, new=True)
        if bubble.side != "me":
            self._say(bubble)
        if bubble.active:
            self._arrive(phone, bubble)

    def redraw(self, bubble: Bubble) -> None:
        """The person's own finger changed how it looks; nothing has arrived."""
        self._tell(bubble, new=False)

    def change(self, bubble: Bubble) -> None:
        """A bubble already shown looks different now; whoever waits for an answer has one."""
        if self._waits(bubble):
            return
        self._tell(bubble, new=False)
        self._say(bubble)
        self._arrive(self._phones[bubble.door, bubble.person], bubble)

    def deliver(
        self,
        door: str,
        person: Person,
        path: str,
        kind: str,
        payload: dict[str, Any],
        *,
        dropped: str | None = None,
        body: dict[str, Any] | None = None,
    ) -> Bubble | None:
        """Record an accepted message and show it, unless the platform drops it in silence."""
        self.deliveries.add(self._clock.now(), door, person.id, path, kind, payload, dropped)
        if dropped is not None:
            return None
        return self.show(door, person, "them", kind, payload if body is None else body, active=True)

    def cut(self, person: Person) -> None:
        """The phone loses its connection; the platforms go on accepting what is sent to it."""
        if person.id not in self._cut:
            mine = {door: phone.bubbles for (door, owner), phone in self._phones.items() if owner == person.id}
            self._cut[person.id] = _Cut({door: [replace(each) for each in bubbles] for door, bubbles in mine.items()})

    def connect(self, person: Person) -> None:
        """The phone is back, and everything that waited arrives in its order."""
        cut = self._cut.pop(person.id, None)
        for bubble in cut.waiting if cut else []:
            shown = self._phones[bubble.door, bubble.person].bubbles
            if shown and shown[-1].id >= bubble.id:
                self.change(bubble)
            else:
                self._put(bubble)

    def is_cut(self, person: Person) -> bool:
        return person.id in self._cut

    def _waits(self, bubble: Bubble) -> bool:
        """Does it have to wait for the connection? A card that changes twice waits once."""
        cut = self._cut.get(bubble.person)
        if cut is not None and all(each is not bubble for each in cut.waiting):
            cut.waiting.append(bubble)
        return cut is not None

    def bubbles(self, door: str, person: str) -> list[Bubble]:
        """What the phone shows."""
        cut = self._cut.get(person)
        return list(self._phones[door, person].bubbles if cut is None else cut.screens.get(door, []))

    def before(self, bubble: Bubble) -> Bubble | None:
        """The bubble above this one."""
        bubbles = self._phones[bubble.door, bubble.person].bubbles
        place = bisect_left(bubbles, bubble.id, key=lambda each: each.id)
        return bubbles[place - 1] if place else None

    def mark(self) -> int:
        """Now, as a point after which something may arrive."""
        return self._mark

    async def arrival(self, door: str, person: str, after: int, wait_s: float) -> Bubble | None:
        """The first active message or changed card since the mark, waiting for it if need be."""
        phone = self._phones[door, person]
        deadline = asyncio.get_running_loop().time() + wait_s
        while True:
            place = bisect_right(phone.arrivals, after, key=lambda each: each[0])
            if place < len(phone.arrivals):
                return phone.arrivals[place][1]
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return None
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            phone.waiting.add(future)
            await asyncio.wait([future], timeout=left)
            phone.waiting.discard(future)

    def transcript(self, door: str, person: Person, account: str) -> str:
        lines = []
        for bubble in self.bubbles(door, person.id):
            who = {"me": person.name, "them": account, "system": "—"}[bubble.side]
            lines.append(f"[{self._clock.local(bubble.at):%m-%d %H:%M}] {who}: {bubble.text}")
        return "\n".join(lines)

    def clear(self) -> None:
        self._wake_all()
        self._phones.clear()
        self._cut.clear()
        self.deliveries.clear()

    def _say(self, bubble: Bubble) -> None:
        for listener in self.on_said:
            listener(bubble)

    def _tell(self, bubble: Bubble, *, new: bool) -> None:
        for listener in self.on_change:
            listener(bubble, new)

    def _arrive(self, phone: _Phone, bubble: Bubble) -> None:
        self._mark = next(self._marks)
        phone.arrivals.append((self._mark, bubble))
        self._wake(phone)

    def _wake_all(self) -> None:
        for phone in self._phones.values():
            self._wake(phone)

    def _wake(self, phone: _Phone) -> None:
        for future in phone.waiting:
            if not future.done():
                future.set_result(None)
