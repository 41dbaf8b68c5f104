"""Adjustments: goods found, lost, scrapped or used up; stock moves when they are done, not while they wait for consent."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from models.base import ZERO
from models.clock import now
from models.moves import move
from models.product.tables import Product
from models.stock.moving import CENT, add_move
from models.stock.reservation import Dropped, make_room
from models.stock.reversal import take_back
from models.stock.tables import Adjustment, AdjustmentKind, AdjustmentLine, AdjustmentState, Warehouse
from models.system.numbers import next_number

AGAINST = {
    AdjustmentKind.adjust: "1901",
    AdjustmentKind.scrap: "6602",
    AdjustmentKind.issue: "6602",
    AdjustmentKind.material: "5001",
}

LOSSES = (AdjustmentKind.adjust, AdjustmentKind.scrap)
"""What is gone whoever it was promised to; what is only used may not take reserved goods."""


@dataclass(frozen=True, slots=True)
class Change:
    """So much more (positive) or less of a product in one place."""

    product: Product
    warehouse: Warehouse
    quantity: Decimal
    location: str = ""
    lot: str = ""


async def write_adjustment(
    kind: AdjustmentKind, changes: list[Change], *, reason: str, by: int, about: str = ""
) -> Adjustment:
    """Writes an adjustment down, at what the books say the goods are worth; nothing moves yet."""
    adjustment = await Adjustment.create(
        number=await next_number("SA"), kind=kind.value, reason=reason, about=about, amount=worth_of(changes),
        state=AdjustmentState.pending_approval.value, made_by_id=by, made_at=now(),
    )  # fmt: skip
    for each in changes:
        await AdjustmentLine.create(
            adjustment=adjustment, product=each.product, warehouse=each.warehouse, quantity=each.quantity,
            location=each.location, lot=each.lot,
        )  # fmt: skip
    return adjustment


async def apply_adjustment(adjustment: Adjustment, *, by: int | None) -> list[Dropped]:
    """Moves the goods and books them; says whose reservations had to give way. Raises WrongState, NotEnoughStock."""
    await move(adjustment, AdjustmentState.done)
    kind = AdjustmentKind.of(adjustment.kind)
    dropped: list[Dropped] = []
    for line in await lines_of_adjustment(adjustment):
        if line.quantity < 0 and kind in LOSSES:
            dropped += await make_room(line.product_id, line.warehouse_id, -line.quantity)  # type: ignore[attr-defined]
        await add_move(
            product_id=line.product_id,  # type: ignore[attr-defined]
            warehouse_id=line.warehouse_id,  # type: ignore[attr-defined]
            quantity=line.quantity, document=adjustment.number, against=AGAINST[kind],
            unit_cost=line.product.cost, location=line.location or None, lot=line.lot or None,
            memo=" ".join(part for part in (kind.text, adjustment.about, adjustment.reason) if part), by=by,
        )  # fmt: skip
    return dropped


async def cancel_adjustment(adjustment: Adjustment, *, by: int) -> None:
    """Takes an adjustment back; one that still waits for consent has moved nothing. Raises WrongState, MovedOn."""
    waiting = adjustment.state == AdjustmentState.pending_approval.value
    await move(adjustment, AdjustmentState.cancelled)
    if not waiting:
        await take_back(adjustment.number, by=by, memo=f"撤销 {adjustment.number}")


async def lines_of_adjustment(adjustment: Adjustment) -> list[AdjustmentLine]:
    """Its lines with products and warehouses, in the order in which balances are locked."""
    rows = AdjustmentLine.filter(adjustment_id=adjustment.id).order_by("product_id", "warehouse_id", "id")
    return await rows.select_related("product", "warehouse")


def worth_of(changes: list[Change]) -> Decimal:
    """What goods in question are worth, in CNY, whichever way they go."""
    worth = sum((abs(each.quantity) * each.product.cost for each in changes), ZERO)
    return Decimal(worth).quantize(CENT, ROUND_HALF_UP)
