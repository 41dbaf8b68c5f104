"""A person instead of the machine: whoever looks after the customer is told."""

from handlers.actor import Actor
from handlers.inputs import Text
from handlers.registry import command
from handlers.result import Ref, Result
from models.delivery.telling import tell
from models.party.finding import customer_of
from models.party.tables import Department, Person


class HandedOff(Result):
    """Who was told, and will answer."""

    who: Ref


@command(
    "human.handoff",
    says=[
        "人工", "转人工", "找人工", "人工客服", "找客服", "我要找人", "找业务员", "联系业务员", "让业务员联系我", "给我回电话",
        "投诉", "我要投诉", "发错货了", "货发错了", "货不对", "少货了", "货少了", "货有质量问题", "质量有问题", "货坏了",
        "能不能便宜点", "能便宜点吗", "可以便宜点吗", "便宜点",
        "货不对{reason}", "发错了{reason}", "少了{reason}", "少发了{reason}", "漏发{reason}", "漏发了{reason}", "货坏了{reason}",
        "投诉{reason}", "我要投诉{reason}", "人工{reason}", "转人工{reason}", "找业务员{reason}",
    ],
)  # fmt: skip
async def hand_off(me: Actor, *, reason: Text | None = None) -> HandedOff:
    """转人工：请同事联系您"""
    colleague = await _colleague(me)
    facts = {"who": f"{me.called}（{me.number}）", **({"reason": reason} if reason else {})}
    await tell("handoff.asked", about=me.number, facts=facts, owner=[colleague.id])
    return HandedOff(who=Ref.of(colleague))


async def _colleague(me: Actor) -> Person:
    """The salesperson of a customer; for colleagues, the general manager."""
    customer = await customer_of(me.customer_id)
    owner: Person | None = customer.owner if customer is not None else None
    if owner is not None:
        return owner
    top = await Department.filter(parent_id=None).select_related("head").first()
    assert top is not None
    head: Person | None = top.head
    assert head is not None
    return head
