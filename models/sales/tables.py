"""Rows of sales, and the moves that are legal for an order."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, money_field, price_field, quantity_field, time_field, to
from models.states import Labelled


class OrderState(Labelled):
    """Where an order stands; delivery is a separate fact."""

    draft = "draft", "草稿"
    pending_approval = "pending_approval", "审批中"
    credit_hold = "credit_hold", "超额度待放行"
    confirmed = "confirmed", "已确认"
    in_progress = "in_progress", "执行中"
    done = "done", "已完成"
    on_hold = "on_hold", "暂停"
    closed = "closed", "已关闭"
    cancelled = "cancelled", "已取消"


class DeliveryState(Labelled):
    """How much of an order has left."""

    pending = "pending", "待发货"
    partial = "partial", "部分发货"
    delivered = "delivered", "已发完"


class Stage(Labelled):
    """An order as its customer sees it: what is happening to the goods."""

    draft = "draft", "待确认"
    on_hold = "on_hold", "待审核"
    confirmed = "confirmed", "已确认"
    in_production = "in_production", "生产中"
    ready = "ready", "待发货"
    partly_shipped = "partly_shipped", "部分发货"
    shipped = "shipped", "已发货"
    delivered = "delivered", "已签收"
    cancelled = "cancelled", "已取消"


COMMITTED = (OrderState.confirmed, OrderState.in_progress, OrderState.on_hold, OrderState.done)
"""States in which an order counts in its customer's exposure until it is invoiced."""


class SalesOrder(Row):
    """An accepted promise to deliver; totals include tax."""

    number = fields.CharField(max_length=20, unique=True)
    customer = to("Customer")
    salesperson = to("Person", null=True)
    state = fields.CharField(max_length=20)
    delivery_state = fields.CharField(max_length=20, default=DeliveryState.pending.value)
    total = money_field()
    invoiced = money_field(default=0)
    requested_date = fields.DateField(null=True)
    note = fields.CharField(max_length=200, default="")
    created_at = time_field()
    confirmed_at = time_field(null=True)
    received_at = time_field(null=True)

    class Meta:
        table = "sales_order"
        indexes = (
            Index(fields=["customer_id", "state"], name="sales_order_customer_state"),
            Index(fields=["created_at"], name="sales_order_created"),
        )

    MOVES = {
        OrderState.draft: {OrderState.confirmed, OrderState.credit_hold, OrderState.cancelled},
        OrderState.credit_hold: {OrderState.confirmed, OrderState.cancelled},
        OrderState.confirmed: {OrderState.in_progress, OrderState.done, OrderState.cancelled},
        OrderState.in_progress: {OrderState.done},
    }


class SalesOrderLine(Row):
    """One product of an order, in the product's own unit; `unit` and `unit_quantity` are what was said."""

    order = to("SalesOrder")
    position = fields.IntField()
    product = to("Product")
    quantity = quantity_field()
    unit = fields.CharField(max_length=10)
    unit_quantity = quantity_field()
    price = price_field()
    amount = money_field()
    delivered = quantity_field(default=0)
    invoiced = quantity_field(default=0, db_default=0)

    class Meta:
        table = "sales_order_line"
        unique_together = (("order", "position"),)
        constraints = (
            CheckConstraint(
                check="quantity > 0 AND delivered >= 0 AND delivered <= quantity", name="order_line_delivered"
            ),
        )


class Delivery(Row):
    """Goods that left for a customer."""

    number = fields.CharField(max_length=20, unique=True)
    order = to("SalesOrder")
    carrier = fields.CharField(max_length=40, default="")
    tracking_no = fields.CharField(max_length=60, default="", db_index=True)
    shipped_at = time_field()
    shipped_by = to("Person", null=True)
    delivered_at = time_field(null=True)

    class Meta:
        table = "delivery"


class DeliveryLine(Row):
    """How much of one order line a delivery carries."""

    delivery = to("Delivery")
    order_line = to("SalesOrderLine")
    quantity = quantity_field()

    class Meta:
        table = "delivery_line"
