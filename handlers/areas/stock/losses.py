"""Goods that are lost, broken or found: scrap, and corrections of the books."""

from handlers.actor import Actor
from handlers.areas.stock.adjusting import Adjusted, do_with_consent, going_out
from handlers.areas.stock.facts import remarks, source_of
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Remark
from handlers.items import Item
from handlers.measures import Delta, Measure
from handlers.places import LotNo
from handlers.registry import command
from models.errors import InvalidInput
from models.product.tables import Product
from models.stock.adjusting import Change
from models.stock.placing import main_warehouse
from models.stock.tables import AdjustmentKind
from models.stock.transferring import Place


@command(
    "stock.scrap",
    says=[
        "{product}坏了{quantity}", "{product}摔坏了{quantity}", "{product}报废{quantity}", "报废{items}", "{items}报废", "{items}坏了",
        "报废{items}原因{reason}", "{product}坏了{quantity}{reason}", "{product}报废{quantity}{reason}", "报废{items}批号{lot}", "报废{items}批号{lot}{reason}",
    ],
)  # fmt: skip
async def scrap_goods(
    me: Actor,
    *,
    items: list[Item] | None = None,
    product: Product | None = None,
    quantity: Measure | None = None,
    place: Place | None = None,
    lot: LotNo | None = None,
    reason: Remark | None = None,
) -> Done[Adjusted]:
    """报废：坏了的货出账，金额大的先审批"""
    wanted = items or await one_item(product, quantity, "stock.scrap")
    changes = [await going_out(item, place, lot, physically=True) for item in wanted]
    why = reason or remarks(wanted)
    return await do_with_consent(me, AdjustmentKind.scrap, changes, wanted, reason=why)


@command(
    "stock.adjust",
    says=[
        "{product}{delta}改一下账", "{product}{delta}改账", "{product}{delta}", "{place}{product}{delta}", "{product}{delta}{reason}",
        "改账{product}{delta}", "{product}{delta}改一下账{reason}",
    ],
)  # fmt: skip
async def adjust_stock(
    me: Actor,
    *,
    product: Product,
    delta: Delta,
    place: Place | None = None,
    lot: LotNo | None = None,
    reason: Remark | None = None,
) -> Done[Adjusted]:
    """改账：多了少了几个，金额大的先审批"""
    quantity = delta.sign * await delta.measure.of(product, "delta")
    if delta.sign > 0 and not product.cost:
        raise InvalidInput(input="cost", given=product.name, why="price_needed")
    if delta.sign > 0:
        warehouse = place.warehouse if place else await main_warehouse()
    else:
        warehouse = await source_of(product, -quantity, place, physically=True)
    change = Change(product, warehouse, quantity, (place.location if place else "") or "", lot or "")
    return await do_with_consent(me, AdjustmentKind.adjust, [change], [], reason=reason or "")


async def one_item(product: Product | None, quantity: Measure | None, handler: str) -> list[Item]:
    if product is None:
        raise MissingInput(input="items", handler=handler)
    if quantity is None:
        raise MissingInput(input="quantity", handler=handler)
    base = await quantity.of(product)
    if base <= 0:
        raise InvalidInput(input="quantity", given=quantity.text, why="too_small")
    figure, unit = quantity.parts[0]
    whole = len(quantity.parts) == 1 and unit
    return [Item(product, figure if whole else base, unit if whole else product.unit, base)]
