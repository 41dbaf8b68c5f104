"""Shipping: goods leave, and whoever waits for them hears of it."""

from datetime import datetime

from handlers.actor import Actor
from handlers.areas.sales.facts import tell_about, wrong_state
from handlers.inputs import Text, TrackingNo
from handlers.registry import command
from handlers.result import Quantity, Ref, Result
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


@command(
    "ship.confirm",
    says=[
        "{order}发了{carrier}单号{tracking_no}", "{order}发了{carrier},单号{tracking_no}", "{order}发{carrier}{tracking_no}",
        "{order}已发{carrier}{tracking_no}", "{order}发货{carrier}{tracking_no}", "{order}发了{carrier}", "发货{order}", "{order}发货", "{order}发了", "{order}发走了", "{order}已发货",
    ],
    confirm=True,
)  # fmt: skip
async def confirm_shipment(me: Actor, *, order: SalesOrder, carrier: Text, tracking_no: TrackingNo) -> Shipped:
    """发货：出库、登记物流、通知客户"""
    if order.state not in (OrderState.confirmed.value, OrderState.in_progress.value):
        raise wrong_state(order)
    customer: Customer = await order.customer
    if customer.frozen:
        raise CustomerFrozen(customer=customer.name)
    delivery = await ship(order, carrier=carrier, tracking_no=tracking_no, by=me.person_id)
    await tell_about(me, "order.shipped", order)
    return Shipped(
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
