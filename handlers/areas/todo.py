"""What waits for one: consent, goods that are due, orders of customers that want a word."""

from tortoise.queryset import QuerySet

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import run
from handlers.registry import query
from handlers.result import Listing, Ref, Result
from handlers.rights import Scope
from handlers.visible import visible
from models.clock import today
from models.sales.tables import DeliveryState, OrderState, SalesOrder
from models.states import Labelled


class TodoKind(Labelled):
    """Why something waits."""

    approval = "approval", "等您审批"
    ship = "ship", "今天要发"
    draft = "draft", "等您确认"


class Todo(Result):
    """A document that waits, and whose it is."""

    number: str
    kind: TodoKind
    who: Ref


class Todos(Listing):
    """The first of what waits, the most pressing kind before the others."""

    items: list[Todo]


@query("todo.list", says=["我的待办", "今天的待办", "今天有什么事", "今天要做什么", "有什么要我办的", "我今天干什么"])
async def list_todos(me: Actor) -> Todos:
    """我的待办：等我审批的、今天要发的、等我确认的"""
    consent = await run(me, Call("approval.list"))
    found = [
        Todo(number=each["number"], kind=TodoKind.approval, who=Ref(**each["applicant"]))
        for each in consent.facts["items"]
    ]
    total = consent.facts["total"]
    for kind, orders in (
        (TodoKind.ship, _to_ship(me) if me.reach("ship.confirm") is not Scope.none else None),
        (TodoKind.draft, _drafts(me) if me.reach("order.confirm") is not Scope.none else None),
    ):
        if orders is None:
            continue
        total += await orders.count()
        rows = await orders.order_by("id").limit(Listing.PAGE).select_related("customer")
        found += [Todo(number=each.number, kind=kind, who=Ref.of(each.customer)) for each in rows]
    return Todos(total=total, items=found[: Listing.PAGE])


def _to_ship(me: Actor) -> QuerySet[SalesOrder]:
    due = visible(me.at(me.reach("ship.confirm")), SalesOrder).filter(requested_date__lte=today())
    going = due.filter(state__in=[OrderState.confirmed.value, OrderState.in_progress.value])
    return going.exclude(delivery_state=DeliveryState.delivered.value)


def _drafts(me: Actor) -> QuerySet[SalesOrder]:
    return visible(me.at(Scope.own), SalesOrder).filter(state=OrderState.draft.value)
