"""The rules of availability and reservation, each as a claim; those of one order alone are in test_order_rules."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models import sql
from models.clock import at_local, today, travel
from models.product.tables import Product
from models.purchase.tables import PurchaseOrderLine
from models.sales.tables import SalesOrder
from models.stock.figures import Figures, stock_figures
from models.stock.reservation import held_by
from tests.books import clean
from tests.handlers.test_stock_documents import lot_comes
from tests.people import Api, Chat

MOVES = "SELECT md5(string_agg(m::text, '|' ORDER BY m.id)) AS sum FROM stock_move m WHERE m.id <= $1"


async def figures(code: str) -> Figures:
    return await stock_figures((await Product.get(code=code)).id)


async def order(api: Api, code: str, quantity: int, who: str = "建业工程") -> str:
    """A confirmed order of a customer with credit; its number."""
    items = [{"product": code, "quantity": str(quantity)}]
    status, made = await api.post("E003", "order.create", customer=who, items=items)
    assert status == 200, made
    return str(made["number"])


async def test_availability_below_nothing_is_kept_and_shown_as_nothing(chat: Chat, api: Api) -> None:
    last = today() + timedelta(days=5)
    await lot_comes(chat, f"入库 BV2.5电线红 10卷 批号B261201 效期{last:%Y-%m-%d}")
    number = await order(api, "BV25R", 90)
    assert await held_by(number) == {1: Decimal(90)}
    with travel(at_local(last + timedelta(days=1), 12)):
        assert (await figures("BV25R")).free == -10
        assert (await chat("E003", "BV2.5电线红还有多少")).startswith("BV2.5电线 红\n可用 0 卷\n")


async def test_availability_is_told_in_four_named_figures(api: Api) -> None:
    await order(api, "HB200W", 30)
    _, told = await api.get("E003", "stock.query", product="HB200W")
    assert (told["on_hand"], told["reserved"], told["free"]) == ("40", "30", "10")
    first = told["incoming"][0]
    line = await PurchaseOrderLine.get(order__number="PO0087")
    assert (first["document"]["number"], first["quantity"], first["date"]) == (
        "PO0087",
        "600",
        line.due_date.isoformat(),
    )


async def test_availability_of_late_goods_counts_from_today_and_says_so(chat: Chat) -> None:
    line = await PurchaseOrderLine.get(order__number="PO0087")
    with travel(at_local(line.due_date + timedelta(days=3), 10)):
        first = (await figures("HB200W")).incoming[0]
        assert (first.document, first.late, first.due) == ("PO0087", True, today())
        assert "PO0087，已延期" in await chat("E003", "工矿灯200W还有多少")
        assert (await figures("HB200W")).earliest(Decimal(600)) == today()


async def test_forecast_is_on_hand_and_incoming_less_what_is_promised_to_that_day(api: Api) -> None:
    number = await order(api, "HB200W", 140)
    line = await PurchaseOrderLine.get(order__number="PO0087")
    there = {point.day: point.balance for point in (await figures("HB200W")).future_balance()}
    # 40 are held for it; the 100 it lacks are wanted at once, and the purchase brings 600.
    assert await held_by(number) == {1: Decimal(40)}
    assert (there[today()], there[line.due_date]) == (Decimal(-100), Decimal(500))
    assert (await figures("HB200W")).projected == 500


async def test_demand_leaves_out_orders_that_are_paused_or_closed(api: Api) -> None:
    number = await order(api, "HB200W", 140)
    lacking = [(each.document, each.quantity) for each in (await figures("HB200W")).outgoing]
    assert lacking == [(number, Decimal(100))]
    for name in ("order.hold", "order.close"):
        assert (await api.post("E003", name, order=number))[0] == 200
        assert (await figures("HB200W")).outgoing == [], name


async def test_reservation_holds_only_what_is_free_and_the_rest_is_demand(api: Api) -> None:
    first, second = await order(api, "HB200W", 30), await order(api, "HB200W", 30)
    assert (await held_by(first), await held_by(second)) == ({1: Decimal(30)}, {1: Decimal(10)})
    assert [(each.document, each.quantity) for each in (await figures("HB200W")).outgoing] == [(second, Decimal(20))]


@pytest.mark.parametrize(
    ("who", "name", "inputs"),
    [
        ("E005", "stock.out", {"items": [{"product": "HB200W", "quantity": "4"}], "reason": "打样"}),
        ("E005", "stock.transfer", {"source": "主仓", "target": "二号仓", "items": [{"product": "HB200W", "quantity": "4"}]}),
        ("E005", "stock.send", {"source": "主仓", "target": "二号仓", "items": [{"product": "HB200W", "quantity": "4"}]}),
        ("E003", "stock.reserve", {"customer": "宏达建材", "items": [{"product": "HB200W", "quantity": "4"}]}),
    ],
)  # fmt: skip
async def test_reservation_is_used_by_no_other_document(api: Api, who: str, name: str, inputs: dict) -> None:
    number = await order(api, "HB200W", 37)
    status, body = await api.post(who, name, **inputs)
    assert (status, body["code"]) == (422, "not_enough_stock"), body
    assert await held_by(number) == {1: Decimal(37)}


async def test_reservation_and_demand_come_back_with_a_delivery_that_is_taken_back(api: Api) -> None:
    number = await order(api, "HB200W", 44)
    _, sent = await api.post("E005", "ship.confirm", order=number, carrier="自提")
    assert await held_by(number) == {}
    await api.post("E005", "ship.revert", delivery=sent["number"])
    assert await held_by(number) == {1: Decimal(40)}
    assert [(each.document, each.quantity) for each in (await figures("HB200W")).outgoing] == [(number, Decimal(4))]
    assert await clean()


async def test_reservation_of_a_closed_order_is_free_and_taken_again_as_far_as_there_is_any(api: Api) -> None:
    number = await order(api, "HB200W", 40)
    await api.post("E003", "order.close", order=number)
    assert (await figures("HB200W")).free == 40
    await order(api, "HB200W", 25)
    assert (await api.post("E003", "order.reopen", order=number))[0] == 200
    assert await held_by(number) == {1: Decimal(15)}
    assert await clean()


async def test_reservation_again_after_closing_looks_at_credit_again(api: Api) -> None:
    number = await order(api, "HB200W", 40)
    await api.post("E003", "order.close", order=number)
    await api.post("E001", "credit.set", customer="建业工程", amount="1")
    status, body = await api.post("E003", "order.reopen", order=number)
    assert status == 202 and body["pending"]["approval"]
    assert (await SalesOrder.get(number=number)).state == "closed" and await held_by(number) == {}


async def test_the_stock_ledger_is_appended_to_and_never_rewritten(chat: Chat, api: Api) -> None:
    (last,) = await sql.rows("SELECT max(id) AS id FROM stock_move")
    before = await sql.rows(MOVES, last["id"])
    _, sent = await api.post("E005", "ship.confirm", order="SO0316", carrier="自提")
    await api.post("E005", "ship.revert", delivery=sent["number"])
    await chat("E005", "入库 角阀5个 盘盈")
    await chat("E005", "撤销")
    await chat("E005", "报废角阀2个 损坏")
    assert await sql.rows(MOVES, last["id"]) == before
    assert await clean()
