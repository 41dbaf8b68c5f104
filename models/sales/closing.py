"""Ending an order before all of it has left, and taking it up again."""

from decimal import Decimal

from models.errors import Refused
from models.moves import move
from models.sales.amending import follow_lines, keep_revision, kept_quantities, lock_order, standing, write_sums
from models.sales.orders import lines_of
from models.sales.tables import OrderRevision, OrderState, SalesOrder
from models.stock.reservation import release

CLOSED = "关闭"


class NothingOpenOnOrder(Refused):
    """All of the order has left: there is nothing to close."""

    code, status = "nothing_to_close", 409


async def close_order(order: SalesOrder, *, by: int | None) -> None:
    """Cuts an order to what has left, or is invoiced, and frees the rest. Raises WrongState, NothingOpenOnOrder."""
    await lock_order(order)
    lines = await lines_of(order)
    if not any(line.quantity > line.delivered for line in lines):
        raise NothingOpenOnOrder(number=order.number)
    await move(order, OrderState.closed)
    await release(order.number)
    await keep_revision(order, lines, reason=CLOSED, by=by)
    for line in lines:
        left = max(line.delivered, line.invoiced)
        line.unit_quantity = (line.unit_quantity * left / line.quantity).quantize(Decimal("0.000001")) if left else left
        line.quantity = left
        await write_sums(line)
    await follow_lines(order)


async def reopen_order(order: SalesOrder) -> Decimal:
    """Takes a paused or closed order up again, a closed one as it was; says by how much its total grew.

    Raises WrongState. Credit and stock are the caller's to look at.
    """
    await lock_order(order)
    before: Decimal = order.total
    was_closed = order.state == OrderState.closed.value
    lines = await lines_of(order)
    if was_closed:
        kept = await OrderRevision.filter(order_id=order.id, reason=CLOSED).order_by("-revision").first()
        assert kept is not None
        await keep_revision(order, lines, reason="重新打开", by=None)
        old = kept_quantities(kept)
        for line in lines:
            was = old[line.position]
            # What came back since is not ordered again.
            back = max(Decimal(was["delivered"]), Decimal(was["invoiced"])) - line.quantity
            line.unit, line.unit_quantity = was["unit"], Decimal(was["unit_quantity"])
            line.quantity = Decimal(was["quantity"]) - back
            if back:
                line.unit, line.unit_quantity = line.product.unit, line.quantity
            await write_sums(line)
        await follow_lines(order)
    await move(order, standing(order))
    grown: Decimal = order.total - before
    return grown
