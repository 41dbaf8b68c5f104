"""Reminding customers of what is overdue, level by level, with their salesperson in copy."""

from handlers.actor import Actor
from handlers.registry import command
from handlers.result import Entire, Money, Ref, Result
from handlers.rights import RIGHTS
from handlers.visible import visible
from models.base import ZERO
from models.clock import today
from models.delivery.telling import tell
from models.errors import Refused
from models.finance.dunning import Overdue, keep_sent, overdue_of
from models.finance.receiving import NothingOpen
from models.party.finding import contacts_of
from models.party.tables import Customer


class DunningPaused(Refused):
    """Finance wants this customer left alone until a day."""

    code = "dunning_paused"


class Reminder(Result):
    """What one customer is reminded of; `charge` is interest and fees that are named, `blocks` that orders stop."""

    customer: Ref
    owner: Ref | None
    amount: Money
    days: int
    level: int
    blocks: bool
    charge: Money


class Reminded(Entire):
    """To whom a reminder went, and who was left out: their next level is not due, or reminding them is paused."""

    items: list[Reminder]
    amount: Money
    waiting: int
    paused: int


@command(
    "receivable.remind",
    says=[
        "超期的催一下",
        "逾期的催一下",
        "给所有逾期客户发催款",
        "催一下{customer}",
        "催一下{customer}的款",
        "催一下{customer}付款",
        "催{customer}的款",
        "催{customer}",
        "{customer}催款",
        "催{customer}付款",
        "给{customer}发催款",
        "催款{customer}",
    ],
    confirm=True,
)
async def remind(me: Actor, *, customer: Customer | None = None) -> Reminded:
    """催款：提醒逾期的客户，一级一级来，并抄送业务员"""
    if customer and customer.dunning_paused_until and customer.dunning_paused_until >= today():
        raise DunningPaused(customer=customer.name, until=customer.dunning_paused_until)
    mine = [customer.id] if customer else [each.id for each in await visible(me, Customer).only("id")]
    late = await overdue_of(mine)
    # Whoever is named is reminded again if somebody wants it; all at once, only those whose next level is due.
    chosen = late if customer else [each for each in late if each.due and not each.paused]
    if not chosen:
        raise NothingOpen(customer=customer.name if customer else None)
    sent = [each for each in chosen if await send_reminder(me, each)]
    return Reminded(
        items=[reminder(each) for each in sent], amount=sum((each.amount for each in sent), ZERO),
        waiting=sum(1 for each in late if each not in chosen and not each.paused), paused=sum(1 for each in late if each.paused),
    )  # fmt: skip


async def send_reminder(me: Actor, late: Overdue) -> bool:
    """Tells a customer and its salesperson; False if a level that was due has just been sent by somebody else."""
    if not await keep_sent(late, by=me.id) and late.due:
        return False
    await tell(
        "receivable.reminder", about=late.number, facts=reminder(late).facts(RIGHTS.all_fields),
        answerable=late.owner_id, not_to=me.id, customer=await contacts_of(late.customer_id),
        owner=[late.owner_id] if late.owner_id else [],
    )  # fmt: skip
    return True


def reminder(late: Overdue) -> Reminder:
    """What a customer is, or would be, reminded of."""
    return Reminder(
        customer=Ref(number=late.number, name=late.name), owner=Ref(number=late.owner_number, name=late.owner) if late.owner else None, amount=late.amount, days=late.days,
        level=late.level, blocks=late.blocks, charge=late.charge,
    )  # fmt: skip
