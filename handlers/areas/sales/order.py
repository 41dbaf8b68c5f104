"""Orders: taken, watched, received."""

from tortoise.expressions import Subquery

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer, answer, tell_about, tell_draft, wrong_state
from handlers.areas.sales.placing import place, secure
from handlers.areas.sales.wishes import ask_salesperson
from handlers.carriers import KnownCarrier
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Day, Text
from handlers.items import Item
from handlers.registry import command
from handlers.result import Numbered, Quantity, Result
from handlers.visible import visible
from models.approvals.deciding import void
from models.base import ZERO
from models.clock import now, today
from models.delivery.telling import tell
from models.errors import InvalidInput, NotFound, Refused
from models.finance.credit import check_consent, lock_credit
from models.moves import move
from models.party.tables import Customer
from models.production.pegging import follow_demand
from models.sales.orders import Wanted, check_products, draft_order, lines_of, refuse_inactive
from models.sales.tables import Delivery, DeliveryState, OrderState, SalesOrder, ShipmentState
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
        "我要{items}{date}到", "我要{items}{date}", "{items}{date}{carrier}", "{items}{date}发{carrier}", "订{items}{date}{carrier}",
        "{customer}要{items}{date}{carrier}", "{customer}订{items}{date}{carrier}", "{customer}要{items}{date}发{carrier}",
        "{customer}订{items}{date}发{carrier}", "{items}{date}要", "{items}{date}送", "{items}{date}交", "{items}{date}交货",
        "我要{items}", "我要订{items}", "我要下单{items}", "我想要{items}", "我想订{items}", "来{items}", "要{items}{date}", "要{items}", "下单", "下个单", "开单", "给{customer}下单", "{customer}要下单",
        "{customer}下单", "{items}给{customer}", "{customer}订货",
    ],
    confirm=True,
)  # fmt: skip
async def create_order(
    me: Actor, *, customer: Customer, items: list[Item], date: Day | None = None, note: Text | None = None,
    carrier: KnownCarrier | None = None,
) -> Done[OrderAnswer]:  # fmt: skip
    """下单：报价、占库存、查额度；超额度时转审批；可以写怎么送或自提"""
    if date is not None and date < today():
        raise InvalidInput(input="date", given=date.isoformat(), why="day_past")
    order = await draft_order(
        customer,
        salesperson_id=customer.owner_id if me.is_customer else me.person_id,  # type: ignore[attr-defined]
        wanted=[Wanted(item.product, item.base_quantity, item.unit, item.quantity) for item in items],
        requested=date,
        note=" ".join(filter(None, [note, *(item.remark for item in items), carrier]))[:200],
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
        "{order}我不要了",
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
