"""Goods sent back to their supplier: out of stock at the moving average, off what we owe at the purchase's price.

What the two differ by is a price difference, as when an invoice differs (decision 0022).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from models import sql
from models.base import ZERO
from models.books.posting import Leg, post
from models.clock import now
from models.errors import Refused
from models.moves import move
from models.product.tables import Product
from models.purchase.receiving import ESTIMATED_PAYABLE, LOCK, NotOrdered, ReceiptInvoiced, follow_receipts
from models.purchase.tables import (
    PurchaseOrder,
    PurchaseOrderLine,
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnState,
)
from models.stock.moving import add_move
from models.stock.reversal import take_back
from models.stock.tables import Warehouse
from models.system.numbers import next_number

DIFFERENCE = "1404"

CENT = Decimal("0.01")

# Credited, it is no longer ordered either; replaced, it is expected again.
SEND_BACK = """
UPDATE purchase_order_line SET received = received - $2::numeric, quantity = quantity - $3::numeric
WHERE id = $1 AND received - $2::numeric >= invoiced RETURNING id
"""

RECEIVED = """
SELECT o.number FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
WHERE l.product_id = $1 AND o.supplier_id = $2 AND l.received - l.invoiced >= $3::numeric ORDER BY o.id DESC
"""


class NotReceived(Refused):
    """More is to go back than came."""

    code = "not_received"


@dataclass(frozen=True, slots=True)
class Leaving:
    """So much of a product that goes back, and where it lies."""

    product: Product
    quantity: Decimal
    warehouse: Warehouse
    location: str | None = None
    lot: str | None = None


async def purchases_received(product_id: int, supplier_id: int, quantity: Decimal) -> list[str]:
    """Numbers of a supplier's purchases of which so much came and is not invoiced, the latest first."""
    return [str(row["number"]) for row in await sql.rows(RECEIVED, product_id, supplier_id, quantity)]


async def send_back(
    order: PurchaseOrder, leaving: list[Leaving], *, reason: str, replaced: bool, by: int
) -> tuple[SupplierReturn, list[SupplierReturnLine]]:
    """Sends goods of a purchase back. Raises NotOrdered, NotReceived, ReceiptInvoiced, NotEnoughStock, PeriodClosed."""
    await sql.rows(LOCK, order.id)
    await order.refresh_from_db()
    lines = await PurchaseOrderLine.filter(order_id=order.id).order_by("id")
    made = await SupplierReturn.create(
        number=await next_number("SR"), order=order, supplier_id=order.supplier_id, reason=reason, replaced=replaced,  # type: ignore[attr-defined]
        returned_at=now(), returned_by_id=by,
    )  # fmt: skip
    written = []
    for each in sorted(leaving, key=lambda each: each.product.id):
        line = next((line for line in lines if line.product_id == each.product.id), None)  # type: ignore[attr-defined]
        if line is None:
            raise NotOrdered(number=order.number, product=each.product.name)
        written.append(await _send(made, order, line, each, by))
    await follow_receipts(order)
    return made, written


async def cancel_return(given: SupplierReturn, *, by: int) -> None:
    """Takes a return back: its goods are here again, and owed for. Raises WrongState."""
    order = await PurchaseOrder.get(id=given.order_id)  # type: ignore[attr-defined]
    await sql.rows(LOCK, order.id)
    await move(given, SupplierReturnState.cancelled)
    for line in await SupplierReturnLine.filter(supplier_return_id=given.id).order_by("id"):
        ordered = ZERO if given.replaced else -line.quantity
        await sql.rows(SEND_BACK, line.order_line_id, -line.quantity, ordered)  # type: ignore[attr-defined]
    await take_back(given.number, by=by, memo=f"撤销 {given.number}")
    await order.refresh_from_db()
    await follow_receipts(order)


async def _send(
    made: SupplierReturn, order: PurchaseOrder, line: PurchaseOrderLine, each: Leaving, by: int
) -> SupplierReturnLine:
    if each.quantity > line.received:
        raise NotReceived(
            number=order.number, product=each.product.name, unit=each.product.unit, most=line.received, given=each.quantity
        )  # fmt: skip
    if not await sql.row(SEND_BACK, line.id, each.quantity, ZERO if made.replaced else each.quantity):
        raise ReceiptInvoiced(number=order.number)
    memo = f"退供应商 {order.number}"
    value = await add_move(
        product_id=each.product.id, warehouse_id=each.warehouse.id, quantity=-each.quantity, document=made.number,
        against=ESTIMATED_PAYABLE, location=each.location, lot=each.lot, memo=memo, by=by,
    )  # fmt: skip
    # Parts are differences of what the whole comes to, so that no cent is lost between them.
    amount = _worth(line, line.received) - _worth(line, line.received - each.quantity)
    if above := amount + value:
        await post(made.number, [Leg(ESTIMATED_PAYABLE, above), Leg(DIFFERENCE, -above)], memo=memo, by=by)
    line.received -= each.quantity
    return await SupplierReturnLine.create(
        supplier_return=made, order_line=line, product=each.product, warehouse=each.warehouse, quantity=each.quantity,
        amount=amount, lot=each.lot or "",
    )  # fmt: skip


def _worth(line: PurchaseOrderLine, quantity: Decimal) -> Decimal:
    return (quantity * Decimal(line.price)).quantize(CENT, ROUND_HALF_UP)
