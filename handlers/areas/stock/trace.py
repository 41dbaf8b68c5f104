"""Where goods went: the ledger of moves, what has not moved, and who got a lot."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.stock.facts import ref
from handlers.inputs import Cursor, Months, cursor_after, page_of
from handlers.reading.periods import Span
from handlers.registry import query
from handlers.result import Listing, Named, Needs, Numbered, Places, Quantity, Ref, Result
from models import sql
from models.base import ZERO
from models.clock import at_local, days, local, today
from models.errors import InvalidInput
from models.product.tables import Product
from models.stock.placing import TRANSIT
from models.stock.tables import Lot

LOG = """
SELECT m.id, m.moved_at, p.code, p.name, p.unit, m.quantity, w.name AS warehouse, m.location, m.lot, m.document, m.memo,
  coalesce(nullif(s.nickname, ''), s.name, '') AS person, s.number AS person_number
FROM stock_move m JOIN product p ON p.id = m.product_id JOIN warehouse w ON w.id = m.warehouse_id
LEFT JOIN person s ON s.id = m.moved_by_id
WHERE ($1::bigint IS NULL OR m.product_id = $1) AND ($2::timestamptz IS NULL OR m.moved_at >= $2)
  AND ($3::timestamptz IS NULL OR m.moved_at < $3) AND ($4::bigint IS NULL OR m.id < $4)
ORDER BY m.id DESC LIMIT $5
"""

SUMS = """
SELECT count(*) AS total, count(DISTINCT product_id) AS products, count(*) FILTER (WHERE quantity > 0) AS ins,
  count(*) FILTER (WHERE quantity < 0) AS outs, coalesce(sum(quantity) FILTER (WHERE quantity > 0), 0) AS came,
  coalesce(-sum(quantity) FILTER (WHERE quantity < 0), 0) AS went
FROM stock_move WHERE ($1::bigint IS NULL OR product_id = $1) AND ($2::timestamptz IS NULL OR moved_at >= $2)
  AND ($3::timestamptz IS NULL OR moved_at < $3)
"""

# What only changed its place has not been used; what came in counts as movement too.
IDLE = """
SELECT p.code, p.name, p.unit, s.quantity, s.value, moved.last::timestamptz AS moved_at FROM stock_worth s JOIN product p ON p.id = s.product_id
CROSS JOIN LATERAL (SELECT max(m.moved_at) AS last FROM stock_move m
  WHERE m.product_id = s.product_id AND m.document NOT LIKE 'TR%') moved
WHERE s.quantity > 0 AND moved.last < $1 ORDER BY moved.last, p.code
"""

LIES = """
SELECT w.name AS warehouse, b.location, sum(b.on_hand) AS quantity FROM stock_bin b JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.product_id = $1 AND b.lot = $2 AND b.on_hand > 0 GROUP BY w.rank, w.name, b.location ORDER BY w.rank, b.location
"""

WENT = """
SELECT m.document, coalesce(c.name, m.memo) AS whom, c.number AS customer, o.number AS order, max(m.moved_at) AS moved_at,
  -sum(m.quantity) AS quantity
FROM stock_move m LEFT JOIN delivery d ON d.number = m.document LEFT JOIN sales_order o ON o.id = d.order_id
LEFT JOIN customer c ON c.id = o.customer_id
WHERE m.product_id = $1 AND m.lot = $2 GROUP BY m.document, c.id, m.memo, o.number HAVING sum(m.quantity) < 0
ORDER BY max(m.moved_at) DESC, m.document
"""

MONTH = Decimal(365) / 12
HALF_A_YEAR = Decimal(6)


class Move(Result):
    """One line of the ledger."""

    moved_at: datetime
    product: Ref
    quantity: Quantity
    unit: str
    warehouse: Named
    location: str | None
    lot: str | None
    document: Numbered
    memo: str
    by: Ref | None


class MoveList(Listing):
    """What came and went, the latest first; sums only of a single product."""

    product: Ref | None
    period: str | None
    products: int
    ins: int
    outs: int
    came: Quantity | None
    went: Quantity | None
    unit: str | None
    items: list[Move]


SHOWN = 10


class Idle(Result):
    """A product nobody has touched for long."""

    product: Ref
    quantity: Quantity
    unit: str
    since: date
    amount: Annotated[Decimal | None, Places(2), Needs("cost")]


class IdleList(Listing):
    """What has not moved for so many days, the longest first."""

    days: int
    amount: Annotated[Decimal | None, Places(2), Needs("cost")]
    items: list[Idle]


class LotPlace(Result):
    """How much of a lot lies where."""

    warehouse: Named
    location: str | None
    quantity: Quantity


class LotUse(Result):
    """Who got how much of a lot."""

    document: Numbered
    whom: Ref
    order: Numbered | None
    quantity: Quantity
    moved_at: datetime


class LotAnswer(Result):
    """A lot: until when it is good, where it is, and who got it."""

    lot: str
    product: Ref
    unit: str
    expires_on: date | None
    expired: bool
    on_hand: Quantity
    places: list[LotPlace]
    uses: list[LotUse]


@query(
    "stock.log",
    says=[
        "{period}进出多少", "{period}进出", "{period}的进出", "{product}的流水", "{product}流水", "{product}进出记录", "{product}的进出",
        "{product}{period}进出多少", "{product}{period}的流水", "谁动了{product}", "库存流水", "出入库记录", "{product}出入库记录",
    ],
)  # fmt: skip
async def list_moves(
    me: Actor, *, product: Product | None = None, period: Span | None = None, cursor: Cursor | None = None
) -> MoveList:
    """库存流水：什么时候、谁、为什么动的"""
    span = period or (None if product else Span(today(), today()))
    which = (
        product.id if product else None,
        at_local(span.start) if span else None,
        at_local(span.end) + days(1) if span else None,
    )
    rows = await sql.rows(LOG, *which, int(cursor) if cursor is not None else None, Listing.PAGE + 1)
    sums = (await sql.rows(SUMS, *which))[0]
    more = cursor_after(rows[Listing.PAGE - 1]["id"]) if len(rows) > Listing.PAGE else None
    return MoveList(
        total=sums["total"], next=more, product=ref(product) if product else None, period=span.text if span else None,
        products=sums["products"], ins=sums["ins"], outs=sums["outs"], came=sums["came"] if product else None,
        went=sums["went"] if product else None, unit=product.unit if product else None,
        items=[
            Move(
                moved_at=row["moved_at"], product=Ref(code=row["code"], name=row["name"]), quantity=row["quantity"],
                unit=row["unit"], warehouse=row["warehouse"], location=row["location"] or None, lot=row["lot"] or None,
                document=row["document"], memo=row["memo"], by=Ref(number=row["person_number"], name=row["person"]) if row["person_number"] else None,
            )
            for row in rows[: Listing.PAGE]
        ],
    )  # fmt: skip


@query(
    "stock.idle",
    says=[
        "{months}没动过的货", "{months}没动的货", "{months}没动过的", "{months}没动过", "呆滞料", "呆滞库存", "没动过的货",
    ],
)  # fmt: skip
async def list_idle(me: Actor, *, months: Months | None = None, cursor: Cursor | None = None) -> IdleList:
    """多久没动过的货，默认半年"""
    span = (Decimal(months) if months is not None else HALF_A_YEAR) * MONTH
    if not 1 <= span <= 3650:
        raise InvalidInput(input="days", given=f"{span:.0f}", why="too_large" if span > 1 else "too_small")
    rows = await sql.rows(IDLE, at_local(today()) - days(int(span)))
    page, more = page_of(rows, cursor, SHOWN)
    return IdleList(
        days=int(span),
        total=len(rows),
        next=more,
        amount=sum((row["value"] for row in rows), ZERO),
        items=[
            Idle(
                product=Ref(code=row["code"], name=row["name"]), quantity=row["quantity"], unit=row["unit"],
                since=local(row["moved_at"]).date(), amount=row["value"],
            )
            for row in page
        ],
    )  # fmt: skip


@query(
    "batch.query",
    says=[
        "{batch}这批还剩多少", "{batch}这批还有多少", "{batch}这批", "{batch}这批货", "批次{batch}", "批号{batch}", "查批次{batch}",
        "{batch}这批给了谁", "{batch}发给了谁", "{batch}给了谁", "召回{batch}", "{batch}效期",
    ],
)  # fmt: skip
async def query_lot(me: Actor, *, batch: Lot) -> LotAnswer:
    """查批次：还剩多少、放哪、给了谁、效期"""
    product = batch.product
    places = [row for row in await sql.rows(LIES, product.id, batch.number) if row["warehouse"] != TRANSIT]
    uses = await sql.rows(WENT, product.id, batch.number)
    return LotAnswer(
        lot=batch.number,
        product=ref(product),
        unit=product.unit,
        expires_on=batch.expires_on,
        expired=batch.expires_on is not None and batch.expires_on < today(),
        on_hand=sum((row["quantity"] for row in places), ZERO),
        places=[
            LotPlace(warehouse=row["warehouse"], location=row["location"] or None, quantity=row["quantity"])
            for row in places
        ],
        uses=[
            LotUse(
                document=row["document"], whom=Ref(number=row["customer"], name=row["whom"]), order=row["order"], quantity=row["quantity"],
                moved_at=row["moved_at"],
            )
            for row in uses[:50]
        ],
    )  # fmt: skip
