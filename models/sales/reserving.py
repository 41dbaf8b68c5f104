"""Goods set aside for an order, line by line: let go and set aside again; what is ordered stays ordered."""

from decimal import Decimal

from models.base import ZERO
from models.errors import Refused, WrongState
from models.sales.amending import lock_order
from models.sales.orders import hold_stock, lines_of
from models.sales.shipping import DUE
from models.sales.tables import OrderState, SalesOrder, SalesOrderLine
from models.stock.reservation import held_by, let_go

HOLDING = (*DUE, OrderState.on_hold, OrderState.credit_hold)
"""States in which an order may hold goods."""


class NothingHeld(Refused):
    """The order holds nothing of what is to be let go."""

    code, status = "nothing_held", 409


async def let_lines_go(order: SalesOrder, positions: set[int] | None = None) -> list[tuple[SalesOrderLine, Decimal]]:
    """Frees what an order holds, all of it or some lines; it goes on waiting for it. Raises WrongState, NothingHeld."""
    held, lines = await _locked(order, HOLDING)
    freed = []
    for line in lines:
        quantity = held.get(line.position, ZERO)
        if quantity and (positions is None or line.position in positions):
            await let_go(order.number, line.position, quantity)
            freed.append((line, quantity))
    if not freed:
        raise NothingHeld(number=order.number)
    return freed


async def set_aside(order: SalesOrder) -> list[tuple[SalesOrderLine, Decimal]]:
    """Holds what is free of what an order still lacks; says what each open line holds then. Raises WrongState."""
    _, lines = await _locked(order, DUE)
    held = await hold_stock(order, lines)
    return [(line, held.get(line.position, ZERO)) for line in lines if line.quantity > line.delivered]


async def _locked(order: SalesOrder, states: tuple[OrderState, ...]) -> tuple[dict[int, Decimal], list[SalesOrderLine]]:
    await lock_order(order)
    state = OrderState.of(order.state)
    if state not in states:
        raise WrongState(kind="order", number=order.number, state=state.value, state_text=state.text)
    return await held_by(order.number), await lines_of(order)
