"""Stock: what there is, what is held, what is coming."""

from decimal import ROUND_FLOOR, Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.items import Unit, unit_factor
from handlers.registry import query
from handlers.result import Named, Needs, Numbered, Places, Price, Quantity, Ref, Result
from models.base import ZERO
from models.product.tables import Product
from models.stock.availability import Availability, availability
from models.stock.figures import Arrival, stock_figures
from models.stock.tables import Warehouse

TENTH = Decimal("0.1")


class Incoming(Result):
    """Goods on their way, and when they come at the earliest."""

    document: Annotated[Numbered | None, Needs("stock.detail")]
    quantity: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    date: str | None
    late: bool


class PlaceStock(Result):
    """One warehouse's share."""

    warehouse: Named
    on_hand: Quantity
    reserved: Quantity
    free: Quantity


class AlsoStock(Result):
    """What is free of another product that was asked for in the same line."""

    product: Ref
    unit: str
    availability: Availability
    free: Annotated[Decimal | None, Places(None), Needs("stock.detail")]


class StockAnswer(Result):
    """Free, on hand, reserved and incoming; customers learn only whether there is any, and from when."""

    product: Ref
    unit: str
    availability: Availability
    free: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    on_hand: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    reserved: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    expired: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    min_stock: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    atp: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    projected: Annotated[Decimal | None, Places(None), Needs("stock.detail")]
    places: Annotated[list[PlaceStock] | None, Needs("stock.detail")]
    incoming: list[Incoming]
    warehouse: Named | None = None
    pack: Annotated[str | None, Needs("stock.detail")] = None
    free_packs: Annotated[Decimal | None, Places(None), Needs("stock.detail")] = None
    others: list[AlsoStock] | None = None


@query(
    "stock.query",
    says=[
        "查库存", "库存", "查{product}库存", "查一下{product}库存", "查库存{product}", "查询库存{product}", "查一下{product}",
        "查下{product}", "查{product}", "{product}还有多少", "{product}还剩多少", "{product}还剩几{unit}", "{product}还有几{unit}", "{product}有几{unit}", "{product}有多少",
        "{warehouse}的{product}有多少", "{warehouse}{product}还有多少", "{product}有货没", "{product}有货吗",
        "{product}现在有货吗", "{product}有没有货", "{product}有没有", "{product}还有没有", "{product}的库存",
        "{product}库存", "{product}还有货吗", "kc{product}", "cx{product}kc", "{product}都查一下",
        "{product},{also}都查一下", "{product}、{also}都查一下", "{product}和{also}都查一下", "{product},{also}还有多少", "{product}、{also}还有多少",
        "{product}和{also}还有多少", "{product},{also}库存", "{product}、{also}库存", "{product}和{also}库存", "查{product}和{also}库存",
        "查库存{product},{also}", "查库存{product}、{also}", "查库存{product}和{also}",
    ],
)  # fmt: skip
async def query_stock(
    me: Actor, *, product: Product, warehouse: Warehouse | None = None, unit: Unit | None = None,
    also: list[Product] | None = None,
) -> StockAnswer:  # fmt: skip
    """查库存：可用、在手、预留和在途；also 是一起查的其他产品"""
    answer = await _stock_of(product, warehouse)
    if unit is not None:
        holds = await unit_factor(product, unit)
        packs = (answer.free or ZERO) / holds
        answer = answer.model_copy(update={"pack": unit, "free_packs": packs.quantize(TENTH, ROUND_FLOOR)})
    if also:
        answer = answer.model_copy(update={"others": [await _also(each, warehouse) for each in also]})
    return answer


async def _also(product: Product, warehouse: Warehouse | None) -> AlsoStock:
    answer = await _stock_of(product, warehouse)
    return AlsoStock(product=answer.product, unit=answer.unit, availability=answer.availability, free=answer.free)


async def _stock_of(product: Product, warehouse: Warehouse | None) -> StockAnswer:
    figures = await stock_figures(product.id)
    shown = figures if warehouse is None else figures.at(warehouse.name)
    return StockAnswer(
        product=Ref(code=product.code, name=product.name),
        unit=product.unit,
        availability=availability(shown.free, product.min_stock),
        free=max(shown.free, ZERO),
        on_hand=shown.on_hand,
        reserved=shown.reserved,
        expired=shown.expired or None,
        min_stock=product.min_stock,
        # What is promised and what is coming belong to no warehouse.
        atp=figures.available_from(figures.day) if warehouse is None else None,
        projected=figures.projected if warehouse is None else None,
        places=[
            PlaceStock(warehouse=p.warehouse, on_hand=p.on_hand, reserved=p.reserved, free=max(p.free, ZERO))
            for p in shown.places
        ],
        incoming=[_incoming(arrival) for arrival in shown.incoming],
        warehouse=warehouse.name if warehouse else None,
    )


class CostAnswer(Result):
    """What one unit costs us by moving average."""

    product: Ref
    unit: str
    cost: Annotated[Price | None, Needs("cost")]


@query("cost.query", says=["{product}成本多少", "{product}成本", "{product}的成本", "{product}进价多少"])
async def query_cost(me: Actor, *, product: Product) -> CostAnswer:
    """查成本：移动加权平均单价"""
    return CostAnswer(product=Ref(code=product.code, name=product.name), unit=product.unit, cost=product.cost)


def _incoming(arrival: Arrival) -> Incoming:
    return Incoming(
        document=arrival.document,
        quantity=arrival.quantity,
        date=arrival.due.isoformat() if arrival.due else None,
        late=arrival.late,
    )
