"""The books as they are read: journal, trial balance, and the statements."""

from datetime import date
from decimal import Decimal

from handlers.actor import Actor
from handlers.inputs import Cursor, cursor_after
from handlers.reading.periods import Span, month_of
from handlers.registry import query
from handlers.result import Listing, Money, Numbered, Result
from models import sql
from models.base import ZERO
from models.books.closing import PROFIT, RETAINED
from models.books.tables import AccountKind
from models.books.ways import BILLS, OUR_BILLS
from models.clock import today

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

# Without what closing a month carried over, income and expenses are what they were.
TRIAL = """
SELECT a.code, a.name, a.kind,
  coalesce(sum(l.amount) FILTER (WHERE e.booked_on < $1), 0) AS opening,
  coalesce(sum(l.amount) FILTER (WHERE e.booked_on BETWEEN $1 AND $2 AND l.amount > 0), 0) AS debit,
  -coalesce(sum(l.amount) FILTER (WHERE e.booked_on BETWEEN $1 AND $2 AND l.amount < 0), 0) AS credit
FROM account a JOIN journal_line l ON l.account_id = a.id JOIN journal_entry e ON e.id = l.entry_id
WHERE e.booked_on <= $2 AND ($3 OR e.closes = '') GROUP BY a.id ORDER BY a.code
"""

CASH = """
SELECT CASE WHEN other.code IN ('1122', '2203', '1121') THEN 'customers' WHEN other.code IN ('2202', '1123', '2201') THEN 'suppliers'
    WHEN other.code LIKE '66%' OR other.code = '2241' THEN 'expenses' ELSE 'other' END AS kind,
  sum(-o.amount) AS amount
FROM journal_line o JOIN account other ON other.id = o.account_id JOIN journal_entry e ON e.id = o.entry_id
WHERE e.booked_on BETWEEN $1 AND $2 AND other.code <> ALL($3::text[])
  AND EXISTS (SELECT FROM journal_line l JOIN account a ON a.id = l.account_id WHERE l.entry_id = e.id AND a.code = ANY($3))
GROUP BY 1 ORDER BY 1
"""

HELD = """
SELECT a.code, a.name, coalesce(sum(l.amount) FILTER (WHERE e.booked_on < $2), 0) AS opening,
  coalesce(sum(l.amount) FILTER (WHERE e.booked_on BETWEEN $2 AND $3), 0) AS net
FROM account a LEFT JOIN journal_line l ON l.account_id = a.id LEFT JOIN journal_entry e ON e.id = l.entry_id AND e.booked_on <= $3
WHERE a.code = ANY($1::text[]) GROUP BY a.id ORDER BY a.code
"""

# What a year has earned, less what its end has carried to 未分配利润.
YEAR = """
SELECT coalesce(-sum(l.amount) FILTER (WHERE e.closes = '' AND a.kind IN ('income', 'expense')), 0)
  + coalesce(sum(l.amount) FILTER (WHERE e.closes <> '' AND a.code = '4104'), 0) AS amount
FROM journal_line l JOIN account a ON a.id = l.account_id JOIN journal_entry e ON e.id = l.entry_id
WHERE e.booked_on BETWEEN $1 AND $2
"""

MONEY = ["1001", "1002", "1012"]
"""Cash in the till, at the bank, and with WeChat and Alipay; a bill is money only once it is paid."""

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
    """What the company has, and whose it is: assets = liabilities + equity.

    `profit` is this year's that was not carried over yet (本年利润), `undistributed` all of before (未分配利润).
    """

    as_of: date
    assets: list[Named]
    liabilities: list[Named]
    equity: list[Named]
    total_assets: Money
    total_liabilities: Money
    total_equity: Money
    profit: Money
    undistributed: Money


class IncomeStatement(Result):
    """What was earned and spent in a period."""

    period: str
    income: list[Named]
    expenses: list[Named]
    total_income: Money
    total_expenses: Money
    profit: Money


class CashAccount(Result):
    """Where money lies: what was there before a period, what came and went, what is there after it."""

    code: str
    name: str
    opening: Money
    net: Money
    closing: Money


class CashFlow(Result):
    """Money in and out in a period, and what is there, in all and by account."""

    period: str
    opening: Money
    from_customers: Money
    to_suppliers: Money
    expenses: Money
    other: Money
    net: Money
    closing: Money
    accounts: list[CashAccount]


class CashAnswer(Result):
    """What there is now: cash, at the bank, with WeChat and Alipay (`wallet`); `bills` are not in the total."""

    as_of: date
    cash: Money
    bank: Money
    wallet: Money
    bills: Money
    our_bills: Money
    total: Money


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
        for r in await sql.rows(TRIAL, span.start, span.end, True)
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
    groups: dict[str, list[Named]] = {kind.value: [] for kind in AccountKind}
    for row in await sql.rows(TRIAL, date.min, day, True):
        closing = row["debit"] - row["credit"] + row["opening"]
        sign = 1 if row["kind"] in (AccountKind.asset, AccountKind.cost, AccountKind.expense) else -1
        if closing:
            groups[row["kind"]].append(Named(code=row["code"], name=row["name"], amount=sign * closing))
    assets = groups["asset"] + groups["cost"]
    # What was earned is the owners', whether or not it was carried over yet.
    kept = _total(groups["income"]) - _total(groups["expense"])
    kept += _total([each for each in groups["equity"] if each.code in (PROFIT, RETAINED)])
    profit = await _profit_of_the_year(day)
    equity = [each for each in groups["equity"] if each.code not in (PROFIT, RETAINED)]
    equity += [
        Named(code=PROFIT, name="本年利润", amount=profit),
        Named(code=RETAINED, name="未分配利润", amount=kept - profit),
    ]
    return BalanceSheet(
        as_of=day, assets=assets, liabilities=groups["liability"], equity=equity, total_assets=_total(assets),
        total_liabilities=_total(groups["liability"]), total_equity=_total(equity), profit=profit,
        undistributed=kept - profit,
    )  # fmt: skip


@query("ledger.income", says=[
    "利润表", "{period}利润表", "损益表", "{period}损益", "{period}利润", "{period}利润多少", "{period}利润怎么样", "{period}赚了多少", "{period}赚了多少钱",
    "{period}盈利多少", "赚了多少钱",
])  # fmt: skip
async def income_statement(me: Actor, *, period: Span | None = None) -> IncomeStatement:
    """利润表"""
    span = period or month_of(today())
    rows = await sql.rows(TRIAL, span.start, span.end, False)
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


@query(
    "report.cashflow",
    says=[
        "{period}收支",
        "收支",
        "{period}现金流",
        "现金流",
        "{period}现金流量表",
        "现金流量表",
        "{period}的现金流量表",
        "{period}的收支",
    ],
)
async def cash_flow(me: Actor, *, period: Span | None = None) -> CashFlow:
    """收支：现金和银行的进出"""
    span = period or month_of(today())
    flows = {row["kind"]: row["amount"] for row in await sql.rows(CASH, span.start, span.end, MONEY)}
    accounts = await _held(MONEY, span)
    opening, net = sum((each.opening for each in accounts), ZERO), sum(flows.values(), ZERO)
    return CashFlow(
        period=span.text, opening=opening, from_customers=flows.get("customers", ZERO),
        to_suppliers=flows.get("suppliers", ZERO), expenses=flows.get("expenses", ZERO), other=flows.get("other", ZERO),
        net=net, closing=opening + net, accounts=accounts,
    )  # fmt: skip


@query(
    "cash.query",
    says=[
        "账上还有多少钱",
        "还有多少钱",
        "现金还有多少",
        "银行还有多少钱",
        "银行存款",
        "现金多少",
        "现金余额",
        "银行余额",
        "账上多少钱",
        "资金余额",
    ],
)
async def query_cash(me: Actor) -> CashAnswer:
    """账上还有多少钱：现金、银行、微信和支付宝"""
    held = {each.code: each.closing for each in await _held([*MONEY, BILLS, OUR_BILLS], Span(today(), today()))}
    return CashAnswer(
        as_of=today(), cash=held["1001"], bank=held["1002"], wallet=held["1012"], bills=held[BILLS], our_bills=-held[OUR_BILLS],
        total=sum((held[code] for code in MONEY), ZERO),
    )  # fmt: skip


async def _profit_of_the_year(day: date) -> Decimal:
    found = await sql.row(YEAR, date(day.year, 1, 1), day)
    assert found is not None
    amount: Decimal = found["amount"]
    return amount


async def _held(codes: list[str], span: Span) -> list[CashAccount]:
    rows = await sql.rows(HELD, codes, span.start, span.end)
    return [CashAccount(**row, closing=row["opening"] + row["net"]) for row in rows]


def _named(row: dict[str, Decimal | str], sign: int) -> Named:
    amount = sign * (Decimal(row["debit"]) - Decimal(row["credit"]))
    return Named(code=str(row["code"]), name=str(row["name"]), amount=amount)


def _total(rows: list[Named]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)
