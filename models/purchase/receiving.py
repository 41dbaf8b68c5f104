"""Goods that come in from suppliers: what a purchase still expects goes down, stock goes up, and what we owe is estimated."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from models import sql
from models.base import ZERO
from models.clock import now
from models.errors import NotEnoughStock, Refused, WrongState
from models.moves import move
from models.product.tables import Product
from models.purchase.tables import (
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseState,
    ReceiptState,
)
from models.stock.bins import keep_expiry, refuse_other_expiry
from models.stock.moving import CENT, add_move
from models.stock.placing import Spot
from models.stock.reservation import Dropped, make_room
from models.stock.reversal import MovedOn, take_back
from models.system.numbers import next_number

ESTIMATED_PAYABLE = "220201"

UNEXPLAINED = "1901"

EXPECTING = (PurchaseState.confirmed, PurchaseState.partially_received)

LOCK = "SELECT id FROM purchase_order WHERE id = $1 FOR NO KEY UPDATE"

TAKE_IN = """
UPDATE purchase_order_line SET received = received + $2 WHERE id = $1 AND received + $2 BETWEEN invoiced AND quantity RETURNING id
"""

OPEN_LINES = """
SELECT o.number, l.quantity - l.received AS quantity FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
WHERE l.product_id = $1 AND l.quantity > l.received AND o.state IN ('confirmed', 'partially_received')
  AND ($2::bigint IS NULL OR o.supplier_id = $2) ORDER BY l.due_date, o.number
"""


class OverReceived(Refused):
    """More came than was ordered and is still open."""

    code = "over_received"


class ReceiptInvoiced(Refused):
    """The supplier's invoice for these goods is booked."""

    code = "receipt_invoiced"


class NotOrdered(Refused):
    """The purchase has no such product."""

    code = "not_ordered"


@dataclass(frozen=True, slots=True)
class Arrived:
    """So much of a product that came in; without a cost, at what the books say."""

    product: Product
    quantity: Decimal
    unit_cost: Decimal | None = None

    @property
    def cost(self) -> Decimal:
        """What one of it costs."""
        return Decimal(self.product.cost) if self.unit_cost is None else self.unit_cost


async def lines_expected(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    """A purchase's lines with their products, what is still open first."""
    lines = await PurchaseOrderLine.filter(order_id=order.id).order_by("id").select_related("product")
    return sorted(lines, key=lambda line: line.received >= line.quantity)


async def purchases_expecting(product_id: int, supplier_id: int | None = None) -> list[dict[str, object]]:
    """Numbers of the purchases that still expect a product, and how much, the earliest due first."""
    return await sql.rows(OPEN_LINES, product_id, supplier_id)


async def receive_purchase(
    order: PurchaseOrder, arrived: list[Arrived], spot: Spot, *, by: int
) -> tuple[GoodsReceipt, list[GoodsReceiptLine]]:
    """Takes goods in for a purchase at its prices.

    Raises WrongState, NotOrdered, OverReceived, ExpiryKnown, PeriodClosed.
    """
    await sql.rows(LOCK, order.id)
    await order.refresh_from_db()
    if order.state not in EXPECTING:
        raise WrongState(
            kind="purchase_order", number=order.number, state=order.state, state_text=PurchaseState.of(order.state).text
        )
    lines = {line.product_id: line for line in reversed(await lines_expected(order))}  # type: ignore[attr-defined]
    receipt = await _write(by=by, order=order, supplier_id=order.supplier_id)  # type: ignore[attr-defined]
    made = []
    for each in sorted(arrived, key=lambda each: each.product.id):
        line = lines.get(each.product.id)
        if line is None:
            raise NotOrdered(number=order.number, product=each.product.name)
        if not await sql.row(TAKE_IN, line.id, each.quantity):
            raise OverReceived(
                number=order.number, product=each.product.name, unit=each.product.unit,
                open=line.quantity - line.received, given=each.quantity,
            )  # fmt: skip
        price = Decimal(line.price)
        came = await _write_line(receipt, Arrived(each.product, each.quantity, price), spot, line)
        await _book(receipt, came, ESTIMATED_PAYABLE, by=by)
        made.append(came)
    await follow_receipts(order)
    return receipt, made


async def write_receipt(
    arrived: list[Arrived], spot: Spot, *, supplier_id: int | None, reason: str, by: int
) -> GoodsReceipt:
    """Writes goods down that no purchase expects; nothing moves yet. Raises ExpiryKnown."""
    receipt = await _write(by=by, supplier_id=supplier_id, reason=reason, state=ReceiptState.pending_approval)
    for each in sorted(arrived, key=lambda each: each.product.id):
        await _write_line(receipt, each, spot)
    return receipt


async def book_receipt(receipt: GoodsReceipt, *, by: int | None) -> list[GoodsReceiptLine]:
    """Takes in what was written down: owed to its supplier, or to be explained by finance. Raises WrongState, ExpiryKnown."""
    await move(receipt, ReceiptState.done)
    lines = await lines_of_receipt(receipt)
    for line in lines:
        await _book(receipt, line, ESTIMATED_PAYABLE if receipt.supplier_id else UNEXPLAINED, by=by)  # type: ignore[attr-defined]
    return lines


async def lines_of_receipt(receipt: GoodsReceipt) -> list[GoodsReceiptLine]:
    """Its lines with products and warehouses, in the order in which balances are locked."""
    rows = GoodsReceiptLine.filter(receipt_id=receipt.id).order_by("product_id", "warehouse_id", "id")
    return await rows.select_related("product", "warehouse", "receipt")


def worth_of_arrival(arrived: list[Arrived]) -> Decimal:
    """What goods in question are worth by what is said of them or by the books, whichever is more."""
    worth = sum((each.quantity * max(each.cost, each.product.cost) for each in arrived), ZERO)
    return Decimal(worth).quantize(CENT, ROUND_HALF_UP)


async def cancel_receipt(receipt: GoodsReceipt, *, by: int) -> list[Dropped]:
    """Takes a receipt back: its goods leave again, and the purchase expects them; says whose reservations gave way.

    One that still waits for consent has moved nothing. Raises WrongState, MovedOn, ReceiptInvoiced.
    """
    order = await PurchaseOrder.get_or_none(id=receipt.order_id or -1)  # type: ignore[attr-defined]
    if order is not None:
        await sql.rows(LOCK, order.id)
    waiting = receipt.state == ReceiptState.pending_approval.value
    await move(receipt, ReceiptState.cancelled)
    dropped: list[Dropped] = []
    for line in [] if waiting else await lines_of_receipt(receipt):
        try:
            dropped += await make_room(line.product_id, line.warehouse_id, line.quantity)  # type: ignore[attr-defined]
        except NotEnoughStock:
            raise MovedOn(number=receipt.number) from None
        # What the supplier has invoiced stays received: the invoice is taken back first.
        ordered = line.order_line_id  # type: ignore[attr-defined]
        if ordered is not None and not await sql.row(TAKE_IN, ordered, -line.quantity):
            raise ReceiptInvoiced(number=receipt.number)
    if not waiting:
        await take_back(receipt.number, by=by, memo=f"撤销 {receipt.number}")
    if order is not None:
        await order.refresh_from_db()
        await follow_receipts(order)
    return dropped


async def _write(
    *, by: int, order: PurchaseOrder | None = None, supplier_id: int | None, reason: str = "",
    state: ReceiptState = ReceiptState.done,
) -> GoodsReceipt:  # fmt: skip
    return await GoodsReceipt.create(
        number=await next_number("GR"), order=order, supplier_id=supplier_id, reason=reason, state=state.value,
        received_at=now(), received_by_id=by,
    )  # fmt: skip


async def _write_line(
    receipt: GoodsReceipt, each: Arrived, spot: Spot, line: PurchaseOrderLine | None = None
) -> GoodsReceiptLine:
    if spot.lot and spot.expires_on:
        await refuse_other_expiry(each.product.id, spot.lot, spot.expires_on)
    return await GoodsReceiptLine.create(
        receipt=receipt, order_line=line, product=each.product, warehouse=spot.warehouse, quantity=each.quantity,
        unit_cost=each.cost, amount=(each.quantity * each.cost).quantize(CENT, ROUND_HALF_UP), location=spot.location,
        lot=spot.lot or "", expires_on=spot.expires_on,
    )  # fmt: skip


async def _book(receipt: GoodsReceipt, line: GoodsReceiptLine, against: str, *, by: int | None) -> None:
    ordered = receipt.order.number if line.order_line_id else ""  # type: ignore[attr-defined]
    memo = " ".join(part for part in ("入库", ordered, receipt.reason) if part)
    if line.lot and line.expires_on:
        await keep_expiry(line.product.id, line.lot, line.expires_on)
    await add_move(
        product_id=line.product.id, warehouse_id=line.warehouse.id, quantity=line.quantity, document=receipt.number,
        against=against, unit_cost=line.unit_cost, location=line.location, lot=line.lot or None, memo=memo, by=by,
    )  # fmt: skip


async def follow_receipts(order: PurchaseOrder) -> None:
    """The state is what its lines say."""
    lines = await lines_expected(order)
    received = sum((line.received for line in lines), ZERO)
    complete = all(line.received >= line.quantity for line in lines)
    state = (
        PurchaseState.received
        if complete
        else PurchaseState.partially_received
        if received
        else PurchaseState.confirmed
    )
    if order.state != state.value:
        await move(order, state)
