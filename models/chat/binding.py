"""Binding a WeChat identity to a known person: by a one-time code, or by a phone number the platform vouched for."""

import hashlib
import secrets

from models import sql
from models.chat.tables import BindCode, Conversation, Door
from models.clock import days, now
from models.party.tables import Person

VALID_FOR = days(1 / 48)
TRIES = 5
FORGET_AFTER = days(1 / 24)

ENSURE = """
INSERT INTO conversation (door, external_id, reachable, window_left, wrong_codes, turns, state)
VALUES ($1, $2, true, 0, 0, '[]', '{}') ON CONFLICT (door, external_id) DO NOTHING
"""


async def ensure_conversation(door: str, identity: str) -> None:
    """Makes the row of an identity that has not been here before."""
    await sql.rows(ENSURE, door, identity)


async def conversation_of(door: str, identity: str) -> Conversation:
    """The conversation of an identity, made if it is new."""
    await ensure_conversation(door, identity)
    return await Conversation.get(door=door, external_id=identity)


async def issue_code(person_id: int, created_by: int | None) -> str:
    """A code of six digits, good once within half an hour; only its digest is kept."""
    while True:
        code = f"{secrets.randbelow(10**6):06d}"
        live = BindCode.filter(digest=_digest(code), used_at=None, expires_at__gt=now())
        if not await live.exists():
            break
    await BindCode.filter(digest=_digest(code)).delete()
    await BindCode.create(
        digest=_digest(code), person_id=person_id, created_by_id=created_by, expires_at=now() + VALID_FOR
    )
    return code


async def take_code(code: str) -> int | None:
    """Whose code this is, used up by asking; None if it is wrong, spent or stale."""
    found = await BindCode.filter(digest=_digest(code), used_at=None, expires_at__gt=now()).first()
    if found is None or not await BindCode.filter(id=found.id, used_at=None).update(used_at=now()):
        return None
    return found.person_id  # type: ignore[attr-defined,no-any-return]


async def tries_left(conversation: Conversation) -> int:
    """How many wrong codes an identity may still send; all of them again an hour after the last."""
    last = conversation.wrong_code_at
    return TRIES if last is None or last < now() - FORGET_AFTER else TRIES - conversation.wrong_codes


async def note_wrong_code(conversation: Conversation) -> int:
    """Counts a wrong code; says how many are left."""
    left = await tries_left(conversation) - 1
    await Conversation.filter(id=conversation.id).update(wrong_codes=TRIES - left, wrong_code_at=now())
    return left


async def bind(door: str, identity: str, person_id: int) -> None:
    """Makes an identity be a person; whoever was there before at this door is let go."""
    await ensure_conversation(door, identity)
    await Conversation.filter(door=door, person_id=person_id).exclude(external_id=identity).update(person_id=None)
    await Conversation.filter(door=door, external_id=identity).update(person_id=person_id, reachable=True, state={})
    await ask_union(door, identity)


async def ask_union(door: str, identity: str) -> None:
    """Has a worker ask which WeChat user a follower is, who may be known at another door."""
    if door == Door.official.value:
        await Conversation.filter(door=door, external_id=identity, unionid="").update(ask_union_at=now())


async def unbind(door: str, identity: str) -> None:
    """Lets an identity be nobody again; what was said stays said."""
    await Conversation.filter(door=door, external_id=identity).update(person_id=None, state={})


async def contact_by_phone(phone: str) -> Person | None:
    """The one customer's contact with this phone number; two with the same number are nobody."""
    found = await Person.filter(phone=phone, active=True, customer_id__not_isnull=True).limit(2)
    return found[0] if len(found) == 1 else None


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
