"""Goods that go back to their supplier: out of stock, off what we owe, and back again with 撤销."""

from decimal import Decimal

import pytest

from models.delivery.tables import Notice
from models.purchase.tables import PurchaseOrder, PurchaseOrderLine, SupplierReturn
from models.stock.figures import stock_figures
from tests.books import booked, clean
from tests.people import Api, Chat


async def line() -> PurchaseOrderLine:
    return await PurchaseOrderLine.get(order__number="PO0087").select_related("order", "product")


async def state() -> tuple[Decimal, Decimal, str, Decimal]:
    """Received, ordered, the purchase's state, and what is on hand."""
    seen = await line()
    return seen.received, seen.quantity, seen.order.state, (await stock_figures(seen.product.id)).on_hand


@pytest.fixture
async def arrived(chat: Chat) -> None:
    """200 of the 600 lamps of PO0087 are here."""
    assert "已入库" in await chat("E005", "PO0087到了200个")


async def test_what_goes_back_leaves_stock_and_is_owed_no_more(chat: Chat, arrived: None) -> None:
    echo = await chat("E005", "PO0087退工矿灯200W 5个 灯罩裂了")
    assert (
        echo.startswith("请确认退供应商\n· 工矿灯200W 5 个（主仓）")
        and "原因：灯罩裂了" in echo
        and "应付少" not in echo
    )
    assert await SupplierReturn.all().count() == 0
    assert (await chat("E005", "确认")).startswith("SR0001 已退给供应商")
    assert await state() == (195, 595, "partially_received", 235)
    # 5 at 205.00, which is what the books say they cost.
    assert await booked("SR0001") == [("1405", "-1025.00"), ("220201", "1025.00")]
    told = await Notice.filter(kind="supplier.returned").values_list("receiver__number", flat=True)
    assert set(told) >= {"E009", "E012"}
    assert "amount" not in str((await Notice.filter(kind="supplier.returned").first()).facts)
    assert await clean()


async def test_a_bill_afterwards_demands_only_what_stayed(chat: Chat, api: Api, arrived: None) -> None:
    await api.post("E005", "purchase.return", purchase="PO0087", items=[{"product": "HB200W", "quantity": "5"}])
    _, bill = await api.post("E009", "payable.bill", purchase="PO0087")
    assert bill["net"] == "39975.00"
    assert await clean()


async def test_what_differs_from_the_average_is_a_price_difference(api: Api, arrived: None) -> None:
    _, asked = await api.post(
        "E005", "stock.in", items=[{"product": "HB200W", "quantity": "60"}], cost="300", reason="样品"
    )
    await api.post("E009", "approval.approve", approval=asked["pending"]["approval"])
    status, made = await api.post(
        "E005", "purchase.return", purchase="PO0087", items=[{"product": "HB200W", "quantity": "5"}]
    )
    assert status == 200, made
    legs = await booked(made["number"])
    assert sum(Decimal(amount) for _, amount in legs) == 0
    owed = sum(Decimal(amount) for code, amount in legs if code == "220201")
    assert owed == Decimal("1025.00") and any(code == "1404" for code, _ in legs)
    assert (await api.get("E009", "ledger.trial"))[0] == 200
    assert await clean()


async def test_goods_to_be_sent_again_are_expected_again(chat: Chat, arrived: None) -> None:
    await chat("E012", "PO0087换货工矿灯200W 5个")
    said = await chat("E012", "确认")
    assert "采购单：PO0087，等供应商补发" in said
    assert await state() == (195, 600, "partially_received", 235)
    assert "已入库" in await chat("E005", "PO0087到了5个")
    assert await clean()


async def test_all_of_it_may_go_back_and_nothing_is_expected(chat: Chat, api: Api) -> None:
    await chat("E005", "PO0087到了，全收")
    status, made = await api.post(
        "E012", "purchase.return", purchase="PO0087", items=[{"product": "HB200W", "quantity": "600"}]
    )
    assert (status, made["purchase_state"]) == (200, "received")
    assert await state() == (0, 0, "received", 40)
    assert await clean()


async def test_a_return_is_taken_back_with_its_money(chat: Chat, arrived: None) -> None:
    before = await state()
    await chat("E005", "退供应商PO0087 工矿灯200W 5个")
    await chat("E005", "确认")
    assert await state() != before
    assert "SR0001" in await chat("E005", "撤销")
    assert await state() == before
    assert sum(Decimal(amount) for _, amount in await booked("SR0001")) == 0
    assert (await SupplierReturn.get()).state == "cancelled"
    assert "不能这样操作" in await chat("E005", "撤回SR0001")
    assert await clean()


async def test_a_supplier_says_which_purchase_if_there_is_one(chat: Chat, arrived: None) -> None:
    assert "采购单：PO0087" in await chat("E005", "工矿灯200W 5个退给佛照")
    await chat("E005", "取消")
    assert "采购单" in await chat("E005", "把角阀 5个退给佛照")


@pytest.mark.parametrize(
    ("who", "said", "refusal"),
    [
        ("E005", "PO0087退工矿灯200W 201个", "PO0087 到货的 工矿灯200W 有 200 个，不能退 201"),
        ("E005", "PO0087退角阀 5个", "PO0087 没有订"),
        ("E005", "PO0087退工矿灯200W 0个", "大于 0"),
        ("E005", "PO9999退工矿灯200W 5个", "没有找到"),
        ("E003", "PO0087退工矿灯200W 5个", ""),
        ("C001", "PO0087退工矿灯200W 5个", ""),
    ],
)
async def test_what_cannot_go_back_is_refused_and_nothing_moves(
    chat: Chat, arrived: None, who: str, said: str, refusal: str
) -> None:
    before = await state()
    assert refusal in (answer := await chat(who, said)) and "请确认退供应商" not in answer, answer
    await chat(who, "确认")
    assert await state() == before and await SupplierReturn.all().count() == 0


async def test_invoiced_goods_wait_for_the_invoice_to_be_taken_back(chat: Chat, api: Api, arrived: None) -> None:
    await api.post("E009", "payable.bill", purchase="PO0087")
    assert "要先作废来票" in await chat("E005", "PO0087退工矿灯200W 5个")
    bill = (await api.get("E009", "payable.query", supplier="佛照"))[1]
    assert bill and await SupplierReturn.all().count() == 0
    assert (await PurchaseOrder.get(number="PO0087")).state == "partially_received"
    assert await clean()


async def test_held_goods_do_not_go_back(chat: Chat, arrived: None) -> None:
    await chat("E003", "建业要工矿灯200W 240个")
    await chat("E003", "确认")
    assert "不够" in await chat("E005", "PO0087退工矿灯200W 5个")
    assert await SupplierReturn.all().count() == 0
