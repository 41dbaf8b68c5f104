"""The stock ledger: moves are appended, and the balance beside them changes by one guarded update."""

from decimal import Decimal

from models import sql
from models.clock import now
from models.errors import NotEnoughStock
from models.stock.tables import StockMove

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


async def add_move(
    *,
    product_id: int,
    warehouse_id: int,
    quantity: Decimal,
    document: str,
    unit_cost: Decimal,
    by: int | None,
    lot: str = "",
) -> None:
    """Books goods in (positive) or out (negative). Raises NotEnoughStock if less than that is free there."""
    if not await sql.row(RECEIVE if quantity > 0 else ISSUE, product_id, warehouse_id, quantity):
        raise NotEnoughStock(wanted=-quantity)
    await StockMove.create(
        product_id=product_id,
        warehouse_id=warehouse_id,
        quantity=quantity,
        unit_cost=unit_cost,
        document=document,
        lot=lot,
        moved_at=now(),
        moved_by_id=by,
    )
