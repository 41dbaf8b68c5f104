"""Carriers by whatever they are called; what a customer fetches or we bring ourselves has no number."""

import pytest

from bot.rendering import templates
from bot.rendering.text import as_text
from models.delivery.tables import Notice
from models.sales.tables import Delivery
from tests.people import Api, Chat


@pytest.mark.parametrize(
    ("line", "carrier", "number"),
    [
        ("SO0315 自提", "自提", ""),
        ("315自提", "自提", ""),
        ("SO0315 客户自提", "自提", ""),
        ("315厂车送", "自送", ""),
        ("SO0315 货拉拉", "货拉拉", ""),
        ("SO0315发了自提", "自提", ""),
        ("315 顺丰 SF1029384756", "顺丰", "SF1029384756"),
        ("315发了顺丰速运 单号SF1029384756", "顺丰", "SF1029384756"),
        ("315 京东快递单号JD0012345678", "京东", "JD0012345678"),
        ("315发了老李货运 单号LL20261128", "老李货运", "LL20261128"),
    ],
)
async def test_goods_leave_by_their_carrier_with_a_number_where_there_is_one(
    chat: Chat, line: str, carrier: str, number: str
) -> None:
    echo = await chat("E005", line)
    how = f"物流：{carrier} {number}" if number else f"交货方式：{carrier}"
    assert echo.startswith("请确认发货 SO0315\n客户：建业工程\n") and f"\n{how}\n" in echo
    assert not await Delivery.filter(order__number="SO0315").exists()
    assert (await chat("E005", "确认")).startswith("SO0315 已发货")
    sent = await Delivery.get(order__number="SO0315")
    assert (sent.carrier, sent.tracking_no) == (carrier, number)


async def test_what_a_customer_fetches_needs_no_number_in_json_and_what_is_sent_does(api: Api) -> None:
    status, body = await api.post("E005", "ship.confirm", order="SO0315", carrier="顺丰")
    assert (status, body["code"], body["input"]) == (422, "missing_input", "tracking_no")
    status, body = await api.post("E005", "ship.confirm", order="SO0315", carrier="自提")
    assert (status, body["carrier"], body["tracking_no"]) == (200, "自提", "")


@pytest.mark.parametrize("carrier", ["SO0312出m8x30 5000", "x", "字" * 60, "13800001234"])
async def test_what_cannot_be_a_carrier_is_refused(api: Api, carrier: str) -> None:
    status, body = await api.post("E005", "ship.confirm", order="SO0315", carrier=carrier, tracking_no="SF100001")
    assert (status, body["code"], body["input"]) == (422, "invalid_input", "carrier")
    assert not await Delivery.filter(order__number="SO0315").exists()


async def test_goods_that_a_customer_fetches_leave_for_their_order(chat: Chat) -> None:
    echo = await chat("E005", "建业自提 6204轴承 40个")
    assert echo.startswith(
        "请确认发货 SO0315\n客户：建业工程\n· 6204轴承 × 40 个\n欠货：6204轴承 × 60 个\n交货方式：自提"
    )
    assert await chat("E005", "宏达来拿 m8x30 100个") == "“宏达建材”有 2 个匹配，回复数字：\n回复 1 SO0312 / 2 SO0316"
    echo = await chat("E005", "2")
    assert echo.startswith("请确认发货 SO0316\n") and "交货方式：自提" in echo
    assert (await chat("E005", "老王自提 角阀1箱")).startswith("给老王五金店的货要有订单才能出")


async def test_a_customer_reads_how_they_get_what_has_no_number(chat: Chat) -> None:
    await chat("E005", "SO0316 自提")
    await chat("E005", "确认")
    told = await Notice.filter(kind="order.shipped", about="SO0316", receiver__number="C001").first()
    assert told is not None
    said = as_text(templates.render("notices/order.shipped", told.facts), links=False)
    assert said.startswith("SO0316 已发货\n") and "\n交货方式：自提\n" in said and "物流" not in said
    assert "\n交货方式：自提（" in await chat("C001", "SO0316")
    assert (await chat("C001", "SO0316物流")).startswith("SO0316 已发货\n· 自提（")
