"""Money paid back to a customer out of what is on account, and the way back."""

from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.posting import Leg, post
from models.books.ways import BANK, LIES, PaymentWay
from models.clock import now, today
from models.finance.receiving import ADVANCE, SPEND, NothingOpen, TooMuch, on_account
from models.finance.tables import Payment, Refund
from models.party.tables import Customer


async def refund(customer: Customer, amount: Decimal, *, by: int | None) -> Decimal:
    """Pays back from the oldest payments first; says what is left on account. Raises NothingOpen."""
    payments = await on_account(customer.id)
    left = sum((each.amount - each.allocated - each.refunded for each in payments), ZERO)
    if amount > left:
        raise NothingOpen(customer=customer.name, on_account=left, given=amount)
    rest = amount
    for each in payments:
        part = min(rest, each.amount - each.allocated - each.refunded)
        if part > 0:
            await _pay_back(each, part, by=by)
            rest -= part
    return left - amount


async def take_refund_back(customer: Customer, amount: Decimal, *, by: int | None) -> None:
    """A refund that did not go out is on account again, the latest first. Raises NothingOpen."""
    payments = await Payment.filter(customer_id=customer.id, refunded__gt=0).order_by("-received_on", "-id")
    refunded = sum((each.refunded for each in payments), ZERO)
    if amount > refunded:
        raise NothingOpen(customer=customer.name, refunded=refunded, given=amount)
    rest = amount
    for each in payments:
        part = min(rest, each.refunded)
        if part > 0:
            await _pay_back(each, -part, by=by)
            rest -= part


async def _pay_back(payment: Payment, amount: Decimal, *, by: int | None) -> None:
    """Out of one payment; a negative amount takes it back."""
    if not await sql.row(SPEND, payment.id, ZERO, amount):
        left = payment.amount - payment.allocated - payment.refunded
        raise TooMuch(number=payment.number, open=left, given=amount)
    await Refund.create(payment=payment, amount=amount, paid_on=today(), made_at=now(), made_by_id=by)
    way = PaymentWay.of(payment.way)
    # It goes back the way it came; a bill that was taken is not given back.
    account = BANK if way is PaymentWay.bill else LIES[way]
    legs = [Leg(ADVANCE, amount, customer_id=payment.customer_id), Leg(account, -amount)]  # type: ignore[attr-defined]
    await post(payment.number, legs, memo="退款" if amount > 0 else "撤销退款", by=by)
