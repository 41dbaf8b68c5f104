"""Money to suppliers: asked for, agreed to, paid off what they demand; the rest is an advance to them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.bills import Bill, refuse_cashed
from models.books.posting import Leg, open_day, post
from models.books.ways import LEAVES, OUR_BILLS, PaymentWay
from models.clock import now, today
from models.errors import BeforeDocument, Refused, WrongState
from models.moves import move
from models.party.tables import Supplier
from models.payables.tables import PayableAllocation, PaymentOut, PaymentOutState, SupplierInvoice
from models.purchase.tables import PurchaseOrder, PurchaseState
from models.system.numbers import next_number

PAYABLE, ADVANCE = "2202", "1123"

# Money to one supplier is dealt out by one at a time.
LOCK = "SELECT id FROM supplier WHERE id = $1 FOR NO KEY UPDATE"

SETTLE = """
UPDATE supplier_invoice SET paid = paid + $2, state = CASE
  WHEN paid + $2 = total THEN 'paid' WHEN paid + $2 = 0 THEN 'posted' ELSE 'partially_paid' END
WHERE id = $1 AND state <> 'reversed' AND paid + $2 BETWEEN 0 AND total RETURNING id
"""

SPEND = """
UPDATE payment_out SET allocated = allocated + $2
WHERE id = $1 AND state = 'paid' AND allocated + $2 BETWEEN 0 AND amount RETURNING id
"""

# What a purchase comes to with tax, less what is asked for or paid already.
LEFT_OF = """
SELECT (SELECT coalesce(round(sum(quantity * price) * (1 + $2::numeric), 2), 0) FROM purchase_order_line WHERE order_id = $1)
  - (SELECT coalesce(sum(amount), 0) FROM payment_out
     WHERE purchase_id = $1 AND state IN ('pending_approval', 'approved', 'paid')) AS amount
"""

GONE = "SELECT state FROM purchase_order WHERE id = $1 AND state IN ('cancelled', 'closed')"

OWED = "SELECT coalesce(sum(total - paid), 0) AS amount FROM supplier_invoice WHERE supplier_id = $1 AND state <> 'reversed'"


class PaidTwice(Refused):
    """More than a purchase comes to would be asked for or paid."""

    code = "paid_twice"


async def lock_supplier(supplier_id: int) -> None:
    """Holds what we owe a supplier still until the transaction ends."""
    await sql.rows(LOCK, supplier_id)


async def owed_to(supplier_id: int) -> Decimal:
    """What a supplier demands and was not paid."""
    found = await sql.row(OWED, supplier_id)
    assert found is not None
    return Decimal(found["amount"])


async def ask_payment(
    supplier: Supplier, amount: Decimal, *, purchase: PurchaseOrder | None, department_id: int | None, purpose: str,
    rate: Decimal, by: int, on: date | None = None, way: PaymentWay | None = None,
) -> PaymentOut:  # fmt: skip
    """A payment that waits for consent. Raises PaidTwice when its purchase does not come to so much."""
    await lock_supplier(supplier.id)
    if purchase is not None:
        found = await sql.row(LEFT_OF, purchase.id, rate)
        assert found is not None
        if amount > found["amount"]:
            raise PaidTwice(number=purchase.number, open=found["amount"], given=amount)
    return await PaymentOut.create(
        number=await next_number("PM"), supplier=supplier, purchase=purchase, department_id=department_id,
        purpose=purpose, amount=amount, state=PaymentOutState.pending_approval.value, asked_on=on or today(), made_at=now(),
        made_by_id=by, way=(way or PaymentWay.transfer).value,
    )  # fmt: skip


async def check_purchase(payment: PaymentOut, rate: Decimal) -> None:
    """A payment that was asked for is still one for its purchase. Raises PaidTwice, WrongState; its supplier is locked."""
    await lock_supplier(payment.supplier_id)  # type: ignore[attr-defined]
    purchase: PurchaseOrder | None = await payment.purchase
    if purchase is None:
        return
    if await sql.row(GONE, purchase.id):
        state = PurchaseState.of(purchase.state)
        raise WrongState(number=purchase.number, state=state.value, state_text=state.text)
    found = await sql.row(LEFT_OF, purchase.id, rate)
    assert found is not None
    if found["amount"] < 0:
        raise PaidTwice(number=purchase.number, open=found["amount"] + payment.amount, given=payment.amount)


async def pay(
    payment: PaymentOut, *, by: int | None, on: date | None = None, way: PaymentWay | None = None
) -> list[tuple[SupplierInvoice, Decimal]]:
    """Pays what was agreed to, so as it was asked for or otherwise: its purchase's invoices first, else the oldest due.

    Raises WrongState, PeriodClosed, BeforeDocument if it was asked for later than `on`.
    """
    supplier_id: int = payment.supplier_id  # type: ignore[attr-defined]
    await lock_supplier(supplier_id)
    if on is not None and on < payment.asked_on:
        raise BeforeDocument(number=payment.number, day=payment.asked_on, given=on)
    paid = way or PaymentWay.of(payment.way)
    await move(payment, PaymentOutState.paid, paid_on=on or today(), way=paid.value)
    legs = [Leg(ADVANCE, payment.amount, supplier_id=supplier_id), Leg(LEAVES[paid], -payment.amount)]
    await post(payment.number, legs, memo=f"付 {(await payment.supplier).name}", on=on, by=by)
    settled = [(bill, await settle(bill, payment, by=by, on=on)) for bill in await _open_bills(payment)]
    return [(bill, part) for bill, part in settled if part]


async def settle(bill: SupplierInvoice, payment: PaymentOut, *, by: int | None, on: date | None = None) -> Decimal:
    """Takes a payment off an invoice as far as both go; says how far. The supplier must be locked.

    An invoice of later than `on` is settled on its own day.
    """
    part: Decimal = min(payment.amount - payment.allocated, bill.total - bill.paid)
    if part > 0:
        await _settle(bill, payment, part, on=max(on, bill.issued_on) if on else today(), by=by)
    return max(part, ZERO)


async def give_back(bill: SupplierInvoice, *, by: int | None) -> None:
    """Undoes what was settled of an invoice: it is an advance again."""
    for payment_id, was in (await _allocated(invoice_id=bill.id, by_="payment_id")).items():
        await _settle(bill, await PaymentOut.get(id=payment_id), -was.amount, on=today(), by=by)


async def cancel_payment_out(payment: PaymentOut, *, by: int | None) -> None:
    """Takes a payment or the asking for it back; what it settled is owed again.

    Raises WrongState, also once the bank has paid its bill.
    """
    await lock_supplier(payment.supplier_id)  # type: ignore[attr-defined]
    await payment.refresh_from_db()
    refuse_cashed(bill_of(payment))
    for invoice_id, was in sorted((await _allocated(payment_id=payment.id, by_="invoice_id")).items()):
        bill, day = await SupplierInvoice.get(id=invoice_id), await open_day(was.day)
        await _settle(bill, payment, -was.amount, on=day, by=by)
    was_paid = payment.state == PaymentOutState.paid.value
    await move(payment, PaymentOutState.cancelled)
    if was_paid:
        account, supplier = LEAVES[PaymentWay.of(payment.way)], payment.supplier_id  # type: ignore[attr-defined]
        legs = [Leg(account, payment.amount), Leg(ADVANCE, -payment.amount, supplier_id=supplier)]
        day = await open_day(payment.paid_on or today())
        await post(payment.number, legs, memo=f"撤销 {payment.number}", on=day, by=by)


def bill_of(payment: PaymentOut) -> Bill:
    """What a bill that we gave takes from the bank."""
    given = payment.state == PaymentOutState.paid.value
    return Bill(payment, OUR_BILLS, -payment.amount, payment.paid_on if given else None)


async def unsettled_advances(supplier_id: int, *, purchase_id: int) -> list[PaymentOut]:
    """Payments made ahead for a purchase that nothing was settled with yet, oldest first."""
    rows = PaymentOut.filter(supplier_id=supplier_id, purchase_id=purchase_id, state=PaymentOutState.paid.value)
    return [each for each in await rows.order_by("id") if each.amount > each.allocated]


async def _open_bills(payment: PaymentOut) -> list[SupplierInvoice]:
    rows = SupplierInvoice.filter(supplier_id=payment.supplier_id, state__in=["posted", "partially_paid"])  # type: ignore[attr-defined]
    if payment.purchase_id is not None:  # type: ignore[attr-defined]
        rows = rows.filter(purchase_id=payment.purchase_id)  # type: ignore[attr-defined]
    return await rows.order_by("due_on", "id")


@dataclass(frozen=True, slots=True)
class _Settled:
    """So much of an invoice, and the day on which the last of it was settled."""

    amount: Decimal
    day: date


async def _allocated(*, by_: str, **which: int) -> dict[int, _Settled]:
    """What is allocated now, by invoice or by payment."""
    sums: dict[int, _Settled] = {}
    for each in await PayableAllocation.filter(**which).order_by("id"):
        before = sums.get(getattr(each, by_), _Settled(ZERO, each.settled_on))
        sums[getattr(each, by_)] = _Settled(before.amount + each.amount, max(before.day, each.settled_on))
    return {row: each for row, each in sums.items() if each.amount}


async def _settle(bill: SupplierInvoice, payment: PaymentOut, amount: Decimal, *, on: date, by: int | None) -> None:
    """Moves `amount` (negative: back) from the advance onto an invoice."""
    if not await sql.row(SETTLE, bill.id, amount) or not await sql.row(SPEND, payment.id, amount):
        raise AssertionError("a locked supplier's invoice or payment changed")
    await PayableAllocation.create(
        invoice=bill, payment=payment, amount=amount, settled_on=on, made_at=now(), made_by_id=by
    )
    bill.paid += amount
    payment.allocated += amount
    supplier: int = bill.supplier_id  # type: ignore[attr-defined]
    legs = [Leg(PAYABLE, amount, supplier_id=supplier), Leg(ADVANCE, -amount, supplier_id=supplier)]
    await post(payment.number, legs, memo=f"核销 {bill.number}", on=on, by=by)
