"""Telling people: one row for each receiver, in the transaction of what happened."""

import json
from datetime import timedelta
from typing import Any

from models import sql
from models.chat.tables import Conversation
from models.clock import at_local, local, now
from models.delivery.tables import Audience, Notice, NoticeState


async def reply_later(conversation_id: int, *, door: str, text: str) -> None:
    """Queues the reply to a line whose push has already been answered with nothing."""
    moment = now()
    conversation = await Conversation.get(id=conversation_id)
    await Notice.create(
        kind="turn.reply",
        receiver_id=conversation.person_id,  # type: ignore[attr-defined]
        conversation=conversation,
        facts={"text": text},
        door=door,
        urgent=True,
        created_at=moment,
        due_at=moment,
        expires_at=moment + timedelta(hours=1),
    )


COLLAPSE = """
UPDATE notice SET facts = $5::jsonb, repeats = repeats + 1, expires_at = $6
WHERE state = 'queued' AND attempts = 0 AND NOT urgent AND kind = $2::text AND about = $3::text AND created_at > $4
  AND receiver_id = ANY($1::bigint[])
RETURNING receiver_id
"""

# Whoever has just had one of this kind about the same gets the next when a while has passed; who wants quiet, when
# that is over; who wants a digest, with it. What is urgent waits for nothing.
QUEUE = """
INSERT INTO notice (kind, receiver_id, about, facts, door, answerable_id, urgent, state, attempts, reason, created_at,
  due_at, expires_at, worker, repeats, digest, batch, settled_at)
SELECT $2::text, told.id, $3::text, $4::jsonb, '', nullif($5::bigint, told.id), $6::bool,
  CASE WHEN wanted.not_at_all THEN 'muted' ELSE 'queued' END, 0,
  CASE WHEN wanted.not_at_all THEN '对方已关闭此类通知' ELSE '' END, $7::timestamptz,
  greatest($7::timestamptz, later.quiet, later.recent, CASE WHEN later.digest THEN $12::timestamptz END),
  greatest($8::timestamptz, later.quiet + interval '1 hour', CASE WHEN later.digest THEN $12::timestamptz + interval '1 hour' END),
  '', 1, coalesce(later.digest, false), '', CASE WHEN wanted.not_at_all THEN $7::timestamptz END
FROM unnest($1::bigint[]) WITH ORDINALITY AS told(id, nth)
CROSS JOIN LATERAL (
  SELECT coalesce(bool_or(wish.muted), false) AS muted, NOT $6::bool AND coalesce(bool_or(wish.digest), false) AS digest,
    (SELECT $9::timestamptz + make_interval(mins => until_minute + CASE WHEN until_minute <= $10::int THEN 1440 ELSE 0 END)
     FROM quiet_hours WHERE person_id = told.id AND NOT $6::bool AND CASE WHEN from_minute < until_minute
       THEN $10::int >= from_minute AND $10::int < until_minute ELSE $10::int >= from_minute OR $10::int < until_minute END) AS quiet,
    (SELECT max(n.created_at) + $11::interval FROM notice n WHERE NOT $6::bool AND $3::text <> '' AND n.about = $3::text
       AND n.receiver_id = told.id AND n.kind = $2::text AND n.created_at > $7::timestamptz - $11::interval) AS recent
  FROM preference wish WHERE wish.person_id = told.id AND wish.kind IN ('', $2::text)) later
CROSS JOIN LATERAL (SELECT later.muted AND NOT $6::bool AS not_at_all) wanted
WHERE $13::bool OR NOT wanted.not_at_all
ORDER BY told.nth
"""

REPEATS_WITHIN = timedelta(minutes=1)

DIGEST_HOUR = 8


async def tell(
    kind: str,
    *,
    about: str,
    facts: dict[str, Any],
    answerable: int | None = None,
    not_to: int | None = None,
    counted: bool = False,
    **audiences: list[int],
) -> int:
    """Queues a notice for everybody of the audiences that this kind goes to; says how many they are.

    `answerable` is the colleague who hears of it when it cannot be delivered; `not_to` is whoever did it and knows.
    Who has muted the kind gets none, unless it is urgent; a repeat joins the one that still waits. Where everybody is
    `counted`, as in a broadcast, who has muted it is written down as such.
    """
    told: set[int] = set() if not_to is None else {not_to}
    before = len(told)
    for rule in await Audience.filter(kind=kind, audience__in=list(audiences)):
        receivers = [each for each in dict.fromkeys(audiences[rule.audience]) if each not in told]
        told.update(receivers)
        await _queue(rule, receivers, about, facts, answerable, counted=counted)
    return len(told) - before


async def _queue(
    rule: Audience, receivers: list[int], about: str, facts: dict[str, Any], answerable: int | None, *, counted: bool
) -> None:
    moment, stored = now(), json.dumps(facts, ensure_ascii=False)
    expires = moment + timedelta(hours=rule.expires_hours)
    if about and not rule.urgent:
        since = moment - REPEATS_WITHIN
        joined = await sql.rows(COLLAPSE, receivers, rule.kind, about, since, stored, expires)
        already = {row["receiver_id"] for row in joined}
        receivers = [each for each in receivers if each not in already]
    if not receivers:
        return
    here = local(moment)
    digest = at_local(here.date(), DIGEST_HOUR)
    await sql.rows(
        QUEUE,
        receivers,
        rule.kind,
        about,
        stored,
        answerable,
        rule.urgent,
        moment,
        expires,
        at_local(here.date()),
        here.hour * 60 + here.minute,
        REPEATS_WITHIN,
        digest if digest > moment else digest + timedelta(days=1),
        counted,
    )


async def measure_notices() -> None:
    """Has PostgreSQL count the notices anew: a broadcast grows the table faster than it looks by itself.

    Plans made for a small table go through all that is queued for each receiver, minutes instead of seconds.
    """
    await sql.rows("ANALYZE notice")


async def pause_notices(about: str) -> int:
    """Holds back what a long command has queued and nobody has sent yet; says how many."""
    waiting = Notice.filter(about=about, state=NoticeState.queued.value).exclude(kind__in=["job.done", "job.failed"])
    return await waiting.update(state=NoticeState.paused.value)


async def resume_notices(about: str) -> int:
    """Lets them go, each when it is due, so that nobody is woken for it; says how many."""
    held = Notice.filter(about=about, state=NoticeState.paused.value)
    return await held.update(state=NoticeState.queued.value)
