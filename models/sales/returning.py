"""Goods that come back: at the cost they left with, and no longer delivered; without a replacement, no longer ordered."""

from decimal import Decimal

from models import sql
from models.base import ZERO
from models.clock import now
from models.errors import Refused, WrongState
from models.moves import move
from models.sales.amending import follow_lines, keep_revision, lock_order, standing, write_sums
from models.sales.orders import lines_of
from models.sales.shipping import COST_OF_SALES
from models.sales.tables import (
    OrderState,
    Remedy,
    ReturnState,
    SalesOrder,
    SalesOrderLine,
    SalesReturn,
    SalesReturnLine,
)
from models.stock.moving import add_move
from models.system.numbers import next_number

# What left for one product of an order, and what of it came back, with what each was worth.
ISSUED = """
SELECT coalesce(-sum(m.quantity), 0) AS quantity, coalesce(-sum(m.value), 0) AS value FROM stock_move m
WHERE m.product_id = $2 AND (m.document IN (SELECT number FROM delivery WHERE order_id = $1)
  OR m.document IN (SELECT number FROM sales_return WHERE order_id = $1))
"""

ON_THE_WAY = """
SELECT l.order_line_id, sum(l.quantity - l.received) AS quantity FROM sales_return_line l
JOIN sales_return r ON r.id = l.sales_return_id WHERE r.order_id = $1 AND r.state = 'requested' GROUP BY 1
"""


class TooManyBack(Refused):
    """More is to come back than was delivered, or than was announced."""

    code = "too_many_back"


async def request_return(
    order: SalesOrder, wanted: dict[int, Decimal], *, remedy: Remedy, reason: str, by: int
) -> SalesReturn:
    """Announces goods that will come back, by the position of their line. Raises TooManyBack."""
    await lock_order(order)
    waiting = await coming_back(order)
    lines = {line.position: line for line in await lines_of(order)}
    for position, quantity in wanted.items():
        line = lines[position]
        most = line.delivered - waiting.get(line.id, ZERO)
        if quantity > most:
            raise TooManyBack(product=line.product.name, most=most, given=quantity, unit=line.product.unit)
    made = await SalesReturn.create(
        number=await next_number("RT"),
        order=order,
        customer_id=order.customer_id,  # type: ignore[attr-defined]
        remedy=remedy.value,
        reason=reason,
        created_at=now(),
        created_by_id=by,
    )
    for position, quantity in wanted.items():
        await SalesReturnLine.create(sales_return=made, order_line=lines[position], quantity=quantity)
    return made


async def coming_back(order: SalesOrder) -> dict[int, Decimal]:
    """How much of each line of an order is announced to come back and has not, by the line's id."""
    return {row["order_line_id"]: row["quantity"] for row in await sql.rows(ON_THE_WAY, order.id)}


async def receive_return(
    given: SalesReturn, arrived: dict[int, Decimal] | None, *, warehouse_id: int, by: int
) -> SalesOrder:
    """Takes announced goods in, all or, by the id of their order line, what arrived; says of which order they are.

    Raises TooManyBack, WrongState.
    """
    order = await SalesOrder.get(id=given.order_id)  # type: ignore[attr-defined]
    await lock_order(order)
    await given.refresh_from_db()
    if given.state != ReturnState.requested.value:
        state = ReturnState.of(given.state)
        raise WrongState(kind="return", number=given.number, state=state.value, state_text=state.text)
    announced = await SalesReturnLine.filter(sales_return_id=given.id).order_by("id")
    lines = {line.id: line for line in await lines_of(order)}
    if given.remedy == Remedy.credit.value:
        await keep_revision(order, list(lines.values()), reason=f"退货 {given.number}", by=by)
    for each in announced:
        line = lines[each.order_line_id]  # type: ignore[attr-defined]
        quantity = each.quantity if arrived is None else arrived.get(line.id, ZERO)
        if quantity > each.quantity:
            raise TooManyBack(product=line.product.name, most=each.quantity, given=quantity, unit=line.product.unit)
        if quantity > 0:
            await _take_in(given, order, line, quantity, warehouse_id, by)
            await SalesReturnLine.filter(id=each.id).update(received=quantity)
    await move(given, ReturnState.received, received_at=now(), received_by_id=by)
    await follow_lines(order)
    if order.state == OrderState.done.value and order.delivery_state != "delivered":
        order.received_at = None
        await move(order, standing(order), received_at=None)
    return order


async def _take_in(
    given: SalesReturn, order: SalesOrder, line: SalesOrderLine, quantity: Decimal, warehouse_id: int, by: int
) -> None:
    issued = await sql.row(ISSUED, order.id, line.product_id)  # type: ignore[attr-defined]
    assert issued is not None
    await add_move(
        product_id=line.product_id,  # type: ignore[attr-defined]
        warehouse_id=warehouse_id,
        quantity=quantity,
        document=given.number,
        against=COST_OF_SALES,
        # At what it left with; not rounded, so that the last piece back brings the cent that is left.
        unit_cost=issued["value"] / issued["quantity"],
        by=by,
        memo=f"{order.number} 退货",
    )
    line.delivered -= quantity
    line.returned += quantity
    if given.remedy == Remedy.credit.value:
        factor = line.quantity / line.unit_quantity if line.unit_quantity else Decimal(1)
        line.quantity -= quantity
        line.unit_quantity = (line.quantity / factor).quantize(Decimal("0.000001"))
    await write_sums(line)
