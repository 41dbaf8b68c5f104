"""The catalogue: what a product is, and whether it is still sold."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import Done
from handlers.filing import Photo, filed_codes, photos_of
from handlers.inputs import Reader, reads
from handlers.pages import Sheet, page
from handlers.registry import command, query
from handlers.result import Needs, Places, Price, Quantity, Ref, Result
from models.chat.tables import Attachment, AttachmentState
from models.errors import NotFound, WrongState
from models.product.finding import find_stopped
from models.product.tables import Pack, Product


@dataclass(frozen=True, slots=True)
class Stopped:
    """A product that is no longer dealt in."""

    product: Product


@reads(Stopped)
class StoppedReader(Reader[Stopped]):
    """By its whole name or code: to everything else it is not there."""

    async def read(self, me: Actor, text: str, name: str) -> Stopped:
        row = await find_stopped(text)
        if row is None:
            raise NotFound(kind="product", given=text)
        return Stopped(Product._init_from_db(**row))

    def save(self, value: Stopped) -> str:
        return value.product.code


class PackSize(Result):
    """A larger unit, and how much of the product's own it holds."""

    unit: str
    holds: Quantity


class ProductCard(Result):
    """What a product is; a rate or tolerance of its own, what it costs to buy from us, how many pictures there are."""

    product: Ref
    unit: str
    barcode: str | None
    packs: list[PackSize]
    list_price: Annotated[Price | None, Needs("price.list")]
    tax_percent: Annotated[Decimal | None, Places(None), Needs("price.list")]
    tolerance_percent: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    min_stock: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    pictures: int


class ProductSheet(Sheet):
    """A product and its photos; nothing of what it costs or how much there is, for this may be handed on."""

    product: Ref
    unit: str
    barcode: str | None
    packs: list[PackSize]
    photos: list[Photo]


class Selling(Result):
    """Whether a product is sold from now on."""

    product: Ref
    active: bool


@query(
    "product.info",
    says=["{product}资料", "{product}的资料", "{product}规格", "{product}的规格", "{product}图片", "{product}的图片", "{product}装箱数", "产品{product}", "查产品{product}"],
)  # fmt: skip
async def show_product(me: Actor, *, product: Product) -> ProductCard:
    """产品资料：编码、条码、包装、税率、图片"""
    pictures = Attachment.filter(about__in=filed_codes([product.code]), kind="image")
    return ProductCard(
        product=Ref(code=product.code, name=product.name),
        unit=product.unit,
        barcode=product.barcode,
        packs=await _packs(product),
        list_price=product.list_price,
        tax_percent=None if product.tax_rate is None else product.tax_rate * 100,
        tolerance_percent=product.tolerance * 100 if product.tolerance else None,
        min_stock=product.min_stock,
        pictures=await pictures.exclude(state=AttachmentState.refused.value).count(),
    )


@page(
    "product",
    says=["{product}图册", "{product}的图册", "{product}网页", "{product}的网页", "{product}图片网页"],
    lives=timedelta(days=30),
    outward=False,
)
async def product_page(me: Actor, *, product: Product) -> ProductSheet:
    """产品的网页，有图片和包装，可以转发"""
    return ProductSheet(
        heading=product.name,
        product=Ref.of(product),
        unit=product.unit,
        barcode=product.barcode,
        packs=await _packs(product),
        photos=await photos_of([product.code]),
    )


@command("product.stop", says=["停用{product}", "{product}停用", "停售{product}", "{product}停售", "{product}不卖了"])
async def stop_product(me: Actor, *, product: Product) -> Done[Selling]:
    """停用产品：不能再下单、报价和入库，已有的订单照常"""
    return Done(await _sell(product, active=False), undo=Call("product.start", {"product": product.code}))


@command("product.start", says=["启用{product}", "{product}启用", "恢复销售{product}", "{product}恢复销售"])
async def start_product(me: Actor, *, product: Stopped) -> Done[Selling]:
    """启用停用的产品"""
    return Done(await _sell(product.product, active=True), undo=Call("product.stop", {"product": product.product.code}))


async def _packs(product: Product) -> list[PackSize]:
    packs = await Pack.filter(product_id=product.id).order_by("holds")
    return [PackSize(unit=each.unit, holds=each.holds) for each in packs]


async def _sell(product: Product, *, active: bool) -> Selling:
    if not await Product.filter(id=product.id, active=not active).update(active=active):
        state = "active" if active else "stopped"
        raise WrongState(kind="product", number=product.name, state=state, state_text="在售" if active else "已停用")
    return Selling(product=Ref(code=product.code, name=product.name), active=active)
