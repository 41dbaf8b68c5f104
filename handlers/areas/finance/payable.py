"""What we owe suppliers: their invoices, and the payments that are asked for, agreed to and made."""

import datetime
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Amount, Text
from handlers.money import PastDay
from handlers.registry import command
from handlers.result import Money, Numbered, Places, Ref, Result
from handlers.rights import RIGHTS
from handlers.visible import visible
from models.approvals.deciding import ask, consent_to, needs_consent, void
from models.books.posting import refuse_closed
from models.books.ways import PaymentWay
from models.clock import today
from models.delivery.telling import tell
from models.errors import InvalidInput, NotFound, Refused, WrongState
from models.moves import move
from models.party.finding import people_with
from models.party.tables import Department, Role, Supplier
from models.payables.billing import bill_expense, bill_purchase, reverse_bill
from models.payables.budget import BudgetUse, budget_use, left_of_budget, lock_budget, month_of_budget
from models.payables.paying import ask_payment, cancel_payment_out, check_purchase, owed_to, pay
from models.payables.tables import BillState, PaymentOut, PaymentOutState, SupplierInvoice
from models.purchase.tables import PurchaseOrder
from models.system.company import tax_rate


class BillAnswer(Result):
    """A supplier's invoice: total = net + tax; `difference` is what its net is above the purchase's prices."""

    number: str
    supplier: Ref
    purchase: Numbered | None
    purpose: str | None
    state: BillState
    total: Money
    net: Money
    tax: Money
    paid: Money
    open: Money
    issued_on: datetime.date
    due_on: datetime.date


class BudgetLine(Result):
    """A budget with what is used of it, this payment counted."""

    name: str
    amount: Money
    used: Money
    percent: Annotated[Decimal, Places(1)]
    over: bool
    warns: bool


class PaidBill(Result):
    """So much of one supplier's invoice settled."""

    bill: Numbered
    amount: Money
    open: Money


class PaymentOutAnswer(Result):
    """A payment to a supplier: what it settles, and what is an advance."""

    number: str
    supplier: Ref
    purchase: Numbered | None
    amount: Money
    state: PaymentOutState
    way: PaymentWay
    paid_on: datetime.date | None
    settled: list[PaidBill]
    advance: Money
    still_owed: Money
    budget: BudgetLine | None = None
    approval: Numbered | None = None


class PaymentAsked(Result):
    """What an approver needs to know of a payment, frozen when it was asked."""

    supplier: Ref
    request: Numbered
    amount: Money
    purchase: Numbered | None
    owed: Money
    applicant: Ref
    budget: str | None
    budget_amount: Annotated[Decimal | None, Places(2)]
    budget_used: Annotated[Decimal | None, Places(2)]
    budget_percent: Annotated[Decimal | None, Places(1)]


class BudgetOutgrown(Refused):
    """More of a budget is gone than the approver was shown."""

    code, status = "budget_outgrown", 409


@command(
    "payable.bill",
    says=[
        "{supplier}来票{purchase}{amount}", "{purchase}来票{amount}", "{purchase}来票", "登记进项票{purchase}{amount}",
        "{supplier}的{purpose}发票{amount}", "{supplier}来票{amount}{purpose}", "{supplier}{date}来票{purchase}{amount}", "{supplier}{date}来票{purchase}",
        "{purchase}{date}来票{amount}", "{purchase}{date}来票", "{supplier}{date}的{purpose}发票{amount}", "{supplier}{date}来票{amount}{purpose}",
    ],
    confirm=True,
)  # fmt: skip
async def record_bill(
    me: Actor, *, purchase: PurchaseOrder | None = None, supplier: Supplier | None = None, amount: Amount | None = None,
    purpose: Text | None = None, tax: Amount | None = None, e_number: Text | None = None, date: PastDay | None = None,
) -> Done[BillAnswer]:  # fmt: skip
    """登记供应商发票：对上已到货的采购单，或一笔费用"""
    if amount is not None:
        _possible(amount, tax)
    if purchase is not None:
        if supplier is not None and supplier.id != purchase.supplier_id:  # type: ignore[attr-defined]
            raise NotFound(kind="purchase_order")
        bill = await bill_purchase(purchase, amount, tax=tax, e_number=(e_number or "")[:20], by=me.person_id, on=date)
    elif supplier is not None and amount is not None and purpose is not None:
        bill = await bill_expense(
            supplier, amount, purpose=purpose[:40], tax=tax, e_number=(e_number or "")[:20], by=me.person_id, on=date
        )
    else:
        raise InvalidInput(input="purchase", given="", why="purchase_or_purpose")
    return Done(await _bill(me, bill), undo=Call("payable.void", {"bill": bill.number}))


@command("payable.void", says=["作废进项票{bill}", "作废{bill}", "{bill}作废"], confirm=True)
async def void_bill(me: Actor, *, bill: SupplierInvoice) -> BillAnswer:
    """作废供应商发票：到货重新等票，付过的变成预付"""
    await reverse_bill(bill, by=me.person_id)
    return await _bill(me, bill)


@command(
    "payable.request",
    says=[
        "申请付款{purchase}{amount}", "申请付款{supplier}{amount}", "申请付{supplier}{amount}", "申请付款{purchase}",
        "{purchase}申请付款{amount}", "申请付款{supplier}{amount}{department}的{purpose}",
        "申请付{supplier}{amount}{department}的{purpose}",
    ],
    confirm=True,
)  # fmt: skip
async def request_payment(
    me: Actor, *, amount: Amount, purchase: PurchaseOrder | None = None, supplier: Supplier | None = None,
    department: Department | None = None, purpose: Text | None = None,
) -> Done[PaymentOutAnswer]:  # fmt: skip
    """申请付款：给供应商，按金额审批，可以记在部门预算上"""
    payment, approval, budget = await _ask(me, amount, purchase, supplier, department, purpose)
    return Done(
        await _answer(me, payment, budget=budget, approval=approval),
        undo=Call("payable.cancel", {"payment": payment.number}),
        approval=approval,
    )


@command(
    "payable.pay",
    says=[
        "付{supplier}货款{amount}",
        "付{supplier}{amount}",
        "付{supplier}{amount}{way}",
        "付款给{supplier}{amount}{way}",
        "付了{supplier}{amount}{way}",
        "付款给{supplier}{amount}",
        "付款{payment}",
        "付{payment}",
        "{date}付{supplier}货款{amount}",
        "{date}付{supplier}{amount}",
        "{date}付款给{supplier}{amount}",
        "{date}付了{supplier}{amount}",
        "付了{supplier}{amount}",
        "{date}付款{payment}",
        "付款{payment}{date}",
        "{way}付{supplier}货款{amount}",
        "{way}付{supplier}{amount}",
        "{way}付了{supplier}{amount}",
        "{way}付款给{supplier}{amount}",
        "{date}{way}付{supplier}货款{amount}",
        "{date}{way}付{supplier}{amount}",
        "用{way}付{supplier}货款{amount}",
        "用{way}付{supplier}{amount}",
        "付{supplier}{way}{amount}",
        "{way}付款{payment}",
        "用{way}付款{payment}",
        "付款{payment}{way}",
    ],
    confirm=True,
)
async def pay_supplier(
    me: Actor,
    *,
    payment: PaymentOut | None = None,
    supplier: Supplier | None = None,
    amount: Amount | None = None,
    date: PastDay | None = None,
    way: PaymentWay | None = None,
) -> Done[PaymentOutAnswer]:
    """付款：批准过的付款单；没有申请过的小额直接付，大额先审批；可以写哪天、怎么付的"""
    approval = None
    if payment is None:
        if supplier is None or amount is None:
            raise InvalidInput(input="payment", given="", why="payment_or_supplier")
        payment = await _agreed(me, supplier, amount)
        if payment is None:
            payment, approval, _ = await _ask(me, amount, None, supplier, None, None, on=date, way=way)
    settled = await pay(payment, by=me.person_id, on=date, way=way) if approval is None else []
    return Done(
        await _answer(me, payment, settled=settled, approval=approval),
        undo=Call("payable.cancel", {"payment": payment.number}),
        approval=approval,
    )


@command("payable.cancel", says=["撤销付款{payment}", "撤回付款{payment}", "{payment}撤销"], confirm=True)
async def cancel_payment(me: Actor, *, payment: PaymentOut) -> PaymentOutAnswer:
    """撤销付款或付款申请：核销过的发票重新欠着"""
    await cancel_payment_out(payment, by=me.person_id)
    await void(payment.number)
    return await _answer(me, payment)


@command("payable.agree")
async def agree(me: Actor, *, payment: Text) -> PaymentOutAnswer:
    """同意付款（审批通过时执行）"""
    found = await _waiting(me, payment)
    await refuse_closed(today())
    await check_purchase(found, await tax_rate())
    await _check_budget(found)
    await move(found, PaymentOutState.approved)
    return await _answer(me, found)


@command("payable.refuse")
async def refuse(me: Actor, *, payment: Text) -> PaymentOutAnswer:
    """驳回付款（审批驳回时执行）"""
    found = await _waiting(me, payment)
    await move(found, PaymentOutState.rejected)
    return await _answer(me, found)


async def _ask(
    me: Actor, amount: Decimal, purchase: PurchaseOrder | None, supplier: Supplier | None,
    department: Department | None, purpose: str | None, on: datetime.date | None = None,
    way: PaymentWay | None = None,
) -> tuple[PaymentOut, str | None, BudgetUse | None]:  # fmt: skip
    """A payment asked for; agreed to at once where no rule asks for consent, else with the number of its approval."""
    _possible(amount, None)
    payee: Supplier | None = await purchase.supplier if purchase is not None else supplier
    if payee is None:
        raise InvalidInput(input="supplier", given="", why="purchase_or_supplier")
    if supplier is not None and supplier.id != payee.id:
        raise NotFound(kind="purchase_order")
    payment = await ask_payment(
        payee, amount, purchase=purchase, department_id=department.id if department else None,
        purpose=(purpose or "")[:40], rate=await tax_rate(), by=me.person_id, on=on, way=way,
    )  # fmt: skip
    budget = await _spend(payment)
    kind = "payable.budget" if budget is not None and budget.is_over else "payable.request"
    if not await needs_consent(kind, amount):
        await move(payment, PaymentOutState.approved)
        return payment, None, budget
    return payment, await _consent(me, kind, payment, payee, purchase, budget), budget


async def _consent(
    me: Actor, kind: str, payment: PaymentOut, supplier: Supplier, purchase: PurchaseOrder | None, budget: BudgetUse | None
) -> str:  # fmt: skip
    facts = PaymentAsked(
        supplier=Ref.of(supplier), request=payment.number, amount=payment.amount,
        purchase=purchase.number if purchase else None, owed=await owed_to(supplier.id), applicant=Ref.of(me),
        budget=_named(budget) if budget else None, budget_amount=budget.amount if budget else None,
        budget_used=budget.used if budget else None,
        budget_percent=budget.percent if budget else None,
    ).facts(RIGHTS.all_fields)  # fmt: skip
    approval, approvers = await ask(
        kind, subject=payment.number, amount=payment.amount, facts=facts,
        on_approve=Call("payable.agree", {"payment": payment.number}).to_json(),
        on_reject=Call("payable.refuse", {"payment": payment.number}).to_json(), applicant_id=me.person_id,
    )  # fmt: skip
    await tell(
        "approval.asked", about=approval.number, facts={**facts, "number": approval.number, "kind": kind},
        approvers=approvers,
    )  # fmt: skip
    number: str = approval.number
    return number


async def _spend(payment: PaymentOut) -> BudgetUse | None:
    """The budget a payment is spent from, this payment counted; its head and finance hear of it when it runs low."""
    department: int | None = payment.department_id  # type: ignore[attr-defined]
    month = month_of_budget(payment.asked_on)
    if department is None or not await lock_budget(department, payment.purpose, month):
        return None
    use = (await budget_use(month, department_id=department, purpose=payment.purpose))[0]
    if use.warns:
        await tell(
            "budget.low", about=f"{use.department}{use.purpose}"[:20], facts=_budget(use).facts(RIGHTS.all_fields),
            head=[use.head] if use.head else [], finance=await people_with(Role.finance),
        )  # fmt: skip
    return use


async def _check_budget(payment: PaymentOut) -> None:
    """What was agreed to since may have used up the budget. Raises BudgetOutgrown."""
    department: int | None = payment.department_id  # type: ignore[attr-defined]
    month = month_of_budget(payment.asked_on)
    if department is None or not await lock_budget(department, payment.purpose, month):
        return
    left, consent = await left_of_budget(department, payment.purpose, month), await consent_to(payment.number)
    shown = consent.facts if consent and consent.kind == "payable.budget" else {}
    agreed = Decimal(shown["budget_used"]) - Decimal(shown["budget_amount"]) if "budget_used" in shown else Decimal(0)
    if left is not None and payment.amount - left > agreed:
        raise BudgetOutgrown(number=payment.number, left=left, given=payment.amount)


async def _agreed(me: Actor, supplier: Supplier, amount: Decimal) -> PaymentOut | None:
    """The payment of this amount that was agreed to and not made yet."""
    rows = visible(me, PaymentOut).filter(supplier_id=supplier.id, amount=amount, state=PaymentOutState.approved.value)
    return await rows.order_by("id").first()


async def _waiting(me: Actor, number: str) -> PaymentOut:
    found = await visible(me, PaymentOut).filter(number=number).first()
    if found is None:
        raise NotFound(kind="payment_out")
    if found.state != PaymentOutState.pending_approval.value:
        raise WrongState(number=number, state=found.state, state_text=PaymentOutState.of(found.state).text)
    return found


def _possible(amount: Decimal, tax: Decimal | None) -> None:
    if amount <= 0:
        raise InvalidInput(input="amount", given=f"{amount:f}", why="too_small")
    if tax is not None and tax >= amount:
        raise InvalidInput(input="tax", given=f"{tax:f}", why="too_large")


def _named(use: BudgetUse) -> str:
    return f"{use.department}·{use.purpose} {use.month}"


def _budget(use: BudgetUse) -> BudgetLine:
    return BudgetLine(
        name=_named(use), amount=use.amount, used=use.used, percent=use.percent, over=use.is_over, warns=use.warns
    )


async def _bill(me: Actor, bill: SupplierInvoice) -> BillAnswer:
    shown = await visible(me, SupplierInvoice).select_related("supplier", "purchase").get(id=bill.id)
    return BillAnswer(
        number=shown.number, supplier=Ref(number=shown.supplier.number, name=shown.supplier.name),
        purchase=shown.purchase.number if shown.purchase else None, purpose=shown.purpose or None,
        state=BillState.of(shown.state), total=shown.total, net=shown.total - shown.tax, tax=shown.tax, paid=shown.paid,
        open=shown.total - shown.paid, issued_on=shown.issued_on, due_on=shown.due_on,
    )  # fmt: skip


async def _answer(
    me: Actor, payment: PaymentOut, *, settled: list[tuple[SupplierInvoice, Decimal]] | None = None,
    budget: BudgetUse | None = None, approval: str | None = None,
) -> PaymentOutAnswer:  # fmt: skip
    shown = await visible(me, PaymentOut).select_related("supplier", "purchase").get(id=payment.id)
    paid = shown.state == PaymentOutState.paid.value
    return PaymentOutAnswer(
        number=shown.number, supplier=Ref(number=shown.supplier.number, name=shown.supplier.name),
        purchase=shown.purchase.number if shown.purchase else None, amount=shown.amount,
        state=PaymentOutState.of(shown.state), way=PaymentWay.of(shown.way), paid_on=shown.paid_on,
        settled=[PaidBill(bill=bill.number, amount=part, open=bill.total - bill.paid) for bill, part in settled or []],
        advance=shown.amount - shown.allocated if paid else Decimal(0), still_owed=await owed_to(shown.supplier.id),
        budget=_budget(budget) if budget else None, approval=approval,
    )  # fmt: skip
