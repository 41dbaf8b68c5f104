"""Money back to a customer out of what is on account."""

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.inputs import Amount, refuse_nothing
from handlers.registry import command
from handlers.result import Money, Ref, Result
from models.finance.credit import credit_status
from models.finance.receiving import lock_money
from models.finance.refunding import refund, take_refund_back
from models.party.tables import Customer


class Refunded(Result):
    """Money paid back, or not paid back after all, and what is on account then."""

    customer: Ref
    amount: Money
    on_account: Money


@command(
    "payment.refund", says=["退{customer}{amount}", "给{customer}退款{amount}", "{customer}退款{amount}"], confirm=True
)
async def refund_customer(me: Actor, *, customer: Customer, amount: Amount) -> Done[Refunded]:
    """退款：从客户账上的余款退"""
    refuse_nothing(amount)
    await lock_money(customer.id)
    left = await refund(customer, amount, by=me.person_id)
    undo = Call("payment.unrefund", {"customer": customer.number, "amount": f"{amount:f}"})
    return Done(
        Refunded(customer=Ref(number=customer.number, name=customer.name), amount=amount, on_account=left), undo
    )


@command(
    "payment.unrefund",
    says=["撤销{customer}退款{amount}", "撤销退款{customer}{amount}", "撤销给{customer}的退款{amount}"],
    confirm=True,
)
async def take_back_refund(me: Actor, *, customer: Customer, amount: Amount) -> Refunded:
    """撤销退款：没退出去的钱回到客户账上"""
    refuse_nothing(amount)
    await lock_money(customer.id)
    await take_refund_back(customer, amount, by=me.person_id)
    left = (await credit_status(customer.id)).advance
    return Refunded(customer=Ref(number=customer.number, name=customer.name), amount=amount, on_account=left)
