"""Reminders by level: by days past due, each level only after the one before it was sent (Tryton, account_dunning).

A level counts for an invoice as long as that is open, so a payment resolves it and a payment taken back restores it.
Interest and fee are named in the reminder; they are not booked until somebody pays them.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models import sql
from models.base import ZERO
from models.clock import at_local, now, today

# The level an invoice has, and the next one if its day has come; no two on one day.
STANDING = """
SELECT c.id AS customer_id, c.number, c.name, c.owner_id, coalesce(c.dunning_paused_until >= $1::date, false) AS paused,
  coalesce(nullif(p.nickname, ''), p.name) AS owner, p.number AS owner_number, i.id AS invoice_id, i.total - i.paid AS open,
  $1::date - i.due_on AS days, coalesce(sent.level, 0) AS level, following.level AS next,
  coalesce(following.blocks, reached.blocks, false) AS blocks,
  coalesce(following.rate, reached.rate, 0) AS rate, coalesce(following.fee, reached.fee, 0) AS fee
FROM invoice i JOIN customer c ON c.id = i.customer_id LEFT JOIN person p ON p.id = c.owner_id
LEFT JOIN LATERAL (SELECT max(level) AS level, max(sent_at) AS at FROM dunning WHERE invoice_id = i.id) sent ON true
LEFT JOIN dunning_level reached ON reached.level = sent.level
LEFT JOIN dunning_level following ON following.level = (SELECT min(level) FROM dunning_level WHERE level > coalesce(sent.level, 0))
  AND $1::date - i.due_on >= following.days AND (sent.at IS NULL OR sent.at < $3)
WHERE i.total > i.paid AND i.due_on < $1 AND c.id = ANY($2::bigint[])
ORDER BY c.number, i.due_on, i.id
"""


KEEP = """
INSERT INTO dunning (invoice_id, level, open, charge, sent_at, sent_by_id) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (invoice_id, level) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A customer's overdue invoices as a reminder sees them: the highest level of any, with interest and fees."""

    customer_id: int
    number: str
    name: str
    owner_id: int | None
    owner: str | None
    owner_number: str | None
    paused: bool
    amount: Decimal
    days: int
    level: int
    blocks: bool
    charge: Decimal
    due: tuple[tuple[int, int, Decimal, Decimal], ...]
    """Invoices whose next level is due: id, level, what is open, interest and fee."""


async def overdue_of(customers: list[int]) -> list[Overdue]:
    """Everybody of these with something overdue, and what is to be sent to them today."""
    found: dict[int, list[dict[str, Any]]] = {}
    day = today()
    for row in await sql.rows(STANDING, day, customers, at_local(day)):
        found.setdefault(row["customer_id"], []).append(row)
    return [_overdue(rows) for rows in found.values()]


async def keep_sent(overdue: Overdue, *, by: int | None) -> bool:
    """Writes down that the levels that were due have been sent; False if somebody else has just sent them all."""
    kept = [await sql.rows(KEEP, *each, now(), by) for each in overdue.due]
    return any(kept)


def interest(amount: Decimal, rate: Decimal, days: int) -> Decimal:
    """Amount × yearly rate × days / 365, to the cent."""
    return (amount * rate * days / 365).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _overdue(rows: list[dict[str, Any]]) -> Overdue:
    first = rows[0]
    charges = [interest(row["open"], row["rate"], row["days"]) + row["fee"] for row in rows]
    return Overdue(
        customer_id=first["customer_id"], number=first["number"], name=first["name"], owner_id=first["owner_id"],
        owner=first["owner"], owner_number=first["owner_number"], paused=first["paused"], amount=sum((row["open"] for row in rows), ZERO), days=max(row["days"] for row in rows),
        level=max(row["next"] or row["level"] for row in rows), blocks=any(row["blocks"] for row in rows),
        charge=sum(charges, ZERO),
        due=tuple(
            (row["invoice_id"], row["next"], row["open"], charge)
            for row, charge in zip(rows, charges, strict=True)
            if row["next"] is not None
        ),
    )  # fmt: skip
