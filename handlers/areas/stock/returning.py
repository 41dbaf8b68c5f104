"""Goods that go back to their supplier."""

from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.stock.facts import lacking, ref, said, source_of
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.inputs import Ambiguous, Remark
from handlers.items import Item
from handlers.places import LotNo
from handlers.registry import command
from handlers.result import Named, Needs, Numbered, Places, Quantity, Ref, Result
from handlers.visible import find
from models.delivery.telling import tell
from models.errors import NotEnoughStock
from models.party.finding import people_with
from models.party.tables import Role, Supplier
from models.purchase.returning import Leaving, purchases_received, send_back
from models.purchase.tables import PurchaseOrder, PurchaseState, SupplierReturn, SupplierReturnLine
from models.stock.transferring import Place


class SentBackLine(Result):
    """So much of one product, and what we owe less for it without tax."""

    product: Ref
    said: str
    quantity: Quantity
    unit: str
    warehouse: Named
    lot: str | None
    amount: Annotated[Decimal | None, Places(2), Needs("cost")]


class SentBack(Result):
    """Goods that went back; `replaced`: the supplier is to send them again."""

    number: str
    purchase: Numbered
    purchase_state: PurchaseState
    supplier: Ref
    replaced: bool
    reason: str | None
    lines: list[SentBackLine]


@command(
    "purchase.return",
    says=[
        "退供应商{purchase}{items}", "{purchase}退供应商{items}", "{purchase}退货{items}", "{purchase}退{items}", "退货{purchase}{items}",
        "退供应商{purchase}{items}批号{lot}", "{purchase}退{items}批号{lot}", "从{place}退供应商{purchase}{items}",
        "把{items}退给{supplier}", "{items}退给{supplier}", "退{items}给{supplier}",
    ],
    confirm=True,
)  # fmt: skip
async def return_goods(
    me: Actor, *, items: list[Item], purchase: PurchaseOrder | None = None, supplier: Supplier | None = None,
    place: Place | None = None, lot: LotNo | None = None, reason: Remark | None = None,
) -> Done[SentBack]:  # fmt: skip
    """退供应商：货出库，应付减少，采购单不再等这些货，十分钟内可撤销"""
    return await _return(me, items, purchase, supplier, place, lot, reason, replaced=False)


@command(
    "purchase.exchange",
    says=[
        "{purchase}换货{items}",
        "{purchase}退换{items}",
        "{purchase}换货{items}批号{lot}",
        "找{supplier}换货{items}",
    ],
    confirm=True,
)
async def exchange_goods(
    me: Actor, *, items: list[Item], purchase: PurchaseOrder | None = None, supplier: Supplier | None = None,
    place: Place | None = None, lot: LotNo | None = None, reason: Remark | None = None,
) -> Done[SentBack]:  # fmt: skip
    """向供应商换货：货退回去，采购单继续等补发的货"""
    return await _return(me, items, purchase, supplier, place, lot, reason, replaced=True)


async def _return(
    me: Actor, items: list[Item], purchase: PurchaseOrder | None, supplier: Supplier | None, place: Place | None,
    lot: LotNo | None, reason: Remark | None, *, replaced: bool,
) -> Done[SentBack]:  # fmt: skip
    if purchase is None:
        if supplier is None:
            raise MissingInput(input="purchase", handler="purchase.return")
        purchase = await find(me, PurchaseOrder, number=await _only_purchase(items, supplier))
    why = " ".join(filter(None, [reason, *(item.remark for item in items)]))[:120]
    leaving = [await _leaving(item, place, lot) for item in items]
    try:
        made, lines = await send_back(purchase, leaving, reason=why, replaced=replaced, by=me.person_id)
    except NotEnoughStock as error:
        raise await lacking(error, leaving[0].product, place or Place(leaving[0].warehouse)) from None
    result = await _sent_back(made, purchase, lines, items)
    await tell(
        "supplier.returned", about=made.number, facts=result.facts(frozenset()), not_to=me.id,
        finance=await people_with(Role.finance), purchasing=await people_with(Role.purchasing),
    )  # fmt: skip
    return Done(result, undo=Call("stock.revert", {"document": made.number}))


async def _leaving(item: Item, place: Place | None, lot: LotNo | None) -> Leaving:
    warehouse = await source_of(item.product, item.base_quantity, place)
    return Leaving(item.product, item.base_quantity, warehouse, place.location if place else None, lot)


async def _only_purchase(items: list[Item], supplier: Supplier) -> str:
    """The one purchase of a supplier that brought all of these; several have to be told apart."""
    every = [await purchases_received(item.product.id, supplier.id, item.base_quantity) for item in items]
    numbers = [number for number in every[0] if all(number in each for each in every)]
    if not numbers:
        raise MissingInput(input="purchase", handler="purchase.return")
    if len(numbers) > 1:
        raise Ambiguous(input="purchase", kind="purchase", given=supplier.name, choices=[{"name": n} for n in numbers])
    return numbers[0]


async def _sent_back(
    made: SupplierReturn, purchase: PurchaseOrder, lines: list[SupplierReturnLine], items: list[Item]
) -> SentBack:
    supplier, words = await purchase.supplier, {item.product.id: said(item) for item in items}
    return SentBack(
        number=made.number,
        purchase=purchase.number,
        purchase_state=PurchaseState.of(purchase.state),
        supplier=Ref(number=supplier.number, name=supplier.name),
        replaced=made.replaced,
        reason=made.reason or None,
        lines=[
            SentBackLine(
                product=ref(line.product), said=words.get(line.product.id, ""), quantity=line.quantity, unit=line.product.unit,
                warehouse=line.warehouse.name, lot=line.lot or None, amount=line.amount,
            )
            for line in lines
        ],
    )  # fmt: skip
