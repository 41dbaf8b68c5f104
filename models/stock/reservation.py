"""Holding stock for documents: only what is free, in warehouse order, under locks taken in one order."""

from dataclasses import dataclass
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.clock import now
from models.stock.tables import HOLDING, Reservation, ReservationState

LOCK = """
SELECT b.id, b.product_id, b.warehouse_id, b.on_hand - b.reserved AS free, w.rank
FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.product_id = ANY($1::bigint[]) ORDER BY b.product_id, b.warehouse_id FOR UPDATE OF b
"""

HOLD = "UPDATE stock_balance SET reserved = reserved + $2 WHERE id = $1 AND on_hand - reserved >= $2 RETURNING id"

LET_GO = """
UPDATE stock_balance SET reserved = reserved - $3 WHERE product_id = $1 AND warehouse_id = $2
"""


@dataclass(frozen=True, slots=True)
class Want:
    """What one line of a document would hold."""

    position: int
    product_id: int
    quantity: Decimal


async def reserve(document: str, wants: list[Want]) -> dict[int, Decimal]:
    """Holds as much of each want as is free; says how much that was, by position."""
    rows = await sql.rows(LOCK, sorted({want.product_id for want in wants}))
    # Reading under the lock and choosing by rank: of two orders for the last piece, the second sees it gone.
    rows.sort(key=lambda row: (row["rank"], row["warehouse_id"]))
    held: dict[int, Decimal] = {}
    for want in wants:
        for row in rows:
            rest = want.quantity - held.get(want.position, ZERO)
            take = min(rest, row["free"])
            if row["product_id"] != want.product_id or take <= 0:
                continue
            if not await sql.row(HOLD, row["id"], take):
                raise AssertionError("a locked balance changed")
            row["free"] -= take
            held[want.position] = held.get(want.position, ZERO) + take
            await Reservation.create(
                document=document,
                position=want.position,
                product_id=want.product_id,
                warehouse_id=row["warehouse_id"],
                quantity=take,
                created_at=now(),
            )
    return held


async def release(document: str, *, state: ReservationState = ReservationState.released) -> Decimal:
    """Frees what a document still holds; says how much that was."""
    freed = ZERO
    for held in await _holding(document):
        rest = held.quantity - held.consumed
        if await Reservation.filter(id=held.id, state=held.state).update(state=state.value):
            await sql.rows(LET_GO, held.product_id, held.warehouse_id, rest)  # type: ignore[attr-defined]
            freed += rest
    return freed


async def consume(document: str, position: int, quantity: Decimal) -> list[tuple[int, Decimal]]:
    """Turns held stock of one line into stock that may leave; says from which warehouse how much."""
    taken: list[tuple[int, Decimal]] = []
    for held in await _holding(document, position=position):
        take = min(quantity - sum((part for _, part in taken), ZERO), held.quantity - held.consumed)
        if take <= 0:
            continue
        done = held.consumed + take == held.quantity
        state = ReservationState.consumed if done else ReservationState.partially_consumed
        await Reservation.filter(id=held.id).update(consumed=held.consumed + take, state=state.value)
        await sql.rows(LET_GO, held.product_id, held.warehouse_id, take)  # type: ignore[attr-defined]
        taken.append((held.warehouse_id, take))  # type: ignore[attr-defined]
    return taken


async def let_go(document: str, position: int, quantity: Decimal) -> None:
    """Frees so much of what one line holds, the last warehouse first; what it does not hold is not missed."""
    rest = quantity
    for held in reversed(await _holding(document, position=position)):
        take = min(rest, held.quantity - held.consumed)
        if take <= 0:
            break
        kept = held.quantity - take
        if kept == held.consumed == 0:
            await Reservation.filter(id=held.id).update(state=ReservationState.released.value)
        else:
            state = ReservationState.consumed.value if kept == held.consumed else held.state
            await Reservation.filter(id=held.id).update(quantity=kept, state=state)
        await sql.rows(LET_GO, held.product_id, held.warehouse_id, take)  # type: ignore[attr-defined]
        rest -= take


async def held_by(document: str) -> dict[int, Decimal]:
    """How much each line of a document still holds, by position."""
    held: dict[int, Decimal] = {}
    for row in await Reservation.filter(document=document, state__in=[state.value for state in HOLDING]):
        held[row.position] = held.get(row.position, ZERO) + row.quantity - row.consumed
    return held


async def _holding(document: str, **which: int) -> list[Reservation]:
    rows = Reservation.filter(document=document, state__in=[state.value for state in HOLDING], **which)
    return await rows.order_by("product_id", "warehouse_id", "id").select_for_update()
