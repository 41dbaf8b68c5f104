"""Credit as finance keeps it: the limit, and a stop on new orders."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Amount, Name, Text
from handlers.registry import command
from handlers.result import Money, Numbered, Places, Ref, Result
from handlers.rights import RIGHTS
from handlers.visible import visible
from models.approvals.deciding import ask, void
from models.base import ZERO
from models.delivery.telling import tell
from models.errors import CustomerFrozen, InvalidInput, Refused, WrongState
from models.finance.credit import check_consent, credit_status, lock_credit, release_of
from models.party.tables import Customer, CustomerGroup
from models.sales.tables import OrderState, SalesOrder
from models.system.tables import Company


class CreditSet(Result):
    """A customer's limit, before and after, and what is used of it."""

    customer: Ref
    before: Annotated[Decimal | None, Places(2)]
    limit: Annotated[Decimal | None, Places(2)]
    exposure: Money
    available: Annotated[Decimal | None, Places(2)]
    frozen: bool


class DefaultLimit(Result):
    """The limit of those without one of their own: of a group, or of the whole company."""

    group: str | None
    limit: Money
    customers: int


class ReleaseAsked(Result):
    """What an approver needs to know to let a confirmed order leave; nothing is added to the exposure."""

    customer: Ref
    order: Numbered
    amount: Money
    limit: Annotated[Decimal | None, Places(2)]
    exposure: Money
    overdue: Money
    blocked: bool
    ceiling: Money
    over_by: Money
    why: str
    applicant: Ref


class Released(Result):
    """An order that may leave, and until when."""

    order: Numbered
    valid_until: datetime | None


class NothingToRelease(Refused):
    """Nothing stops this order."""

    code = "nothing_to_release"


@command(
    "credit.set",
    says=[
        f"{whose}{what}{verb}{{amount}}"
        for whose in ("{customer}", "{customer}的", "把{customer}的")
        for what in ("额度", "信用额度")
        for verb in ("改", "改成", "改为", "调到", "提到", "降到")
    ],
    confirm=True,
)  # fmt: skip
async def set_credit(me: Actor, *, customer: Customer, amount: Amount) -> Done[CreditSet]:
    """改信用额度"""
    before = (await lock_credit(customer.id)).limit
    await Customer.filter(id=customer.id).update(credit_limit=amount, own_limit=True)
    answer = await _answer(customer, before)
    await _tell("credit.changed", me, customer, answer)
    undo = Call("credit.set", {"customer": customer.number, "amount": f"{before:f}"}) if before is not None else None
    return Done(answer, undo=undo if customer.own_limit else Call("credit.inherit", {"customer": customer.number}))


@command("credit.unlimited", says=["{customer}不限额度", "{customer}额度不限"], confirm=True)
async def lift_limit(me: Actor, *, customer: Customer) -> CreditSet:
    """这个客户不限额度"""
    return await _limited(me, customer, credit_limit=None, own_limit=True)


@command("credit.inherit", says=["{customer}用默认额度", "{customer}不单独设额度"], confirm=True)
async def inherit_limit(me: Actor, *, customer: Customer) -> CreditSet:
    """这个客户用客户组或公司的额度"""
    return await _limited(me, customer, own_limit=False)


@command("credit.join", says=["{customer}归到{group}组", "{customer}加入{group}组"], confirm=True)
async def join_group(me: Actor, *, customer: Customer, group: Name) -> CreditSet:
    """把客户归到一个客户组，用这个组的额度"""
    found = await CustomerGroup.get_or_none(name=group)
    if found is None:
        raise InvalidInput(input="group", given=group, why="no_such_group")
    return await _limited(me, customer, group_id=found.id, own_limit=False)


@command(
    "credit.default",
    says=["{group}组额度改{amount}", "{group}组额度{amount}", "默认额度改{amount}", "公司默认额度改{amount}"],
    confirm=True,
)
async def set_default(me: Actor, *, amount: Amount, group: Name | None = None) -> DefaultLimit:
    """改客户组的额度，或全公司的默认额度"""
    if group is None:
        await Company.all().update(credit_limit=amount)
    else:
        made, fresh = await CustomerGroup.get_or_create({"credit_limit": amount}, name=group)
        if not fresh:
            await CustomerGroup.filter(id=made.id).update(credit_limit=amount)
    which = {"group__name": group} if group is not None else {"group_id": None}
    count = await visible(me, Customer).filter(active=True, own_limit=False, **which).count()
    return DefaultLimit(group=group, limit=amount, customers=count)


@command(
    "credit.request",
    says=["申请放行{order}{reason}", "申请放行{order}", "{order}申请放行{reason}"],
    confirm=True,
)
async def request_release(me: Actor, *, order: SalesOrder, reason: Text) -> Done[ReleaseAsked]:
    """申请放行：额度不够下单或发货时，请总经理或财务同意；情况变了可以重新申请"""
    waits = order.state == OrderState.credit_hold.value
    if not waits and order.state not in (OrderState.confirmed.value, OrderState.in_progress.value):
        state = OrderState.of(order.state)
        raise WrongState(kind="order", number=order.number, state=state.value, state_text=state.text)
    customer: Customer = await order.customer
    credit = await lock_credit(customer.id)
    if credit.frozen:
        raise CustomerFrozen(customer=customer.name)
    # What waits counts nothing yet; what is confirmed counts already.
    more = order.total if waits else ZERO
    over_by = max(credit.over_by(more), order.total - order.invoiced if credit.blocked else ZERO)
    if over_by == 0 and not waits:
        raise NothingToRelease(order=order.number)
    await void(order.number)
    asked = ReleaseAsked(
        customer=Ref.of(customer), order=order.number, amount=more, limit=credit.limit, exposure=credit.exposure,
        overdue=credit.overdue, blocked=credit.blocked, ceiling=credit.exposure + more, over_by=over_by, why=reason,
        applicant=Ref.of(me),
    )  # fmt: skip
    facts = asked.facts(RIGHTS.all_fields)
    approval, approvers = await ask(
        "credit.release", subject=order.number, amount=over_by, facts=facts,
        on_approve=Call("order.release" if waits else "credit.grant", {"order": order.number}).to_json(),
        on_reject=Call("order.refuse" if waits else "credit.decline", {"order": order.number}).to_json(),
        applicant_id=me.person_id,
    )  # fmt: skip
    await tell(
        "approval.asked", about=approval.number, facts={**facts, "number": approval.number, "kind": approval.kind},
        approvers=approvers,
    )  # fmt: skip
    return Done(asked, approval=approval.number)


@command("credit.grant")
async def grant_release(me: Actor, *, order: SalesOrder) -> Released:
    """放行已确认的订单发货（审批通过时执行）"""
    customer: Customer = await order.customer
    await check_consent(await lock_credit(customer.id), ZERO, customer=customer.name, order=order.number)
    found = await release_of(order.number)
    return Released(order=order.number, valid_until=found.valid_until if found else None)


@command("credit.decline")
async def decline_release(me: Actor, *, order: SalesOrder) -> Released:
    """不放行已确认的订单（审批驳回时执行）"""
    return Released(order=order.number, valid_until=None)


@command(
    "credit.freeze",
    says=["{customer}先冻结不许下单", "{customer}先冻结", "冻结{customer}", "{customer}冻结", "{customer}不许下单"],
    confirm=True,
)
async def freeze(me: Actor, *, customer: Customer) -> Done[CreditSet]:
    """冻结客户：不许再下单和发货"""
    return await _frozen(me, customer, True)


@command("credit.unfreeze", says=["解冻{customer}", "{customer}解冻"], confirm=True)
async def unfreeze(me: Actor, *, customer: Customer) -> Done[CreditSet]:
    """解冻客户"""
    return await _frozen(me, customer, False)


async def _limited(me: Actor, customer: Customer, **changes: Any) -> CreditSet:
    before = (await lock_credit(customer.id)).limit
    await Customer.filter(id=customer.id).update(**changes)
    answer = await _answer(customer, before)
    await _tell("credit.changed", me, customer, answer)
    return answer


async def _frozen(me: Actor, customer: Customer, frozen: bool) -> Done[CreditSet]:
    before = await lock_credit(customer.id)
    await Customer.filter(id=customer.id).update(frozen=frozen)
    answer = await _answer(customer, before.limit)
    if before.frozen != frozen:
        await _tell("credit.frozen" if frozen else "credit.unfrozen", me, customer, answer)
    opposite = "credit.unfreeze" if frozen else "credit.freeze"
    return Done(answer, undo=Call(opposite, {"customer": customer.number}))


async def _answer(customer: Customer, before: Decimal | None) -> CreditSet:
    credit = await credit_status(customer.id)
    return CreditSet(
        customer=Ref(number=customer.number, name=customer.name),
        before=before,
        limit=credit.limit,
        exposure=credit.exposure,
        available=credit.available,
        frozen=credit.frozen,
    )


async def _tell(kind: str, me: Actor, customer: Customer, answer: CreditSet) -> None:
    await tell(
        kind, about=customer.number, facts=answer.facts(RIGHTS.all_fields), not_to=me.id,
        owner=[customer.owner_id] if customer.owner_id else [],  # type: ignore[attr-defined]
    )  # fmt: skip
