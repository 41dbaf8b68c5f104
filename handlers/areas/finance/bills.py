"""Bills (承兑): those that came in are collected, those that we gave are paid, by the bank, on their day."""

import datetime

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.money import PastDay
from handlers.registry import command, query
from handlers.result import Entire, Money, Numbered, Ref, Result
from handlers.visible import visible
from models.base import ZERO
from models.books.bills import cash, uncash
from models.books.ways import PaymentWay
from models.finance.receiving import bill_of, lock_money
from models.finance.tables import Payment, PaymentState
from models.party.tables import Customer, Supplier
from models.payables.paying import bill_of as our_bill_of
from models.payables.paying import lock_supplier
from models.payables.tables import PaymentOut, PaymentOutState


class BillAnswer(Result):
    """A bill that came in or was given, and when the bank paid it."""

    number: str
    party: Ref
    amount: Money
    ours: bool
    cashed_on: datetime.date | None


class BillRow(Result):
    """A bill that the bank has not paid yet."""

    number: Numbered
    party: Ref
    amount: Money
    ours: bool
    since: datetime.date


class BillList(Entire):
    """The bills there are, the oldest first: what they will bring, and what they will cost."""

    items: list[BillRow]
    taken: Money
    given: Money


@query("bill.list", says=["承兑汇票", "应收票据", "应付票据", "哪些承兑没到账", "手上有哪些承兑", "没到期的承兑"])
async def list_bills(me: Actor) -> BillList:
    """承兑汇票：收的还没到账的，开出去还没兑付的"""
    open_bills = {"way": PaymentWay.bill.value, "cashed_on": None}
    taken = visible(me, Payment).filter(**open_bills).exclude(state=PaymentState.cancelled.value)
    given = visible(me, PaymentOut).filter(state=PaymentOutState.paid.value, **open_bills)
    rows = [_row(each, each.customer, each.received_on) for each in await taken.select_related("customer")]
    owed = [_row(each, each.supplier, each.paid_on) for each in await given.select_related("supplier")]
    return BillList(
        items=sorted(rows + owed, key=lambda each: (each.since, each.number)),
        taken=sum((each.amount for each in rows), ZERO), given=sum((each.amount for each in owed), ZERO),
    )  # fmt: skip


@command(
    "bill.collect",
    says=["{payment}承兑到账", "{payment}承兑{date}到账", "{date}{payment}承兑到账", "承兑到账{payment}", "承兑到账"],
    confirm=True,
)
async def collect_bill(me: Actor, *, payment: Payment, date: PastDay | None = None) -> Done[BillAnswer]:
    """承兑到账：收到的承兑到期，钱进了银行"""
    customer = await _held(payment)
    await cash(bill_of(payment), by=me.person_id, on=date)
    return Done(_answer(payment, customer), undo=Call("bill.uncollect", {"payment": payment.number}))


@command("bill.uncollect", says=["撤销承兑到账{payment}", "{payment}承兑没到账"], confirm=True)
async def uncollect_bill(me: Actor, *, payment: Payment) -> BillAnswer:
    """撤销承兑到账：还是一张没到期的承兑"""
    customer = await _held(payment)
    await uncash(bill_of(payment), by=me.person_id)
    return _answer(payment, customer)


@command(
    "bill.honour",
    says=[
        "{payment}承兑兑付",
        "{payment}承兑{date}兑付",
        "{payment}承兑到期",
        "{date}{payment}承兑兑付",
        "兑付{payment}",
        "承兑兑付",
    ],
    confirm=True,
)
async def honour_bill(me: Actor, *, payment: PaymentOut, date: PastDay | None = None) -> Done[BillAnswer]:
    """承兑兑付：开给供应商的承兑到期，钱出了银行"""
    supplier = await _given(payment)
    await cash(our_bill_of(payment), by=me.person_id, on=date)
    return Done(_answer(payment, supplier), undo=Call("bill.unhonour", {"payment": payment.number}))


@command("bill.unhonour", says=["撤销承兑兑付{payment}", "撤销兑付{payment}", "{payment}承兑没兑付"], confirm=True)
async def unhonour_bill(me: Actor, *, payment: PaymentOut) -> BillAnswer:
    """撤销承兑兑付：还欠着这张承兑"""
    supplier = await _given(payment)
    await uncash(our_bill_of(payment), by=me.person_id)
    return _answer(payment, supplier)


async def _held(payment: Payment) -> Customer:
    """Whose bill it is; their money is held still, and the payment is read after that."""
    customer: Customer = await payment.customer
    await lock_money(customer.id)
    await payment.refresh_from_db()
    return customer


async def _given(payment: PaymentOut) -> Supplier:
    """Who has our bill; what we owe them is held still, and the payment is read after that."""
    supplier: Supplier = await payment.supplier
    await lock_supplier(supplier.id)
    await payment.refresh_from_db()
    return supplier


def _row(payment: Payment | PaymentOut, party: Customer | Supplier, since: datetime.date | None) -> BillRow:
    assert since is not None
    return BillRow(
        number=payment.number, party=Ref.of(party), amount=payment.amount, ours=isinstance(payment, PaymentOut), since=since
    )  # fmt: skip


def _answer(payment: Payment | PaymentOut, party: Customer | Supplier) -> BillAnswer:
    return BillAnswer(
        number=payment.number, party=Ref.of(party), amount=payment.amount, ours=isinstance(payment, PaymentOut),
        cashed_on=payment.cashed_on,
    )  # fmt: skip
