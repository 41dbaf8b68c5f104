"""Choosing a place: the warehouse that is meant when nobody says which, and where goods are put."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import sql
from models.errors import NotEnoughStock
from models.stock.tables import Warehouse

TRANSIT = "在途"
"""Where goods are between two warehouses; what lies there is held by its transfer, so none of it is ever free."""

MAKE_TRANSIT = "INSERT INTO warehouse (name, rank) VALUES ($1, 1000000) ON CONFLICT (name) DO NOTHING"

HOLDING = """
SELECT w.id, w.name, b.on_hand, b.on_hand - b.reserved AS free FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id
WHERE b.product_id = $1 AND w.name <> $2 ORDER BY w.rank, w.id
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where goods are put, and of which lot they are; without a location, where the product usually lies."""

    warehouse: Warehouse
    location: str | None = None
    lot: str | None = None
    expires_on: date | None = None


async def main_warehouse() -> Warehouse:
    """The warehouse that is meant when nobody says which."""
    found = await Warehouse.exclude(name=TRANSIT).order_by("rank", "id").first()
    assert found is not None, "there is no warehouse yet"
    return found


async def transit() -> Warehouse:
    """Where goods are while they are on their way."""
    await sql.rows(MAKE_TRANSIT, TRANSIT)
    return await Warehouse.get(name=TRANSIT)


async def warehouse_with(product_id: int, quantity: Decimal, *, physically: bool = False, **facts: str) -> Warehouse:
    """The first warehouse that has so much free, or, `physically`, so much at all. Raises NotEnoughStock with `facts`."""
    rows = await sql.rows(HOLDING, product_id, TRANSIT)
    figure = "on_hand" if physically else "free"
    for row in rows:
        if row[figure] >= quantity:
            return await Warehouse.get(id=row["id"])
    places = [{"warehouse": row["name"], "free": row[figure]} for row in rows if row[figure] > 0]
    raise NotEnoughStock(wanted=quantity, places=places, **facts)
