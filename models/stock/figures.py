"""What there is of a product and what is coming: the figures behind every stock answer, in one statement."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.base import ZERO
from models.batching import Batch
from models.clock import today

FIGURES = Batch("""
SELECT asked.nth,
 (SELECT coalesce(json_agg(json_build_array(w.name, b.on_hand::text, b.reserved::text) ORDER BY w.rank, w.id), '[]')
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
 ) i)::text AS incoming
FROM unnest($1::bigint[]) WITH ORDINALITY AS asked(product, nth)
""")


@dataclass(frozen=True, slots=True)
class Place:
    """One warehouse's share."""

    warehouse: str
    on_hand: Decimal
    reserved: Decimal

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Arrival:
    """Goods on their way. What was due before today counts as today at the earliest, and is late."""

    document: str
    quantity: Decimal
    due: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """On hand, reserved, free and incoming of one product."""

    places: list[Place]
    incoming: list[Arrival]

    @property
    def on_hand(self) -> Decimal:
        return sum((place.on_hand for place in self.places), ZERO)

    @property
    def reserved(self) -> Decimal:
        return sum((place.reserved for place in self.places), ZERO)

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


async def stock_figures(product_id: int) -> Figures:
    """The figures as they stand at this statement."""
    found = await FIGURES.row(product_id)
    assert found is not None
    return Figures(
        [Place(name, Decimal(on_hand), Decimal(reserved)) for name, on_hand, reserved in json.loads(found["places"])],
        [_arrival(*row) for row in json.loads(found["incoming"])],
    )


def _arrival(document: str, due: str | None, quantity: str) -> Arrival:
    day = date.fromisoformat(due) if due else None
    late = day is not None and day < today()
    return Arrival(document, Decimal(quantity), today() if late else day, late)
