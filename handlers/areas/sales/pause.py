"""Orders that pause, end early, or are taken up again; and where their goods go."""

import contextlib

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer, answer, tell_about, wrong_state
from handlers.areas.sales.placing import ask_release, secure
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Address, Flag, Phone, Receiver
from handlers.registry import command
from handlers.result import Numbered, Ref, Result
from handlers.rights import RIGHTS
from handlers.sales import LettingGo
from models.approvals.deciding import void
from models.base import ZERO
from models.delivery.telling import tell
from models.errors import CustomerFrozen
from models.finance.credit import check_consent, lock_credit
from models.moves import move
from models.party.tables import Customer
from models.production.pegging import follow_demand
from models.sales.closing import close_order, reopen_order
from models.sales.orders import check_products
from models.sales.reserving import NothingHeld, let_lines_go
from models.sales.tables import DeliveryState, OrderState, SalesOrder
from models.transactions import savepoint


@command("order.hold", says=[
    "{order}暂停", "暂停{order}", "{order}先停一停", "{order}先别发", "{order}那单先别发", "{order}暂停{release}", "暂停{order}{release}",
    "{order}先别发{release}",
])  # fmt: skip
async def hold_order(me: Actor, *, order: SalesOrder, release: LettingGo | None = None) -> Done[OrderAnswer]:
    """暂停订单：先不发货；占用的库存留着，说“放掉预留”的就放掉"""
    await move(order, OrderState.on_hold)
    if release is not None:
        with contextlib.suppress(NothingHeld):
            await let_lines_go(order)
    await tell_about(me, "order.changed", order)
    return Done(await answer(order), undo=Call("order.reopen", {"order": order.number}))


@command(
    "order.close",
    says=[
        "关闭{order}",
        "{order}关闭",
        "{order}剩下的不发了",
        "{order}剩下的不要了",
        "{order}余下的不发了",
        "{order}结单",
    ],
    confirm=True,
)
async def close(me: Actor, *, order: SalesOrder) -> Done[OrderAnswer]:
    """关闭订单：没发的不再发，占用的库存和额度放掉"""
    await close_order(order, by=me.id)
    await follow_demand(order, wanted=False)
    await void(order.number)
    await tell_about(me, "order.changed", order)
    return Done(await answer(order), undo=Call("order.reopen", {"order": order.number}))


@command(
    "order.reopen",
    says=["重新打开{order}", "{order}重新打开", "恢复{order}", "{order}恢复", "{order}继续", "{order}继续发"],
    confirm=True,
)
async def reopen(me: Actor, *, order: SalesOrder) -> Done[OrderAnswer]:
    """重新打开暂停或关闭的订单：重新查额度、占库存"""
    return await _reopen(me, order, released=False)


@command("order.revive")
async def revive(me: Actor, *, order: SalesOrder, revision: Flag) -> Done[OrderAnswer]:
    """重新打开超额度的订单（审批通过时执行）"""
    if order.revision != int(revision):
        raise wrong_state(order)
    return await _reopen(me, order, released=True)


class _OverLimit(Exception):
    """Takes a reopening back that would pass the limit by so much."""


async def _reopen(me: Actor, order: SalesOrder, *, released: bool) -> Done[OrderAnswer]:
    """Like a new order for what it brings back: credit is looked at, what is free is held."""
    if order.state not in (OrderState.on_hold.value, OrderState.closed.value):
        raise wrong_state(order)
    customer: Customer = await order.customer
    credit = await lock_credit(customer.id)
    if credit.frozen:
        raise CustomerFrozen(customer=customer.name)
    more = over_by = ZERO
    try:
        async with savepoint():
            more = await reopen_order(order)
            over_by = credit.over_by(more)
            if released:
                await check_consent(credit, more, customer=customer.name, order=order.number)
            elif over_by > 0:
                raise _OverLimit
            await check_products(order)
            await secure(order)
            await tell_about(me, "order.changed", order)
            return Done(await answer(order))
    except _OverLimit:
        total = order.total
        await order.refresh_from_db()
        # The approver sees what it would come to, not what is left of it.
        order.total = total
        number = await ask_release(
            me, order, customer, credit, over_by, more=more,
            on_approve=Call("order.revive", {"order": order.number, "revision": order.revision}),
            on_reject=Call("order.keep", {"order": order.number}),
        )  # fmt: skip
        return Done(await answer(order, approval=number, over_by=over_by), approval=number)


class AddressSet(Result):
    """Where goods go from now on: a customer's, or those of one order."""

    customer: Ref
    order: Numbered | None
    address: str
    receiver: str | None
    phone: str | None
    before: str | None
    open_orders: list[Numbered]


@command(
    "address.change",
    says=[
        "收货地址换成{address}{contact}{phone}", "收货地址改成{address}{contact}{phone}", "地址改成{address}{contact}{phone}",
        "{order}收货地址改成{address}{contact}{phone}", "{customer}收货地址改成{address}{contact}{phone}",
        "收货地址换成{address}", "收货地址改成{address}", "收货地址改为{address}", "地址换成{address}", "地址改成{address}",
        "送货地址改成{address}", "{order}地址改成{address}", "{order}收货地址改成{address}", "{order}送到{address}", "{order}改送{address}",
        "{customer}收货地址改成{address}", "{customer}地址改成{address}", "{customer}的收货地址换成{address}",
        "设为收货地址", "设为{customer}的收货地址", "设为{order}的收货地址", "改收货地址", "改地址", "地址改一下", "改一下地址", "收货地址改一下", "换收货地址", "修改收货地址",
        "{order}改收货地址", "{order}改地址", "改{customer}的收货地址", "{customer}改收货地址",
    ],
    confirm=True,
)  # fmt: skip
async def change_address(
    me: Actor,
    *,
    address: Address,
    customer: Customer | None = None,
    order: SalesOrder | None = None,
    contact: Receiver | None = None,
    phone: Phone | None = None,
) -> AddressSet:
    """改收货地址：以后的货都送新地址，或只改一张订单"""
    place, receiver, number = split_address(address, contact, phone)
    if order is not None:
        return await _change_of_order(me, order, place, receiver, number)
    if customer is None:
        raise MissingInput(input="customer", handler="address.change")
    before = customer.address
    await Customer.filter(id=customer.id).update(
        address=place, receiver=receiver or customer.receiver, receiver_phone=number or customer.receiver_phone
    )
    waiting = await _undelivered(customer)
    shown = AddressSet(
        customer=Ref(number=customer.number, name=customer.name), order=None, address=place,
        receiver=receiver or customer.receiver or None, phone=number or customer.receiver_phone or None,
        before=before or None, open_orders=[each.number for each in waiting],
    )  # fmt: skip
    owner = customer.owner_id  # type: ignore[attr-defined]
    facts = shown.facts(RIGHTS.all_fields)
    await tell("address.changed", about=customer.number, facts=facts, not_to=me.id, owner=[owner] if owner else [])
    return shown


def split_address(text: str, contact: str | None, phone: str | None) -> tuple[str, str, str]:
    """`建设路88号 王工 13900005678` as place, receiver and phone; what is given apart stands before it."""
    words = text.split()
    if phone is None and len(words) > 1 and words[-1].isdigit() and len(words[-1]) in range(7, 13):
        phone = words.pop()
        if contact is None and len(words) > 1 and len(words[-1]) <= 8:
            contact = words.pop()
    return " ".join(words), (contact or "")[:40], phone or ""


async def _change_of_order(me: Actor, order: SalesOrder, place: str, receiver: str, phone: str) -> AddressSet:
    if order.delivery_state == DeliveryState.delivered.value or order.state in ("done", "cancelled", "closed"):
        raise wrong_state(order)
    customer: Customer = await order.customer
    before = order.address or customer.address
    order.address = place
    order.receiver, order.receiver_phone = receiver or order.receiver, phone or order.receiver_phone
    await order.save(update_fields=["address", "receiver", "receiver_phone"])
    await tell_about(me, "order.changed", order)
    return AddressSet(
        customer=Ref(number=customer.number, name=customer.name), order=order.number, address=place,
        receiver=order.receiver or customer.receiver or None, phone=order.receiver_phone or customer.receiver_phone or None,
        before=before or None, open_orders=[],
    )  # fmt: skip


async def _undelivered(customer: Customer) -> list[SalesOrder]:
    """The orders whose goods will go there too: theirs that are open and have no address of their own."""
    rows = SalesOrder.filter(customer_id=customer.id, address="", state__in=["draft", "confirmed", "in_progress"])
    return await rows.exclude(delivery_state=DeliveryState.delivered.value).order_by("id")
