"""Pressing for an order: a customer reaches their salesperson, a colleague the warehouse."""

from handlers.actor import Actor
from handlers.areas.sales.facts import answer, wrong_state
from handlers.dispatch import MissingInput
from handlers.registry import command
from handlers.result import Ref, Result
from handlers.visible import visible
from models.delivery.telling import tell
from models.errors import NotFound
from models.party.finding import people_with
from models.party.tables import Person, Role
from models.sales.tables import DeliveryState, OrderState, SalesOrder, Stage

OVER = [OrderState.cancelled.value, OrderState.closed.value, OrderState.done.value]


class Urged(Result):
    """An order that was pressed for: where it stands, and who was told."""

    number: str
    stage: Stage
    who: Ref


@command(
    "order.urge",
    says=[
        "催一下{order}", "催一下{order}发货", "催{order}", "催{order}发货", "催单{order}", "{order}催一下", "{order}快点发", "{order}快点发货",
        "{order}能快点吗", "{order}能不能快点", "催单", "催货", "催发货", "催一下", "快点发货",
    ],
)  # fmt: skip
async def urge_order(me: Actor, *, order: SalesOrder | None = None) -> Urged:
    """催单：请业务员或仓库尽快处理"""
    urged = order or await _waiting(me)
    if urged.delivery_state == DeliveryState.delivered.value or urged.state in OVER:
        raise wrong_state(urged)
    shown = await answer(urged, exact=False)
    facts = {**shown.facts(frozenset({"order.internal"})), "by": me.called}
    seller: Person | None = await urged.salesperson
    if me.is_customer and seller is not None:
        await tell("order.urged", about=urged.number, facts=facts, not_to=me.id, salesperson=[seller.id])
        return Urged(number=urged.number, stage=shown.stage, who=Ref.of(seller))
    await tell(
        "order.urged", about=urged.number, facts=facts, not_to=me.id, warehouse=await people_with(Role.warehouse)
    )
    return Urged(number=urged.number, stage=shown.stage, who=Ref(name="仓库"))


async def _waiting(me: Actor) -> SalesOrder:
    """The one of a customer's that has waited longest; colleagues have to say which."""
    if not me.is_customer:
        raise MissingInput(input="order", handler="order.urge")
    rows = visible(me, SalesOrder).exclude(delivery_state=DeliveryState.delivered.value).exclude(state__in=OVER)
    found = await rows.order_by("id").first()
    if found is None:
        raise NotFound(kind="order")
    return found
