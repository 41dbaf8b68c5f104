"""Reports: presets of a measure by a dimension over a period, each figure a plain sum over the documents."""

from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.inputs import Count
from handlers.reading.periods import Span, month_of
from handlers.references import Dimension
from handlers.registry import query
from handlers.result import Money, Needs, Places, Result
from models import sql
from models.base import ZERO
from models.clock import at_local, days, today
from models.party.tables import Customer
from models.sales.tables import COMMITTED

SOLD = f"""
SELECT {{label}} AS name, count(DISTINCT o.id) AS orders, sum(l.amount) AS amount, sum(l.quantity * p.cost) AS cost,
  sum(l.amount - l.tax) AS net
FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id JOIN product p ON p.id = l.product_id
JOIN customer c ON c.id = o.customer_id LEFT JOIN person s ON s.id = o.salesperson_id
WHERE o.state IN ({", ".join(f"'{state.value}'" for state in COMMITTED)})
  AND o.confirmed_at >= $1 AND o.confirmed_at < $2 AND ($3::bigint IS NULL OR o.customer_id = $3)
GROUP BY {{label}} ORDER BY amount DESC, name
"""

LABELS = {
    Dimension.customer: "c.name",
    Dimension.product: "p.name",
    Dimension.staff: "coalesce(nullif(s.nickname, ''), s.name, '')",
    Dimension.day: "to_char(o.confirmed_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD')",
    Dimension.month: "to_char(o.confirmed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
}

EARNED = """
SELECT o.number AS name, c.name AS customer, sum(round(-m.value, 2)) AS cost,
  (SELECT coalesce(round(sum((l.amount - l.tax) * l.delivered / nullif(l.quantity, 0)), 2), 0) FROM sales_order_line l
    WHERE l.order_id = o.id) AS revenue
FROM delivery d JOIN stock_move m ON m.document = d.number JOIN sales_order o ON o.id = d.order_id
JOIN customer c ON c.id = o.customer_id
WHERE d.shipped_at >= $1 AND d.shipped_at < $2 GROUP BY o.id, c.name ORDER BY o.id
"""

RECEIVED = """
SELECT c.name, sum(p.amount - p.refunded) AS amount, count(*) AS count FROM payment p JOIN customer c ON c.id = p.customer_id
WHERE p.received_on BETWEEN $1 AND $2 AND p.state <> 'cancelled' GROUP BY c.id ORDER BY amount DESC, c.name
"""

SHIPPED = """
SELECT d.number, o.number AS order, c.name AS customer, d.carrier, d.tracking_no FROM delivery d
JOIN sales_order o ON o.id = d.order_id JOIN customer c ON c.id = o.customer_id
WHERE d.shipped_at >= $1 AND d.shipped_at < $2 ORDER BY d.id
"""

WORTH = """
SELECT p.name, s.quantity, p.unit, s.value AS amount,
  (SELECT max(m.moved_at) FROM stock_move m WHERE m.product_id = p.id AND m.quantity < 0) AS moved
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
    customer: str | None
    orders: int
    amount: Money
    rows: list[Row]


class Profit(Result):
    """What one order earned: revenue without tax, less what its goods cost."""

    order: str
    customer: str
    revenue: Money
    cost: Money
    profit: Money
    margin_percent: Annotated[Decimal, Places(1)]


class ProfitReport(Result):
    """What was earned by what left in a period."""

    period: str
    revenue: Money
    cost: Money
    profit: Money
    margin_percent: Annotated[Decimal, Places(1)]
    rows: list[Profit]


class Received(Result):
    """Money from one customer."""

    name: str
    amount: Money
    count: int


class PaymentReport(Result):
    """Money received in a period."""

    period: str
    amount: Money
    count: int
    rows: list[Received]


class Left(Result):
    """Goods that left."""

    number: str
    order: str
    customer: str
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


class StockReport(Result):
    """What all stock is worth, the dearest first; `idle`: only what has not left for so many days."""

    amount: Money
    idle_days: int | None
    rows: list[Stocked]


@query(
    "report.sales",
    says=[
        "{period}卖了多少", "{period}业绩排名", "{customer}{period}买了多少", "{period}销售额", "{period}业绩", "业绩排名", "卖了多少", "销售报表",
        "{period}按{by}销售", "{period}销售报表",
    ],
)  # fmt: skip
async def report_sales(
    me: Actor, *, period: Span | None = None, customer: Customer | None = None, by: Dimension | None = None
) -> SalesReport:
    """销售额：按业务员、客户、产品或日期"""
    return await _sold(period or month_of(today()), customer, by or Dimension.staff)


@query(
    "report.top",
    says=[
        "哪个{by}卖得最好",
        "前{limit}大{by}",
        "{period}前{limit}大{by}",
        "{by}排名",
        "{period}{by}排名",
        "卖得最好的{by}",
    ],
)
async def report_top(
    me: Actor, *, by: Dimension | None = None, period: Span | None = None, limit: Count | None = None
) -> SalesReport:
    """排名：卖得最好的产品、最大的客户"""
    found = await _sold(period or Span(today().replace(month=1, day=1), today()), None, by or Dimension.product)
    return found.model_copy(update={"rows": found.rows[: max(1, min(int(limit or 5), 50))]})


@query(
    "report.profit",
    says=["{period}毛利", "毛利", "毛利率低于{below}%的单", "毛利率低于{below}的单", "{period}毛利报表"],
)
async def report_profit(me: Actor, *, period: Span | None = None, below: Count | None = None) -> ProfitReport:
    """毛利：每单的收入、成本和毛利率"""
    span = period or month_of(today())
    start, end = _between(span)
    rows = [
        _profit(row["name"], row["customer"], row["revenue"], row["cost"]) for row in await sql.rows(EARNED, start, end)
    ]
    total = _profit("", "", sum((r.revenue for r in rows), ZERO), sum((r.cost for r in rows), ZERO))
    shown = [row for row in rows if below is None or row.margin_percent < below]
    return ProfitReport(
        period=span.text, revenue=total.revenue, cost=total.cost, profit=total.profit,
        margin_percent=total.margin_percent, rows=sorted(shown, key=lambda row: row.margin_percent),
    )  # fmt: skip


@query(
    "report.payment",
    says=["{period}回款", "{period}进账多少", "{period}收了多少钱", "回款", "进账多少", "{period}收款"],
)
async def report_payment(me: Actor, *, period: Span | None = None) -> PaymentReport:
    """回款：这段时间收到的钱"""
    span = period or month_of(today())
    rows = [Received(**row) for row in await sql.rows(RECEIVED, span.start, span.end)]
    return PaymentReport(
        period=span.text, amount=sum((r.amount for r in rows), ZERO), count=sum(r.count for r in rows), rows=rows
    )


@query("report.shipment", says=["{period}发了几单", "{period}发货情况", "发了几单", "{period}发了多少单"])
async def report_shipment(me: Actor, *, period: Span | None = None) -> ShipmentReport:
    """发货：这段时间发了几单"""
    span = period or Span(today(), today())
    rows = [Left(**row) for row in await sql.rows(SHIPPED, *_between(span))]
    return ShipmentReport(period=span.text, count=len(rows), rows=rows)


@query(
    "report.stock", says=["库存金额", "压货最多的是啥", "压货最多的", "库存值多少钱", "{idle}天没动过的货", "积压库存"]
)
async def report_stock(me: Actor, *, idle: Count | None = None) -> StockReport:
    """库存金额：值多少钱，压在哪些货上"""
    rows = await sql.rows(WORTH)
    if idle is not None:
        since = at_local(today()) - days(float(min(idle, Decimal(3650))))
        rows = [row for row in rows if row["moved"] is None or row["moved"] < since]
    return StockReport(
        amount=sum((row["amount"] for row in rows), ZERO),
        idle_days=int(idle) if idle is not None else None,
        rows=[Stocked(name=r["name"], quantity=r["quantity"], unit=r["unit"], amount=r["amount"]) for r in rows[:20]],
    )


async def _sold(span: Span, customer: Customer | None, by: Dimension) -> SalesReport:
    found = await sql.rows(SOLD.format(label=LABELS[by]), *_between(span), customer.id if customer else None)
    whole = await sql.rows(SOLD.format(label="1::text"), *_between(span), customer.id if customer else None)
    rows = [Row(name=r["name"], orders=r["orders"], amount=r["amount"], margin=r["net"] - r["cost"]) for r in found]
    return SalesReport(
        period=span.text, by=by, customer=customer.name if customer else None,
        orders=whole[0]["orders"] if whole else 0, amount=whole[0]["amount"] if whole else ZERO, rows=rows,
    )  # fmt: skip


def _profit(order: str, customer: str, revenue: Decimal, cost: Decimal) -> Profit:
    profit = revenue - cost
    percent = profit * 100 / revenue if revenue else ZERO
    return Profit(order=order, customer=customer, revenue=revenue, cost=cost, profit=profit, margin_percent=percent)


def _between(span: Span) -> tuple[object, object]:
    """The moments at which a span begins and has ended, in Shanghai."""
    return at_local(span.start), at_local(span.end) + days(1)
