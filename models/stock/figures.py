"""What there is of a product, what is coming and what is promised: the figures behind every stock answer, in one statement."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import orjson

from models.base import ZERO
from models.batching import Batch
from models.clock import today

NEEDS = """
SELECT wo.number, wo.due_date AS due, wo.created_at, b.factor * (wo.quantity - lost.quantity) - coalesce(m.issued, 0) AS quantity
  FROM bom_line b JOIN work_order wo ON wo.product_id = b.product_id
  CROSS JOIN LATERAL (SELECT coalesce(sum(scrap), 0) AS quantity FROM operation WHERE work_order_id = wo.id) lost
  LEFT JOIN work_order_material m ON m.work_order_id = wo.id AND m.component_id = b.component_id
 WHERE b.component_id = asked.product AND wo.state IN ('confirmed', 'in_progress')
   AND b.factor * (wo.quantity - lost.quantity) > coalesce(m.issued, 0)
"""
"""What open work orders have yet to take of a component `asked.product`, by the day on which they are to be done."""

FIGURES = Batch(f"""
SELECT asked.nth,
 (SELECT coalesce(json_agg(json_build_array(w.name, b.on_hand::text, b.reserved::text, (
      SELECT coalesce(json_agg(json_build_array(l.expires_on, n.on_hand::text)), '[]') FROM stock_bin n
      JOIN lot l ON l.product_id = n.product_id AND l.number = n.lot
      WHERE n.product_id = b.product_id AND n.warehouse_id = b.warehouse_id AND n.on_hand > 0 AND l.expires_on IS NOT NULL)) ORDER BY w.rank, w.id), '[]')
    FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id WHERE b.product_id = asked.product)::text AS places,
 (SELECT coalesce(json_agg(json_build_array(i.number, i.due, i.quantity::text) ORDER BY i.due, i.number), '[]') FROM (
    SELECT o.number, l.due_date AS due, l.quantity - l.received AS quantity
      FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
     WHERE l.product_id = asked.product AND o.state IN ('confirmed', 'partially_received') AND l.quantity > l.received
    UNION ALL
    SELECT wo.number, wo.due_date, wo.quantity - last.good
      FROM work_order wo JOIN LATERAL (
        SELECT good FROM operation WHERE work_order_id = wo.id ORDER BY position DESC LIMIT 1) last ON true
     WHERE wo.product_id = asked.product AND wo.state IN ('confirmed', 'in_progress') AND wo.quantity > last.good
 ) i)::text AS incoming,
 (SELECT coalesce(json_agg(json_build_array(d.number, d.due, d.quantity::text) ORDER BY d.due, d.number), '[]') FROM (
    SELECT o.number, o.requested_date AS due, l.quantity - l.delivered - coalesce(sum(r.quantity - r.consumed), 0) AS quantity
      FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
      LEFT JOIN reservation r ON r.document = o.number AND r.position = l.position AND r.state IN ('active', 'partially_consumed')
     WHERE l.product_id = asked.product AND l.quantity > l.delivered AND o.state IN ('confirmed', 'in_progress')
     GROUP BY o.id, l.id HAVING l.quantity - l.delivered > coalesce(sum(r.quantity - r.consumed), 0)
    UNION ALL SELECT number, due, quantity FROM ({NEEDS}) n
 ) d)::text AS outgoing
FROM unnest($1::bigint[]) WITH ORDINALITY AS asked(product, nth)
""")


@dataclass(frozen=True, slots=True)
class Place:
    """One warehouse's share. What has expired is on hand, and free for nobody; negative where it was promised before."""

    warehouse: str
    on_hand: Decimal
    reserved: Decimal
    expired: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved - self.expired


@dataclass(frozen=True, slots=True)
class Arrival:
    """Goods on their way. What was due before today counts as today at the earliest, and is late."""

    document: str
    quantity: Decimal
    due: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """What a confirmed order still lacks, neither delivered nor held, or a work order has yet to take.

    Without a day, it is wanted today.
    """

    document: str
    quantity: Decimal
    due: date | None


@dataclass(frozen=True, slots=True)
class Point:
    """What will be free at the end of a day, if everything comes and goes as planned."""

    day: date
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """On hand, reserved, free, incoming and outgoing of one product, as of a day."""

    places: list[Place]
    incoming: list[Arrival]
    outgoing: list[Demand] = field(default_factory=list)
    day: date = field(default_factory=today)

    @property
    def on_hand(self) -> Decimal:
        return sum([place.on_hand for place in self.places], ZERO)

    @property
    def reserved(self) -> Decimal:
        return sum([place.reserved for place in self.places], ZERO)

    @property
    def expired(self) -> Decimal:
        return sum([place.expired for place in self.places], ZERO)

    @property
    def free(self) -> Decimal:
        return sum([place.free for place in self.places], ZERO)

    @property
    def projected(self) -> Decimal:
        """What is left when all that is planned has come and gone; negative where more is promised than will be there."""
        moves = [arrival.quantity for arrival in self.incoming] + [-demand.quantity for demand in self.outgoing]
        return sum(moves, self.free)

    def at(self, warehouse: str) -> "Figures":
        """The same with the stock of one warehouse only; what is coming and promised belongs to none."""
        return replace(self, places=[place for place in self.places if place.warehouse == warehouse])

    def future_balance(self) -> list[Point]:
        """The running balance, from its day on, a point for each day on which it changes.

        What is late or wanted before that day counts on it; what comes on no known day is left out.
        """
        first = self.day
        changes: dict[date, Decimal] = {first: self.free}
        for arrival in self.incoming:
            if arrival.due is not None:
                changes[arrival.due] = changes.get(arrival.due, ZERO) + arrival.quantity
        for demand in self.outgoing:
            day = max(demand.due or first, first)
            changes[day] = changes.get(day, ZERO) - demand.quantity
        points, balance = [], ZERO
        for day in sorted(changes):
            balance += changes[day]
            points.append(Point(day, balance))
        return points

    def available_from(self, day: date) -> Decimal:
        """ATP: how much can be taken on a day without breaking a promise of a later one; the lowest balance from it on."""
        points = self.future_balance()
        before = [point.balance for point in points if point.day <= day][-1:]
        return max(ZERO, min(before + [point.balance for point in points if point.day > day]))

    def earliest(self, quantity: Decimal) -> date | None:
        """The first day on which so much can be taken; None as long as nothing that is planned makes it so."""
        return next((point.day for point in self.future_balance() if self.available_from(point.day) >= quantity), None)


async def stock_figures(product_id: int) -> Figures:
    """The figures as they stand at this statement."""
    found = await FIGURES.row(product_id)
    assert found is not None
    day = today()
    return Figures(
        [_place(*row, day=day) for row in orjson.loads(found["places"])],
        [_arrival(*row, day=day) for row in orjson.loads(found["incoming"])],
        [_demand(*row) for row in orjson.loads(found["outgoing"])],
        day,
    )


def _place(name: str, on_hand: str, reserved: str, lots: list[tuple[str, str]], *, day: date) -> Place:
    expired = sum((Decimal(quantity) for until, quantity in lots if date.fromisoformat(until) < day), ZERO)
    return Place(name, Decimal(on_hand), Decimal(reserved), expired)


def _arrival(document: str, due: str | None, quantity: str, *, day: date) -> Arrival:
    when = date.fromisoformat(due) if due else None
    late = when is not None and when < day
    return Arrival(document, Decimal(quantity), day if late else when, late)


def _demand(document: str, due: str | None, quantity: str) -> Demand:
    return Demand(document, Decimal(quantity), date.fromisoformat(due) if due else None)
