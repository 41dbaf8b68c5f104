"""Output of open work orders set aside for order lines, which follows what the lines still lack."""

from decimal import Decimal

from models import sql
from models.base import ZERO
from models.sales.orders import lines_of
from models.sales.tables import SalesOrder
from models.stock.reservation import held_by

UNCLAIMED = """
SELECT wo.id, wo.quantity - coalesce(sum(d.quantity), 0) AS quantity
FROM work_order wo LEFT JOIN work_order_demand d ON d.work_order_id = wo.id
WHERE wo.product_id = $1 AND wo.state IN ('confirmed', 'in_progress')
GROUP BY wo.id HAVING wo.quantity > coalesce(sum(d.quantity), 0)
ORDER BY wo.due_date NULLS LAST, wo.id
"""

CLAIMED = """
SELECT d.id, d.order_line_id, d.quantity FROM work_order_demand d JOIN work_order wo ON wo.id = d.work_order_id
WHERE d.order_line_id = ANY($1::bigint[]) AND wo.state IN ('confirmed', 'in_progress') ORDER BY wo.due_date DESC NULLS FIRST, wo.id DESC
"""

CLAIM = """
INSERT INTO work_order_demand (work_order_id, order_line_id, quantity) VALUES ($1, $2, $3)
ON CONFLICT (work_order_id, order_line_id) DO UPDATE SET quantity = work_order_demand.quantity + excluded.quantity
RETURNING id
"""

GIVE_BACK = """
WITH less AS (UPDATE work_order_demand SET quantity = quantity - $2 WHERE id = $1 AND quantity > $2 RETURNING id)
DELETE FROM work_order_demand WHERE id = $1 AND quantity <= $2
"""


async def follow_demand(order: SalesOrder, *, wanted: bool = True) -> None:
    """Sets aside, earliest due first, what each line lacks beyond the stock it holds; gives back what it no longer does.

    An order that is not `wanted` for now, or any more, lacks nothing.
    """
    held = await held_by(order.number)
    lines = await lines_of(order)
    every = await sql.rows(CLAIMED, [line.id for line in lines])
    for line in lines:
        lacks = line.quantity - line.delivered - held.get(line.position, ZERO) if wanted else ZERO
        claimed = [row for row in every if row["order_line_id"] == line.id]
        change = lacks - sum((row["quantity"] for row in claimed), ZERO)
        if change > 0:
            await _claim(line.id, line.product_id, change)  # type: ignore[attr-defined]
        for row in claimed if change < 0 else []:
            part = min(row["quantity"], -change)
            if part > 0:
                await sql.rows(GIVE_BACK, row["id"], part)
                change += part


async def _claim(line_id: int, product_id: int, rest: Decimal) -> None:
    for free in await sql.rows(UNCLAIMED, product_id):
        part = min(rest, free["quantity"])
        if part > 0:
            await sql.rows(CLAIM, free["id"], line_id, part)
            rest -= part
