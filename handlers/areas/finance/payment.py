"""Money from customers: told by them, booked by finance, taken off what is owed."""

import datetime
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Amount, Remark, refuse_nothing
from handlers.money import PastDay, PaymentKind
from handlers.registry import command, query
from handlers.result import Money, Numbered, Places, Ref, Result
from handlers.rights import RIGHTS
from handlers.visible import visible
from models.books.ways import PaymentWay
from models.delivery.telling import tell
from models.errors import NotFound
from models.finance.credit import credit_status
from models.finance.receiving import (
    NothingOpen,
    allocate,
    cancel_payment,
    lock_money,
    open_invoices,
    receive_money,
    unallocate,
)
from models.finance.tables import Invoice, Payment, PaymentState
from models.party.finding import contacts_of, people_with
from models.party.tables import Customer, Role
from models.sales.tables import SalesOrder
from models.system.tables import Company


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
    received_on: datetime.date
    way: PaymentWay
    state: PaymentState
    settled: list[Settled]
    on_account: Money
    still_owed: Money
    note: str | None = None


class Told(Result):
    """What a customer says they have paid; finance looks for it."""

    customer: Ref
    amount: Money


class BankAccount(Result):
    """Where customers pay to."""

    company: str
    bank: Annotated[str | None, Places(None)] = None
    account: str | None = None


_NOTES = {None: "", PaymentKind.prepay: "预收"}

PAID = [
    f"{{customer}}{when}{line}"
    for when in ("", "{date}")
    for line in (
        "付了{amount}", "付{amount}", "到账{amount}", "打款{amount}", "打了{amount}", "转了{amount}", "转账{amount}", "汇了{amount}",
        "回款{amount}", "付了{way}{amount}", "付{way}{amount}", "{way}付了{amount}", "{way}付{amount}", "{way}到账{amount}",
        "{way}转了{amount}", "付了{amount}{way}", "付{amount}{way}", "付了{order}的{amount}", "付了{order}的货款{amount}", "付{order}的{amount}",
    )
]  # fmt: skip

RECEIVED = [
    f"{when}{verb}{{customer}}{what}"
    for when in ("", "{date}")
    for verb in ("收到", "收了", "收")
    for what in ("{amount}", "{way}{amount}", "{amount}{way}", "的{amount}", "货款{amount}", "的货款{amount}")
]

PREPAID = [f"{{customer}}{when}{{kind}}{how}{{amount}}" for when in ("", "{date}") for how in ("", "{way}")]


@command(
    "payment.record",
    says=[
        *PAID, *RECEIVED, *PREPAID, "{customer}先付了{note}{amount}",
        "{customer}货款{amount}到了", "登记收款{customer}{amount}", "登记收款{customer}{date}{amount}", "收到{customer}{order}的{amount}", "收{customer}{order}的{amount}",
    ],
    confirm=True,
)  # fmt: skip
async def record_payment(
    me: Actor, *, customer: Customer, amount: Amount, order: SalesOrder | None = None, note: Remark | None = None,
    date: PastDay | None = None, way: PaymentWay | None = None, kind: PaymentKind | None = None,
) -> Done[PaymentAnswer]:  # fmt: skip
    """登记收款：先冲指定订单，否则冲最早到期的，多的留作预收；预付款先不冲；可以写哪天、怎么付的"""
    refuse_nothing(amount)
    if order is not None and order.customer_id != customer.id:  # type: ignore[attr-defined]
        raise NotFound(kind="order")
    await lock_money(customer.id)
    payment = await receive_money(
        customer, amount, by=me.person_id, on=date, note=note or _NOTES[kind], way=way or PaymentWay.transfer
    )
    ahead = kind is PaymentKind.prepay
    invoices = [] if ahead else await open_invoices(customer.id, orders=[order.id] if order else None)
    settled = await allocate(payment, invoices, by=me.person_id, on=payment.received_on)
    answer = await _answer(payment, customer, settled)
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
) -> Done[PaymentAnswer]:
    """核销：把账上的钱冲到指定订单的发票上"""
    found = payment or await _last_with_rest(me, order)
    customer: Customer = await found.customer
    await lock_money(customer.id)
    orders = [each.id for each in (order, other) if each is not None]
    settled = await allocate(found, await open_invoices(customer.id, orders=orders or None), by=me.person_id)
    if not settled:
        raise NothingOpen(customer=customer.name)
    undo = {"payment": found.number, "invoices": [invoice.number for invoice, _ in settled]}
    return Done(await _answer(found, customer, settled), undo=Call("payment.unallocate", undo))


@command(
    "payment.unallocate",
    says=[
        "撤销核销{payment}", "撤销核销{payment}和{invoices}", "取消核销{payment}", "取消核销{payment}和{invoices}", "反核销{payment}",
        "{payment}撤销核销", "{payment}不冲{invoices}了",
    ],
)  # fmt: skip
async def unallocate_payment(
    me: Actor, *, payment: Payment, invoices: list[Invoice] | None = None
) -> Done[PaymentAnswer]:
    """撤销核销：钱回到客户账上，发票重新欠着；只撤销几张时写上发票号"""
    customer: Customer = await payment.customer
    await lock_money(customer.id)
    await payment.refresh_from_db()
    undone = await unallocate(payment, invoices or [], by=me.person_id)
    return Done(await _answer(payment, customer, [(invoice, -amount) for invoice, amount in undone]))


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
    refuse_nothing(amount)
    told = Told(customer=Ref(number=customer.number, name=customer.name), amount=amount)
    await tell(
        "payment.told", about=customer.number, facts=told.facts(RIGHTS.all_fields), finance=await people_with(Role.finance),
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


async def _last_with_rest(me: Actor, order: SalesOrder | None) -> Payment:
    """The latest payment with money on account: of the order's customer, or, with none named, that this person booked."""
    whose = {"customer_id": order.customer_id} if order else {"made_by_id": me.person_id}  # type: ignore[attr-defined]
    open_states = [PaymentState.posted.value, PaymentState.partially_allocated.value]
    rows = visible(me, Payment).filter(state__in=open_states, **whose)
    found = await rows.order_by("-id").first()
    if found is None:
        raise NothingOpen()
    return found


async def _answer(payment: Payment, customer: Customer, settled: list[tuple[Invoice, Decimal]]) -> PaymentAnswer:
    await payment.refresh_from_db()
    credit = await credit_status(customer.id)
    return PaymentAnswer(
        number=payment.number,
        customer=Ref(number=customer.number, name=customer.name),
        amount=payment.amount,
        received_on=payment.received_on,
        way=PaymentWay.of(payment.way),
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
        facts=answer.facts(frozenset({"order.amount"})),
        customer=await contacts_of(customer.id),
        owner=[customer.owner_id] if customer.owner_id else [],  # type: ignore[attr-defined]
    )
