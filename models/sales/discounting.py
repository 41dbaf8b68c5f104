"""Discounts: how low each role may go, and what an order earns before and after one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from models import sql
from models.base import ZERO
from models.product.pricing import discounted, line_sum
from models.sales.tables import DiscountFloor

COSTS = "SELECT id, cost FROM product WHERE id = ANY($1::bigint[])"

FULL = Decimal(1)


class Line(Protocol):
    """What a line of an order and one of a quotation have in common here."""

    quantity: Decimal
    base_price: Decimal
    price: Decimal
    tax_rate: Decimal
    tax_included: bool


@dataclass(frozen=True, slots=True)
class Margin:
    """What lines come to, tax included, and which share of that without tax is not cost, in per cent."""

    total: Decimal
    percent: Decimal


async def floor_of(roles: frozenset[str]) -> Decimal:
    """The lowest share of the price that applies which someone of these roles may give; 1 is no discount."""
    rows = await DiscountFloor.filter(role__in=list(roles))
    return min((row.floor for row in rows), default=FULL)


async def margin(lines: list[Any], discount: Decimal | None = None) -> Margin:
    """What lines earn as they are, or at another discount for all of them."""
    costs = {row["id"]: row["cost"] for row in await sql.rows(COSTS, [line.product_id for line in lines])}
    total = net = cost = ZERO
    for line in lines:
        worth = _worth(line, line.price if discount is None else discounted(line.base_price, discount))
        total, net = total + worth.amount, net + worth.amount - worth.tax
        cost += line.quantity * costs[line.product_id]
    return Margin(total, ((net - cost) * 100 / net).quantize(Decimal("0.01")) if net else ZERO)


def percent_off(discount: Decimal) -> Decimal:
    """How much less than the price that applies, in per cent: 8 for 0.92. Approval rules are bands of it."""
    return (1 - discount) * 100


def _worth(line: Line, price: Decimal) -> Any:
    return line_sum(line.quantity, price, rate=line.tax_rate, tax_included=line.tax_included)
