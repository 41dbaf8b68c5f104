"""What a line was taken for, in the words of the glossary: what `liaodan understand` prints."""

import re
from decimal import Decimal
from typing import Any

from bot.understanding.acts import Act, Said, read_act
from bot.understanding.patterns import trimmed
from bot.understanding.understand import Understood, understand
from handlers.actor import Actor
from handlers.inputs import number
from handlers.items import Item, split_items
from handlers.items import Said as SaidItem
from handlers.reading.figures import read_figure
from handlers.registry import Handler, handler
from handlers.rights import Scope
from models.errors import Refused

NAMES = {
    "quantity": "qty", "good": "qty", "copies": "qty", "tracking_no": "tracking", "operation": "process",
    "source": "from", "target": "to", "e_number": "invoice", "phase": "status", "start": "from",
}  # fmt: skip
"""What an input is called in slots, where that is another word."""

NAMES_OF = {
    ("approval.approve", "reason"): "comment",
    ("order.create", "carrier"): "delivery",
    ("order.eta", "by"): "date",
    ("price.query", "floor"): "kind",
    ("report.profit", "below"): "margin_lt",
    ("report.receivable", "days"): "overdue_days",
    ("report.sales", "by"): "group",
    ("report.top", "by"): "dim",
}

TOGETHER = {
    "payment.allocate": (("order", "other"), "orders"),
    "stock.query": (("product", "also"), "products"),
}
"""Inputs that are one list in slots if the last of them was said."""

ALONE = ("stock.", "return.receive")
"""Where goods move, one item is a product, a quantity and a unit."""

IMPLIED: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = (
    ("invoice.list", (), {"status": "pending"}),
    ("receivable.remind", ("customer",), {"filter": "overdue"}),
    ("report.stock", ("kind", "idle"), {"field": "value"}),
    ("stock.transfer", ("items",), {"all": True}),
)
"""What a command is about without being told, unless one of these inputs says otherwise."""

MEANT: tuple[tuple[str, str, re.Pattern[str], str, Any], ...] = (
    ("approval.detail", "", re.compile("毛利"), "field", "毛利"),
    ("order.create", "note", re.compile("月结|现结|货到付款|款到发货"), "payment", None),
    ("order.create", "note", re.compile("(?:还是)?(?:送到?|发到?)?老(?:地方|地址)"), "address", "default"),
    ("order.create", "note", re.compile("(?:客户|上门)?自提|自取|来拿"), "delivery", "自提"),
    ("payment.record", "note", re.compile("[一二三四五六七八九1-9]成半?"), "ratio", None),
    ("task.report", "", re.compile("上午|下午"), "period", None),
)
"""Words that mean a slot which is no input: in a remark, where they stand for themselves, or anywhere in the line.

Without a value of its own the slot is what was said, a share as a number.
"""

_TENTHS = re.compile("(.)成(半?)")

MINE = {"order.list", "order.copy", "receivable.query", "logistics.query"}
"""What is about the asker's own unless something is named."""


async def describe(me: Actor, line: str) -> dict[str, Any]:
    """What a line was understood as, without running it; an act is one whatever the conversation makes of it."""
    if (said := read_act(trimmed(line))) and (slots := await _slots_of_act(me, said)) is not None:
        return {"intent": said.act.value, "slots": slots, "missing": [], "score": 1.0}
    try:
        read = await understand(me, line)
    except Refused as refused:
        return {"intent": "out_of_scope", "slots": {}, "missing": [], "score": 0.0, "code": refused.code}
    found = handler(read.call.name)
    asker = me.at(me.reach(found.name))
    missing = [
        name
        for name, each in found.inputs.items()
        if each.required and name not in read.call.inputs and await each.reader.default(asker) is None
    ]
    return {
        "intent": found.name,
        "slots": _meant(found.name, trimmed(line), _slots(asker, found, read)),
        "missing": missing,
        "score": 0.5 if read.trouble else 1.0,
    }


async def _slots_of_act(me: Actor, said: Said) -> dict[str, Any] | None:
    """What an act names: choices by their place, help by what it is about; None for help about nothing we know."""
    if said.act is Act.pick:
        return {"indexes": list(said.indexes)} if said.indexes else {"index": said.index}
    if not said.topic:
        return {}
    about = await describe(me, said.topic)
    return {"topic": about["intent"]} if about["score"] else None


def _slots(me: Actor, found: Handler, read: Understood) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, said in {**dict.fromkeys(read.call.inputs, ""), **read.slots}.items():
        told.update(_told(found, read, name, said))
    parts, whole = TOGETHER.get(found.name, ((), ""))
    if parts and parts[-1] in told:
        together = [told.pop(part) for part in parts if part in told]
        told[whole] = [each for part in together for each in (part if isinstance(part, list) else [part])]
    slots = {NAMES_OF.get((found.name, name), NAMES.get(name, name)): value for name, value in told.items()}
    return {**slots, **_implied(me, found, read, slots)}


def _meant(name: str, line: str, slots: dict[str, Any]) -> dict[str, Any]:
    """The slots with those that words of the line mean; a remark keeps what else it says."""
    for command, where, words, slot, value in MEANT:
        if command != name or slot in slots:
            continue
        if said := words.search(slots.get(where, "") if where else line):
            slots = {**slots, slot: value or _share(said[0])}
            if where:
                rest = " ".join(words.sub(" ", slots.pop(where)).split())
                slots |= {where: rest} if rest else {}
    return slots


def _share(said: str) -> Any:
    """五成 as 0.5; other words as they are."""
    found = _TENTHS.fullmatch(said)
    tenths = read_figure(found[1]) if found else None
    if found is None or tenths is None:
        return said
    return number(tenths / 10 + (Decimal("0.05") if found[2] else 0))


def _told(found: Handler, read: Understood, name: str, said: str) -> dict[str, Any]:
    """One input: resolved, as its reader tells it; else as it was typed."""
    reader = found.inputs[name].reader
    value = read.call.ready.get(name)
    if name == "items" and found.name.startswith(ALONE):
        goods = value if value is not None else [each for each in split_items(said) if each.quantity is not None]
        if len(goods) == 1:
            return _alone(goods[0])
    return reader.told(name, value, said) if value is not None else reader.untold(name, said)


def _alone(item: Item | SaidItem) -> dict[str, Any]:
    product, unit = (item.product.name, item.said_unit) if isinstance(item, Item) else (item.product, item.unit)
    assert item.quantity is not None
    return {"product": product, "quantity": number(item.quantity), **({"unit": unit} if unit else {})}


def _implied(me: Actor, found: Handler, read: Understood, slots: dict[str, Any]) -> dict[str, Any]:
    """What the line did not have to say: whose, of what state, that it goes on."""
    implied: dict[str, Any] = {"follow_up": True} if read.goes_on else {}
    for name, unless, meant in IMPLIED:
        if name == found.name and not any(each in read.slots for each in unless):
            implied.update(meant)
    staff = found.name == "order.list" and me.scope is not Scope.all
    if found.name in MINE and not slots and (me.is_customer or staff):
        implied["scope"] = "mine"
    return implied
