"""The stock ledger: moves are appended; the balance and the worth beside them change by one guarded update each.

What leaves is worth its share of what is there (moving average); with the last unit goes whatever cent is left.
"""

from datetime import date
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.posting import Leg, post
from models.clock import now
from models.errors import NotEnoughStock
from models.stock.tables import StockMove

STOCK = "1405"

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
    lot: str = "",
    memo: str = "",
    on: date | None = None,
) -> Decimal:
    """Books goods in (positive, at `unit_cost` each) or out (negative); says what that was worth, out negative.

    `against` is the account on the other side of 库存商品. Raises NotEnoughStock if less than that is free there.
    """
    await change_place(product_id=product_id, warehouse_id=warehouse_id, quantity=quantity)
    changed = await (
        sql.row(GAIN, product_id, quantity, unit_cost) if quantity > 0 else sql.row(LOSE, product_id, -quantity)
    )
    assert changed is not None
    value: Decimal = changed["value"]
    await _write(product_id, warehouse_id, quantity, value, document, lot, by)
    await post(document, [Leg(STOCK, value), Leg(against, -value)], memo=memo, on=on, by=by)
    return value


async def relocate(
    *, product_id: int, source: int, target: int, quantity: Decimal, document: str, by: int | None, lot: str = ""
) -> None:
    """Moves goods from one warehouse to another; what they are worth stays. Raises NotEnoughStock."""
    # Balances are locked in the order of their warehouses, whichever way the goods go.
    for warehouse, signed in sorted(((source, -quantity), (target, quantity))):
        await change_place(product_id=product_id, warehouse_id=warehouse, quantity=signed)
        await _write(product_id, warehouse, signed, ZERO, document, lot, by)


async def change_place(*, product_id: int, warehouse_id: int, quantity: Decimal) -> None:
    """Changes what one warehouse holds. Raises NotEnoughStock if less than that is free there."""
    if not await sql.row(RECEIVE if quantity > 0 else ISSUE, product_id, warehouse_id, quantity):
        raise NotEnoughStock(wanted=-quantity)


async def _write(
    product_id: int, warehouse_id: int, quantity: Decimal, value: Decimal, document: str, lot: str, by: int | None
) -> None:
    await StockMove.create(
        product_id=product_id,
        warehouse_id=warehouse_id,
        quantity=quantity,
        unit_cost=abs(value / quantity).quantize(Decimal("0.000001")),
        value=value,
        document=document,
        lot=lot,
        moved_at=now(),
        moved_by_id=by,
    )
