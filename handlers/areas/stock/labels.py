"""Labels for shelves and boxes, with a code that every phone reads."""

from datetime import date, timedelta
from decimal import Decimal

from handlers.actor import Actor
from handlers.areas.stock.facts import ref
from handlers.inputs import Count
from handlers.pages import Sheet, link_to, page
from handlers.places import LotNo
from handlers.registry import command
from handlers.result import Quantity, Ref, Result
from models.errors import InvalidInput, NotFound
from models.pages.linking import PUBLIC
from models.product.tables import Pack, Product
from models.stock.tables import Lot

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
    lot: str | None
    expires_on: date | None
    copies: int


class LabelAnswer(Result):
    """What stands on a label, how many are wanted, and the page that prints them; no page without a public address."""

    product: Ref
    barcode: str
    unit: str
    lot: str | None
    expires_on: date | None
    copies: int
    page: str | None


@page(
    "label",
    says=["{product}标签网页", "{product}标签网页{copies}张", "{product}标签网页批号{lot}{copies}张"],
    lives=timedelta(days=1),
    outward=False,
)
async def label_page(
    me: Actor, *, product: Product, copies: Count | None = None, lot: LotNo | None = None
) -> LabelSheet:
    """产品标签的网页（60×40 毫米），带二维码"""
    packs = await Pack.filter(product_id=product.id).order_by("-holds")
    return LabelSheet(
        heading=f"标签 {product.name}",
        code=product.code,
        name=product.name,
        unit=product.unit,
        barcode=product.barcode,
        scan=product.barcode or product.code,
        packs=[Packed(unit=pack.unit, holds=pack.holds) for pack in packs],
        lot=lot,
        expires_on=await _expiry(product, lot),
        copies=_copies(copies),
    )


@command(
    "label.print",
    says=[
        "打标签{product}{copies}张", "打标签{product}", "{product}打标签{copies}张", "打印标签{product}{copies}张", "{product}标签{copies}张",
        "打{copies}张{product}标签", "打标签{product}批号{lot}{copies}张", "打印{product}标签{copies}张", "打印{copies}张{product}标签",
        "打印{product}标签", "打印标签{product}",
    ],
)  # fmt: skip
async def print_label(
    me: Actor, *, product: Product, copies: Count | None = None, lot: LotNo | None = None
) -> LabelAnswer:
    """打标签：标签上的内容、张数，和打印用的网页"""
    wanted, expires = _copies(copies), await _expiry(product, lot)
    return LabelAnswer(
        product=ref(product),
        barcode=product.barcode or product.code,
        unit=product.unit,
        lot=lot,
        expires_on=expires,
        copies=wanted,
        page=await link_to(me, "label", product=product, copies=copies, lot=lot) if PUBLIC.url else None,
    )


def _copies(copies: Count | None) -> int:
    wanted = copies if copies is not None else Decimal(1)
    if not 1 <= wanted <= MOST or wanted != int(wanted):
        raise InvalidInput(input="copies", given=f"{wanted.normalize():f}", why="copies_1_to_200")
    return int(wanted)


async def _expiry(product: Product, lot: LotNo | None) -> date | None:
    """The last day of a lot that is named. Raises NotFound for a lot that the product does not have."""
    if lot is None:
        return None
    known = await Lot.filter(product_id=product.id, number=lot).first()
    if known is None:
        raise NotFound(kind="lot", given=lot)
    return known.expires_on
