"""Budgets: what a department may spend on a purpose in a month, and how much of it is spoken for.

What is spent is summed from the payments that name the budget, so there is no second figure that could differ.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import sql
from models.base import ZERO

WARN_AT = Decimal(80)
"""Per cent of a budget from which people are told; beyond all of it somebody must agree."""

LOCK = "SELECT id FROM budget WHERE department_id = $1 AND purpose = $2 AND month = $3 FOR NO KEY UPDATE"

USED = """
SELECT b.department_id, d.name AS department, d.head_id AS head, b.purpose, b.month, b.amount,
  (SELECT coalesce(sum(p.amount), 0) FROM payment_out p WHERE p.department_id = b.department_id AND p.purpose = b.purpose
     AND to_char(p.asked_on, 'YYYY-MM') = b.month AND p.state IN ('pending_approval', 'approved', 'paid')) AS used
FROM budget b JOIN department d ON d.id = b.department_id
WHERE b.month = $1 AND ($2::bigint IS NULL OR b.department_id = $2) AND ($3::text IS NULL OR b.purpose = $3)
ORDER BY d.name, b.purpose
"""

# What is agreed to or paid from a budget; what others only ask for does not count.
AGREED = """
SELECT b.amount, (SELECT coalesce(sum(p.amount), 0) FROM payment_out p WHERE p.department_id = b.department_id
  AND p.purpose = b.purpose AND to_char(p.asked_on, 'YYYY-MM') = b.month AND p.state IN ('approved', 'paid')) AS used
FROM budget b WHERE b.department_id = $1 AND b.purpose = $2 AND b.month = $3
"""

SET = """
INSERT INTO budget (department_id, purpose, month, amount) VALUES ($1, $2, $3, $4)
ON CONFLICT (department_id, purpose, month) DO UPDATE SET amount = excluded.amount
"""


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """A budget and what is asked for or paid from it, in CNY."""

    department_id: int
    department: str
    head: int | None
    purpose: str
    month: str
    amount: Decimal
    used: Decimal

    @property
    def percent(self) -> Decimal:
        """How much of it is used; a budget of nothing is over with the first cent."""
        if not self.amount:
            return ZERO if not self.used else Decimal(999)
        return min((self.used * 100 / self.amount).quantize(Decimal("0.1")), Decimal(999))

    @property
    def warns(self) -> bool:
        return self.used * 100 >= self.amount * WARN_AT

    @property
    def is_over(self) -> bool:
        return self.used > self.amount


def month_of_budget(day: date) -> str:
    """The month a day's spending counts in."""
    return f"{day:%Y-%m}"


async def set_budget(department_id: int, purpose: str, month: str, amount: Decimal) -> None:
    """What may be spent; an earlier figure is replaced."""
    await sql.rows(SET, department_id, purpose, month, amount)


async def lock_budget(department_id: int, purpose: str, month: str) -> bool:
    """Holds a budget still, so that two payments cannot both take the last of it; False if there is none."""
    return bool(await sql.rows(LOCK, department_id, purpose, month))


async def left_of_budget(department_id: int, purpose: str, month: str) -> Decimal | None:
    """What a budget has left after everything that was agreed to; None if there is none."""
    found = await sql.row(AGREED, department_id, purpose, month)
    return found["amount"] - found["used"] if found else None


async def budget_use(month: str, *, department_id: int | None = None, purpose: str | None = None) -> list[BudgetUse]:
    """Budgets of a month with what is used of them."""
    return [BudgetUse(**row) for row in await sql.rows(USED, month, department_id, purpose)]
