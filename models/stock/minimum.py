"""Minimum stock: whoever keeps and buys goods hears once when less is free than there should be."""

from models import sql
from models.delivery.telling import tell
from models.party.finding import people_with
from models.party.tables import Role

# The row remembers that it was told, so that it is told again only after there was enough in between.
TURNED = """
UPDATE product SET low = NOT low FROM (
  SELECT p.id, (SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_balance WHERE product_id = p.id) AS free
  FROM product p WHERE p.id = ANY($1::bigint[]) AND p.min_stock IS NOT NULL ORDER BY p.id) AS now
WHERE product.id = now.id AND product.low <> (now.free < product.min_stock)
RETURNING product.code, product.name, product.unit, product.min_stock, product.low, now.free
"""


async def watch_minimum(product_ids: list[int]) -> None:
    """Tells warehouse and purchasing of those that have just fallen below their minimum."""
    for row in await sql.rows(TURNED, product_ids):
        if row["low"]:
            facts = {
                "product": row["name"],
                "unit": row["unit"],
                "free": f"{row['free']:f}",
                "minimum": f"{row['min_stock']:f}",
            }
            await tell(
                "stock.minimum",
                about=row["code"][:20],
                facts=facts,
                keepers=[*await people_with(Role.warehouse), *await people_with(Role.purchasing)],
            )
