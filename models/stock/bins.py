"""Where goods lie in a warehouse, and of which lot: what expires first is taken first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from models import sql
from models.base import ZERO
from models.clock import today
from models.errors import NotEnoughStock, Refused

# Without a date to expire on, what is of no lot is the oldest; lots follow by number.
ORDER = "l.expires_on NULLS LAST, b.lot, b.location, b.id"

BINS = f"""
SELECT b.id, b.location, b.lot, b.on_hand, l.expires_on, p.name AS product, p.unit FROM stock_bin b
JOIN product p ON p.id = b.product_id LEFT JOIN lot l ON l.product_id = b.product_id AND l.number = b.lot
WHERE b.product_id = $1 AND b.warehouse_id = $2 AND b.on_hand > 0
  AND ($3::text IS NULL OR b.location = $3) AND ($4::text IS NULL OR b.lot = $4)
ORDER BY {ORDER}
"""

TAKE = "UPDATE stock_bin SET on_hand = on_hand - $2 WHERE id = $1 AND on_hand >= $2 RETURNING id"

FILL = """
INSERT INTO stock_bin (product_id, warehouse_id, location, lot, on_hand) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (product_id, warehouse_id, location, lot) DO UPDATE SET on_hand = stock_bin.on_hand + excluded.on_hand
RETURNING id
"""

KEEP_LOT = "INSERT INTO lot (product_id, number) VALUES ($1, $2) ON CONFLICT (product_id, number) DO NOTHING"

LOCK_LOT = "SELECT id FROM lot WHERE product_id = $1 AND number = $2 FOR NO KEY UPDATE"

# Of what was taken back altogether there never was anything: its lot's day may have been the slip.
OTHER_EXPIRY = """
SELECT l.expires_on, p.name AS product FROM lot l JOIN product p ON p.id = l.product_id
WHERE l.product_id = $1 AND l.number = $2 AND l.expires_on <> $3 AND EXISTS (
  SELECT FROM stock_move m WHERE m.product_id = $1 AND m.lot = $2 GROUP BY m.document HAVING sum(m.quantity) <> 0)
"""

EXPIRES = "UPDATE lot SET expires_on = $3 WHERE product_id = $1 AND number = $2"

USUAL = """
SELECT location FROM stock_bin WHERE product_id = $1 AND warehouse_id = $2 AND on_hand > 0
GROUP BY location ORDER BY sum(on_hand) DESC, location LIMIT 1
"""


class LotExpired(Refused):
    """What lies there is past its day and may not go to a customer; `free` is how much is not."""

    code = "lot_expired"


class ExpiryKnown(Refused):
    """A lot has another day than the one that is said: goods of one origin expire together."""

    code = "expiry_known"


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a product at one location, of one lot; negative when it leaves."""

    location: str
    lot: str
    quantity: Decimal
    expires_on: date | None = None


async def take(
    product_id: int,
    warehouse_id: int,
    quantity: Decimal,
    *,
    location: str | None = None,
    lot: str | None = None,
    usable: bool = False,
) -> list[Part]:
    """Takes goods out of their bins, expired ones unless they must be `usable`; the warehouse's balance must be locked.

    Raises NotEnoughStock, LotExpired.
    """
    taken: list[Part] = []
    for row, part in await _choose(product_id, warehouse_id, quantity, location, lot, usable=usable):
        if not await sql.row(TAKE, row, part.quantity):
            raise AssertionError("a bin changed under its balance's lock")
        taken.append(Part(part.location, part.lot, -part.quantity, part.expires_on))
    return taken


async def plan(product_id: int, warehouse_id: int, quantity: Decimal) -> list[Part]:
    """Where so much would be taken from for a customer, and nothing is; less, if that is all that has not expired."""
    rows = await sql.rows(BINS, product_id, warehouse_id, None, None)
    return [part for _, part in _first(_usable(rows), quantity)]


async def fill(product_id: int, warehouse_id: int, part: Part) -> Part:
    """Puts goods into a bin, which need not have been there before."""
    if part.lot:
        await sql.rows(KEEP_LOT, product_id, part.lot)
    await sql.rows(FILL, product_id, warehouse_id, part.location, part.lot, part.quantity)
    return part


async def keep_expiry(product_id: int, lot: str, expires_on: date) -> None:
    """Notes until when the goods of a lot can be used; the lot need not have been there before. Raises ExpiryKnown."""
    await sql.rows(KEEP_LOT, product_id, lot)
    # The day is read after the lock: of two deliveries of a new lot, the second knows what the first said.
    await sql.rows(LOCK_LOT, product_id, lot)
    await refuse_other_expiry(product_id, lot, expires_on)
    await sql.rows(EXPIRES, product_id, lot, expires_on)


async def refuse_other_expiry(product_id: int, lot: str, expires_on: date) -> None:
    """Raises ExpiryKnown if the goods of a lot can be used until another day."""
    if found := await sql.row(OTHER_EXPIRY, product_id, lot, expires_on):
        raise ExpiryKnown(lot=lot, given=expires_on, **found)


async def lying(product_id: int, warehouse_id: int, location: str | None, lot: str | None = None) -> Decimal:
    """How much of a product lies at a location, or in the whole warehouse; of one lot, if it is named."""
    return sum((row["on_hand"] for row in await sql.rows(BINS, product_id, warehouse_id, location, lot)), ZERO)


async def usual_location(product_id: int, warehouse_id: int) -> str:
    """Where most of a product lies in a warehouse; empty when there is none."""
    found = await sql.row(USUAL, product_id, warehouse_id)
    return str(found["location"]) if found else ""


async def _choose(
    product_id: int, warehouse_id: int, quantity: Decimal, location: str | None, lot: str | None, *, usable: bool
) -> list[tuple[int, Part]]:
    rows = await sql.rows(BINS, product_id, warehouse_id, location, lot)
    good = _usable(rows) if usable else rows
    chosen = _first(good, quantity)
    if sum((part.quantity for _, part in chosen), ZERO) < quantity:
        free = sum((row["on_hand"] for row in good), ZERO)
        if len(good) < len(rows):
            bad = rows[0]
            raise LotExpired(
                product=bad["product"], unit=bad["unit"], lot=bad["lot"], expires_on=bad["expires_on"], wanted=quantity, free=free
            )  # fmt: skip
        raise NotEnoughStock(wanted=quantity, free=free)
    return chosen


def _usable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """On its last day a lot can still be used."""
    return [row for row in rows if row["expires_on"] is None or row["expires_on"] >= today()]


def _first(rows: list[dict[str, Any]], quantity: Decimal) -> list[tuple[int, Part]]:
    chosen, rest = [], quantity
    for row in rows:
        part = min(rest, row["on_hand"])
        if part > 0:
            chosen.append((row["id"], Part(row["location"], row["lot"], part, row["expires_on"])))
            rest -= part
    return chosen
