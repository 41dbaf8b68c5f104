"""Material of a work order: fetched by hand, or, where a bill of materials says so, taken when output is reported."""

from decimal import Decimal

from models import sql
from models.base import ZERO
from models.production.tables import BomLine, WorkOrder, WorkOrderMaterial
from models.stock.moving import add_move
from models.stock.placing import TRANSIT

WORK_IN_PROGRESS = "5001"

GIVEN = """
INSERT INTO work_order_material (work_order_id, component_id, issued) VALUES ($1, $2, $3)
ON CONFLICT (work_order_id, component_id) DO UPDATE SET issued = work_order_material.issued + excluded.issued
RETURNING issued
"""

GIVEN_BACK = "UPDATE work_order_material SET issued = issued - $3 WHERE work_order_id = $1 AND component_id = $2"

# The work order's own warehouse first.
FREE = """
SELECT b.warehouse_id, b.on_hand - b.reserved AS free FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.product_id = $1 AND b.on_hand > b.reserved AND w.name <> $3
ORDER BY b.warehouse_id <> $2, w.rank, b.warehouse_id FOR UPDATE OF b
"""

# Of one report, so that taking it back gives back what that report took.
TAKEN = """
SELECT m.product_id, -sum(m.quantity) AS quantity FROM stock_move m
WHERE m.document = $1 AND m.product_id <> $2 GROUP BY m.product_id ORDER BY m.product_id
"""


async def note_material(work_order_id: int, component_id: int, quantity: Decimal) -> None:
    """Counts what a work order was given; negative when it is taken back."""
    await sql.rows(GIVEN if quantity > 0 else GIVEN_BACK, work_order_id, component_id, abs(quantity))


async def backflush(work_order: WorkOrder, made: Decimal, document: str, *, by: int) -> None:
    """Takes what `made` pieces in all need and nobody has fetched yet, as far as it is free (decision 0017)."""
    for line in await BomLine.filter(product_id=work_order.product_id).order_by("component_id"):  # type: ignore[attr-defined]
        component: int = line.component_id  # type: ignore[attr-defined]
        given = await WorkOrderMaterial.filter(work_order_id=work_order.id, component_id=component).first()
        lacking = line.factor * made - (given.issued if given else ZERO)
        if lacking > 0:
            await _take(work_order, component, lacking, document, by)


async def give_back_material(work_order: WorkOrder, document: str) -> None:
    """Notes that what a report took is back; its goods are returned with the report itself."""
    for row in await sql.rows(TAKEN, document, work_order.product_id):  # type: ignore[attr-defined]
        await note_material(work_order.id, row["product_id"], -row["quantity"])


async def _take(work_order: WorkOrder, component: int, lacking: Decimal, document: str, by: int) -> None:
    for row in await sql.rows(FREE, component, work_order.warehouse_id, TRANSIT):  # type: ignore[attr-defined]
        part = min(lacking, row["free"])
        if part > 0:
            await add_move(
                product_id=component, warehouse_id=row["warehouse_id"], quantity=-part, document=document,
                against=WORK_IN_PROGRESS, memo=f"{work_order.number} 倒冲", by=by,
            )  # fmt: skip
            await note_material(work_order.id, component, part)
            lacking -= part
