"""Orders: made, priced, and given what stock is free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from models.base import ZERO
from models.clock import now, today
from models.errors import InvalidInput
from models.party.tables import Customer
from models.product.pricing import Priced, discounted, line_sum, prices_for
from models.product.tables import Product
from models.sales.tables import OrderState, SalesOrder, SalesOrderLine
from models.stock.holding import yield_holds
from models.stock.reservation import Want, held_by, reserve
from models.system.numbers import next_number


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of an order to be: so much of a product, also in the unit it was said in."""

    product: Product
    quantity: Decimal
    unit: str
    unit_quantity: Decimal


async def draft_order(
    customer: Customer,
    *,
    salesperson_id: int | None,
    wanted: list[Wanted],
    requested: date | None,
    note: str,
) -> SalesOrder:
    """Writes an order at the prices that hold for its customer today, each line rounded. Raises NoPrice."""
    figures = [
        figures_of(each.quantity, priced) for each, priced in zip(wanted, await prices(customer, wanted), strict=True)
    ]
    order = await SalesOrder.create(
        number=await next_number("SO"),
        customer_id=customer.id,
        salesperson_id=salesperson_id,
        state=OrderState.draft.value,
        total=sum((each["amount"] for each in figures), ZERO),
        requested_date=requested,
        note=note,
        created_at=now(),
    )
    await SalesOrderLine.bulk_create(
        [
            new_line(order, position, each, priced)
            for position, (each, priced) in enumerate(zip(wanted, figures, strict=True), start=1)
        ]
    )
    return order


async def prices(customer: Customer, wanted: list[Wanted]) -> list[Priced]:
    """What each of these costs this customer today. Raises NoPrice."""
    asked = [(each.product, each.quantity) for each in wanted]
    return await prices_for(asked, customer_id=customer.id, group=customer.price_group, on=today())


def figures_of(quantity: Decimal, priced: Priced, discount: Decimal = Decimal(1)) -> dict[str, Any]:
    """The columns of an order's or a quotation's line that come from its price."""
    price = discounted(priced.price, discount)
    worth = line_sum(quantity, price, rate=priced.tax_rate, tax_included=priced.tax_included)
    return {
        "base_price": priced.price,
        "price_source": priced.source.value,
        "discount": discount,
        "price": price,
        "tax_included": priced.tax_included,
        "tax_rate": priced.tax_rate,
        "tax": worth.tax,
        "amount": worth.amount,
    }


def new_line(order: SalesOrder, position: int, wanted: Wanted, priced: dict[str, Any]) -> SalesOrderLine:
    """A line that is not written yet."""
    return SalesOrderLine(
        order_id=order.id,
        position=position,
        product_id=wanted.product.id,
        quantity=wanted.quantity,
        unit=wanted.unit,
        unit_quantity=wanted.unit_quantity,
        tolerance=wanted.product.tolerance,
        **priced,
    )


async def lines_of(order: SalesOrder) -> list[SalesOrderLine]:
    """An order's lines with their products, in order."""
    return await SalesOrderLine.filter(order_id=order.id).order_by("position").select_related("product")


async def check_products(order: SalesOrder) -> None:
    """Nothing of what is still to leave may be off the list. Raises InvalidInput."""
    refuse_inactive(line.product for line in await lines_of(order) if line.quantity > line.delivered)


def refuse_inactive(products: Iterable[Product]) -> None:
    """What is no longer sold is not promised anew. Raises InvalidInput."""
    gone = next((each for each in products if not each.active), None)
    if gone is not None:
        raise InvalidInput(input="product", given=gone.name, why="inactive")


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
