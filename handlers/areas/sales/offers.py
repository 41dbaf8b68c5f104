"""Notices about orders that somebody in the mini-program may let us send: one accept, one notice."""

from handlers.actor import Actor
from handlers.result import Result
from models.chat.binding import conversation_of
from models.chat.tables import Door
from models.delivery.tables import Grant, PlatformTemplate


class Offer(Result):
    """A kind of notice, the template to ask with, and how many were accepted and not yet sent."""

    kind: str
    template_id: str
    left: int


async def offers(me: Actor) -> list[Offer] | None:
    """What the mini-program may ask for; None at the other doors, where nothing has to be accepted first."""
    if me.door != Door.miniprogram.value:
        return None
    conversation = await conversation_of(me.door, me.identity)
    rows = await PlatformTemplate.filter(door=me.door, kind__startswith="order.").order_by("kind")
    left = {each.template_id: each.left for each in await Grant.filter(conversation_id=conversation.id)}
    return [Offer(kind=row.kind, template_id=row.template_id, left=left.get(row.template_id, 0)) for row in rows]
