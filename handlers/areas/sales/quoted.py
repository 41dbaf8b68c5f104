"""A quotation's facts: for an answer, a notice, or a page."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from handlers.areas.sales.promises import PromiseAnswer, shown
from handlers.result import Needs, Numbered, Places, Quantity, Ref, Result
from models.base import ZERO
from models.party.tables import Customer, Person
from models.sales.promising import outlooks
from models.sales.quoting import OPEN, quoted_lines
from models.sales.tables import Quotation, QuotationLine, QuotationState, SalesOrder


class QuotedLine(Result):
    """One product of an offer; `list_price` is what applied before the discount."""

    product: Ref
    quantity: Quantity
    unit: str
    base_quantity: Quantity
    base_unit: str
    list_price: Annotated[Decimal, Places(None)]
    discount: Annotated[Decimal, Places(None)]
    price: Annotated[Decimal, Places(None)]
    tax_included: bool
    tax_rate: Annotated[Decimal, Places(None)]
    tax: Annotated[Decimal, Places(2)]
    amount: Annotated[Decimal, Places(2)]


class QuotationAnswer(Result):
    """An offer as a page or a phone shows it."""

    number: str
    version: int
    customer: Ref
    salesperson: Ref | None
    state: QuotationState
    total: Annotated[Decimal, Places(2)]
    net: Annotated[Decimal, Places(2)]
    tax: Annotated[Decimal, Places(2)]
    valid_until: date
    created_at: datetime
    sent_at: datetime | None
    note: str | None
    lines: list[QuotedLine]
    promise: PromiseAnswer | None
    order: Numbered | None
    approval: Annotated[Numbered | None, Needs("order.internal")] = None


class QuotationSent(QuotationAnswer):
    """An offer that went to its customer; without `page`, this server has no address to link to."""

    page: str | None


async def quotation_answer(quotation: Quotation, *, approval: str | None = None) -> QuotationAnswer:
    """An offer's facts, for an answer or for a page."""
    customer: Customer = await quotation.customer
    seller: Person | None = await quotation.salesperson if quotation.salesperson_id else None  # type: ignore[attr-defined]
    lines = await quoted_lines(quotation)
    order = await _order_of(quotation)
    tax = sum((line.tax for line in lines), ZERO)
    return QuotationAnswer(
        number=quotation.number,
        version=quotation.version,
        customer=Ref(number=customer.number, name=customer.name),
        salesperson=Ref(number=seller.number, name=seller.called) if seller else None,
        state=QuotationState.of(quotation.state),
        total=quotation.total,
        net=quotation.total - tax,
        tax=tax,
        valid_until=quotation.valid_until,
        created_at=quotation.created_at,
        sent_at=quotation.sent_at,
        note=quotation.note or None,
        lines=[_line(line) for line in lines],
        promise=await _promise(lines) if QuotationState.of(quotation.state) in OPEN else None,
        order=order.number if order else None,
        approval=approval,
    )


async def _promise(lines: list[QuotationLine]) -> PromiseAnswer:
    seen = await outlooks([line.product_id for line in lines])  # type: ignore[attr-defined]
    return shown(
        [(Ref.of(line.product), line.product.unit, seen[line.product_id].promise(line.quantity)) for line in lines]  # type: ignore[attr-defined]
    )


async def _order_of(quotation: Quotation) -> SalesOrder | None:
    """The order it became: whoever sees the one may know the number of the other."""
    return await SalesOrder.filter(quotation_id=quotation.id).first()


def _line(line: QuotationLine) -> QuotedLine:
    return QuotedLine(
        product=Ref(code=line.product.code, name=line.product.name), quantity=line.unit_quantity, unit=line.unit,
        base_quantity=line.quantity, base_unit=line.product.unit, list_price=line.base_price, discount=line.discount,
        price=line.price, tax_included=line.tax_included, tax_rate=line.tax_rate, tax=line.tax, amount=line.amount,
    )  # fmt: skip
