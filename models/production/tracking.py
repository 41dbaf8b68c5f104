"""Where an order is, as its customer sees it."""

from dataclasses import dataclass
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.production.progress import operations_of, progress
from models.production.tables import WorkOrder, WorkOrderState
from models.sales.tables import DeliveryState, OrderState, SalesOrder, Stage

MAKING = """
SELECT d.work_order_id, sum(d.quantity) AS quantity FROM work_order_demand d
JOIN sales_order_line l ON l.id = d.order_line_id WHERE l.order_id = $1 GROUP BY d.work_order_id
"""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is happening to an order's goods; `percent` while they are being made."""

    stage: Stage
    percent: int | None = None


async def track(order: SalesOrder) -> Tracked:
    """The stage an order is at."""
    fixed = {
        OrderState.draft: Stage.draft,
        OrderState.pending_approval: Stage.on_hold,
        OrderState.credit_hold: Stage.on_hold,
        OrderState.on_hold: Stage.on_hold,
        OrderState.cancelled: Stage.cancelled,
    }.get(OrderState._value2member_map_[order.state])  # type: ignore[call-overload]
    if fixed:
        return Tracked(fixed)
    if order.state == OrderState.closed.value and not order.total:
        return Tracked(Stage.cancelled)
    if order.received_at:
        return Tracked(Stage.delivered)
    if order.delivery_state == DeliveryState.delivered.value:
        return Tracked(Stage.shipped)
    if order.delivery_state == DeliveryState.partial.value:
        return Tracked(Stage.partly_shipped)
    return await _making(order)


async def _making(order: SalesOrder) -> Tracked:
    demand = {row["work_order_id"]: row["quantity"] for row in await sql.rows(MAKING, order.id)}
    if not demand:
        return Tracked(Stage.confirmed)
    work_orders = await WorkOrder.filter(id__in=list(demand))
    if all(each.state == WorkOrderState.completed.value for each in work_orders):
        return Tracked(Stage.ready)
    if all(each.state == WorkOrderState.confirmed.value for each in work_orders):
        return Tracked(Stage.confirmed)
    weighted = ZERO
    for each in work_orders:
        weighted += demand[each.id] * progress(each, await operations_of(each)).percent
    total: Decimal = sum(demand.values(), ZERO)
    return Tracked(Stage.in_production, int(weighted / total))
