"""Goods that go out: for an order, for a work order, or for another reason."""

from handlers.actor import Actor
from handlers.areas.stock.adjusting import Adjusted, do_now, do_with_consent, going_out
from handlers.areas.stock.facts import remarks
from handlers.call import Call
from handlers.carriers import PICKED_UP, KnownCarrier
from handlers.dispatch import Done, Instead, MissingInput
from handlers.inputs import Ambiguous, Remark, TrackingNo
from handlers.items import Item
from handlers.places import LotNo
from handlers.registry import command, handler
from handlers.visible import visible
from models.errors import Refused, WrongState
from models.party.tables import Customer
from models.production.materials import note_material
from models.production.tables import WorkOrder, WorkOrderState
from models.sales.orders import lines_of
from models.sales.shipping import DUE
from models.sales.tables import SalesOrder
from models.stock.tables import AdjustmentKind
from models.stock.transferring import Place


class NeedsOrder(Refused):
    """Goods leave for a customer by an order only."""

    code = "needs_order"


@command(
    "stock.out",
    says=[
        "{order}{carrier}", "{order}{carrier}{tracking_no}", "{order}{carrier}单号{tracking_no}", "出库{order}", "ck{order}", "{order}出库", "{order}出{items}", "出库{items}", "领用{items}", "出库{items}原因{reason}",
        "从{place}出库{items}", "车间领料{items}{work_order}", "领料{items}{work_order}", "{work_order}领料{items}",
        "{work_order}领{items}", "{customer}自提{items}", "{customer}来拿{items}", "出库{items}批号{lot}",
    ],
)  # fmt: skip
async def issue_goods(
    me: Actor,
    *,
    items: list[Item] | None = None,
    order: SalesOrder | None = None,
    work_order: WorkOrder | None = None,
    customer: Customer | None = None,
    place: Place | None = None,
    lot: LotNo | None = None,
    reason: Remark | None = None,
    carrier: KnownCarrier | None = None,
    tracking_no: TrackingNo | None = None,
) -> Done[Adjusted]:
    """出库：订单发货、车间领料、其他领用（要写原因，金额大的先审批），十分钟内可撤销"""
    if order is not None:
        raise Instead(_shipping(order, items, carrier or (PICKED_UP if customer else None), tracking_no))
    if not items:
        raise MissingInput(input="items", handler="stock.out")
    if customer is not None:
        raise Instead(_shipping(await _ordered(me, customer, items), items, carrier or PICKED_UP, None))
    if work_order is not None:
        return await _material(me, work_order, items, place, lot)
    changes = [await going_out(item, place, lot) for item in items]
    why = reason or remarks(items)
    return await do_with_consent(me, AdjustmentKind.issue, changes, items, reason=why)


def _shipping(
    order: SalesOrder, items: list[Item] | None, carrier: KnownCarrier | None, tracking_no: TrackingNo | None
) -> Call:
    """What leaves for an order is a delivery: all that is held, or the part that was said."""
    said = {
        "items": handler("ship.confirm").inputs["items"].reader.save(items) if items else None,
        "carrier": carrier,
        "tracking_no": tracking_no,
    }
    return Call("ship.confirm", {"order": order.number, **{name: value for name, value in said.items() if value}})


async def _ordered(me: Actor, customer: Customer, items: list[Item]) -> SalesOrder:
    """The order of a customer that these goods leave for. Raises NeedsOrder without one, Ambiguous among several."""
    wanted = {item.product.id for item in items}
    due = [state.value for state in DUE]
    found = []
    for order in await visible(me, SalesOrder).filter(customer_id=customer.id, state__in=due).order_by("id"):
        lacking = {line.product.id for line in await lines_of(order) if line.quantity > line.delivered}
        if wanted <= lacking:
            found.append(order)
    if not found:
        what = " ".join(f"{item.product.code} {item.quantity.normalize():f}{item.unit}" for item in items)
        raise NeedsOrder(customer=customer.name, items=what)
    if len(found) > 1:
        choices = [{"name": order.number} for order in found]
        raise Ambiguous(input="order", kind="order", given=customer.name, choices=choices)
    return found[0]


async def _material(
    me: Actor, work_order: WorkOrder, items: list[Item], place: Place | None, lot: LotNo | None
) -> Done[Adjusted]:
    state = WorkOrderState.of(work_order.state)
    if state not in (WorkOrderState.confirmed, WorkOrderState.in_progress):
        raise WrongState(kind="work_order", number=work_order.number, state=state.value, state_text=state.text)
    changes = [await going_out(item, place, lot) for item in items]
    done = await do_now(me, AdjustmentKind.material, changes, items, reason="", about=work_order.number)
    for each in changes:
        await note_material(work_order.id, each.product.id, -each.quantity)
    return done
