"""Money from customers: told by them, booked by finance, taken off what is owed."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Amount, Remark
from handlers.registry import command, query
from handlers.result import Money, Numbered, Places, Ref, Result
from handlers.visible import find, visible
from models import sql
from models.base import ZERO
from models.delivery.telling import tell
from models.errors import InvalidInput, NotFound
from models.finance.credit import credit_status
from models.finance.receiving import (
    NothingOpen,
    allocate,
    cancel_payment,
    lock_money,
    on_account,
    open_invoices,
    receive_money,
    refund,
    write_off,
)
from models.finance.tables import Invoice, Payment, PaymentState
from models.party.finding import contacts_of, people_with
from models.party.tables import Customer, Role
from models.sales.tables import SalesOrder
from models.system.tables import Company

RESTS = """
SELECT id FROM invoice WHERE total - paid = $1 AND paid > 0 AND ($2::bigint IS NULL OR customer_id = $2)
  AND ($3::numeric IS NULL OR total = $3) ORDER BY id
"""

SMALL = Decimal(100)
"""What finance may give up of one invoice without asking, in CNY."""


class Settled(Result):
    """So much of one invoice settled."""

    invoice: Numbered
    order: Numbered | None
    amount: Money
    open: Money


class PaymentAnswer(Result):
    """Money received: what it settled, and what stays on account."""

    number: str
    customer: Ref
    amount: Money
    received_on: date
    state: PaymentState
    settled: list[Settled]
    on_account: Money
    still_owed: Money
    note: str | None = None


class Told(Result):
    """What a customer says they have paid; finance looks for it."""

    customer: Ref
    amount: Money


class WrittenOff(Result):
    """A small rest given up."""

    customer: Ref
    invoice: Numbered
    amount: Money
    open: Money


class Refunded(Result):
    """Money paid back from what was on account."""

    customer: Ref
    amount: Money
    on_account: Money


class BankAccount(Result):
    """Where customers pay to."""

    company: str
    bank: Annotated[str | None, Places(None)] = None
    account: str | None = None


@command(
    "payment.record",
    says=[
        "{customer}付了{amount}", "{customer}付{amount}", "收到{customer}{amount}", "收{customer}{amount}", "{customer}到账{amount}",
        "{customer}打款{amount}", "{customer}打了{amount}", "{customer}转了{amount}", "{customer}转账{amount}", "{customer}汇了{amount}", "{customer}回款{amount}", "{customer}先付了{note}{amount}", "{customer}货款{amount}到了", "登记收款{customer}{amount}",
        "{customer}付了{order}的{amount}", "{customer}付了{order}的货款{amount}", "{customer}付{order}的{amount}", "收到{customer}{order}的{amount}",
        "收{customer}{order}的{amount}",
    ],
    confirm=True,
)  # fmt: skip
async def record_payment(
    me: Actor, *, customer: Customer, amount: Amount, order: SalesOrder | None = None, note: Remark | None = None
) -> Done[PaymentAnswer]:
    """登记收款：先冲指定订单，否则冲最早到期的，多的留作预收"""
    _not_zero(amount)
    if order is not None and order.customer_id != customer.id:  # type: ignore[attr-defined]
        raise NotFound(kind="order")
    await lock_money(customer.id)
    payment = await receive_money(customer, amount, by=me.person_id, note=note or "")
    invoices = await open_invoices(customer.id, orders=[order.id] if order else None)
    settled = await allocate(payment, invoices, by=me.person_id)
    answer = await _answer(payment, customer, settled)
    await _thank(customer, answer)
    return Done(answer, undo=Call("payment.cancel", {"payment": payment.number}))


@command(
    "payment.prepay",
    says=["{customer}预付款{amount}", "{customer}预付{amount}", "{customer}定金{amount}", "{customer}预收{amount}"],
    confirm=True,
)
async def record_advance(me: Actor, *, customer: Customer, amount: Amount) -> Done[PaymentAnswer]:
    """登记预收款：先不核销，留在客户账上"""
    _not_zero(amount)
    await lock_money(customer.id)
    payment = await receive_money(customer, amount, by=me.person_id, note="预收")
    answer = await _answer(payment, customer, [])
    await _thank(customer, answer)
    return Done(answer, undo=Call("payment.cancel", {"payment": payment.number}))


@command(
    "payment.allocate",
    says=[
        "这笔冲{order}和{other}",
        "这笔冲{order}",
        "{payment}冲{order}",
        "{payment}冲{order}和{other}",
        "核销{payment}",
    ],
)
async def allocate_payment(
    me: Actor, *, order: SalesOrder | None = None, other: SalesOrder | None = None, payment: Payment | None = None
) -> PaymentAnswer:
    """核销：把账上的钱冲到指定订单的发票上"""
    found = payment or await _last_with_rest(me, order)
    customer: Customer = await found.customer
    await lock_money(customer.id)
    orders = [each.id for each in (order, other) if each is not None]
    settled = await allocate(found, await open_invoices(customer.id, orders=orders or None), by=me.person_id)
    if not settled:
        raise NothingOpen(customer=customer.name)
    return await _answer(found, customer, settled)


@command(
    "payment.writeoff",
    says=[
        "{customer}差{amount}抹掉", "{customer}抹零{amount}", "抹零{amount}", "差{amount}抹掉", "{owed}和{paid}差{amount}抹掉",
        "{customer}{owed}和{paid}差{amount}抹掉",
    ],
    confirm=True,
)  # fmt: skip
async def write_off_rest(
    me: Actor, *, amount: Amount, customer: Customer | None = None, invoice: Invoice | None = None,
    owed: Amount | None = None, paid: Amount | None = None,
) -> WrittenOff:  # fmt: skip
    """抹零：把发票上的小尾差核销掉"""
    _not_zero(amount)
    if amount > SMALL:
        raise InvalidInput(input="amount", given=f"{amount:f}", why="too_large")
    if owed is not None and paid is not None and owed - paid != amount:
        raise InvalidInput(input="amount", given=f"{amount:f}", why="not_the_difference")
    found = invoice or await _with_rest(me, amount, customer, owed)
    owner: Customer = await found.customer
    await lock_money(owner.id)
    await found.refresh_from_db()
    await write_off(found, amount, reason="抹零", by=me.person_id)
    return WrittenOff(
        customer=Ref(number=owner.number, name=owner.name), invoice=found.number, amount=amount,
        open=found.total - found.paid,
    )  # fmt: skip


@command(
    "payment.refund", says=["退{customer}{amount}", "给{customer}退款{amount}", "{customer}退款{amount}"], confirm=True
)
async def refund_customer(me: Actor, *, customer: Customer, amount: Amount) -> Refunded:
    """退款：从客户账上的余款退"""
    _not_zero(amount)
    await lock_money(customer.id)
    rest: Decimal = amount
    payments = await on_account(customer.id)
    left = sum((each.amount - each.allocated - each.refunded for each in payments), ZERO)
    if amount > left:
        raise NothingOpen(customer=customer.name, on_account=left, given=amount)
    for each in payments:
        part = min(rest, each.amount - each.allocated - each.refunded)
        if part > 0:
            await refund(each, part, by=me.person_id)
            rest -= part
    return Refunded(customer=Ref(number=customer.number, name=customer.name), amount=amount, on_account=left - amount)


@command("payment.cancel", says=["撤销收款{payment}", "{payment}记错了"], confirm=True)
async def cancel_recorded(me: Actor, *, payment: Payment) -> PaymentAnswer:
    """撤销收款：恢复发票的欠款"""
    customer: Customer = await payment.customer
    await lock_money(customer.id)
    await cancel_payment(payment, by=me.person_id)
    return await _answer(payment, customer, [])


@command(
    "payment.notify",
    says=[
        "钱打过去了{amount}",
        "刚转了{amount}",
        "刚转了{amount}查收",
        "已付款{amount}",
        "已转账{amount}",
        "打款了{amount}",
        "付了{amount}",
    ],
)
async def notify_payment(me: Actor, *, amount: Amount, customer: Customer | None = None) -> Done[Told]:
    """告诉财务：钱已经打过去了"""
    if customer is None:
        raise NotFound(kind="customer")
    _not_zero(amount)
    told = Told(customer=Ref(number=customer.number, name=customer.name), amount=amount)
    await tell(
        "payment.told", about=customer.number, facts=told.facts(lambda right: True), finance=await people_with(Role.finance),
        owner=[customer.owner_id] if customer.owner_id else [],  # type: ignore[attr-defined]
    )  # fmt: skip
    return Done(told, files_for=customer.number)


@query(
    "payment.account",
    says=["你们账号多少", "账号多少", "账号是多少", "你们账号是多少", "打款账号", "收款账号", "银行账号", "往哪打款"],
)
async def query_account(me: Actor) -> BankAccount:
    """收款账号"""
    company = await Company.all().first()
    assert company is not None
    return BankAccount(company=company.name, bank=company.bank or None, account=company.bank_account or None)


def _not_zero(amount: Decimal) -> None:
    if amount <= 0:
        raise InvalidInput(input="amount", given=f"{amount:f}", why="too_small")


async def _last_with_rest(me: Actor, order: SalesOrder | None) -> Payment:
    """The latest payment with money on account: of the order's customer, or, with none named, that this person booked."""
    whose = {"customer_id": order.customer_id} if order else {"made_by_id": me.person_id}  # type: ignore[attr-defined]
    open_states = [PaymentState.posted.value, PaymentState.partially_allocated.value]
    rows = visible(me, Payment).filter(state__in=open_states, **whose)
    found = await rows.order_by("-id").first()
    if found is None:
        raise NothingOpen()
    return found


async def _with_rest(me: Actor, amount: Decimal, customer: Customer | None, total: Decimal | None) -> Invoice:
    """The one invoice, over `total` if that was said, of which exactly this much is open."""
    rows = await sql.rows(RESTS, amount, customer.id if customer else None, total)
    if len(rows) != 1:
        raise NotFound(kind="invoice")
    return await find(me, Invoice, id=rows[0]["id"])


async def _answer(payment: Payment, customer: Customer, settled: list[tuple[Invoice, Decimal]]) -> PaymentAnswer:
    await payment.refresh_from_db()
    credit = await credit_status(customer.id)
    return PaymentAnswer(
        number=payment.number,
        customer=Ref(number=customer.number, name=customer.name),
        amount=payment.amount,
        received_on=payment.received_on,
        state=PaymentState.of(payment.state),
        settled=[_settled(invoice, amount) for invoice, amount in settled],
        on_account=payment.amount - payment.allocated - payment.refunded,
        still_owed=credit.receivable,
        note=payment.note or None,
    )


def _settled(invoice: Invoice, amount: Decimal) -> Settled:
    return Settled(
        invoice=invoice.number,
        order=invoice.order.number if invoice.order else None,
        amount=amount,
        open=invoice.total - invoice.paid,
    )


async def _thank(customer: Customer, answer: PaymentAnswer) -> None:
    await tell(
        "payment.received",
        about=answer.number,
        facts=answer.facts(lambda right: right == "order.amount"),
        customer=await contacts_of(customer.id),
        owner=[customer.owner_id] if customer.owner_id else [],  # type: ignore[attr-defined]
    )
