"""Changing an order that stands: what it was is kept word for word, and its sums follow its lines."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from models import sql
from models.base import ZERO
from models.clock import now
from models.errors import Refused
from models.product.pricing import discounted, line_sum
from models.sales.orders import lines_of
from models.sales.tables import DeliveryState, OrderRevision, OrderState, SalesOrder, SalesOrderLine

LOCK = "SELECT id FROM sales_order WHERE id = $1 FOR NO KEY UPDATE"

KEPT = (
    "position",
    "quantity",
    "unit",
    "unit_quantity",
    "base_price",
    "discount",
    "price",
    "amount",
    "delivered",
    "invoiced",
)


class AlreadyDelivered(Refused):
    """Less is asked for than has left or is invoiced: what is gone comes back by a return."""

    code = "already_delivered"


class AlreadyInvoiced(Refused):
    """The price of what is invoiced cannot change; the invoice is taken back first."""

    code, status = "already_invoiced", 409


async def lock_order(order: SalesOrder) -> None:
    """Holds an order still until the transaction ends, and reads it again."""
    await sql.rows(LOCK, order.id)
    await order.refresh_from_db()


async def keep_revision(order: SalesOrder, lines: list[SalesOrderLine], *, reason: str, by: int | None) -> None:
    """Writes down how a locked order stands before it is changed; what follows is the next revision."""
    await OrderRevision.create(
        order=order,
        revision=order.revision,
        total=order.total,
        requested_date=order.requested_date,
        lines=[{"product": line.product.code, **{name: f"{getattr(line, name)}" for name in KEPT}} for line in lines],
        reason=reason[:200],
        made_at=now(),
        made_by_id=by,
    )
    order.revision += 1
    await SalesOrder.filter(id=order.id).update(revision=order.revision)


async def set_quantity(line: SalesOrderLine, quantity: Decimal) -> None:
    """Changes how much of a line is ordered, at the line's own price. Raises AlreadyDelivered."""
    if quantity < max(line.delivered, line.invoiced):
        raise AlreadyDelivered(
            product=line.product.name, gone=max(line.delivered, line.invoiced), given=quantity, unit=line.product.unit
        )
    if not line.unit_quantity:
        line.unit, line.unit_quantity = line.product.unit, line.quantity
    factor = line.quantity / line.unit_quantity if line.quantity else Decimal(1)
    in_units = (quantity / factor).quantize(Decimal("0.000001"))
    # What no longer comes out even in the unit it was said in, such as 1,500 of a 箱 of 1,000, is told in pieces.
    if in_units * factor != quantity:
        line.unit, in_units = line.product.unit, quantity
    line.quantity, line.unit_quantity = quantity, in_units
    await write_sums(line)


async def set_discount(line: SalesOrderLine, discount: Decimal) -> None:
    """Sells a line at this share of the price that applied. Raises AlreadyInvoiced."""
    if line.invoiced:
        raise AlreadyInvoiced(product=line.product.name)
    line.discount, line.price = discount, discounted(line.base_price, discount)
    await write_sums(line)


async def write_sums(line: SalesOrderLine) -> None:
    """Writes a line with what it comes to now."""
    worth = line_sum(line.quantity, line.price, rate=line.tax_rate, tax_included=line.tax_included)
    line.amount, line.tax = worth.amount, worth.tax
    await line.save(
        update_fields=[
            "quantity", "unit", "unit_quantity", "discount", "price", "amount", "tax", "delivered", "returned",
        ]
    )  # fmt: skip


async def follow_lines(order: SalesOrder) -> list[SalesOrderLine]:
    """Keeps an order's total and delivery state what its lines say."""
    lines = await lines_of(order)
    order.total = sum((line.amount for line in lines), ZERO)
    order.delivery_state = delivery_state(lines).value
    await SalesOrder.filter(id=order.id).update(total=order.total, delivery_state=order.delivery_state)
    return lines


def delivery_state(lines: Iterable[SalesOrderLine]) -> DeliveryState:
    """How much has left, of all lines together; where nothing is lacking, everything has."""
    rows = list(lines)
    if not any(line.delivered < line.quantity for line in rows):
        return DeliveryState.delivered
    return DeliveryState.partial if any(line.delivered for line in rows) else DeliveryState.pending


def percent_of(done: Decimal, whole: Decimal) -> int:
    """Whole per cent, rounded down, so that 100 means all of it; of nothing, all is done."""
    return int(done * 100 / whole) if whole else 100


def standing(order: SalesOrder) -> OrderState:
    """The state of an order that goes on: it is in progress once something has left."""
    return OrderState.confirmed if order.delivery_state == DeliveryState.pending.value else OrderState.in_progress


def kept_quantities(revision: OrderRevision) -> dict[int, dict[str, Any]]:
    """A revision's lines by position."""
    return {int(line["position"]): line for line in revision.lines}
