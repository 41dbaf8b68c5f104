"""Stocktakes: begun, counted, compared, handed in; what differs much waits for finance."""

from decimal import Decimal
from typing import Annotated

from handlers.actor import Actor
from handlers.areas.stock.adjusting import ask_consent, unasked_before
from handlers.areas.stock.facts import Yielded, ref, tell_dropped
from handlers.call import Call
from handlers.dispatch import Done, MissingInput
from handlers.measures import Measure
from handlers.places import LotNo
from handlers.registry import command, query
from handlers.result import Named, Needs, Numbered, Places, Quantity, Ref, Result
from handlers.visible import visible
from models.base import ZERO
from models.errors import InvalidInput, Refused
from models.moves import move
from models.product.tables import Product
from models.stock.counting import (
    Difference,
    differences,
    open_counts,
    post_count,
    record_count,
    start_count,
    uncounted,
    withdraw_count,
)
from models.stock.placing import main_warehouse
from models.stock.tables import Location, Stocktake, StocktakeLine, StocktakeState, Warehouse


class NothingCounting(Refused):
    """No warehouse is being counted."""

    code, status = "nothing_counting", 409


class CountStarted(Result):
    """A warehouse that is being counted from now on."""

    number: str
    warehouse: Named
    products: int


class Counted(Result):
    """What was counted of a product, and what the books said at that moment."""

    number: str
    warehouse: Named
    product: Ref
    location: str | None
    lot: str | None
    unit: str
    counted: Quantity
    booked: Quantity
    difference: Quantity


class Withdrawn(Result):
    """A count that was taken back."""

    number: str
    product: Ref


class DifferenceRow(Result):
    """A product whose count differs from the books."""

    product: Ref
    location: str | None
    lot: str | None
    unit: str
    booked: Quantity
    counted: Quantity
    difference: Quantity
    amount: Annotated[Decimal | None, Places(2), Needs("cost")]


class CountAnswer(Result):
    """A stocktake: how much is counted, and what differs."""

    number: str
    warehouse: Named
    state: StocktakeState
    counted: int
    uncounted: int
    differing: int
    amount: Annotated[Decimal | None, Places(2), Needs("cost")]
    rows: list[DifferenceRow]
    approval: Numbered | None = None
    dropped: list[Yielded] = []


class CountClosed(Result):
    """A stocktake that was given up; nothing was booked."""

    number: str
    warehouse: Named


@command("count.start", says=["开始盘点{warehouse}", "盘点{warehouse}", "开始盘点"])
async def start_counting(me: Actor, *, warehouse: Warehouse | None = None) -> CountStarted:
    """开始盘点一个仓库，盘点时照常进出"""
    where = warehouse or await main_warehouse()
    count = await start_count(where, by=me.person_id)
    return CountStarted(number=count.number, warehouse=where.name, products=await uncounted(count))


@command(
    "count.record",
    says=[
        "{product}实盘{quantity}", "{product}盘点{quantity}", "{product}盘了{quantity}", "{product}实际{quantity}", "{product}数了{quantity}",
        "{location}{product}实盘{quantity}", "{product}批号{lot}实盘{quantity}", "{count}{product}实盘{quantity}", "{warehouse}{product}实盘{quantity}",
    ],
)  # fmt: skip
async def record_counted(
    me: Actor,
    *,
    product: Product,
    quantity: Measure,
    location: Location | None = None,
    lot: LotNo | None = None,
    warehouse: Warehouse | None = None,
    count: Stocktake | None = None,
) -> Done[Counted]:
    """登记实盘数量，和此刻的账比较"""
    where = warehouse or (location.warehouse if location else None)
    open_count = count or await _open(where, "count.record")
    found = await quantity.of(product)
    if location is not None and location.warehouse_id != open_count.warehouse_id:  # type: ignore[attr-defined]
        raise InvalidInput(input="location", given=location.code, why="other_warehouse")
    line = await record_count(
        open_count, product, found, location=location.code if location else "", lot=lot or "", by=me.person_id
    )
    result = Counted(
        number=open_count.number,
        warehouse=(await open_count.warehouse).name,
        product=ref(product),
        location=line.location or None,
        lot=line.lot or None,
        unit=product.unit,
        counted=line.counted,
        booked=line.booked,
        difference=line.counted - line.booked,
    )
    back = {"count": open_count.number, "product": product.code, "location": line.location, "lot": line.lot}
    return Done(result, undo=Call("count.withdraw", {name: value for name, value in back.items() if value}))


@command("count.withdraw", says=["{product}的实盘不算", "{product}重新盘"])
async def withdraw_counted(
    me: Actor,
    *,
    product: Product,
    count: Stocktake | None = None,
    location: Location | None = None,
    lot: LotNo | None = None,
) -> Withdrawn:
    """撤回一次实盘登记"""
    open_count = count or await _open(None, "count.withdraw")
    rows = StocktakeLine.filter(stocktake_id=open_count.id, product_id=product.id, withdrawn=False)
    line = await rows.filter(location=location.code if location else "", lot=lot or "").order_by("-id").first()
    if line is None:
        raise NothingCounting(product=product.name)
    await withdraw_count(line)
    return Withdrawn(number=open_count.number, product=ref(product))


@query(
    "count.diff", says=["盘点差异给我看看", "盘点差异", "看盘点差异", "{count}差异", "{warehouse}盘点差异", "盘点进度"]
)
async def show_differences(
    me: Actor, *, count: Stocktake | None = None, warehouse: Warehouse | None = None
) -> CountAnswer:
    """看盘点差异：盘了多少，差在哪"""
    if count is None and not await open_counts(warehouse.id if warehouse else None):
        count = await visible(me, Stocktake).order_by("-id").first()
    return await _answer(count or await _open(warehouse, "count.diff"))


@command(
    "count.finish",
    says=[
        "盘完了提交",
        "盘完了",
        "盘点提交",
        "提交盘点",
        "完成盘点",
        "结束盘点",
        "盘点完了",
        "盘点完成",
        "{warehouse}盘完了",
        "{count}盘完了",
    ],
    confirm=True,
)
async def finish_count(
    me: Actor, *, count: Stocktake | None = None, warehouse: Warehouse | None = None
) -> Done[CountAnswer]:
    """提交盘点：差异入账，金额大的先审批"""
    open_count = count or await _open(warehouse, "count.finish")
    found = await differences(open_count)
    worth = sum((abs(each.value) for each in found), ZERO)
    before = await unasked_before(me, worth)
    if before is not None:
        await move(open_count, StocktakeState.review)
        number = await ask_consent(
            me, open_count.number, _what(found), worth, before, f"盘点 {await _place(open_count)}"
        )
        return Done(await _answer(open_count, approval=number), approval=number)
    dropped = await post_count(open_count, by=me.person_id)
    told = await tell_dropped(dropped, f"{open_count.number} 盘亏的货", "", "盘点")
    return Done(await _answer(open_count, dropped=told))


@command("count.cancel", says=["取消盘点", "不盘了", "取消盘点{count}", "取消{warehouse}盘点"], confirm=True)
async def cancel_count(me: Actor, *, count: Stocktake | None = None, warehouse: Warehouse | None = None) -> CountClosed:
    """取消盘点，账不变"""
    open_count = count or await _open(warehouse, "count.cancel")
    await move(open_count, StocktakeState.cancelled)
    return CountClosed(number=open_count.number, warehouse=await _place(open_count))


async def _open(warehouse: Warehouse | None, handler: str) -> Stocktake:
    """The one stocktake that is open; of several, the one that is named."""
    found = await open_counts(warehouse.id if warehouse else None)
    if not found:
        raise NothingCounting(warehouse=warehouse.name if warehouse else None)
    if len(found) > 1:
        raise MissingInput(input="warehouse", handler=handler, choices=[each.warehouse.name for each in found])
    return found[0]


async def _place(count: Stocktake) -> str:
    warehouse: Warehouse = await count.warehouse
    return warehouse.name


def _what(found: list[Difference]) -> str:
    differing = [each for each in found if each.quantity]
    named = "，".join(f"{each.name} {each.quantity.normalize():+,f} {each.unit}" for each in differing[:3])
    return f"盘点差异 {len(differing)} 种 {named}"[:120]


async def _answer(
    count: Stocktake, *, approval: str | None = None, dropped: list[Yielded] | None = None
) -> CountAnswer:
    found = await differences(count)
    differing = sorted((each for each in found if each.quantity), key=lambda each: (-abs(each.value), each.code))
    return CountAnswer(
        number=count.number,
        warehouse=await _place(count),
        state=StocktakeState.of(count.state),
        counted=len({each.product_id for each in found}),
        uncounted=await uncounted(count),
        differing=len(differing),
        amount=sum((each.value for each in found), ZERO),
        rows=[
            DifferenceRow(
                product=Ref(code=each.code, name=each.name),
                location=each.location or None,
                lot=each.lot or None,
                unit=each.unit,
                booked=each.booked,
                counted=each.counted,
                difference=each.quantity,
                amount=each.value,
            )
            for each in differing[:20]
        ],
        approval=approval,
        dropped=dropped or [],
    )
