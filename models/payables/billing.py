"""Suppliers' invoices: what was received is demanded, at the price agreed; what differs is a price difference.

Goods received lie on 暂估应付账款 at the price of the purchase until the invoice comes (GoodsReceived, then
InvoiceReceived, as ERPNext and Odoo post them).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from models import sql
from models.base import ZERO
from models.books.posting import Leg, post, refuse_closed, reverse
from models.clock import local, today
from models.errors import BeforeDocument, InvalidInput, Refused, WrongState
from models.moves import move
from models.party.tables import Supplier
from models.payables.paying import give_back, lock_supplier, settle, unsettled_advances
from models.payables.tables import BillState, SupplierInvoice, SupplierInvoiceLine
from models.purchase.tables import PurchaseOrder, PurchaseOrderLine
from models.system.company import tax_rate
from models.system.numbers import next_number

CENT = Decimal("0.01")

ESTIMATED, INPUT_TAX, PAYABLE, DIFFERENCE, EXPENSE, RETAINED = "220201", "222101", "2202", "1404", "6602", "4104"

WITHIN = Decimal("0.2")
"""How far an invoice may be from the purchase's prices before it must be a slip of the pen."""

LINES = "SELECT id FROM purchase_order_line WHERE order_id = $1 ORDER BY id FOR NO KEY UPDATE"

# All that came, stayed and was not demanded: what each receipt was rounded to is taken off again to the cent.
WAITING = """
SELECT l.id, (SELECT coalesce(sum(r.amount), 0) FROM goods_receipt_line r JOIN goods_receipt g ON g.id = r.receipt_id
    WHERE r.order_line_id = l.id AND g.state = 'done')
  - (SELECT coalesce(sum(b.amount), 0) FROM supplier_return_line b JOIN supplier_return s ON s.id = b.supplier_return_id
    WHERE b.order_line_id = l.id AND s.state = 'done')
  - (SELECT coalesce(sum(v.amount), 0) FROM supplier_invoice_line v JOIN supplier_invoice i ON i.id = v.invoice_id
    WHERE v.order_line_id = l.id AND i.state <> 'reversed') AS amount
FROM purchase_order_line l WHERE l.order_id = $1
"""

CAME = """
SELECT max((g.received_at AT TIME ZONE 'Asia/Shanghai')::date) AS day FROM goods_receipt g WHERE g.order_id = $1 AND g.state = 'done'
"""

TAKE = """
UPDATE purchase_order_line SET invoiced = invoiced + $2 WHERE id = $1 AND invoiced + $2 BETWEEN 0 AND received RETURNING id
"""


class NothingToBill(Refused):
    """Nothing that was received of a purchase waits for its invoice."""

    code = "nothing_to_bill"


@dataclass(frozen=True, slots=True)
class Part:
    """How much of one line of a purchase an invoice demands, without tax."""

    line: PurchaseOrderLine
    quantity: Decimal
    amount: Decimal


async def bill_purchase(
    order: PurchaseOrder,
    total: Decimal | None,
    *,
    tax: Decimal | None = None,
    e_number: str = "",
    by: int | None,
    on: date | None = None,
) -> SupplierInvoice:
    """The supplier's invoice for what was received of a purchase; without a total, at the purchase's prices.

    It may be of before the goods came, but not of before they were ordered; it is booked once they were there.
    Raises NothingToBill, InvalidInput for a total that is far off, PeriodClosed, BeforeDocument.
    """
    day, ordered = on or today(), local(order.created_at).date()
    if day < ordered:
        raise BeforeDocument(number=order.number, day=ordered, given=day)
    await refuse_closed(day)
    supplier: Supplier = await order.supplier
    await lock_supplier(supplier.id)
    await sql.rows(LINES, order.id)
    waiting = {row["id"]: row["amount"] for row in await sql.rows(WAITING, order.id)}
    parts = [
        Part(line, line.received - line.invoiced, waiting[line.id])
        for line in await PurchaseOrderLine.filter(order_id=order.id).order_by("id")
        if line.received > line.invoiced
    ]
    if not parts:
        raise NothingToBill(number=order.number)
    estimated = sum((part.amount for part in parts), ZERO)
    rate = await tax_rate()
    demanded = total if total is not None else estimated + _tax_on(estimated, rate)
    taxed = tax if tax is not None else demanded - (demanded / (1 + rate)).quantize(CENT, ROUND_HALF_UP)
    net = demanded - taxed
    if abs(net - estimated) > estimated * WITHIN:
        raise InvalidInput(
            input="amount", given=f"{demanded:f}", why="far_off", expected=estimated + _tax_on(estimated, rate)
        )
    bill = await _write(supplier, demanded, taxed, purchase=order, e_number=e_number, by=by, on=day)
    for part in parts:
        await SupplierInvoiceLine.create(invoice=bill, order_line=part.line, quantity=part.quantity, amount=part.amount)
        if not await sql.row(TAKE, part.line.id, part.quantity):
            raise AssertionError("a locked purchase's line changed")
    legs = [
        Leg(ESTIMATED, estimated), Leg(INPUT_TAX, taxed), Leg(DIFFERENCE, net - estimated),
        Leg(PAYABLE, -demanded, supplier_id=supplier.id),
    ]  # fmt: skip
    came = await sql.row(CAME, order.id)
    booked_on = max(day, came["day"]) if came and came["day"] else day
    await post(bill.number, legs, memo=f"{supplier.name} {order.number}", on=booked_on, by=by)
    for payment in await unsettled_advances(supplier.id, purchase_id=order.id):
        await settle(bill, payment, by=by, on=max(booked_on, payment.paid_on or booked_on))
    return bill


async def bill_expense(
    supplier: Supplier,
    total: Decimal,
    *,
    purpose: str,
    tax: Decimal | None = None,
    e_number: str = "",
    by: int | None,
    on: date | None = None,
) -> SupplierInvoice:
    """A supplier's invoice for what is no stock, such as 运费. Raises PeriodClosed."""
    await lock_supplier(supplier.id)
    taxed = tax if tax is not None else total - (total / (1 + await tax_rate())).quantize(CENT, ROUND_HALF_UP)
    bill = await _write(supplier, total, taxed, purpose=purpose, e_number=e_number, by=by, on=on)
    legs = [Leg(EXPENSE, total - taxed), Leg(INPUT_TAX, taxed), Leg(PAYABLE, -total, supplier_id=supplier.id)]
    await post(bill.number, legs, memo=f"{supplier.name} {purpose}", on=on, by=by)
    return bill


async def open_payable(supplier: Supplier, total: Decimal, *, issued_on: date) -> SupplierInvoice:
    """What we owed a supplier when the books began."""
    bill = await _write(supplier, total, ZERO, purpose="期初", on=issued_on, by=None)
    legs = [Leg(RETAINED, total), Leg(PAYABLE, -total, supplier_id=supplier.id)]
    await post(bill.number, legs, memo=f"{supplier.name} 期初", on=issued_on, by=None)
    return bill


async def reverse_bill(bill: SupplierInvoice, *, by: int | None) -> None:
    """Takes a supplier's invoice back; what was paid on it is an advance. Raises WrongState."""
    await lock_supplier(bill.supplier_id)  # type: ignore[attr-defined]
    await bill.refresh_from_db()
    if bill.state == BillState.reversed.value:
        raise WrongState(number=bill.number, state=bill.state, state_text=BillState.reversed.text)
    await give_back(bill, by=by)
    await bill.refresh_from_db()
    await move(bill, BillState.reversed)
    for line in await SupplierInvoiceLine.filter(invoice_id=bill.id).order_by("order_line_id"):
        await sql.rows(TAKE, line.order_line_id, -line.quantity)  # type: ignore[attr-defined]
    await reverse(bill.number, memo=f"作废 {bill.number}", by=by)


async def _write(
    supplier: Supplier, total: Decimal, tax: Decimal, *, by: int | None, purchase: PurchaseOrder | None = None,
    purpose: str = "", e_number: str = "", on: date | None = None,
) -> SupplierInvoice:  # fmt: skip
    day = on or today()
    return await SupplierInvoice.create(
        number=await next_number("SI"), supplier=supplier, purchase=purchase, purpose=purpose, total=total, tax=tax,
        state=BillState.posted.value, issued_on=day, due_on=day + timedelta(days=supplier.terms_days),
        e_number=e_number, made_by_id=by,
    )  # fmt: skip


def _tax_on(net: Decimal, rate: Decimal) -> Decimal:
    return (net * rate).quantize(CENT, ROUND_HALF_UP)
