"""Invoices: what is demanded, and when it falls due."""

from datetime import date, timedelta
from decimal import Decimal

from models.finance.tables import Invoice, InvoiceState
from models.party.tables import Customer
from models.system.numbers import next_number


async def post_invoice(customer: Customer, total: Decimal, *, issued_on: date, paid: Decimal = Decimal(0)) -> Invoice:
    """A posted invoice, due by the customer's terms."""
    state = InvoiceState.paid if paid == total else InvoiceState.partially_paid if paid else InvoiceState.posted
    return await Invoice.create(
        number=await next_number("IV"),
        customer=customer,
        total=total,
        paid=paid,
        state=state.value,
        issued_on=issued_on,
        due_on=due_date(customer, issued_on),
    )


def due_date(customer: Customer, issued_on: date) -> date:
    """So many days later; 月结 counts from the end of the month."""
    start = issued_on
    if customer.month_end:
        start = (issued_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return start + timedelta(days=customer.terms_days)
