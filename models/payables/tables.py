"""Rows of what we owe suppliers, and of the budgets it is spent from."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, money_field, quantity_field, time_field, to
from models.books.ways import PaymentWay
from models.states import Labelled


class BillState(Labelled):
    """Where a supplier's invoice stands; overdue is a view, not a state."""

    posted = "posted", "未付"
    partially_paid = "partially_paid", "部分付款"
    paid = "paid", "已付清"
    reversed = "reversed", "已作废"


class SupplierInvoice(Row):
    """A supplier's demand, tax included: for goods of a purchase, or for an expense with its `purpose`.

    `paid` is what payments have taken off it; `e_number` is the tax office's number.
    """

    number = fields.CharField(max_length=20, unique=True)
    supplier = to("Supplier")
    purchase = to("PurchaseOrder", null=True)
    purpose = fields.CharField(max_length=40, default="")
    total = money_field()
    tax = money_field()
    paid = money_field(default=0)
    state = fields.CharField(max_length=20, default=BillState.posted.value)
    issued_on = fields.DateField()
    due_on = fields.DateField()
    e_number = fields.CharField(max_length=20, default="")
    made_by = to("Person", null=True)

    class Meta:
        table = "supplier_invoice"
        indexes = (Index(fields=["supplier_id", "state"], name="supplier_invoice_supplier_state"),)
        constraints = (
            CheckConstraint(check="total > 0 AND tax >= 0 AND tax < total", name="supplier_invoice_total"),
            CheckConstraint(check="paid >= 0 AND paid <= total", name="supplier_invoice_paid_within"),
        )

    MOVES = {BillState.posted: {BillState.reversed}}


class SupplierInvoiceLine(Row):
    """So much of a purchase's line, at the price of the purchase, without tax."""

    invoice = to("SupplierInvoice")
    order_line = to("PurchaseOrderLine")
    quantity = quantity_field()
    amount = money_field()

    class Meta:
        table = "supplier_invoice_line"


class PaymentOutState(Labelled):
    """Where a payment to a supplier stands: asked for, agreed to, paid."""

    pending_approval = "pending_approval", "审批中"
    approved = "approved", "待付款"
    paid = "paid", "已付款"
    rejected = "rejected", "已驳回"
    cancelled = "cancelled", "已撤销"


class PaymentOut(Row):
    """Money to a supplier; what is not allocated to its invoices is an advance to it.

    `department` and `purpose` name the budget it is spent from; `cashed_on` is when the bank paid a bill.
    """

    number = fields.CharField(max_length=20, unique=True)
    supplier = to("Supplier")
    purchase = to("PurchaseOrder", null=True)
    department = to("Department", null=True)
    purpose = fields.CharField(max_length=40, default="")
    amount = money_field()
    allocated = money_field(default=0)
    state = fields.CharField(max_length=20)
    way = fields.CharField(max_length=12, default=PaymentWay.transfer.value, db_default=PaymentWay.transfer.value)
    asked_on = fields.DateField()
    paid_on = fields.DateField(null=True)
    cashed_on = fields.DateField(null=True)
    made_at = time_field()
    made_by = to("Person", null=True)

    class Meta:
        table = "payment_out"
        indexes = (Index(fields=["supplier_id", "state"], name="payment_out_supplier_state"),)
        constraints = (
            CheckConstraint(
                check="amount > 0 AND allocated >= 0 AND allocated <= amount", name="payment_out_allocated"
            ),
        )

    MOVES = {
        PaymentOutState.pending_approval: {
            PaymentOutState.approved, PaymentOutState.rejected, PaymentOutState.cancelled,
        },
        PaymentOutState.approved: {PaymentOutState.paid, PaymentOutState.cancelled},
        PaymentOutState.paid: {PaymentOutState.cancelled},
    }  # fmt: skip


class PayableAllocation(Row):
    """So much of a supplier's invoice settled by a payment; `settled_on` is the day on which the books say so."""

    invoice = to("SupplierInvoice")
    payment = to("PaymentOut")
    amount = money_field()
    settled_on = fields.DateField()
    made_at = time_field()
    made_by = to("Person", null=True)

    class Meta:
        table = "payable_allocation"


class Budget(Row):
    """What a department may spend on a purpose in a month (`2026-11`)."""

    department = to("Department")
    purpose = fields.CharField(max_length=40)
    month = fields.CharField(max_length=7)
    amount = money_field()

    class Meta:
        table = "budget"
        unique_together = (("department", "purpose", "month"),)
        constraints = (CheckConstraint(check="amount >= 0", name="budget_amount"),)
