"""Rows of purchasing."""

from tortoise import fields

from models.base import Row, price_field, quantity_field, time_field, to
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
