"""Bearer tokens of ours: random, hashed at rest, for a person or for an identity that may become one."""

import hashlib
import secrets

from models import sql
from models.chat.tables import ApiToken
from models.clock import days, now

LIFETIME = days(7)

HOLDER = """
SELECT t.conversation_id IS NOT NULL AS through_door, c.door, c.external_id, p.id, p.number, p.name, p.nickname,
  p.roles, p.customer_id, p.department_id
FROM api_token t
LEFT JOIN conversation c ON c.id = t.conversation_id
LEFT JOIN person p ON p.id = coalesce(t.person_id, c.person_id) AND p.active
WHERE t.digest = $1 AND t.expires_at > $2
"""


async def issue_token(*, person_id: int | None = None, conversation_id: int | None = None) -> tuple[str, int]:
    """A new token and the seconds it lives."""
    token = secrets.token_urlsafe(32)
    await ApiToken.create(
        digest=_digest(token), person_id=person_id, conversation_id=conversation_id, expires_at=now() + LIFETIME
    )
    return token, int(LIFETIME.total_seconds())


async def holder(token: str) -> dict[str, object] | None:
    """Who holds a token: the door and identity it was given to, and the person, if bound; None if it is no token."""
    return await sql.row(HOLDER, _digest(token), now())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
