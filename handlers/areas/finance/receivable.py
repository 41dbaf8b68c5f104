"""What customers owe: open items, ageing, statements, reminders."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.inputs import Count
from handlers.pages import link_to
from handlers.reading.periods import Span, month_of
from handlers.registry import command, query
from handlers.result import Entire, Money, Numbered, Places, Ref, Result
from handlers.rights import RIGHTS
from handlers.visible import visible
from models import sql
from models.base import ZERO
from models.clock import today
from models.delivery.telling import tell
from models.errors import NotFound
from models.finance.credit import credit_status
from models.finance.receiving import open_invoices
from models.pages.linking import PUBLIC
from models.party.finding import contacts_of
from models.party.tables import Customer

BUCKETS = ("current", "d30", "d60", "d90", "d120", "over")
"""Open amounts by days past due: not yet, 1-30, 31-60, 61-90, 91-120, more."""

AGEING = """
SELECT c.number, c.name,
  coalesce(sum(i.open) FILTER (WHERE i.late <= 0), 0) AS current,
  coalesce(sum(i.open) FILTER (WHERE i.late BETWEEN 1 AND 30), 0) AS d30,
  coalesce(sum(i.open) FILTER (WHERE i.late BETWEEN 31 AND 60), 0) AS d60,
  coalesce(sum(i.open) FILTER (WHERE i.late BETWEEN 61 AND 90), 0) AS d90,
  coalesce(sum(i.open) FILTER (WHERE i.late BETWEEN 91 AND 120), 0) AS d120,
  coalesce(sum(i.open) FILTER (WHERE i.late > 120), 0) AS over,
  (SELECT coalesce(sum(amount - allocated - refunded), 0) FROM payment WHERE customer_id = c.id AND state <> 'cancelled')
    AS on_account
FROM customer c LEFT JOIN (SELECT customer_id, total - paid AS open, $1::date - due_on AS late FROM invoice
  WHERE total > paid) i ON i.customer_id = c.id
WHERE c.id = ANY($2::bigint[])
GROUP BY c.id ORDER BY coalesce(sum(i.open), 0) DESC, c.number
"""

OVERDUE = """
SELECT c.number, c.name, coalesce(nullif(p.nickname, ''), p.name) AS owner, p.number AS owner_number, sum(i.total - i.paid) AS amount, max($1::date - i.due_on) AS days
FROM invoice i JOIN customer c ON c.id = i.customer_id LEFT JOIN person p ON p.id = c.owner_id
WHERE i.total > i.paid AND i.due_on < $1 AND c.id = ANY($2::bigint[])
GROUP BY c.id, p.id HAVING max($1::date - i.due_on) > $3 ORDER BY amount DESC, c.number
"""

ITEMS = """
SELECT day, document, kind, amount FROM (
  SELECT issued_on AS day, i.number AS document, CASE WHEN total < 0 THEN 'red' ELSE 'invoice' END AS kind, total AS amount, i.id
    FROM invoice i WHERE customer_id = $1
  UNION ALL
  SELECT received_on, number, 'payment', -amount, id FROM payment WHERE customer_id = $1 AND state <> 'cancelled'
  UNION ALL
  SELECT a.settled_on, i.number, 'written_off', -a.amount, a.id FROM allocation a
    JOIN invoice i ON i.id = a.invoice_id WHERE i.customer_id = $1 AND a.kind IN ('rounding', 'bad_debt')
  UNION ALL
  SELECT f.paid_on, p.number, 'refund', f.amount, f.id FROM refund f JOIN payment p ON p.id = f.payment_id
    WHERE p.customer_id = $1 AND p.state <> 'cancelled'
) moved WHERE day <= $2 ORDER BY day, kind, id
"""


class OpenItem(Result):
    """An invoice that is not paid."""

    number: str
    order: Numbered | None
    total: Money
    open: Money
    due_on: date
    days_late: int


class Owed(Entire):
    """What one customer owes, and when it falls due."""

    customer: Ref
    receivable: Money
    overdue: Money
    on_account: Money
    items: list[OpenItem]


class Aged(Result):
    """A customer's open amounts by days past due."""

    customer: Ref
    current: Money
    d30: Money
    d60: Money
    d90: Money
    d120: Money
    over: Money
    on_account: Money
    total: Money


class AgeingAnswer(Result):
    """The ageing of everything owed, by days past due."""

    as_of: date
    rows: list[Aged]
    current: Money
    d30: Money
    d60: Money
    d90: Money
    d120: Money
    over: Money
    total: Money


class Late(Result):
    """A customer with something overdue."""

    customer: Ref
    owner: Ref | None
    amount: Money
    days: int


class OverdueAnswer(Entire):
    """Who is late by more than so many days."""

    days: int
    items: list[Late]
    amount: Money


class Movement(Result):
    """One line of a statement: positive is owed, negative paid."""

    day: date
    document: Numbered
    kind: str
    amount: Money
    balance: Money


class Statement(Entire):
    """A customer's account over a period: what was owed before, what happened, what is owed now."""

    customer: Ref
    period: str
    opening: Money
    items: list[Movement]
    invoiced: Money
    received: Money
    closing: Money
    overdue: Annotated[Decimal | None, Places(2)]


class StatementSent(Statement):
    """A statement that went to its customer; without `page`, this server has no address to link to."""

    page: str | None


@query(
    "receivable.query",
    says=["{customer}还欠多少", "{customer}欠多少", "{customer}欠多少钱", "{customer}还欠多少钱", "{customer}欠我们多少", "{customer}欠我们多少钱", "{customer}欠款", "{customer}应收", "我还欠多少钱", "我欠多少", "我还欠多少", "欠款多少", "欠多少钱", "还欠多少钱", "我欠多少钱", "我的欠款"],
)  # fmt: skip
async def query_receivable(me: Actor, *, customer: Customer) -> Owed:
    """查欠款：未付的发票、到期日和逾期"""
    credit = await credit_status(customer.id)
    day = today()
    items = []
    for each in await open_invoices(customer.id):
        items.append(
            OpenItem(
                number=each.number,
                order=each.order.number if each.order else None,
                total=each.total,
                open=each.total - each.paid,
                due_on=each.due_on,
                days_late=max(0, (day - each.due_on).days),
            )
        )
    return Owed(
        customer=Ref(number=customer.number, name=customer.name), receivable=credit.receivable, overdue=credit.overdue,
        on_account=credit.advance, items=items,
    )  # fmt: skip


@query(
    "receivable.aging", says=["账龄表", "账龄", "应收", "应收款", "应收账款", "应收账龄", "账龄分析", "{customer}账龄"]
)
async def query_ageing(me: Actor, *, customer: Customer | None = None) -> AgeingAnswer:
    """账龄表：每个客户欠款按逾期天数分段"""
    rows = await sql.rows(AGEING, today(), await _customers(me, customer))
    aged = [_aged(row) for row in rows]
    aged = [each for each in aged if each.total or each.on_account]
    sums = {name: sum((getattr(each, name) for each in aged), ZERO) for name in BUCKETS}
    return AgeingAnswer(as_of=today(), rows=aged, **sums, total=sum(sums.values(), ZERO))


@query(
    "receivable.overdue",
    says=[
        "超过{days}天没付的",
        "超过{days}天没付",
        "逾期超过{days}天的",
        "逾期客户",
        "谁逾期了",
        "谁欠钱",
        "逾期的有哪些",
        "有哪些逾期",
        "逾期账款",
        "逾期应收",
        "逾期超过{days}天",
    ],
)
async def query_overdue(me: Actor, *, days: Count | None = None) -> OverdueAnswer:
    """逾期清单：谁欠款超过多少天"""
    least = int(days or 0)
    items = await _late(me, None, least)
    return OverdueAnswer(days=least, items=items, amount=sum((each.amount for each in items), ZERO))


@query(
    "statement.get",
    says=[
        "{period}对账单", "对账单", "对账单发我一下", "对一下{customer}的账", "{customer}对账单", "{customer}{period}对账单", "{customer}对账单{period}", "对账单{period}", "{customer}{period}的对账单",
        "我的对账单", "{period}的对账单",
    ],
)  # fmt: skip
async def query_statement(me: Actor, *, customer: Customer, period: Span | None = None) -> Statement:
    """对账单：期初、本期开票和收款、期末"""
    return await _statement(customer, period)


@command(
    "statement.send",
    says=[
        "把{period}对账单发给{customer}",
        "对账单发给{customer}",
        "给{customer}发对账单",
        "把对账单发给{customer}",
        "给{customer}发{period}对账单",
    ],
    confirm=True,
)
async def send_statement(me: Actor, *, customer: Customer, period: Span | None = None) -> StatementSent:
    """把对账单发给客户的联系人，附上网页链接"""
    statement = await _statement(customer, period)
    contacts = await contacts_of(customer.id)
    if not contacts:
        raise NotFound(kind="contact")
    page = await link_to(me, "statement", customer=customer, period=period) if PUBLIC.url else None
    sent = StatementSent(**dict(statement), page=page)
    await tell(
        "statement.sent", about=customer.number, facts=sent.facts(RIGHTS.all_fields),
        answerable=customer.owner_id, customer=contacts,  # type: ignore[attr-defined]
    )  # fmt: skip
    return sent


async def _statement(customer: Customer, period: Span | None) -> Statement:
    span = period or month_of(today())
    rows = await sql.rows(ITEMS, customer.id, span.end)
    balance = opening = sum((row["amount"] for row in rows if row["day"] < span.start), ZERO)
    items = []
    for row in rows:
        if row["day"] < span.start:
            continue
        balance += row["amount"]
        items.append(Movement(**row, balance=balance))
    credit = await credit_status(customer.id)
    return Statement(
        customer=Ref(number=customer.number, name=customer.name),
        period=span.text,
        opening=opening,
        items=items,
        invoiced=sum((each.amount for each in items if each.kind in ("invoice", "red")), ZERO),
        received=-sum((each.amount for each in items if each.kind in ("payment", "refund", "written_off")), ZERO),
        closing=balance,
        overdue=credit.overdue,
    )


def _aged(row: dict[str, Decimal | str]) -> Aged:
    sums = {name: Decimal(row[name]) for name in BUCKETS}
    customer = Ref(number=str(row["number"]), name=str(row["name"]))
    return Aged(customer=customer, **sums, on_account=Decimal(row["on_account"]), total=sum(sums.values(), ZERO))


async def _customers(me: Actor, customer: Customer | None) -> list[int]:
    """The customers somebody sees, or the one they name."""
    if customer is not None:
        return [customer.id]
    return [each.id for each in await visible(me, Customer).only("id")]


async def _late(me: Actor, customer: Customer | None, days: int) -> list[Late]:
    rows = await sql.rows(OVERDUE, today(), await _customers(me, customer), days)
    return [
        Late(
            customer=Ref(number=r["number"], name=r["name"]),
            owner=Ref(number=r["owner_number"], name=r["owner"]) if r["owner"] else None,
            amount=r["amount"],
            days=r["days"],
        )
        for r in rows
    ]
