"""How a customer pays: days late on average over twelve months, and its last payments."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models import sql
from models.clock import today

YEAR = timedelta(days=365)

RECENT = timedelta(days=90)

# An invoice counts on the day on which the last of it was paid; who pays early is not late by less than nothing.
LATE = """
SELECT customer_id, round(avg(days), 1) AS days, count(*) AS invoices,
  round(avg(days) FILTER (WHERE paid_on > $3), 1) AS lately, count(*) FILTER (WHERE paid_on > $3) AS recent,
  round(avg(days) FILTER (WHERE paid_on <= $3), 1) AS before
FROM (SELECT i.customer_id, max(p.received_on) AS paid_on, greatest(max(p.received_on) - i.due_on, 0) AS days
  FROM invoice i JOIN allocation a ON a.invoice_id = i.id JOIN payment p ON p.id = a.payment_id
  WHERE i.customer_id = ANY($1::bigint[]) AND i.state = 'paid' AND i.total > 0 AND p.state <> 'cancelled'
  GROUP BY i.id HAVING sum(a.amount) > 0 AND max(p.received_on) > $2) settled
GROUP BY customer_id
"""

LAST = """
SELECT number, received_on, amount FROM payment WHERE customer_id = $1 AND state <> 'cancelled'
ORDER BY received_on DESC, id DESC LIMIT 3
"""


@dataclass(frozen=True, slots=True)
class Habit:
    """Average days late of the invoices paid in the last twelve months; `lately` those of the last 90 days."""

    days: Decimal
    invoices: int
    lately: Decimal | None
    recent: int
    before: Decimal | None


async def habits(customers: list[int]) -> dict[int, Habit]:
    """How these customers pay; who paid no invoice in twelve months is not among them."""
    rows = await sql.rows(LATE, customers, today() - YEAR, today() - RECENT)
    return {row.pop("customer_id"): Habit(**row) for row in rows}


@dataclass(frozen=True, slots=True)
class Received:
    """One payment of a customer's."""

    number: str
    received_on: date
    amount: Decimal


async def last_payments(customer_id: int) -> list[Received]:
    """The last three payments, the latest first."""
    return [Received(**row) for row in await sql.rows(LAST, customer_id)]
