"""An order's facts, and who hears of them: what every handler about orders answers with."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.sales.offers import Offer
from handlers.areas.sales.promises import PromiseAnswer, promise_of
from handlers.result import Needs, Numbered, Places, Quantity, Ref, Result
from models.base import ZERO
from models.delivery.telling import tell
from models.errors import WrongState
from models.finance.standing import InvoicedState, PaidState, standings
from models.party.finding import contacts_of
from models.party.tables import Customer, Person
from models.production.tracking import track
from models.sales.amending import percent_of
from models.sales.orders import lines_of
from models.sales.shipping import shipments_of
from models.sales.tables import (
    Delivery,
    DeliveryState,
    OrderState,
    SalesOrder,
    SalesOrderLine,
    ShipmentState,
    Stage,
)
from models.stock.reservation import held_by


class Line(Result):
    """One product of an order."""

    product: Ref
    quantity: Quantity
    unit: str
    base_quantity: Quantity
    base_unit: str
    price: Annotated[Decimal | None, Places(None), Needs("order.amount")]
    amount: Annotated[Decimal | None, Places(2), Needs("order.amount")]
    reserved: Annotated[Decimal | None, Places(None), Needs("order.internal")]
    delivered: Quantity
    returned: Quantity
    discount: Annotated[Decimal | None, Places(None), Needs("order.amount")]
    tax_rate: Annotated[Decimal | None, Places(None), Needs("order.amount")]
    tax: Annotated[Decimal | None, Places(2), Needs("order.amount")]
    tax_included: Annotated[bool | None, Needs("order.amount")]


class Shipment(Result):
    """Goods that left; the number is empty where there is none, as when the customer fetched them."""

    number: str
    state: ShipmentState
    carrier: str
    tracking_no: str
    shipped_at: datetime
    received_at: datetime | None


class OrderAnswer(Result):
    """An order, as far as its asker may see it; how far it is delivered, invoiced and paid are facts of their own."""

    number: str
    customer: Ref
    salesperson: Annotated[Ref | None, Needs("order.internal")]
    state: Annotated[OrderState, Needs("order.internal")]
    stage: Stage
    delivery_state: DeliveryState
    invoice_state: Annotated[InvoicedState, Needs("order.amount")]
    payment_state: Annotated[PaidState, Needs("order.amount")]
    percent: int | None
    total: Annotated[Decimal | None, Places(2), Needs("order.amount")]
    requested_date: date | None
    promise: PromiseAnswer | None
    revision: int
    delivered_percent: int
    invoiced_percent: Annotated[int | None, Needs("order.amount")]
    address: str | None
    receiver: str | None
    receiver_phone: str | None
    created_at: datetime
    confirmed_at: datetime | None
    received_at: datetime | None
    note: str | None
    lines: list[Line]
    shipments: list[Shipment]
    approval: Annotated[Numbered | None, Needs("order.internal")] = None
    over_by: Annotated[Decimal | None, Places(2), Needs("credit.detail")] = None
    short: Annotated[bool | None, Needs("order.internal")] = None
    notices: list[Offer] | None = None


async def answer(
    order: SalesOrder, *, exact: bool = True, approval: str | None = None, over_by: Decimal | None = None
) -> OrderAnswer:
    """An order's facts; customers are shown progress in steps of five per cent."""
    held = await held_by(order.number)
    tracked = await track(order)
    customer: Customer = await order.customer
    salesperson: Person | None = await order.salesperson if order.salesperson_id else None  # type: ignore[attr-defined]
    lines = await lines_of(order)
    ordered = sum((line.quantity for line in lines), ZERO)
    standing = (await standings([order.id]))[order.id]
    return OrderAnswer(
        number=order.number,
        customer=Ref(number=customer.number, name=customer.name),
        salesperson=Ref(number=salesperson.number, name=salesperson.called) if salesperson else None,
        state=_state(order),
        stage=tracked.stage,
        delivery_state=standing.delivery,
        invoice_state=standing.invoice,
        payment_state=standing.payment,
        percent=rounded(tracked.percent, exact),
        total=order.total,
        requested_date=order.requested_date,
        promise=await promise_of(order, lines),
        revision=order.revision,
        delivered_percent=percent_of(sum((line.delivered for line in lines), ZERO), ordered),
        invoiced_percent=percent_of(order.invoiced, order.total),
        address=order.address or customer.address or None,
        receiver=order.receiver or customer.receiver or None,
        receiver_phone=order.receiver_phone or customer.receiver_phone or None,
        created_at=order.created_at,
        confirmed_at=order.confirmed_at,
        received_at=order.received_at,
        note=order.note or None,
        lines=[_line(line, held.get(line.position, ZERO)) for line in lines if line.quantity or line.returned],
        shipments=[shipment(each) for each in await shipments_of(order)],
        approval=approval,
        over_by=over_by,
        short=any(line.delivered + held.get(line.position, ZERO) < line.quantity for line in lines),
    )


def shipment(delivery: Delivery) -> Shipment:
    """A delivery as answers show it."""
    return Shipment(
        number=delivery.number, state=ShipmentState.of(delivery.state), carrier=delivery.carrier,
        tracking_no=delivery.tracking_no, shipped_at=delivery.shipped_at, received_at=delivery.delivered_at,
    )  # fmt: skip


async def tell_about(me: Actor, kind: str, order: SalesOrder, *, salesperson: bool = True) -> None:
    """Tells those whom this kind of notice about an order is for what they may all know."""
    shown = await answer(order, exact=False)
    await tell(
        kind,
        about=order.number,
        facts=shown.facts(frozenset({"order.amount"})),
        answerable=order.salesperson_id,  # type: ignore[attr-defined]
        not_to=me.id,
        customer=await contacts_of(order.customer_id),  # type: ignore[attr-defined]
        salesperson=[order.salesperson_id] if salesperson and order.salesperson_id else [],  # type: ignore[attr-defined]
    )


async def tell_draft(order: SalesOrder, customer: Customer) -> None:
    """Tells a customer's salesperson of an order that waits for their word."""
    facts = (await answer(order)).facts(frozenset({"order.amount", "order.internal"}))
    owner = customer.owner_id  # type: ignore[attr-defined]
    await tell("order.draft", about=order.number, facts=facts, salesperson=[owner] if owner else [])


def wrong_state(order: SalesOrder) -> WrongState:
    """The order is not where this step begins."""
    state = _state(order)
    return WrongState(kind="order", number=order.number, state=state.value, state_text=state.text)


def _line(line: SalesOrderLine, held: Decimal) -> Line:
    return Line(
        product=Ref(code=line.product.code, name=line.product.name),
        quantity=line.unit_quantity,
        unit=line.unit,
        base_quantity=line.quantity,
        base_unit=line.product.unit,
        price=line.price,
        amount=line.amount,
        reserved=held,
        delivered=line.delivered,
        returned=line.returned,
        discount=line.discount,
        tax_rate=line.tax_rate,
        tax=line.tax,
        tax_included=line.tax_included,
    )


def _state(order: SalesOrder) -> OrderState:
    return OrderState.of(order.state)


def rounded(percent: int | None, exact: bool) -> int | None:
    """Per cent as it is, or in steps of five."""
    return percent if percent is None or exact else percent // 5 * 5
