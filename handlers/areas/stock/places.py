"""What lies where, what to fetch for an order, and the label to put on it."""

from datetime import date

from handlers.actor import Actor
from handlers.areas.stock.facts import ref
from handlers.dispatch import MissingInput
from handlers.inputs import Count
from handlers.places import LotNo
from handlers.registry import query
from handlers.result import Quantity, Ref, Result
from models import sql
from models.clock import today
from models.errors import InvalidInput, NotFound
from models.product.tables import Product
from models.sales.tables import SalesOrder
from models.stock.bins import Part, plan
from models.stock.tables import Location, Lot

IN_PLACE = """
SELECT p.code, p.name, p.unit, w.name AS warehouse, b.location, b.lot, b.on_hand AS quantity FROM stock_bin b
JOIN product p ON p.id = b.product_id JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.on_hand > 0 AND ($1::text IS NULL OR b.location = $1) AND ($2::bigint IS NULL OR b.product_id = $2)
ORDER BY w.rank, b.location, p.code, b.lot
"""

HELD = """
SELECT r.product_id, p.code, p.name, p.unit, r.warehouse_id, w.name AS warehouse, sum(r.quantity - r.consumed) AS quantity
FROM reservation r JOIN product p ON p.id = r.product_id JOIN warehouse w ON w.id = r.warehouse_id
WHERE r.document = $1 AND r.state IN ('active', 'partially_consumed')
GROUP BY 1, 2, 3, 4, 5, 6, w.rank HAVING sum(r.quantity - r.consumed) > 0 ORDER BY w.rank, w.name, p.code
"""

LACKING = """
SELECT p.code, p.name, p.unit, l.quantity - l.delivered - coalesce(r.held, 0) AS quantity FROM sales_order_line l
JOIN product p ON p.id = l.product_id LEFT JOIN (SELECT position, sum(quantity - consumed) AS held FROM reservation
  WHERE document = $2 AND state IN ('active', 'partially_consumed') GROUP BY 1) r ON r.position = l.position
WHERE l.order_id = $1 AND l.quantity - l.delivered > coalesce(r.held, 0) ORDER BY l.position
"""

MOST_LABELS = 1000


class BinShown(Result):
    """So much of a product at one place, of one lot."""

    product: Ref
    quantity: Quantity
    unit: str
    warehouse: str
    location: str | None
    lot: str | None
    expires_on: date | None = None
    expired: bool = False


class PlaceAnswer(Result):
    """What lies at a location, or where a product lies."""

    location: str | None
    warehouse: str | None
    product: Ref | None
    total: int
    items: list[BinShown]


class PickList(Result):
    """What to fetch for an order and where, in the order of the way through the warehouse."""

    order: str
    customer: Ref
    requested_date: date | None
    items: list[BinShown]
    lacking: list[BinShown]


class LabelAnswer(Result):
    """What stands on a label, and how many are wanted."""

    product: Ref
    barcode: str
    unit: str
    lot: str | None
    expires_on: date | None
    copies: int


@query(
    "location.query",
    says=[
        "{location}上面有啥", "{location}上有什么", "{location}有什么", "{location}上面有什么", "{location}有啥", "库位{location}",
        "{product}在哪个库位", "{product}放哪", "{product}放在哪", "{product}在哪里放着", "{location}",
    ],
)  # fmt: skip
async def query_location(me: Actor, *, location: Location | None = None, product: Product | None = None) -> PlaceAnswer:
    """查库位：上面有什么，货放在哪"""
    if location is None and product is None:
        raise MissingInput(input="location", handler="location.query")
    rows = await sql.rows(IN_PLACE, location.code if location else None, product.id if product else None)
    return PlaceAnswer(
        location=location.code if location else None,
        warehouse=location.warehouse.name if location else None,
        product=ref(product) if product else None,
        total=len(rows),
        items=[
            BinShown(
                product=Ref(code=row["code"], name=row["name"]), quantity=row["quantity"], unit=row["unit"],
                warehouse=row["warehouse"], location=row["location"] or None, lot=row["lot"] or None,
            )
            for row in rows[:20]
        ],
    )  # fmt: skip


@query(
    "pick.list",
    says=["拣货单{order}", "{order}拣货单", "{order}拣货", "拣货{order}", "{order}要拣什么", "备货单{order}"],
)
async def list_picks(me: Actor, *, order: SalesOrder) -> PickList:
    """拣货单：到哪个库位拿哪批、拿多少，先到期的先拿"""
    customer = await order.customer
    items: list[BinShown] = []
    for row in await sql.rows(HELD, order.number):
        for part in await plan(row["product_id"], row["warehouse_id"], row["quantity"]):
            items.append(_picked(row["code"], row["name"], row["unit"], row["warehouse"], part))
    lines = await sql.rows(LACKING, order.id, order.number)
    return PickList(
        order=order.number,
        customer=Ref(number=customer.number, name=customer.name),
        requested_date=order.requested_date,
        items=sorted(items, key=lambda item: (item.warehouse, item.location or "", item.product.code or "")),
        lacking=[_picked(row["code"], row["name"], row["unit"], "", Part("", "", row["quantity"])) for row in lines],
    )


@query(
    "label.print",
    says=[
        "打标签{product}{copies}张", "打标签{product}", "{product}打标签{copies}张", "打印标签{product}{copies}张", "{product}标签{copies}张",
        "打{copies}张{product}标签", "打标签{product}批号{lot}{copies}张",
    ],
)  # fmt: skip
async def print_label(
    me: Actor, *, product: Product, copies: Count | None = None, lot: LotNo | None = None
) -> LabelAnswer:
    """打标签：标签上的内容和张数"""
    wanted = copies if copies is not None else 1
    if wanted != int(wanted) or not 1 <= wanted <= MOST_LABELS:
        raise InvalidInput(input="copies", given=f"{wanted:f}", why="copies_1_to_1000")
    known = await Lot.filter(product_id=product.id, number=lot).first() if lot else None
    if lot and known is None:
        raise NotFound(kind="lot", given=lot)
    return LabelAnswer(
        product=ref(product),
        barcode=product.barcode or product.code,
        unit=product.unit,
        lot=lot,
        expires_on=known.expires_on if known else None,
        copies=int(wanted),
    )


def _picked(code: str, name: str, unit: str, warehouse: str, part: Part) -> BinShown:
    return BinShown(
        product=Ref(code=code, name=name), quantity=part.quantity, unit=unit, warehouse=warehouse,
        location=part.location or None, lot=part.lot or None, expires_on=part.expires_on,
        expired=part.expires_on is not None and part.expires_on < today(),
    )  # fmt: skip
