"""Signs that a customer may not pay: each is told once when it begins, and again only after it has ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.clock import days, now
from models.finance.credit import CreditStatus, credit_statuses
from models.finance.habit import Habit, habits
from models.states import Labelled

OVERDUE = Decimal(50_000)
"""CNY overdue from which people are told."""

USED = Decimal("0.9")
"""Share of the limit beyond which people are told."""

WORSE_DAYS, ENOUGH = Decimal(7), 3
"""How many days later than before, over how many invoices, is a habit that worsens."""

BIG, LATE_DAYS = Decimal(20_000), Decimal(7)
"""An order from this amount on is big; who pays this many days late on average, or is overdue, is a late payer."""


class Risk(Labelled):
    """What somebody should look at."""

    overdue = "overdue", "逾期多"
    exposure = "exposure", "额度快用完"
    habit = "habit", "付款变慢"
    big_order = "big_order", "逾期客户下大单"


CUSTOMERS = "SELECT id, number, name, owner_id FROM customer WHERE active ORDER BY id"

BIG_ORDERS = """
SELECT customer_id, number, total FROM sales_order
WHERE confirmed_at > $1 AND total >= $2 AND state IN ('confirmed', 'in_progress', 'done', 'on_hold') ORDER BY id
"""

RAISE = """
INSERT INTO risk_signal (customer_id, kind, about, raised_at) SELECT $1, $2::text, $3::text, $4
WHERE NOT EXISTS (SELECT FROM risk_signal WHERE customer_id = $1 AND kind = $2::text AND about = $3::text
  AND cleared_at IS NULL) RETURNING id
"""

# An order stays big; everything else may end.
CLEAR = """
UPDATE risk_signal SET cleared_at = $2 WHERE cleared_at IS NULL AND kind <> 'big_order'
  AND (customer_id, kind) NOT IN (SELECT * FROM unnest($1::bigint[], $3::text[])) RETURNING id
"""

WATCH = "SELECT pg_advisory_xact_lock(hashtext('risk'))"


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign about one customer, with the figure that shows it; `about` is an order's number or nothing."""

    customer_id: int
    number: str
    name: str
    owner_id: int | None
    risk: Risk
    figure: Decimal
    about: str = ""


async def fresh_signals() -> list[Signal]:
    """What has begun since the last look; what has ended is forgotten, so that it may begin again."""
    await sql.rows(WATCH)
    standing = await _standing()
    moment = now()
    await sql.rows(CLEAR, [each.customer_id for each in standing], moment, [each.risk.value for each in standing])
    return [
        each for each in standing if await sql.row(RAISE, each.customer_id, each.risk.value, each.about, moment)
    ]  # fmt: skip


async def _standing() -> list[Signal]:
    customers = await sql.rows(CUSTOMERS)
    ids = [row["id"] for row in customers]
    credits, paying = await credit_statuses(ids), await habits(ids)
    orders: dict[int, list[tuple[str, Decimal]]] = {}
    for row in await sql.rows(BIG_ORDERS, now() - days(2), BIG):
        orders.setdefault(row["customer_id"], []).append((row["number"], row["total"]))
    return [
        Signal(row["id"], row["number"], row["name"], row["owner_id"], risk, figure, about)
        for row in customers
        for risk, figure, about in _signs(credits[row["id"]], paying.get(row["id"]), orders.get(row["id"], []))
    ]


def _signs(
    credit: CreditStatus, habit: Habit | None, orders: list[tuple[str, Decimal]]
) -> Iterator[tuple[Risk, Decimal, str]]:
    if credit.overdue >= OVERDUE:
        yield Risk.overdue, credit.overdue, ""
    if credit.limit and credit.exposure > credit.limit * USED:
        yield Risk.exposure, credit.exposure, ""
    if habit and _worsens(habit):
        yield Risk.habit, habit.lately or ZERO, ""
    if credit.overdue > 0 or (habit and habit.days > LATE_DAYS):
        for number, total in orders:
            yield Risk.big_order, total, number


def _worsens(habit: Habit) -> bool:
    if habit.recent < ENOUGH or habit.lately is None or habit.before is None:
        return False
    return habit.lately - habit.before > WORSE_DAYS
