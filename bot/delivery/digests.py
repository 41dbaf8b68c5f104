"""Digests: what waited for the morning goes out as one message."""

from typing import Any

from bot.delivery.words import words_of
from models import sql
from models.clock import now
from models.delivery.tables import Notice

OTHERS = """
UPDATE notice SET state = 'merged', reason = '并入汇总', settled_at = $3
WHERE receiver_id = $1 AND id <> $2 AND state = 'queued' AND digest AND attempts = 0 AND due_at <= $3
  AND (expires_at IS NULL OR expires_at > $3)
RETURNING id
"""


async def gather(notice: Notice) -> Notice:
    """Takes everything of the receiver's digest into this notice, in a transaction, before it is sent."""
    if notice.kind == "notice.digest":
        return notice
    taken = await sql.rows(OTHERS, notice.receiver_id, notice.id, now())  # type: ignore[attr-defined]
    others = await Notice.filter(id__in=[row["id"] for row in taken]).order_by("id")
    notice.kind, notice.facts = "notice.digest", {"lines": [_line(each) for each in (notice, *others)]}
    await Notice.filter(id=notice.id).update(kind=notice.kind, facts=notice.facts)
    return notice


def _line(notice: Notice) -> dict[str, Any]:
    card = words_of(notice)
    more = next((value for _, value in card.body), "")
    return {"title": card.title or more, "more": card.figure or (more if card.title else "")}
