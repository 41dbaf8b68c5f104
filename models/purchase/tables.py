"""Rows of purchasing."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, money_field, price_field, quantity_field, time_field, to
from models.states import Labelled


class PurchaseState(Labelled):
    """Where a purchase order stands."""

    draft = "draft", "草稿"
    pending_approval = "pending_approval", "审批中"
    confirmed = "confirmed", "已下单"
    partially_received = "partially_received", "部分到货"
    received = "received", "已到齐"
    done = "done", "已完成"
    cancelled = "cancelled", "已取消"
    closed = "closed", "已关闭"


class PurchaseOrder(Row):
    """An order to a supplier."""

    number = fields.CharField(max_length=20, unique=True)
    supplier = to("Supplier")
    state = fields.CharField(max_length=20)
    created_at = time_field()

    class Meta:
        table = "purchase_order"

    # Backwards when a receipt is taken back.
    MOVES = {
        PurchaseState.confirmed: {PurchaseState.partially_received, PurchaseState.received},
        PurchaseState.partially_received: {PurchaseState.received, PurchaseState.confirmed},
        PurchaseState.received: {PurchaseState.partially_received, PurchaseState.confirmed},
    }


class PurchaseOrderLine(Row):
    """One product of a purchase order, with the day it is promised for; `price` is without tax, as costs are."""

    order = to("PurchaseOrder")
    product = to("Product")
    quantity = quantity_field()
    received = quantity_field(default=0)
    invoiced = quantity_field(default=0, db_default=0)
    price = price_field()
    due_date = fields.DateField()

    class Meta:
        table = "purchase_order_line"
        constraints = (CheckConstraint(check="received >= 0 AND received <= quantity", name="purchase_line_received"),)


class ReceiptState(Labelled):
    """Where a goods receipt stands; goods move only when it is done."""

    pending_approval = "pending_approval", "审批中"
    done = "done", "已入库"
    rejected = "rejected", "已驳回"
    cancelled = "cancelled", "已撤销"


class GoodsReceipt(Row):
    """Goods that came in: for a purchase order, from a supplier, or for another reason."""

    number = fields.CharField(max_length=20, unique=True)
    order = to("PurchaseOrder", null=True)
    supplier = to("Supplier", null=True)
    reason = fields.CharField(max_length=120, default="")
    state = fields.CharField(max_length=20, default=ReceiptState.done.value)
    received_at = time_field()
    received_by = to("Person")

    class Meta:
        table = "goods_receipt"

    MOVES = {
        ReceiptState.pending_approval: {ReceiptState.done, ReceiptState.rejected, ReceiptState.cancelled},
        ReceiptState.done: {ReceiptState.cancelled},
    }


class GoodsReceiptLine(Row):
    """How much of one product came in, what it is worth in the books, and where it is put.

    Without a location it goes where the product usually lies.
    """

    receipt = to("GoodsReceipt")
    order_line = to("PurchaseOrderLine", null=True)
    product = to("Product")
    warehouse = to("Warehouse")
    quantity = quantity_field()
    unit_cost = price_field()
    amount = money_field()
    location = fields.CharField(max_length=20, null=True)
    lot = fields.CharField(max_length=40, default="", db_default="")
    expires_on = fields.DateField(null=True)

    class Meta:
        table = "goods_receipt_line"
        constraints = (CheckConstraint(check="quantity > 0", name="goods_receipt_line_quantity"),)


class SupplierReturnState(Labelled):
    """Where a return to a supplier stands."""

    done = "done", "已退"
    cancelled = "cancelled", "已撤销"


class SupplierReturn(Row):
    """Goods of a purchase that went back; `replaced`: the supplier is to send them again."""

    number = fields.CharField(max_length=20, unique=True)
    order = to("PurchaseOrder")
    supplier = to("Supplier")
    reason = fields.CharField(max_length=120, default="")
    replaced = fields.BooleanField(default=False)
    state = fields.CharField(max_length=12, default=SupplierReturnState.done.value)
    returned_at = time_field()
    returned_by = to("Person")

    class Meta:
        table = "supplier_return"

    MOVES = {SupplierReturnState.done: {SupplierReturnState.cancelled}}


class SupplierReturnLine(Row):
    """How much of one product went back, and how much less we owe for it, without tax."""

    supplier_return = to("SupplierReturn")
    order_line = to("PurchaseOrderLine")
    product = to("Product")
    warehouse = to("Warehouse")
    quantity = quantity_field()
    amount = money_field()
    lot = fields.CharField(max_length=40, default="")

    class Meta:
        table = "supplier_return_line"
        constraints = (CheckConstraint(check="quantity > 0", name="supplier_return_line_quantity"),)
