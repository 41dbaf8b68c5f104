"""Work orders: written down and released to the workshop."""

from datetime import date
from decimal import Decimal

from models.clock import now
from models.product.tables import Product
from models.production.tables import Operation, WorkOrder, WorkOrderState
from models.stock.tables import Warehouse


async def release_work_order(
    number: str, product_code: str, quantity: Decimal, *, due: date, steps: list[tuple[str, int]]
) -> WorkOrder:
    """A confirmed work order with its operations, each with its standard minutes a piece."""
    work_order = await WorkOrder.create(
        number=number,
        product=await Product.get(code=product_code),
        quantity=quantity,
        warehouse=await Warehouse.all().order_by("rank").first(),
        state=WorkOrderState.confirmed.value,
        due_date=due,
        created_at=now(),
    )
    for position, (name, minutes) in enumerate(steps, start=1):
        await Operation.create(work_order=work_order, position=position, name=name, minutes=minutes)
    return work_order
