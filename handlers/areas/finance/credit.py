"""Credit as finance keeps it: the limit, and a stop on new orders."""

from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Amount
from handlers.registry import command
from handlers.result import Money, Places, Ref, Result
from models.delivery.telling import tell
from models.finance.credit import credit_status, lock_credit
from models.party.tables import Customer


class CreditSet(Result):
    """A customer's limit, before and after, and what is used of it."""

    customer: Ref
    before: Annotated[Decimal | None, Places(2)]
    limit: Annotated[Decimal | None, Places(2)]
    exposure: Money
    available: Annotated[Decimal | None, Places(2)]
    frozen: bool


@command(
    "credit.set",
    says=[
        "{customer}额度提到{amount}", "{customer}信用额度改{amount}", "{customer}额度改{amount}", "{customer}额度改成{amount}",
        "{customer}信用额度改成{amount}", "{customer}额度调到{amount}", "把{customer}的额度调到{amount}", "{customer}额度降到{amount}",
    ],
    confirm=True,
)  # fmt: skip
async def set_credit(me: Actor, *, customer: Customer, amount: Amount) -> Done[CreditSet]:
    """改信用额度"""
    before = (await lock_credit(customer.id)).limit
    await Customer.filter(id=customer.id).update(credit_limit=amount)
    answer = await _answer(customer, before)
    await _tell("credit.changed", me, customer, answer)
    undo = Call("credit.set", {"customer": customer.number, "amount": f"{before:f}"}) if before is not None else None
    return Done(answer, undo=undo)


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
        kind, about=customer.number, facts=answer.facts(lambda right: True), not_to=me.id,
        owner=[customer.owner_id] if customer.owner_id else [],  # type: ignore[attr-defined]
    )  # fmt: skip
