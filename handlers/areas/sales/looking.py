"""Orders looked at: one with all its facts, or a list of them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.sales.facts import OrderAnswer, answer, rounded
from handlers.areas.sales.offers import offers
from handlers.areas.sales.phases import Phase, in_phase
from handlers.dispatch import MissingInput
from handlers.inputs import Ambiguous, Cursor, Text, cursor_after
from handlers.reading.periods import Span
from handlers.registry import query
from handlers.result import Listing, Needs, Places, Ref, Result
from handlers.rights import Scope
from handlers.visible import visible
from models.clock import at_local, days
from models.errors import InvalidInput, NotFound
from models.finance.standing import InvoicedState, PaidState, Standing, standings
from models.party.tables import Customer
from models.production.tracking import track
from models.sales.orders import lines_of
from models.sales.tables import DeliveryState, OrderState, SalesOrder, SalesOrderLine, Stage

MOST = 5
"""Of so many orders of a period one is chosen."""


class OrderRow(Result):
    """An order in a list."""

    number: str
    customer: Ref
    stage: Stage
    delivery_state: DeliveryState
    invoice_state: Annotated[InvoicedState, Needs("order.amount")]
    payment_state: Annotated[PaidState, Needs("order.amount")]
    percent: int | None
    total: Annotated[Decimal | None, Places(2), Needs("order.amount")]
    summary: str
    created_at: datetime


class OrderList(Listing):
    """Orders, newest first."""

    items: list[OrderRow]


@query(
    "order.status",
    says=[
        "{order}", "{order}发货没有", "{order}那个单发货没有", "{order}发货了吗", "{order}发了没", "{order}什么情况",
        "我的货到哪了", "货到哪了", "我的货发了吗", "我的货发了没", "货发了吗", "发货了吗", "我的订单到哪了", "我的单到哪了",
        "我的订单发货了吗", "我的单发了吗",

        "{order}到哪了", "{order}状态", "{order}怎么样了", "{order}怎么样", "{order}现在怎么样", "{order}现在什么情况", "查订单{order}", "订单{order}", "{order}进度",
        "订单进度", "订单状态", "查订单进度", "{order}什么时候发货", "{order}那单发了没", "{customer}{period}那单发了没", "{customer}{period}的单发了没", "{customer}那单发了没",
    ],
)  # fmt: skip
async def query_order(
    me: Actor, *, order: SalesOrder | None = None, customer: Customer | None = None, period: Span | None = None
) -> OrderAnswer:
    """查订单：状态、进度和物流；不说单号时是客户最近的一张"""
    found = order or await _latest(me, customer, period)
    shown = await answer(found, exact=not me.is_customer)
    return shown.model_copy(update={"notices": await offers(me)})


@query(
    "order.list",
    says=[
        "我的订单",
        "wddd",
        "{customer}最近的单子",
        "{customer}的订单",
        "{customer}的单子",
        "{customer}{period}的订单",
        "{customer}{period}的单子",
        "{period}的订单",
        "{period}订单",
        "订单列表",
        "查订单",
        "查一下订单",
        "最近的订单",
        "有没有{phase}的单",
        "{phase}的单子有哪些",
        "哪些单{phase}了",
    ],
)
async def list_orders(
    me: Actor,
    *,
    customer: Customer | None = None,
    state: Text | None = None,
    phase: Phase | None = None,
    period: Span | None = None,
    cursor: Cursor | None = None,
) -> OrderList:
    """我的订单，按时间倒序"""
    # 我的订单 are one's own; a customer that is named may be a colleague's.
    mine = me.scope is Scope.team and customer is None
    rows = visible(me.at(Scope.own) if mine else me, SalesOrder)
    if customer is not None:
        rows = rows.filter(customer_id=customer.id)
    if state is not None:
        rows = rows.filter(state=_known_state(state))
    if phase is not None:
        rows = rows.filter(in_phase(phase))
    if period is not None:
        rows = rows.filter(**_placed_in(period))
    total = await rows.count()
    if cursor is not None:
        rows = rows.filter(id__lt=int(cursor))
    page = await rows.order_by("-id").limit(Listing.PAGE + 1).select_related("customer")
    stand = await standings([order.id for order in page])
    items = [await _row(order, stand[order.id], exact=not me.is_customer) for order in page[: Listing.PAGE]]
    more = cursor_after(page[Listing.PAGE - 1].id) if len(page) > Listing.PAGE else None
    return OrderList(total=total, next=more, items=items)


def _placed_in(period: Span) -> dict[str, datetime]:
    """The orders of some days, as a filter."""
    return {"created_at__gte": at_local(period.start), "created_at__lt": at_local(period.end) + days(1)}


def _known_state(given: str) -> str:
    """A state by its code or its word. Raises InvalidInput."""
    for state in OrderState:
        if given in (state.value, state.text):
            return state.value
    raise InvalidInput(input="state", given=given, why="no_such_state")


async def _latest(me: Actor, customer: Customer | None, period: Span | None) -> SalesOrder:
    """The newest order of a customer, of a period if one is named. Raises MissingInput, NotFound."""
    if customer is None:
        raise MissingInput(input="order", handler="order.status")
    rows = visible(me, SalesOrder).filter(customer_id=customer.id)
    if period is not None:
        rows = rows.filter(**_placed_in(period))
    found = await rows.order_by("-id").limit(MOST)
    if not found and period is not None:
        raise NotFound(kind="order_of_period", customer=customer.name, start=period.start, end=period.end)
    if not found:
        raise NotFound(kind="order")
    if period is not None and len(found) > 1:
        # 上周那单 is one of them; without a week it is simply the newest.
        choices = [
            {"number": each.number, "name": f"{each.number} {_summary(await lines_of(each))}", "line": each.number}
            for each in found
        ]
        raise Ambiguous(input="order", kind="order", given=customer.name, choices=choices)
    return found[0]


async def _row(order: SalesOrder, standing: Standing, *, exact: bool) -> OrderRow:
    tracked = await track(order)
    return OrderRow(
        number=order.number,
        customer=Ref.of(order.customer),
        stage=tracked.stage,
        delivery_state=standing.delivery,
        invoice_state=standing.invoice,
        payment_state=standing.payment,
        percent=rounded(tracked.percent, exact),
        total=order.total,
        summary=_summary(await lines_of(order)),
        created_at=order.created_at,
    )


def _summary(lines: list[SalesOrderLine]) -> str:
    """An order's goods in a few words."""
    shown = [line for line in lines if line.quantity] or lines
    first = f"{shown[0].product.name} × {shown[0].unit_quantity.normalize():,f} {shown[0].unit}"
    return first if len(shown) == 1 else f"{first} 等 {len(shown)} 项"
