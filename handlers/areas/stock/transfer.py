"""Transfers between warehouses and between locations, and the places there are."""

from decimal import Decimal

from handlers.actor import Actor
from handlers.areas.stock.facts import lacking, ref, refuse_inactive, said
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.items import Item
from handlers.places import LocationCode
from handlers.registry import command
from handlers.result import Named, Quantity, Ref, Result
from models.base import ZERO
from models.errors import InvalidInput, NotEnoughStock
from models.product.tables import Product
from models.stock.bins import lying
from models.stock.figures import stock_figures
from models.stock.placing import TRANSIT, main_warehouse
from models.stock.tables import Location, Transfer, TransferState, Warehouse
from models.stock.transferring import Place, lines_of_transfer, receive_transfer, transfer_goods


class TransferLineShown(Result):
    """So much of one product that changed its place."""

    product: Ref
    said: str
    quantity: Quantity
    unit: str


class Transferred(Result):
    """Goods that changed their place, or are on their way."""

    number: str
    source: Named
    target: Named
    state: TransferState
    lines: list[TransferLineShown]


class LocationMade(Result):
    """A place of a warehouse that can be named from now on."""

    location: str
    warehouse: Named


@command(
    "stock.transfer",
    says=[
        "从{source}调{items}到{target}", "{source}调{items}到{target}", "{source}调{items}回{target}", "从{source}调{items}去{target}",
        "从{source}移{items}到{target}", "移库{source}到{target}{items}", "移库{source}到{target}{product}全部",
        "调拨{items}从{source}到{target}", "把{items}从{source}移到{target}", "把{product}全部从{source}移到{target}",
        "从{source}调{product}全部到{target}", "{items}移到{target}", "调拨{items}到{target}", "调{items}到{target}", "{items}调到{target}", "{items}调拨到{target}",
    ],
)  # fmt: skip
async def transfer_stock(
    me: Actor,
    *,
    source: Place | None = None,
    target: Place,
    items: list[Item] | None = None,
    product: Product | None = None,
) -> Done[Transferred]:
    """调拨移库：仓库之间、库位之间，马上到"""
    if source is None and target.location is None:
        others = Warehouse.exclude(name__in=[TRANSIT, target.warehouse.name]).order_by("rank", "id")
        raise MissingInput(
            input="source", handler="stock.transfer", choices=await others.values_list("name", flat=True)
        )
    return await _transfer(me, source or Place(target.warehouse), target, items, product, send_only=False)


@command(
    "stock.send",
    says=["从{source}发{items}到{target}", "{source}发{items}到{target}", "{source}发{items}去{target}", "从{source}发{items}去{target}"],
)  # fmt: skip
async def send_stock(me: Actor, *, source: Place, target: Place, items: list[Item]) -> Done[Transferred]:
    """调拨发出：在途，等对方仓库收货"""
    return await _transfer(me, source, target, items, None, send_only=True)


@command(
    "stock.arrive",
    says=["{transfer}到了", "{transfer}收到了", "{transfer}收货", "调拨收货{transfer}", "收货{transfer}"],
)
async def arrive_stock(me: Actor, *, transfer: Transfer) -> Transferred:
    """调拨收货：在途的货到了"""
    await receive_transfer(transfer, by=me.person_id)
    return await _shown(transfer, {})


@command(
    "location.create",
    says=["新增库位{location}{warehouse}", "新库位{location}{warehouse}", "新增库位{location}", "新库位{location}"],
)
async def create_location(me: Actor, *, location: LocationCode, warehouse: Warehouse | None = None) -> LocationMade:
    """新增库位"""
    where = warehouse or await main_warehouse()
    if (earlier := await Location.filter(code=location).select_related("warehouse").first()) is not None:
        raise InvalidInput(input="location", given=location, why="already_there", warehouse=earlier.warehouse.name)
    await Location.create(code=location, warehouse=where)
    return LocationMade(location=location, warehouse=where.name)


async def _transfer(
    me: Actor, source: Place, target: Place, items: list[Item] | None, product: Product | None, *, send_only: bool
) -> Done[Transferred]:
    if (source.warehouse.id, source.location) == (target.warehouse.id, target.location):
        raise InvalidInput(input="target", given=target.called, why="same_place")
    if source.warehouse.id == target.warehouse.id and (target.location is None or send_only):
        raise InvalidInput(input="target", given=target.called, why="same_place")
    if items:
        goods = [(item.product, item.base_quantity) for item in items]
    elif product is not None:
        goods = [(product, await _all_of(product, source))]
    else:
        raise MissingInput(input="items", handler="stock.transfer")
    refuse_inactive(each for each, _ in goods)
    try:
        transfer = await transfer_goods(goods, source, target, by=me.person_id, send_only=send_only)
    except NotEnoughStock as error:
        raise await lacking(error, goods[0][0], source) from None
    words = {item.product.id: said(item) for item in items or []}
    return Done(await _shown(transfer, words, source, target), undo=Call("stock.revert", {"document": transfer.number}))


async def _all_of(product: Product, source: Place) -> Decimal:
    """All that lies at a location, or all that is free in a warehouse."""
    if source.location is not None:
        quantity = await lying(product.id, source.warehouse.id, source.location)
    else:
        places = (await stock_figures(product.id)).places
        quantity = sum((place.free for place in places if place.warehouse == source.warehouse.name), ZERO)
    if not quantity:
        raise NotEnoughStock(product=product.name, unit=product.unit, warehouse=source.called, wanted=1, free=0)
    return quantity


async def _shown(
    transfer: Transfer, words: dict[int, str], source: Place | None = None, target: Place | None = None
) -> Transferred:
    return Transferred(
        number=transfer.number,
        source=source.called if source else (await transfer.source).name,
        target=target.called if target else transfer.target_location or (await transfer.target).name,
        state=TransferState.of(transfer.state),
        lines=[
            TransferLineShown(
                product=ref(line.product),
                said=words.get(line.product.id, ""),
                quantity=line.quantity,
                unit=line.product.unit,
            )
            for line in await lines_of_transfer(transfer)
        ],
    )
