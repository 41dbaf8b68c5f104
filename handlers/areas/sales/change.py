"""Changing an order that stands: quantities, products, dates; upward, credit is looked at again."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer, answer, tell_about, wrong_state
from handlers.areas.sales.placing import ask_release, secure
from handlers.areas.sales.wishes import ask_salesperson
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Count, Day, Flag, Text
from handlers.items import Item, refuse_fractions
from handlers.registry import command
from handlers.result import Places
from handlers.visible import visible
from models.approvals.deciding import void
from models.base import ZERO
from models.clock import today
from models.errors import CustomerFrozen, InvalidInput, NotFound
from models.finance.credit import CreditStatus, check_consent, lock_credit
from models.party.tables import Customer
from models.product.tables import Product
from models.sales.amending import (
    AlreadyDelivered,
    follow_lines,
    keep_revision,
    kept_quantities,
    lock_order,
    set_quantity,
)
from models.sales.orders import Wanted, check_products, figures_of, lines_of, new_line, prices
from models.sales.tables import OrderRevision, OrderState, SalesOrder, SalesOrderLine
from models.stock.reservation import held_by, let_go
from models.transactions import savepoint

CHANGEABLE = (OrderState.draft, OrderState.confirmed, OrderState.in_progress)


class ChangedOrder(OrderAnswer):
    """An order after a change, or as it stands while the change waits; `total_before` is what it came to."""

    total_before: Annotated[Decimal | None, Places(2)] = None
    asked_owner: bool = False
    wish: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What an order is to become: quantities by the position of their line, products that are new, another date."""

    quantities: dict[int, Decimal] = field(default_factory=dict)
    more: list[Item] = field(default_factory=list)
    day: date | None = None


@command(
    "order.modify",
    says=[
        "{order}数量改成{quantity}", "{order}数量改为{quantity}", "{order}改成{quantity}", "{order}改为{quantity}", "{order}那单改成{quantity}",
        "{order}那单数量改成{quantity}", "{order}的{product}改成{quantity}", "{order}{product}改成{quantity}", "{order}{product}数量改成{quantity}",
        "{order}改成{quantity}个", "{order}改成{quantity}件", "{order}数量改成{quantity}个", "{order}数量改成{quantity}件", "{order}改成{items}", "{order}再加{add}", "{order}那单再加{add}", "{order}加{add}", "{order}那单加{add}", "{order}加上{add}",
        "{order}去掉{product}", "{order}不要{product}了", "{order}那单不要{product}了", "{order}删掉{product}",
        "{order}交期改到{date}", "{order}交期改成{date}", "{order}那单交期改到{date}", "{order}那单交期往后推到{date}", "{order}交期往后推到{date}",
        "{order}那单交期提前到{date}", "{order}交期提前到{date}", "{order}推迟到{date}", "{order}提前到{date}", "{order}能不能提前到{date}", "{order}能提前到{date}吗", "{order}改到{date}送", "{order}改到{date}",
        "{order}那单改到{date}", "数量打错了是{quantity}", "数量打错了,是{quantity}", "数量错了是{quantity}", "改订单{order}",
    ],
    confirm=True,
)  # fmt: skip
async def modify_order(
    me: Actor,
    *,
    order: SalesOrder | None = None,
    items: list[Item] | None = None,
    add: list[Item] | None = None,
    product: Product | None = None,
    quantity: Count | None = None,
    date: Day | None = None,
) -> Done[ChangedOrder]:
    """改单：改数量、加减产品、改交期；金额变大时重新查额度"""
    changed = order or await _latest(me)
    change = await _read(changed, items, add, product, quantity, date)
    if me.is_customer and changed.state != OrderState.draft.value:
        return await _ask_owner(me, changed, change)
    return await _amend(me, changed, change, released=False)


@command("order.restore", says=["{order}恢复到第{revision}版", "{order}改回第{revision}版"], confirm=True)
async def restore_order(me: Actor, *, order: SalesOrder, revision: Flag) -> Done[ChangedOrder]:
    """把订单改回以前的版本"""
    kept = await OrderRevision.filter(order_id=order.id, revision=int(revision)).first()
    if kept is None:
        raise NotFound(kind="revision")
    return await _amend(me, order, await _back_to(order, kept), released=False)


@command("order.amend")
async def amend_order(
    me: Actor,
    *,
    order: SalesOrder,
    revision: Flag,
    items: list[Item],
    without: Text | None = None,
    date: Day | None = None,
) -> Done[ChangedOrder]:
    """按批准的内容改单（审批通过时执行）"""
    if order.revision != int(revision):
        raise wrong_state(order)
    change = await _read(order, items, None, None, None, date)
    for line in await lines_of(order):
        if without is not None and line.product.code in without.split("，"):
            change.quantities[line.position] = ZERO
    return await _amend(me, order, change, released=True)


@command("order.keep")
async def keep_order(me: Actor, *, order: SalesOrder) -> OrderAnswer:
    """订单保持原样（审批驳回时执行）"""
    return await answer(order)


class _OverLimit(Exception):
    """Takes a change back that passes the limit: what it would have made of the order, and by how much it is over."""

    def __init__(self, shown: ChangedOrder, wanted: Call, more: Decimal, over_by: Decimal) -> None:
        super().__init__()
        self.shown, self.wanted, self.more, self.over_by = shown, wanted, more, over_by


async def _amend(me: Actor, order: SalesOrder, change: Change, *, released: bool) -> Done[ChangedOrder]:
    """The change, with stock and work following it; over the limit it waits, and the order stands as it was."""
    customer: Customer = await order.customer
    credit = await lock_credit(customer.id)
    try:
        async with savepoint():
            return await _carry_out(me, order, customer, change, credit, released=released)
    except _OverLimit as over:
        await order.refresh_from_db()
        await void(order.number)
        number = await ask_release(
            me, order, customer, credit, over.over_by, more=over.more,
            on_approve=over.wanted, on_reject=Call("order.keep", {"order": order.number}),
        )  # fmt: skip
        waiting = over.shown.model_copy(update={"approval": number, "over_by": over.over_by})
        return Done(waiting, approval=number)


async def _carry_out(
    me: Actor, order: SalesOrder, customer: Customer, change: Change, credit: CreditStatus, *, released: bool
) -> Done[ChangedOrder]:
    await lock_order(order)
    if OrderState.of(order.state) not in CHANGEABLE:
        raise wrong_state(order)
    before, revision, lines = order.total, order.revision, await lines_of(order)
    _refuse_impossible(lines, change)
    await void(order.number)
    await keep_revision(order, lines, reason=_told(lines, change), by=me.id)
    await _write(order, customer, lines, change)
    after = await follow_lines(order)
    if not any(line.quantity for line in after):
        raise InvalidInput(input="quantity", given="0", why="nothing_left")
    if order.state == OrderState.draft.value:
        return Done(await _changed(order, before))
    more = order.total - before
    if released:
        await check_products(order)
        await check_consent(credit, max(more, ZERO), customer=customer.name, order=order.number)
    elif more > 0 and credit.frozen:
        raise CustomerFrozen(customer=customer.name)
    elif more > 0 and (over_by := credit.over_by(more)) > 0:
        raise _OverLimit(await _changed(order, before), _as_call(order, revision, after), more, over_by)
    await _free_what_is_too_much(order, after)
    await secure(order)
    await tell_about(me, "order.changed", order)
    undo = Call("order.restore", {"order": order.number, "revision": revision})
    return Done(await _changed(order, before), undo=undo)


def _as_call(order: SalesOrder, revision: int, lines: list[SalesOrderLine]) -> Call:
    """What makes this of the order, as long as nobody has changed it meanwhile."""
    items = [
        {"product": line.product.code, "quantity": f"{line.quantity.normalize():f}"} for line in lines if line.quantity
    ]
    gone = [line.product.code for line in lines if not line.quantity]
    wanted: dict[str, Any] = {"order": order.number, "revision": revision, "items": items}
    if gone:
        wanted["without"] = "，".join(gone)
    if order.requested_date:
        wanted["date"] = order.requested_date.isoformat()
    return Call("order.amend", wanted)


async def _write(order: SalesOrder, customer: Customer, lines: list[SalesOrderLine], change: Change) -> None:
    for line in lines:
        if line.position in change.quantities:
            await set_quantity(line, change.quantities[line.position])
    new = [Wanted(item.product, item.base_quantity, item.unit, item.quantity) for item in change.more]
    priced = await prices(customer, new) if new else []
    last = max(line.position for line in lines)
    for position, (each, price) in enumerate(zip(new, priced, strict=True), start=last + 1):
        await new_line(order, position, each, figures_of(each.quantity, price)).save()
    if change.day is not None:
        order.requested_date = change.day
        await SalesOrder.filter(id=order.id).update(requested_date=change.day)


async def _free_what_is_too_much(order: SalesOrder, lines: list[SalesOrderLine]) -> None:
    held = await held_by(order.number)
    for line in lines:
        excess = held.get(line.position, ZERO) - (line.quantity - line.delivered)
        if excess > 0:
            await let_go(order.number, line.position, excess)


def _refuse_impossible(lines: list[SalesOrderLine], change: Change) -> None:
    """Nothing to change, and less than has left, are refused before anything is written."""
    for line in lines:
        wanted = change.quantities.get(line.position)
        gone = max(line.delivered, line.invoiced)
        if wanted is not None and wanted < gone:
            raise AlreadyDelivered(product=line.product.name, gone=gone, given=wanted, unit=line.product.unit)
    same = all(change.quantities.get(line.position, line.quantity) == line.quantity for line in lines)
    if same and not change.more and change.day is None:
        raise InvalidInput(input="quantity", given="", why="nothing_changes")


async def _read(
    order: SalesOrder,
    items: list[Item] | None,
    add: list[Item] | None,
    product: Product | None,
    quantity: Decimal | None,
    day: date | None,
) -> Change:
    """A change as it was said, for the lines it means. Raises MissingInput, InvalidInput, NotFound."""
    if day is not None and day < today():
        raise InvalidInput(input="date", given=day.isoformat(), why="day_past")
    lines = await lines_of(order)
    quantities: dict[int, Decimal] = {}
    more: list[Item] = []
    if product is not None or quantity is not None:
        line = _line(lines, product, quantity)
        # A product that is named without a quantity is not wanted any more.
        quantities[line.position] = ZERO if quantity is None else quantity
        refuse_fractions(line.product.unit, quantities[line.position], "quantity")
        if quantity is not None and quantity <= 0:
            raise InvalidInput(input="quantity", given=f"{quantity:f}", why="too_small")
    for item in [*(items or []), *(add or [])]:
        line_of = next((each for each in lines if each.product_id == item.product.id), None)  # type: ignore[attr-defined]
        if line_of is None:
            more.append(item)
        else:
            base = line_of.quantity if add is not None and item in add else ZERO
            quantities[line_of.position] = base + item.base_quantity
    if not quantities and not more and day is None:
        raise MissingInput(input="items", handler="order.modify")
    return Change(quantities, more, day)


def _line(lines: list[SalesOrderLine], product: Product | None, quantity: Decimal | None) -> SalesOrderLine:
    """The line that is meant: the product's, or the only one there is."""
    if product is not None:
        found = [line for line in lines if line.product_id == product.id]  # type: ignore[attr-defined]
        if not found:
            raise NotFound(kind="order_line", given=product.name)
        return found[0]
    standing = [line for line in lines if line.quantity]
    if len(standing) != 1:
        given = "" if quantity is None else f"{quantity.normalize():f}"
        raise InvalidInput(input="quantity", given=given, why="which_product")
    return standing[0]


async def _latest(me: Actor) -> SalesOrder:
    """Which order a customer means who names none: the last they placed. Colleagues have to say."""
    if not me.is_customer:
        raise MissingInput(input="order", handler="order.modify")
    found = await visible(me, SalesOrder).filter(state__in=[each.value for each in CHANGEABLE]).order_by("-id").first()
    if found is None:
        raise NotFound(kind="order")
    return found


async def _back_to(order: SalesOrder, kept: OrderRevision) -> Change:
    old = kept_quantities(kept)
    quantities = {
        line.position: Decimal(old[line.position]["quantity"]) if line.position in old else ZERO
        for line in await lines_of(order)
    }
    return Change(quantities, [], kept.requested_date if kept.requested_date != order.requested_date else None)


async def _ask_owner(me: Actor, order: SalesOrder, change: Change) -> Done[ChangedOrder]:
    """A customer's wish to change what was confirmed is for the salesperson to carry out."""
    if OrderState.of(order.state) not in CHANGEABLE:
        raise wrong_state(order)
    lines = {line.position: line for line in await lines_of(order)}
    _refuse_impossible(list(lines.values()), change)
    wishes = [
        *(
            f"{order.number} {lines[position].product.code}改成{quantity.normalize():f}"
            if quantity
            else f"{order.number}去掉{lines[position].product.code}"
            for position, quantity in change.quantities.items()
        ),
        *(f"{order.number}再加{item.product.code} {item.quantity.normalize():f}{item.unit}" for item in change.more),
        *([f"{order.number}交期改到{change.day.isoformat()}"] if change.day else []),
    ]
    wish = _told(list(lines.values()), change)
    await ask_salesperson(me, order, wish, wishes)
    return Done((await _changed(order, order.total)).model_copy(update={"asked_owner": True, "wish": wish}))


async def _changed(order: SalesOrder, before: Decimal) -> ChangedOrder:
    shown = await answer(order)
    return ChangedOrder(**dict(shown), total_before=before)


def _told(lines: list[SalesOrderLine], change: Change) -> str:
    """What was changed, in the words of the record."""
    named = {line.position: line for line in lines}
    return "，".join(
        [
            *(
                f"{named[position].product.name} {named[position].quantity.normalize():f}→{quantity.normalize():f}"
                for position, quantity in change.quantities.items()
            ),
            *(f"加 {item.product.name} {item.base_quantity.normalize():f}" for item in change.more),
            *([f"交期 {change.day.isoformat()}"] if change.day else []),
        ]
    )
