"""Commission: what a salesperson's money earns."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.inputs import Count
from handlers.reading.periods import Span, month_of
from handlers.registry import command, query
from handlers.result import Money, Numbered, Places, Quantity, Ref, Result
from handlers.rights import Scope
from models.base import ZERO
from models.clock import at_local, days, today
from models.errors import InvalidInput, NotFound
from models.party.finding import someone
from models.party.tables import Person
from models.sales.earning import earned, rate_of, set_rate, total_of

MOST_PERCENT = 50


class EarnedRow(Result):
    """One invoice whose money came in."""

    invoice: Numbered
    order: Numbered
    customer: Ref
    received: Money
    base: Money
    commission: Money


class CommissionAnswer(Result):
    """What somebody earns of the money of a period: `base` is it without tax."""

    person: Ref
    period: str
    rate_percent: Annotated[Decimal | None, Places(None)]
    received: Money
    base: Money
    commission: Money
    rows: list[EarnedRow]


@query(
    "commission.query",
    says=[
        "我{period}提成多少", "我{period}的提成", "我{period}的提成多少", "{period}的提成", "我{period}提成", "{period}提成多少", "{period}提成", "我的提成", "提成多少", "我的提成多少", "提成", "我{period}有多少提成",
        "{person}{period}提成", "{person}{period}提成多少", "{person}的提成",
    ],
)  # fmt: skip
async def query_commission(me: Actor, *, period: Span | None = None, person: Person | None = None) -> CommissionAnswer:
    """查提成：这段时间回款的提成"""
    whose = await _whose(me, person)
    span = period or month_of(today())
    rate = await rate_of(whose.id)
    start, end = _between(span)
    rows = await earned(whose.id, rate or ZERO, start, end)
    return CommissionAnswer(
        person=Ref(number=whose.number, name=whose.called),
        period=span.text,
        rate_percent=None if rate is None else rate * 100,
        received=sum((row.received for row in rows), ZERO),
        base=sum((row.base for row in rows), ZERO),
        commission=total_of(rows),
        rows=[
            EarnedRow(
                invoice=row.invoice, order=row.order, customer=Ref(number=row.customer_number, name=row.customer), received=row.received, base=row.base,
                commission=row.commission,
            )
            for row in rows
        ],
    )  # fmt: skip


class RateSet(Result):
    """The share somebody earns, or everybody who has none of their own."""

    person: Ref | None
    rate_percent: Quantity


@command(
    "commission.set",
    says=[
        "提成比例{percent}%",
        "提成比例改成{percent}%",
        "{person}提成比例{percent}%",
        "{person}提成比例改成{percent}%",
    ],
    confirm=True,
)
async def set_commission(me: Actor, *, percent: Count, person: Person | None = None) -> RateSet:
    """设提成比例：按回款的未税金额"""
    if percent > MOST_PERCENT:
        raise InvalidInput(input="percent", given=f"{percent.normalize():f}", why="too_large")
    await set_rate(person.id if person else None, percent / 100)
    return RateSet(person=Ref(number=person.number, name=person.called) if person else None, rate_percent=percent)


async def _whose(me: Actor, person: Person | None) -> Person:
    """Oneself; others only for those who look at everybody. Raises NotFound."""
    if person is None:
        return await someone(me.person_id)
    if me.scope is not Scope.all and person.id != me.id:
        raise NotFound(kind="person")
    return person


def _between(span: Span) -> tuple[datetime, datetime]:
    return at_local(span.start), at_local(span.end) + days(1)
