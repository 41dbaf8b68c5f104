"""Turns: one person's pushes run in turn, a repeated push gets the reply it had, a slow one is answered later."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import structlog

from bot.conversation import Conversation
from bot.rendering import templates
from bot.rendering.card import Card
from bot.rendering.text import as_text
from bot.state import State
from handlers.actor import Actor, from_row, nobody
from models import sql
from models.batching import Batch
from models.chat.binding import ensure_conversation
from models.clock import now
from models.database import is_away
from models.delivery.telling import reply_later
from models.errors import Refused
from models.transactions import Reading, WouldWrite, transaction

log = structlog.get_logger()

SLOW_AFTER_S = 4.5
QUEUE = 20
KEPT_KEYS = 20
KEPT_REPLIES = 3

# A row's xmin is its version: it changes with every update, whoever makes it.
WHO = """
c.id AS conversation, c.xmin::text AS version, c.turns::text AS turns, c.state::text AS state,
p.id, p.number, p.name, p.nickname, p.roles, p.customer_id, p.department_id
"""

LOOK = Batch(f"""
SELECT asked.nth, {WHO}
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(door, identity, nth)
JOIN conversation c ON c.door = asked.door AND c.external_id = asked.identity
LEFT JOIN person p ON p.id = c.person_id AND p.active
""")

LOCK = f"""
SELECT {WHO} FROM conversation c LEFT JOIN person p ON p.id = c.person_id AND p.active
WHERE c.door = $1 AND c.external_id = $2 FOR UPDATE OF c
"""

# Without a version the row is ours already; with one, a row that changed since, is held by somebody, or whose reply is
# owed by a worker is left alone. A menu click must not shorten the 48 hours that a message opened.
SAVE = Batch("""
WITH given AS (
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::int[],
    $8::bool[]) WITH ORDINALITY AS given(id, version, key, turns, state, until, count, reachable, nth)),
 ours AS (
  SELECT c.id FROM conversation c JOIN given ON given.id = c.id
  WHERE given.version = '' OR given.version = c.xmin::text
    AND NOT EXISTS (SELECT FROM inbox WHERE key = given.key AND inbox.state = 'waiting')
  FOR UPDATE OF c SKIP LOCKED)
UPDATE conversation SET turns = given.turns::jsonb, state = given.state::jsonb,
  reachable = coalesce(given.reachable, conversation.reachable),
  window_until = CASE WHEN until > coalesce(window_until, '-infinity') THEN until ELSE window_until END,
  window_left = CASE WHEN until > coalesce(window_until, '-infinity') THEN count ELSE window_left END
FROM given JOIN ours ON ours.id = given.id WHERE conversation.id = given.id RETURNING given.nth
""")

REPORTS = {"grants", "sent", "member", "party", "contact"}
"""Events that the platform tells of a person: they say nothing of whether that person can be reached."""

UNANSWERED = {*REPORTS, "leave"}
"""Events that nobody waits to hear about, or can be told of."""

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
        await _either(task, slow_after_s)
        if task.done():
            return await _reply_of(task, turn)
        await park(turn)
        # The turn may have ended between the timer and the row; then nobody else carries its reply.
        # One that failed leaves its row waiting, so that a worker runs it again.
        if task.done() and not task.exception() and await sql.rows(CARRY, turn.full_key):
            return task.result()
        task.add_done_callback(_log_failure)
        return ""

    async def run(self, turn: Turn, *, links: bool) -> str:
        """One turn, after the turns of the same person before it: at once if it only asks, else in a transaction."""
        where = (turn.door, turn.identity)
        lane = self._lanes.setdefault(where, Lane())
        if lane.waiting >= QUEUE:
            await park(turn)
            return ""
        lane.waiting += 1
        try:
            async with lane.lock:
                if not turn.event and (reply := await self._ask(turn, links)) is not None:
                    return reply
                return await transaction(self._take, turn, links)
        finally:
            lane.waiting -= 1
            if not lane.waiting:
                self._lanes.pop(where, None)

    async def drain(self) -> None:
        """Waits for the turns that run; called before the process ends."""
        if self._running:
            await asyncio.wait(self._running)

    async def _ask(self, turn: Turn, links: bool) -> str | None:
        """The reply to a line that changes nothing but the conversation; None where it takes the row's lock.

        No lock is held meanwhile: the reply counts only if the conversation is saved as the one that was read.
        """
        row = await LOOK.row(turn.door, turn.identity)
        if row is None or turn.full_key in row["turns"]:
            return None
        try:
            with Reading():
                reply, state = await self._reply(turn, row, links)
        except WouldWrite:
            return None
        return reply if await _save(turn, row, state, reply, version=row["version"]) else None

    async def _take(self, turn: Turn, links: bool) -> str:
        row = await _lock(turn)
        for key, *kept in orjson.loads(row["turns"]):
            if key == turn.full_key:
                # State is read after the lock, so a repeat on another worker sees the reply that was saved.
                await sql.rows(CARRY, turn.full_key)
                return kept[0] if kept else ""
        reply, state = await self._reply(turn, row, links)
        await _save(turn, row, state, reply)
        if await sql.rows(CARRY, turn.full_key) and reply:
            await reply_later(row["conversation"], door=turn.door, text=reply)
        return reply

    async def _reply(self, turn: Turn, row: Mapping[str, Any], links: bool) -> tuple[str, State]:
        state = State.load(orjson.loads(row["state"]))
        card = await self._card(_actor(turn, row), state, turn)
        return as_text(card, links=links) if card else "", state

    async def _card(self, me: Actor, state: State, turn: Turn) -> Card | None:
        if turn.event:
            answerer = self._events.get(turn.event)
            return await answerer(me, state, turn) if answerer else None
        return await Conversation(me, state).say(turn.line)


async def _either(task: "asyncio.Task[str]", seconds: float) -> None:
    """Until a task has ended, or so long; the task goes on. What asyncio.wait() does for many, at every turn."""
    loop = task.get_loop()
    over: asyncio.Future[None] = loop.create_future()

    def end(*_: Any) -> None:
        if not over.done():
            over.set_result(None)

    timer = loop.call_later(seconds, end)
    task.add_done_callback(end)
    try:
        await over
    finally:
        timer.cancel()
        task.remove_done_callback(end)


async def _reply_of(task: "asyncio.Task[str]", turn: Turn) -> str:
    """What a turn answers; one that failed for a reason of ours answers with the number under which it was logged.

    Who waits for words is not left without. The platform's own reports are sent again instead, as is whatever came while
    the database was away.
    """
    try:
        return task.result()
    except Exception as error:  # the outer edge of messages
        if is_away(error) or turn.event in UNANSWERED:
            raise
        trace = secrets.token_hex(4)
        log.error("turn.failed", key=turn.full_key, trace=trace, exc_info=error)
        words = as_text(templates.render("talk/failed", {"trace": trace}), links=False)
        if turn.event != "card":
            return words
    # A tapped card has no reply of its own (WeCom 90241).
    await transaction(_reply_later, turn, words)
    return ""


async def _reply_later(turn: Turn, words: str) -> None:
    await reply_later((await _lock(turn))["conversation"], door=turn.door, text=words)


def as_json(value: Any) -> str:
    """What a jsonb column takes."""
    return orjson.dumps(value).decode()


async def park(turn: Turn) -> None:
    """Commits a turn to the inbox: from now on a worker owes its reply, whatever becomes of this one."""
    stored = as_json(asdict(turn))
    await sql.rows(PARK, turn.full_key, turn.door, turn.identity, stored, now())


async def give_up(turn: Turn) -> None:
    """Answers a line that fails every time with just that, a report with nothing, once and for all; in a transaction."""
    row = await _lock(turn)
    if not await sql.rows(CARRY, turn.full_key):
        return
    reply = ""
    if turn.event not in UNANSWERED:
        reply = as_text(templates.render("talk/given_up", {"line": turn.line[:40]}), links=False)
    await _save(turn, row, State.load(orjson.loads(row["state"])), reply)
    if reply:
        await reply_later(row["conversation"], door=turn.door, text=reply)


async def _lock(turn: Turn) -> dict[str, Any]:
    row = await sql.row(LOCK, turn.door, turn.identity)
    if row is None:
        await ensure_conversation(turn.door, turn.identity)
        row = await sql.row(LOCK, turn.door, turn.identity)
        assert row is not None
    return row


def _actor(turn: Turn, row: Mapping[str, Any]) -> Actor:
    if row["id"] is None:
        return nobody(turn.door, turn.identity, turn.full_key)
    return from_row(row, door=turn.door, turn=turn.full_key, identity=turn.identity)


async def _save(turn: Turn, row: Mapping[str, Any], state: State, reply: str, *, version: str = "") -> bool:
    """Keeps the reply under its key, and the state; False if the row is no longer of this version."""
    turns = orjson.loads(row["turns"])
    kept = [[turn.full_key, reply], *turns[: KEPT_REPLIES - 1], *([each[0]] for each in turns[KEPT_REPLIES - 1 :])]
    window = turn.window
    return bool(
        await SAVE.rows(
            row["conversation"],
            version,
            turn.full_key,
            as_json(kept[:KEPT_KEYS]),
            as_json(state.dump()),
            now() + timedelta(seconds=window.seconds) if window else None,
            window.count if window else 0,
            None if turn.event in REPORTS else turn.event != "leave",
        )
    )


def _log_failure(task: "asyncio.Task[str]") -> None:
    if not task.cancelled() and (error := task.exception()) and not isinstance(error, Refused):
        log.error("turn.failed", error=repr(error))
