"""Orders: made, shipped, and seen as their customer sees them."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models.base import ZERO
from models.clock import now
from models.errors import NotEnoughStock, Refused
from models.moves import move
from models.product.tables import Product
from models.sales.tables import Delivery, DeliveryLine, DeliveryState, OrderState, SalesOrder, SalesOrderLine
from models.stock.holding import yield_holds
from models.stock.moving import add_move
from models.stock.reservation import Want, consume, held_by, reserve
from models.system.numbers import next_number

CENT = Decimal("0.01")

COST_OF_SALES = "6401"


class NoPrice(Refused):
    """The product is not sold at a list price."""

    code = "no_price"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of an order to be: so much of a product, also in the unit it was said in."""

    product: Product
    quantity: Decimal
    unit: str
    unit_quantity: Decimal


async def draft_order(
    *, customer_id: int, salesperson_id: int | None, wanted: list[Wanted], requested: date | None, note: str
) -> SalesOrder:
    """Writes an order at list prices, rounded per line. Raises NoPrice."""
    prices = [_price(each) for each in wanted]
    amounts = [amount_of(each.quantity, price) for each, price in zip(wanted, prices, strict=True)]
    order = await SalesOrder.create(
        number=await next_number("SO"),
        customer_id=customer_id,
        salesperson_id=salesperson_id,
        state=OrderState.draft.value,
        total=sum(amounts, ZERO),
        requested_date=requested,
        note=note,
        created_at=now(),
    )
    await SalesOrderLine.bulk_create(
        [
            SalesOrderLine(
                order_id=order.id,
                position=position,
                product_id=each.product.id,
                quantity=each.quantity,
                unit=each.unit,
                unit_quantity=each.unit_quantity,
                price=price,
                amount=amount,
            )
            for position, (each, price, amount) in enumerate(zip(wanted, prices, amounts, strict=True), start=1)
        ]
    )
    return order


def amount_of(quantity: Decimal, price: Decimal) -> Decimal:
    """A line's amount, to the cent."""
    return (quantity * price).quantize(CENT, ROUND_HALF_UP)


async def lines_of(order: SalesOrder) -> list[SalesOrderLine]:
    """An order's lines with their products, in order."""
    return await SalesOrderLine.filter(order_id=order.id).order_by("position").select_related("product")


async def hold_stock(order: SalesOrder, lines: list[SalesOrderLine]) -> dict[int, Decimal]:
    """Reserves what is free of what the order still lacks; says what each line holds then, by position."""
    held = await held_by(order.number)
    wants = [
        Want(line.position, line.product_id, rest)  # type: ignore[attr-defined]
        for line in lines
        for rest in [line.quantity - line.delivered - held.get(line.position, ZERO)]
        if rest > 0
    ]
    await yield_holds(order.customer_id, wants)  # type: ignore[attr-defined]
    more = await reserve(order.number, wants) if wants else {}
    return {position: held.get(position, ZERO) + more.get(position, ZERO) for position in {*held, *more}}


async def ship(order: SalesOrder, *, carrier: str, tracking_no: str, by: int) -> Delivery:
    """Sends everything the order holds. Raises NotEnoughStock when that is nothing, WrongState when it is not due."""
    lines = await lines_of(order)
    held = await held_by(order.number)
    if not held:
        raise NotEnoughStock(order=order.number, wanted=sum((line.quantity - line.delivered for line in lines), ZERO))
    delivery = await Delivery.create(
        number=await next_number("DN"),
        order=order,
        carrier=carrier,
        tracking_no=tracking_no,
        shipped_at=now(),
        shipped_by_id=by,
    )
    for line in lines:
        if quantity := held.get(line.position):
            await _send(order, line, quantity, delivery, by)
    rest = any(line.delivered < line.quantity for line in lines)
    state = DeliveryState.partial if rest else DeliveryState.delivered
    if order.state == OrderState.confirmed.value:
        await move(order, OrderState.in_progress)
    await SalesOrder.filter(id=order.id).update(delivery_state=state.value)
    order.delivery_state = state.value
    return delivery


async def _send(order: SalesOrder, line: SalesOrderLine, quantity: Decimal, delivery: Delivery, by: int) -> None:
    for warehouse_id, part in await consume(order.number, line.position, quantity):
        await add_move(
            product_id=line.product_id,  # type: ignore[attr-defined]
            warehouse_id=warehouse_id,
            quantity=-part,
            document=delivery.number,
            against=COST_OF_SALES,
            by=by,
            memo=f"{order.number} 发货",
        )
    line.delivered += quantity
    await SalesOrderLine.filter(id=line.id).update(delivered=line.delivered)
    await DeliveryLine.create(delivery=delivery, order_line=line, quantity=quantity)


def _price(each: Wanted) -> Decimal:
    if each.product.list_price is None:
        raise NoPrice(product=each.product.name)
    return Decimal(each.product.list_price)
