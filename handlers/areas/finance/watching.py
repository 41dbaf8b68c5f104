"""What finance and salespeople are told without asking: signs of risk, and whom to remind. Run by the product itself."""

from handlers.actor import Actor
from handlers.areas.finance.dunning import Reminder, reminder, send_reminder
from handlers.registry import command
from handlers.result import Entire, Money, Numbered, Quantity, Ref, Result
from handlers.rights import RIGHTS
from handlers.visible import visible
from models.base import ZERO
from models.delivery.telling import tell
from models.finance.dunning import overdue_of
from models.finance.risk import Risk, Signal, fresh_signals
from models.party.finding import people_with
from models.party.tables import Customer, Role
from models.system.tables import Company


class RiskFact(Result):
    """One sign about one customer."""

    customer: Ref
    risk: Risk
    figure: Quantity
    order: Numbered | None


class Watched(Entire):
    """What was told."""

    items: list[RiskFact]


class Proposed(Entire):
    """Customers whose next reminder is due, or, where that goes by itself, was `sent`."""

    items: list[Reminder]
    amount: Money
    sent: bool


@command("risk.watch")
async def watch_risk(me: Actor) -> Watched:
    """看客户风险：新出现的各说一次（每天执行）"""
    finance, told = await people_with(Role.finance), []
    for each in await fresh_signals():
        fact = _fact(each)
        await tell(
            "customer.risk", about=each.about or each.number, facts=fact.facts(RIGHTS.all_fields),
            owner=[each.owner_id] if each.owner_id else [], finance=finance,
        )  # fmt: skip
        told.append(fact)
    return Watched(items=told)


@command("receivable.propose")
async def propose_reminders(me: Actor) -> Proposed:
    """告诉财务哪些客户该催款了；打开自动催款的，替他们发出去（每天执行）"""
    late = await overdue_of([each.id for each in await visible(me, Customer).only("id")])
    due = [each for each in late if each.due and not each.paused]
    company = await Company.all().first()
    sent = company is not None and company.auto_dunning
    if sent:
        due = [each for each in due if await send_reminder(me, each)]
    answer = Proposed(
        items=[reminder(each) for each in due], amount=sum((each.amount for each in due), ZERO), sent=sent
    )
    if due:
        facts = answer.facts(RIGHTS.all_fields)
        await tell("dunning.due", about="", facts=facts, finance=await people_with(Role.finance))
    return answer


def _fact(signal: Signal) -> RiskFact:
    return RiskFact(
        customer=Ref(number=signal.number, name=signal.name), risk=signal.risk, figure=signal.figure,
        order=signal.about or None,
    )  # fmt: skip
