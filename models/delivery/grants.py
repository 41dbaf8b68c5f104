"""The ledger of subscription messages: one accept, one send; the platform tells nobody how many are left."""

from models import sql
from models.delivery.tables import Grant

ADD = """
INSERT INTO grant_ledger (conversation_id, template_id, "left") VALUES ($1, $2, 1)
ON CONFLICT (conversation_id, template_id) DO UPDATE SET "left" = grant_ledger."left" + 1
"""

TAKE = """
UPDATE grant_ledger SET "left" = "left" - 1 WHERE conversation_id = $1 AND template_id = $2 AND "left" > 0 RETURNING id
"""


async def change_grant(conversation_id: int, template_id: str, *, accepted: bool) -> None:
    """Notes an accept, or that nothing more may be sent."""
    if accepted:
        await sql.rows(ADD, conversation_id, template_id)
    else:
        await Grant.filter(conversation_id=conversation_id, template_id=template_id).update(left=0)


async def take_grant(conversation_id: int, template_id: str) -> bool:
    """Uses one accept up, if there is one."""
    return await sql.row(TAKE, conversation_id, template_id) is not None


async def give_grant(conversation_id: int, template_id: str) -> None:
    """Gives back an accept whose message was not sent."""
    await sql.rows(ADD, conversation_id, template_id)


async def grants_left(conversation_id: int, template_id: str) -> int:
    """How many messages may still be sent, as far as we know."""
    found = await Grant.get_or_none(conversation_id=conversation_id, template_id=template_id)
    return found.left if found else 0
