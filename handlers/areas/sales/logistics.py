"""Where goods are that have left: the carrier and its number."""

from handlers.actor import Actor
from handlers.areas.sales.facts import Shipment, shipment
from handlers.dispatch import MissingInput
from handlers.registry import query
from handlers.result import Result
from handlers.sales import Parcel
from handlers.visible import visible
from models.errors import Refused
from models.sales.shipping import shipments_of
from models.sales.tables import DeliveryState, SalesOrder


class NothingSent(Refused):
    """Nothing of it, or of the asker's orders, has left."""

    code, status = "nothing_sent", 409


class Logistics(Result):
    """An order's shipments, the newest first."""

    number: str
    received: bool
    shipments: list[Shipment]


@query(
    "logistics.query",
    says=[
        "快递单号", "快递单号发我", "快递单号多少", "物流单号", "物流信息", "查物流", "查快递", "快递到哪了", "发的什么快递",
        "{tracking_no}", "{tracking_no}到哪了", "查快递{tracking_no}", "查物流{tracking_no}", "{order}物流", "{order}快递单号", "{order}物流单号", "{order}快递到哪了", "{order}发的什么快递",
    ],
)  # fmt: skip
async def query_logistics(
    me: Actor, *, order: SalesOrder | None = None, tracking_no: Parcel | None = None
) -> Logistics:
    """查物流：快递公司和单号；客户不说单号时是最近发的一张"""
    of_parcel: SalesOrder | None = tracking_no.delivery.order if tracking_no else None
    found = order or of_parcel or await _last_sent(me)
    sent = (await shipments_of(found))[::-1] if found else []
    if found is None or not sent:
        raise NothingSent(**({"number": found.number} if found else {}))
    return Logistics(
        number=found.number,
        received=found.received_at is not None,
        shipments=[shipment(each) for each in sent],
    )


async def _last_sent(me: Actor) -> SalesOrder | None:
    if not me.is_customer:
        raise MissingInput(input="order", handler="logistics.query")
    left = [DeliveryState.partial.value, DeliveryState.delivered.value]
    return await visible(me, SalesOrder).filter(delivery_state__in=left).order_by("-id").first()
