"""Stocktakes: each count is compared with the books at its own moment, so goods may come and go until it is posted."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from models import sql
from models.base import ZERO
from models.clock import now
from models.errors import NotEnoughStock, Refused, WrongState
from models.moves import move
from models.product.tables import Product
from models.stock.bins import lying
from models.stock.moving import CENT, add_move
from models.stock.reservation import Dropped, make_room
from models.stock.tables import Stocktake, StocktakeLine, StocktakeState, Warehouse
from models.system.numbers import next_number

FOUND_OR_LOST = "1901"

LOCK_WAREHOUSE = "SELECT id FROM warehouse WHERE id = $1 FOR NO KEY UPDATE"

LOCK_COUNT = "SELECT id FROM stocktake WHERE id = $1 FOR NO KEY UPDATE"

# The balance's lock keeps the bins still while they are read.
LOCK_BALANCE = """
INSERT INTO stock_balance (product_id, warehouse_id, on_hand, reserved) VALUES ($1, $2, 0, 0)
ON CONFLICT (product_id, warehouse_id) DO UPDATE SET on_hand = stock_balance.on_hand RETURNING id
"""

STANDING = """
SELECT DISTINCT ON (l.product_id, l.location, l.lot) l.id, l.product_id, p.code, p.name, p.unit, p.cost, l.location, l.lot,
  l.booked, l.counted FROM stocktake_line l JOIN product p ON p.id = l.product_id
WHERE l.stocktake_id = $1 AND NOT l.withdrawn ORDER BY l.product_id, l.location, l.lot, l.id DESC
"""

UNCOUNTED = """
SELECT count(*) AS count FROM stock_balance b WHERE b.warehouse_id = $1 AND b.on_hand > 0 AND NOT EXISTS (
  SELECT FROM stocktake_line l WHERE l.stocktake_id = $2 AND l.product_id = b.product_id AND NOT l.withdrawn)
"""


class AlreadyCounting(Refused):
    """This warehouse is being counted already."""

    code, status = "already_counting", 409


class CountedOtherwise(Refused):
    """A product is counted as a whole, or place by place and lot by lot, but not both ways."""

    code = "counted_otherwise"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was counted of a product against the books of that moment."""

    product_id: int
    code: str
    name: str
    unit: str
    cost: Decimal
    location: str
    lot: str
    booked: Decimal
    counted: Decimal

    @property
    def quantity(self) -> Decimal:
        return self.counted - self.booked

    @property
    def value(self) -> Decimal:
        """In CNY, at the present cost; negative for what is missing."""
        return (self.quantity * self.cost).quantize(CENT, ROUND_HALF_UP)


async def start_count(warehouse: Warehouse, *, by: int) -> Stocktake:
    """Begins to count a warehouse. Raises AlreadyCounting."""
    await sql.rows(LOCK_WAREHOUSE, warehouse.id)
    earlier = await open_counts(warehouse.id)
    if earlier:
        raise AlreadyCounting(number=earlier[0].number, warehouse=warehouse.name)
    return await Stocktake.create(
        number=await next_number("ST"), warehouse=warehouse, started_at=now(), started_by_id=by
    )


async def open_counts(warehouse_id: int | None = None) -> list[Stocktake]:
    """What is being counted or reviewed, of one warehouse or of all."""
    rows = Stocktake.filter(state__in=[StocktakeState.counting.value, StocktakeState.review.value])
    if warehouse_id is not None:
        rows = rows.filter(warehouse_id=warehouse_id)
    return await rows.order_by("id").select_related("warehouse")


async def record_count(
    count: Stocktake, product: Product, counted: Decimal, *, location: str = "", lot: str = "", by: int
) -> StocktakeLine:
    """Notes what was counted, with what the books say now. Raises WrongState, CountedOtherwise."""
    await _hold_still(count)
    await sql.rows(LOCK_BALANCE, product.id, count.warehouse_id)  # type: ignore[attr-defined]
    whole = not location and not lot
    for other in await differences(count):
        if other.product_id == product.id and whole != (not other.location and not other.lot):
            raise CountedOtherwise(product=product.name, number=count.number)
    booked = await lying(product.id, count.warehouse_id, location or None, lot or None)  # type: ignore[attr-defined]
    return await StocktakeLine.create(
        stocktake=count, product=product, location=location, lot=lot, booked=booked, counted=counted,
        counted_at=now(), counted_by_id=by,
    )  # fmt: skip


async def withdraw_count(line: StocktakeLine) -> None:
    """Takes a record back; what was noted before it counts again. Raises WrongState."""
    await _hold_still(await line.stocktake)
    if not await StocktakeLine.filter(id=line.id, withdrawn=False).update(withdrawn=True):
        raise WrongState(number="", state="withdrawn", state_text="已撤销")


async def differences(count: Stocktake) -> list[Difference]:
    """What was counted, by product, place and lot, each as it stands."""
    return [Difference(**{k: v for k, v in row.items() if k != "id"}) for row in await sql.rows(STANDING, count.id)]


async def uncounted(count: Stocktake) -> int:
    """How many products of the warehouse nobody has counted; they stay as the books say."""
    found = await sql.row(UNCOUNTED, count.warehouse_id, count.id)  # type: ignore[attr-defined]
    return int(found["count"]) if found else 0


async def post_count(count: Stocktake, *, by: int | None) -> list[Dropped]:
    """Books the differences; says whose reservations had to give way. Raises WrongState, NotEnoughStock."""
    await sql.rows(LOCK_COUNT, count.id)
    await move(count, StocktakeState.done, finished_at=now())
    dropped: list[Dropped] = []
    for each in await differences(count):
        if each.quantity:
            dropped += await _post(count, each, by)
    return dropped


async def _post(count: Stocktake, each: Difference, by: int | None) -> list[Dropped]:
    warehouse: int = count.warehouse_id  # type: ignore[attr-defined]
    dropped: list[Dropped] = []
    try:
        if each.quantity < 0:
            dropped = await make_room(each.product_id, warehouse, -each.quantity)
        await add_move(
            product_id=each.product_id, warehouse_id=warehouse, quantity=each.quantity, document=count.number,
            against=FOUND_OR_LOST, unit_cost=each.cost, location=each.location or None, lot=each.lot or None,
            memo="盘盈" if each.quantity > 0 else "盘亏", by=by,
        )  # fmt: skip
    except NotEnoughStock as lacking:
        raise NotEnoughStock(
            product=each.name, unit=each.unit, wanted=-each.quantity, free=lacking.facts.get("free", ZERO)
        ) from None
    return dropped


async def _hold_still(count: Stocktake) -> None:
    """Nobody posts a stocktake while something is noted in it. Raises WrongState once it is handed in."""
    await sql.rows(LOCK_COUNT, count.id)
    await count.refresh_from_db()
    if count.state != StocktakeState.counting.value:
        state = StocktakeState.of(count.state)
        raise WrongState(kind="stocktake", number=count.number, state=state.value, state_text=state.text)
