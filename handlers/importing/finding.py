"""Rows that a file names: by number or code, else by their exact name."""

from handlers.importing.engine import BadRow
from models.party.finding import customer_meant
from models.party.tables import Customer
from models.product.tables import Product


async def product_named(said: str) -> Product:
    """A product that is sold. Raises BadRow."""
    found = await Product.filter(code__iexact=said).first() or await Product.filter(name=said).first()
    if found is None:
        raise BadRow(why=f"没有产品“{said}”，请先导入产品")
    if not found.active:
        raise BadRow(why=f"产品“{said}”已经停用")
    return found


async def customer_named(said: str) -> Customer:
    """A customer that is not given up. Raises BadRow."""
    found = await customer_meant(said)
    if found is None:
        raise BadRow(why=f"没有客户“{said}”，请先导入客户")
    return found
