"""Work as it is reported: what each operation passed on, how far a work order is, and what its end sets in motion."""

from dataclasses import dataclass
from decimal import Decimal

from models import sql
from models.base import ZERO
from models.clock import now
from models.errors import Refused, WrongState
from models.moves import move
from models.production.materials import WORK_IN_PROGRESS, backflush, give_back_material
from models.production.tables import JobReport, Operation, WorkOrder, WorkOrderState
from models.sales.amending import lock_order
from models.sales.orders import hold_stock, lines_of
from models.sales.tables import SalesOrder
from models.stock.moving import add_move
from models.stock.reversal import take_back
from models.system.numbers import next_number

LOCK = "SELECT id FROM work_order WHERE id = $1 FOR NO KEY UPDATE"

OPEN = (WorkOrderState.confirmed, WorkOrderState.in_progress)

ORDERS = """
SELECT DISTINCT o.id FROM work_order_demand d
JOIN sales_order_line l ON l.id = d.order_line_id JOIN sales_order o ON o.id = l.order_id
WHERE d.work_order_id = $1 ORDER BY o.id
"""


class TooMany(Refused):
    """More was reported than the earlier operation passed on, or taken back than the later one has left."""

    code = "too_many"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a work order is: per cent of its standard time, and good pieces out of the last operation."""

    percent: int
    made: Decimal
    lost: Decimal


async def operations_of(work_order: WorkOrder) -> list[Operation]:
    """A work order's operations, first to last."""
    return await Operation.filter(work_order_id=work_order.id).order_by("position")


def progress(work_order: WorkOrder, operations: list[Operation]) -> Progress:
    """Whole per cent, rounded down, so that 100 means done."""
    total = sum((work_order.quantity * step.minutes for step in operations), ZERO)
    done = sum((min(step.good + step.scrap, work_order.quantity) * step.minutes for step in operations), ZERO)
    finished = work_order.state in (WorkOrderState.completed.value, WorkOrderState.closed.value)
    percent = 100 if finished else min(99, int(done * 100 / total)) if total else 0
    lost = sum((step.scrap for step in operations), ZERO)
    return Progress(percent, operations[-1].good if operations else ZERO, lost)


async def report_work(
    work_order: WorkOrder,
    position: int,
    *,
    good: Decimal,
    scrap: Decimal,
    worker_id: int,
    reverses: JobReport | None = None,
) -> JobReport:
    """Books what one person made at one operation; a reversal has the opposite signs. Raises TooMany, WrongState."""
    await sql.rows(LOCK, work_order.id)
    await work_order.refresh_from_db()
    if work_order.state not in (*(state.value for state in OPEN), *(["completed"] if reverses else [])):
        text = {state.value: state.text for state in WorkOrderState}[work_order.state]
        raise WrongState(kind="work_order", number=work_order.number, state=work_order.state, state_text=text)
    steps = await operations_of(work_order)
    index = next(i for i, step in enumerate(steps) if step.position == position)
    _check(work_order, steps, index, good, scrap)
    step = steps[index]
    step.good, step.scrap = step.good + good, step.scrap + scrap
    await Operation.filter(id=step.id).update(good=step.good, scrap=step.scrap)
    report = await JobReport.create(
        number=await next_number("JR"),
        operation=step,
        worker_id=worker_id,
        good=good,
        scrap=scrap,
        reverses=reverses,
        reported_at=now(),
    )
    if index == len(steps) - 1 and good and reverses is None:
        await backflush(work_order, step.good, report.number, by=worker_id)
        await _put_in_stock(work_order, good, report.number, worker_id)
    elif index == len(steps) - 1 and good and reverses is not None:
        await give_back_material(work_order, reverses.number)
        await take_back(reverses.number, by=worker_id, memo=f"撤销 {reverses.number}")
    await _follow_state(work_order, steps)
    return report


async def orders_waiting(work_order: WorkOrder) -> list[SalesOrder]:
    """The orders whose lines wait for this work order, oldest first."""
    ids = [row["id"] for row in await sql.rows(ORDERS, work_order.id)]
    return await SalesOrder.filter(id__in=ids).order_by("id")


def _check(work_order: WorkOrder, steps: list[Operation], index: int, good: Decimal, scrap: Decimal) -> None:
    step = steps[index]
    passed = steps[index - 1].good if index else work_order.quantity
    left = passed - step.good - step.scrap
    if good + scrap > left:
        raise TooMany(
            number=work_order.number, operation=step.name, left=str(left.normalize()), given=str(good + scrap)
        )
    following = steps[index + 1] if index + 1 < len(steps) else None
    if following and step.good + good < following.good + following.scrap:
        raise TooMany(number=work_order.number, operation=following.name, left=ZERO, given=-good)


async def _put_in_stock(work_order: WorkOrder, good: Decimal, document: str, by: int) -> None:
    product = await work_order.product
    waiting = await orders_waiting(work_order)
    for order in waiting:
        await lock_order(order)
    await add_move(
        product_id=product.id,
        warehouse_id=work_order.warehouse_id,  # type: ignore[attr-defined]
        quantity=good,
        document=document,
        against=WORK_IN_PROGRESS,
        unit_cost=product.cost,
        by=by,
        memo=f"{work_order.number} 完工入库",
    )
    for order in waiting:
        await hold_stock(order, await lines_of(order))


async def _follow_state(work_order: WorkOrder, steps: list[Operation]) -> None:
    lost = sum((step.scrap for step in steps), ZERO)
    complete = steps[-1].good + lost >= work_order.quantity
    if complete and work_order.state != WorkOrderState.completed.value:
        await move(work_order, WorkOrderState.completed)
    elif not complete and work_order.state != WorkOrderState.in_progress.value:
        await move(work_order, WorkOrderState.in_progress)
