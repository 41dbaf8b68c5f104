"""Goods that have come in are held for the orders that wait for them, the earliest asked for first."""

from models import sql
from models.sales.amending import lock_order
from models.sales.orders import hold_stock, lines_of
from models.sales.tables import SalesOrder

WAITING = """
SELECT o.id FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id
LEFT JOIN (SELECT document, position, sum(quantity - consumed) AS held FROM reservation
  WHERE state IN ('active', 'partially_consumed') GROUP BY 1, 2) r ON r.document = o.number AND r.position = l.position
WHERE l.product_id = ANY($1::bigint[]) AND o.state IN ('confirmed', 'in_progress')
  AND l.quantity - l.delivered > coalesce(r.held, 0)
GROUP BY o.id ORDER BY o.requested_date NULLS LAST, o.id
"""


LOCK = f"SELECT id FROM sales_order WHERE id IN ({WAITING}) ORDER BY id FOR NO KEY UPDATE"


async def lock_waiting(product_ids: list[int]) -> None:
    """Holds the orders still that wait for what is about to come in: documents are locked before goods."""
    await sql.rows(LOCK, product_ids)


async def hold_for_waiting(product_ids: list[int]) -> list[SalesOrder]:
    """Holds what is free now for confirmed orders that lack it; says which orders got any."""
    served = []
    for row in await sql.rows(WAITING, product_ids):
        order = await SalesOrder.get(id=row["id"])
        # What an order holds is read under its lock; otherwise two arrivals at once give it more than it needs.
        await lock_order(order)
        before = await _held(order)
        await hold_stock(order, await lines_of(order))
        if await _held(order) > before:
            served.append(order)
    return served


HELD = """
SELECT coalesce(sum(quantity - consumed), 0) AS held FROM reservation
WHERE document = $1 AND state IN ('active', 'partially_consumed')
"""


async def _held(order: SalesOrder) -> int:
    found = await sql.row(HELD, order.number)
    return found["held"] if found else 0
