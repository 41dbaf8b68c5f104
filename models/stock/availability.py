"""What somebody outside learns of a quantity: whether there is any, never how much."""

from decimal import Decimal

from models.states import Labelled


class Availability(Labelled):
    """All that a customer learns of a quantity."""

    available = "available", "有货"
    short = "short", "数量不足"
    none = "none", "无货"


def availability(free: Decimal, min_stock: Decimal | None) -> Availability:
    """Short means that a usual order may not be met: less than a tenth of the safety stock is free."""
    if free <= 0:
        return Availability.none
    return Availability.short if min_stock and free * 10 < min_stock else Availability.available
