"""Reminding customers of what is overdue, level by level, with their salesperson in copy."""

from handlers.actor import Actor
from handlers.registry import command
from handlers.result import Money, Ref, Result
from handlers.visible import visible
from models.base import ZERO
from models.delivery.telling import tell
from models.finance.dunning import Overdue, keep_sent, overdue_of
from models.finance.receiving import NothingOpen
from models.party.finding import contacts_of
from models.party.tables import Customer


class Reminder(Result):
    """What one customer is reminded of; `charge` is interest and fees that are named, `blocks` that orders stop."""

    customer: Ref
    owner: str | None
    amount: Money
    days: int
    level: int
    blocks: bool
    charge: Money


class Reminded(Result):
    """To whom a reminder went, and who was left out because their next level is not due."""

    items: list[Reminder]
    total: Money
    waiting: int


@command(
    "receivable.remind",
    says=[
        "超期的催一下",
        "逾期的催一下",
        "给所有逾期客户发催款",
        "催一下{customer}",
        "{customer}催款",
        "催{customer}付款",
        "给{customer}发催款",
        "催款{customer}",
    ],
    confirm=True,
)
async def remind(me: Actor, *, customer: Customer | None = None) -> Reminded:
    """催款：提醒逾期的客户，一级一级来，并抄送业务员"""
    mine = [customer.id] if customer else [each.id for each in await visible(me, Customer).only("id")]
    late = await overdue_of(mine)
    # Whoever is named is reminded again if somebody wants it; all at once, only those whose next level is due.
    chosen = late if customer else [each for each in late if each.due]
    if not chosen:
        raise NothingOpen(customer=customer.name if customer else None)
    for each in chosen:
        await _remind(me, each)
    return Reminded(
        items=[reminder(each) for each in chosen], total=sum((each.amount for each in chosen), ZERO),
        waiting=len(late) - len(chosen),
    )  # fmt: skip


async def _remind(me: Actor, late: Overdue) -> None:
    await keep_sent(late, by=me.person_id)
    await tell(
        "receivable.reminder", about=late.number, facts=reminder(late).facts(lambda right: True),
        answerable=late.owner_id, not_to=me.id, customer=await contacts_of(late.customer_id),
        owner=[late.owner_id] if late.owner_id else [],
    )  # fmt: skip


def reminder(late: Overdue) -> Reminder:
    """What a customer is, or would be, reminded of."""
    return Reminder(
        customer=Ref(number=late.number, name=late.name), owner=late.owner, amount=late.amount, days=late.days,
        level=late.level, blocks=late.blocks, charge=late.charge,
    )  # fmt: skip
