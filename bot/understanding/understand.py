"""From a line to a Call: the handler it asks for, and the inputs it names, looked up."""

from dataclasses import dataclass, field
from typing import Any

from bot.understanding.acts import Act, Said, read_act
from bot.understanding.patterns import Match, matches, trimmed
from handlers.actor import Actor
from handlers.call import Call
from handlers.inputs import Ambiguous
from handlers.items import split_items
from handlers.registry import Handler, handler
from handlers.rights import NoRight, Scope
from models.errors import InvalidInput, NotFound, Refused

TRIED = 4
"""How many readings of a line are looked up before the best one's trouble is told."""

FIRM = {"day_too_far", "day_past", "in_the_future"}
"""What is wrong with an input that is meant for certain."""


class NotUnderstood(Refused):
    """Nothing we know fits the line."""

    code = "not_understood"


@dataclass(frozen=True, slots=True)
class Understood:
    """A Call, and, if an input could not be looked up, which and why."""

    call: Call
    trouble: Refused | None = None
    open_input: str = ""
    slots: dict[str, str] = field(default_factory=dict)


async def understand(me: Actor, line: str) -> Understood:
    """The best reading of a line for this asker. Raises NoRight or NotUnderstood."""
    text = trimmed(line)
    found = matches(text)
    _refuse_forbidden(me, found)
    candidates = [match for match in found if me.reach(match.pattern.handler.name) is not Scope.none]
    best: Understood | None = None
    decided: set[str] = set()
    for match in _by_role(me, candidates)[:TRIED]:
        if match.pattern.handler.name in decided:
            continue
        read = await _read(me, match)
        if read.trouble is None:
            return read
        if isinstance(read.trouble, InvalidInput) and read.trouble.facts.get("why") in FIRM:
            # A day thirty years off is no remark: no looser reading of the same command may explain it away.
            decided.add(match.pattern.handler.name)
        best = _better(best, read)
    bare = await _bare(me, text) if best is None or isinstance(best.trouble, NotFound) else None
    if bare is not None:
        return bare
    if best is None:
        raise NotUnderstood(given=line[:40])
    return best


def _refuse_forbidden(me: Actor, found: list[Match]) -> None:
    """What is most clearly asked for decides: if that is not for the asker, nothing is looked up."""
    if not found or not found[0].pattern.weight:
        return
    top = [match for match in found if match.pattern.weight == found[0].pattern.weight]
    if all(me.reach(match.pattern.handler.name) is Scope.none for match in top):
        raise NoRight()


def _better(best: Understood | None, read: Understood) -> Understood:
    """Several rows that fit say more than none."""
    if best is None or (isinstance(best.trouble, NotFound) and isinstance(read.trouble, Ambiguous)):
        return read
    return best


def _by_role(me: Actor, found: list[Match]) -> list[Match]:
    """A bare number is an order to a salesperson and a work order to a worker."""
    wanted = "work_order" if {"worker", "quality"} & me.roles else "order"
    return sorted(found, key=lambda match: (-match.pattern.weight, -match.pattern.typed, wanted not in match.slots))


async def _read(me: Actor, match: Match) -> Understood:
    """The inputs of a match, read as this asker; the first that cannot be is what is wrong with it."""
    found = match.pattern.handler
    asker = me.at(me.reach(found.name))
    call = Call(found.name)
    trouble: tuple[Refused, str] | None = None
    for name, text in match.slots.items():
        try:
            call = await _with(asker, found, call, name, text)
        except Refused as refused:
            trouble = trouble or (refused, name)
    if trouble:
        return Understood(call, trouble[0], trouble[1], match.slots)
    return Understood(call, slots=match.slots)


async def _with(asker: Actor, found: Handler, call: Call, name: str, text: str) -> Call:
    reader = found.inputs[name].reader
    value = await reader.read(asker, text, name)
    return call.having(name, reader.save(value), value)


async def read_answer(me: Actor, call: Call, name: str, text: str) -> Call:
    """The Call with a typed answer for one of its inputs. Raises what the reader refuses."""
    found = handler(call.name)
    return await _with(me.at(me.reach(call.name)), found, call, name, trimmed(text))


async def _bare(me: Actor, text: str) -> Understood | None:
    """A line without a verb: a customer and items is an order; a product is a question about its stock."""
    if me.reach("order.create") is not Scope.none:
        name, _, rest = text.partition(" ")
        for slots in ({"customer": name, "items": rest}, {"items": text}):
            said = split_items(slots["items"])
            if said and any(item.quantity is not None and item.product for item in said):
                ordered = await _try(me, "order.create", slots)
                if ordered:
                    return ordered
    if me.reach("stock.query") is not Scope.none and len(text) >= 2:
        asked = await _try(me, "stock.query", {"product": text})
        if asked:
            return asked
    if me.reach("customer.credit") is not Scope.none and len(text) >= 2:
        return await _try(me, "customer.credit", {"customer": text})
    return None


async def _try(me: Actor, name: str, slots: dict[str, str]) -> Understood | None:
    """A reading that is only taken if everything in it is found, or is one of a few."""
    found = handler(name)
    asker, call = me.at(me.reach(name)), Call(name)
    for slot, text in slots.items():
        try:
            call = await _with(asker, found, call, slot, text)
        except Ambiguous as several:
            return Understood(call, several, slot, slots)
        except Refused:
            return None
    return Understood(call, slots=slots)


async def describe(me: Actor, line: str) -> dict[str, Any]:
    """What a line was understood as, without running it; an act is one whatever the conversation makes of it."""
    if (said := read_act(trimmed(line))) and (slots := await _slots_of(me, said)) is not None:
        return {"intent": said.act.value, "slots": slots, "missing": [], "score": 1.0}
    try:
        read = await understand(me, line)
    except Refused as refused:
        return {"intent": "out_of_scope", "slots": {}, "missing": [], "score": 0.0, "code": refused.code}
    found = handler(read.call.name)
    missing = [name for name, each in found.inputs.items() if each.required and name not in read.call.inputs]
    slots = {**read.slots, **{name: _stored_name(read.call, name) for name in read.call.ready}}
    return {"intent": found.name, "slots": slots, "missing": missing, "score": 0.5 if read.trouble else 1.0}


async def _slots_of(me: Actor, said: Said) -> dict[str, Any] | None:
    """What an act names: a choice by its place, help by what it is about; None for help about nothing we know."""
    if said.act is Act.pick:
        return {"index": said.index}
    if not said.topic:
        return {}
    about = await describe(me, said.topic)
    return {"topic": about["intent"]} if about["score"] else None


def _stored_name(call: Call, name: str) -> Any:
    value = call.ready[name]
    if hasattr(value, "number") and not hasattr(value, "name"):
        return value.number
    return getattr(value, "name", None) or call.inputs[name]
