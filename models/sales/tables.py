"""Rows of sales, and the moves that are legal for an order."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, money_field, price_field, quantity_field, rate_field, time_field, to
from models.product.tables import PriceSource
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
    """How much of an order has left; an order's row says no more than the middle three."""

    none = "none", "无需"
    pending = "pending", "待发货"
    partial = "partial", "部分发货"
    delivered = "delivered", "已发完"
    exception = "exception", "异常"


class ShipmentState(Labelled):
    """Where a delivery stands."""

    shipped = "shipped", "已发货"
    delivered = "delivered", "已签收"
    cancelled = "cancelled", "已取消"


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


COMMITTED = (OrderState.confirmed, OrderState.in_progress, OrderState.on_hold, OrderState.done, OrderState.closed)
"""States in which an order counts in its customer's exposure until it is invoiced; a closed one is cut to what left."""


class SalesOrder(Row):
    """An accepted promise to deliver; totals include tax. `revision` counts its amendments.

    An `address` of its own stands before the customer's.
    """

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
    revision = fields.IntField(default=1, db_default=1)
    address = fields.CharField(max_length=200, default="", db_default="")
    receiver = fields.CharField(max_length=40, default="", db_default="")
    receiver_phone = fields.CharField(max_length=20, default="", db_default="")
    quotation = to("Quotation", null=True)

    class Meta:
        table = "sales_order"
        indexes = (
            Index(fields=["customer_id", "state"], name="sales_order_customer_state"),
            Index(fields=["created_at"], name="sales_order_created"),
        )

    MOVES = {
        OrderState.draft: {
            OrderState.confirmed,
            OrderState.credit_hold,
            OrderState.pending_approval,
            OrderState.cancelled,
        },
        OrderState.pending_approval: {OrderState.draft, OrderState.cancelled},
        OrderState.credit_hold: {
            OrderState.confirmed,
            OrderState.in_progress,
            OrderState.on_hold,
            OrderState.closed,
            OrderState.cancelled,
        },
        OrderState.confirmed: {
            OrderState.in_progress,
            OrderState.done,
            OrderState.credit_hold,
            OrderState.on_hold,
            OrderState.closed,
            OrderState.cancelled,
        },
        OrderState.in_progress: {
            OrderState.confirmed,
            OrderState.done,
            OrderState.credit_hold,
            OrderState.on_hold,
            OrderState.closed,
        },
        OrderState.on_hold: {
            OrderState.confirmed,
            OrderState.in_progress,
            OrderState.credit_hold,
            OrderState.closed,
            OrderState.cancelled,
        },
        OrderState.closed: {OrderState.confirmed, OrderState.in_progress, OrderState.credit_hold},
        OrderState.done: {OrderState.in_progress},
    }


class SalesOrderLine(Row):
    """One product of an order, in the product's own unit; `unit` and `unit_quantity` are what was said.

    `price` is `base_price` less the discount; `amount` includes `tax`, whether the price does or not. What comes back
    is no longer delivered; where it is not replaced, it is no longer ordered either, and `returned` remembers it.
    """

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
    returned = quantity_field(default=0, db_default=0)
    base_price = price_field(db_default=0)
    price_source = fields.CharField(max_length=12, default=PriceSource.list.value, db_default=PriceSource.list.value)
    discount = rate_field(default=1, db_default=1)
    tax_included = fields.BooleanField(default=True, db_default=True)
    tax_rate = rate_field(db_default=0)
    tax = money_field(db_default=0)
    tolerance = rate_field(default=0, db_default=0)

    class Meta:
        table = "sales_order_line"
        unique_together = (("order", "position"),)
        constraints = (
            CheckConstraint(
                check="quantity >= 0 AND delivered >= 0 AND delivered <= quantity AND returned >= 0",
                name="order_line_delivered",
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
    address = fields.CharField(max_length=200, default="", db_default="")
    state = fields.CharField(max_length=12, default=ShipmentState.shipped.value, db_default=ShipmentState.shipped.value)

    class Meta:
        table = "delivery"

    MOVES = {ShipmentState.shipped: {ShipmentState.delivered, ShipmentState.cancelled}}


class DeliveryLine(Row):
    """How much of one order line a delivery carries."""

    delivery = to("Delivery")
    order_line = to("SalesOrderLine")
    quantity = quantity_field()

    class Meta:
        table = "delivery_line"


class OrderRevision(Row):
    """An order as it stood before it was changed: its lines word for word, and why it was changed."""

    order = to("SalesOrder")
    revision = fields.IntField()
    total = money_field()
    requested_date = fields.DateField(null=True)
    lines = fields.JSONField[list[dict[str, str]]]()
    reason = fields.CharField(max_length=200, default="")
    made_at = time_field()
    made_by = to("Person", null=True)

    class Meta:
        table = "order_revision"
        unique_together = (("order", "revision"),)


class QuotationState(Labelled):
    """Where a quotation stands."""

    draft = "draft", "草稿"
    pending_approval = "pending_approval", "审批中"
    sent = "sent", "已发送"
    accepted = "accepted", "已接受"
    ordered = "ordered", "已转订单"
    expired = "expired", "已过期"
    rejected = "rejected", "已拒绝"
    cancelled = "cancelled", "已取消"


class Quotation(Row):
    """An offer with prices that hold until its last day; each version keeps its own lines."""

    number = fields.CharField(max_length=20, unique=True)
    customer = to("Customer")
    salesperson = to("Person", null=True)
    state = fields.CharField(max_length=20, default=QuotationState.draft.value)
    version = fields.IntField(default=1)
    total = money_field()
    valid_until = fields.DateField()
    note = fields.CharField(max_length=200, default="")
    created_at = time_field()
    sent_at = time_field(null=True)

    class Meta:
        table = "quotation"
        indexes = (Index(fields=["customer_id", "state"], name="quotation_customer_state"),)

    MOVES = {
        QuotationState.draft: {
            QuotationState.sent, QuotationState.accepted, QuotationState.ordered, QuotationState.pending_approval,
            QuotationState.expired, QuotationState.rejected, QuotationState.cancelled,
        },
        QuotationState.pending_approval: {QuotationState.draft, QuotationState.cancelled, QuotationState.expired},
        QuotationState.sent: {
            QuotationState.draft, QuotationState.accepted, QuotationState.ordered, QuotationState.pending_approval,
            QuotationState.expired, QuotationState.rejected, QuotationState.cancelled,
        },
        QuotationState.accepted: {QuotationState.ordered, QuotationState.expired, QuotationState.cancelled},
        QuotationState.expired: {QuotationState.draft},
    }  # fmt: skip


class QuotationLine(Row):
    """One product of one version of a quotation; its figures mean what those of an order line mean."""

    quotation = to("Quotation")
    version = fields.IntField()
    position = fields.IntField()
    product = to("Product")
    quantity = quantity_field()
    unit = fields.CharField(max_length=10)
    unit_quantity = quantity_field()
    base_price = price_field()
    price_source = fields.CharField(max_length=12)
    discount = rate_field(default=1)
    price = price_field()
    tax_included = fields.BooleanField(default=True)
    tax_rate = rate_field()
    tax = money_field()
    amount = money_field()

    class Meta:
        table = "quotation_line"
        unique_together = (("quotation", "version", "position"),)
        constraints = (CheckConstraint(check="quantity > 0 AND price > 0", name="quotation_line_possible"),)


class ReturnState(Labelled):
    """Where a return stands."""

    requested = "requested", "待收货"
    received = "received", "已收货"
    cancelled = "cancelled", "已取消"


class Remedy(Labelled):
    """What the customer gets for what comes back."""

    credit = "credit", "退款"
    replacement = "replacement", "换货"


class SalesReturn(Row):
    """Goods that come back from a customer."""

    number = fields.CharField(max_length=20, unique=True)
    order = to("SalesOrder")
    customer = to("Customer")
    state = fields.CharField(max_length=12, default=ReturnState.requested.value)
    remedy = fields.CharField(max_length=12, default=Remedy.credit.value)
    reason = fields.CharField(max_length=200, default="")
    created_at = time_field()
    created_by = to("Person", null=True)
    received_at = time_field(null=True)
    received_by = to("Person", null=True)

    class Meta:
        table = "sales_return"
        indexes = (Index(fields=["customer_id", "state"], name="sales_return_customer_state"),)

    MOVES = {ReturnState.requested: {ReturnState.received, ReturnState.cancelled}}


class SalesReturnLine(Row):
    """How much of an order line is to come back, and how much of it has."""

    sales_return = to("SalesReturn")
    order_line = to("SalesOrderLine")
    quantity = quantity_field()
    received = quantity_field(default=0)

    class Meta:
        table = "sales_return_line"
        constraints = (
            CheckConstraint(check="quantity > 0 AND received >= 0 AND received <= quantity", name="return_received"),
        )


class DiscountFloor(Row):
    """How low a role may go on its own, as a share of the price that applies: 0.95 is 95 %."""

    role = fields.CharField(max_length=20, unique=True)
    floor = rate_field()

    class Meta:
        table = "discount_floor"


class CommissionRate(Row):
    """What share of the money received, without tax, its salesperson earns; without a person it is everybody's."""

    person = to("Person", null=True)
    rate = rate_field()

    class Meta:
        table = "commission_rate"
        unique_together = (("person",),)
