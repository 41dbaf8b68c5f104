"""The books as they are read: journal, trial balance, the statements, and the closing of a month."""

from datetime import date
from decimal import Decimal

from handlers.actor import Actor
from handlers.inputs import Cursor, cursor_after
from handlers.reading.periods import Span, month_of
from handlers.registry import command, query
from handlers.result import Listing, Money, Numbered, Result
from models import sql
from models.base import ZERO
from models.books.posting import refuse_closed
from models.books.tables import AccountKind, ClosedPeriod
from models.clock import now, today
from models.errors import InvalidInput

JOURNAL = """
SELECT e.id, e.booked_on AS day, e.document, e.memo, a.code, a.name, l.amount
FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id
WHERE e.id IN (
  SELECT id FROM journal_entry WHERE booked_on BETWEEN $1 AND $2
    AND EXISTS (SELECT FROM journal_line WHERE entry_id = journal_entry.id) ORDER BY booked_on DESC, id DESC LIMIT $3 OFFSET $4)
ORDER BY e.booked_on DESC, e.id DESC, l.id
"""

COUNTED = """
SELECT count(DISTINCT e.id) AS entries, coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0) AS amount
FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id WHERE e.booked_on BETWEEN $1 AND $2
"""

TRIAL = """
SELECT a.code, a.name, a.kind,
  coalesce(sum(l.amount) FILTER (WHERE e.booked_on < $1), 0) AS opening,
  coalesce(sum(l.amount) FILTER (WHERE e.booked_on BETWEEN $1 AND $2 AND l.amount > 0), 0) AS debit,
  -coalesce(sum(l.amount) FILTER (WHERE e.booked_on BETWEEN $1 AND $2 AND l.amount < 0), 0) AS credit
FROM account a JOIN journal_line l ON l.account_id = a.id JOIN journal_entry e ON e.id = l.entry_id
WHERE e.booked_on <= $2 GROUP BY a.id ORDER BY a.code
"""

CASH = """
SELECT CASE WHEN other.code IN ('1122', '2203') THEN 'customers' WHEN other.code IN ('2202', '1123') THEN 'suppliers'
    WHEN other.code LIKE '66%' OR other.code = '2241' THEN 'expenses' ELSE 'other' END AS kind,
  sum(-o.amount) AS amount
FROM journal_line o JOIN account other ON other.id = o.account_id JOIN journal_entry e ON e.id = o.entry_id
WHERE e.booked_on BETWEEN $1 AND $2 AND other.code NOT IN ('1001', '1002')
  AND EXISTS (SELECT FROM journal_line l JOIN account a ON a.id = l.account_id WHERE l.entry_id = e.id AND a.code IN ('1001', '1002'))
GROUP BY 1 ORDER BY 1
"""

BALANCE = """
SELECT coalesce(sum(l.amount), 0) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id
JOIN journal_entry e ON e.id = l.entry_id WHERE a.code = ANY($1::text[]) AND e.booked_on <= $2
"""

BANK = ["1001", "1002"]

SHOWN = 10


class BookedLine(Result):
    """One side of an entry."""

    account: str
    name: str
    debit: Money | None
    credit: Money | None


class Booked(Result):
    """An entry of the journal."""

    day: date
    document: Numbered
    memo: str
    lines: list[BookedLine]


class JournalAnswer(Listing):
    """The journal of some days, the latest entries first."""

    period: str
    amount: Money
    items: list[Booked]


class AccountRow(Result):
    """An account over a period: balances are debit positive."""

    code: str
    name: str
    opening: Money
    debit: Money
    credit: Money
    closing: Money


class TrialAnswer(Result):
    """The trial balance: opening, debits, credits, closing; both sums are equal."""

    period: str
    rows: list[AccountRow]
    debit: Money
    credit: Money


class Named(Result):
    """One line of a report."""

    code: str
    name: str
    amount: Money


class BalanceSheet(Result):
    """What the company has, and whose it is: assets = liabilities + equity."""

    as_of: date
    assets: list[Named]
    liabilities: list[Named]
    equity: list[Named]
    total_assets: Money
    total_liabilities: Money
    total_equity: Money
    profit_kept: Money


class IncomeStatement(Result):
    """What was earned and spent in a period."""

    period: str
    income: list[Named]
    expenses: list[Named]
    total_income: Money
    total_expenses: Money
    profit: Money


class CashFlow(Result):
    """Money in and out of cash and bank in a period, and what is there."""

    period: str
    opening: Money
    from_customers: Money
    to_suppliers: Money
    expenses: Money
    other: Money
    net: Money
    closing: Money


class CashAnswer(Result):
    """What cash and bank hold now."""

    as_of: date
    cash: Money
    bank: Money
    total: Money


class Closed(Result):
    """A month whose books are closed."""

    month: str


@query(
    "ledger.query",
    says=["日记账{period}的", "{period}的日记账", "{period}日记账", "日记账", "{period}的凭证", "查凭证", "凭证"],
)
async def query_journal(me: Actor, *, period: Span | None = None, cursor: Cursor | None = None) -> JournalAnswer:
    """日记账：每张凭证的借贷"""
    span = period or Span(today(), today())
    counted = await sql.row(COUNTED, span.start, span.end)
    assert counted is not None
    entries: dict[int, Booked] = {}
    start = int(cursor or 0)
    for row in await sql.rows(JOURNAL, span.start, span.end, SHOWN, start):
        line = BookedLine(
            account=row["code"], name=row["name"], debit=row["amount"] if row["amount"] > 0 else None,
            credit=-row["amount"] if row["amount"] < 0 else None,
        )  # fmt: skip
        entry = entries.setdefault(
            row["id"], Booked(day=row["day"], document=row["document"], memo=row["memo"], lines=[])
        )
        entry.lines.append(line)
    end, count = start + len(entries), counted["entries"]
    return JournalAnswer(
        period=span.text, total=count, next=cursor_after(end) if end < count else None, amount=counted["amount"],
        items=list(entries.values()),
    )  # fmt: skip


@query("ledger.trial", says=["试算平衡", "试算平衡表", "科目余额表", "{period}科目余额表", "{period}试算平衡"])
async def trial_balance(me: Actor, *, period: Span | None = None) -> TrialAnswer:
    """科目余额表：期初、借方、贷方、期末"""
    span = period or month_of(today())
    rows = [
        AccountRow(
            code=r["code"],
            name=r["name"],
            opening=r["opening"],
            debit=r["debit"],
            credit=r["credit"],
            closing=r["opening"] + r["debit"] - r["credit"],
        )
        for r in await sql.rows(TRIAL, span.start, span.end)
    ]
    return TrialAnswer(
        period=span.text,
        rows=rows,
        debit=sum((r.debit for r in rows), ZERO),
        credit=sum((r.credit for r in rows), ZERO),
    )


@query("ledger.balance", says=["资产负债表", "{period}资产负债表"])
async def balance_sheet(me: Actor, *, period: Span | None = None) -> BalanceSheet:
    """资产负债表"""
    day = min(period.end, today()) if period else today()
    rows = await sql.rows(TRIAL, date.min, day)
    groups: dict[str, list[Named]] = {kind.value: [] for kind in AccountKind}
    for row in rows:
        closing = row["debit"] - row["credit"] + row["opening"]
        sign = 1 if row["kind"] in (AccountKind.asset, AccountKind.cost, AccountKind.expense) else -1
        if closing:
            groups[row["kind"]].append(Named(code=row["code"], name=row["name"], amount=sign * closing))
    assets = groups["asset"] + groups["cost"]
    kept = _total(groups["income"]) - _total(groups["expense"])
    return BalanceSheet(
        as_of=day, assets=assets, liabilities=groups["liability"], equity=groups["equity"],
        total_assets=_total(assets), total_liabilities=_total(groups["liability"]),
        total_equity=_total(groups["equity"]) + kept, profit_kept=kept,
    )  # fmt: skip


@query("ledger.income", says=["利润表", "{period}利润表", "损益表", "{period}损益"])
async def income_statement(me: Actor, *, period: Span | None = None) -> IncomeStatement:
    """利润表"""
    span = period or month_of(today())
    rows = await sql.rows(TRIAL, span.start, span.end)
    income = [_named(r, -1) for r in rows if r["kind"] == AccountKind.income and r["debit"] != r["credit"]]
    expenses = [_named(r, 1) for r in rows if r["kind"] == AccountKind.expense and r["debit"] != r["credit"]]
    earned, spent = _total(income), _total(expenses)
    return IncomeStatement(
        period=span.text,
        income=income,
        expenses=expenses,
        total_income=earned,
        total_expenses=spent,
        profit=earned - spent,
    )


@query("report.cashflow", says=["{period}收支", "收支", "{period}现金流", "现金流", "{period}现金流量表"])
async def cash_flow(me: Actor, *, period: Span | None = None) -> CashFlow:
    """收支：现金和银行的进出"""
    span = period or month_of(today())
    flows = {row["kind"]: row["amount"] for row in await sql.rows(CASH, span.start, span.end)}
    opening = await _balance(BANK, span.start, before=True)
    net = sum(flows.values(), ZERO)
    return CashFlow(
        period=span.text, opening=opening, from_customers=flows.get("customers", ZERO),
        to_suppliers=flows.get("suppliers", ZERO), expenses=flows.get("expenses", ZERO), other=flows.get("other", ZERO),
        net=net, closing=opening + net,
    )  # fmt: skip


@query("cash.query", says=["账上还有多少钱", "还有多少钱", "现金余额", "银行余额", "账上多少钱", "资金余额"])
async def query_cash(me: Actor) -> CashAnswer:
    """账上还有多少钱：现金和银行"""
    cash, bank = await _balance(["1001"], today()), await _balance(["1002"], today())
    return CashAnswer(as_of=today(), cash=cash, bank=bank, total=cash + bank)


@command("ledger.close", says=["{period}结账", "结账{period}", "{period}关账", "关账{period}"], confirm=True)
async def close_period(me: Actor, *, period: Span) -> Closed:
    """结账：这个月不能再记账"""
    if period != month_of(period.start) or period.end >= today():
        raise InvalidInput(input="period", given=period.text, why="not_a_past_month")
    await refuse_closed(period.start)
    await ClosedPeriod.create(month=f"{period.start:%Y-%m}", closed_at=now(), closed_by_id=me.person_id)
    return Closed(month=f"{period.start:%Y-%m}")


async def _balance(codes: list[str], day: date, *, before: bool = False) -> Decimal:
    found = await sql.row(BALANCE, codes, date.fromordinal(day.toordinal() - 1) if before else day)
    assert found is not None
    amount: Decimal = found["amount"]
    return amount


def _named(row: dict[str, Decimal | str], sign: int) -> Named:
    amount = sign * (Decimal(row["debit"]) - Decimal(row["credit"]))
    return Named(code=str(row["code"]), name=str(row["name"]), amount=amount)


def _total(rows: list[Named]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)
