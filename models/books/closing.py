"""Closing a month: in order, after its checks, with what it earned carried to 本年利润; and opening the last one again."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models import sql
from models.auditing import CHECKS
from models.base import ZERO
from models.books.clearing import Rest, rests
from models.books.posting import Leg, post, refuse_closed, reverse
from models.books.tables import ClosedPeriod, JournalEntry
from models.clock import at_local, days, now
from models.errors import Refused

PROFIT, RETAINED = "4103", "4104"

UNBILLED_DAYS = 90
"""How long goods may lie on 暂估应付 without their supplier's invoice before a month is closed over them."""

EARNED = """
SELECT a.code, a.kind, sum(l.amount) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id
JOIN journal_entry e ON e.id = l.entry_id WHERE a.kind IN ('income', 'expense') AND e.booked_on <= $1
GROUP BY a.id HAVING sum(l.amount) <> 0 ORDER BY a.code
"""

BALANCE = """
SELECT coalesce(sum(l.amount), 0) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id
JOIN journal_entry e ON e.id = l.entry_id WHERE a.code = $1 AND e.booked_on <= $2
"""

UNBILLED = """
SELECT DISTINCT o.number FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
JOIN goods_receipt g ON g.order_id = o.id AND g.state = 'done'
WHERE l.received > l.invoiced AND g.received_at < $1 ORDER BY 1
"""

UNDECIDED = """
SELECT number FROM stock_adjustment WHERE state = 'pending_approval' AND made_at < $1
UNION ALL SELECT number FROM stocktake WHERE state IN ('counting', 'review') AND started_at < $1
UNION ALL SELECT subject FROM approval WHERE state = 'pending' AND kind = 'receivable.bad_debt' AND created_at < $1 ORDER BY 1
"""


class EarlierMonthsOpen(Refused):
    """Months are closed in order, and opened again from the last."""

    code, status = "months_out_of_order", 409


class CannotClose(Refused):
    """Something of the month is not settled; `items` are the checks that failed, with the documents."""

    code, status = "cannot_close", 409


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so before a month is closed; `found` is what is in the way."""

    name: str
    found: list[str]


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a month did: what it earned and spent, and at the year's end what went to 未分配利润.

    `undecided` is what still lay on 待处理财产损溢.
    """

    checks: list[Check]
    income: Decimal
    expenses: Decimal
    entries: list[str]
    distributed: Decimal | None
    undecided: list[Rest]


async def close_month(first: date, *, by: int | None) -> Closing:
    """Closes the month that begins with `first`. Raises PeriodClosed, EarlierMonthsOpen, CannotClose."""
    await _one_at_a_time()
    last = _last_day(first)
    await refuse_closed(last)
    await _refuse_out_of_order(first)
    checks = await checks_of(last)
    if failed := [each for each in checks if each.found]:
        raise CannotClose(month=f"{first:%Y-%m}", items=[{"name": each.name, "found": each.found} for each in failed])
    month, number = f"{first:%Y-%m}", f"JZ{first:%Y-%m}"
    income, expenses = await _carry_over(number, month, last, by)
    distributed = await _distribute(number, month, last, by) if first.month == 12 else None
    await ClosedPeriod.create(month=month, closed_at=now(), closed_by_id=by)
    booked = [number] if await JournalEntry.exists(document=number) else []
    return Closing(checks, income, expenses, booked, distributed, await rests(last))


async def reopen_month(first: date, *, by: int | None) -> None:
    """Opens the last closed month again: what its closing booked is reversed. Raises EarlierMonthsOpen."""
    await _one_at_a_time()
    last = await _last_closed()
    month = f"{first:%Y-%m}"
    if last != month:
        raise EarlierMonthsOpen(month=month, last=last)
    await ClosedPeriod.filter(month=month).delete()
    await reverse(f"JZ{month}", memo=f"反结账 {month}", on=_last_day(first), by=by)


async def _one_at_a_time() -> None:
    """Two who close the same month at once: the second sees that it is closed."""
    await sql.rows("SELECT pg_advisory_xact_lock(hashtext('liaodan closing'))")


async def checks_of(last: date) -> list[Check]:
    """Everything that is looked at before a month is closed that ends with `last`."""
    ended = at_local(last) + days(1)
    differences = [name for name, statement in CHECKS.items() if await sql.rows(statement)]
    old = await sql.rows(UNBILLED, ended - timedelta(days=UNBILLED_DAYS))
    undecided = await sql.rows(UNDECIDED, ended)
    return [
        Check("账实相符、借贷平衡", differences),
        Check(f"到货超过 {UNBILLED_DAYS} 天都已来票", [row["number"] for row in old]),
        Check("盘点、库存调整和坏账都已审批", [row["number"] for row in undecided]),
    ]


async def _refuse_out_of_order(first: date) -> None:
    month, last = f"{first:%Y-%m}", await _last_closed()
    if last is None:
        begun = await JournalEntry.all().order_by("booked_on").first()
        following = f"{begun.booked_on:%Y-%m}" if begun else month
    else:
        following = f"{_last_day(date.fromisoformat(f'{last}-01')) + timedelta(days=1):%Y-%m}"
    if month > following:
        raise EarlierMonthsOpen(month=month, next=following)


async def _last_closed() -> str | None:
    found = await ClosedPeriod.all().order_by("-month").first()
    return found.month if found else None


async def _carry_over(number: str, month: str, last: date, by: int | None) -> tuple[Decimal, Decimal]:
    """结转损益: every account of income and expenses ends the month with nothing; says how much each came to."""
    rows = await sql.rows(EARNED, last)
    profit = sum((row["amount"] for row in rows), ZERO)
    legs = [*(Leg(row["code"], -row["amount"]) for row in rows), Leg(PROFIT, profit)]
    await post(number, legs, memo=f"结转 {month} 损益", on=last, by=by, closes=month)
    income = -sum((row["amount"] for row in rows if row["kind"] == "income"), ZERO)
    return income, profit + income


async def _distribute(number: str, month: str, last: date, by: int | None) -> Decimal:
    """结转本年利润: at the end of the year what it earned is profit not distributed yet; says how much."""
    found = await sql.row(BALANCE, PROFIT, last)
    assert found is not None
    balance: Decimal = found["amount"]
    legs = [Leg(PROFIT, -balance), Leg(RETAINED, balance)]
    await post(number, legs, memo=f"结转 {month[:4]} 本年利润", on=last, by=by, closes=month)
    return -balance


def _last_day(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
