"""One query for every report: a measure by a dimension over a period, for the customers that somebody sees.

A measure is a list of facts (a day, whose, of what, how much); a dimension says what they are summed by.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from handlers.actor import Actor
from handlers.reading.periods import Span
from handlers.references import Dimension
from handlers.rights import Scope
from handlers.visible import visible
from models import sql
from models.base import ZERO
from models.errors import InvalidInput
from models.party.tables import Customer
from models.sales.tables import COMMITTED
from models.states import Labelled


class Measure(Labelled):
    """What a report sums."""

    sold = "sold", "销售"
    earned = "earned", "毛利"
    received = "received", "回款"
    owed = "owed", "欠款"


# What of an order line was with its customer after each delivery and each return. Their differences are what each was
# worth, so that the cents of the parts come to the cents of the whole.
GONE = """
SELECT document, at, order_line_id, quantity, sum(quantity) OVER (PARTITION BY order_line_id ORDER BY at, document) AS gone
FROM (SELECT d.number AS document, d.shipped_at AS at, v.order_line_id, v.quantity
    FROM delivery_line v JOIN delivery d ON d.id = v.delivery_id WHERE d.state <> 'cancelled'
  UNION ALL SELECT r.number, r.received_at, b.order_line_id, -b.received
    FROM sales_return_line b JOIN sales_return r ON r.id = b.sales_return_id WHERE b.received > 0) moved"""

NET = "round(round({} * l.price, 2) / CASE WHEN l.tax_included THEN 1 + l.tax_rate ELSE 1 END, 2)"

STATES = ", ".join(f"'{state.value}'" for state in COMMITTED)

# What was sold counts when it was confirmed, with tax; its cost is today's estimate. What was earned counts when the
# goods left, without tax, and what came back counts against it on the day it came; the cost is what the stock ledger
# says, by document and product, because two lines of one delivery may share a product. What is owed counts on the day
# it is due.
FACTS = {
    Measure.sold: f"""
SELECT (o.confirmed_at AT TIME ZONE 'Asia/Shanghai')::date AS day, o.customer_id, o.salesperson_id AS staff_id, l.product_id,
  o.number AS document, l.amount, l.amount - l.tax AS net, l.quantity * p.cost AS cost
FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id JOIN product p ON p.id = l.product_id
WHERE o.state IN ({STATES}) AND o.confirmed_at IS NOT NULL""",
    Measure.earned: f"""
SELECT (g.at AT TIME ZONE 'Asia/Shanghai')::date AS day, o.customer_id, o.salesperson_id AS staff_id, g.product_id,
  o.number AS document, g.amount, g.amount AS net, (SELECT coalesce(-sum(m.value), 0) FROM stock_move m
    WHERE m.document = g.document AND m.product_id = g.product_id) AS cost
FROM (SELECT e.document, e.at, l.order_id, l.product_id,
    sum({NET.format("e.gone")} - {NET.format("(e.gone - e.quantity)")}) AS amount
  FROM ({GONE}) e JOIN sales_order_line l ON l.id = e.order_line_id GROUP BY 1, 2, 3, 4) g
JOIN sales_order o ON o.id = g.order_id""",
    Measure.received: """
SELECT p.received_on AS day, p.customer_id, c.owner_id AS staff_id, NULL::bigint AS product_id, p.number AS document,
  p.amount - p.refunded AS amount, 0::numeric AS net, 0::numeric AS cost
FROM payment p JOIN customer c ON c.id = p.customer_id WHERE p.state <> 'cancelled'""",
    Measure.owed: """
SELECT i.due_on AS day, i.customer_id, c.owner_id AS staff_id, NULL::bigint AS product_id, i.number AS document,
  i.total - i.paid AS amount, 0::numeric AS net, 0::numeric AS cost
FROM invoice i JOIN customer c ON c.id = i.customer_id WHERE i.total > i.paid""",
}

LABELS = {
    Dimension.customer: "c.name",
    Dimension.product: "p.name",
    Dimension.staff: "coalesce(nullif(s.nickname, ''), s.name, '')",
    Dimension.day: "to_char(f.day, 'YYYY-MM-DD')",
    Dimension.month: "to_char(f.day, 'YYYY-MM')",
    Dimension.order: "f.document",
}

SUMS = """
SELECT {label} AS name, count(DISTINCT f.document) AS documents, sum(f.amount) AS amount, sum(f.net) AS net,
  sum(f.cost) AS cost, min(c.name) AS customer, min(c.number) AS customer_number
FROM ({facts}) f JOIN customer c ON c.id = f.customer_id LEFT JOIN product p ON p.id = f.product_id
LEFT JOIN person s ON s.id = f.staff_id
WHERE f.day BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR f.customer_id = ANY($3))
GROUP BY {label} ORDER BY amount DESC, name
"""

WITHOUT_PRODUCT = {Measure.received, Measure.owed}

BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Sum:
    """One name and its figures: how many documents, what they come to, also without tax, what they cost."""

    name: str
    documents: int
    amount: Decimal
    net: Decimal
    cost: Decimal
    customer: str
    customer_number: str


async def sums(me: Actor, measure: Measure, by: Dimension, span: Span, customer: Customer | None = None) -> list[Sum]:
    """A measure by a dimension, the largest first. Raises InvalidInput where the two do not go together."""
    if by is Dimension.product and measure in WITHOUT_PRODUCT:
        among = "、".join(each.text for each in Dimension if each is not Dimension.product)
        raise InvalidInput(input="by", given=by.text, why="not_among", among=among)
    statement = SUMS.format(label=LABELS[by], facts=FACTS[measure])
    rows = await sql.rows(statement, span.start, span.end, await _whose(me, customer))
    # What left and came back whole earned nothing.
    return [Sum(**row) for row in rows if measure is not Measure.earned or row["amount"] or row["cost"]]


def total(rows: list[Sum]) -> Decimal:
    """What they come to together."""
    return sum((row.amount for row in rows), ZERO)


def until(day: date, *, less: int = 0) -> Span:
    """Everything up to so many days before a day."""
    return Span(BEGINNING, day - timedelta(days=less))


async def _whose(me: Actor, customer: Customer | None) -> list[int] | None:
    """The customers to look at: the one named, those somebody sees, or, for who sees all, no list at all."""
    if customer is not None:
        return [customer.id]
    if me.scope is Scope.all:
        return None
    return [each.id for each in await visible(me, Customer).only("id")]
