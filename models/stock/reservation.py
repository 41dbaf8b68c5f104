"""Holding stock for documents: only what is free, in warehouse order, under locks taken in one order."""

from dataclasses import dataclass
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.clock import now, today
from models.errors import NotEnoughStock
from models.stock.minimum import watch_minimum
from models.stock.tables import HOLDING, Reservation, ReservationState

# What has expired is nothing that could be promised to anybody.
LOCK = """
SELECT b.id, b.product_id, b.warehouse_id, w.rank, b.on_hand - b.reserved - coalesce((SELECT sum(n.on_hand) FROM stock_bin n
  JOIN lot l ON l.product_id = n.product_id AND l.number = n.lot
  WHERE n.product_id = b.product_id AND n.warehouse_id = b.warehouse_id AND l.expires_on < $2), 0) AS free
FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.product_id = ANY($1::bigint[]) ORDER BY b.product_id, b.warehouse_id FOR UPDATE OF b
"""

HOLD = "UPDATE stock_balance SET reserved = reserved + $2 WHERE id = $1 AND on_hand - reserved >= $2 RETURNING id"

HOLD_ALL = """
UPDATE stock_balance b SET reserved = reserved + taken.quantity
FROM (SELECT id, sum(quantity) AS quantity FROM unnest($1::bigint[], $2::numeric[]) AS t (id, quantity) GROUP BY id) AS taken
WHERE b.id = taken.id AND b.on_hand - b.reserved >= taken.quantity RETURNING b.id
"""

LET_GO = """
UPDATE stock_balance SET reserved = reserved - $3 WHERE product_id = $1 AND warehouse_id = $2
"""

PLACE = """
SELECT id, on_hand, on_hand - reserved AS free FROM stock_balance WHERE product_id = $1 AND warehouse_id = $2 FOR UPDATE
"""

# What was promised for the latest day gives way first, and what has no day before that.
LATEST = """
SELECT r.id, r.document, r.quantity - r.consumed AS held, coalesce(o.salesperson_id, h.made_by_id) AS holder
FROM reservation r LEFT JOIN sales_order o ON o.number = r.document LEFT JOIN stock_hold h ON h.number = r.document
WHERE r.product_id = $1 AND r.warehouse_id = $2 AND r.state IN ('active', 'partially_consumed')
ORDER BY o.requested_date DESC NULLS FIRST, r.id DESC FOR UPDATE OF r
"""

CUT = """
UPDATE reservation SET quantity = quantity - $2, state = CASE WHEN quantity - $2 = consumed
  THEN CASE WHEN consumed = 0 THEN 'released' ELSE 'consumed' END ELSE state END WHERE id = $1
"""

SHRINK_HOLD = """
UPDATE stock_hold SET quantity = CASE WHEN quantity > $2 THEN quantity - $2 ELSE quantity END,
  state = CASE WHEN quantity > $2 THEN state ELSE 'released' END
WHERE number = $1 AND state = 'active'
"""


@dataclass(frozen=True, slots=True)
class Dropped:
    """So much of a product that a document held and no longer does; `holder` is who promised it."""

    document: str
    quantity: Decimal
    holder: int | None


@dataclass(frozen=True, slots=True)
class Want:
    """What one line of a document would hold."""

    position: int
    product_id: int
    quantity: Decimal


async def reserve(document: str, wants: list[Want]) -> dict[int, Decimal]:
    """Holds as much of each want as is free and has not expired; says how much that was, by position."""
    rows = await sql.rows(LOCK, sorted({want.product_id for want in wants}), today())
    # Reading under the lock and choosing by rank: of two orders for the last piece, the second sees it gone.
    rows.sort(key=lambda row: (row["rank"], row["warehouse_id"]))
    held: dict[int, Decimal] = {}
    made: list[Reservation] = []
    taken: list[tuple[int, Decimal]] = []
    for want in wants:
        for row in rows:
            take = min(want.quantity - held.get(want.position, ZERO), row["free"])
            if row["product_id"] != want.product_id or take <= 0:
                continue
            row["free"] -= take
            held[want.position] = held.get(want.position, ZERO) + take
            taken.append((row["id"], take))
            made.append(_held(document, want, row["warehouse_id"], take))
    places = {place for place, _ in taken}
    if taken and len(await sql.rows(HOLD_ALL, *map(list, zip(*taken, strict=True)))) != len(places):
        raise AssertionError("a locked balance changed")
    await Reservation.bulk_create(made)
    await watch_minimum(sorted({want.product_id for want in wants}))
    return held


async def reserve_in(warehouse_id: int, document: str, want: Want) -> None:
    """Holds so much in one warehouse. Raises NotEnoughStock."""
    place = await sql.row(PLACE, want.product_id, warehouse_id)
    if place is None or not await sql.row(HOLD, place["id"], want.quantity):
        raise NotEnoughStock(wanted=want.quantity, free=place["free"] if place else ZERO)
    await _held(document, want, warehouse_id, want.quantity).save()
    await watch_minimum([want.product_id])


async def release(document: str, *, state: ReservationState = ReservationState.released) -> Decimal:
    """Frees what a document still holds; says how much that was."""
    freed, products = ZERO, set()
    for held in await _holding(document):
        rest = held.quantity - held.consumed
        if await Reservation.filter(id=held.id, state=held.state).update(state=state.value):
            await sql.rows(LET_GO, held.product_id, held.warehouse_id, rest)  # type: ignore[attr-defined]
            freed += rest
            products.add(held.product_id)  # type: ignore[attr-defined]
    await watch_minimum(sorted(products))
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


async def make_room(product_id: int, warehouse_id: int, quantity: Decimal) -> list[Dropped]:
    """Lets go of what is held so that goods that are lost can be written off; says whose. Raises NotEnoughStock."""
    place = await sql.row(PLACE, product_id, warehouse_id)
    if place is None or place["on_hand"] < quantity:
        raise NotEnoughStock(wanted=quantity, free=place["on_hand"] if place else ZERO)
    lacking, dropped = quantity - place["free"], []
    for held in await sql.rows(LATEST, product_id, warehouse_id) if lacking > 0 else []:
        part = min(lacking, held["held"])
        if part > 0:
            await sql.rows(CUT, held["id"], part)
            await sql.rows(LET_GO, product_id, warehouse_id, part)
            await sql.rows(SHRINK_HOLD, held["document"], part)
            dropped.append(Dropped(held["document"], part, held["holder"]))
            lacking -= part
    return dropped


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
        await watch_minimum([held.product_id])  # type: ignore[attr-defined]
        rest -= take


async def held_by(document: str) -> dict[int, Decimal]:
    """How much each line of a document still holds, by position."""
    held: dict[int, Decimal] = {}
    for row in await Reservation.filter(document=document, state__in=[state.value for state in HOLDING]):
        held[row.position] = held.get(row.position, ZERO) + row.quantity - row.consumed
    return held


def _held(document: str, want: Want, warehouse_id: int, quantity: Decimal) -> Reservation:
    """A reservation that is not written yet."""
    return Reservation(
        document=document, position=want.position, product_id=want.product_id, warehouse_id=warehouse_id,
        quantity=quantity, created_at=now(),
    )  # fmt: skip


async def _holding(document: str, **which: int) -> list[Reservation]:
    rows = Reservation.filter(document=document, state__in=[state.value for state in HOLDING], **which)
    return await rows.order_by("product_id", "warehouse_id", "id").select_for_update()
