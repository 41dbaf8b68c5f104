"""Confirming an order: credit, stock, what the workshop makes for it; above the limit it waits for consent."""

from decimal import Decimal
from typing import Any

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer, answer, tell_about
from handlers.call import Call
from handlers.dispatch import Done
from handlers.result import Money, Numbered, Ref, Result
from handlers.rights import RIGHTS
from models.approvals.deciding import ask
from models.base import ZERO
from models.clock import days, now
from models.delivery.telling import tell
from models.errors import CustomerFrozen
from models.finance.credit import CreditStatus, lock_credit
from models.moves import move
from models.party.tables import Customer
from models.production.pegging import follow_demand
from models.sales.orders import check_products, hold_stock, lines_of
from models.sales.tables import OrderState, SalesOrder
from models.system.deadlines import set_deadline

HOLD_FOR = days(1)


class OverLimit(Result):
    """What an approver needs to know, frozen when it was asked."""

    customer: Ref
    order: Numbered
    amount: Money
    limit: Money
    exposure: Money
    overdue: Money
    blocked: bool
    ceiling: Money
    over_by: Money
    applicant: Ref


async def place(me: Actor, order: SalesOrder, customer: Customer) -> Done[OrderAnswer]:
    """Confirms an order within the limit; above it, the order waits, with its stock held for a day."""
    credit = await lock_credit(customer.id)
    if credit.frozen:
        raise CustomerFrozen(customer=customer.name)
    await check_products(order)
    over_by = credit.over_by(order.total)
    if over_by > 0:
        return await _wait(me, order, customer, credit, over_by)
    await move(order, OrderState.confirmed, confirmed_at=now())
    await secure(order)
    await tell_about(me, "order.confirmed", order)
    return Done(await answer(order), undo=Call("order.cancel", {"order": order.number}))


async def secure(order: SalesOrder) -> None:
    """Holds what is free, and sets aside what the workshop is making for the rest."""
    await hold_stock(order, await lines_of(order))
    await follow_demand(order)


async def ask_release(
    me: Actor,
    order: SalesOrder,
    customer: Customer,
    credit: CreditStatus,
    over_by: Decimal,
    *,
    more: Decimal,
    on_approve: Call,
    on_reject: Call,
) -> str:
    """Asks for consent to pass the limit by so much, with so `more` than counts already; says under which number."""
    facts = OverLimit(
        customer=Ref.of(customer),
        order=order.number,
        amount=order.total,
        limit=credit.limit or ZERO,
        exposure=credit.exposure,
        overdue=credit.overdue,
        blocked=credit.blocked,
        ceiling=credit.exposure + more,
        over_by=over_by,
        applicant=Ref.of(me),
    ).facts(RIGHTS.all_fields)
    return await ask_and_tell(
        me, "credit.release", order.number, amount=over_by, facts=facts, on_approve=on_approve, on_reject=on_reject
    )


async def ask_and_tell(
    me: Actor, kind: str, subject: str, *, amount: Decimal, facts: dict[str, Any], on_approve: Call, on_reject: Call
) -> str:
    """Opens an approval and tells those who may decide; says its number."""
    approval, approvers = await ask(
        kind,
        subject=subject,
        amount=amount,
        facts=facts,
        on_approve=on_approve.to_json(),
        on_reject=on_reject.to_json(),
        applicant_id=me.person_id,
    )
    await tell(
        "approval.asked",
        about=approval.number,
        facts={**facts, "number": approval.number, "kind": approval.kind},
        approvers=approvers,
    )
    return approval.number


async def _wait(
    me: Actor, order: SalesOrder, customer: Customer, credit: CreditStatus, over_by: Decimal
) -> Done[OrderAnswer]:
    await move(order, OrderState.credit_hold)
    await hold_stock(order, await lines_of(order))
    await set_deadline(
        order.number, {"name": "reservation.expire", "inputs": {"order": order.number}}, now() + HOLD_FOR
    )
    number = await ask_release(
        me, order, customer, credit, over_by, more=order.total,
        on_approve=Call("order.release", {"order": order.number}),
        on_reject=Call("order.refuse", {"order": order.number}),
    )  # fmt: skip
    return Done(await answer(order, approval=number, over_by=over_by), approval=number)
