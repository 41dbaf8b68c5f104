"""What we owe suppliers and when it falls due, and what budgets have left."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from handlers.actor import Actor
from handlers.inputs import Amount, Text
from handlers.money import Coming
from handlers.reading.periods import Span, month_of
from handlers.registry import command, query
from handlers.result import Entire, Money, Named, Numbered, Places, Ref, Result
from models import sql
from models.base import ZERO
from models.clock import today
from models.errors import InvalidInput
from models.party.tables import Department, Supplier
from models.payables.budget import BudgetUse, budget_use, month_of_budget, set_budget
from models.payables.tables import PaymentOutState

DUE = """
SELECT b.number, s.number AS supplier_number, s.name, p.number AS purchase, b.total - b.paid AS open, b.due_on,
  greatest($1::date - b.due_on, 0) AS days_late
FROM supplier_invoice b JOIN supplier s ON s.id = b.supplier_id LEFT JOIN purchase_order p ON p.id = b.purchase_id
WHERE b.total > b.paid AND b.state <> 'reversed' AND ($2::bigint IS NULL OR b.supplier_id = $2)
ORDER BY b.due_on, b.id
"""

ASKED = """
SELECT m.number, s.name AS supplier, s.number AS supplier_number, m.amount, m.state FROM payment_out m JOIN supplier s ON s.id = m.supplier_id
WHERE m.state IN ('pending_approval', 'approved') AND ($1::bigint IS NULL OR m.supplier_id = $1) ORDER BY m.id
"""

AHEAD = """
SELECT coalesce(sum(amount - allocated), 0) AS amount FROM payment_out
WHERE state = 'paid' AND ($1::bigint IS NULL OR supplier_id = $1)
"""

UNBILLED = """
SELECT coalesce(round(sum((l.received - l.invoiced) * l.price), 2), 0) AS amount FROM purchase_order_line l
JOIN purchase_order o ON o.id = l.order_id WHERE $1::bigint IS NULL OR o.supplier_id = $1
"""

BUCKETS = (
    ("current", None, 0),
    ("d30", 1, 30),
    ("d60", 31, 60),
    ("d90", 61, 90),
    ("d120", 91, 120),
    ("over", 121, None),
)


class DueBill(Result):
    """A supplier's invoice that is not paid."""

    number: str
    supplier: Ref
    purchase: Numbered | None
    open: Money
    due_on: date
    days_late: int


class AskedPayment(Result):
    """A payment that was asked for and not made yet."""

    number: str
    supplier: Ref
    amount: Money
    state: PaymentOutState


class PayableAnswer(Entire):
    """What we owe; `due` is what falls due in the period, with what is late already; buckets are days past due."""

    supplier: Ref | None
    period: str | None
    due: Money
    amount: Money
    current: Money
    d30: Money
    d60: Money
    d90: Money
    d120: Money
    over: Money
    advance: Money
    unbilled: Money
    items: list[DueBill]
    requests: list[AskedPayment]


class BudgetRow(Result):
    """One budget and what is used of it."""

    department: Named
    purpose: str
    month: str
    amount: Money
    used: Money
    left: Money
    percent: Annotated[Decimal, Places(1)]


class BudgetAnswer(Entire):
    """The budgets of a month."""

    month: str
    items: list[BudgetRow]


@query(
    "payable.query",
    says=[
        "{period}要付哪些", "要付哪些", "{period}要付多少", "应付", "应付款", "应付账龄", "应付账款", "欠供应商多少", "欠{supplier}多少货款", "欠{supplier}多少",
        "欠{supplier}多少钱", "{period}还要付多少", "{period}还要付哪些", "{period}应付多少", "{supplier}的应付", "{supplier}应付", "我们欠{supplier}多少", "{period}应付",
    ],
)  # fmt: skip
async def query_payable(me: Actor, *, supplier: Supplier | None = None, period: Coming | None = None) -> PayableAnswer:
    """查应付：要付哪些、什么时候到期、账龄"""
    whose = supplier.id if supplier else None
    bills = await sql.rows(DUE, today(), whose)
    due = [row for row in bills if period is None or row["due_on"] <= period.end]
    sums: dict[str, Any] = {
        name: _sum(row for row in bills if _within(row, least, most)) for name, least, most in BUCKETS
    }
    ahead, unbilled = await sql.row(AHEAD, whose), await sql.row(UNBILLED, whose)
    assert ahead is not None and unbilled is not None
    return PayableAnswer(
        supplier=Ref(number=supplier.number, name=supplier.name) if supplier else None,
        period=period.text if period else None, due=_sum(due), amount=_sum(bills), **sums, advance=ahead["amount"],
        unbilled=unbilled["amount"], items=[_due(row) for row in due],
        requests=[
            AskedPayment(number=r["number"], supplier=Ref(number=r["supplier_number"], name=r["supplier"]), amount=r["amount"], state=PaymentOutState.of(r["state"]))
            for r in await sql.rows(ASKED, whose)
        ],
    )  # fmt: skip


@query("budget.query", says=["预算", "{period}预算", "{department}预算", "{department}{period}预算", "预算还剩多少"])
async def query_budget(me: Actor, *, department: Department | None = None, period: Span | None = None) -> BudgetAnswer:
    """查预算：每个部门、每个用途用了多少"""
    month = month_of_budget((period or month_of(today())).start)
    found = await budget_use(month, department_id=department.id if department else None)
    return BudgetAnswer(month=month, items=[_budget_row(each) for each in found])


@command(
    "budget.set",
    says=[
        "{department}的{purpose}预算{amount}",
        "{department}的{purpose}预算改{amount}",
        "{department}{period}的{purpose}预算{amount}",
    ],
    confirm=True,
)
async def fix_budget(
    me: Actor, *, department: Department, purpose: Text, amount: Amount, period: Span | None = None
) -> BudgetAnswer:
    """定预算：部门一个月在一个用途上可以花多少"""
    span = period or month_of(today())
    if span != month_of(span.start) or span.end < today():
        raise InvalidInput(input="period", given=span.text, why="not_a_month_to_come")
    month = month_of_budget(span.start)
    await set_budget(department.id, purpose[:40], month, amount)
    found = await budget_use(month, department_id=department.id, purpose=purpose[:40])
    return BudgetAnswer(month=month, items=[_budget_row(each) for each in found])


def _within(row: dict[str, int], least: int | None, most: int | None) -> bool:
    return (least is None or row["days_late"] >= least) and (most is None or row["days_late"] <= most)


def _sum(rows: object) -> Decimal:
    return sum((row["open"] for row in rows), ZERO)  # type: ignore[attr-defined]


def _due(row: dict[str, object]) -> DueBill:
    supplier = Ref(number=str(row["supplier_number"]), name=str(row["name"]))
    kept = {name: row[name] for name in ("number", "purchase", "open", "due_on", "days_late")}
    return DueBill(supplier=supplier, **kept)  # type: ignore[arg-type]


def _budget_row(use: BudgetUse) -> BudgetRow:
    return BudgetRow(
        department=use.department, purpose=use.purpose, month=use.month, amount=use.amount, used=use.used,
        left=use.amount - use.used, percent=use.percent,
    )  # fmt: skip
