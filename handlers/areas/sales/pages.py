"""Pages of sales: an order and a delivery note as their customer sees them, and the list to pick an order by."""

from datetime import date, datetime, timedelta
from typing import Any

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer
from handlers.areas.sales.order import query_order
from handlers.pages import Sheet, page
from handlers.result import Quantity, Result
from models import sql
from models.party.tables import Customer
from models.sales.tables import Delivery, SalesOrder

MONTH, DAY = timedelta(days=30), timedelta(days=1)

CARRIED = """
SELECT p.code, p.name AS product, p.unit, d.quantity, l.unit AS pack, l.quantity / l.unit_quantity AS holds
FROM delivery_line d JOIN sales_order_line l ON l.id = d.order_line_id JOIN product p ON p.id = l.product_id
WHERE d.delivery_id = $1 ORDER BY l.position
"""

HELD = """
SELECT w.name AS warehouse, p.code, p.name AS product, p.unit, sum(r.quantity - r.consumed) AS quantity,
  (SELECT unit FROM pack WHERE product_id = p.id ORDER BY holds DESC LIMIT 1) AS pack,
  (SELECT holds FROM pack WHERE product_id = p.id ORDER BY holds DESC LIMIT 1) AS holds
FROM reservation r JOIN warehouse w ON w.id = r.warehouse_id JOIN product p ON p.id = r.product_id
WHERE r.document = $1 AND r.state IN ('active', 'partially_consumed')
GROUP BY w.id, p.id, r.position ORDER BY w.rank, w.id, p.code, r.position
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


class Picked(Goods):
    """What to fetch, and from which warehouse."""

    warehouse: str


class PickSheet(Sheet):
    """What is set aside for an order, by warehouse."""

    order: str
    customer: str
    address: str
    requested_date: date | None
    note: str
    lines: list[Picked]


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
        lines=[Goods(**_goods(row)) for row in await sql.rows(CARRIED, delivery.id)],
    )


@page("pick", says=["打印拣货单{order}", "打印{order}拣货单", "打印{order}的拣货单"], lives=DAY, outward=False)
async def pick_page(me: Actor, *, order: SalesOrder) -> PickSheet:
    """拣货单的网页：为订单备好的货，按仓库"""
    customer: Customer = await order.customer
    return PickSheet(
        heading=f"拣货单 {order.number}",
        order=order.number,
        customer=customer.name,
        address=customer.address,
        requested_date=order.requested_date,
        note=order.note,
        lines=[Picked(warehouse=row["warehouse"], **_goods(row)) for row in await sql.rows(HELD, order.number)],
    )


def _goods(row: dict[str, Any]) -> dict[str, Any]:
    """A row's product and quantity, also in whole packs and what is left over."""
    quantity, holds = row["quantity"], row["holds"]
    packs = None
    if holds and holds != 1 and quantity >= holds:
        whole, rest = divmod(quantity, holds)
        packs = f"{whole:,.0f} {row['pack']}" + (f" + {rest.normalize():,f} {row['unit']}" if rest else "")
    return {"code": row["code"], "product": row["product"], "unit": row["unit"], "quantity": quantity, "packs": packs}
