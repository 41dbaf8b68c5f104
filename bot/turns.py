"""Turns: one person's pushes run in turn, a repeated push gets the reply it had, a slow one is answered later."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog

from bot.conversation import Conversation, State
from bot.rendering.card import Card
from bot.rendering.text import as_text
from handlers.actor import Actor, from_row, nobody
from models import sql
from models.chat.binding import ensure_conversation
from models.clock import days, now
from models.delivery.telling import reply_later
from models.errors import Refused
from models.transactions import transaction

log = structlog.get_logger()

SLOW_AFTER_S = 4.5
QUEUE = 20
KEPT_KEYS = 20
KEPT_REPLIES = 3

SEEK = """
SELECT c.id AS conversation, c.turns::text AS turns, c.state::text AS state, c.greeted_on,
  p.id, p.number, p.name, p.nickname, p.roles, p.customer_id, p.department_id
FROM conversation c LEFT JOIN person p ON p.id = c.person_id AND p.active
WHERE c.door = $1 AND c.external_id = $2 FOR UPDATE OF c
"""

# A menu click must not shorten the 48 hours that a message opened.
SAVE = """
WITH late AS (UPDATE inbox SET state = 'answered' WHERE key = $4 AND state = 'waiting' RETURNING id),
  opened AS (SELECT $5::timestamptz AS until, $6::int AS count)
UPDATE conversation SET turns = $2::jsonb, state = $3::jsonb, reachable = $7,
  window_until = CASE WHEN opened.until > coalesce(window_until, '-infinity') THEN opened.until ELSE window_until END,
  window_left = CASE WHEN opened.until > coalesce(window_until, '-infinity') THEN opened.count ELSE window_left END
FROM opened WHERE conversation.id = $1 RETURNING (SELECT count(*) FROM late) AS late
"""

CARRY = "UPDATE inbox SET state = 'answered' WHERE key = $1 AND state = 'waiting' RETURNING id"

PARK = """
INSERT INTO inbox (key, door, external_id, turn, state, created_at) VALUES ($1, $2, $3, $4::jsonb, 'waiting', $5)
ON CONFLICT (key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Window:
    """The right to send customer-service messages that a push opens: so many, for so long (wechat: 客服消息)."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What came through a door: who, which push, and the line it amounts to; or an event with facts of its own."""

    door: str
    identity: str
    key: str
    line: str = ""
    event: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    window: Window | None = None

    @property
    def full_key(self) -> str:
        """The key, told apart from other doors' keys."""
        return f"{self.door}:{self.key}"[:160]

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Turn":
        """A turn that waited in the inbox."""
        window = Window(**stored["window"]) if stored.get("window") else None
        return cls(**{**stored, "window": window})


@dataclass(slots=True)
class Lane:
    """One person at one door: who runs now, and how many wait."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


Answerer = Callable[[Actor, State, "Turn"], Awaitable[Card | None]]


class Turns:
    """Runs turns for every door of this process."""

    def __init__(self, events: Mapping[str, Answerer] | None = None) -> None:
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._running: set[asyncio.Task[str]] = set()
        self._events = events or {}

    async def answer(self, turn: Turn, *, links: bool, slow_after_s: float = SLOW_AFTER_S) -> str:
        """The reply to send back now; "" when there is none, or when it will come later by itself."""
        task = asyncio.create_task(self.run(turn, links=links))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({task}, timeout=slow_after_s)
        if done:
            return task.result()
        await park(turn)
        # The turn may have ended between the timer and the row; then nobody else carries its reply.
        # One that failed leaves its row waiting, so that a worker runs it again.
        if task.done() and not task.exception() and await sql.rows(CARRY, turn.full_key):
            return task.result()
        task.add_done_callback(_log_failure)
        return ""

    async def run(self, turn: Turn, *, links: bool) -> str:
        """One turn in its own transaction, after the turns of the same person before it."""
        async with self._lane(turn) as admitted:
            if not admitted:
                await park(turn)
                return ""
            return await transaction(self._take, turn, links)

    async def drain(self) -> None:
        """Waits for the turns that run; called before the process ends."""
        if self._running:
            await asyncio.wait(self._running)

    @asynccontextmanager
    async def _lane(self, turn: Turn) -> Any:
        where = (turn.door, turn.identity)
        lane = self._lanes.setdefault(where, Lane())
        if lane.waiting >= QUEUE:
            yield False
            return
        lane.waiting += 1
        try:
            async with lane.lock:
                yield True
        finally:
            lane.waiting -= 1
            if not lane.waiting:
                self._lanes.pop(where, None)

    async def _take(self, turn: Turn, links: bool) -> str:
        row = await _seek(turn)
        turns: list[list[str]] = json.loads(row["turns"])
        for key, reply in ((each[0], each[1] if len(each) > 1 else "") for each in turns):
            if key == turn.full_key:
                # State is read after the lock, so a repeat on another worker sees the reply that was saved.
                await sql.rows(CARRY, turn.full_key)
                return reply
        me = _actor(turn, row)
        state = State.load(json.loads(row["state"]))
        card = await self._card(me, state, turn)
        reply = as_text(card, links=links) if card else ""
        await _save(turn, row["conversation"], turns, state, reply)
        return reply

    async def _card(self, me: Actor, state: State, turn: Turn) -> Card | None:
        if turn.event:
            answerer = self._events.get(turn.event)
            return await answerer(me, state, turn) if answerer else None
        return await Conversation(me, state).say(turn.line)


async def park(turn: Turn) -> None:
    """Commits a turn to the inbox: from now on a worker owes its reply, whatever becomes of this one."""
    stored = json.dumps(asdict(turn), ensure_ascii=False)
    await sql.rows(PARK, turn.full_key, turn.door, turn.identity, stored, now())


async def _seek(turn: Turn) -> dict[str, Any]:
    row = await sql.row(SEEK, turn.door, turn.identity)
    if row is None:
        await ensure_conversation(turn.door, turn.identity)
        row = await sql.row(SEEK, turn.door, turn.identity)
        assert row is not None
    return row


def _actor(turn: Turn, row: dict[str, Any]) -> Actor:
    if row["id"] is None:
        return nobody(turn.door, turn.identity, turn.full_key)
    return from_row(row, door=turn.door, turn=turn.full_key, identity=turn.identity)


async def _save(turn: Turn, conversation: int, turns: list[list[str]], state: State, reply: str) -> None:
    kept = [[turn.full_key, reply], *turns[: KEPT_REPLIES - 1], *([each[0]] for each in turns[KEPT_REPLIES - 1 :])]
    window = turn.window
    saved = await sql.row(
        SAVE,
        conversation,
        json.dumps(kept[:KEPT_KEYS], ensure_ascii=False),
        json.dumps(state.dump(), ensure_ascii=False),
        turn.full_key,
        now() + days(window.seconds / 86400) if window else None,
        window.count if window else 0,
        turn.event != "leave",
    )
    if saved and saved["late"] and reply:
        await _send_later(conversation, turn, reply)


async def _send_later(conversation: int, turn: Turn, reply: str) -> None:
    await reply_later(conversation, door=turn.door, text=reply)


def _log_failure(task: "asyncio.Task[str]") -> None:
    if not task.cancelled() and (error := task.exception()) and not isinstance(error, Refused):
        log.error("turn.failed", error=repr(error))
