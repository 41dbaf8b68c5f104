"""The closing of a month, and its opening again by those who answer for it."""

from handlers.actor import Actor
from handlers.inputs import Text
from handlers.reading.periods import Span, month_of
from handlers.registry import command
from handlers.result import Money, Numbered, Result
from handlers.rights import NoRight
from models.approvals.deciding import holder
from models.books.closing import close_month, reopen_month
from models.books.posting import refuse_closed
from models.clock import today
from models.errors import InvalidInput

RESPONSIBLE = ("general_manager", "head:财务")


class ClosingCheck(Result):
    """One thing that was looked at, and found to be so."""

    name: str


class Undecided(Result):
    """A document whose goods, found or lost, still waited on 待处理财产损溢."""

    document: Numbered
    lost: bool
    amount: Money


class Closed(Result):
    """A month whose books are closed, what it earned, and what was booked for it.

    `distributed` is what the year's profit carried to 未分配利润, at the end of a year.
    """

    month: str
    checks: list[ClosingCheck]
    income: Money
    expenses: Money
    profit: Money
    entries: list[str]
    distributed: Money | None
    undecided: list[Undecided]


class Reopened(Result):
    """A month that is open again, and why."""

    month: str
    reason: str


@command("ledger.close", says=["{period}结账", "结账{period}", "{period}关账", "关账{period}", "结账"], confirm=True)
async def close_period(me: Actor, *, period: Span) -> Closed:
    """结账：检查、结转损益，这个月不能再记账；12 月结转本年利润"""
    _refuse_other_than_a_month(period)
    if period.end >= today():
        raise InvalidInput(input="period", given=period.text, why="not_a_past_month")
    await refuse_closed(period.start)
    done = await close_month(period.start, by=me.person_id)
    return Closed(
        month=f"{period.start:%Y-%m}", checks=[ClosingCheck(name=each.name) for each in done.checks], income=done.income,
        expenses=done.expenses, profit=done.income - done.expenses, entries=done.entries, distributed=done.distributed,
        undecided=[Undecided(document=e.number, lost=e.amount > 0, amount=abs(e.amount)) for e in done.undecided],
    )  # fmt: skip


@command(
    "ledger.reopen",
    says=[
        "反结账{period}{reason}",
        "{period}反结账{reason}",
        "反结账{period}",
        "{period}反结账",
        "重新打开{period}的账{reason}",
    ],
    confirm=True,
)
async def reopen_period(me: Actor, *, period: Span, reason: Text) -> Reopened:
    """反结账：重新打开最后结账的那个月，只有总经理和财务负责人可以"""
    if me.person_id not in [await holder(post, me.person_id) for post in RESPONSIBLE]:
        raise NoRight()
    _refuse_other_than_a_month(period)
    await reopen_month(period.start, by=me.person_id)
    return Reopened(month=f"{period.start:%Y-%m}", reason=reason)


def _refuse_other_than_a_month(period: Span) -> None:
    if period != month_of(period.start):
        raise InvalidInput(input="period", given=period.text, why="not_a_past_month")
