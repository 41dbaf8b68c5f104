"""The workshop: what was made, and how far a work order is."""

from datetime import date
from decimal import Decimal

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Count, Text
from handlers.items import Unit, refuse_fractions, unit_factor
from handlers.registry import command, query
from handlers.result import Numbered, Quantity, Ref, Result
from handlers.visible import find
from models.base import ZERO
from models.chat.tables import Attachment
from models.delivery.telling import tell
from models.errors import InvalidInput, NotFound
from models.party.finding import contacts_of
from models.production.progress import (
    operations_of,
    orders_waiting,
    progress,
    report_work,
)
from models.production.tables import JobReport, Operation, WorkOrder, WorkOrderState
from models.text import key

TOLD_AT = (1, 50)
"""Per cent at which whoever waits for the goods hears of it."""


class Step(Result):
    """One operation: what passed it, what was lost, what is left."""

    name: str
    good: Quantity
    scrap: Quantity
    left: Quantity


class ProgressAnswer(Result):
    """How far a work order is."""

    number: str
    product: Ref
    quantity: Quantity
    unit: str
    state: WorkOrderState
    percent: int
    made: Quantity
    lost: Quantity
    remaining: Quantity
    due_date: date | None
    steps: list[Step]


class Reported(Result):
    """What was reported, and how far the work order is now."""

    number: str
    work_order: Numbered
    product: Ref
    operation: str
    good: Quantity
    scrap: Quantity
    unit: str
    left: Quantity
    percent: int
    state: WorkOrderState
    photo: str | None


class Unreported(Result):
    """A report that was taken back."""

    number: str
    work_order: Numbered
    operation: str
    good: Quantity
    scrap: Quantity


@query(
    "task.progress",
    says=[
        "{work_order}做到哪了", "{work_order}进度", "{work_order}做了多少", "{work_order}什么时候能完", "{work_order}什么时候好",
        "{work_order}还差多少个", "{work_order}还差多少", "…还差多少个", "…还差多少", "…做到哪了", "查工单{work_order}", "工单{work_order}", "{work_order}",
    ],
)  # fmt: skip
async def query_progress(me: Actor, *, work_order: WorkOrder) -> ProgressAnswer:
    """查工单进度：各工序数量和百分比"""
    product = await work_order.product
    steps = await operations_of(work_order)
    figures = progress(work_order, steps)
    passed = [work_order.quantity, *(step.good for step in steps)]
    return ProgressAnswer(
        number=work_order.number,
        product=Ref(code=product.code, name=product.name),
        quantity=work_order.quantity,
        unit=product.unit,
        state=_state(work_order),
        percent=figures.percent,
        made=figures.made,
        lost=figures.lost,
        remaining=max(ZERO, work_order.quantity - figures.made - figures.lost),
        due_date=work_order.due_date,
        steps=[
            Step(name=step.name, good=step.good, scrap=step.scrap, left=before - step.good - step.scrap)
            for before, step in zip(passed, steps, strict=False)
        ],
    )


@command(
    "task.report",
    says=[
        "{work_order}{operation}{good}{unit}不良{scrap}", "{work_order}{operation}{good}{unit}报废{scrap}", "{work_order}{operation}{good}不良{scrap}",
        "{work_order}{operation}{good}{unit}", "{work_order}{operation}{good}",
        "报工{work_order}{operation}{good}{unit}不良{scrap}", "报工{work_order}{operation}{good}", "报工{work_order}{good}",
        "{work_order}报工{good}", "报工{work_order}", "报工", "{work_order}干了{good}{unit}", "干了{good}{unit}", "干了{good}",
        "上午干了{good}{unit}", "下午干了{good}{unit}", "今天干了{good}{unit}", "我干了{good}{unit}",
    ],
)  # fmt: skip
async def report_task(
    me: Actor,
    *,
    work_order: WorkOrder,
    operation: Text | None = None,
    good: Count,
    scrap: Count | None = None,
    unit: Unit | None = None,
    photo: Attachment | None = None,
) -> Done[Reported]:
    """报工：登记合格和不良，十分钟内可撤销"""
    product = await work_order.product
    holds = await unit_factor(product, unit) if unit is not None else Decimal(1)
    good, lost = Count(good * holds), (Decimal(scrap) if scrap is not None else ZERO) * holds
    refuse_fractions(product.unit, good, "good")
    refuse_fractions(product.unit, lost, "scrap")
    if good + lost <= 0:
        raise InvalidInput(input="good", given=str(good), why="too_small")
    steps = await operations_of(work_order)
    step = _operation(work_order, steps, operation)
    before = progress(work_order, steps).percent
    report = await report_work(work_order, step.position, good=good, scrap=lost, worker_id=me.person_id)
    steps = await operations_of(work_order)
    after = progress(work_order, steps).percent
    await _tell_customers(me, work_order, before, after)
    index = next(i for i, each in enumerate(steps) if each.id == step.id)
    passed = steps[index - 1].good if index else work_order.quantity
    result = Reported(
        number=report.number,
        work_order=work_order.number,
        product=Ref(code=product.code, name=product.name),
        operation=step.name,
        good=good,
        scrap=lost,
        unit=product.unit,
        left=passed - steps[index].good - steps[index].scrap,
        percent=after,
        state=_state(work_order),
        photo=await _lay_with(report, photo) if lost else None,
    )
    return Done(result, undo=Call("task.unreport", {"report": report.number}), files_for=report.number if lost else "")


@command("task.unreport")
async def unreport_task(me: Actor, *, report: Text) -> Unreported:
    """撤回一次报工（撤销时执行）"""
    found = await _own_report(me, report)
    operation = await found.operation
    work_order: WorkOrder = await operation.work_order
    back = await report_work(
        work_order, operation.position, good=-found.good, scrap=-found.scrap, worker_id=me.person_id, reverses=found
    )
    return Unreported(
        number=back.number, work_order=work_order.number, operation=operation.name, good=found.good, scrap=found.scrap
    )


async def _lay_with(report: JobReport, photo: Attachment | None) -> str | None:
    """What is bad is shown by the photo that was sent just before, or by those that follow."""
    if photo is None:
        return None
    await Attachment.filter(id=photo.id).update(about=report.number)
    return photo.number


async def _own_report(me: Actor, number: str) -> JobReport:
    report = await find(me, JobReport, number=number)
    if await _reversed(report):
        raise NotFound(kind="job_report")
    return report


async def _reversed(report: JobReport) -> bool:
    return bool(report.reverses_id) or await JobReport.filter(reverses_id=report.id).exists()  # type: ignore[attr-defined]


def _operation(work_order: WorkOrder, steps: list[Operation], wanted: str | None) -> Operation:
    """The operation by name; without one, the only one with something left to do."""
    if wanted is not None:
        named = next((step for step in steps if key(wanted).removesuffix("这道") == key(step.name)), None)
        if named is not None:
            return named
        raise InvalidInput(
            input="operation", given=wanted, why="no_such_operation", choices=[step.name for step in steps]
        )
    passed = [work_order.quantity, *(step.good for step in steps)]
    busy = [step for before, step in zip(passed, steps, strict=False) if before > step.good + step.scrap]
    if len(busy) == 1:
        return busy[0]
    raise MissingInput(input="operation", handler="task.report", choices=[step.name for step in busy or steps])


async def _tell_customers(me: Actor, work_order: WorkOrder, before: int, after: int) -> None:
    if not any(before < mark <= after for mark in TOLD_AT):
        return
    for order in await orders_waiting(work_order):
        await tell(
            "order.production",
            about=order.number,
            facts={"number": order.number, "percent": max(5, after // 5 * 5), "stage_text": "生产中"},
            answerable=order.salesperson_id,  # type: ignore[attr-defined]
            customer=await contacts_of(order.customer_id),  # type: ignore[attr-defined]
        )


def _state(work_order: WorkOrder) -> WorkOrderState:
    return next(state for state in WorkOrderState if state.value == work_order.state)
