"""Quotations: offered, changed, accepted, and turned into orders."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer, answer, tell_draft
from handlers.areas.sales.placing import place
from handlers.areas.sales.quoted import QuotationAnswer, QuotationSent, quotation_answer
from handlers.dispatch import Done
from handlers.inputs import Count, Cursor, Day, Text, cursor_after
from handlers.items import Item
from handlers.pages import link_to
from handlers.registry import command, query
from handlers.result import Listing, Places, Ref, Result
from handlers.visible import visible
from models.approvals.deciding import void
from models.clock import now, today
from models.delivery.telling import tell
from models.errors import InvalidInput
from models.moves import move
from models.pages.linking import PUBLIC
from models.party.finding import contacts_of
from models.party.tables import Customer
from models.sales.orders import Wanted
from models.sales.quoting import (
    OPEN,
    draft_quotation,
    lock_quotation,
    order_from,
    revise_quotation,
    wrong_state,
)
from models.sales.tables import Quotation, QuotationState
from models.system.deadlines import drop_deadlines

VALID_FOR = 15
"""Days for which an offer holds unless somebody says otherwise."""

MOST_DAYS = 366


class QuotationRow(Result):
    """An offer in a list."""

    number: str
    customer: Ref
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
async def send_quotation(me: Actor, *, quotation: Quotation) -> QuotationSent:
    """把报价单发给客户，附上网页链接"""
    await lock_quotation(quotation)
    _refuse_expired(quotation)
    await move(quotation, QuotationState.sent, sent_at=now())
    page = await link_to(me, "quotation", quotation=quotation) if PUBLIC.url else None
    sent = QuotationSent(**dict(await quotation_answer(quotation)), page=page)
    facts = sent.facts(frozenset({"order.amount"}))
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
            number=each.number, customer=Ref.of(each.customer), state=QuotationState.of(each.state), total=each.total,
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
    facts = {**told.facts(frozenset({"order.amount"})), "reason": reason or ""}
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
