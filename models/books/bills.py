"""Bills (承兑): taken or given for money, and what they are when the bank has paid them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from models.base import Row
from models.books.posting import Leg, open_day, post
from models.books.ways import BANK, PaymentWay
from models.clock import today
from models.errors import BeforeDocument, WrongState
from models.states import Labelled


class BillState(Labelled):
    """What there is of a bill."""

    none = "none", "没有承兑"
    held = "held", "承兑还没到期"
    cashed = "cashed", "承兑已兑付"


@dataclass(frozen=True, slots=True)
class Bill:
    """A payment with its `way` and `cashed_on`, the account its bill lies on, and what the bank gets of it, or gives.

    `since` is the day on which it was taken or given; None if it was not, or was taken back.
    """

    payment: Row
    account: str
    amount: Decimal
    since: date | None

    @property
    def state(self) -> BillState:
        """Nothing but a bill that stands can be cashed."""
        row: Any = self.payment
        if row.way != PaymentWay.bill.value or self.since is None:
            return BillState.none
        return BillState.held if row.cashed_on is None else BillState.cashed


async def cash(bill: Bill, *, by: int | None, on: date | None = None) -> None:
    """The bank has paid a bill; whose it is must be locked. Raises WrongState, BeforeDocument, PeriodClosed."""
    _must_be(bill, BillState.held)
    row: Any = bill.payment
    day = on or today()
    if bill.since is not None and day < bill.since:
        raise BeforeDocument(number=row.number, day=bill.since, given=day)
    await _book(bill, bill.amount, day, memo=f"承兑到期 {row.number}", by=by)
    await _note(row, day)


async def uncash(bill: Bill, *, by: int | None) -> None:
    """A bill is only a bill again; whose it is must be locked. Raises WrongState."""
    _must_be(bill, BillState.cashed)
    row: Any = bill.payment
    await _book(bill, -bill.amount, await open_day(row.cashed_on), memo=f"撤销承兑到期 {row.number}", by=by)
    await _note(row, None)


def refuse_cashed(bill: Bill) -> None:
    """Raises WrongState if the bank has paid a bill: that is taken back first."""
    if bill.state is BillState.cashed:
        raise _wrong(bill)


def _must_be(bill: Bill, state: BillState) -> None:
    if bill.state is not state:
        raise _wrong(bill)


def _wrong(bill: Bill) -> WrongState:
    row: Any = bill.payment
    return WrongState(kind="bill", number=row.number, state=bill.state.value, state_text=bill.state.text)


async def _book(bill: Bill, amount: Decimal, day: date, *, memo: str, by: int | None) -> None:
    row: Any = bill.payment
    await post(row.number, [Leg(BANK, amount), Leg(bill.account, -amount)], memo=memo, on=day, by=by)


async def _note(row: Any, day: date | None) -> None:
    row.cashed_on = day
    await row.save(update_fields=["cashed_on"])
