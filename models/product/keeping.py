"""Writing products down, with the spellings under which they are found."""

from decimal import Decimal

from models.product.finding import keys_of
from models.product.tables import Pack, Product


async def add_product(
    code: str,
    name: str,
    *,
    unit: str,
    list_price: Decimal | None,
    cost: Decimal,
    min_stock: Decimal | None = None,
    barcode: str | None = None,
    packs: dict[str, Decimal] | None = None,
) -> Product:
    """A new product; `packs` are its larger units and how much of its own unit each holds."""
    product = await Product.create(
        code=code,
        name=name,
        unit=unit,
        barcode=barcode,
        list_price=list_price,
        cost=cost,
        min_stock=min_stock,
        low=bool(min_stock),
        keys=keys_of(code, barcode, name),
    )
    for pack, holds in (packs or {}).items():
        await Pack.create(product=product, unit=pack, holds=holds)
    return product
