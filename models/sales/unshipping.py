"""What becomes of a delivery that has left: signed for by its customer, or taken back because it never left at all."""

from decimal import Decimal

from models.base import ZERO
from models.clock import now
from models.errors import Refused, WrongState
from models.moves import move
from models.sales.amending import follow_lines, keep_revision, kept_quantities, lock_order, standing, write_sums
from models.sales.orders import hold_stock, lines_of
from models.sales.returning import coming_back
from models.sales.shipping import settled_by
from models.sales.tables import (
    Delivery,
    DeliveryLine,
    DeliveryState,
    OrderRevision,
    OrderState,
    SalesOrder,
    SalesOrderLine,
    ShipmentState,
)
from models.stock.reversal import take_back


class ShipmentInvoiced(Refused):
    """What left is invoiced; the invoice is taken back first."""

    code, status = "shipment_invoiced", 409


class ShipmentReturned(Refused):
    """Some of what left is coming back, or has: its return says where the goods are."""

    code, status = "shipment_returned", 409


async def unship(delivery: Delivery, *, by: int) -> SalesOrder:
    """Takes a delivery back that was entered by mistake: goods, entries and the order are as before, and held for it.

    Raises WrongState, ShipmentInvoiced, ShipmentReturned.
    """
    order = await SalesOrder.get(id=delivery.order_id)  # type: ignore[attr-defined]
    await lock_order(order)
    await move(delivery, ShipmentState.cancelled)
    state = OrderState.of(order.state)
    if state not in (OrderState.in_progress, OrderState.on_hold):
        raise WrongState(kind="order", number=order.number, state=state.value, state_text=state.text)
    lines = await lines_of(order)
    gone = await _carried(delivery)
    await _refuse_what_went_on(order, delivery, lines, gone)
    await take_back(delivery.number, by=by, memo=f"{order.number} 撤回发货")
    closed = [line for line in lines if line.delivered == line.quantity]
    for line in lines:
        if line.id in gone:
            line.delivered -= gone[line.id]
            await write_sums(line)
    await _unsettle(order, delivery, lines, closed, by=by)
    await follow_lines(order)
    if state is OrderState.in_progress and standing(order) is OrderState.confirmed:
        await move(order, OrderState.confirmed)
    await hold_stock(order, await lines_of(order))
    return order


async def sign_for(order: SalesOrder, delivery: Delivery | None) -> list[str]:
    """The customer has a delivery, or all that are on their way; the order is done once all of it has left and is there.

    Says which deliveries those are; none means that nothing was on its way. Raises WrongState.
    """
    await lock_order(order)
    moment = now()
    coming = [delivery] if delivery else await Delivery.filter(order_id=order.id, state="shipped").order_by("id")
    for each in coming:
        await move(each, ShipmentState.delivered, delivered_at=moment)
    waits = await Delivery.filter(order_id=order.id, state=ShipmentState.shipped.value).exists()
    if coming and not waits and order.delivery_state == DeliveryState.delivered.value:
        await move(order, OrderState.done, received_at=moment)
    return [each.number for each in coming]


async def _carried(delivery: Delivery) -> dict[int, Decimal]:
    """How much of each order line a delivery carries, by the line's id."""
    rows = await DeliveryLine.filter(delivery_id=delivery.id)
    return {row.order_line_id: row.quantity for row in rows}  # type: ignore[attr-defined]


async def _refuse_what_went_on(
    order: SalesOrder, delivery: Delivery, lines: list[SalesOrderLine], gone: dict[int, Decimal]
) -> None:
    back = await coming_back(order)
    for line in lines:
        left = line.delivered - gone.get(line.id, ZERO)
        if line.id in gone and left < line.invoiced:
            raise ShipmentInvoiced(number=delivery.number, order=order.number)
        if line.id in gone and left < back.get(line.id, ZERO):
            raise ShipmentReturned(number=delivery.number, order=order.number)


async def _unsettle(
    order: SalesOrder, delivery: Delivery, lines: list[SalesOrderLine], closed: list[SalesOrderLine], *, by: int
) -> None:
    """What is ordered is again what was ordered before this delivery closed a line a little short, or over."""
    kept = (
        await OrderRevision.filter(order_id=order.id, reason__in=settled_by(delivery.number))
        .order_by("revision")
        .first()
    )
    if kept is None:
        return
    await keep_revision(order, lines, reason=f"撤回 {delivery.number}", by=by)
    before = kept_quantities(kept)
    for line in closed:
        was = before.get(line.position)
        if was is not None and Decimal(was["quantity"]) != line.quantity:
            line.quantity, line.unit, line.unit_quantity = (
                Decimal(was["quantity"]),
                was["unit"],
                Decimal(was["unit_quantity"]),
            )
            await write_sums(line)
