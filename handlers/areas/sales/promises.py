"""A promised date as people are told it: when, and, for colleagues, out of what."""

from datetime import date
from typing import Annotated

from handlers.result import Needs, Numbered, Quantity, Ref, Result
from models.base import ZERO
from models.clock import today
from models.sales.promising import Promise, SourceKind, latest, promises_of
from models.sales.tables import OrderState, SalesOrder, SalesOrderLine

OPEN = (
    OrderState.draft, OrderState.pending_approval, OrderState.credit_hold, OrderState.confirmed, OrderState.in_progress,
    OrderState.on_hold,
)  # fmt: skip


class SourceAnswer(Result):
    """So much of a product, and where it comes from."""

    product: Ref
    unit: str
    kind: SourceKind
    document: Numbered | None
    quantity: Quantity
    date: date
    late: bool


class Lacking(Result):
    """So much of a product that nothing planned will bring."""

    product: Ref
    quantity: Quantity
    unit: str


class PromiseAnswer(Result):
    """When all of it can be delivered, absent where some of it has no source yet; `ready` when it is all there now."""

    date: date | None
    ready: bool
    sources: Annotated[list[SourceAnswer] | None, Needs("stock.detail")]
    lacking: Annotated[list[Lacking] | None, Needs("stock.detail")]


async def promise_of(order: SalesOrder, lines: list[SalesOrderLine]) -> PromiseAnswer | None:
    """The promise of what an order still has to deliver; None if that is nothing."""
    if OrderState.of(order.state) not in OPEN:
        return None
    promises = await promises_of(order, lines)
    if not promises:
        return None
    named = {line.position: (Ref.of(line.product), line.product.unit) for line in lines}
    return shown([(*named[position], promise) for position, promise in promises.items()])


def shown(promises: list[tuple[Ref, str, Promise]]) -> PromiseAnswer:
    """Promises for products with their names and units, as one."""
    day = latest(promise for _, _, promise in promises)
    return PromiseAnswer(
        date=day,
        ready=day == today(),
        sources=[
            SourceAnswer(
                product=name, unit=unit, kind=each.kind, document=each.document or None, quantity=each.quantity,
                date=each.day, late=each.late,
            )
            for name, unit, promise in promises
            for each in promise.sources
        ],
        lacking=[
            Lacking(product=name, quantity=promise.lacking, unit=unit) for name, unit, promise in promises if promise.lacking > ZERO
        ],
    )  # fmt: skip
