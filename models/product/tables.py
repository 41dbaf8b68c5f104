"""Rows of the catalogue."""

from tortoise import fields
from tortoise.contrib.postgres.indexes import GinIndex
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, price_field, quantity_field, rate_field, time_field, to
from models.states import Labelled


class Product(Row):
    """A thing bought, made or sold. `list_price` is per `unit`, tax included; `keys` are its names as typed.

    `low` says that less than `min_stock` is free, and that whoever should know has been told.
    A `tax_rate` of its own stands before the company's; `tolerance` is how far a delivery may miss what was ordered.
    """

    code = fields.CharField(max_length=40, unique=True)
    barcode = fields.CharField(max_length=40, null=True, unique=True)
    name = fields.CharField(max_length=80)
    unit = fields.CharField(max_length=10)
    list_price = price_field(null=True)
    cost = price_field(default=0)
    min_stock = quantity_field(null=True)
    keys = fields.JSONField[list[str]](default=list)
    active = fields.BooleanField(default=True)
    low = fields.BooleanField(default=False, db_default=False)
    tax_rate = rate_field(null=True)
    tolerance = rate_field(default=0, db_default=0)

    class Meta:
        table = "product"
        indexes = (GinIndex(fields=["keys"], name="product_keys"),)


class Pack(Row):
    """A larger unit of one product: a 箱 of 1,000."""

    product = to("Product")
    unit = fields.CharField(max_length=10)
    holds = quantity_field()

    class Meta:
        table = "pack"
        unique_together = (("product", "unit"),)


class PriceSource(Labelled):
    """Why a price applies; the more particular stands before the more general."""

    customer = "customer", "客户价"
    group = "group", "客户组价"
    quantity = "quantity", "价目表"
    list = "list", "标准价"


class PriceRule(Row):
    """What a product costs one customer, one price group or, without either, everybody, from a quantity on, for a time.

    `valid_until` is the last day; a price without tax has it added at the product's rate.
    """

    product = to("Product")
    customer = to("Customer", null=True)
    price_group = fields.CharField(max_length=40, default="")
    min_quantity = quantity_field(default=0)
    price = price_field()
    tax_included = fields.BooleanField(default=True)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)
    made_at = time_field()
    made_by = to("Person", null=True)

    class Meta:
        table = "price_rule"
        constraints = (
            CheckConstraint(
                check="price > 0 AND min_quantity >= 0 AND (customer_id IS NULL OR price_group = '') "
                "AND (valid_until IS NULL OR valid_until >= valid_from)",
                name="price_rule_possible",
            ),
        )
