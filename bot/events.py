"""Pushes that are not lines: a greeting, a tap on a card, a file, a place, a leave, a consent to messages."""

import re

from tortoise.expressions import Q

from bot.conversation import Conversation
from bot.delivery.reports import note_report
from bot.rendering import templates
from bot.rendering.card import Card
from bot.rendering.text import as_text
from bot.state import State
from bot.turns import Turn
from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import run
from handlers.rights import Scope
from models.chat.binding import ask_union
from models.chat.directory import contact_changed, member_changed
from models.chat.files import receive
from models.chat.parties import party_changed
from models.chat.scenes import Scene, read_scene
from models.chat.tables import Conversation as Row
from models.clock import today
from models.delivery.cards import take_tap
from models.delivery.grants import change_grant
from models.delivery.telling import reply_later, tell
from models.party.tables import Person

_WORK_ORDER = re.compile(r"WO\d{4,}", re.IGNORECASE)


async def greet(me: Actor, state: State, turn: Turn) -> Card | None:
    """A welcome, or the conversation that a scanned code stands for; on entering, today's to-dos once a day."""
    here = Row.filter(door=turn.door, external_id=turn.identity)
    if turn.facts.get("daily"):
        if not await here.filter(Q(greeted_on=None) | Q(greeted_on__lt=today())).update(greeted_on=today()):
            return None
        return await _todos(me, state)
    await ask_union(turn.door, turn.identity)
    scene = str(turn.facts.get("scene", ""))
    if scene:
        await here.update(scene=scene)
    return await _scene(me, state, turn, scene) or await Conversation(me, state).greeting()


async def _todos(me: Actor, state: State) -> Card:
    talk = Conversation(me, state)
    if me.id is None or me.reach("todo.list") is Scope.none:
        return await talk.greeting()
    return talk.show(templates.render("answers/todo.list", (await run(me, Call("todo.list"))).facts))


async def _scene(me: Actor, state: State, turn: Turn, text: str) -> Card | None:
    """What a code of ours starts; anybody can print one, so it grants nothing that typing the same would not."""
    talk = Conversation(me, state)
    kind, value = read_scene(text) or (None, "")
    if kind is Scene.bind:
        return await talk.say(f"绑定 {value}")
    if kind is Scene.order:
        return await talk.say(value)
    if kind is Scene.card:
        return await _card(me, talk, turn, value)
    if kind is Scene.campaign:
        return talk.show(_welcome(me, "talk/campaign", {"number": value}))
    return None


async def _card(me: Actor, talk: Conversation, turn: Turn, number: str) -> Card | None:
    """A colleague's card: they introduce themselves, and hear of whoever is new."""
    colleague = await Person.get_or_none(number=number, active=True, customer_id=None)
    if colleague is None:
        return None
    if me.id is None and turn.facts.get("new"):
        await tell("card.scanned", about="card", facts={}, employee=[colleague.id])
    return talk.show(_welcome(me, "talk/card", {"who": colleague.called}))


def _welcome(me: Actor, template: str, facts: dict[str, str]) -> Card:
    return templates.render(template, {**facts, "bound": me.id is not None, "name": me.called})


async def scan(me: Actor, state: State, turn: Turn) -> Card | None:
    """What was scanned is a line; a work order's code opens the report of whoever makes such reports."""
    text = str(turn.facts["text"])
    if _WORK_ORDER.fullmatch(text) and me.reach("task.report") is not Scope.none:
        text = f"报工{text.upper()}"
    return await Conversation(me, state).say(text)


async def media(me: Actor, state: State, turn: Turn) -> Card | None:
    """A file is kept for whoever sent it; it goes to the conversation that waits for one."""
    if me.id is None:
        return templates.render("errors/not_bound", {})
    facts = turn.facts
    number = await receive(me.id, turn.door, facts["kind"], facts["media_id"], name=facts.get("name", ""))
    talk = Conversation(me, state)
    if taken := await talk.take_file(number):
        return taken
    importable = facts["kind"] == "file" and me.reach("import.file") is not Scope.none
    return talk.show(
        templates.render("talk/file_kept", {"kind": facts["kind"], "number": number, "importable": importable})
    )


async def place(me: Actor, state: State, turn: Turn) -> Card | None:
    """A place is an address, for the question that waits for one or for whoever asks next."""
    if me.id is None:
        return templates.render("errors/not_bound", {})
    return await Conversation(me, state).take_place(turn.facts["address"])


async def unheard(me: Actor, state: State, turn: Turn) -> Card | None:
    """What cannot be read is answered with what can."""
    if me.id is None:
        return templates.render("errors/not_bound", {})
    return templates.render("talk/unheard", {"kind": turn.facts["kind"]})


async def leave(me: Actor, state: State, turn: Turn) -> Card | None:
    """Whoever unfollows cannot be reached there; nothing of theirs is lost."""
    await Row.filter(door=turn.door, external_id=turn.identity).update(reachable=False)
    return None


async def card(me: Actor, state: State, turn: Turn) -> Card | None:
    """A tap is the line on the button; it is checked as if it had been typed. The card itself is changed afterwards.

    Only what was refused, or goes on to ask something, is said in words.
    """
    await take_tap(turn.facts["task_id"], turn.facts["response_code"], me.id)
    talk = Conversation(me, state)
    answered = await talk.say(turn.facts["line"])
    if not talk.refused and not talk.asks:
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


async def sent(me: Actor, state: State, turn: Turn) -> Card | None:
    """How messages ended that had been accepted."""
    for message, delivered, words in turn.facts["reports"]:
        await note_report(message, delivered, words)
    return None


async def member(me: Actor, state: State, turn: Turn) -> Card | None:
    """The address book says who is a colleague."""
    await member_changed(turn.facts)
    return None


async def party(me: Actor, state: State, turn: Turn) -> Card | None:
    """The address book says which departments there are."""
    await party_changed(turn.facts)
    return None


async def contact(me: Actor, state: State, turn: Turn) -> Card | None:
    """A customer belongs to the employee they added."""
    await contact_changed(turn.facts)
    return None


EVENTS = {
    "greet": greet,
    "scan": scan,
    "media": media,
    "place": place,
    "unheard": unheard,
    "leave": leave,
    "card": card,
    "grants": grants,
    "sent": sent,
    "member": member,
    "party": party,
    "contact": contact,
}
