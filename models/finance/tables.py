"""Rows of receivables."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, money_field, to
from models.states import Labelled


class InvoiceState(Labelled):
    """Where an invoice stands; overdue is a view, not a state."""

    posted = "posted", "已开票"
    partially_paid = "partially_paid", "部分收款"
    paid = "paid", "已收清"


class Invoice(Row):
    """A demand for payment, tax included."""

    number = fields.CharField(max_length=20, unique=True)
    customer = to("Customer")
    total = money_field()
    paid = money_field(default=0)
    state = fields.CharField(max_length=20, default=InvoiceState.posted.value)
    issued_on = fields.DateField()
    due_on = fields.DateField()

    class Meta:
        table = "invoice"
        indexes = (Index(fields=["customer_id", "state"], name="invoice_customer_state"),)
        constraints = (CheckConstraint(check="paid >= 0 AND paid <= total", name="invoice_paid"),)
