"""How much a customer may still owe: the limit less everything that counts against it."""

from dataclasses import dataclass
from decimal import Decimal

from models import sql
from models.clock import today
from models.sales.tables import COMMITTED

STATUS = f"""
SELECT c.credit_limit AS "limit",
  (SELECT coalesce(sum(total - paid), 0) FROM invoice WHERE customer_id = c.id) AS receivable,
  (SELECT coalesce(sum(amount - allocated - refunded), 0) FROM payment
    WHERE customer_id = c.id AND state <> 'cancelled') AS advance,
  c.frozen,
  (SELECT coalesce(sum(total - paid), 0) FROM invoice
    WHERE customer_id = c.id AND due_on < $2) AS overdue,
  (SELECT coalesce(sum(total - invoiced), 0) FROM sales_order
    WHERE customer_id = c.id AND state IN ({", ".join(f"'{state.value}'" for state in COMMITTED)})) AS open_orders
FROM customer c WHERE c.id = $1
"""

LOCK = "SELECT id FROM customer WHERE id = $1 FOR UPDATE"


@dataclass(frozen=True, slots=True)
class CreditStatus:
    """A customer's credit, tax included; `limit` None is no limit, 0 is no credit."""

    limit: Decimal | None
    receivable: Decimal
    overdue: Decimal
    open_orders: Decimal
    advance: Decimal
    frozen: bool

    @property
    def exposure(self) -> Decimal:
        """What counts against the limit; money on account takes off it."""
        return self.receivable - self.advance + self.open_orders

    @property
    def available(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.exposure

    def over_by(self, amount: Decimal) -> Decimal:
        """How far one more document of this amount would pass the limit; 0 if it would not."""
        return max(Decimal(0), self.exposure + amount - self.limit) if self.limit is not None else Decimal(0)


async def credit_status(customer_id: int) -> CreditStatus:
    """The figures as they stand."""
    found = await sql.row(STATUS, customer_id, today())
    assert found is not None
    return CreditStatus(**found)


async def lock_credit(customer_id: int) -> CreditStatus:
    """The figures, held still until the transaction ends: of two orders for the last credit, one waits."""
    await sql.rows(LOCK, customer_id)
    return await credit_status(customer_id)
