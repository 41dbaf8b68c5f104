"""Customers: who they are, what is open with them, how much more they may owe, and how they pay."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.inputs import Amount
from handlers.registry import query
from handlers.result import Money, Needs, Places, Ref, Result
from handlers.visible import visible
from models.clock import today
from models.crm.tables import Visit
from models.finance.credit import credit_status
from models.finance.habit import habits, last_payments
from models.party.tables import Customer, Person
from models.sales.quoting import STANDING
from models.sales.tables import OrderState, Quotation, QuotationState, SalesOrder


class CreditAnswer(Result):
    """A customer's credit: available = limit − receivable + advance − open orders. No limit leaves both out.

    `blocked`: being overdue stops new orders, whatever the limit leaves.
    """

    customer: Ref
    limit: Annotated[Decimal | None, Places(2)]
    exposure: Money
    receivable: Money
    open_orders: Money
    available: Annotated[Decimal | None, Places(2)]
    overdue: Money
    late_days: int
    blocked: bool
    terms_days: int
    month_end: bool
    asked: Annotated[Decimal | None, Places(2)] = None
    enough: bool | None = None
    over_by: Annotated[Decimal | None, Places(2)] = None


@query(
    "customer.credit",
    says=[
        "{customer}额度还够下{amount}吗", "{customer}额度够下{amount}吗", "{customer}还能赊多少", "{customer}额度还有多少",
        "{customer}额度", "{customer}的额度", "查{customer}额度", "{customer}信用额度", "{customer}可用额度",
        "{customer}还有多少额度", "{customer}还剩多少额度", "{customer}额度还剩多少", "{customer}的额度还剩多少", "{customer}的额度还有多少",
        "{customer}信用额度还剩多少", "{customer}的信用额度还剩多少", "{customer}信用额度还有多少", "{customer}的信用额度还有多少",
    ],
)  # fmt: skip
async def query_credit(me: Actor, *, customer: Customer, amount: Amount | None = None) -> CreditAnswer:
    """查客户额度：额度、已用、可用和逾期"""
    credit = await credit_status(customer.id)
    over_by = credit.over_by(amount) if amount is not None else None
    return CreditAnswer(
        customer=Ref(number=customer.number, name=customer.name),
        limit=credit.limit,
        exposure=credit.exposure,
        receivable=credit.receivable,
        open_orders=credit.open_orders,
        available=credit.available,
        overdue=credit.overdue,
        late_days=credit.late_days,
        blocked=credit.blocked,
        terms_days=customer.terms_days,
        month_end=customer.month_end,
        asked=amount,
        enough=None if over_by is None else over_by == 0,
        over_by=over_by or None,
    )


OPEN = (OrderState.draft, OrderState.pending_approval, OrderState.credit_hold, OrderState.confirmed,
    OrderState.in_progress, OrderState.on_hold)  # fmt: skip
"""States of an order that somebody still has to do something about."""

SHOWN = 5


class Contact(Result):
    """Somebody at a customer's."""

    number: str
    name: str
    phone: str | None


class OpenOrder(Result):
    """An order that is not finished."""

    number: str
    state: OrderState
    total: Annotated[Decimal | None, Places(2), Needs("order.amount")]
    requested_date: date | None


class OpenQuotation(Result):
    """An offer that may still become an order."""

    number: str
    state: QuotationState
    total: Annotated[Decimal | None, Places(2), Needs("order.amount")]
    valid_until: date


class LastPayment(Result):
    """Money that came from the customer."""

    number: str
    received_on: date
    amount: Money


class LastVisit(Result):
    """The latest time somebody of ours was there."""

    by: Ref
    visited_at: datetime
    note: str
    next_date: date | None


class CustomerCard(Result):
    """A customer as sales and finance both see it; what it owes and how it pays only for those who may know.

    `days_late` is the average over the invoices paid in the last twelve months; absent without any.
    """

    customer: Ref
    address: str | None
    owner: Ref | None
    contacts: list[Contact]
    last_visit: LastVisit | None
    open_orders: int
    orders: list[OpenOrder]
    open_quotations: int
    quotations: list[OpenQuotation]
    frozen: Annotated[bool | None, Needs("credit.detail")]
    blocked: Annotated[bool | None, Needs("credit.detail")]
    limit: Annotated[Decimal | None, Places(2), Needs("credit.detail")]
    exposure: Annotated[Decimal | None, Places(2), Needs("credit.detail")]
    available: Annotated[Decimal | None, Places(2), Needs("credit.detail")]
    overdue: Annotated[Decimal | None, Places(2), Needs("credit.detail")]
    days_late: Annotated[Decimal | None, Places(1), Needs("credit.detail")]
    dunning_paused_until: Annotated[date | None, Needs("credit.detail")]
    payments: Annotated[list[LastPayment] | None, Needs("credit.detail")]


@query(
    "customer.query",
    says=[
        "{customer}电话多少", "{customer}电话", "{customer}的电话", "{customer}联系人", "{customer}资料", "{customer}客户资料",
        "{customer}情况", "{customer}最近情况", "{customer}怎么样", "{customer}最近怎么样", "查客户{customer}", "客户{customer}", "{customer}地址", "{customer}是谁的客户",
    ],
)  # fmt: skip
async def query_customer(me: Actor, *, customer: Customer) -> CustomerCard:
    """查客户：联系人、负责人、未完订单和报价、额度、逾期和付款习惯"""
    credit = await credit_status(customer.id)
    habit = (await habits([customer.id])).get(customer.id)
    owner: Person | None = await customer.owner if customer.owner_id else None  # type: ignore[attr-defined]
    contacts = await visible(me, Person).filter(customer_id=customer.id, active=True).order_by("number")
    orders = visible(me, SalesOrder).filter(customer_id=customer.id, state__in=[state.value for state in OPEN])
    offers = visible(me, Quotation).filter(customer_id=customer.id, state__in=[state.value for state in STANDING])
    paused = customer.dunning_paused_until is not None and customer.dunning_paused_until >= today()
    return CustomerCard(
        customer=Ref(number=customer.number, name=customer.name),
        address=customer.address or None,
        owner=Ref(number=owner.number, name=owner.called) if owner else None,
        contacts=[Contact(number=each.number, name=each.called, phone=each.phone or None) for each in contacts],
        last_visit=await _last_visit(me, customer),
        open_orders=await orders.count(),
        orders=[_open(each) for each in await orders.order_by("-id").limit(SHOWN)],
        open_quotations=await offers.count(),
        quotations=[_offered(each) for each in await offers.order_by("-id").limit(SHOWN)],
        frozen=credit.frozen,
        blocked=credit.blocked,
        limit=credit.limit,
        exposure=credit.exposure,
        available=credit.available,
        overdue=credit.overdue,
        days_late=habit.days if habit else None,
        dunning_paused_until=customer.dunning_paused_until if paused else None,
        payments=[
            LastPayment(number=each.number, received_on=each.received_on, amount=each.amount)
            for each in await last_payments(customer.id)
        ],
    )


async def _last_visit(me: Actor, customer: Customer) -> LastVisit | None:
    visits = visible(me, Visit).filter(customer_id=customer.id).order_by("-visited_at", "-id")
    found = await visits.select_related("person").first()
    if found is None:
        return None
    by = Ref(number=found.person.number, name=found.person.called)
    return LastVisit(by=by, visited_at=found.visited_at, note=found.note, next_date=found.next_on)


def _open(order: SalesOrder) -> OpenOrder:
    return OpenOrder(
        number=order.number, state=OrderState.of(order.state), total=order.total, requested_date=order.requested_date
    )


def _offered(quotation: Quotation) -> OpenQuotation:
    return OpenQuotation(
        number=quotation.number, state=QuotationState.of(quotation.state), total=quotation.total, valid_until=quotation.valid_until
    )  # fmt: skip
