"""Purchase orders: what was ordered from whom, and for when."""

from datetime import date
from decimal import Decimal

from models.clock import now
from models.party.tables import Supplier
from models.product.tables import Product
from models.purchase.tables import PurchaseOrder, PurchaseOrderLine, PurchaseState


async def place_purchase(
    number: str, supplier: str, lines: list[tuple[str, Decimal, Decimal]], *, due: date
) -> PurchaseOrder:
    """A confirmed purchase of product codes with quantities and prices, all due on one day."""
    order = await PurchaseOrder.create(
        number=number,
        supplier=await Supplier.get(name=supplier),
        state=PurchaseState.confirmed.value,
        created_at=now(),
    )
    for code, quantity, price in lines:
        product = await Product.get(code=code)
        await PurchaseOrderLine.create(order=order, product=product, quantity=quantity, price=price, due_date=due)
    return order
