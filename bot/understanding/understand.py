"""From a line to a Call: the handler it asks for, and the inputs it names, looked up."""

import re
from dataclasses import dataclass, field, replace

from bot.understanding.patterns import Match, matches, trimmed
from handlers.actor import Actor
from handlers.call import Call
from handlers.inputs import Ambiguous
from handlers.items import says_below_nothing, split_items
from handlers.registry import Handler, handler
from handlers.rights import NoRight, Scope
from models.errors import InvalidInput, NotFound, Refused
from models.text import key

TRIED = 4
"""How many readings of a line are looked up before the best one's trouble is told."""

FIRM = {"day_too_far", "day_past", "no_such_day", "in_the_future", "too_small"}
"""What is wrong with an input that is meant for certain."""


class NotUnderstood(Refused):
    """Nothing we know fits the line."""

    code = "not_understood"


_PRODUCT = re.compile(r"[A-Za-z]{1,2}\d{1,3} \d{1,3}|\d{8,14}")
"""A size without its cross, or a barcode: not so many pieces of something."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A Call, and, if an input could not be looked up, which and why; `goes_on` is about what was spoken of before."""

    call: Call
    trouble: Refused | None = None
    open_input: str = ""
    slots: dict[str, str] = field(default_factory=dict)
    goes_on: bool = False


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
        if is_firm(read.trouble):
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
    """What is certainly wrong says more than several rows that fit, and these more than none."""
    return read if best is None or _telling(read.trouble) > _telling(best.trouble) else best


def _telling(trouble: Refused | None) -> int:
    if is_firm(trouble):
        return 2
    return 0 if isinstance(trouble, NotFound) else 1


def is_firm(trouble: Refused | None) -> bool:
    """Whether something is wrong with an input that is meant for certain."""
    return isinstance(trouble, InvalidInput) and trouble.facts.get("why") in FIRM


def _by_role(me: Actor, found: list[Match]) -> list[Match]:
    """A bare number is an order to a salesperson and a work order to a worker."""
    wanted = "work_order" if {"worker", "quality"} & me.roles else "order"
    return sorted(
        found, key=lambda match: (-match.pattern.weight, -match.pattern.typed, wanted not in match.pattern.slots)
    )


async def _read(me: Actor, match: Match) -> Understood:
    """The inputs of a match, read as this asker; the first that cannot be is what is wrong with it."""
    found = match.pattern.handler
    asker = me.at(me.reach(found.name))
    call = Call(found.name)
    trouble: tuple[Refused, str] | None = None
    slots = match.slots
    for name, text in slots.items():
        try:
            call = await _with(asker, found, call, name, text)
        except Refused as refused:
            trouble = trouble or (refused, name)
    goes_on = match.pattern.goes_on
    if trouble:
        return Understood(call, trouble[0], trouble[1], slots, goes_on)
    return Understood(call, slots=slots, goes_on=goes_on)


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
    if me.reach("stock.query") is not Scope.none and _PRODUCT.fullmatch(text):
        asked = await _try(me, "stock.query", {"product": text})
        if asked:
            return asked
    if me.reach("order.create") is not Scope.none:
        name, _, rest = text.partition(" ")
        for slots in ({"customer": name, "items": rest}, {"items": text}):
            said = split_items(slots["items"])
            counted = any(item.quantity is not None and item.product for item in said)
            if counted or says_below_nothing(slots["items"]):
                ordered = await _try(me, "order.create", slots)
                if ordered:
                    return ordered
    if me.reach("stock.query") is not Scope.none and _could_name(text):
        asked = await _try(me, "stock.query", {"product": text.removesuffix("的")})
        if asked:
            # 那M10的呢 goes on, whatever it was about.
            return replace(asked, goes_on=text.endswith("的"))
    if me.reach("customer.credit") is not Scope.none and _could_name(text):
        return await _try(me, "customer.credit", {"customer": text})
    return None


def _could_name(text: str) -> bool:
    """Whether a bare line may be a name: letters that stand alone, between the signs of a table or not, are none."""
    return any(len(key(word)) >= 2 for word in text.split())


async def _try(me: Actor, name: str, slots: dict[str, str]) -> Understood | None:
    """A reading that is only taken if everything in it is found, is one of a few, or is certainly wrong."""
    found = handler(name)
    asker, call = me.at(me.reach(name)), Call(name)
    for slot, text in slots.items():
        try:
            call = await _with(asker, found, call, slot, text)
        except Ambiguous as several:
            return Understood(call, several, slot, slots)
        except Refused as refused:
            return Understood(call, refused, slot, slots) if is_firm(refused) else None
    return Understood(call, slots=slots)
