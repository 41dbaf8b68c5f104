"""When it can be delivered: an order, or goods nobody has ordered yet."""

from datetime import date
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.sales.promises import OPEN, PromiseAnswer, promise_of, shown
from handlers.dispatch import MissingInput
from handlers.inputs import Day
from handlers.items import Item
from handlers.registry import query
from handlers.result import Needs, Numbered, Ref, Result
from handlers.visible import visible
from models.errors import NotFound
from models.sales.orders import lines_of
from models.sales.promising import outlooks
from models.sales.tables import DeliveryState, SalesOrder


class Eta(Result):
    """When all of it can leave, and whether that is by the day asked for."""

    order: Numbered | None
    asked: list[str] | None
    promise: PromiseAnswer | None
    by: date | None
    in_time: bool | None
    requested_date: date | None
    sent: bool
    lines: Annotated[list[str] | None, Needs("stock.detail")]


@query(
    "order.eta",
    says=[
        "{order}什么时候能到", "{order}什么时候到", "{order}什么时候能发", "{order}什么时候发", "{order}交期", "{order}交期多久", "{order}哪天能交", "{order}什么时候能交货",
        "{order}能不能{by}之前送到", "{order}{by}之前能到吗", "{by}之前一定要送到工地", "{by}之前一定要送到", "{by}之前要送到", "{by}之前能送到吗", "{by}能送到吗",
        "{items}什么时候能交", "{items}什么时候能发", "{items}什么时候有", "要{items}什么时候能交", "{items}多久能交", "{items}{by}能交吗", "{items}交期",
        "我的货什么时候到", "什么时候能到货", "什么时候到货", "什么时候能到", "什么时候到", "什么时候发货", "什么时候能发货",
        "我的订单什么时候发货", "我的订单什么时候到", "我的货什么时候发",
    ],
)  # fmt: skip
async def query_eta(
    me: Actor, *, order: SalesOrder | None = None, items: list[Item] | None = None, by: Day | None = None
) -> Eta:
    """查交期：什么时候能交、靠什么货"""
    if items is not None:
        return await _for_items(items, by)
    found = order or await _open_one(me)
    lines = await lines_of(found)
    promise = await promise_of(found, lines)
    return Eta(
        order=found.number,
        asked=None,
        promise=promise,
        by=by,
        in_time=_in_time(promise, by),
        requested_date=found.requested_date,
        sent=found.delivery_state == DeliveryState.delivered.value,
        lines=[line.product.name for line in lines if line.quantity > line.delivered],
    )


async def _for_items(items: list[Item], by: date | None) -> Eta:
    seen = await outlooks([item.product.id for item in items])
    promise = shown(
        [(Ref.of(item.product), item.product.unit, seen[item.product.id].promise(item.base_quantity)) for item in items]
    )
    return Eta(
        order=None,
        asked=[f"{item.product.name} {item.quantity.normalize():,f} {item.unit}" for item in items],
        promise=promise,
        by=by,
        in_time=_in_time(promise, by),
        requested_date=None,
        sent=False,
        lines=[item.product.name for item in items],
    )


def _in_time(promise: PromiseAnswer | None, by: date | None) -> bool | None:
    if by is None or promise is None:
        return None
    return promise.date is not None and promise.date <= by


async def _open_one(me: Actor) -> SalesOrder:
    """Which order a customer means who names none: their latest that has not all left. Colleagues have to say."""
    if not me.is_customer:
        raise MissingInput(input="order", handler="order.eta")
    rows = visible(me, SalesOrder).filter(state__in=[state.value for state in OPEN])
    found = await rows.exclude(delivery_state=DeliveryState.delivered.value).order_by("-id").first()
    if found is None:
        raise NotFound(kind="order")
    return found
