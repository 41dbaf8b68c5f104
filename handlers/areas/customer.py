"""Customers: how much more they may owe, and why."""

from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.inputs import Amount
from handlers.registry import query
from handlers.result import Money, Places, Ref, Result
from models.finance.credit import credit_status
from models.party.tables import Customer


class CreditAnswer(Result):
    """A customer's credit: available = limit − receivable − open orders. No limit leaves `limit` and `available` out."""

    customer: Ref
    limit: Annotated[Decimal | None, Places(2)]
    exposure: Money
    receivable: Money
    open_orders: Money
    available: Annotated[Decimal | None, Places(2)]
    overdue: Money
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
        terms_days=customer.terms_days,
        month_end=customer.month_end,
        asked=amount,
        enough=None if over_by is None else over_by == 0,
        over_by=over_by or None,
    )
