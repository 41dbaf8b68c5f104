"""What lies where."""

from datetime import date

from handlers.actor import Actor
from handlers.areas.stock.facts import ref
from handlers.dispatch import MissingInput
from handlers.registry import query
from handlers.result import Quantity, Ref, Result
from models import sql
from models.product.tables import Product
from models.stock.tables import Location

IN_PLACE = """
SELECT p.code, p.name, p.unit, w.name AS warehouse, b.location, b.lot, b.on_hand AS quantity FROM stock_bin b
JOIN product p ON p.id = b.product_id JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.on_hand > 0 AND ($1::text IS NULL OR b.location = $1) AND ($2::bigint IS NULL OR b.product_id = $2)
ORDER BY w.rank, b.location, p.code, b.lot
"""


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
