"""待处理财产损溢: what stock documents found or lost, until somebody decides where it goes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.posting import Leg, open_day, post
from models.books.tables import ClearedTo, Clearing, ClearingState
from models.clock import now, today
from models.errors import BeforeDocument, Refused

PENDING = "1901"

ACCOUNT = {
    ClearedTo.expense: "6602",
    ClearedTo.person: "1221",
    ClearedTo.loss: "6711",
    ClearedTo.income: "6301",
}

OF_LOSSES = (ClearedTo.expense, ClearedTo.person, ClearedTo.loss)

OF_FINDS = (ClearedTo.income, ClearedTo.expense)

# What a clearing takes off the account is that of the document it clears.
RESTS = """
SELECT coalesce(c.source, e.document) AS number, min(e.booked_on) AS day, sum(l.amount) AS amount
FROM journal_line l JOIN account a ON a.id = l.account_id JOIN journal_entry e ON e.id = l.entry_id
LEFT JOIN clearing c ON c.number = e.document
WHERE a.code = '1901' AND e.booked_on <= $1 AND ($2::text IS NULL OR $2 IN (e.document, c.source))
GROUP BY 1 HAVING sum(l.amount) <> 0 ORDER BY 2, 1
"""

LOCK = "SELECT pg_advisory_xact_lock(hashtext('liaodan difference ' || $1))"


class NotPending(Refused):
    """So much of a document does not wait for a decision, or nothing of it."""

    code = "not_pending"


class Cleared(Refused):
    """What a document found or lost is cleared: its clearing is taken back first."""

    code, status = "difference_cleared", 409


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a document on 待处理财产损溢: positive what was lost, negative what was found."""

    number: str
    day: date
    amount: Decimal


async def rests(day: date, document: str | None = None) -> list[Rest]:
    """What waited for a decision at the end of a day, the oldest first; of one document only, if it is named."""
    return [Rest(**row) for row in await sql.rows(RESTS, day, document)]


async def rest_of(document: str) -> Rest:
    """What is left of a document, held still until the transaction ends. Raises NotPending."""
    await sql.rows(LOCK, document)
    found = await rests(date.max, document)
    if not found:
        raise NotPending(number=document, open=ZERO)
    return found[0]


async def clear(
    number: str, rest: Rest, kind: ClearedTo, *, amount: Decimal | None = None, person_id: int | None = None, reason: str,
    by: int, on: date | None = None,
) -> Clearing:  # fmt: skip
    """Takes what is left of a document, or so much of it, where it belongs. Raises NotPending, BeforeDocument, PeriodClosed."""
    if amount is not None and amount > abs(rest.amount):
        raise NotPending(number=rest.number, open=abs(rest.amount), given=amount)
    if on is not None and on < rest.day:
        raise BeforeDocument(number=rest.number, day=rest.day, given=on)
    part = rest.amount if amount is None else amount.copy_sign(rest.amount)
    made = await Clearing.create(
        number=number, source=rest.number, amount=part, kind=kind.value, person_id=person_id, reason=reason,
        cleared_on=on or today(), made_at=now(), made_by_id=by,
    )  # fmt: skip
    await _book(made, part, memo=f"处理 {rest.number} {reason}"[:120], on=made.cleared_on, by=by)
    return made


async def book_back(clearing: Clearing, *, by: int) -> None:
    """Books a clearing back that was taken back: its document waits for a decision again."""
    memo = f"撤销 {clearing.number}"
    await _book(clearing, -clearing.amount, memo=memo, on=await open_day(clearing.cleared_on), by=by)


async def refuse_cleared(document: str) -> None:
    """Raises Cleared if any of what a document found or lost is cleared; holds it still."""
    await sql.rows(LOCK, document)
    found = await Clearing.filter(source=document, state=ClearingState.done.value).first()
    if found is not None:
        raise Cleared(number=document, clearing=found.number)


async def _book(clearing: Clearing, amount: Decimal, *, memo: str, on: date, by: int) -> None:
    other = ACCOUNT[ClearedTo.of(clearing.kind)]
    await post(clearing.number, [Leg(other, amount), Leg(PENDING, -amount)], memo=memo, on=on, by=by)
