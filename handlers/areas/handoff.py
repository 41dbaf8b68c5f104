"""A person instead of the machine: whoever looks after the customer is told."""

from handlers.actor import Actor
from handlers.registry import command
from handlers.result import Result
from models.delivery.telling import tell
from models.party.tables import Customer, Department, Person


class HandedOff(Result):
    """Who was told, and will answer."""

    who: str


@command("human.handoff", says=["人工", "转人工", "找人工", "人工客服", "找客服", "我要找人"])
async def hand_off(me: Actor) -> HandedOff:
    """转人工：请同事联系您"""
    colleague = await _colleague(me)
    facts = {"who": f"{me.called}（{me.number}）"}
    await tell("handoff.asked", about=me.number, facts=facts, owner=[colleague.id])
    return HandedOff(who=colleague.called)


async def _colleague(me: Actor) -> Person:
    """The salesperson of a customer; for colleagues, the general manager."""
    customer = await Customer.get_or_none(id=me.customer_id).select_related("owner") if me.customer_id else None
    owner: Person | None = customer.owner if customer is not None else None
    if owner is not None:
        return owner
    top = await Department.filter(parent_id=None).select_related("head").first()
    assert top is not None
    head: Person | None = top.head
    assert head is not None
    return head
