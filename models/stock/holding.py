"""Goods kept for a customer before there is an order: held like an order's, until a day, and taken over by the order."""

from datetime import date
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.clock import at_local, days, now
from models.errors import NotEnoughStock
from models.moves import move
from models.product.tables import Product
from models.stock.reservation import LET_GO, Want, release, reserve
from models.stock.tables import Hold, HoldState, ReservationState
from models.system.deadlines import drop_deadlines, set_deadline
from models.system.numbers import next_number

OPEN = """
SELECT id, product_id FROM stock_hold WHERE customer_id = $1 AND product_id = ANY($2::bigint[]) AND state = 'active'
ORDER BY product_id, until, id FOR UPDATE
"""

HELD = """
SELECT id, warehouse_id, quantity - consumed AS held FROM reservation
WHERE document = $1 AND state IN ('active', 'partially_consumed') ORDER BY warehouse_id, id FOR UPDATE
"""

CUT = "UPDATE reservation SET quantity = quantity - $2 WHERE id = $1 AND quantity - $2 > 0"

END = "UPDATE reservation SET state = 'released' WHERE id = $1"


async def hold(customer_id: int, product: Product, quantity: Decimal, *, until: date, by: int) -> Hold:
    """Keeps goods for a customer to the end of a day. Raises NotEnoughStock unless all of it is free."""
    kept = await Hold.create(
        number=await next_number("RS"), customer_id=customer_id, product=product, quantity=quantity, until=until,
        made_by_id=by, made_at=now(),
    )  # fmt: skip
    held = await reserve(kept.number, [Want(1, product.id, quantity)])
    if held.get(1, ZERO) < quantity:
        raise NotEnoughStock(product=product.name, unit=product.unit, wanted=quantity, free=held.get(1, ZERO))
    call = {"name": "stock.expire", "inputs": {"hold": kept.number}}
    await set_deadline(kept.number, call, at_local(until) + days(1))
    return kept


async def let_go(kept: Hold, state: HoldState = HoldState.released) -> None:
    """Frees what is kept. Raises WrongState if it no longer is."""
    await move(kept, state)
    ended = ReservationState.expired if state is HoldState.expired else ReservationState.released
    await release(kept.number, state=ended)
    await drop_deadlines(kept.number)


async def yield_holds(customer_id: int, wants: list[Want]) -> None:
    """Frees what is kept for a customer of what its order wants now, so that the order can hold it instead."""
    wanted = {want.product_id: ZERO for want in wants}
    for want in wants:
        wanted[want.product_id] += want.quantity
    for row in await sql.rows(OPEN, customer_id, list(wanted)) if wanted else []:
        kept = await Hold.get(id=row["id"])
        part = min(wanted[row["product_id"]], kept.quantity)
        if part == kept.quantity:
            await let_go(kept, HoldState.ordered)
        elif part > 0:
            await _shrink(kept, part)
        wanted[row["product_id"]] -= part


async def _shrink(kept: Hold, quantity: Decimal) -> None:
    await Hold.filter(id=kept.id).update(quantity=kept.quantity - quantity)
    for row in await sql.rows(HELD, kept.number):
        part = min(quantity, row["held"])
        if part > 0:
            await sql.rows(
                CUT if part < row["held"] else END, *([row["id"], part] if part < row["held"] else [row["id"]])
            )
            await sql.rows(LET_GO, kept.product_id, row["warehouse_id"], part)  # type: ignore[attr-defined]
            quantity -= part
