"""Rows of what customers owe, and of reminding them."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, money_field, price_field, quantity_field, time_field, to
from models.books.ways import PaymentWay
from models.states import Labelled


class InvoiceState(Labelled):
    """Where an invoice stands; overdue is a view, not a state."""

    posted = "posted", "已开票"
    partially_paid = "partially_paid", "部分收款"
    paid = "paid", "已收清"
    reversed = "reversed", "已红冲"


class InvoiceKind(Labelled):
    """Which tax document it is."""

    special = "special", "专票"
    ordinary = "ordinary", "普票"
    opening = "opening", "期初"


class Invoice(Row):
    """A demand for payment, tax included: `total` = `net` + `tax`. A red-letter one is negative and names its original.

    `paid` is what payments and write-offs have taken off it; `e_number` is the tax office's number (数电票 20 digits).
    `buyer_title` and `buyer_tax_no` are whom it was made out to on its day; a 专票 has both.
    """

    number = fields.CharField(max_length=20, unique=True)
    customer = to("Customer")
    order = to("SalesOrder", null=True)
    kind = fields.CharField(max_length=12, default=InvoiceKind.ordinary.value, db_default=InvoiceKind.ordinary.value)
    total = money_field()
    tax = money_field(default=0, db_default=0)
    paid = money_field(default=0)
    state = fields.CharField(max_length=20, default=InvoiceState.posted.value)
    issued_on = fields.DateField()
    due_on = fields.DateField()
    e_number = fields.CharField(max_length=20, default="", db_default="", db_index=True)
    buyer_title = fields.CharField(max_length=80, default="", db_default="")
    buyer_tax_no = fields.CharField(max_length=30, default="", db_default="")
    reverses = to("Invoice", null=True)
    made_by = to("Person", null=True)

    class Meta:
        table = "invoice"
        indexes = (
            Index(fields=["customer_id", "state"], name="invoice_customer_state"),
            Index(fields=["issued_on"], name="invoice_day"),
        )
        constraints = (
            CheckConstraint(check="paid * sign(total) >= 0 AND abs(paid) <= abs(total)", name="invoice_paid_within"),
        )

    MOVES = {
        InvoiceState.posted: {InvoiceState.reversed},
    }


class InvoiceLine(Row):
    """One product of an invoice: so much of an order line, tax included."""

    invoice = to("Invoice")
    order_line = to("SalesOrderLine")
    quantity = quantity_field()
    price = price_field()
    amount = money_field()
    tax = money_field()

    class Meta:
        table = "invoice_line"


class PaymentState(Labelled):
    """Where a payment stands."""

    posted = "posted", "已入账"
    partially_allocated = "partially_allocated", "部分核销"
    allocated = "allocated", "已核销"
    cancelled = "cancelled", "已撤销"


class Payment(Row):
    """Money received from a customer; what is not allocated to invoices stays on account as an advance.

    `cashed_on` is when the bank paid a bill.
    """

    number = fields.CharField(max_length=20, unique=True)
    customer = to("Customer")
    amount = money_field()
    allocated = money_field(default=0)
    refunded = money_field(default=0)
    state = fields.CharField(max_length=20, default=PaymentState.posted.value)
    received_on = fields.DateField()
    way = fields.CharField(max_length=12, default=PaymentWay.transfer.value, db_default=PaymentWay.transfer.value)
    cashed_on = fields.DateField(null=True)
    note = fields.CharField(max_length=120, default="")
    made_at = time_field()
    made_by = to("Person", null=True)

    class Meta:
        table = "payment"
        indexes = (
            Index(fields=["customer_id", "state"], name="payment_customer_state"),
            Index(fields=["received_on"], name="payment_day"),
        )
        constraints = (
            CheckConstraint(
                check="amount > 0 AND allocated >= 0 AND refunded >= 0 AND allocated + refunded <= amount",
                name="payment_allocated",
            ),
        )

    MOVES = {
        PaymentState.posted: {PaymentState.cancelled},
    }


class Settlement(Labelled):
    """What settles an invoice: money, a small rest given up, a debt that is lost, a red-letter invoice."""

    payment = "payment", "收款"
    rounding = "rounding", "抹零"
    bad_debt = "bad_debt", "坏账"
    red = "red", "红冲"


class Allocation(Row):
    """So much of an invoice settled, by a payment or otherwise, as its `kind` says; what is undone is a negative row.

    `settled_on` is the day on which the books say so.
    """

    invoice = to("Invoice")
    payment = to("Payment", null=True)
    kind = fields.CharField(max_length=12, default=Settlement.payment.value, db_default=Settlement.payment.value)
    amount = money_field()
    settled_on = fields.DateField()
    reason = fields.CharField(max_length=80, default="")
    made_at = time_field()
    made_by = to("Person", null=True)

    class Meta:
        table = "allocation"


class Refund(Row):
    """So much of a payment paid back out of what was on account; what is undone is a negative row."""

    payment = to("Payment")
    amount = money_field()
    paid_on = fields.DateField()
    made_at = time_field()
    made_by = to("Person", null=True)

    class Meta:
        table = "refund"
        constraints = (CheckConstraint(check="amount <> 0", name="refund_amount"),)


class DunningLevel(Row):
    """From how many days past due a reminder of this level is sent, and whether it stops new orders.

    `rate` is the yearly interest, `fee` an amount in CNY that comes on top.
    """

    level = fields.IntField(unique=True)
    days = fields.IntField()
    blocks = fields.BooleanField(default=False, db_default=False)
    rate = fields.DecimalField(max_digits=9, decimal_places=6, default=0, db_default=0)
    fee = money_field(default=0, db_default=0)

    class Meta:
        table = "dunning_level"


class Dunning(Row):
    """One level of reminder sent for one invoice: what was open then, and the interest and fee that were named.

    It counts as long as its invoice is open: paid, it is resolved; a payment taken back makes it count again.
    """

    invoice = to("Invoice")
    level = fields.IntField()
    open = money_field()
    charge = money_field()
    sent_at = time_field()
    sent_by = to("Person", null=True)

    class Meta:
        table = "dunning"
        unique_together = (("invoice", "level"),)


class RiskSignal(Row):
    """Something about a customer that its owner and finance were told of once; cleared, it may be told again.

    `about` is the order that it is about, if any.
    """

    customer = to("Customer")
    kind = fields.CharField(max_length=20)
    about = fields.CharField(max_length=20, default="")
    raised_at = time_field()
    cleared_at = time_field(null=True)

    class Meta:
        table = "risk_signal"
        indexes = (Index(fields=["customer_id", "kind"], name="risk_signal_customer"),)
