"""Giving up what is open of an invoice: a small rest as it is, a debt that is lost with consent; and taking that back."""

from dataclasses import dataclass
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.errors import Refused
from models.finance.receiving import NothingOpen, settle
from models.finance.tables import Allocation, Invoice, Settlement

SMALL = Decimal(100)
"""What may be given up of one invoice without asking, in CNY, however often."""

GIVEN = (Settlement.rounding.value, Settlement.bad_debt.value)

RESTS = """
SELECT i.number, i.total - i.paid AS open FROM invoice i WHERE i.customer_id = ANY($1::bigint[]) AND i.state = 'partially_paid'
  AND ($2::numeric IS NULL OR i.total - i.paid = $2) AND ($3::numeric IS NULL OR i.total = $3)
  AND i.total - i.paid <= $4 ORDER BY i.due_on, i.id
"""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is open of one invoice."""

    number: str
    open: Decimal


class NotTheRest(Refused):
    """All that is open of an invoice is given up, or nothing."""

    code = "not_the_rest"


async def rests(customers: list[int], *, amount: Decimal | None = None, total: Decimal | None = None) -> list[Rest]:
    """Small rests of invoices that were paid but for them: of just this amount, of invoices over this total."""
    return [Rest(**row) for row in await sql.rows(RESTS, customers, amount, total, SMALL)]


async def is_small(invoice: Invoice) -> bool:
    """Whether what is open is the small rest of an invoice that was paid, with all that was given up of it before."""
    given = ZERO
    for each in await Allocation.filter(invoice_id=invoice.id, kind__in=GIVEN):
        given += each.amount
    was_paid: bool = invoice.paid > given
    return was_paid and given + invoice.total - invoice.paid <= SMALL


async def give_up(
    invoice: Invoice, kind: Settlement, *, amount: Decimal | None, reason: str, by: int | None
) -> Decimal:
    """Gives up all that is open of an invoice; says how much. The customer's money must be locked.

    Raises NothingOpen, NotTheRest if `amount` is said and is not just that.
    """
    await invoice.refresh_from_db()
    rest: Decimal = invoice.total - invoice.paid
    check_rest(invoice, amount)
    await settle(invoice, None, kind, rest, by=by, reason=reason[:80])
    return rest


def check_rest(invoice: Invoice, amount: Decimal | None) -> None:
    """Raises NothingOpen, NotTheRest."""
    rest = invoice.total - invoice.paid
    if rest <= 0:
        raise NothingOpen(invoice=invoice.number)
    if amount is not None and amount != rest:
        raise NotTheRest(number=invoice.number, open=rest, given=amount)


async def take_up(invoice: Invoice, *, by: int | None) -> Decimal:
    """Makes owed again what was given up of an invoice last; says how much. Raises NothingOpen."""
    standing: list[Allocation] = []
    for each in await Allocation.filter(invoice_id=invoice.id, kind__in=GIVEN).order_by("id"):
        if each.amount > 0:
            standing.append(each)
        else:
            standing.pop()
    if not standing:
        raise NothingOpen(invoice=invoice.number)
    last = standing[-1]
    await settle(invoice, None, Settlement.of(last.kind), -last.amount, by=by, reason=last.reason)
    amount: Decimal = last.amount
    return amount
