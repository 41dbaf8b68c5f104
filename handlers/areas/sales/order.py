"""Orders: taken, watched, received."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from tortoise.expressions import Subquery

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer, answer, rounded, tell_about, tell_draft, wrong_state
from handlers.areas.sales.offers import offers
from handlers.areas.sales.phases import Phase, in_phase
from handlers.areas.sales.placing import place, secure
from handlers.areas.sales.wishes import ask_salesperson
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Ambiguous, Cursor, Day, Text, cursor_after
from handlers.items import Item
from handlers.reading.periods import Span
from handlers.registry import command, query
from handlers.result import Listing, Needs, Numbered, Places, Quantity, Ref, Result
from handlers.rights import Scope
from handlers.visible import visible
from models.approvals.deciding import void
from models.base import ZERO
from models.clock import at_local, days, now, today
from models.delivery.telling import tell
from models.errors import InvalidInput, NotFound, Refused
from models.finance.credit import check_consent, lock_credit
from models.finance.standing import InvoicedState, PaidState, Standing, standings
from models.moves import move
from models.party.tables import Customer
from models.production.pegging import follow_demand
from models.production.tracking import track
from models.sales.orders import Wanted, check_products, draft_order, lines_of, refuse_inactive
from models.sales.tables import Delivery, DeliveryState, OrderState, SalesOrder, SalesOrderLine, ShipmentState, Stage
from models.sales.unshipping import sign_for
from models.stock.reservation import release
from models.stock.tables import ReservationState
from models.system.deadlines import drop_deadlines

MOST_COMING = 5

CANCELLABLE = (
    OrderState.pending_approval, OrderState.credit_hold, OrderState.confirmed, OrderState.in_progress, OrderState.on_hold,
)  # fmt: skip
"""States in which an order stands, so that its customer can only ask for it to be cancelled."""


class NothingToReceive(Refused):
    """No order of the asker's is on its way."""

    code, status = "nothing_to_receive", 409


class CancelledOrder(OrderAnswer):
    """An order that was cancelled, or as it stands while its salesperson is asked to."""

    asked_owner: bool = False
    wish: str | None = None


class NoEarlierOrder(Refused):
    """There is no order of the customer's to take another of."""

    code, status = "no_earlier_order", 404


class OrderRow(Result):
    """An order in a list."""

    number: str
    customer: Ref
    stage: Stage
    delivery_state: DeliveryState
    invoice_state: Annotated[InvoicedState, Needs("order.amount")]
    payment_state: Annotated[PaidState, Needs("order.amount")]
    percent: int | None
    total: Annotated[Decimal | None, Places(2), Needs("order.amount")]
    summary: str
    created_at: datetime


class OrderList(Listing):
    """Orders, newest first."""

    items: list[OrderRow]


class Expired(Result):
    """A hold that was let go."""

    order: Numbered
    freed: Quantity


@command(
    "order.create",
    says=[
        "{customer}要{items}{date}送", "{customer}要{items}{date}交货", "{customer}要{items}{date}要", "{customer}要{items}{date}交", "{customer}要{items}{date}", "{customer}要{items}",
        "{customer}订{items},{date}交货", "{customer}订{items}{date}交货", "{customer}订{items}{date}", "{customer}订{items}", "{customer}下单{items}",
        "给{customer}下单{items}", "给{customer}订{items}", "帮{customer}订{items}", "下单{items}", "订{items}",
        "{customer}要{items}{date}到", "{customer}要{items}{date}到货", "我要{items}{date}送", "我要{items}{date}要", "我要{items}{date}交",
        "我要{items}{date}到", "我要{items}{date}", "{items}{date}来拿", "{items}{date}自提", "订{items}{date}来拿", "订{items}{date}自提", "{items}{date}要", "{items}{date}送", "{items}{date}交", "{items}{date}交货",
        "我要{items}", "我要订{items}", "要{items}{date}", "要{items}", "下单", "下个单", "开单", "给{customer}下单", "{customer}要下单",
        "{customer}下单", "{items}给{customer}", "{customer}订货",
    ],
    confirm=True,
)  # fmt: skip
async def create_order(
    me: Actor, *, customer: Customer, items: list[Item], date: Day | None = None, note: Text | None = None
) -> Done[OrderAnswer]:
    """下单：报价、占库存、查额度；超额度时转审批"""
    if date is not None and date < today():
        raise InvalidInput(input="date", given=date.isoformat(), why="day_past")
    order = await draft_order(
        customer,
        salesperson_id=customer.owner_id if me.is_customer else me.person_id,  # type: ignore[attr-defined]
        wanted=[Wanted(item.product, item.base_quantity, item.unit, item.quantity) for item in items],
        requested=date,
        note=" ".join(filter(None, [note, *(item.remark for item in items)]))[:200],
    )
    if me.is_customer:
        await tell_draft(order, customer)
        return Done(await answer(order))
    return await place(me, order, customer)


@command(
    "order.copy",
    says=[
        "再来一份上次的",
        "再来一单",
        "照上次的再来一份",
        "照上次的单子给{customer}再来一份",
        "给{customer}再来一单",
        "照{order}再来一份",
        "照{order}再下一单",
        "{order}再来一单",
    ],
    confirm=True,
)
async def copy_order(
    me: Actor, *, customer: Customer | None = None, order: SalesOrder | None = None
) -> Done[OrderAnswer]:
    """再来一单：照上次或指定的订单再下一单，按现在的价格"""
    earlier = order or await _last_ordered(me, customer)
    lines = [line for line in await lines_of(earlier) if line.quantity]
    if not lines:
        raise wrong_state(earlier)
    refuse_inactive(line.product for line in lines)
    wanted = [Wanted(line.product, line.quantity, line.unit, line.unit_quantity) for line in lines]
    buyer: Customer = await earlier.customer
    copied = await draft_order(
        buyer, salesperson_id=buyer.owner_id if me.is_customer else me.person_id,  # type: ignore[attr-defined]
        wanted=wanted, requested=None, note="",
    )  # fmt: skip
    if me.is_customer:
        await tell_draft(copied, buyer)
        return Done(await answer(copied))
    return await place(me, copied, buyer)


async def _last_ordered(me: Actor, customer: Customer | None) -> SalesOrder:
    """The order that 上次 means. Raises MissingInput, NoEarlierOrder."""
    if customer is None:
        raise MissingInput(input="customer", handler="order.copy")
    rows = visible(me, SalesOrder).exclude(state=OrderState.cancelled.value).exclude(total=0)
    found = await rows.filter(customer_id=customer.id).order_by("-id").first()
    if found is None:
        raise NoEarlierOrder(customer=customer.name)
    return found


@command("order.confirm", says=["确认订单{order}", "{order}确认下单"], confirm=True)
async def confirm_order(me: Actor, *, order: SalesOrder) -> Done[OrderAnswer]:
    """确认客户的订单草稿"""
    if order.state != OrderState.draft.value:
        raise wrong_state(order)
    return await place(me, order, await order.customer)


@command(
    "order.cancel",
    says=[
        "取消订单{order}",
        "取消{order}",
        "作废{order}",
        "{order}不要了",
        "{order}不要了取消",
        "{order}不要了,取消",
        "{order}取消",
    ],
    confirm=True,
)
async def cancel_order(me: Actor, *, order: SalesOrder) -> CancelledOrder:
    """取消没有发货的订单，放掉占用的库存；客户要取消已确认的，转给业务员"""
    if me.is_customer and order.state != OrderState.draft.value:
        return await _ask_to_cancel(me, order)
    if order.delivery_state != DeliveryState.pending.value:
        raise wrong_state(order)
    await move(order, OrderState.cancelled)
    await _let_go(order)
    await void(order.number)
    await tell_about(me, "order.cancelled", order)
    return CancelledOrder(**dict(await answer(order)))


async def _ask_to_cancel(me: Actor, order: SalesOrder) -> CancelledOrder:
    """A customer who no longer wants what was confirmed, or the rest of it: their salesperson cancels, or closes."""
    if OrderState.of(order.state) not in CANCELLABLE or order.delivery_state == DeliveryState.delivered.value:
        raise wrong_state(order)
    untouched = order.delivery_state == DeliveryState.pending.value
    wish, line = ("整单不要了", f"取消{order.number}") if untouched else ("剩下的不要了", f"关闭{order.number}")
    await ask_salesperson(me, order, wish, [line])
    return CancelledOrder(**dict(await answer(order, exact=False)), asked_owner=True, wish=wish)


@command("order.release")
async def release_order(me: Actor, *, order: SalesOrder) -> OrderAnswer:
    """放行超额度的订单（审批通过时执行）"""
    customer = await order.customer
    credit = await lock_credit(customer.id)
    await check_consent(credit, order.total, customer=customer.name, order=order.number)
    await check_products(order)
    await move(order, OrderState.confirmed, confirmed_at=now())
    await drop_deadlines(order.number)
    await secure(order)
    # Who applied hears of the decision itself.
    await tell_about(me, "order.confirmed", order, salesperson=False)
    return await answer(order)


@command("order.refuse")
async def refuse_order(me: Actor, *, order: SalesOrder) -> OrderAnswer:
    """驳回超额度的订单（审批驳回时执行）"""
    await move(order, OrderState.cancelled)
    await _let_go(order)
    return await answer(order)


@command(
    "order.receive",
    says=[
        "确认收货{delivery}", "{delivery}确认收货", "{delivery}收到了", "{delivery}收货", "{delivery}签收", "确认收货{order}", "{order}确认收货", "{order}收到了", "{order}到货了",
        "确认收货", "收到了", "货收到了", "货都收到了", "收到货了", "货到了", "已收货", "收货了",
    ],
)  # fmt: skip
async def receive_order(
    me: Actor, *, order: SalesOrder | None = None, delivery: Delivery | None = None
) -> Done[OrderAnswer]:
    """确认收货：一张订单在路上的货，或一张发货单；不说单号时问是哪一张"""
    if order is None and delivery is None:
        # 收到了 may be no more than a polite word: which order it is about is said, not guessed.
        raise await _to_receive(me)
    order = order or await delivery.order  # type: ignore[union-attr]
    if not await sign_for(order, delivery):
        raise wrong_state(order)
    await tell_about(me, "order.delivered", order)
    return Done(await answer(order), files_for=order.number)


@query(
    "order.status",
    says=[
        "{order}", "{order}发货没有", "{order}那个单发货没有", "{order}发货了吗", "{order}发了没", "{order}什么情况",
        "我的货到哪了", "货到哪了", "我的货发了吗", "我的货发了没", "货发了吗", "发货了吗", "我的订单到哪了", "我的单到哪了",
        "我的订单发货了吗", "我的单发了吗",

        "{order}到哪了", "{order}状态", "{order}怎么样了", "查订单{order}", "订单{order}", "{order}进度",
        "订单进度", "订单状态", "查订单进度", "{order}什么时候发货", "{order}那单发了没", "{customer}{period}那单发了没", "{customer}{period}的单发了没", "{customer}那单发了没",
    ],
)  # fmt: skip
async def query_order(
    me: Actor, *, order: SalesOrder | None = None, customer: Customer | None = None, period: Span | None = None
) -> OrderAnswer:
    """查订单：状态、进度和物流；不说单号时是客户最近的一张"""
    found = order or await _latest(me, customer, period)
    shown = await answer(found, exact=not me.is_customer)
    return shown.model_copy(update={"notices": await offers(me)})


@query(
    "order.list",
    says=[
        "我的订单",
        "wddd",
        "{customer}最近的单子",
        "{customer}的订单",
        "{customer}的单子",
        "订单列表",
        "查订单",
        "查一下订单",
        "最近的订单",
        "有没有{phase}的单",
        "{phase}的单子有哪些",
        "哪些单{phase}了",
    ],
)
async def list_orders(
    me: Actor,
    *,
    customer: Customer | None = None,
    state: Text | None = None,
    phase: Phase | None = None,
    cursor: Cursor | None = None,
) -> OrderList:
    """我的订单，按时间倒序"""
    # 我的订单 are one's own; a customer that is named may be a colleague's.
    mine = me.scope is Scope.team and customer is None
    rows = visible(me.at(Scope.own) if mine else me, SalesOrder)
    if customer is not None:
        rows = rows.filter(customer_id=customer.id)
    if state is not None:
        rows = rows.filter(state=_known_state(state))
    if phase is not None:
        rows = rows.filter(in_phase(phase))
    total = await rows.count()
    if cursor is not None:
        rows = rows.filter(id__lt=int(cursor))
    page = await rows.order_by("-id").limit(Listing.PAGE + 1).select_related("customer")
    stand = await standings([order.id for order in page])
    items = [await _row(order, stand[order.id], exact=not me.is_customer) for order in page[: Listing.PAGE]]
    more = cursor_after(page[Listing.PAGE - 1].id) if len(page) > Listing.PAGE else None
    return OrderList(total=total, next=more, items=items)


@command("reservation.expire")
async def expire_reservation(me: Actor, *, order: Text) -> Expired:
    """超额度订单占用的库存到期放掉"""
    waiting = await SalesOrder.filter(number=order).first()
    if waiting is None:
        raise NotFound(kind="order")
    if waiting.state != OrderState.credit_hold.value:
        return Expired(order=order, freed=ZERO)
    freed = await release(order, state=ReservationState.expired)
    facts = {"number": order, "freed": f"{freed.normalize():f}"}
    await tell("reservation.expired", about=order, facts=facts, salesperson=[waiting.salesperson_id])  # type: ignore[attr-defined]
    return Expired(order=order, freed=freed)


async def _let_go(order: SalesOrder) -> None:
    """Frees the stock and the work that were set aside, and forgets what was due."""
    await release(order.number)
    await follow_demand(order, wanted=False)
    await drop_deadlines(order.number)


async def _to_receive(me: Actor) -> Refused:
    """Asks which of the orders that are on their way has arrived; or says that none is."""
    left = visible(me, Delivery).filter(state=ShipmentState.shipped.value).values("order_id")
    coming = visible(me, SalesOrder).filter(id__in=Subquery(left), received_at=None)
    numbers = await coming.order_by("id").limit(MOST_COMING).values_list("number", flat=True)
    if not numbers:
        return NothingToReceive()
    return MissingInput(input="order", handler="order.receive", choices=list(numbers))


def _known_state(given: str) -> str:
    """A state by its code or its word. Raises InvalidInput."""
    for state in OrderState:
        if given in (state.value, state.text):
            return state.value
    raise InvalidInput(input="state", given=given, why="no_such_state")


async def _latest(me: Actor, customer: Customer | None, period: Span | None) -> SalesOrder:
    """The newest order of a customer, of a period if one is named. Raises MissingInput, NotFound."""
    if customer is None:
        raise MissingInput(input="order", handler="order.status")
    rows = visible(me, SalesOrder).filter(customer_id=customer.id)
    if period is not None:
        start, end = at_local(period.start), at_local(period.end) + days(1)
        rows = rows.filter(created_at__gte=start, created_at__lt=end)
    found = await rows.order_by("-id").limit(MOST_COMING)
    if not found and period is not None:
        raise NotFound(kind="order_of_period", customer=customer.name, start=period.start, end=period.end)
    if not found:
        raise NotFound(kind="order")
    if period is not None and len(found) > 1:
        # 上周那单 is one of them; without a week it is simply the newest.
        choices = [
            {"number": each.number, "name": f"{each.number} {_summary(await lines_of(each))}", "line": each.number}
            for each in found
        ]
        raise Ambiguous(input="order", kind="order", given=customer.name, choices=choices)
    return found[0]


async def _row(order: SalesOrder, standing: Standing, *, exact: bool) -> OrderRow:
    tracked = await track(order)
    return OrderRow(
        number=order.number,
        customer=Ref.of(order.customer),
        stage=tracked.stage,
        delivery_state=standing.delivery,
        invoice_state=standing.invoice,
        payment_state=standing.payment,
        percent=rounded(tracked.percent, exact),
        total=order.total,
        summary=_summary(await lines_of(order)),
        created_at=order.created_at,
    )


def _summary(lines: list[SalesOrderLine]) -> str:
    """An order's goods in a few words."""
    shown = [line for line in lines if line.quantity] or lines
    first = f"{shown[0].product.name} × {shown[0].unit_quantity.normalize():,f} {shown[0].unit}"
    return first if len(shown) == 1 else f"{first} 等 {len(shown)} 项"
