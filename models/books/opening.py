"""Opening the books: what is there when they begin, against capital."""

from models import sql
from models.base import ZERO
from models.books.posting import Leg, post
from models.books.tables import JournalEntry

WORTH = "SELECT coalesce(sum(value), 0) AS amount FROM stock_worth"

OWED = """
SELECT customer_id, sum(total - paid) AS amount FROM invoice GROUP BY 1 HAVING sum(total - paid) <> 0 ORDER BY 1
"""


async def open_books() -> None:
    """Books the stock and the receivables of a company that worked before it kept books; once."""
    if await JournalEntry.exists():
        return
    stock = await sql.row(WORTH)
    assert stock is not None
    legs = [Leg("1405", stock["amount"])]
    legs += [Leg("1122", row["amount"], customer_id=row["customer_id"]) for row in await sql.rows(OWED)]
    await post("OPENING", [*legs, Leg("4001", -sum((leg.amount for leg in legs), ZERO))], memo="期初", by=None)
