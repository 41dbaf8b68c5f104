"""Rows of production, and the moves that are legal for a work order."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, quantity_field, time_field, to
from models.states import Labelled


class WorkOrderState(Labelled):
    """Where a work order stands."""

    draft = "draft", "草稿"
    confirmed = "confirmed", "已确认"
    in_progress = "in_progress", "生产中"
    stopped = "stopped", "暂停"
    completed = "completed", "已完工"
    closed = "closed", "已结案"
    cancelled = "cancelled", "已取消"


class WorkOrder(Row):
    """An order to make; complete when good and lost together reach what was ordered."""

    number = fields.CharField(max_length=20, unique=True)
    product = to("Product")
    quantity = quantity_field()
    warehouse = to("Warehouse")
    state = fields.CharField(max_length=20)
    due_date = fields.DateField(null=True)
    created_at = time_field()

    class Meta:
        table = "work_order"

    MOVES = {
        WorkOrderState.confirmed: {WorkOrderState.in_progress, WorkOrderState.completed},
        WorkOrderState.in_progress: {WorkOrderState.completed},
        WorkOrderState.completed: {WorkOrderState.in_progress},
    }


class Operation(Row):
    """One step of a work order: what passed it, what was lost in it."""

    work_order = to("WorkOrder")
    position = fields.IntField()
    name = fields.CharField(max_length=40)
    minutes = quantity_field(default=1)
    good = quantity_field(default=0)
    scrap = quantity_field(default=0)

    class Meta:
        table = "operation"
        unique_together = (("work_order", "position"),)
        constraints = (CheckConstraint(check="good >= 0 AND scrap >= 0", name="operation_counts"),)


class JobReport(Row):
    """What one person reported at one operation; a reversal is a report with the opposite signs."""

    number = fields.CharField(max_length=20, unique=True)
    operation = to("Operation")
    worker = to("Person")
    good = quantity_field()
    scrap = quantity_field()
    reverses = to("JobReport", null=True)
    reported_at = time_field()

    class Meta:
        table = "job_report"


class WorkOrderDemand(Row):
    """How much of a work order's output is meant for one order line."""

    work_order = to("WorkOrder")
    order_line = to("SalesOrderLine")
    quantity = quantity_field()

    class Meta:
        table = "work_order_demand"
        unique_together = (("work_order", "order_line"),)


class BomLine(Row):
    """How much of a component one unit of a product takes."""

    product = to("Product")
    component = to("Product")
    factor = quantity_field()

    class Meta:
        table = "bom_line"
        unique_together = (("product", "component"),)


class WorkOrderMaterial(Row):
    """How much of a component a work order was given, fetched or taken when its output was reported."""

    work_order = to("WorkOrder")
    component = to("Product")
    issued = quantity_field(default=0)

    class Meta:
        table = "work_order_material"
        unique_together = (("work_order", "component"),)
        constraints = (CheckConstraint(check="issued >= 0", name="work_order_material_issued"),)
