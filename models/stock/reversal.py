"""Taking a document back: its goods return to where they were, at what they were worth, and its entries are reversed."""

from decimal import Decimal

from models import sql
from models.base import ZERO
from models.books.clearing import refuse_cleared
from models.books.posting import reverse
from models.errors import NotEnoughStock, Refused
from models.stock.bins import Part, fill, take
from models.stock.minimum import watch_minimum
from models.stock.moving import change_place, write_move

MOVED = """
SELECT product_id, warehouse_id, location, lot, sum(quantity) AS quantity, sum(value) AS value FROM stock_move
WHERE document = $1 GROUP BY 1, 2, 3, 4 HAVING sum(quantity) <> 0 ORDER BY 1, 2, 3, 4
"""

RESTORE = """
WITH worth AS (
  UPDATE stock_worth SET quantity = quantity + $2::numeric, value = value + $3::numeric
  WHERE product_id = $1 AND quantity + $2::numeric >= 0 AND value + $3::numeric >= 0
    AND (quantity + $2::numeric > 0 OR value + $3::numeric = 0) RETURNING quantity, value),
 cost AS (
  UPDATE product SET cost = round(worth.value / worth.quantity, 6) FROM worth
  WHERE id = $1 AND $2::numeric < 0 AND worth.quantity > 0)
SELECT quantity FROM worth
"""


class MovedOn(Refused):
    """The goods of a document have been used since: it cannot be taken back."""

    code, status = "moved_on", 409


async def take_back(document: str, *, by: int | None, memo: str) -> None:
    """Books the opposite of everything a document moved and posted. Raises MovedOn, Cleared."""
    await refuse_cleared(document)
    worth: dict[int, tuple[Decimal, Decimal]] = {}
    for row in await sql.rows(MOVED, document):
        product, quantity, value = row["product_id"], -row["quantity"], -row["value"]
        part = Part(row["location"], row["lot"], quantity)
        await _return(product, row["warehouse_id"], part, document)
        await write_move(product, row["warehouse_id"], part, value, document, memo, by)
        before = worth.get(product, (ZERO, ZERO))
        worth[product] = (before[0] + quantity, before[1] + value)
    for product, (quantity, value) in worth.items():
        if (quantity or value) and not await sql.row(RESTORE, product, quantity, value):
            raise MovedOn(number=document)
    await reverse(document, memo=memo, by=by)
    await watch_minimum(list(worth))


async def _return(product_id: int, warehouse_id: int, part: Part, document: str) -> None:
    try:
        await change_place(product_id=product_id, warehouse_id=warehouse_id, quantity=part.quantity)
        if part.quantity > 0:
            await fill(product_id, warehouse_id, part)
        else:
            await take(product_id, warehouse_id, -part.quantity, location=part.location, lot=part.lot)
    except NotEnoughStock:
        raise MovedOn(number=document) from None
