"""Money received: on account first, then off invoices; the books follow each step."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.bills import Bill, refuse_cashed
from models.books.posting import Leg, open_day, post
from models.books.ways import BILLS, LIES, PaymentWay
from models.clock import now, today
from models.errors import Refused, WrongState
from models.finance.tables import Allocation, Invoice, InvoiceState, Payment, PaymentState, Settlement
from models.moves import move
from models.party.tables import Customer
from models.system.numbers import next_number

RECEIVABLE, ADVANCE = "1122", "2203"

FINANCE_COST, PROVISION, IMPAIRMENT = "6603", "1231", "6702"

# Money of one customer is dealt out by one at a time, the same lock as for credit.
LOCK = "SELECT id FROM customer WHERE id = $1 FOR NO KEY UPDATE"

SETTLE = """
UPDATE invoice SET paid = paid + $2, state = CASE
  WHEN paid + $2 = total THEN 'paid' WHEN paid + $2 = 0 THEN 'posted' ELSE 'partially_paid' END
WHERE id = $1 AND state <> 'reversed' AND paid + $2 BETWEEN 0 AND total RETURNING id
"""

OFFSET = """
UPDATE invoice SET paid = paid + $2, state = CASE WHEN paid + $2 = total THEN 'paid' ELSE 'partially_paid' END
WHERE id = $1 AND state <> 'reversed' AND abs(paid + $2) <= abs(total) RETURNING id
"""

SPEND = """
UPDATE payment SET allocated = allocated + $2, refunded = refunded + $3, state = CASE
  WHEN allocated + $2 + refunded + $3 = amount THEN 'allocated'
  WHEN allocated + $2 + refunded + $3 = 0 THEN 'posted' ELSE 'partially_allocated' END
WHERE id = $1 AND state <> 'cancelled' AND allocated + $2 >= 0 AND refunded + $3 >= 0
  AND allocated + $2 + refunded + $3 <= amount RETURNING id
"""


class NothingOpen(Refused):
    """There is nothing to settle: no money on account, or nothing owed."""

    code = "nothing_open"


class TooMuch(Refused):
    """More than is open or on account."""

    code = "too_much"


async def lock_money(customer_id: int) -> None:
    """Holds a customer's money and invoices still until the transaction ends."""
    await sql.rows(LOCK, customer_id)


async def receive_money(
    customer: Customer,
    amount: Decimal,
    *,
    by: int | None,
    on: date | None = None,
    note: str = "",
    way: PaymentWay = PaymentWay.transfer,
) -> Payment:
    """Books money in, on account. Raises PeriodClosed."""
    payment = await Payment.create(
        number=await next_number("RC"), customer=customer, amount=amount, received_on=on or today(), note=note,
        way=way.value, made_at=now(), made_by_id=by,
    )  # fmt: skip
    legs = [Leg(LIES[way], amount), Leg(ADVANCE, -amount, customer_id=customer.id)]
    await post(payment.number, legs, memo=f"收 {customer.name}", on=on, by=by)
    return payment


async def open_invoices(customer_id: int, *, orders: list[int] | None = None) -> list[Invoice]:
    """What a customer still owes, oldest due first, with its orders; of these orders only, if any are named."""
    rows = Invoice.filter(
        customer_id=customer_id, state__in=[InvoiceState.posted.value, InvoiceState.partially_paid.value], total__gt=0
    )
    if orders:
        rows = rows.filter(order_id__in=orders)
    return await rows.order_by("due_on", "id").select_related("order")


async def on_account(customer_id: int) -> list[Payment]:
    """Payments with money left, oldest first."""
    open_states = [PaymentState.posted.value, PaymentState.partially_allocated.value]
    return await Payment.filter(customer_id=customer_id, state__in=open_states).order_by("received_on", "id")


async def allocate(
    payment: Payment, invoices: list[Invoice], *, by: int | None, on: date | None = None
) -> list[tuple[Invoice, Decimal]]:
    """Takes a payment off invoices, in this order, as far as it goes; the customer's money must be locked.

    An invoice of later than `on` is settled on its own day.
    """
    await payment.refresh_from_db()
    settled: list[tuple[Invoice, Decimal]] = []
    for invoice in invoices:
        await invoice.refresh_from_db()
        part = min(payment.amount - payment.allocated - payment.refunded, invoice.total - invoice.paid)
        if part > 0:
            day = max(on, invoice.issued_on) if on else today()
            await settle(invoice, payment, Settlement.payment, part, by=by, on=day)
            settled.append((invoice, part))
    return settled


async def unallocate(payment: Payment, invoices: list[Invoice], *, by: int | None) -> list[tuple[Invoice, Decimal]]:
    """Puts what a payment settled on account again, of these invoices only if any are named: they are owed again.

    The customer's money must be locked. Raises NothingOpen.
    """
    named = {each.id for each in invoices}
    undone: list[tuple[Invoice, Decimal]] = []
    for invoice_id, was in (await _settled_of(payment)).items():
        if not named or invoice_id in named:
            invoice = await Invoice.get(id=invoice_id).select_related("order")
            await settle(invoice, payment, Settlement.payment, -was.amount, by=by)
            undone.append((invoice, was.amount))
    if not undone:
        raise NothingOpen(payment=payment.number, invoices=[each.number for each in invoices] or None)
    return undone


async def cancel_payment(payment: Payment, *, by: int | None) -> None:
    """Takes a payment back: what it settled is owed again.

    Raises WrongState once any of it was paid back, or the bank has paid its bill.
    """
    for invoice_id, was in sorted((await _settled_of(payment)).items()):
        invoice, day = await Invoice.get(id=invoice_id), await open_day(was.day)
        await settle(invoice, payment, Settlement.payment, -was.amount, by=by, on=day)
    await payment.refresh_from_db()
    if payment.refunded:
        raise WrongState(kind="payment", number=payment.number, state=payment.state, state_text="已退款")
    refuse_cashed(bill_of(payment))
    await move(payment, PaymentState.cancelled)
    legs = [
        Leg(ADVANCE, payment.amount, customer_id=payment.customer_id),  # type: ignore[attr-defined]
        Leg(LIES[PaymentWay.of(payment.way)], -payment.amount),
    ]
    day = await open_day(payment.received_on)
    await post(payment.number, legs, memo=f"撤销 {payment.number}", on=day, by=by)


def bill_of(payment: Payment) -> Bill:
    """What a bill that came in brings to the bank."""
    taken = payment.state != PaymentState.cancelled.value
    return Bill(payment, BILLS, payment.amount, payment.received_on if taken else None)


@dataclass(frozen=True, slots=True)
class _Settled:
    """So much of an invoice, and the day on which the last of it was settled."""

    amount: Decimal
    day: date


async def _settled_of(payment: Payment) -> dict[int, _Settled]:
    """What a payment settles now, by invoice."""
    settled: dict[int, _Settled] = {}
    for each in await Allocation.filter(payment_id=payment.id).order_by("id"):
        before = settled.get(each.invoice_id, _Settled(ZERO, each.settled_on))  # type: ignore[attr-defined]
        settled[each.invoice_id] = _Settled(  # type: ignore[attr-defined]
            before.amount + each.amount, max(before.day, each.settled_on)
        )
    return {invoice: each for invoice, each in settled.items() if each.amount}


async def give_back(invoice: Invoice, *, by: int | None) -> None:
    """Undoes what was settled of an invoice: payments are on account again, write-offs owed again."""
    await lock_money(invoice.customer_id)  # type: ignore[attr-defined]
    for source, amount in (await _settled_by(invoice, "id")).items():
        if amount:
            await settle(invoice, *await source.found(), -amount, by=by)


async def take_back(invoice: Invoice, amount: Decimal, *, by: int | None) -> None:
    """Undoes so much of what was settled of an invoice, the latest first; the customer's money must be locked."""
    rest = amount
    for source, sum_of in (await _settled_by(invoice, "-id")).items():
        part = min(rest, sum_of)
        if part > 0:
            await settle(invoice, *await source.found(), -part, by=by)
            rest -= part


async def offset(invoice: Invoice, red: Invoice, amount: Decimal, *, by: int | None) -> None:
    """Sets a red-letter invoice off against the one it takes part of back; both are receivables, so nothing is booked."""
    for each, part in ((invoice, amount), (red, -amount)):
        if not await sql.row(OFFSET, each.id, part):
            raise TooMuch(number=each.number, open=each.total - each.paid, given=part)
        await Allocation.create(
            invoice=each, kind=Settlement.red.value, amount=part, settled_on=today(), reason=f"红冲 {red.number}",
            made_at=now(), made_by_id=by,
        )  # fmt: skip
        await each.refresh_from_db()


@dataclass(frozen=True, slots=True)
class _Source:
    """What settled an invoice: a payment, or a way of giving up."""

    payment_id: int | None
    kind: str

    async def found(self) -> tuple[Payment | None, Settlement]:
        payment = await Payment.get(id=self.payment_id) if self.payment_id is not None else None
        return payment, Settlement.of(self.kind)


async def _settled_by(invoice: Invoice, order: str) -> dict[_Source, Decimal]:
    """What each source has settled of an invoice; a red-letter invoice stays what it is."""
    settled: dict[_Source, Decimal] = {}
    for each in await Allocation.filter(invoice_id=invoice.id).exclude(kind=Settlement.red.value).order_by(order):
        source = _Source(each.payment_id, each.kind)  # type: ignore[attr-defined]
        settled[source] = settled.get(source, ZERO) + each.amount
    return settled


async def settle(
    invoice: Invoice,
    payment: Payment | None,
    kind: Settlement,
    amount: Decimal,
    *,
    by: int | None,
    reason: str = "",
    on: date | None = None,
) -> None:
    """Moves `amount` (negative: back) from an account, or from what is given up, onto an invoice.

    Raises TooMuch, PeriodClosed.
    """
    day = on or today()
    if not await sql.row(SETTLE, invoice.id, amount):
        raise TooMuch(number=invoice.number, open=invoice.total - invoice.paid, given=amount)
    if payment is not None:
        if not await sql.row(SPEND, payment.id, amount, ZERO):
            raise TooMuch(number=payment.number, open=payment.amount - payment.allocated, given=amount)
        payment.allocated += amount
    await Allocation.create(
        invoice=invoice, payment=payment, kind=kind.value, amount=amount, settled_on=day, reason=reason, made_at=now(),
        made_by_id=by,
    )  # fmt: skip
    invoice.paid += amount
    await _book(invoice, payment, kind, amount, day, by)


async def _book(
    invoice: Invoice, payment: Payment | None, kind: Settlement, amount: Decimal, day: date, by: int | None
) -> None:
    """A lost debt is provided for and taken off the provision; a small rest is a cost of finance."""
    customer = invoice.customer_id  # type: ignore[attr-defined]
    other = Leg(FINANCE_COST, amount)
    if payment is not None:
        other = Leg(ADVANCE, amount, customer_id=customer)
    elif kind is Settlement.bad_debt:
        provided = [Leg(IMPAIRMENT, amount), Leg(PROVISION, -amount)]
        await post(invoice.number, provided, memo=f"计提坏账 {invoice.number}", on=day, by=by)
        other = Leg(PROVISION, amount)
    document = payment.number if payment else invoice.number
    memo = f"{'核销' if payment else kind.text} {invoice.number}"
    await post(document, [other, Leg(RECEIVABLE, -amount, customer_id=customer)], memo=memo, on=day, by=by)
