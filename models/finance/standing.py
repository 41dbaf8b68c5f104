"""How far orders are delivered, invoiced and paid: three facts, worked out of lines, returns and invoices, never stored."""

from dataclasses import dataclass
from typing import Any

from models import sql
from models.sales.tables import DeliveryState, OrderState
from models.states import Labelled

# A red-letter invoice has its sums below nothing, so that what it takes back is taken off here too.
STANDING = """
SELECT o.id, o.state, o.delivery_state, l.ordered, l.invoiced, l.complete, coalesce(i.demanded, 0) AS demanded,
  coalesce(i.paid, 0) AS paid, EXISTS (SELECT FROM sales_return r WHERE r.order_id = o.id AND r.state = 'requested') AS coming_back
FROM sales_order o
CROSS JOIN LATERAL (SELECT coalesce(sum(quantity), 0) AS ordered, coalesce(sum(invoiced), 0) AS invoiced,
  coalesce(bool_and(invoiced >= quantity), false) AS complete FROM sales_order_line WHERE order_id = o.id) l
LEFT JOIN LATERAL (SELECT sum(total) AS demanded, sum(paid) AS paid FROM invoice WHERE order_id = o.id) i ON true
WHERE o.id = ANY($1::bigint[])
"""


class InvoicedState(Labelled):
    """How much of an order is invoiced."""

    none = "none", "未开票"
    partial = "partial", "部分开票"
    invoiced = "invoiced", "已开票"


class PaidState(Labelled):
    """How much of an order is paid for."""

    unpaid = "unpaid", "未收"
    partial = "partial", "部分收款"
    paid = "paid", "已收清"


@dataclass(frozen=True, slots=True)
class Standing:
    """Three facts about an order, none of which follows from another."""

    delivery: DeliveryState
    invoice: InvoicedState
    payment: PaidState


async def standings(order_ids: list[int]) -> dict[int, Standing]:
    """Where each of these orders stands, by id."""
    rows = await sql.rows(STANDING, order_ids)
    return {row["id"]: Standing(_delivery(row), _invoice(row), _payment(row)) for row in rows}


def _delivery(row: dict[str, Any]) -> DeliveryState:
    """Nothing of what was cancelled is to be delivered; while goods are to come back, it is not as it should be."""
    if row["state"] == OrderState.cancelled.value or not row["ordered"]:
        return DeliveryState.none
    return DeliveryState.exception if row["coming_back"] else DeliveryState.of(row["delivery_state"])


def _invoice(row: dict[str, Any]) -> InvoicedState:
    if not row["invoiced"]:
        return InvoicedState.none
    return InvoicedState.invoiced if row["complete"] else InvoicedState.partial


def _payment(row: dict[str, Any]) -> PaidState:
    if row["paid"] <= 0:
        return PaidState.unpaid
    return PaidState.paid if row["complete"] and row["paid"] >= row["demanded"] else PaidState.partial
