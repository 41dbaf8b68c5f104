"""One WeChat user at several doors: the union id that WeChat gives to all apps of one company (UnionID 机制说明)."""

from models import sql
from models.chat.binding import bind
from models.chat.tables import Conversation, Door
from models.clock import days, now
from models.delivery.telling import tell

LEASE = days(1 / 1440)

CLAIM = """
UPDATE conversation SET ask_union_at = $2 WHERE id = (
  SELECT id FROM conversation WHERE ask_union_at <= $1 ORDER BY ask_union_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""

NOTE = "UPDATE conversation SET unionid = $2, ask_union_at = NULL WHERE id = $1 AND unionid = '' RETURNING id"

# Whoever is somebody else at this door already is not moved there.
SAME_USER = """
SELECT DISTINCT c.person_id FROM conversation c JOIN person p ON p.id = c.person_id
WHERE c.unionid = $1 AND c.id <> $2 AND p.active
  AND NOT EXISTS (SELECT FROM conversation o WHERE o.person_id = c.person_id AND o.door = $3)
LIMIT 2
"""

PERSON = """
SELECT DISTINCT c.person_id FROM conversation c JOIN person p ON p.id = c.person_id
WHERE c.unionid = $1 AND $1 <> '' AND p.active AND p.customer_id IS NOT NULL LIMIT 2
"""


async def claim_follower() -> Conversation | None:
    """The next follower whose union id is to be asked for, leased for a minute."""
    moment = now()
    found = await sql.row(CLAIM, moment, moment + LEASE)
    return await Conversation.get(id=found["id"]) if found else None


async def note_union(conversation: Conversation, unionid: str) -> bool:
    """Notes whose identity this is; says whether they became somebody by it, in a transaction.

    Only the first time that the union id is seen here: whoever unbinds an identity stays unbound.
    """
    if not unionid or not await sql.row(NOTE, conversation.id, unionid):
        await Conversation.filter(id=conversation.id).update(ask_union_at=None)
        return False
    fresh = await Conversation.get(id=conversation.id)
    found = await sql.rows(SAME_USER, unionid, fresh.id, fresh.door)
    if fresh.person_id is not None or len(found) != 1:  # type: ignore[attr-defined]
        return False
    person_id = found[0]["person_id"]
    await bind(fresh.door, fresh.external_id, person_id)
    await tell("account.bound", about="", facts={"door": Door.of(fresh.door).text}, person=[person_id])
    return True


async def contact_of_union(unionid: str) -> int | None:
    """The one customer's contact who is this WeChat user at any door of ours."""
    found = await sql.rows(PERSON, unionid)
    return found[0]["person_id"] if len(found) == 1 else None
