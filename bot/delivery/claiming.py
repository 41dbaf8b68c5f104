"""Claiming notices by receiver, so that each person's come in order however many workers there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.delivery.doubts import CALL_TAKES, doubt_of
from models import sql
from models.clock import days, now
from models.delivery.tables import Attempt, Notice, NoticeState
from models.transactions import transaction

SECOND = days(1 / 86400)
LEASE = CALL_TAKES
MANY = 1000

PATIENCE = days(10 / 1440)
"""So long a notice waits for a quota before the next way is tried."""

READY = """
(SELECT receiver_id FROM notice WHERE state = 'queued' AND urgent AND due_at <= $1 AND receiver_id IS NOT NULL LIMIT $2)
UNION
(SELECT receiver_id FROM notice WHERE state = 'queued' AND due_at <= $1 AND receiver_id IS NOT NULL
 ORDER BY due_at LIMIT 2 * $2::int)
"""

# What is urgent comes first, the rest in the order it was told. One that failed holds up those after it; one that is
# held for quiet hours or a digest does not. The lock is on the people, and none that foreign keys of new notices
# would wait for. Who is ready comes as a list: a broadcast grows the table faster than PostgreSQL takes its measure,
# and a join planned for two people would look through all that is queued for each of two thousand.
RECEIVERS = """
SELECT p.id FROM person p
JOIN (
  SELECT DISTINCT ON (receiver_id) receiver_id, due_at, urgent FROM notice n
  WHERE receiver_id = ANY($3::bigint[]) AND state = 'queued' AND (due_at <= $1 OR attempts > 0)
  ORDER BY receiver_id, urgent DESC, id
) head ON head.receiver_id = p.id AND head.due_at <= $1
WHERE p.id = ANY($3::bigint[])
  AND NOT EXISTS (SELECT FROM notice s WHERE s.receiver_id = p.id AND s.state = 'sending')
ORDER BY head.urgent DESC, head.due_at LIMIT $2 FOR NO KEY UPDATE OF p SKIP LOCKED
"""

# The state is asked twice: a broadcast may be paused between the choice and the update, which waits for it.
TAKE = """
UPDATE notice SET state = 'sending', worker = $2, due_at = $3, attempts = attempts + 1
WHERE id IN (
    SELECT DISTINCT ON (receiver_id) id FROM notice
    WHERE receiver_id = ANY($1::bigint[]) AND state = 'queued' AND (due_at <= $4 OR attempts > 0)
    ORDER BY receiver_id, urgent DESC, id)
  AND state = 'queued' AND due_at <= $4
  AND NOT EXISTS (SELECT FROM notice s WHERE s.receiver_id = notice.receiver_id AND s.state = 'sending')
RETURNING id
"""

STRANGERS = """
UPDATE notice SET state = 'sending', worker = $2, due_at = $3, attempts = attempts + 1 WHERE id IN (
  SELECT id FROM notice WHERE receiver_id IS NULL AND state = 'queued' AND due_at <= $1
  ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED)
RETURNING id
"""

LEFT = """
SELECT id FROM notice WHERE state = 'sending' AND batch = '' AND due_at < $1
ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED
"""

ORPHANS = """
UPDATE notice n SET state = 'queued', due_at = $2, worker = '', orphaned = orphaned + 1
WHERE id = ANY($1::bigint[]) AND NOT EXISTS (SELECT FROM attempt a WHERE a.notice_id = n.id AND a.outcome = 'sending')
RETURNING id
"""

# A worker that was slow for longer than its lease must not send what another has taken over meanwhile.
KEEP = """
UPDATE notice SET due_at = $4 WHERE id = $1 AND state = 'sending' AND worker = $2 AND attempts = $3 RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """Who claims; the name says in the table which process it was."""

    name: str


async def claim(worker: Worker) -> list[Notice]:
    """The next notice of each of some receivers, marked as being sent by this worker."""
    ids = await transaction(_claim, worker)
    return await Notice.filter(id__in=ids).order_by("id") if ids else []


async def _claim(worker: Worker) -> list[int]:
    moment = now()
    ready = [row["receiver_id"] for row in await sql.rows(READY, moment, MANY)]
    receivers = [row["id"] for row in await sql.rows(RECEIVERS, moment, MANY, ready)] if ready else []
    taken: list[dict[str, Any]] = []
    if receivers:
        taken += await sql.rows(TAKE, receivers, worker.name, moment + LEASE, moment)
    taken += await sql.rows(STRANGERS, moment, worker.name, moment + LEASE)
    return [row["id"] for row in taken]


async def keep(notice: Notice) -> bool:
    """Makes sure that a notice is still this worker's to send, and keeps it for as long as one call can take."""
    return await sql.row(KEEP, notice.id, notice.worker, notice.attempts, now() + LEASE) is not None


async def recover() -> int:
    """Settles what a worker that died was sending; says how many.

    Without a begun attempt nothing left the house, so it is sent again. With one, it is sent again only while the
    platform drops a repeat, or where it is urgent; else nobody knows, and the board says so.
    """
    return await transaction(_recover)


async def _recover() -> int:
    found = {row["id"] for row in await sql.rows(LEFT, now())}
    orphans = {row["id"] for row in await sql.rows(ORPHANS, list(found), now())} if found else set()
    for notice in await Notice.filter(id__in=found - orphans):
        await Attempt.filter(notice_id=notice.id, outcome="sending").update(outcome="unknown", ended_at=now())
        doubt = doubt_of(await Attempt.filter(notice_id=notice.id).order_by("id"))
        if notice.urgent or (doubt and not doubt.is_lasting(now())):
            await Notice.filter(id=notice.id).update(state=NoticeState.queued.value, due_at=now(), worker="")
        else:
            await settle([notice.id], NoticeState.uncertain, "发送时中断，不知道有没有送到")
    return len(found)


async def settle(notices: Sequence[int], state: NoticeState, reason: str = "") -> None:
    """Ends some notices."""
    await Notice.filter(id__in=list(notices)).update(
        state=state.value, reason=reason[:200], settled_at=now(), worker="", batch=""
    )
