"""When goods can be delivered, and why: the first day from which the running balance never again falls below them.

The balance of a product begins with what is free and has not expired, and walks through what is due in, from suppliers and from the
workshop, what earlier orders lack, and what earlier work orders have yet to take. What was due before today comes today at the earliest.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from models import sql
from models.base import ZERO
from models.clock import local, today
from models.sales.tables import SalesOrder, SalesOrderLine
from models.states import Labelled
from models.stock.figures import NEEDS
from models.stock.reservation import held_by

SUNDAY = 6

# Earlier orders come first: who ordered later takes nothing from them, whenever they want it.
WALK = f"""
SELECT asked.product,
 ((SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_balance WHERE product_id = asked.product)
   - (SELECT coalesce(sum(n.on_hand), 0) FROM stock_bin n JOIN lot e ON e.product_id = n.product_id AND e.number = n.lot
       WHERE n.product_id = asked.product AND e.expires_on < $4))::text AS free,
 (SELECT coalesce(json_agg(json_build_array(o.number, l.due_date, (l.quantity - l.received)::text)), '[]')
    FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
   WHERE l.product_id = asked.product AND o.state IN ('confirmed', 'partially_received') AND l.quantity > l.received
 )::text AS bought,
 (SELECT coalesce(json_agg(json_build_array(w.number, w.due_date, (w.quantity - s.lost - s.made)::text, s.done::text,
      s.whole::text, s.began)), '[]')
    FROM work_order w CROSS JOIN LATERAL (
      SELECT sum(p.scrap) AS lost, (array_agg(p.good ORDER BY p.position DESC))[1] AS made,
        sum(least(p.good + p.scrap, w.quantity) * p.minutes) AS done, sum(w.quantity * p.minutes) AS whole,
        (SELECT min(r.reported_at) FROM job_report r JOIN operation q ON q.id = r.operation_id
          WHERE q.work_order_id = w.id) AS began
      FROM operation p WHERE p.work_order_id = w.id) s
   WHERE w.product_id = asked.product AND w.state IN ('confirmed', 'in_progress') AND w.quantity - s.lost - s.made > 0
 )::text AS making,
 (SELECT coalesce(json_agg(json_build_array(o.requested_date, (l.quantity - l.delivered - coalesce(h.held, 0))::text)), '[]')
    FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id LEFT JOIN LATERAL (
      SELECT sum(r.quantity - r.consumed) AS held FROM reservation r WHERE r.document = o.number
        AND r.position = l.position AND r.state IN ('active', 'partially_consumed')) h ON true
   WHERE l.product_id = asked.product AND o.state IN ('confirmed', 'in_progress')
     AND l.quantity - l.delivered > coalesce(h.held, 0)
     AND ($2::timestamptz IS NULL OR o.confirmed_at < $2 OR (o.confirmed_at = $2 AND o.id < $3))
 )::text AS promised,
 (SELECT coalesce(json_agg(json_build_array(n.due, n.quantity::text)), '[]') FROM ({NEEDS}) n
   WHERE $2::timestamptz IS NULL OR n.created_at < $2)::text AS needed
FROM unnest($1::bigint[]) AS asked(product)
"""


class SourceKind(Labelled):
    """Where goods will come from."""

    stock = "stock", "现货"
    purchase = "purchase", "采购"
    production = "production", "生产"


@dataclass(frozen=True, slots=True)
class Source:
    """So much of what is promised, where it comes from and when; `late` is what should have been here already."""

    kind: SourceKind
    quantity: Decimal
    day: date
    document: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """The day on which all of it can be delivered; None if some of it has no source yet: `lacking`."""

    day: date | None
    sources: list[Source]
    lacking: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Coming:
    """Goods due in."""

    kind: SourceKind
    document: str
    quantity: Decimal
    day: date
    late: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a product's balance begins with, and what will change it."""

    free: Decimal
    coming: list[Coming]
    promised: list[tuple[date, Decimal]]

    def balances(self) -> list[tuple[date, Decimal]]:
        """The running balance after each day on which it changes, from today."""
        change: dict[date, Decimal] = defaultdict(Decimal)
        change[today()] += self.free
        for each in self.coming:
            change[each.day] += each.quantity
        for day, quantity in self.promised:
            change[day] -= quantity
        running, walked = ZERO, []
        for day in sorted(change):
            running += change[day]
            walked.append((day, running))
        return walked

    def to_promise(self) -> list[tuple[date, Decimal]]:
        """What can be promised for each of those days: the lowest balance from there on, never less than before."""
        lowest: Decimal | None = None
        found: list[tuple[date, Decimal]] = []
        for day, balance in reversed(self.balances()):
            lowest = balance if lowest is None else min(lowest, balance)
            found.append((day, max(lowest, ZERO)))
        return found[::-1]

    def promise(self, quantity: Decimal, *, held: Decimal = ZERO) -> Promise:
        """When so much can be delivered, `held` of it being set aside already."""
        sources = [Source(SourceKind.stock, held, today())] if held else []
        covered = held
        for day, available in self.to_promise():
            more = min(quantity, held + available) - covered
            if more > 0:
                sources += self._arriving(day, more)
                covered += more
            if covered >= quantity:
                return Promise(max(each.day for each in sources) if sources else today(), _joined(sources))
        return Promise(None, _joined(sources), quantity - covered)

    def _arriving(self, day: date, quantity: Decimal) -> list[Source]:
        """Where what becomes available on a day comes from: what arrives then, and what was there before."""
        sources, rest = [], quantity
        for each in self.coming:
            part = min(rest, each.quantity) if each.day == day else ZERO
            if part > 0:
                sources.append(Source(each.kind, part, day, each.document, each.late))
                rest -= part
        return [*([Source(SourceKind.stock, rest, day)] if rest else []), *sources]


async def outlooks(product_ids: Iterable[int], *, before: SalesOrder | None = None) -> dict[int, Outlook]:
    """The outlook of each product; for an order that stands, only what was promised before it counts against it."""
    since = before.confirmed_at if before else None
    rows = await sql.rows(WALK, sorted(set(product_ids)), since, before.id if before else 0, today())
    return {row["product"]: _outlook(row) for row in rows}


async def promises_of(order: SalesOrder, lines: list[SalesOrderLine]) -> dict[int, Promise]:
    """When what each line still lacks can be delivered, by position; what has left needs no promise."""
    open_lines = [line for line in lines if line.quantity > line.delivered]
    if not open_lines:
        return {}
    held = await held_by(order.number)
    seen = await outlooks([line.product_id for line in open_lines], before=order)  # type: ignore[attr-defined]
    promises: dict[int, Promise] = {}
    taken: dict[int, Decimal] = defaultdict(Decimal)
    for line in open_lines:
        product, has = line.product_id, held.get(line.position, ZERO)  # type: ignore[attr-defined]
        rest, outlook = line.quantity - line.delivered, seen[product]
        # A second line of the same product gets what the first leaves.
        left = Outlook(outlook.free - taken[product], outlook.coming, outlook.promised)
        promises[line.position] = left.promise(rest, held=min(has, rest))
        taken[product] += rest - min(has, rest)
    return promises


def latest(promises: Iterable[Promise]) -> date | None:
    """The day on which all of several promises are kept; None if one of them cannot be."""
    days = [each.day for each in promises]
    return max((day for day in days if day), default=None) if None not in days else None


def working_day(start: date, after: int) -> date:
    """The day so many working days later; on Sundays nobody works."""
    day = start
    while after > 0:
        day += timedelta(days=1)
        after -= day.weekday() != SUNDAY
    return day


def at_present_pace(done: Decimal, whole: Decimal, *, began: date) -> date:
    """When work that came so far since a day will be finished if it goes on like that; days begun count as whole."""
    span = range((today() - began).days + 1)
    spent = max(1, sum((began + timedelta(days=n)).weekday() != SUNDAY for n in span))
    left = ((whole - done) / done * spent).to_integral_value(ROUND_CEILING)
    return working_day(today(), int(left))


def _outlook(row: dict[str, Any]) -> Outlook:
    coming = [
        *(
            _coming(SourceKind.purchase, number, quantity, date.fromisoformat(due))
            for number, due, quantity in json.loads(row["bought"])
        ),
        *(
            _coming(SourceKind.production, number, quantity, due)
            for number, planned, quantity, done, whole, began in json.loads(row["making"])
            if (due := _finished(planned, Decimal(done), Decimal(whole), began)) is not None
        ),
    ]
    promised = [
        (max(date.fromisoformat(wanted) if wanted else today(), today()), Decimal(quantity))
        for wanted, quantity in [*json.loads(row["promised"]), *json.loads(row["needed"])]
    ]
    return Outlook(Decimal(row["free"]), sorted(coming, key=lambda each: (each.day, each.document)), promised)


def _finished(planned: str | None, done: Decimal, whole: Decimal, began: str | None) -> date | None:
    """When a work order ends: at its present pace once it has one, else when it is planned to."""
    if began is not None and 0 < done < whole:
        return at_present_pace(done, whole, began=local(datetime.fromisoformat(began)).date())
    return date.fromisoformat(planned) if planned else None


def _coming(kind: SourceKind, number: str, quantity: str, due: date) -> Coming:
    return Coming(kind, number, Decimal(quantity), max(due, today()), due < today())


def _joined(sources: list[Source]) -> list[Source]:
    """What comes from stock, however it was found, told once."""
    now_there = sum((each.quantity for each in sources if each.kind is SourceKind.stock and each.day == today()), ZERO)
    rest = [each for each in sources if each.kind is not SourceKind.stock or each.day != today()]
    return [*([Source(SourceKind.stock, now_there, today())] if now_there else []), *rest]
