"""Pushes that are not lines: a greeting, a tap on a card, a leave, a consent to messages."""

from tortoise.expressions import Q

from bot.conversation import Conversation, State
from bot.rendering.card import Card
from bot.rendering.text import as_text
from bot.turns import Turn
from handlers.actor import Actor
from models.chat.tables import Conversation as Row
from models.clock import today
from models.delivery.cards import take_tap
from models.delivery.grants import change_grant
from models.delivery.telling import reply_later


async def greet(me: Actor, state: State, turn: Turn) -> Card | None:
    """A welcome with what this person can do; on entering, at most once a day."""
    if turn.facts.get("daily"):
        here = Row.filter(door=turn.door, external_id=turn.identity)
        if not await here.filter(Q(greeted_on=None) | Q(greeted_on__lt=today())).update(greeted_on=today()):
            return None
    return Conversation(me, state).greeting()


async def leave(me: Actor, state: State, turn: Turn) -> Card | None:
    """Whoever unfollows cannot be reached there; nothing of theirs is lost."""
    await Row.filter(door=turn.door, external_id=turn.identity).update(reachable=False)
    return None


async def card(me: Actor, state: State, turn: Turn) -> Card | None:
    """A tap is the line on the button; it is checked as if it had been typed. The card itself is changed afterwards."""
    await take_tap(turn.facts["task_id"], turn.facts["response_code"], me.id)
    talk = Conversation(me, state)
    answered = await talk.say(turn.facts["line"])
    if not talk.refused:
        return None
    conversation = await Row.get(door=turn.door, external_id=turn.identity)
    await reply_later(conversation.id, door=turn.door, text=as_text(answered, links=False))
    return None


async def grants(me: Actor, state: State, turn: Turn) -> Card | None:
    """One accept is one send; a refusal in the settings ends what was left."""
    conversation = await Row.get(door=turn.door, external_id=turn.identity)
    for template_id, status in turn.facts["changes"]:
        await change_grant(conversation.id, template_id, accepted=status == "accept")
    return None


EVENTS = {"greet": greet, "leave": leave, "card": card, "grants": grants}
