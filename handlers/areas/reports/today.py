"""The day in figures: what a manager wants to know in the morning, and at any time."""

from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.registry import query
from handlers.result import Needs, Places, Result
from models import sql
from models.clock import at_local, today
from models.sales.tables import COMMITTED

TODAY = f"""
SELECT
 (SELECT count(*) FROM sales_order WHERE confirmed_at >= $1) AS orders,
 (SELECT coalesce(sum(total), 0) FROM sales_order WHERE confirmed_at >= $1) AS amount,
 (SELECT count(*) FROM delivery WHERE state <> 'cancelled' AND shipped_at >= $1) AS shipped,
 (SELECT count(*) FROM sales_order WHERE state IN ({", ".join(f"'{s.value}'" for s in COMMITTED)})
   AND delivery_state <> 'delivered' AND requested_date < $2) AS late,
 (SELECT count(*) FROM approval_task t JOIN approval a ON a.id = t.approval_id
   WHERE a.state = 'pending' AND t.approver_id = $3) AS approvals,
 (SELECT count(*) FROM work_order WHERE state = 'in_progress') AS working,
 (SELECT count(*) FROM notice WHERE state IN ('refused', 'uncertain')) AS undelivered,
 (SELECT coalesce(sum(total - paid), 0) FROM invoice WHERE due_on < $2) AS overdue,
 (SELECT count(*) FROM product p WHERE p.active AND p.min_stock IS NOT NULL AND p.min_stock > (
   SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_balance b WHERE b.product_id = p.id)) AS low
"""


class DayAnswer(Result):
    """Today so far."""

    date: str
    orders: int
    amount: Annotated[Decimal | None, Places(2), Needs("order.amount")]
    shipped: int
    late: int
    approvals: int
    working: int
    low: int
    undelivered: int
    overdue: Annotated[Decimal | None, Places(2), Needs("credit.detail")]


@query("report.today", says=["今天怎么样", "今天情况", "今日简报", "日报", "早报"])
async def report_today(me: Actor) -> DayAnswer:
    """今天怎么样：订单、发货、待办和异常"""
    day = today()
    found = await sql.row(TODAY, at_local(day), day, me.id)
    assert found is not None
    return DayAnswer(date=day.isoformat(), **found)
