"""Reports: presets of a measure by a dimension over a period, each figure a plain sum over the documents."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from handlers.actor import Actor
from handlers.inputs import Count, Percent
from handlers.reading.periods import Span, month_of
from handlers.references import Dimension, StockKind
from handlers.registry import query
from handlers.reporting import Measure, Sum, sums, total, until
from handlers.result import Money, Needs, Numbered, Places, Ref, Result
from models import sql
from models.base import ZERO
from models.clock import at_local, local, today
from models.clock import days as days_
from models.party.tables import Customer

SHIPPED = """
SELECT d.number, o.number AS order, c.name AS customer, c.number AS customer_number, d.carrier, d.tracking_no FROM delivery d
JOIN sales_order o ON o.id = d.order_id JOIN customer c ON c.id = o.customer_id
WHERE d.state <> 'cancelled' AND d.shipped_at >= $1 AND d.shipped_at < $2 ORDER BY d.id
"""

WORTH = """
SELECT p.name, s.quantity, p.unit, s.value AS amount,
  (SELECT max(m.moved_at) FROM stock_move m WHERE m.product_id = p.id AND m.quantity < 0) AS moved,
  (SELECT min(m.moved_at) FROM stock_move m WHERE m.product_id = p.id) AS came
FROM stock_worth s JOIN product p ON p.id = s.product_id WHERE s.quantity > 0 ORDER BY s.value DESC, p.code
"""


class Row(Result):
    """One name and its figures."""

    name: str
    orders: int
    amount: Money
    margin: Annotated[Decimal | None, Places(2), Needs("cost")]


class SalesReport(Result):
    """What was sold in a period: confirmed orders, tax included."""

    period: str
    by: Dimension
    customer: Ref | None
    orders: int
    amount: Money
    rows: list[Row]


class Profit(Result):
    """What an order, a product or a customer earned: revenue without tax, less what its goods cost."""

    name: str
    order: Numbered | None
    customer: Ref | None
    revenue: Money
    cost: Money
    profit: Money
    margin_percent: Annotated[Decimal, Places(1)]


class ProfitReport(Result):
    """What was earned by what left in a period, less what came back in it."""

    period: str
    by: Dimension
    revenue: Money
    cost: Money
    profit: Money
    margin_percent: Annotated[Decimal, Places(1)]
    rows: list[Profit]


class Received(Result):
    """Money by one name."""

    name: str
    amount: Money
    count: int


class PaymentReport(Result):
    """Money received in a period."""

    period: str
    by: Dimension
    amount: Money
    count: int
    rows: list[Received]


class Owing(Result):
    """What one name owes."""

    name: str
    amount: Money
    invoices: int


class ReceivableReport(Result):
    """What is owed and overdue by more than so many days; without a number of days, everything that is owed."""

    overdue_days: int | None
    by: Dimension
    amount: Money
    invoices: int
    rows: list[Owing]


class Left(Result):
    """Goods that left."""

    number: str
    order: Numbered
    customer: Ref
    carrier: str
    tracking_no: str


class ShipmentReport(Result):
    """What left in a period."""

    period: str
    count: int
    rows: list[Left]


class Stocked(Result):
    """What one product in stock is worth."""

    name: str
    quantity: Annotated[Decimal, Places(None)]
    unit: str
    amount: Money
    lies: int | None = None


class StockReport(Result):
    """What all stock is worth, the dearest first; `idle_days`: only what has not left for so many days.

    Of kind `slow`, what lies longest with most money comes first, with the days that it `lies`.
    """

    amount: Money
    kind: StockKind | None
    idle_days: int | None
    rows: list[Stocked]


@query(
    "report.sales",
    says=[
        "{period}卖了多少", "{period}{by}", "{customer}{period}买了多少", "{period}销售额", "{period}业绩", "业绩排名", "卖了多少", "销售报表", "{period}我卖了多少", "我{period}卖了多少", "{period}卖了多少钱",
        "{period}按{by}销售", "{period}销售报表",
    ],
)  # fmt: skip
async def report_sales(
    me: Actor, *, period: Span | None = None, customer: Customer | None = None, by: Dimension | None = None
) -> SalesReport:
    """销售额：按业务员、客户、产品或日期"""
    return await _sold(me, period or month_of(today()), customer, by or Dimension.staff)


@query(
    "report.top",
    says=[
        "哪个{by}卖得最好",
        "前{limit}大{by}",
        "{period}前{limit}大{by}",
        "{by}排名",
        "{period}{by}排名",
        "卖得最好的{by}",
        "{period}销售前{limit}",
        "销售前{limit}",
        "{period}销售前{limit}名",
    ],
)
async def report_top(
    me: Actor, *, by: Dimension | None = None, period: Span | None = None, limit: Count | None = None
) -> SalesReport:
    """排名：卖得最好的产品、最大的客户"""
    found = await _sold(me, period or Span(today().replace(month=1, day=1), today()), None, by or Dimension.product)
    return found.model_copy(update={"rows": found.rows[: max(1, min(int(limit or 5), 50))]})


@query(
    "report.profit",
    says=[
        "{period}毛利", "毛利", "毛利率低于{below}的单", "{period}毛利报表", "{period}按{by}毛利", "按{by}毛利",
        "{by}毛利", "{customer}{period}毛利", "{customer}毛利", "{customer}的毛利", "{customer}{period}的毛利", "{period}{customer}的毛利", "按{by}看毛利",
        "{period}按{by}看毛利", "按{by}看{period}毛利", "哪个{by}毛利最高", "哪个{by}最赚钱",
    ],
)  # fmt: skip
async def report_profit(
    me: Actor, *, period: Span | None = None, by: Dimension | None = None, below: Percent | None = None,
    customer: Customer | None = None,
) -> ProfitReport:  # fmt: skip
    """毛利：每单、每个产品或客户的收入、成本和毛利率"""
    span, wanted = period or month_of(today()), by or Dimension.order
    found = await sums(me, Measure.earned, wanted, span, customer)
    rows = [_profit(each, wanted) for each in found]
    whole = _profit(Sum("", 0, total(found), total(found), sum((each.cost for each in found), ZERO), "", ""), wanted)
    shown = [row for row in rows if below is None or row.margin_percent < below]
    # Orders are looked at for what went wrong, everything else for what does best.
    shown.sort(key=lambda row: row.margin_percent if wanted is Dimension.order else -row.profit)
    return ProfitReport(
        period=span.text, by=wanted, revenue=whole.revenue, cost=whole.cost, profit=whole.profit,
        margin_percent=whole.margin_percent, rows=shown,
    )  # fmt: skip


@query(
    "report.payment",
    says=[
        "{period}回款",
        "{period}进账多少",
        "{period}收了多少钱",
        "回款",
        "进账多少",
        "{period}收款",
        "{period}按{by}回款",
        "按{by}回款",
    ],
)
async def report_payment(me: Actor, *, period: Span | None = None, by: Dimension | None = None) -> PaymentReport:
    """回款：这段时间收到的钱"""
    span, wanted = period or month_of(today()), by or Dimension.customer
    found = await sums(me, Measure.received, wanted, span)
    rows = [Received(name=each.name, amount=each.amount, count=each.documents) for each in found]
    return PaymentReport(
        period=span.text, by=wanted, amount=total(found), count=sum(row.count for row in rows), rows=rows
    )


@query(
    "report.receivable",
    says=[
        "谁欠钱超过{days}天",
        "欠款超过{days}天的",
        "应收报表",
        "按{by}应收",
        "欠款排名",
        "哪些客户欠钱",
        "谁还欠钱",
        "谁欠得最多",
        "谁欠钱最多",
        "谁欠我们最多",
        "欠钱最多的是谁",
        "哪个客户欠得最多",
    ],
)
async def report_receivable(me: Actor, *, days: Count | None = None, by: Dimension | None = None) -> ReceivableReport:
    """应收：谁欠多少，逾期超过多少天"""
    wanted = by or Dimension.customer
    late = int(min(days, Decimal(3650))) if days is not None else None
    span = until(today(), less=late + 1) if late is not None else until(today() + timedelta(days=3650))
    found = await sums(me, Measure.owed, wanted, span)
    rows = [Owing(name=each.name, amount=each.amount, invoices=each.documents) for each in found]
    return ReceivableReport(
        overdue_days=late, by=wanted, amount=total(found), invoices=sum(row.invoices for row in rows), rows=rows
    )


@query("report.shipment", says=["{period}发了几单", "{period}发货情况", "发了几单", "{period}发了多少单"])
async def report_shipment(me: Actor, *, period: Span | None = None) -> ShipmentReport:
    """发货：这段时间发了几单"""
    span = period or Span(today(), today())
    rows = [
        Left(**{**row, "customer": Ref(number=row["customer_number"], name=row["customer"])})
        for row in await sql.rows(SHIPPED, *_between(span))
    ]
    return ShipmentReport(period=span.text, count=len(rows), rows=rows)


@query(
    "report.stock",
    says=["库存金额", "{kind}最多的是啥", "{kind}最多的是什么", "{kind}最多的", "{kind}最多的货", "库存值多少钱", "{idle}天没动过的货", "{kind}库存", "哪些货{kind}了"],
)  # fmt: skip
async def report_stock(me: Actor, *, idle: Count | None = None, kind: StockKind | None = None) -> StockReport:
    """库存金额：值多少钱，压在哪些货上；压货最多的：放得最久、钱最多的"""
    rows = await sql.rows(WORTH)
    if idle is not None:
        since = at_local(today()) - days_(float(min(idle, Decimal(3650))))
        rows = [row for row in rows if row["moved"] is None or row["moved"] < since]
    if kind is StockKind.slow:
        rows = [row for row in rows if _lies(row) > 0]
        rows.sort(key=lambda row: _lies(row) * row["amount"], reverse=True)
    return StockReport(
        amount=sum((row["amount"] for row in rows), ZERO),
        idle_days=int(idle) if idle is not None else None,
        kind=kind,
        rows=[
            Stocked(
                name=r["name"], quantity=r["quantity"], unit=r["unit"], amount=r["amount"],
                lies=_lies(r) if kind is StockKind.slow else None,
            )
            for r in rows[:20]
        ],
    )  # fmt: skip


def _lies(row: dict[str, Any]) -> int:
    """For how many days nothing of it has left; what never left lies since it came."""
    return (today() - local(row["moved"] or row["came"]).date()).days


async def _sold(me: Actor, span: Span, customer: Customer | None, by: Dimension) -> SalesReport:
    found = await sums(me, Measure.sold, by, span, customer)
    # An order with several products is one order, so orders are counted by themselves.
    orders = await sums(me, Measure.sold, Dimension.order, span, customer)
    rows = [
        Row(name=each.name, orders=each.documents, amount=each.amount, margin=each.net - each.cost) for each in found
    ]
    return SalesReport(
        period=span.text, by=by, customer=Ref.of(customer) if customer else None, orders=len(orders),
        amount=total(found), rows=rows,
    )  # fmt: skip


def _profit(earned: Sum, by: Dimension) -> Profit:
    profit = earned.amount - earned.cost
    percent = profit * 100 / earned.amount if earned.amount else ZERO
    is_order = by is Dimension.order
    return Profit(
        name=earned.name, order=earned.name if is_order else None, customer=Ref(number=earned.customer_number, name=earned.customer) if is_order else None,
        revenue=earned.amount, cost=earned.cost, profit=profit, margin_percent=percent,
    )  # fmt: skip


def _between(span: Span) -> tuple[object, object]:
    """The moments at which a span begins and has ended, in Shanghai."""
    return at_local(span.start), at_local(span.end) + days_(1)
