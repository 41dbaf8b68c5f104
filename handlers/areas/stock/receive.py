"""Goods that come in: for a purchase, from the workshop, or without either, which is an adjustment of the books."""

from decimal import Decimal

from handlers.actor import Actor
from handlers.areas.stock.adjusting import ask_consent, unasked_before
from handlers.areas.stock.facts import (
    FOUND,
    LOST,
    USUAL,
    MovedLine,
    ref,
    refuse_expired,
    refuse_inactive,
    remarks,
    said,
    spot_of,
)  # fmt: skip
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.inputs import LARGEST, Ambiguous, Amount, Day, Remark
from handlers.items import Item
from handlers.measures import Measure, Whole
from handlers.places import LotNo
from handlers.registry import command
from handlers.result import Numbered, Quantity, Ref, Result
from handlers.visible import find
from models.base import ZERO
from models.delivery.telling import tell
from models.errors import InvalidInput
from models.party.tables import Supplier
from models.product.pricing import is_cost_far_off
from models.production.allotting import hold_for_waiting, lock_waiting
from models.production.progress import operations_of, report_work
from models.production.tables import WorkOrder
from models.purchase.receiving import (
    Arrived,
    book_receipt,
    lines_expected,
    lines_of_receipt,
    purchases_expecting,
    receive_purchase,
    worth_of_arrival,
    write_receipt,
)
from models.purchase.tables import GoodsReceipt, GoodsReceiptLine, PurchaseOrder, PurchaseState
from models.stock.figures import stock_figures
from models.stock.placing import Spot
from models.stock.tables import StockMove
from models.stock.transferring import Place


class StillOpen(Result):
    """What a purchase still expects of a product."""

    product: Ref
    quantity: Quantity
    unit: str


class Received(Result):
    """Goods that came in, and what they came for; `approval` while somebody has to consent first."""

    number: str
    purchase: Numbered | None = None
    purchase_state: PurchaseState | None = None
    supplier: Ref | None = None
    work_order: Numbered | None = None
    reason: str = ""
    lines: list[MovedLine]
    still_open: list[StillOpen] = []
    held_for: list[Numbered] = []
    expected_by: list[Numbered] = []
    approval: Numbered | None = None


@command(
    "stock.in",
    says=[
        "入库{items}", "收货{items}", "到货了{items}供应商是{supplier}", "到货{items}供应商{supplier}", "{supplier}到货{items}",
        "{supplier}送来{items}", "入库{items}供应商{supplier}", "入库{items}原因{reason}", "入库{items}单价{cost}",
        "入库{items}单价{cost}原因{reason}", "入库{items}批号{lot}原因{reason}", "入库{items}批号{lot}效期{expires}原因{reason}",
        "入库{items}放{place}原因{reason}", "入库{items}到{place}", "入库{items}放{place}", "入库{items}批号{lot}", "入库{items}批号{lot}效期{expires}",
        "入库{items}批号{lot}放{place}", "{purchase}到了,{all}", "{purchase}到货,{all}", "{purchase}{all}", "{purchase}到了",
        "{purchase}到货", "到货{purchase}", "收货{purchase}", "到货{purchase}{quantity}", "收货{purchase}{quantity}",
        "{purchase}到了{quantity}", "{purchase}到货{quantity}", "{purchase}只到了{quantity}", "{purchase}只到了一半{quantity}",
        "{purchase}收{quantity}", "{purchase}到了{quantity}批号{lot}", "{purchase}到了{quantity}批号{lot}效期{expires}",
        "{purchase}到了{quantity}放{place}", "{purchase}到了{items}", "到货{purchase}{items}", "{purchase}只到了{items}",
        "{purchase}收{items}", "生产入库{work_order}{quantity}", "{work_order}生产入库{quantity}", "{work_order}入库{quantity}",
        "完工入库{work_order}{quantity}",
    ],
)  # fmt: skip
async def receive_goods(
    me: Actor,
    *,
    items: list[Item] | None = None,
    purchase: PurchaseOrder | None = None,
    quantity: Measure | None = None,
    all: Whole | None = None,
    supplier: Supplier | None = None,
    work_order: WorkOrder | None = None,
    place: Place | None = None,
    lot: LotNo | None = None,
    expires: Day | None = None,
    cost: Amount | None = None,
    reason: Remark | None = None,
) -> Done[Received]:
    """入库：采购到货、供应商送货、生产入库；没有采购单的要写原因，金额大的先审批"""
    refuse_expired(expires)
    spot = await spot_of(place, lot=lot, expires_on=expires)
    if work_order is not None:
        return await _from_workshop(me, work_order, quantity, spot)
    if purchase is not None:
        return await _for_purchase(me, purchase, await _arrived(purchase, items, quantity, all), spot, items)
    if not items:
        raise MissingInput(input="items", handler="stock.in")
    refuse_inactive(item.product for item in items)
    remark = remarks(items)
    if remark and remark not in {*USUAL["stock.in"], *FOUND, *LOST}:
        # A place or a lot that was not understood must not become a remark on goods put somewhere else.
        raise InvalidInput(input="items", given=remark, why="left_over")
    if supplier is not None and (named := await _only_purchase(items, supplier)) is not None:
        order = await find(me, PurchaseOrder, number=named)
        return await _for_purchase(me, order, _as_said(items), spot, items)
    return await _otherwise(me, items, spot, supplier, cost, reason or remark)


async def _for_purchase(
    me: Actor, purchase: PurchaseOrder, arrived: list[Arrived], spot: Spot, items: list[Item] | None
) -> Done[Received]:
    await lock_waiting([each.product.id for each in arrived])
    receipt, lines = await receive_purchase(purchase, arrived, spot, by=me.person_id)
    held = await _hold_for_orders(lines)
    supplier = await purchase.supplier
    rest = [line for line in await lines_expected(purchase) if line.received < line.quantity]
    result = Received(
        number=receipt.number,
        purchase=purchase.number,
        purchase_state=PurchaseState.of(purchase.state),
        supplier=Ref(number=supplier.number, name=supplier.name),
        lines=await _lines(lines, items),
        still_open=[
            StillOpen(product=Ref.of(line.product), quantity=line.quantity - line.received, unit=line.product.unit)
            for line in rest
        ],
        held_for=held,
    )
    return Done(result, undo=Call("stock.revert", {"document": receipt.number}))


async def _otherwise(
    me: Actor, items: list[Item], spot: Spot, supplier: Supplier | None, cost: Amount | None, reason: str
) -> Done[Received]:
    """Without a purchase only a reason says where goods come from, or their supplier; what is worth much finance decides."""
    arrived = _as_said(items, cost)
    _refuse_strange_cost(arrived, cost)
    if not reason and supplier is None:
        raise MissingInput(input="reason", handler="stock.in", choices=USUAL["stock.in"])
    receipt = await write_receipt(
        arrived, spot, supplier_id=supplier.id if supplier else None, reason=reason[:120], by=me.person_id
    )
    expected = [row["number"] for item in items for row in await purchases_expecting(item.product.id)]
    result = Received(
        number=receipt.number,
        supplier=Ref(number=supplier.number, name=supplier.name) if supplier else None,
        reason=receipt.reason,
        lines=[],
        expected_by=list(dict.fromkeys(map(str, expected)))[:3],
    )
    worth = worth_of_arrival(arrived)
    before = await unasked_before(me, worth)
    if before is not None:
        number = await ask_consent(me, receipt.number, _asked(arrived, cost), worth, before, _from(supplier, reason))
        lines = await _lines(await lines_of_receipt(receipt), items)
        return Done(result.model_copy(update={"lines": lines, "approval": number}), approval=number)
    booked, held = await book_and_hold(receipt, by=me.person_id)
    result = result.model_copy(update={"lines": await _lines(booked, items), "held_for": held})
    return Done(result, undo=Call("stock.revert", {"document": receipt.number}))


def _refuse_strange_cost(arrived: list[Arrived], cost: Decimal | None) -> None:
    """Raises InvalidInput for a cost that is missing, of several products, or can only be a mistake."""
    if cost is not None and len(arrived) > 1:
        raise InvalidInput(input="cost", given=f"{cost:f}", why="several_products")
    for each in arrived:
        if cost is None and not each.product.cost:
            raise InvalidInput(input="cost", given=each.product.name, why="price_needed")
        if cost is not None and is_cost_far_off(each.product, cost):
            raise InvalidInput(input="cost", given=f"{cost:f}", why="cost_far_off")
        if cost is not None and each.quantity * cost > LARGEST:
            raise InvalidInput(input="cost", given=f"{cost:f}", why="too_large")


def _asked(arrived: list[Arrived], cost: Decimal | None) -> str:
    """What finance is asked to consent to."""
    price = "" if cost is None else f" 单价 {cost:f}"
    return (
        f"入库 {'，'.join(f'{a.product.name} {a.quantity.normalize():+,f} {a.product.unit}' for a in arrived)}{price}"[
            :120
        ]
    )


def _from(supplier: Supplier | None, reason: str) -> str:
    return " ".join([*([f"{supplier.name}送来，没有采购单"] if supplier else []), *([reason] if reason else [])])


async def book_and_hold(receipt: GoodsReceipt, *, by: int | None) -> tuple[list[GoodsReceiptLine], list[str]]:
    """What was written down comes in, and orders that wait for it get it; says which."""
    await lock_waiting([line.product.id for line in await lines_of_receipt(receipt)])
    booked = await book_receipt(receipt, by=by)
    return booked, await _hold_for_orders(booked)


async def _from_workshop(me: Actor, work_order: WorkOrder, quantity: Measure | None, spot: Spot) -> Done[Received]:
    """What leaves the last operation is in stock; to take it in is to report that operation."""
    if quantity is None:
        raise MissingInput(input="quantity", handler="stock.in")
    product = await work_order.product
    good = await quantity.of(product)
    if good <= 0:
        raise InvalidInput(input="quantity", given=quantity.text, why="too_small")
    last = (await operations_of(work_order))[-1]
    report = await report_work(work_order, last.position, good=good, scrap=ZERO, worker_id=me.person_id)
    figures = await stock_figures(product.id)
    warehouse = await work_order.warehouse
    line = MovedLine(
        product=ref(product), said="", quantity=good, unit=product.unit, warehouse=warehouse.name, location=None, lot=None,
        on_hand=figures.on_hand, amount=None,
    )  # fmt: skip
    result = Received(number=report.number, work_order=work_order.number, lines=[line])
    return Done(result, undo=Call("task.unreport", {"report": report.number}))


async def _arrived(
    purchase: PurchaseOrder, items: list[Item] | None, quantity: Measure | None, all: Whole | None
) -> list[Arrived]:
    """What came of a purchase: what is named, so much of its only product, or all it still expects."""
    if items:
        return _as_said(items)
    expected = [line for line in await lines_expected(purchase) if line.received < line.quantity]
    if all is not None or not expected or (quantity is not None and not quantity.parts):
        # Nothing open: the purchase itself says why nothing can come.
        lines = expected or await lines_expected(purchase)
        return [Arrived(line.product, line.quantity - line.received) for line in lines]
    if quantity is None:
        raise MissingInput(input="quantity", handler="stock.in", choices=["全收"])
    products = {line.product_id: line.product for line in expected}  # type: ignore[attr-defined]
    if len(products) > 1:
        raise InvalidInput(input="quantity", given=quantity.text, why="several_products")
    product = next(iter(products.values()))
    figure = await quantity.of(product)
    if figure <= 0:
        raise InvalidInput(input="quantity", given=quantity.text, why="too_small")
    return [Arrived(product, figure)]


async def _only_purchase(items: list[Item], supplier: Supplier) -> str | None:
    """The one purchase from a supplier that still expects all of these; several have to be told apart."""
    expecting = [{str(row["number"]) for row in await purchases_expecting(i.product.id, supplier.id)} for i in items]
    numbers = sorted(set.intersection(*expecting))
    if len(numbers) > 1:
        raise Ambiguous(input="purchase", kind="purchase", given=supplier.name, choices=[{"name": n} for n in numbers])
    return numbers[0] if numbers else None


def _as_said(items: list[Item], cost: Decimal | None = None) -> list[Arrived]:
    """Products with what came of each, said once or in parts."""
    whole: dict[int, Arrived] = {}
    for item in items:
        before = whole.get(item.product.id)
        quantity = item.base_quantity + (before.quantity if before else ZERO)
        whole[item.product.id] = Arrived(item.product, quantity, cost)
    return list(whole.values())


async def _hold_for_orders(lines: list[GoodsReceiptLine]) -> list[str]:
    orders = await hold_for_waiting([line.product_id for line in lines])  # type: ignore[attr-defined]
    for order in orders:
        facts = {"number": order.number, "products": "、".join(line.product.name for line in lines)[:60]}
        if order.salesperson_id is not None:  # type: ignore[attr-defined]
            await tell("stock.arrived", about=order.number, facts=facts, holder=[order.salesperson_id])  # type: ignore[attr-defined]
    return [order.number for order in orders]


async def _lines(lines: list[GoodsReceiptLine], items: list[Item] | None) -> list[MovedLine]:
    words = {item.product.id: said(item) for item in items or []}
    made = []
    for line in lines:
        figures = await stock_figures(line.product_id)  # type: ignore[attr-defined]
        moved = await StockMove.filter(document=line.receipt.number, product_id=line.product_id).first()  # type: ignore[attr-defined]
        location = moved.location if moved else line.location
        made.append(
            MovedLine(
                product=ref(line.product),
                said=words.get(line.product.id, ""),
                quantity=line.quantity,
                unit=line.product.unit,
                warehouse=line.warehouse.name,
                location=location or None,
                lot=line.lot or None,
                on_hand=figures.on_hand,
                amount=line.amount,
            )
        )
    return made
