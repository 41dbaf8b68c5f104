"""Shipping: goods leave, and whoever waits for them hears of it."""

from datetime import date, datetime

from handlers.actor import Actor
from handlers.areas.sales.facts import tell_about, wrong_state
from handlers.dispatch import Done
from handlers.inputs import Day, Text, TrackingNo
from handlers.registry import command, query
from handlers.result import Quantity, Ref, Result
from handlers.visible import visible
from models import sql
from models.clock import today
from models.errors import CustomerFrozen
from models.party.tables import Customer
from models.sales.orders import ship
from models.sales.tables import DeliveryLine, DeliveryState, OrderState, SalesOrder


class ShippedLine(Result):
    """How much of one product left."""

    product: str
    quantity: Quantity
    unit: str


class Shipped(Result):
    """Goods that left for a customer."""

    number: str
    order: str
    customer: Ref
    carrier: str
    tracking_no: str
    shipped_at: datetime
    delivery: DeliveryState
    lines: list[ShippedLine]


class DueOrder(Result):
    """An order that has goods set aside to be sent."""

    order: str
    customer: str
    requested_date: date | None
    lines: list[ShippedLine]


class DueList(Result):
    """What is to be sent, the earliest asked for first."""

    day: date
    items: list[DueOrder]


DUE = """
SELECT o.number, c.name AS customer, o.requested_date, p.name AS product, p.unit, sum(r.quantity - r.consumed) AS quantity
FROM reservation r JOIN sales_order o ON o.number = r.document JOIN customer c ON c.id = o.customer_id
JOIN product p ON p.id = r.product_id
WHERE r.state IN ('active', 'partially_consumed') AND o.state IN ('confirmed', 'in_progress')
  AND (o.requested_date IS NULL OR o.requested_date <= $1) AND o.id = ANY($2::bigint[])
GROUP BY o.id, c.name, p.id, r.position ORDER BY o.requested_date NULLS LAST, o.id, r.position
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
                DueOrder(order=row["number"], customer=row["customer"], requested_date=row["requested_date"], lines=[])
            )
        items[-1].lines.append(ShippedLine(product=row["product"], quantity=row["quantity"], unit=row["unit"]))
    return DueList(day=day, items=items)


@command(
    "ship.confirm",
    says=[
        "{order}发了{carrier}单号{tracking_no}", "{order}发了{carrier},单号{tracking_no}", "{order}发{carrier}{tracking_no}",
        "{order}已发{carrier}{tracking_no}", "{order}发货{carrier}{tracking_no}", "{order}发了{carrier}", "发货{order}", "{order}发货", "{order}发了", "{order}发走了", "{order}已发货",
    ],
    confirm=True,
)  # fmt: skip
async def confirm_shipment(me: Actor, *, order: SalesOrder, carrier: Text, tracking_no: TrackingNo) -> Done[Shipped]:
    """发货：出库、登记物流、通知客户"""
    if order.state not in (OrderState.confirmed.value, OrderState.in_progress.value):
        raise wrong_state(order)
    customer: Customer = await order.customer
    if customer.frozen:
        raise CustomerFrozen(customer=customer.name)
    delivery = await ship(order, carrier=carrier, tracking_no=tracking_no, by=me.person_id)
    await tell_about(me, "order.shipped", order)
    shipped = Shipped(
        number=delivery.number,
        order=order.number,
        customer=Ref(number=customer.number, name=customer.name),
        carrier=carrier,
        tracking_no=tracking_no,
        shipped_at=delivery.shipped_at,
        delivery=DeliveryState.of(order.delivery_state),
        lines=[
            ShippedLine(product=row.order_line.product.name, quantity=row.quantity, unit=row.order_line.product.unit)
            for row in await DeliveryLine.filter(delivery=delivery).order_by("id").select_related("order_line__product")
        ],
    )
    return Done(shipped, files_for=order.number)
