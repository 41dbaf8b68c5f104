"""The stock ledger: moves are appended; balance, bins and worth beside them change by one guarded update each.

What leaves is worth its share of what is there (moving average); with the last unit goes whatever cent is left.
"""

from datetime import date
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.posting import Leg, post
from models.clock import now
from models.errors import NotEnoughStock
from models.stock.bins import Part, fill, take, usual_location
from models.stock.minimum import watch_minimum
from models.stock.tables import StockMove

STOCK = "1405"

CENT = Decimal("0.01")

RECEIVE = """
INSERT INTO stock_balance (product_id, warehouse_id, on_hand, reserved) VALUES ($1, $2, $3, 0)
ON CONFLICT (product_id, warehouse_id) DO UPDATE SET on_hand = stock_balance.on_hand + $3
RETURNING id
"""

ISSUE = """
UPDATE stock_balance SET on_hand = on_hand + $3
WHERE product_id = $1 AND warehouse_id = $2 AND on_hand + $3 >= reserved
RETURNING id
"""

# The unit cost follows what came in at another cost; what goes out leaves it as it is.
GAIN = """
WITH worth AS (
  INSERT INTO stock_worth (product_id, quantity, value) VALUES ($1, $2::numeric, round($2::numeric * $3::numeric, 2))
  ON CONFLICT (product_id) DO UPDATE SET quantity = stock_worth.quantity + $2::numeric, value = stock_worth.value + excluded.value
  RETURNING quantity, value),
 cost AS (
  UPDATE product SET cost = round(worth.value / worth.quantity, 6) FROM worth
  WHERE id = $1 AND product.cost <> $3::numeric)
SELECT round($2::numeric * $3::numeric, 2) AS value
"""

LOSE = """
WITH before AS (SELECT quantity, value FROM stock_worth WHERE product_id = $1 FOR UPDATE)
UPDATE stock_worth SET quantity = stock_worth.quantity - $2::numeric, value = stock_worth.value - share.value
FROM (SELECT CASE WHEN quantity = $2::numeric THEN value ELSE round(value * $2::numeric / quantity, 2) END AS value FROM before) AS share
WHERE product_id = $1 RETURNING -share.value AS value
"""


async def add_move(
    *,
    product_id: int,
    warehouse_id: int,
    quantity: Decimal,
    document: str,
    against: str,
    by: int | None,
    unit_cost: Decimal = ZERO,
    location: str | None = None,
    lot: str | None = None,
    usable: bool = False,
    memo: str = "",
    on: date | None = None,
) -> Decimal:
    """Books goods in (positive, at `unit_cost` each) or out (negative); says what that was worth, out negative.

    `against` is the account on the other side of 库存商品. Goods go where the product usually lies, and leave by what
    expires first, unless `location` and `lot` say otherwise; what is for a customer must be `usable`, not expired.
    Raises NotEnoughStock if less than that is free there, LotExpired.
    """
    await change_place(product_id=product_id, warehouse_id=warehouse_id, quantity=quantity)
    if quantity > 0:
        where = await usual_location(product_id, warehouse_id) if location is None else location
        parts = [await fill(product_id, warehouse_id, Part(where, lot or "", quantity))]
        changed = await sql.row(GAIN, product_id, quantity, unit_cost)
    else:
        parts = await take(product_id, warehouse_id, -quantity, location=location, lot=lot, usable=usable)
        changed = await sql.row(LOSE, product_id, -quantity)
    assert changed is not None
    value: Decimal = changed["value"]
    for part, share in _shares(parts, value):
        await write_move(product_id, warehouse_id, part, share, document, memo, by)
    await post(document, [Leg(STOCK, value), Leg(against, -value)], memo=memo, on=on, by=by)
    await watch_minimum([product_id])
    return value


async def relocate(
    *,
    product_id: int,
    source: int,
    target: int,
    quantity: Decimal,
    document: str,
    by: int | None,
    source_location: str | None = None,
    target_location: str | None = None,
    lot: str | None = None,
    memo: str = "",
) -> None:
    """Moves goods from one place to another, lots as they are; what they are worth stays. Raises NotEnoughStock."""
    if source != target:
        # Balances are locked in the order of their warehouses, whichever way the goods go.
        for warehouse, signed in sorted(((source, -quantity), (target, quantity))):
            await change_place(product_id=product_id, warehouse_id=warehouse, quantity=signed)
    where = await usual_location(product_id, target) if target_location is None else target_location
    for part in await take(product_id, source, quantity, location=source_location, lot=lot):
        await write_move(product_id, source, part, ZERO, document, memo, by)
        arrived = await fill(product_id, target, Part(where, part.lot, -part.quantity))
        await write_move(product_id, target, arrived, ZERO, document, memo, by)


async def change_place(*, product_id: int, warehouse_id: int, quantity: Decimal) -> None:
    """Changes what one warehouse holds. Raises NotEnoughStock if less than that is free there."""
    if not await sql.row(RECEIVE if quantity > 0 else ISSUE, product_id, warehouse_id, quantity):
        raise NotEnoughStock(wanted=-quantity)


async def write_move(
    product_id: int, warehouse_id: int, part: Part, value: Decimal, document: str, memo: str, by: int | None
) -> None:
    """Appends one line to the ledger; the part's quantity and the value are negative when goods leave."""
    await StockMove.create(
        product_id=product_id,
        warehouse_id=warehouse_id,
        quantity=part.quantity,
        unit_cost=abs(value / part.quantity).quantize(Decimal("0.000001")),
        value=value,
        document=document,
        location=part.location,
        lot=part.lot,
        memo=memo[:120],
        moved_at=now(),
        moved_by_id=by,
    )


def _shares(parts: list[Part], value: Decimal) -> list[tuple[Part, Decimal]]:
    """What each part of one movement is worth: the last has what rounding left."""
    whole = sum((part.quantity for part in parts), ZERO)
    shares = [(value * part.quantity / whole).quantize(CENT) for part in parts[:-1]]
    return list(zip(parts, [*shares, value - sum(shares, ZERO)], strict=True))
