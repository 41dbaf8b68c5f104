"""Pages of sales: a quotation, an order and a delivery note as their customer sees them."""

from datetime import datetime, timedelta

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer
from handlers.areas.sales.looking import query_order
from handlers.areas.sales.quoted import QuotationAnswer, quotation_answer
from handlers.filing import Photo, photos_of
from handlers.measures import in_packs
from handlers.pages import Sheet, page
from handlers.result import Numbered, Quantity, Ref, Result
from models import sql
from models.errors import WrongState
from models.party.tables import Customer
from models.sales.quoting import wrong_state
from models.sales.tables import Delivery, Quotation, QuotationState, SalesOrder, ShipmentState

MONTH = timedelta(days=30)
QUARTER = timedelta(days=90)

UNSENT = {QuotationState.draft.value, QuotationState.pending_approval.value}

CARRIED = """
SELECT p.code, p.name AS product, p.unit, d.quantity, l.unit AS pack, l.quantity / l.unit_quantity AS holds
FROM delivery_line d JOIN sales_order_line l ON l.id = d.order_line_id JOIN product p ON p.id = l.product_id
WHERE d.delivery_id = $1 ORDER BY l.position
"""


class Goods(Result):
    """So much of one product; `packs` says it in its larger unit, if it has one."""

    code: str
    product: str
    quantity: Quantity
    unit: str
    packs: str | None


class QuotationSheet(Sheet):
    """An offer, with the first photo of each product that has one; a version that nobody has sent yet is `in_revision`."""

    quotation: QuotationAnswer
    address: str
    in_revision: bool
    photos: list[Photo]


class OrderSheet(Sheet):
    """An order."""

    order: OrderAnswer
    address: str


class DeliverySheet(Sheet):
    """Goods that left for a customer, for them to sign."""

    number: str
    order: Numbered
    customer: Ref
    address: str
    carrier: str
    tracking_no: str
    shipped_at: datetime
    lines: list[Goods]


@page(
    "quotation",
    says=[
        "打印{quotation}",
        "打印报价单{quotation}",
        "{quotation}打印",
        "{quotation}网页",
        "报价单{quotation}网页",
        "报价图{quotation}",
        "{quotation}报价图",
        "报价单{quotation}图片",
    ],
    lives=QUARTER,
    outward=True,
)
async def quotation_page(me: Actor, *, quotation: Quotation) -> QuotationSheet:
    """报价单的网页，发给客户以后可以打印或转发"""
    if quotation.sent_at is None and quotation.state in UNSENT:
        raise wrong_state(quotation)
    customer: Customer = await quotation.customer
    shown = await quotation_answer(quotation)
    photos = await photos_of([line.product.code or "" for line in shown.lines])
    return QuotationSheet(
        heading=f"报价单 {quotation.number}",
        quotation=shown,
        address=customer.address,
        in_revision=quotation.state in UNSENT,
        photos=list({photo.code: photo for photo in reversed(photos)}.values()),
    )


@page(
    "order",
    says=["打印{order}", "打印订单{order}", "{order}打印", "{order}网页", "订单{order}网页"],
    lives=MONTH,
    outward=True,
)
async def order_page(me: Actor, *, order: SalesOrder) -> OrderSheet:
    """订单的网页，可以打印或转发给客户"""
    customer: Customer = await order.customer
    return OrderSheet(
        heading=f"销售订单 {order.number}", order=await query_order(me, order=order), address=customer.address
    )


@page(
    "delivery",
    says=["打印{delivery}", "打印送货单{delivery}", "打印发货单{delivery}", "送货单{delivery}"],
    lives=MONTH,
    outward=True,
)
async def delivery_page(me: Actor, *, delivery: Delivery) -> DeliverySheet:
    """送货单的网页，打印后随货签收"""
    if delivery.state == ShipmentState.cancelled.value:
        raise WrongState(number=delivery.number, state=delivery.state, state_text=ShipmentState.cancelled.text)
    order: SalesOrder = await delivery.order
    customer: Customer = await order.customer
    return DeliverySheet(
        heading=f"送货单 {delivery.number}",
        number=delivery.number,
        order=order.number,
        customer=Ref.of(customer),
        address=customer.address,
        carrier=delivery.carrier,
        tracking_no=delivery.tracking_no,
        shipped_at=delivery.shipped_at,
        lines=[
            Goods(
                code=row["code"], product=row["product"], quantity=row["quantity"], unit=row["unit"],
                packs=in_packs(row["quantity"], row["unit"], row["pack"], row["holds"]),
            )
            for row in await sql.rows(CARRIED, delivery.id)
        ],
    )  # fmt: skip
