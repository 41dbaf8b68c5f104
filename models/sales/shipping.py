"""Goods leave: all that is held or a part of it; what falls within a line's tolerance closes it."""

from decimal import Decimal

from models.base import ZERO
from models.clock import now
from models.errors import NotEnoughStock, Refused, WrongState
from models.moves import move
from models.sales.amending import follow_lines, keep_revision, lock_order, set_quantity
from models.sales.orders import hold_stock, lines_of
from models.sales.tables import Delivery, DeliveryLine, OrderState, SalesOrder, SalesOrderLine, ShipmentState
from models.stock.moving import add_move
from models.stock.reservation import consume, held_by, let_go
from models.system.numbers import next_number

COST_OF_SALES = "6401"

DUE = (OrderState.confirmed, OrderState.in_progress)


class OverDelivery(Refused):
    """More than was ordered, by more than the tolerance allows."""

    code = "over_delivery"


async def ship(
    order: SalesOrder, asked: dict[int, Decimal] | None = None, *, carrier: str, tracking_no: str, by: int
) -> Delivery:
    """Sends what was asked for, by position, or else everything the order holds; the rest stays to be delivered.

    An order that holds nothing takes what is free by now.

    A rest, or an excess, within the tolerance of its line is settled by amending the line to what left.
    Raises NotEnoughStock, LotExpired, OverDelivery, and WrongState when the order is not due.
    """
    await lock_order(order)
    state = OrderState.of(order.state)
    if state not in DUE:
        raise WrongState(number=order.number, state=state.value, state_text=state.text)
    lines = await lines_of(order)
    number = await next_number("DN")
    if asked is not None:
        await _make_room(order, lines, asked, number, by)
    held = await held_by(order.number)
    if asked is None and not held:
        # Goods that came since: a back-order's rest, or what replaces a return.
        await hold_stock(order, lines)
        held = await held_by(order.number)
    going = held if asked is None else asked
    if not going:
        raise NotEnoughStock(order=order.number, wanted=sum((line.quantity - line.delivered for line in lines), ZERO))
    for line in lines:
        if going.get(line.position, ZERO) > held.get(line.position, ZERO):
            raise NotEnoughStock(
                product=line.product.name, wanted=going[line.position], free=held.get(line.position, ZERO)
            )
    customer = await order.customer
    delivery = await Delivery.create(
        number=number,
        order=order,
        carrier=carrier,
        tracking_no=tracking_no,
        shipped_at=now(),
        shipped_by_id=by,
        address=order.address or customer.address,
    )
    for line in lines:
        if quantity := going.get(line.position):
            await _send(order, line, quantity, delivery, by)
    await _settle_rests(order, lines, going, number, by)
    await follow_lines(order)
    if order.state == OrderState.confirmed.value:
        await move(order, OrderState.in_progress)
    return delivery


def settled_by(number: str) -> tuple[str, str]:
    """The reasons with which a delivery amends its order: lines that it closes a little over, and a little short."""
    return f"溢装 {number}", f"短装 {number}"


async def shipments_of(order: SalesOrder) -> list[Delivery]:
    """What has left of an order and was not taken back, the oldest first."""
    return await Delivery.filter(order_id=order.id).exclude(state=ShipmentState.cancelled.value).order_by("id")


async def _make_room(
    order: SalesOrder, lines: list[SalesOrderLine], asked: dict[int, Decimal], number: str, by: int
) -> None:
    """Lets a line that is to leave with a little more than was ordered take that in, as an amendment."""
    over = [line for line in lines if asked.get(line.position, ZERO) > line.quantity - line.delivered]
    for line in over:
        most = line.quantity * (1 + line.tolerance)
        if line.delivered + asked[line.position] > most or line.quantity == line.delivered:
            left = line.quantity - line.delivered
            raise OverDelivery(
                product=line.product.name, left=left, most=max(most - line.delivered, left), given=asked[line.position],
                unit=line.product.unit,
            )  # fmt: skip
    if over:
        await keep_revision(order, lines, reason=settled_by(number)[0], by=by)
        for line in over:
            await set_quantity(line, line.delivered + asked[line.position])
    await hold_stock(order, lines)


async def _settle_rests(
    order: SalesOrder, lines: list[SalesOrderLine], going: dict[int, Decimal], number: str, by: int
) -> None:
    """A line that lacks no more than its tolerance is done: it was ordered as much as left."""
    short = [
        line
        for line in lines
        if going.get(line.position) and ZERO < line.quantity - line.delivered <= line.quantity * line.tolerance
    ]
    if not short:
        return
    await keep_revision(order, lines, reason=settled_by(number)[1], by=by)
    for line in short:
        await let_go(order.number, line.position, line.quantity - line.delivered)
        await set_quantity(line, line.delivered)


async def _send(order: SalesOrder, line: SalesOrderLine, quantity: Decimal, delivery: Delivery, by: int) -> None:
    places: dict[int, Decimal] = {}
    for warehouse_id, part in await consume(order.number, line.position, quantity):
        places[warehouse_id] = places.get(warehouse_id, ZERO) + part
    for warehouse_id, part in sorted(places.items()):
        await add_move(
            product_id=line.product_id,  # type: ignore[attr-defined]
            warehouse_id=warehouse_id,
            quantity=-part,
            document=delivery.number,
            against=COST_OF_SALES,
            by=by,
            usable=True,
            memo=f"{order.number} 发货",
        )
    line.delivered += quantity
    await SalesOrderLine.filter(id=line.id).update(delivered=line.delivered)
    await DeliveryLine.create(delivery=delivery, order_line=line, quantity=quantity)
