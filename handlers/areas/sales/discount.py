"""Discounts on an order or a quotation: given at once down to one's floor, below it with consent."""

from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.sales.facts import tell_about, wrong_state
from handlers.areas.sales.placing import ask_and_tell
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Flag, Text
from handlers.registry import command
from handlers.result import Money, Needs, Numbered, Places, Quantity, Ref, Result
from handlers.rights import RIGHTS
from handlers.sales import Discount
from models.approvals.deciding import void
from models.errors import CreditExceeded, CustomerFrozen
from models.finance.credit import CreditStatus, lock_credit
from models.moves import move
from models.party.tables import Customer
from models.sales import quoting
from models.sales.amending import AlreadyInvoiced, follow_lines, keep_revision, lock_order, set_discount
from models.sales.discounting import FULL, Margin, floor_of, margin, percent_off
from models.sales.orders import check_products, lines_of, refuse_inactive
from models.sales.tables import OrderState, Quotation, QuotationState, SalesOrder

DISCOUNTABLE = (OrderState.draft, OrderState.confirmed, OrderState.in_progress)


class DiscountAnswer(Result):
    """A discount, given or asked for; `floor_percent` is how low the asker may go alone."""

    order: Numbered
    customer: Ref
    discount_percent: Quantity
    floor_percent: Quantity
    amount_before: Money
    amount: Money
    granted: bool
    reason: str | None
    approval: Numbered | None


class Asked(Result):
    """What an approver needs to know, frozen when it was asked."""

    customer: Ref
    order: Numbered
    discount_percent: Quantity
    amount_before: Money
    amount: Money
    margin_before: Annotated[Decimal, Places(2)]
    margin_after: Annotated[Decimal, Places(2)]
    why: str | None
    applicant: Ref


class Settled(Result):
    """What became of a discount that was asked for."""

    order: Numbered
    amount: Annotated[Decimal, Places(2), Needs("order.amount")]


@command(
    "discount.request",
    says=[
        "{order}申请{discount}{reason}", "{order}申请{discount}", "{order}打{discount}{reason}", "{order}打{discount}", "{order}给{discount}",
        "{quotation}申请{discount}{reason}", "{quotation}申请{discount}", "{quotation}打{discount}", "{order}要{discount}{reason}", "申请折扣{order}",
    ],
    confirm=True,
)  # fmt: skip
async def request_discount(
    me: Actor,
    *,
    order: SalesOrder | None = None,
    quotation: Quotation | None = None,
    discount: Discount,
    reason: Text | None = None,
) -> Done[DiscountAnswer]:
    """打折：在自己的权限内直接改价，再低就转审批"""
    if order is not None:
        return await _for_order(me, order, discount, reason)
    if quotation is not None:
        return await _for_quotation(me, quotation, discount, reason)
    raise MissingInput(input="order", handler="discount.request")


@command("discount.apply")
async def apply_discount(
    me: Actor,
    *,
    order: SalesOrder | None = None,
    quotation: Quotation | None = None,
    version: Flag,
    discount: Discount,
) -> Settled:
    """按批准的折扣改价（审批通过时执行）"""
    if order is not None:
        credit = await lock_credit(order.customer_id)  # type: ignore[attr-defined]
        await lock_order(order)
        if order.revision != int(version):
            raise wrong_state(order)
        _refuse_frozen(credit, await order.customer)
        await check_products(order)
        if order.state == OrderState.pending_approval.value:
            await move(order, OrderState.draft)
        await _write(me, order, discount, credit)
        return Settled(order=order.number, amount=order.total)
    assert quotation is not None
    _refuse_frozen(await lock_credit(quotation.customer_id), await quotation.customer)  # type: ignore[attr-defined]
    await quoting.lock_quotation(quotation)
    if quotation.version != int(version):
        raise quoting.wrong_state(quotation)
    refuse_inactive(line.product for line in await quoting.quoted_lines(quotation))
    await move(quotation, QuotationState.draft)
    await quoting.discount_quotation(quotation, discount)
    return Settled(order=quotation.number, amount=quotation.total)


@command("discount.refuse")
async def refuse_discount(me: Actor, *, order: SalesOrder | None = None, quotation: Quotation | None = None) -> Settled:
    """价格不变（审批驳回时执行）"""
    if order is not None:
        if order.state == OrderState.pending_approval.value:
            await move(order, OrderState.draft)
        return Settled(order=order.number, amount=order.total)
    assert quotation is not None
    if quotation.state == QuotationState.pending_approval.value:
        await move(quotation, QuotationState.draft)
    return Settled(order=quotation.number, amount=quotation.total)


async def _for_order(me: Actor, order: SalesOrder, discount: Decimal, reason: str | None) -> Done[DiscountAnswer]:
    credit = await lock_credit(order.customer_id)  # type: ignore[attr-defined]
    await lock_order(order)
    if OrderState.of(order.state) not in DISCOUNTABLE:
        raise wrong_state(order)
    lines = [line for line in await lines_of(order) if line.quantity]
    if invoiced := next((line for line in lines if line.invoiced), None):
        raise AlreadyInvoiced(product=invoiced.product.name)
    customer: Customer = await order.customer
    _refuse_frozen(credit, customer)
    before, after, floor = await margin(lines), await margin(lines, discount), await floor_of(me.roles)
    await void(order.number)
    approval = None
    if discount >= floor:
        await _write(me, order, discount, credit)
    else:
        this = {"order": order.number}
        apply = Call("discount.apply", {**this, "version": order.revision, "discount": f"{discount.normalize():f}"})
        if order.state == OrderState.draft.value:
            await move(order, OrderState.pending_approval)
        approval = await _ask(me, order.number, customer, discount, before, after, reason, apply, this)
    return Done(_answer(order.number, customer, discount, floor, before, after, reason, approval), approval=approval)


async def _for_quotation(
    me: Actor, quotation: Quotation, discount: Decimal, reason: str | None
) -> Done[DiscountAnswer]:
    credit = await lock_credit(quotation.customer_id)  # type: ignore[attr-defined]
    await quoting.lock_quotation(quotation)
    if QuotationState.of(quotation.state) not in quoting.OPEN:
        raise quoting.wrong_state(quotation)
    customer: Customer = await quotation.customer
    _refuse_frozen(credit, customer)
    earlier = await quoting.quoted_lines(quotation)
    before, after, floor = await margin(earlier), await margin(earlier, discount), await floor_of(me.roles)
    await void(quotation.number)
    # What the customer was shown stays as it was; another price is another version.
    await quoting.revise_quotation(quotation, wanted=None, valid_until=None)
    approval = None
    if discount >= floor:
        await quoting.discount_quotation(quotation, discount)
    else:
        this = {"quotation": quotation.number}
        apply = Call("discount.apply", {**this, "version": quotation.version, "discount": f"{discount.normalize():f}"})
        await move(quotation, QuotationState.pending_approval)
        approval = await _ask(me, quotation.number, customer, discount, before, after, reason, apply, this)
    return Done(
        _answer(quotation.number, customer, discount, floor, before, after, reason, approval), approval=approval
    )


def _refuse_frozen(credit: CreditStatus, customer: Customer) -> None:
    if credit.frozen:
        raise CustomerFrozen(customer=customer.name)


async def _write(me: Actor, order: SalesOrder, discount: Decimal, credit: CreditStatus) -> None:
    """The discount on every line of a locked order. Raises CreditExceeded if a smaller one makes it pass the limit."""
    lines = await lines_of(order)
    before = order.total
    await keep_revision(order, lines, reason=f"折扣 {(discount * 100).normalize():f}%", by=me.id)
    for line in lines:
        await set_discount(line, discount)
    await follow_lines(order)
    if order.state == OrderState.draft.value:
        return
    if order.total > before and (over_by := credit.over_by(order.total - before)) > 0:
        raise CreditExceeded(over_by=over_by)
    await tell_about(me, "order.changed", order)


async def _ask(
    me: Actor,
    subject: str,
    customer: Customer,
    discount: Decimal,
    before: Margin,
    after: Margin,
    reason: str | None,
    apply: Call,
    this: dict[str, str],
) -> str:
    facts = Asked(
        customer=Ref.of(customer),
        order=subject,
        discount_percent=discount * 100,
        amount_before=before.total,
        amount=after.total,
        margin_before=before.percent,
        margin_after=after.percent,
        why=reason,
        applicant=Ref.of(me),
    ).facts(RIGHTS.all_fields)
    return await ask_and_tell(
        me, "discount", subject, amount=percent_off(discount), facts=facts,
        on_approve=apply, on_reject=Call("discount.refuse", this),
    )  # fmt: skip


def _answer(
    subject: str,
    customer: Customer,
    discount: Decimal,
    floor: Decimal,
    before: Margin,
    after: Margin,
    reason: str | None,
    approval: str | None,
) -> DiscountAnswer:
    return DiscountAnswer(
        order=subject,
        customer=Ref(number=customer.number, name=customer.name),
        discount_percent=discount * 100,
        floor_percent=min(floor, FULL) * 100,
        amount_before=before.total,
        amount=after.total,
        granted=approval is None,
        reason=reason,
        approval=approval,
    )
