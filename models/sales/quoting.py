"""Quotations: offers with prices that hold until their last day, in versions that are all kept."""

from datetime import date
from decimal import Decimal
from typing import Any

from models import sql
from models.base import ZERO
from models.clock import at_local, days, now
from models.errors import WrongState
from models.moves import move
from models.party.tables import Customer
from models.product.pricing import discounted, line_sum
from models.sales.orders import Wanted, figures_of, prices
from models.sales.tables import (
    OrderState,
    Quotation,
    QuotationLine,
    QuotationState,
    SalesOrder,
    SalesOrderLine,
)
from models.system.deadlines import drop_deadlines, set_deadline
from models.system.numbers import next_number

LOCK = "SELECT id FROM quotation WHERE id = $1 FOR NO KEY UPDATE"

OPEN = (QuotationState.draft, QuotationState.sent)

STANDING = (*OPEN, QuotationState.pending_approval, QuotationState.accepted)
"""What may still become an order."""


async def draft_quotation(
    customer: Customer, *, salesperson_id: int, wanted: list[Wanted], valid_until: date, note: str
) -> Quotation:
    """Writes an offer at the prices that hold for its customer today. Raises NoPrice."""
    quotation = await Quotation.create(
        number=await next_number("QU"),
        customer=customer,
        salesperson_id=salesperson_id,
        total=ZERO,
        valid_until=valid_until,
        note=note,
        created_at=now(),
    )
    await _write_lines(quotation, customer, wanted)
    await expire_after(quotation)
    return quotation


async def revise_quotation(quotation: Quotation, *, wanted: list[Wanted] | None, valid_until: date | None) -> None:
    """A new version, at today's prices if it is for other goods; the customer has not seen it. Raises WrongState."""
    await lock_quotation(quotation)
    reopened = quotation.state == QuotationState.expired.value and valid_until is not None
    if QuotationState.of(quotation.state) not in OPEN and not reopened:
        raise wrong_state(quotation)
    earlier = await quoted_lines(quotation)
    quotation.version += 1
    if quotation.state != QuotationState.draft.value:
        await move(quotation, QuotationState.draft)
    if valid_until is not None:
        quotation.valid_until = valid_until
    await Quotation.filter(id=quotation.id).update(version=quotation.version, valid_until=quotation.valid_until)
    if wanted is not None:
        await _write_lines(quotation, await quotation.customer, wanted)
    else:
        await _copy_lines(quotation, earlier)
    await expire_after(quotation)


async def lock_quotation(quotation: Quotation) -> None:
    """Holds a quotation still until the transaction ends, and reads it again."""
    await sql.rows(LOCK, quotation.id)
    await quotation.refresh_from_db()


async def quoted_lines(quotation: Quotation) -> list[QuotationLine]:
    """The lines of the version that stands, with their products, in order."""
    rows = QuotationLine.filter(quotation_id=quotation.id, version=quotation.version)
    return await rows.order_by("position").select_related("product")


async def discount_quotation(quotation: Quotation, discount: Decimal) -> None:
    """Sells every line of the standing version at this share of the price that applied."""
    lines = await quoted_lines(quotation)
    for line in lines:
        line.discount, line.price = discount, discounted(line.base_price, discount)
        worth = line_sum(line.quantity, line.price, rate=line.tax_rate, tax_included=line.tax_included)
        line.amount, line.tax = worth.amount, worth.tax
        await line.save(update_fields=["discount", "price", "amount", "tax"])
    await _follow(quotation, lines)


async def order_from(quotation: Quotation, *, requested: date | None, salesperson_id: int | None) -> SalesOrder:
    """The order that a locked quotation becomes, at its prices."""
    order = await SalesOrder.create(
        number=await next_number("SO"),
        customer_id=quotation.customer_id,  # type: ignore[attr-defined]
        salesperson_id=salesperson_id,
        state=OrderState.draft.value,
        total=quotation.total,
        requested_date=requested,
        note=quotation.note,
        created_at=now(),
        quotation=quotation,
    )
    for line in await quoted_lines(quotation):
        await SalesOrderLine.create(
            order=order, position=line.position, product_id=line.product_id, quantity=line.quantity, unit=line.unit,  # type: ignore[attr-defined]
            unit_quantity=line.unit_quantity, tolerance=line.product.tolerance, **_priced_columns(line),
        )  # fmt: skip
    await move(quotation, QuotationState.ordered)
    await drop_deadlines(quotation.number)
    return order


async def expire_after(quotation: Quotation) -> None:
    """Has the quotation expire when its last day is over."""
    await drop_deadlines(quotation.number)
    call = {"name": "quote.expire", "inputs": {"quotation": quotation.number}}
    await set_deadline(quotation.number, call, at_local(quotation.valid_until) + days(1))


def wrong_state(quotation: Quotation) -> WrongState:
    """The quotation is not where this step begins."""
    state = QuotationState.of(quotation.state)
    return WrongState(kind="quotation", number=quotation.number, state=state.value, state_text=state.text)


async def _write_lines(quotation: Quotation, customer: Customer, wanted: list[Wanted]) -> None:
    lines = [
        QuotationLine(
            quotation_id=quotation.id, version=quotation.version, position=position, product_id=each.product.id,
            quantity=each.quantity, unit=each.unit, unit_quantity=each.unit_quantity,
            **figures_of(each.quantity, priced),
        )
        for position, (each, priced) in enumerate(
            zip(wanted, await prices(customer, wanted), strict=True), start=1
        )
    ]  # fmt: skip
    await QuotationLine.bulk_create(lines)
    await _follow(quotation, lines)


async def _copy_lines(quotation: Quotation, lines: list[QuotationLine]) -> None:
    copies = [
        QuotationLine(
            quotation_id=quotation.id, version=quotation.version, position=line.position, product_id=line.product_id,  # type: ignore[attr-defined]
            quantity=line.quantity, unit=line.unit, unit_quantity=line.unit_quantity, **_priced_columns(line),
        )
        for line in lines
    ]  # fmt: skip
    await QuotationLine.bulk_create(copies)
    await _follow(quotation, copies)


def _priced_columns(line: QuotationLine) -> dict[str, Any]:
    names = ("base_price", "price_source", "discount", "price", "tax_included", "tax_rate", "tax", "amount")
    return {name: getattr(line, name) for name in names}


async def _follow(quotation: Quotation, lines: list[QuotationLine]) -> None:
    quotation.total = sum((line.amount for line in lines), ZERO)
    await Quotation.filter(id=quotation.id).update(total=quotation.total)
