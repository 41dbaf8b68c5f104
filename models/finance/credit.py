"""How much a customer may still owe: the limit less everything that counts against it, and what stops it altogether."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.clock import now, today
from models.errors import CreditExceeded, CustomerFrozen, Refused
from models.sales.tables import COMMITTED

# The limit is the customer's own, else its group's, else the company's (the order in ERPNext); NULL at the one that
# holds is no limit, 0 is no credit.
STATUS = f"""
SELECT c.id, CASE WHEN c.own_limit THEN c.credit_limit WHEN c.group_id IS NOT NULL THEN g.credit_limit ELSE co.credit_limit END
    AS "limit",
  (SELECT coalesce(sum(total - paid), 0) FROM invoice WHERE customer_id = c.id) AS receivable,
  (SELECT coalesce(sum(amount - allocated - refunded), 0) FROM payment
    WHERE customer_id = c.id AND state <> 'cancelled') AS advance,
  c.frozen,
  (SELECT coalesce(sum(total - paid), 0) FROM invoice
    WHERE customer_id = c.id AND due_on < $2) AS overdue,
  (SELECT coalesce(sum(total - invoiced), 0) FROM sales_order
    WHERE customer_id = c.id AND state IN ({", ".join(f"'{state.value}'" for state in COMMITTED)})) AS open_orders,
  (SELECT coalesce(max($2 - due_on), 0) FROM invoice WHERE customer_id = c.id AND due_on < $2 AND total > paid) AS late_days,
  co.overdue_block_days AS block_days,
  EXISTS (SELECT FROM dunning d JOIN invoice i ON i.id = d.invoice_id JOIN dunning_level v ON v.level = d.level
    WHERE i.customer_id = c.id AND i.total > i.paid AND v.blocks) AS dunned
FROM customer c LEFT JOIN customer_group g ON g.id = c.group_id CROSS JOIN company co WHERE c.id = ANY($1::bigint[])
"""

LOCK = "SELECT id FROM customer WHERE id = $1 FOR NO KEY UPDATE"

# What was agreed to: up to which exposure, and until when.
RELEASED = """
SELECT coalesce((facts->>'ceiling')::numeric, (facts->>'exposure')::numeric + (facts->>'amount')::numeric) AS ceiling,
  coalesce((facts->>'blocked')::boolean, false) AS blocked, valid_until FROM approval
WHERE kind = 'credit.release' AND subject = $1 AND state = 'approved' AND valid_until > $2 ORDER BY id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class CreditStatus:
    """A customer's credit, tax included; `limit` None is no limit, 0 is no credit.

    `late_days` is how long its oldest open invoice is overdue, `dunned` that a reminder stops new orders.
    """

    limit: Decimal | None
    receivable: Decimal
    overdue: Decimal
    open_orders: Decimal
    advance: Decimal
    frozen: bool
    late_days: int = 0
    block_days: int | None = None
    dunned: bool = False

    @property
    def exposure(self) -> Decimal:
        """What counts against the limit; money on account takes off it."""
        return self.receivable - self.advance + self.open_orders

    @property
    def available(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.exposure

    @property
    def blocked(self) -> bool:
        """Whether being overdue stops anything new, whatever the limit leaves."""
        return self.dunned or (self.block_days is not None and self.late_days > self.block_days)

    def over_by(self, amount: Decimal) -> Decimal:
        """For how much of one more document of this amount consent is needed; 0 if it may just be."""
        beyond = max(ZERO, self.exposure + amount - self.limit) if self.limit is not None else ZERO
        return max(beyond, amount) if self.blocked else beyond


@dataclass(frozen=True, slots=True)
class Release:
    """Consent to pass the limit for one order: up to which exposure, and until when.

    `blocked` says that the approver was shown a customer whom being overdue or reminded stops.
    """

    ceiling: Decimal
    blocked: bool
    valid_until: datetime


class ConsentOutgrown(Refused):
    """Things stand worse than the approver was shown: consent has to be asked for again."""

    code, status = "consent_outgrown", 409


async def credit_status(customer_id: int) -> CreditStatus:
    """The figures as they stand."""
    return (await credit_statuses([customer_id]))[customer_id]


async def credit_statuses(customers: list[int]) -> dict[int, CreditStatus]:
    """The figures of several customers, by id."""
    rows = await sql.rows(STATUS, customers, today())
    return {row.pop("id"): CreditStatus(**row) for row in rows}


async def lock_credit(customer_id: int) -> CreditStatus:
    """The figures, held still until the transaction ends: of two orders for the last credit, one waits."""
    await sql.rows(LOCK, customer_id)
    return await credit_status(customer_id)


async def release_of(order: str) -> Release | None:
    """The consent that holds for an order now, if there is one."""
    found = await sql.row(RELEASED, order, now())
    return Release(**found) if found else None


async def check_consent(credit: CreditStatus, more: Decimal, *, customer: str, order: str) -> None:
    """Lets a consent be carried out by which an order comes to so much more, as far as its approver could see.

    Raises CustomerFrozen, ConsentOutgrown.
    """
    if credit.frozen:
        raise CustomerFrozen(customer=customer)
    if credit.over_by(more) == 0:
        return
    release = await release_of(order)
    exposure = credit.exposure + more
    if release is None or exposure > release.ceiling or credit.blocked > release.blocked:
        raise ConsentOutgrown(
            customer=customer, order=order, exposure=exposure, ceiling=release.ceiling if release else None,
            overdue=credit.overdue if credit.blocked else None,
        )  # fmt: skip


async def check_delivery(customer_id: int, *, customer: str, order: str) -> None:
    """Lets goods of a confirmed order leave if the exposure, which counts it already, did not grow past what was agreed.

    Raises CustomerFrozen, CreditExceeded.
    """
    credit = await lock_credit(customer_id)
    if credit.frozen:
        raise CustomerFrozen(customer=customer)
    if credit.over_by(ZERO) == 0 and not credit.blocked:
        return
    release = await release_of(order)
    if release is None or credit.exposure > release.ceiling:
        raise CreditExceeded(customer=customer, order=order)
