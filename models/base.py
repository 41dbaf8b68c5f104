"""What every table shares: exact numbers, aware times, and no deletion that takes other rows along."""

from decimal import Decimal
from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.models import Model

RESTRICT = OnDelete.RESTRICT


class Row(Model):
    """A row of the business; its id never leaves the server."""

    id = fields.BigIntField(primary_key=True)

    class Meta:
        abstract = True


def money_field(**options: Any) -> Any:
    """An amount in CNY, to the cent."""
    return fields.DecimalField(max_digits=18, decimal_places=2, **options)


def price_field(**options: Any) -> Any:
    """A price or cost of one unit in CNY."""
    return fields.DecimalField(max_digits=18, decimal_places=6, **options)


def quantity_field(**options: Any) -> Any:
    """A quantity in the product's own unit."""
    return fields.DecimalField(max_digits=18, decimal_places=6, **options)


def rate_field(**options: Any) -> Any:
    """A rate, such as 0.13 for 13 %."""
    return fields.DecimalField(max_digits=9, decimal_places=6, **options)


def time_field(**options: Any) -> Any:
    """An aware time, filled by `models.clock`, never by SQL's now()."""
    return fields.DatetimeField(**options)


def to(table: str, **options: Any) -> Any:
    """A reference to another row, which cannot be deleted while this one stands."""
    options.setdefault("related_name", False)
    return fields.ForeignKeyField(f"models.{table}", on_delete=RESTRICT, db_index=True, **options)


ZERO = Decimal(0)
