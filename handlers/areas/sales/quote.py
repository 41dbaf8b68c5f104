"""Quotations: offered, changed, accepted, and turned into orders."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer, answer, tell_draft
from handlers.areas.sales.placing import place
from handlers.areas.sales.promises import PromiseAnswer, shown
from handlers.dispatch import Done
from handlers.inputs import Count, Cursor, Day, Text, cursor_after
from handlers.items import Item
from handlers.registry import command, query
from handlers.result import Listing, Needs, Places, Quantity, Ref, Result
from handlers.visible import visible
from models.approvals.deciding import void
from models.base import ZERO
from models.clock import now, today
from models.delivery.telling import tell
from models.errors import InvalidInput
from models.moves import move
from models.party.finding import contacts_of
from models.party.tables import Customer, Person
from models.sales.orders import Wanted
from models.sales.promising import outlooks
from models.sales.quoting import (
    OPEN,
    draft_quotation,
    lock_quotation,
    order_from,
    quoted_lines,
    revise_quotation,
    wrong_state,
)  # fmt: skip
from models.sales.tables import Quotation, QuotationLine, QuotationState, SalesOrder
from models.system.deadlines import drop_deadlines

VALID_FOR = 15
"""Days for which an offer holds unless somebody says otherwise."""

MOST_DAYS = 366


class QuotedLine(Result):
    """One product of an offer; `list_price` is what applied before the discount."""

    product: Ref
    quantity: Quantity
    unit: str
    base_quantity: Quantity
    base_unit: str
    list_price: Annotated[Decimal, Places(None)]
    discount: Annotated[Decimal, Places(None)]
    price: Annotated[Decimal, Places(None)]
    tax_included: bool
    tax_rate: Annotated[Decimal, Places(None)]
    tax: Annotated[Decimal, Places(2)]
    amount: Annotated[Decimal, Places(2)]


class QuotationAnswer(Result):
    """An offer as a page or a phone shows it."""

    number: str
    version: int
    customer: Ref
    salesperson: Ref | None
    state: QuotationState
    total: Annotated[Decimal, Places(2)]
    net: Annotated[Decimal, Places(2)]
    tax: Annotated[Decimal, Places(2)]
    valid_until: date
    created_at: datetime
    sent_at: datetime | None
    note: str | None
    lines: list[QuotedLine]
    promise: PromiseAnswer | None
    order: str | None
    approval: Annotated[str | None, Needs("order.internal")] = None


class QuotationRow(Result):
    """An offer in a list."""

    number: str
    customer: str
    state: QuotationState
    total: Annotated[Decimal, Places(2)]
    valid_until: date


class QuotationList(Listing):
    """Offers, newest first."""

    items: list[QuotationRow]


class Expiry(Result):
    """Whether an offer has come to its end."""

    number: str
    state: QuotationState


@command(
    "quote.create",
    says=[
        "给{customer}报价{items}", "给{customer}报价{items},有效{days}天", "给{customer}报价{items}有效{days}天", "给{customer}报个价{items}",
        "报价{customer}{items}", "给{customer}报价", "{customer}报价{items}", "做报价", "报价单给{customer}{items}",
    ],
    confirm=True,
)  # fmt: skip
async def create_quotation(
    me: Actor,
    *,
    customer: Customer,
    items: list[Item],
    days: Count | None = None,
    until: Day | None = None,
    note: Text | None = None,
) -> QuotationAnswer:
    """做报价单：按客户的价格报，过期自动失效"""
    quotation = await draft_quotation(
        customer,
        salesperson_id=me.person_id,
        wanted=_wanted(items),
        valid_until=_last_day(days, until) or today() + timedelta(days=VALID_FOR),
        note=" ".join(filter(None, [note, *(item.remark for item in items)]))[:200],
    )
    return await quotation_answer(quotation)


@command(
    "quote.modify",
    says=[
        "{quotation}改成{items}", "{quotation}改为{items}", "{quotation}有效期延长{days}天", "{quotation}有效期改到{until}", "{quotation}延到{until}",
        "{quotation}重新报{items}",
    ],
    confirm=True,
)  # fmt: skip
async def modify_quotation(
    me: Actor,
    *,
    quotation: Quotation,
    items: list[Item] | None = None,
    days: Count | None = None,
    until: Day | None = None,
) -> QuotationAnswer:
    """改报价单：出新版本，旧版本留底"""
    last = _last_day(days, until)
    if items is None and last is None:
        raise InvalidInput(input="items", given="", why="nothing_changes")
    await revise_quotation(quotation, wanted=_wanted(items) if items else None, valid_until=last)
    await void(quotation.number)
    return await quotation_answer(quotation)


@command(
    "quote.send",
    says=["发送{quotation}", "{quotation}发给客户", "把{quotation}发给客户", "发报价{quotation}"],
    confirm=True,
)
async def send_quotation(me: Actor, *, quotation: Quotation) -> QuotationAnswer:
    """把报价单发给客户"""
    await lock_quotation(quotation)
    _refuse_expired(quotation)
    await move(quotation, QuotationState.sent, sent_at=now())
    sent = await quotation_answer(quotation)
    facts = sent.facts(lambda right: right == "order.amount")
    customer = await contacts_of(quotation.customer_id)  # type: ignore[attr-defined]
    await tell("quote.sent", about=quotation.number, facts=facts, answerable=me.id, customer=customer)
    return sent


@query(
    "quote.show",
    says=[
        "{quotation}",
        "查报价{quotation}",
        "报价单{quotation}",
        "看报价{quotation}",
        "{quotation}什么情况",
        "看{quotation}",
    ],
)
async def show_quotation(me: Actor, *, quotation: Quotation) -> QuotationAnswer:
    """查报价单"""
    return await quotation_answer(quotation)


@query(
    "quote.list",
    says=[
        "我的报价",
        "报价列表",
        "{customer}的报价",
        "{customer}的报价单",
        "最近的报价",
        "报价单",
        "{customer}报过什么价",
    ],
)
async def list_quotations(
    me: Actor, *, customer: Customer | None = None, cursor: Cursor | None = None
) -> QuotationList:
    """报价单列表"""
    rows = visible(me, Quotation)
    if customer is not None:
        rows = rows.filter(customer_id=customer.id)
    total = await rows.count()
    if cursor is not None:
        rows = rows.filter(id__lt=int(cursor))
    page = await rows.order_by("-id").limit(Listing.PAGE + 1).select_related("customer")
    items = [
        QuotationRow(
            number=each.number, customer=each.customer.name, state=QuotationState.of(each.state), total=each.total,
            valid_until=each.valid_until,
        )
        for each in page[: Listing.PAGE]
    ]  # fmt: skip
    more = cursor_after(page[Listing.PAGE - 1].id) if len(page) > Listing.PAGE else None
    return QuotationList(total=total, next=more, items=items)


@command(
    "quote.accept",
    says=["接受报价{quotation}", "接受{quotation}", "{quotation}转订单", "{quotation}下单", "{quotation}接受", "{quotation}客户同意了", "{quotation}转订单{date}送"],
    confirm=True,
)  # fmt: skip
async def accept_quotation(me: Actor, *, quotation: Quotation, date: Day | None = None) -> Done[OrderAnswer]:
    """接受报价：按报价转成订单；客户接受的由业务员确认"""
    if date is not None and date < today():
        raise InvalidInput(input="date", given=date.isoformat(), why="day_past")
    await lock_quotation(quotation)
    _refuse_expired(quotation)
    if QuotationState.of(quotation.state) not in (*OPEN, QuotationState.accepted):
        raise wrong_state(quotation)
    customer: Customer = await quotation.customer
    seller = quotation.salesperson_id or customer.owner_id  # type: ignore[attr-defined]
    order = await order_from(quotation, requested=date, salesperson_id=seller)
    if me.is_customer:
        await tell_draft(order, customer)
        return Done(await answer(order))
    return await place(me, order, customer)


@command(
    "quote.reject",
    says=["拒绝报价{quotation}", "不接受报价{quotation}", "报价{quotation}太贵了", "{quotation}客户没同意"],
    confirm=True,
)
async def reject_quotation(me: Actor, *, quotation: Quotation, reason: Text | None = None) -> QuotationAnswer:
    """记下客户没有接受报价"""
    await _end(quotation, QuotationState.rejected)
    told = await quotation_answer(quotation)
    facts = {**told.facts(lambda right: right == "order.amount"), "reason": reason or ""}
    seller = quotation.salesperson_id  # type: ignore[attr-defined]
    await tell("quote.rejected", about=quotation.number, facts=facts, not_to=me.id, salesperson=[seller])
    return told


@command("quote.cancel", says=["取消报价{quotation}", "作废{quotation}", "撤回报价{quotation}"], confirm=True)
async def cancel_quotation(me: Actor, *, quotation: Quotation) -> QuotationAnswer:
    """作废报价单"""
    await _end(quotation, QuotationState.cancelled)
    return await quotation_answer(quotation)


@command("quote.expire")
async def expire_quotation(me: Actor, *, quotation: Quotation) -> Expiry:
    """报价单过了有效期（到期时执行）"""
    await lock_quotation(quotation)
    if quotation.valid_until >= today():
        return Expiry(number=quotation.number, state=QuotationState.of(quotation.state))
    await move(quotation, QuotationState.expired)
    await void(quotation.number)
    customer: Customer = await quotation.customer
    facts = {"number": quotation.number, "customer": customer.name, "total": f"{quotation.total:.2f}"}
    seller = quotation.salesperson_id  # type: ignore[attr-defined]
    await tell("quote.expired", about=quotation.number, facts=facts, salesperson=[seller])
    return Expiry(number=quotation.number, state=QuotationState.expired)


async def quotation_answer(quotation: Quotation, *, approval: str | None = None) -> QuotationAnswer:
    """An offer's facts, for an answer or for a page."""
    customer: Customer = await quotation.customer
    seller: Person | None = await quotation.salesperson if quotation.salesperson_id else None  # type: ignore[attr-defined]
    lines = await quoted_lines(quotation)
    order = await _order_of(quotation)
    tax = sum((line.tax for line in lines), ZERO)
    return QuotationAnswer(
        number=quotation.number,
        version=quotation.version,
        customer=Ref(number=customer.number, name=customer.name),
        salesperson=Ref(number=seller.number, name=seller.called) if seller else None,
        state=QuotationState.of(quotation.state),
        total=quotation.total,
        net=quotation.total - tax,
        tax=tax,
        valid_until=quotation.valid_until,
        created_at=quotation.created_at,
        sent_at=quotation.sent_at,
        note=quotation.note or None,
        lines=[_line(line) for line in lines],
        promise=await _promise(lines) if QuotationState.of(quotation.state) in OPEN else None,
        order=order.number if order else None,
        approval=approval,
    )


async def _promise(lines: list[QuotationLine]) -> PromiseAnswer:
    seen = await outlooks([line.product_id for line in lines])  # type: ignore[attr-defined]
    return shown(
        [(line.product.name, line.product.unit, seen[line.product_id].promise(line.quantity)) for line in lines]  # type: ignore[attr-defined]
    )


async def _order_of(quotation: Quotation) -> SalesOrder | None:
    """The order it became: whoever sees the one may know the number of the other."""
    return await SalesOrder.filter(quotation_id=quotation.id).first()


async def _end(quotation: Quotation, to: QuotationState) -> None:
    await lock_quotation(quotation)
    await move(quotation, to)
    await void(quotation.number)
    await drop_deadlines(quotation.number)


def _refuse_expired(quotation: Quotation) -> None:
    """Its day may be over before anything noticed."""
    if quotation.valid_until < today():
        raise InvalidInput(input="quotation", given=quotation.number, why="quotation_expired")


def _last_day(days: Decimal | None, until: date | None) -> date | None:
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise InvalidInput(input="days", given=f"{days.normalize():f}", why="days_1_to_366")
    if until is not None and until < today():
        raise InvalidInput(input="until", given=until.isoformat(), why="day_past")
    return until or (today() + timedelta(days=int(days)) if days is not None else None)


def _wanted(items: list[Item]) -> list[Wanted]:
    return [Wanted(item.product, item.base_quantity, item.unit, item.quantity) for item in items]


def _line(line: QuotationLine) -> QuotedLine:
    return QuotedLine(
        product=Ref(code=line.product.code, name=line.product.name), quantity=line.unit_quantity, unit=line.unit,
        base_quantity=line.quantity, base_unit=line.product.unit, list_price=line.base_price, discount=line.discount,
        price=line.price, tax_included=line.tax_included, tax_rate=line.tax_rate, tax=line.tax, amount=line.amount,
    )  # fmt: skip
