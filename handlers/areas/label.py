"""Labels for shelves and boxes, with a code that every phone reads."""

from datetime import timedelta
from decimal import Decimal

from handlers.actor import Actor
from handlers.inputs import Count
from handlers.pages import Sheet, page
from handlers.result import Quantity, Result
from models.errors import InvalidInput
from models.product.tables import Pack, Product

MOST = 200
"""Labels of one page: a roll has a few hundred, and a typing error should not use it up."""


class Packed(Result):
    """A larger unit, and how much it holds."""

    unit: str
    holds: Quantity


class LabelSheet(Sheet):
    """A product's label, so many times; `scan` is what the code says: typed in chat, it is the product."""

    code: str
    name: str
    unit: str
    barcode: str | None
    scan: str
    packs: list[Packed]
    copies: int


@page(
    "label",
    says=["打印{product}标签{copies}张", "打印{copies}张{product}标签", "打印{product}标签", "打印标签{product}{copies}张", "打印标签{product}"],
    lives=timedelta(days=1),
    outward=False,
)  # fmt: skip
async def label_page(me: Actor, *, product: Product, copies: Count | None = None) -> LabelSheet:
    """产品标签的网页（60×40 毫米），带二维码"""
    wanted = copies if copies is not None else Decimal(1)
    if wanted < 1 or wanted > MOST or wanted != int(wanted):
        raise InvalidInput(input="copies", given=f"{wanted.normalize():f}", why="copies_1_to_200")
    packs = await Pack.filter(product_id=product.id).order_by("-holds")
    return LabelSheet(
        heading=f"标签 {product.name}",
        code=product.code,
        name=product.name,
        unit=product.unit,
        barcode=product.barcode,
        scan=product.barcode or product.code,
        packs=[Packed(unit=pack.unit, holds=pack.holds) for pack in packs],
        copies=int(wanted),
    )
