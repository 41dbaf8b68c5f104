"""What the documents of stock answer with, and who hears when goods are no longer there for them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated

from handlers.items import Item
from handlers.result import Named, Needs, Numbered, Places, Quantity, Ref, Result
from models.base import ZERO
from models.clock import today
from models.delivery.telling import tell
from models.errors import InvalidInput, NotEnoughStock
from models.product.tables import Product
from models.stock.figures import stock_figures
from models.stock.placing import Spot, main_warehouse, warehouse_with
from models.stock.reservation import Dropped
from models.stock.tables import Warehouse
from models.stock.transferring import Place


class MovedLine(Result):
    """So much of one product, as it was said and in its own unit, and where."""

    product: Ref
    said: str
    quantity: Quantity
    unit: str
    warehouse: Named
    location: str | None
    lot: str | None
    on_hand: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    amount: Annotated[Decimal | None, Places(2), Needs("cost")]


class Yielded(Result):
    """A document whose reservation had to give way."""

    document: Numbered
    quantity: Quantity


FOUND = ["盘盈", "录错"]
LOST = ["盘亏", "损坏", "录错"]
USUAL = {"stock.in": ["盘盈", "退料", "录错"], "stock.out": ["打样", "自用", "盘亏"], "stock.scrap": ["损坏", "过期"]}
"""Why goods most often come and go without a document, by the command that asks."""


def ref(product: Product) -> Ref:
    """A product as answers name it."""
    return Ref(code=product.code, name=product.name)


def said(item: Item) -> str:
    """A quantity in the unit it was said in, if that is not the product's own."""
    return (
        ""
        if item.unit == item.product.unit or item.quantity == item.base_quantity
        else f"{item.quantity.normalize():f}{item.unit}"
    )


def remarks(items: Iterable[Item]) -> str:
    """What was said after the goods, once each."""
    return " ".join(dict.fromkeys(filter(None, (item.remark for item in items))))


def refuse_expired(expires: date | None) -> None:
    """Raises InvalidInput for a day on which goods that come in could no longer be used."""
    if expires is not None and expires < today():
        raise InvalidInput(input="expires", given=expires.isoformat(), why="expired_already")


def refuse_inactive(products: Iterable[Product]) -> None:
    """Raises InvalidInput for a product that is no longer dealt in."""
    for product in products:
        if not product.active:
            raise InvalidInput(input="product", given=product.name, why="inactive")


async def spot_of(place: Place | None, **more: object) -> Spot:
    """Where goods are put: the place that is named, else the main warehouse."""
    if place is None:
        return Spot(await main_warehouse(), **more)  # type: ignore[arg-type]
    return Spot(place.warehouse, place.location, **more)  # type: ignore[arg-type]


async def source_of(product: Product, quantity: Decimal, place: Place | None, *, physically: bool = False) -> Warehouse:
    """The warehouse goods are taken from: the one that is named, else the first that has so much."""
    if place is not None:
        return place.warehouse
    return await warehouse_with(product.id, quantity, physically=physically, product=product.name, unit=product.unit)


async def lacking(error: NotEnoughStock, product: Product, place: Place) -> NotEnoughStock:
    """The same refusal, with what it is about and how much of it is free there."""
    facts = {"product": product.name, "unit": product.unit, "warehouse": place.called, **error.facts}
    if "free" not in facts:
        places = (await stock_figures(product.id)).places
        facts["free"] = sum((each.free for each in places if each.warehouse == place.warehouse.name), ZERO)
    return NotEnoughStock(**facts)


async def tell_dropped(dropped: list[Dropped], product: str, unit: str, reason: str) -> list[Yielded]:
    """Tells whoever had promised goods that are no longer there; says whose they were."""
    for each in dropped:
        facts = {
            "number": each.document,
            "product": product,
            "unit": unit,
            "quantity": f"{each.quantity:f}",
            "reason": reason,
        }
        await tell("stock.dropped", about=each.document, facts=facts, holder=[each.holder] if each.holder else [])
    return [Yielded(document=each.document, quantity=each.quantity) for each in dropped]
