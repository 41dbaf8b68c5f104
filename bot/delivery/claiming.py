"""Claiming notices by receiver, so that each person's come in order however many workers there are."""

from dataclasses import dataclass
from typing import Any

from models import sql
from models.clock import days, now
from models.delivery.tables import Attempt, Notice, NoticeState
from models.transactions import transaction

LEASE = days(30 / 86400)
BATCH = 50

# The lock is on the people, and none that foreign keys of new notices would wait for.
RECEIVERS = """
SELECT p.id FROM person p
JOIN LATERAL (
  SELECT due_at, urgent FROM notice n WHERE n.receiver_id = p.id AND n.state = 'queued' ORDER BY n.id LIMIT 1
) head ON true
WHERE p.id IN (SELECT receiver_id FROM notice WHERE state = 'queued' AND due_at <= $1 LIMIT 2000)
  AND head.due_at <= $1
  AND NOT EXISTS (SELECT FROM notice s WHERE s.receiver_id = p.id AND s.state = 'sending')
ORDER BY head.urgent DESC, head.due_at LIMIT $2 FOR NO KEY UPDATE OF p SKIP LOCKED
"""

TAKE = """
UPDATE notice SET state = 'sending', worker = $2, due_at = $3, attempts = attempts + 1
WHERE id IN (SELECT min(id) FROM notice WHERE receiver_id = ANY($1::bigint[]) AND state = 'queued' GROUP BY receiver_id)
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
SELECT id FROM notice WHERE state = 'sending' AND due_at < $1 ORDER BY id LIMIT 200 FOR UPDATE SKIP LOCKED
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
    receivers = [row["id"] for row in await sql.rows(RECEIVERS, moment, BATCH)]
    taken: list[dict[str, Any]] = []
    if receivers:
        taken += await sql.rows(TAKE, receivers, worker.name, moment + LEASE)
    taken += await sql.rows(STRANGERS, moment, worker.name, moment + LEASE)
    return [row["id"] for row in taken]


async def recover() -> int:
    """Settles what a worker that died was sending; says how many.

    Without a begun attempt nothing left the house, so it is sent again. With one, it is sent again only where the
    platform drops a repeat, or where it is urgent; else nobody knows, and the board says so.
    """
    return await transaction(_recover)


async def _recover() -> int:
    found = [row["id"] for row in await sql.rows(LEFT, now())]
    for notice in await Notice.filter(id__in=found):
        begun = await Attempt.filter(notice_id=notice.id, outcome="sending").order_by("-id").first()
        if begun is None or begun.way in KEYED or notice.urgent:
            if begun:
                await Attempt.filter(id=begun.id).update(outcome="unknown", ended_at=now())
            await Notice.filter(id=notice.id).update(state=NoticeState.queued.value, due_at=now(), worker="")
        else:
            await Attempt.filter(id=begun.id).update(outcome="unknown", ended_at=now())
            await settle(notice, NoticeState.uncertain, "发送时中断，不知道有没有送到")
    return len(found)


KEYED = {"work_card", "work_text", "official_template"}
"""Ways whose platform recognises a repeat: task_id, duplicate check, client_msg_id."""


async def settle(notice: Notice, state: NoticeState, reason: str = "") -> None:
    """Ends a notice."""
    await Notice.filter(id=notice.id).update(state=state.value, reason=reason[:200], settled_at=now(), worker="")
