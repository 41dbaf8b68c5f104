"""Pages of sales: an order and a delivery note as their customer sees them."""

from datetime import datetime, timedelta

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer
from handlers.areas.sales.order import query_order
from handlers.measures import in_packs
from handlers.pages import Sheet, page
from handlers.result import Quantity, Result
from models import sql
from models.party.tables import Customer
from models.sales.tables import Delivery, SalesOrder

MONTH = timedelta(days=30)

CARRIED = """
SELECT p.code, p.name AS product, p.unit, d.quantity, l.unit AS pack, l.quantity / l.unit_quantity AS holds
FROM delivery_line d JOIN sales_order_line l ON l.id = d.order_line_id JOIN product p ON p.id = l.product_id
WHERE d.delivery_id = $1 ORDER BY l.position
"""


class Goods(Result):
    """So much of one product; `packs` says it in its larger unit, if it has one."""

    code: str
    product: str
    quantity: Quantity
    unit: str
    packs: str | None


class OrderSheet(Sheet):
    """An order."""

    order: OrderAnswer
    address: str


class DeliverySheet(Sheet):
    """Goods that left for a customer, for them to sign."""

    number: str
    order: str
    customer: str
    address: str
    carrier: str
    tracking_no: str
    shipped_at: datetime
    lines: list[Goods]


@page(
    "order",
    says=["打印{order}", "打印订单{order}", "{order}打印", "{order}网页", "订单{order}网页"],
    lives=MONTH,
    outward=True,
)
async def order_page(me: Actor, *, order: SalesOrder) -> OrderSheet:
    """订单的网页，可以打印或转发给客户"""
    customer: Customer = await order.customer
    return OrderSheet(
        heading=f"销售订单 {order.number}", order=await query_order(me, order=order), address=customer.address
    )


@page(
    "delivery",
    says=["打印{delivery}", "打印送货单{delivery}", "打印发货单{delivery}", "送货单{delivery}"],
    lives=MONTH,
    outward=True,
)
async def delivery_page(me: Actor, *, delivery: Delivery) -> DeliverySheet:
    """送货单的网页，打印后随货签收"""
    order: SalesOrder = await delivery.order
    customer: Customer = await order.customer
    return DeliverySheet(
        heading=f"送货单 {delivery.number}",
        number=delivery.number,
        order=order.number,
        customer=customer.name,
        address=customer.address,
        carrier=delivery.carrier,
        tracking_no=delivery.tracking_no,
        shipped_at=delivery.shipped_at,
        lines=[
            Goods(
                code=row["code"], product=row["product"], quantity=row["quantity"], unit=row["unit"],
                packs=in_packs(row["quantity"], row["unit"], row["pack"], row["holds"]),
            )
            for row in await sql.rows(CARRIED, delivery.id)
        ],
    )  # fmt: skip
