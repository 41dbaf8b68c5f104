"""Shipping: goods leave, and whoever waits for them hears of it."""

from datetime import date, datetime
from decimal import Decimal

from handlers.actor import Actor
from handlers.areas.sales.facts import tell_about, wrong_state
from handlers.call import Call
from handlers.carriers import Carrier, is_numbered
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Ambiguous, Count, Day, TrackingNo
from handlers.items import Item, refuse_fractions
from handlers.registry import command, query
from handlers.result import Entire, Numbered, Quantity, Ref, Result
from handlers.visible import visible
from models import sql
from models.base import ZERO
from models.clock import today
from models.errors import InvalidInput, NotFound, WrongState
from models.finance.credit import check_delivery
from models.party.tables import Customer
from models.sales.orders import lines_of
from models.sales.shipping import ship, shipments_of
from models.sales.tables import Delivery, DeliveryLine, DeliveryState, OrderState, SalesOrder, ShipmentState
from models.sales.unshipping import unship


class ShippedLine(Result):
    """How much of one product left."""

    product: Ref
    quantity: Quantity
    unit: str


class Shipped(Result):
    """Goods that left for a customer."""

    number: str
    order: Numbered
    customer: Ref
    carrier: str
    tracking_no: str
    shipped_at: datetime
    delivery: DeliveryState
    lines: list[ShippedLine]
    backorder: list[ShippedLine]


class Unshipped(Result):
    """Goods of a delivery that never left after all, and how much of the order has."""

    number: str
    order: Numbered
    customer: Ref
    delivery: DeliveryState
    lines: list[ShippedLine]


class DueOrder(Result):
    """An order that has goods set aside to be sent."""

    order: Numbered
    customer: Ref
    requested_date: date | None
    lines: list[ShippedLine]


class DueList(Entire):
    """What is to be sent, the earliest asked for first."""

    day: date
    items: list[DueOrder]


DUE = """
SELECT o.number, c.name AS customer, c.number AS customer_number, o.requested_date, p.name AS product, p.code, p.unit, sum(r.quantity - r.consumed) AS quantity
FROM reservation r JOIN sales_order o ON o.number = r.document JOIN customer c ON c.id = o.customer_id
JOIN product p ON p.id = r.product_id
WHERE r.state IN ('active', 'partially_consumed') AND o.state IN ('confirmed', 'in_progress')
  AND (o.requested_date IS NULL OR o.requested_date <= $1) AND o.id = ANY($2::bigint[])
GROUP BY o.id, c.id, p.id, r.position ORDER BY o.requested_date NULLS LAST, o.id, r.position
"""


@query(
    "ship.list",
    says=[
        "{date}要发哪些",
        "{date}的发货单给我",
        "{date}的发货单",
        "要发哪些",
        "待发货",
        "发货单",
        "哪些要发货",
        "{date}要发的",
        "{date}要发的货",
        "{date}要发货的",
        "{date}要发什么",
        "{date}发什么",
    ],
)
async def list_due(me: Actor, *, date: Day | None = None) -> DueList:
    """待发货：已备好货、到日子要发的订单"""
    day = date or today()
    mine = [each.id for each in await visible(me, SalesOrder).filter(delivery_state__not="delivered").only("id")]
    items: list[DueOrder] = []
    for row in await sql.rows(DUE, day, mine):
        if not items or items[-1].order != row["number"]:
            items.append(
                DueOrder(
                    order=row["number"],
                    customer=Ref(number=row["customer_number"], name=row["customer"]),
                    requested_date=row["requested_date"],
                    lines=[],
                )
            )
        items[-1].lines.append(
            ShippedLine(product=Ref(code=row["code"], name=row["product"]), quantity=row["quantity"], unit=row["unit"])
        )
    return DueList(day=day, items=items)


@command(
    "ship.confirm",
    says=[
        "{order}发了{carrier}单号{tracking_no}", "{order}发了{carrier},单号{tracking_no}", "{order}发{carrier}{tracking_no}", "{order}发了{carrier}{tracking_no}",
        "{order}发了{quantity}个{carrier}单号{tracking_no}", "{order}发了{quantity}{carrier}单号{tracking_no}", "{order}先发{quantity}个{carrier}单号{tracking_no}",
        "{order}先发{quantity}{carrier}单号{tracking_no}", "{order}先发{quantity}个", "{order}先发{quantity}", "{order}先发{items}",
        "{order}已发{carrier}{tracking_no}", "{order}发货{carrier}{tracking_no}", "{order}发了{carrier}", "发货{order}", "{order}发货", "{order}发了", "{order}发走了", "{order}已发货",
    ],
    confirm=True,
)  # fmt: skip
async def confirm_shipment(
    me: Actor,
    *,
    order: SalesOrder,
    items: list[Item] | None = None,
    quantity: Count | None = None,
    carrier: Carrier,
    tracking_no: TrackingNo | None = None,
) -> Done[Shipped]:
    """发货：出库、登记物流、通知客户；只发一部分时其余留作欠货。自提、自送不用单号"""
    if tracking_no is None and is_numbered(carrier):
        raise MissingInput(input="tracking_no", handler="ship.confirm")
    if order.state not in (OrderState.confirmed.value, OrderState.in_progress.value):
        raise wrong_state(order)
    customer: Customer = await order.customer
    await check_delivery(customer.id, customer=customer.name, order=order.number)
    asked = await _asked(order, items, quantity)
    delivery = await ship(order, asked, carrier=carrier, tracking_no=tracking_no or "", by=me.person_id)
    rest = [line for line in await lines_of(order) if line.delivered < line.quantity]
    await tell_about(me, "order.shipped", order)
    shipped = Shipped(
        number=delivery.number,
        order=order.number,
        customer=Ref(number=customer.number, name=customer.name),
        carrier=carrier,
        tracking_no=delivery.tracking_no,
        shipped_at=delivery.shipped_at,
        delivery=DeliveryState.of(order.delivery_state),
        lines=await _left_with(delivery),
        backorder=[
            ShippedLine(product=Ref.of(line.product), quantity=line.quantity - line.delivered, unit=line.product.unit)
            for line in rest
        ],
    )
    undo = Call("ship.revert", {"delivery": delivery.number})
    return Done(shipped, undo=undo, files_for=order.number)


@command(
    "ship.revert",
    says=[
        "撤回发货{delivery}", "{delivery}撤回发货", "取消发货{delivery}", "撤回{delivery}", "作废{delivery}", "{delivery}没发", "撤销发货{delivery}",
        "撤回发货{order}", "{order}撤回发货", "取消发货{order}", "{order}取消发货", "撤销发货{order}",
    ],
    confirm=True,
)  # fmt: skip
async def revert_shipment(me: Actor, *, delivery: Delivery | None = None, order: SalesOrder | None = None) -> Unshipped:
    """撤回录错的发货：货回库、凭证冲回、照旧备给订单；已签收、已开票、已退货的不能撤"""
    wrong = delivery or await _only_sent(order)
    back = await unship(wrong, by=me.person_id)
    await tell_about(me, "order.unshipped", back)
    customer: Customer = await back.customer
    return Unshipped(
        number=wrong.number,
        order=back.number,
        customer=Ref(number=customer.number, name=customer.name),
        delivery=DeliveryState.of(back.delivery_state),
        lines=await _left_with(wrong),
    )


async def _only_sent(order: SalesOrder | None) -> Delivery:
    """The one delivery of an order that is on its way. Raises MissingInput, Ambiguous, WrongState."""
    if order is None:
        raise MissingInput(input="delivery", handler="ship.revert")
    left = await shipments_of(order)
    sent = [each for each in left if each.state == ShipmentState.shipped.value]
    if left and not sent:
        state = ShipmentState.of(left[-1].state)
        raise WrongState(number=left[-1].number, state=state.value, state_text=state.text)
    if not sent:
        raise wrong_state(order)
    if len(sent) > 1:
        choices = [{"name": each.number} for each in sent]
        raise Ambiguous(input="delivery", kind="delivery", given=order.number, choices=choices)
    return sent[0]


async def _left_with(delivery: Delivery) -> list[ShippedLine]:
    return [
        ShippedLine(product=Ref.of(row.order_line.product), quantity=row.quantity, unit=row.order_line.product.unit)
        for row in await DeliveryLine.filter(delivery=delivery).order_by("id").select_related("order_line__product")
    ]


async def _asked(order: SalesOrder, items: list[Item] | None, quantity: Decimal | None) -> dict[int, Decimal] | None:
    """What is to leave, by the position of its line; None means everything that is set aside."""
    lines = [line for line in await lines_of(order) if line.quantity]
    if items is None and quantity is None:
        return None
    if items is None:
        if len(lines) != 1:
            raise InvalidInput(input="quantity", given=f"{quantity:f}", why="which_product")
        asked_for = quantity or ZERO
        if asked_for <= 0:
            raise InvalidInput(input="quantity", given=f"{asked_for:f}", why="too_small")
        refuse_fractions(lines[0].product.unit, asked_for, "quantity")
        wanted = [(lines[0].product_id, asked_for)]  # type: ignore[attr-defined]
    else:
        wanted = [(item.product.id, item.base_quantity) for item in items]
    asked: dict[int, Decimal] = {}
    for product_id, rest in wanted:
        mine = [line for line in lines if line.product_id == product_id]  # type: ignore[attr-defined]
        if not mine:
            raise NotFound(kind="order_line")
        for line in mine:
            # What goes beyond all lines of a product is the last one's, whose tolerance decides.
            part = rest if line is mine[-1] else min(rest, line.quantity - line.delivered)
            if part > 0:
                asked[line.position] = asked.get(line.position, ZERO) + part
            rest -= part
    return asked
