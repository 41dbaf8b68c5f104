"""Booking: one balanced entry for each document, into a month that is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.tables import ClosedPeriod, JournalEntry, JournalLine
from models.clock import now, today
from models.errors import Refused

# Every line names its account by code; a code that is not in the chart leaves the insert short of a row.
INSERT_LINES = """
INSERT INTO journal_line (entry_id, account_id, amount, customer_id, supplier_id)
SELECT $1, account.id, given.amount, given.customer, given.supplier
FROM unnest($2::text[], $3::numeric[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
  AS given(code, amount, customer, supplier, nth)
JOIN account ON account.code = given.code ORDER BY nth RETURNING id
"""


class PeriodClosed(Refused):
    """The month of a booking is closed."""

    code, status = "period_closed", 409


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of an entry to be: debit positive, credit negative, in CNY."""

    account: str
    amount: Decimal
    customer_id: int | None = None
    supplier_id: int | None = None


async def post(
    document: str,
    legs: Sequence[Leg],
    *,
    memo: str,
    on: date | None = None,
    by: int | None,
    reverses: int | None = None,
    closes: str = "",
) -> JournalEntry | None:
    """Books what a document did; None if it did nothing. Raises PeriodClosed; AssertionError if it does not balance."""
    kept = [leg for leg in legs if leg.amount]
    if sum((leg.amount for leg in kept), ZERO) != 0:
        raise AssertionError(f"{document} does not balance")
    if not kept:
        return None
    day = on or today()
    await refuse_closed(day)
    entry = await JournalEntry.create(
        document=document,
        memo=memo,
        booked_on=day,
        made_at=now(),
        made_by_id=by,
        reverses_id=reverses,
        closes=closes,
    )
    made = await sql.rows(
        INSERT_LINES,
        entry.id,
        [leg.account for leg in kept],
        [leg.amount for leg in kept],
        [leg.customer_id for leg in kept],
        [leg.supplier_id for leg in kept],
    )
    if len(made) != len(kept):
        raise AssertionError(f"{document} names an account that is not in the chart")
    return entry


async def reverse(document: str, *, memo: str, by: int | None, on: date | None = None) -> None:
    """Books the opposite of everything a document booked that was not reversed yet, today if no day is said."""
    reversed_ids = [each.reverses_id for each in await JournalEntry.filter(document=document)]  # type: ignore[attr-defined]
    for entry in await JournalEntry.filter(document=document, reverses_id=None).order_by("id"):
        if entry.id in reversed_ids:
            continue
        lines = await JournalLine.filter(entry_id=entry.id).select_related("account").order_by("id")
        legs = [Leg(line.account.code, -line.amount, line.customer_id, line.supplier_id) for line in lines]  # type: ignore[attr-defined]
        await post(document, legs, memo=memo, on=on, by=by, reverses=entry.id, closes=entry.closes)


async def open_day(day: date) -> date:
    """Where what happened on a day is taken back: on that day, or, once its month is closed, today."""
    return today() if await ClosedPeriod.exists(month=f"{day:%Y-%m}") else day


async def refuse_closed(day: date) -> None:
    """Raises PeriodClosed if the month of a day is closed."""
    month = f"{day:%Y-%m}"
    if await ClosedPeriod.exists(month=month):
        raise PeriodClosed(month=month)
