"""What to fetch for an order, and where: in chat, and as a sheet that is printed."""

from datetime import date, timedelta

from handlers.actor import Actor
from handlers.areas.stock.places import BinShown
from handlers.measures import in_packs
from handlers.pages import Sheet, page
from handlers.registry import query
from handlers.result import Entire, Numbered, Ref
from models import sql
from models.party.tables import Customer
from models.sales.tables import SalesOrder
from models.stock.bins import Part, plan

HELD = """
SELECT r.product_id, p.code, p.name, p.unit, r.warehouse_id, w.name AS warehouse, sum(r.quantity - r.consumed) AS quantity,
  k.unit AS pack, k.holds
FROM reservation r JOIN product p ON p.id = r.product_id JOIN warehouse w ON w.id = r.warehouse_id
LEFT JOIN LATERAL (SELECT unit, holds FROM pack WHERE product_id = p.id ORDER BY holds DESC LIMIT 1) k ON true
WHERE r.document = $1 AND r.state IN ('active', 'partially_consumed')
GROUP BY 1, 2, 3, 4, 5, 6, 8, 9, w.rank HAVING sum(r.quantity - r.consumed) > 0 ORDER BY w.rank, w.name, p.code
"""

LACKING = """
SELECT p.code, p.name, p.unit, l.quantity - l.delivered - coalesce(r.held, 0) AS quantity FROM sales_order_line l
JOIN product p ON p.id = l.product_id LEFT JOIN (SELECT position, sum(quantity - consumed) AS held FROM reservation
  WHERE document = $2 AND state IN ('active', 'partially_consumed') GROUP BY 1) r ON r.position = l.position
WHERE l.order_id = $1 AND l.quantity - l.delivered > coalesce(r.held, 0) ORDER BY l.position
"""


class Picked(BinShown):
    """What to take from one place; `packs` says how much in the product's larger unit, if it has one."""

    packs: str | None = None


class PickList(Entire):
    """What to fetch for an order and where, in the order of the way through the warehouse.

    `lacking` is what is not held, and, `expired`, what is held of goods that may not leave any more.
    """

    order: Numbered
    customer: Ref
    requested_date: date | None
    items: list[Picked]
    lacking: list[Picked]


class PickSheet(Sheet):
    """A pick list on paper, with where the goods go."""

    picks: PickList
    address: str
    note: str


@query(
    "pick.list",
    says=["拣货单{order}", "{order}拣货单", "{order}拣货", "拣货{order}", "{order}要拣什么", "备货单{order}"],
)
async def list_picks(me: Actor, *, order: SalesOrder) -> PickList:
    """拣货单：到哪个库位拿哪批、拿多少，先到期的先拿"""
    customer: Customer = await order.customer
    items: list[Picked] = []
    lacking: list[Picked] = []
    for row in await sql.rows(HELD, order.number):
        rest = row["quantity"]
        for part in await plan(row["product_id"], row["warehouse_id"], row["quantity"]):
            rest -= part.quantity
            packs = in_packs(part.quantity, row["unit"], row["pack"], row["holds"])
            items.append(_picked(row["code"], row["name"], row["unit"], row["warehouse"], part, packs))
        if rest > 0:
            lacking.append(_picked(row["code"], row["name"], row["unit"], "", Part("", "", rest), expired=True))
    lines = await sql.rows(LACKING, order.id, order.number)
    return PickList(
        order=order.number,
        customer=Ref(number=customer.number, name=customer.name),
        requested_date=order.requested_date,
        items=sorted(items, key=lambda item: (item.warehouse, item.location or "", item.product.code or "")),
        lacking=[
            *lacking,
            *(_picked(row["code"], row["name"], row["unit"], "", Part("", "", row["quantity"])) for row in lines),
        ],
    )


@page(
    "pick",
    says=["打印拣货单{order}", "打印{order}拣货单", "打印{order}的拣货单"],
    lives=timedelta(days=1),
    outward=False,
)
async def pick_page(me: Actor, *, order: SalesOrder) -> PickSheet:
    """拣货单的网页：为订单备好的货，按仓库和库位"""
    customer: Customer = await order.customer
    return PickSheet(
        heading=f"拣货单 {order.number}",
        picks=await list_picks(me, order=order),
        address=customer.address,
        note=order.note,
    )


def _picked(
    code: str, name: str, unit: str, warehouse: str, part: Part, packs: str | None = None, *, expired: bool = False
) -> Picked:
    return Picked(
        product=Ref(code=code, name=name), quantity=part.quantity, unit=unit, warehouse=warehouse, packs=packs,
        location=part.location or None, lot=part.lot or None, expires_on=part.expires_on,
        expired=expired,
    )  # fmt: skip
