"""What a product costs a customer, and why: the most particular price that holds on the day, else the list price."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models import sql
from models.base import ZERO
from models.clock import now
from models.errors import Refused
from models.product.tables import PriceRule, PriceSource, Product
from models.system.company import tax_rate

LOWEST_SHARE = Decimal("0.01")
"""Of the list price; what is less is a slip of the decimal point."""

FAR_TIMES = 10
"""So many times what a product has cost so far is a slip of the decimal point."""

CENT, FINEST = Decimal("0.01"), Decimal("0.000001")

# A customer's own price stands before its group's, that before everybody's; then the largest quantity reached counts,
# then the newest price.
APPLYING = """
SELECT asked.nth, rule.price, rule.tax_included, rule.min_quantity, rule.valid_until,
  CASE WHEN rule.customer_id IS NOT NULL THEN 'customer' WHEN rule.price_group <> '' THEN 'group' ELSE 'quantity' END AS source
FROM unnest($1::bigint[], $2::numeric[]) WITH ORDINALITY AS asked(product, quantity, nth)
CROSS JOIN LATERAL (
  SELECT r.* FROM price_rule r
  WHERE r.product_id = asked.product AND r.min_quantity <= asked.quantity AND r.valid_from <= $5::date
    AND (r.valid_until IS NULL OR r.valid_until >= $5::date)
    AND (r.customer_id = $3::bigint OR (r.customer_id IS NULL AND r.price_group IN ('', $4::text)))
  ORDER BY r.customer_id NULLS LAST, r.price_group = '', r.min_quantity DESC, r.valid_from DESC, r.id DESC LIMIT 1) rule
"""


class NoPrice(Refused):
    """The product is not sold: there is no price for it."""

    code = "no_price"


@dataclass(frozen=True, slots=True)
class Priced:
    """A price per unit of a product, why it applies, and at which rate it is taxed."""

    price: Decimal
    source: PriceSource
    tax_included: bool
    tax_rate: Decimal
    min_quantity: Decimal = ZERO
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A line's amount, tax included, and the tax in it; each to the cent."""

    amount: Decimal
    tax: Decimal


async def prices_for(
    wanted: list[tuple[Product, Decimal]], *, customer_id: int | None, group: str, on: date
) -> list[Priced]:
    """The price of each product in its quantity. Raises NoPrice."""
    found = {
        row["nth"]: row
        for row in await sql.rows(
            APPLYING,
            [product.id for product, _ in wanted],
            [quantity for _, quantity in wanted],
            customer_id,
            group,
            on,
        )
    }
    company = await tax_rate()
    return [_priced(product, found.get(nth), company) for nth, (product, _) in enumerate(wanted, start=1)]


def line_sum(quantity: Decimal, price: Decimal, *, rate: Decimal, tax_included: bool) -> Sum:
    """What so much at this price comes to. Each line is rounded by itself: net and tax are what the amount is."""
    worth = amount_of(quantity, price)
    if tax_included:
        return Sum(worth, worth - (worth / (1 + rate)).quantize(CENT, ROUND_HALF_UP))
    tax = (worth * rate).quantize(CENT, ROUND_HALF_UP)
    return Sum(worth + tax, tax)


def amount_of(quantity: Decimal, price: Decimal) -> Decimal:
    """So much at this price, to the cent."""
    return (quantity * price).quantize(CENT, ROUND_HALF_UP)


def discounted(price: Decimal, discount: Decimal) -> Decimal:
    """A price less its discount, as fine as prices are."""
    return (price * discount).quantize(FINEST, ROUND_HALF_UP)


def is_far_off(product: Product, price: Decimal) -> bool:
    """Whether a price is so low that it can only be a mistake."""
    return product.list_price is not None and price < Decimal(product.list_price) * LOWEST_SHARE


def is_cost_far_off(product: Product, cost: Decimal) -> bool:
    """Whether a cost is so far from what the product has cost so far that it can only be a mistake; a present is none."""
    known = Decimal(product.cost or product.list_price or 0)
    return bool(known and cost) and not known / FAR_TIMES <= cost <= known * FAR_TIMES


async def set_price(
    product: Product,
    price: Decimal,
    *,
    customer_id: int | None,
    group: str,
    min_quantity: Decimal,
    tax_included: bool,
    valid_from: date,
    valid_until: date | None,
    by: int | None,
) -> PriceRule:
    """A new price; orders that stand keep theirs."""
    return await PriceRule.create(
        product=product,
        customer_id=customer_id,
        price_group=group,
        min_quantity=min_quantity,
        price=price,
        tax_included=tax_included,
        valid_from=valid_from,
        valid_until=valid_until,
        made_at=now(),
        made_by_id=by,
    )


def _priced(product: Product, row: dict[str, object] | None, company: Decimal) -> Priced:
    rate = company if product.tax_rate is None else Decimal(product.tax_rate)
    if row is not None:
        return Priced(
            Decimal(str(row["price"])), PriceSource.of(str(row["source"])), bool(row["tax_included"]), rate,
            Decimal(str(row["min_quantity"])), row["valid_until"],  # type: ignore[arg-type]
        )  # fmt: skip
    if product.list_price is None:
        raise NoPrice(product=product.name)
    return Priced(Decimal(product.list_price), PriceSource.list, True, rate)
