"""Telling people: one row for each receiver, in the transaction of what happened."""

from datetime import timedelta
from typing import Any

from models.chat.tables import Conversation
from models.clock import now
from models.delivery.tables import Audience, Notice


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


async def tell(
    kind: str,
    *,
    about: str,
    facts: dict[str, Any],
    answerable: int | None = None,
    not_to: int | None = None,
    **audiences: list[int],
) -> int:
    """Queues a notice for everybody of the audiences that this kind goes to; says how many that are.

    `answerable` is the colleague who hears of it when it cannot be delivered; `not_to` is whoever did it and knows.
    """
    moment = now()
    told: set[int] = set()
    for rule in await Audience.filter(kind=kind, audience__in=list(audiences)):
        for receiver in audiences[rule.audience]:
            if receiver in told or receiver == not_to:
                continue
            told.add(receiver)
            await Notice.create(
                kind=kind,
                receiver_id=receiver,
                about=about,
                facts=facts,
                answerable_id=answerable if answerable != receiver else None,
                urgent=rule.urgent,
                created_at=moment,
                due_at=moment,
                expires_at=moment + timedelta(hours=rule.expires_hours),
            )
    return len(told)
