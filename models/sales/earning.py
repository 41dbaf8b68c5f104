"""Commission: a share of the money that came in on a salesperson's orders, without tax, in the period it was matched.

What was matched and taken back counts negative in the period of the taking back; write-offs and credit notes earn nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from models import sql
from models.base import ZERO
from models.sales.tables import CommissionRate

CENT = Decimal("0.01")

# An invoice's money is without tax in the measure in which its total is.
MATCHED = """
SELECT i.number AS invoice, o.number AS order, c.name AS customer, c.number AS customer_number, sum(a.amount) AS received,
  round(sum(a.amount * (i.total - i.tax) / i.total), 2) AS base
FROM allocation a JOIN invoice i ON i.id = a.invoice_id JOIN sales_order o ON o.id = i.order_id
JOIN customer c ON c.id = o.customer_id
WHERE o.salesperson_id = $1 AND a.payment_id IS NOT NULL AND a.made_at >= $2 AND a.made_at < $3
GROUP BY i.id, o.number, c.id HAVING sum(a.amount) <> 0 ORDER BY i.id
"""


@dataclass(frozen=True, slots=True)
class Earned:
    """What one invoice's money earns."""

    invoice: str
    order: str
    customer: str
    customer_number: str
    received: Decimal
    base: Decimal
    commission: Decimal


async def rate_of(person_id: int) -> Decimal | None:
    """Somebody's own rate, else everybody's; None while nobody has set one."""
    rows = {row.person_id: row.rate for row in await CommissionRate.all()}  # type: ignore[attr-defined]
    return rows.get(person_id, rows.get(None))


async def set_rate(person_id: int | None, rate: Decimal) -> None:
    """From now on, for the periods before as well: what was paid out is the payroll's to know."""
    if not await CommissionRate.filter(person_id=person_id).update(rate=rate):
        await CommissionRate.create(person_id=person_id, rate=rate)


async def earned(person_id: int, rate: Decimal, start: datetime, end: datetime) -> list[Earned]:
    """What the money of a period earns, invoice by invoice, each rounded to the cent."""
    return [
        Earned(**row, commission=(row["base"] * rate).quantize(CENT, ROUND_HALF_UP))
        for row in await sql.rows(MATCHED, person_id, start, end)
    ]


def total_of(rows: list[Earned]) -> Decimal:
    """All of it."""
    return sum((row.commission for row in rows), ZERO)
