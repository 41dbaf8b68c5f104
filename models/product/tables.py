"""Rows of the catalogue."""

from tortoise import fields
from tortoise.contrib.postgres.indexes import GinIndex

from models.base import Row, price_field, quantity_field, to


class Product(Row):
    """A thing bought, made or sold. `list_price` is per `unit`, tax included; `keys` are its names as typed.

    `low` says that less than `min_stock` is free, and that whoever should know has been told.
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
