"""The promised date, walked again by hand: day by day, with the lowest balance from each day on."""

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import sql
from models.auditing import CHECKS
from models.clock import now, today
from models.product.tables import Product
from models.production.tables import BomLine, Operation, WorkOrder, WorkOrderMaterial
from models.purchase.tables import PurchaseOrderLine
from models.sales.promising import Coming, Outlook, SourceKind, at_present_pace, outlooks, working_day
from models.sales.tables import SalesOrder
from models.stock.figures import stock_figures
from models.stock.tables import StockBalance
from tests.days import shown
from tests.people import Api, Chat

HORIZON = 80


def walked(free: int, coming: list[tuple[int, int]], promised: list[tuple[int, int]], wanted: int) -> int | None:
    """The first day from which on there is always enough, found by looking at every day after every day."""
    balances = []
    for day in range(HORIZON):
        arrived = sum(quantity for on, quantity in coming if on <= day)
        left = sum(quantity for on, quantity in promised if on <= day)
        balances.append(free + arrived - left)
    return next((day for day in range(HORIZON) if all(each >= wanted for each in balances[day:])), None)


@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=6),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=6),
    st.integers(1, 120),
)
def test_the_promise_is_the_first_day_from_which_the_lowest_balance_covers_it(
    free: int, coming: list, promised: list, wanted: int
) -> None:
    start = today()
    outlook = Outlook(
        Decimal(free),
        [
            Coming(SourceKind.purchase, f"PO{n:04d}", Decimal(quantity), start + timedelta(days=day), False)
            for n, (day, quantity) in enumerate(sorted(coming))
        ],
        [(start + timedelta(days=day), Decimal(quantity)) for day, quantity in promised],
    )
    promise = outlook.promise(Decimal(wanted))
    expected = walked(free, coming, promised, wanted)
    assert promise.day == (None if expected is None else start + timedelta(days=expected))
    assert sum(each.quantity for each in promise.sources) + promise.lacking == wanted
    assert all(promise.day is None or each.day <= promise.day for each in promise.sources)


async def test_lamps_come_from_stock_and_from_what_the_supplier_sends_and_later_when_that_slips(
    chat: Chat, api: Api
) -> None:
    due = (await PurchaseOrderLine.get(order__number="PO0087")).due_date
    now_there = await chat("E003", "工矿灯200W 40个什么时候能交")
    assert "现在就能发" in now_there and "现货" in now_there
    both = await chat("E003", "工矿灯200W 100个什么时候能交")
    assert shown(due) in both and "· 工矿灯200W 40 个：现货" in both and "工矿灯200W 60 个：采购 PO0087" in both
    await PurchaseOrderLine.filter(order__number="PO0087").update(due_date=due + timedelta(days=5))
    assert shown(due + timedelta(days=5)) in await chat("E003", "工矿灯200W 100个什么时候能交")
    # What was due yesterday comes today at the earliest, and is called late.
    await PurchaseOrderLine.filter(order__number="PO0087").update(due_date=today() - timedelta(days=1))
    late = await chat("E003", "工矿灯200W 100个什么时候能交")
    assert "已延期" in late and shown(today()) in late
    # Beyond all of it there is no date, and it says so.
    assert "还没有货源" in await chat("E003", "工矿灯200W 641个什么时候能交")


async def test_what_earlier_orders_lack_is_theirs_first(api: Api) -> None:
    first = (
        await api.post("E003", "order.create", customer="建业工程", items=[{"product": "HB200W", "quantity": "100"}])
    )[1]
    second = (
        await api.post("E003", "order.create", customer="宏达建材", items=[{"product": "HB200W", "quantity": "50"}])
    )[1]
    due = (await PurchaseOrderLine.get(order__number="PO0087")).due_date.isoformat()
    for order in (first, second):
        told = (await api.get("E003", "order.eta", order=order["number"]))[1]
        assert told["promise"]["date"] == due
    # 600 come; 60 and 50 are promised; 490 are left to promise, not one more.
    product = await Product.get(code="HB200W")
    outlook = (await outlooks([product.id]))[product.id]
    assert outlook.promise(Decimal(490)).day is not None
    assert outlook.promise(Decimal(491)).day is None
    assert [name for name, statement in CHECKS.items() if await sql.rows(statement)] == []


async def test_racks_come_when_the_workshop_is_done_at_its_present_pace(chat: Chat) -> None:
    work = await WorkOrder.get(number="WO1105")
    steps = await Operation.filter(work_order_id=work.id)
    done = sum(min(step.good + step.scrap, work.quantity) * step.minutes for step in steps)
    whole = sum(work.quantity * step.minutes for step in steps)
    began = today() - timedelta(days=3)
    spent = sum((began + timedelta(days=n)).weekday() != 6 for n in range(4))
    left = math.ceil((whole - done) * spent / done)
    ready, worked = today(), 0
    while worked < left:
        ready += timedelta(days=1)
        worked += ready.weekday() != 6
    said = await chat("E003", "型材货架 10件什么时候能交")
    assert f"生产 WO1105 {shown(ready)}" in said


async def test_an_order_says_when_and_a_customer_learns_the_day_and_no_more(chat: Chat, api: Api) -> None:
    assert "可发：现在就能发（现货 5,000 个）" in await chat("E003", "SO0312")
    due = (await SalesOrder.get(number="SO0312")).requested_date
    assert await chat("C001", "SO0312什么时候能到") == f"SO0312\n最早：现在就能发\n要求：{shown(due)}"
    status, body = await api.get("C001", "order.eta", order="SO0312")
    assert status == 200 and "sources" not in body["promise"] and "lines" not in body
    hard = await chat("C001", "下周三之前一定要送到工地")
    # The latest open order is the draft of 300 valves, of which there are 420.
    assert "SO0318" in hard and "之前能发" in hard
    assert (await api.get("C002", "order.eta", order="SO0312"))[0] == 404


async def test_the_echo_of_an_order_tells_the_day(chat: Chat) -> None:
    echo = await chat("E003", "建业要工矿灯200W 100个")
    assert "可发：" in echo and "现货 40 个" in echo and "PO0087 60 个" in echo


@pytest.mark.parametrize(("days", "last"), [(1, date(2026, 11, 28)), (2, date(2026, 11, 30)), (7, date(2026, 12, 5))])
def test_nobody_works_on_sundays(days: int, last: date) -> None:
    assert working_day(date(2026, 11, 27), days) == last


def test_half_done_takes_as_long_again() -> None:
    assert at_present_pace(Decimal(100), Decimal(200), began=today()) == working_day(today(), 1)


async def test_what_leaves_the_warehouse_moves_the_promise_of_what_nobody_holds(chat: Chat) -> None:
    balance = await StockBalance.filter(product__code="HB200W").first()
    assert balance is not None
    await chat("E003", "建业要工矿灯200W 40个")
    await chat("E003", "确认")
    assert "PO0087" in await chat("E003", "工矿灯200W 1个什么时候能交")
    assert (await SalesOrder.all().order_by("-id").first()).state == "confirmed"  # type: ignore[union-attr]


async def needed(code: str) -> Decimal:
    """What open work orders have yet to take of a component, by hand."""
    total = Decimal(0)
    for line in await BomLine.filter(component__code=code):
        for work in await WorkOrder.filter(product_id=line.product_id, state__in=["confirmed", "in_progress"]):
            lost = sum(step.scrap for step in await Operation.filter(work_order_id=work.id))
            given = await WorkOrderMaterial.filter(work_order_id=work.id, component__code=code).first()
            total += max(Decimal(0), line.factor * (work.quantity - lost) - (given.issued if given else 0))
    return total


async def test_what_work_orders_have_yet_to_take_can_be_promised_to_nobody(chat: Chat) -> None:
    product = await Product.get(code="AL4040")
    # 1,000 racks take 2.4 each; 120 are there.
    assert await needed("AL4040") == 2400
    assert (
        "可用 120 根" in (said := await chat("E003", "铝型材4040还有多少"))
        and "可承诺：0 根，其余有订单或工单等着" in said
    )
    assert "铝型材4040 10 根 还没有货源" in await chat("E003", "铝型材4040 10根什么时候能交")
    await chat("E005", "车间领料 铝型材4040 六根 WO1105")
    assert await needed("AL4040") == 2394
    figures = await stock_figures(product.id)
    assert figures.projected == 114 - 2394
    await WorkOrder.filter(number="WO1105").update(state="completed")
    assert (await stock_figures(product.id)).available_from(today()) == 114
    assert (await outlooks([product.id]))[product.id].promise(Decimal(114)).day == today()


async def test_a_component_is_needed_when_its_work_order_is_due(chat: Chat) -> None:
    work = await WorkOrder.get(number="WO1105")
    product = await Product.get(code="M8X30")
    figures = await stock_figures(product.id)
    balances = {point.day: point.balance for point in figures.future_balance()}
    day_before, there = work.due_date - timedelta(days=1), Decimal(5500) + 20000
    assert balances[max(day for day in balances if day <= day_before)] == there
    assert balances[work.due_date] == there - await needed("M8X30") == 9500
    assert figures.available_from(today()) == 5500


async def test_a_work_order_that_came_later_takes_nothing_from_an_order_that_stands(chat: Chat, api: Api) -> None:
    items = [{"product": "HB200W", "quantity": "100"}]
    order = (await api.post("E003", "order.create", customer="建业工程", items=items))[1]
    due = (await PurchaseOrderLine.get(order__number="PO0087")).due_date
    lamp, rack = await Product.get(code="HB200W"), await Product.get(code="RACK1")
    await BomLine.create(product=rack, component=lamp, factor=Decimal(1))
    await WorkOrder.filter(number="WO1105").update(created_at=now())
    assert (await api.get("E003", "order.eta", order=order["number"]))[1]["promise"]["date"] == due.isoformat()
    assert (await outlooks([lamp.id]))[lamp.id].promise(Decimal(1)).day is None
