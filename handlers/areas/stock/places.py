"""What lies where, and until when it is good."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from handlers.actor import Actor
from handlers.areas.stock.facts import ref
from handlers.dispatch import MissingInput
from handlers.inputs import Count, Cursor, page_of
from handlers.registry import query
from handlers.result import Listing, Named, Quantity, Ref, Result
from models import sql
from models.clock import today
from models.errors import InvalidInput
from models.product.tables import Product
from models.stock.tables import Location, Warehouse

IN_PLACE = """
SELECT p.code, p.name, p.unit, w.name AS warehouse, b.location, b.lot, b.on_hand AS quantity, l.expires_on FROM stock_bin b
JOIN product p ON p.id = b.product_id JOIN warehouse w ON w.id = b.warehouse_id
LEFT JOIN lot l ON l.product_id = b.product_id AND l.number = b.lot
WHERE b.on_hand > 0 AND ($1::text IS NULL OR b.location = $1) AND ($2::bigint IS NULL OR b.product_id = $2)
  AND ($3::bigint IS NULL OR b.warehouse_id = $3) AND ($4::date IS NULL OR l.expires_on <= $4)
ORDER BY w.rank, b.location, p.code, b.lot
"""


SHOWN = 10

SOON = Decimal(60)
"""Days ahead that people look for what will expire."""


class BinShown(Result):
    """So much of a product at one place, of one lot."""

    product: Ref
    quantity: Quantity
    unit: str
    warehouse: Named
    location: str | None
    lot: str | None
    expires_on: date | None = None
    expired: bool = False


class PlaceAnswer(Listing):
    """What lies at a location or in a warehouse, or where a product lies."""

    location: str | None
    warehouse: Named | None
    product: Ref | None
    items: list[BinShown]


@query(
    "location.query",
    says=[
        "{location}上面有啥", "{location}上有什么", "{location}有什么", "{location}上面有什么", "{location}有啥", "库位{location}",
        "{location}放的什么", "{location}放了什么", "{location}里有什么", "{warehouse}有什么", "{warehouse}有什么货", "{warehouse}里有什么",
        "{product}在哪个库位", "{product}放哪", "{product}放在哪", "{product}在哪", "{product}在哪里", "{product}在哪里放着", "{location}",
    ],
)  # fmt: skip
async def query_location(
    me: Actor,
    *,
    location: Location | None = None,
    product: Product | None = None,
    warehouse: Warehouse | None = None,
    cursor: Cursor | None = None,
) -> PlaceAnswer:
    """查库位：上面有什么，货放在哪"""
    if location is None and product is None and warehouse is None:
        raise MissingInput(input="location", handler="location.query")
    rows = await sql.rows(
        IN_PLACE, location.code if location else None, product.id if product else None, warehouse.id if warehouse else None, None
    )  # fmt: skip
    page, more = page_of(rows, cursor, SHOWN)
    return PlaceAnswer(
        location=location.code if location else None,
        warehouse=location.warehouse.name if location else warehouse.name if warehouse else None,
        product=ref(product) if product else None,
        total=len(rows),
        next=more,
        items=[_shown(row) for row in page],
    )


class ExpiringList(Listing):
    """Goods whose last day has come or comes within so many days, the first to go bad first."""

    days: int
    expired: int
    items: list[BinShown]


@query(
    "batch.expiring",
    says=[
        "快过期的货", "快过期的", "快到期的", "哪些货快过期了", "哪些快过期了", "快到期的货", "{days}天内过期的货", "{days}天内到期的货", "过期的货", "有没有过期的货",
    ],
)  # fmt: skip
async def list_expiring(me: Actor, *, days: Count | None = None, cursor: Cursor | None = None) -> ExpiringList:
    """快过期的货：已经过期和快到期的批次，默认 60 天内"""
    ahead = SOON if days is None else days
    if not 0 <= ahead <= 3650 or ahead != int(ahead):
        raise InvalidInput(input="days", given=f"{ahead.normalize():f}", why="too_large")
    rows = await sql.rows(IN_PLACE, None, None, None, today() + timedelta(days=int(ahead)))
    found = sorted((_shown(row) for row in rows), key=lambda each: each.expires_on or today())
    page, more = page_of(found, cursor, SHOWN)
    return ExpiringList(
        days=int(ahead), total=len(found), next=more, expired=sum(1 for each in found if each.expired), items=page
    )


def _shown(row: dict[str, Any]) -> BinShown:
    until = row["expires_on"]
    return BinShown(
        product=Ref(code=row["code"], name=row["name"]), quantity=row["quantity"], unit=row["unit"], warehouse=row["warehouse"],
        location=row["location"] or None, lot=row["lot"] or None, expires_on=until, expired=until is not None and until < today(),
    )  # fmt: skip
