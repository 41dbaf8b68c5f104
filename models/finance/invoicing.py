"""Invoices: what is demanded, when it falls due, and how it is taken back."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from models import sql
from models.base import ZERO
from models.books.posting import Leg, post, reverse
from models.clock import today
from models.errors import BeforeDocument, InvalidInput, Refused, WrongState
from models.finance.receiving import give_back, lock_money
from models.finance.tables import Invoice, InvoiceKind, InvoiceLine, InvoiceState
from models.moves import move
from models.party.tables import Customer
from models.rows import first
from models.sales.orders import lines_of
from models.sales.tables import SalesOrder, SalesOrderLine
from models.system.numbers import next_number

CENT = Decimal("0.01")

RECEIVABLE, REVENUE, OUTPUT_TAX, RETAINED = "1122", "6001", "222102", "4104"

LOCK = "SELECT id FROM sales_order WHERE id = $1 FOR NO KEY UPDATE"

LEFT = """
SELECT number, (shipped_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM delivery WHERE order_id = $1
ORDER BY shipped_at DESC, id DESC LIMIT 1
"""

TAKE = """
UPDATE sales_order_line SET invoiced = invoiced + $2 WHERE id = $1 AND invoiced + $2 BETWEEN 0 AND quantity RETURNING id
"""


# What a line's invoices come to so far, red-letter ones taken off.
DEMANDED = """
SELECT order_line_id, sum(amount) AS amount, sum(tax) AS tax FROM invoice_line
WHERE order_line_id IN (SELECT id FROM sales_order_line WHERE order_id = $1) GROUP BY 1
"""

FOLLOW = """
UPDATE sales_order SET invoiced = (SELECT coalesce(sum(total), 0) FROM invoice WHERE order_id = $1) WHERE id = $1
RETURNING invoiced
"""


class NoTaxDetails(Refused):
    """A 专票 needs its buyer's title and tax number: without them nobody can deduct it."""

    code = "no_tax_details"


class NotInvoiced(Refused):
    """No invoice of ours demands this order yet, so there is none that the tax office's number could belong to."""

    code, status = "not_invoiced", 409


class NothingToInvoice(Refused):
    """Everything that left of this order is invoiced, or nothing has left yet."""

    code = "nothing_to_invoice"


@dataclass(frozen=True, slots=True)
class Demanded:
    """What the invoices of one order line come to."""

    amount: Decimal = ZERO
    tax: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Part:
    """How much of one order line an invoice demands, tax included."""

    line: SalesOrderLine
    quantity: Decimal
    amount: Decimal
    tax: Decimal


async def invoice_order(order: SalesOrder, kind: InvoiceKind, *, by: int | None, on: date | None = None) -> Invoice:
    """An invoice for what was delivered of an order and not invoiced.

    Raises NothingToInvoice, NoTaxDetails, PeriodClosed, BeforeDocument if the goods left later than `on`.
    """
    await sql.rows(LOCK, order.id)
    await order.refresh_from_db()
    demanded = await demanded_of(order)
    parts = [
        part_of(line, rest, demanded.get(line.id, Demanded()))
        for line in await lines_of(order)
        if (rest := line.delivered - line.invoiced) > 0
    ]  # fmt: skip
    if not parts:
        raise NothingToInvoice(order=order.number)
    customer: Customer = await order.customer
    if kind is InvoiceKind.special and not (customer.tax_title and customer.tax_no):
        raise NoTaxDetails(customer=customer.name)
    total, tax = sum((part.amount for part in parts), ZERO), sum((part.tax for part in parts), ZERO)
    day = on or today()
    if (left := await sql.row(LEFT, order.id)) and left["day"] > day:
        raise BeforeDocument(number=left["number"], day=left["day"], given=day)
    invoice = await _write(customer, total, tax, kind=kind, on=day, by=by, order=order)
    for part in parts:
        await InvoiceLine.create(
            invoice=invoice, order_line=part.line, quantity=part.quantity, price=part.line.price, amount=part.amount,
            tax=part.tax,
        )  # fmt: skip
        if not await sql.row(TAKE, part.line.id, part.quantity):
            raise AssertionError("a locked order's line changed")
    await follow_invoices(order)
    await post(
        invoice.number,
        [Leg(RECEIVABLE, total, customer_id=customer.id), Leg(REVENUE, tax - total), Leg(OUTPUT_TAX, -tax)],
        memo=f"{customer.name} {order.number}",
        on=day,
        by=by,
    )
    return invoice


async def free_number(e_number: str, invoice: Invoice) -> None:
    """Takes the tax office's number off what the customer owed from before, which is of no order.

    Raises InvalidInput where it stands on any other invoice than this one.
    """
    taken = await first(Invoice.filter(e_number=e_number).exclude(id=invoice.id))
    if taken is None:
        return
    if taken.order_id is not None or taken.customer_id != invoice.customer_id:  # type: ignore[attr-defined]
        raise InvalidInput(input="e_number", given=e_number, why="already_used")
    await Invoice.filter(id=taken.id).update(e_number="")


async def written_before(customer: Customer, total: Decimal, *, issued_on: date, e_number: str) -> Invoice | None:
    """An invoice that an import brings again: of this number, or, where it has none, an opening one just like it."""
    if e_number:
        return await first(Invoice.filter(e_number=e_number))
    same = Invoice.filter(kind=InvoiceKind.opening.value, customer_id=customer.id, issued_on=issued_on, total=total)
    return await first(same.filter(e_number=""))


async def open_receivable(customer: Customer, total: Decimal, *, issued_on: date) -> Invoice:
    """What a customer owed when the books began."""
    invoice = await _write(customer, total, ZERO, kind=InvoiceKind.opening, on=issued_on, by=None)
    legs = [Leg(RECEIVABLE, total, customer_id=customer.id), Leg(RETAINED, -total)]
    await post(invoice.number, legs, memo=f"{customer.name} 期初", on=issued_on, by=None)
    return invoice


async def reverse_invoice(invoice: Invoice, *, by: int | None) -> Invoice:
    """A red-letter invoice over the whole of one; what had been paid on it is on account again. Raises WrongState."""
    # Taken back in part by a return at the same time, it is no longer taken back whole.
    await lock_money(invoice.customer_id)  # type: ignore[attr-defined]
    if invoice.order_id is not None:  # type: ignore[attr-defined]
        # Whoever issues an invoice locks the order before it draws a number.
        await sql.rows(LOCK, invoice.order_id)  # type: ignore[attr-defined]
    await invoice.refresh_from_db()
    if invoice.reverses_id is not None or invoice.state == InvoiceState.reversed.value:  # type: ignore[attr-defined]
        raise WrongState(kind="invoice", number=invoice.number, state=invoice.state, state_text="红字发票")
    if await Invoice.exists(reverses_id=invoice.id):
        raise WrongState(kind="invoice", number=invoice.number, state=invoice.state, state_text="已部分红冲")
    await give_back(invoice, by=by)
    await invoice.refresh_from_db()
    await move(invoice, InvoiceState.reversed, paid=invoice.total)
    red = await Invoice.create(
        number=await next_number("IV"), customer_id=invoice.customer_id, order_id=invoice.order_id, kind=invoice.kind,  # type: ignore[attr-defined]
        total=-invoice.total, tax=-invoice.tax, paid=-invoice.total, state=InvoiceState.reversed.value,
        issued_on=today(), due_on=today(), reverses=invoice, made_by_id=by, buyer_title=invoice.buyer_title,
        buyer_tax_no=invoice.buyer_tax_no,
    )  # fmt: skip
    for line in await InvoiceLine.filter(invoice_id=invoice.id):
        await InvoiceLine.create(
            invoice=red, order_line_id=line.order_line_id, quantity=-line.quantity, price=line.price,  # type: ignore[attr-defined]
            amount=-line.amount, tax=-line.tax,
        )  # fmt: skip
        await sql.rows(TAKE, line.order_line_id, -line.quantity)  # type: ignore[attr-defined]
    if invoice.order_id is not None:  # type: ignore[attr-defined]
        await follow_invoices(await invoice.order)
    await reverse(invoice.number, memo=f"红冲 {invoice.number}", by=by)
    return red


def due_date(customer: Customer, issued_on: date) -> date:
    """So many days later; 月结 counts from the end of the month."""
    start = issued_on
    if customer.month_end:
        start = (issued_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return start + timedelta(days=customer.terms_days)


async def _write(
    customer: Customer, total: Decimal, tax: Decimal, *, kind: InvoiceKind, on: date, by: int | None,
    order: SalesOrder | None = None,
) -> Invoice:  # fmt: skip
    return await Invoice.create(
        number=await next_number("IV"), customer=customer, order=order, kind=kind.value, total=total, tax=tax,
        issued_on=on, due_on=due_date(customer, on), made_by_id=by, buyer_title=customer.tax_title or customer.name,
        buyer_tax_no=customer.tax_no,
    )  # fmt: skip


async def demanded_of(order: SalesOrder) -> dict[int, Demanded]:
    """What each line of an order was invoiced for so far, by its id."""
    return {row["order_line_id"]: Demanded(row["amount"], row["tax"]) for row in await sql.rows(DEMANDED, order.id)}


def part_of(line: SalesOrderLine, quantity: Decimal, demanded: Demanded) -> Part:
    """So much more of a line, or less: its share of amount and tax beyond what is demanded.

    The last part takes what is left, so that no cent is lost between invoices.
    """
    invoiced = line.invoiced + quantity
    return Part(
        line,
        quantity,
        _share(line.amount, invoiced, line.quantity) - demanded.amount,
        _share(line.tax, invoiced, line.quantity) - demanded.tax,
    )


def _share(whole: Decimal, part: Decimal, of: Decimal) -> Decimal:
    return (whole * part / of).quantize(CENT, ROUND_HALF_UP) if of else ZERO


async def follow_invoices(order: SalesOrder) -> None:
    """Keeps how much of an order is invoiced beside it, so that a credit check reads one row."""
    found = await sql.row(FOLLOW, order.id)
    assert found is not None
    order.invoiced = found["invoiced"]
