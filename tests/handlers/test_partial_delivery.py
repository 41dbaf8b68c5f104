"""Deliveries of a part, with the rest left to be delivered, and tolerances within which a line is done."""

from decimal import Decimal

from models import sql
from models.auditing import CHECKS
from models.sales.tables import SalesOrder, SalesOrderLine
from tests.people import Api, Chat


async def clean() -> list[str]:
    return [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def send(api: Api, quantity: str, number: str = "SO0312", tracking: str = "SF100001") -> tuple[int, dict]:
    part = [{"product": "M8X30", "quantity": quantity}]
    return await api.post("E005", "ship.confirm", order=number, items=part, carrier="顺丰", tracking_no=tracking)


async def test_a_part_leaves_and_the_rest_is_told_as_backorder(chat: Chat) -> None:
    echo = await chat("E005", "SO0312先发3000个顺丰 单号SF1029384756")
    assert "× 3,000 个" in echo and "欠货：M8×30 不锈钢螺栓 × 2,000 个" in echo
    assert "SO0312 部分发货" in await chat("E005", "确认")
    shown = await chat("E003", "SO0312")
    assert "已发 60%，已开票 0%" in shown and "部分发货" in shown
    await chat("E005", "SO0312发了顺丰 单号SF1029384757")
    assert "SO0312 已发货" in await chat("E005", "确认")
    assert await clean() == []


async def test_more_than_is_held_or_ordered_does_not_leave(api: Api) -> None:
    assert (await send(api, "5001"))[1]["code"] == "over_delivery"
    status, body = await api.post(
        "E003", "order.create", customer="宏达建材", items=[{"product": "M8X30", "quantity": "8000"}]
    )
    assert (await send(api, "6000", body["number"]))[1]["code"] == "not_enough_stock"
    assert not (await SalesOrderLine.filter(order__number="SO0312", delivered__gt=0))
    assert await clean() == []


async def test_within_the_tolerance_a_little_less_closes_the_line_at_what_left(chat: Chat, api: Api) -> None:
    assert (await api.post("E001", "product.terms", product="M8X30", tolerance="3"))[0] == 200
    number = (
        await api.post("E003", "order.create", customer="宏达建材", items=[{"product": "M8X30", "quantity": "1000"}])
    )[1]["number"]
    status, body = await send(api, "970", number)
    assert (status, body["delivery"], body["backorder"]) == (200, "delivered", [])
    order = await SalesOrder.get(number=number)
    assert (order.total, order.revision) == (Decimal("436.50"), 2)
    assert "可用 4,530 个" in await chat("E003", "m8x30还有多少")
    assert await clean() == []


async def test_within_the_tolerance_a_little_more_leaves_and_is_owed(api: Api) -> None:
    await api.post("E001", "product.terms", product="M8X30", tolerance="3")
    number = (
        await api.post("E003", "order.create", customer="宏达建材", items=[{"product": "M8X30", "quantity": "1000"}])
    )[1]["number"]
    assert (await send(api, "1031", number))[1]["code"] == "over_delivery"
    assert (await send(api, "1030", number))[1]["delivery"] == "delivered"
    assert (await api.post("E009", "invoice.issue", order=number))[1]["amount"] == "463.50"
    assert await clean() == []


async def test_beyond_the_tolerance_the_rest_stays_to_be_delivered(api: Api) -> None:
    await api.post("E001", "product.terms", product="M8X30", tolerance="3")
    number = (
        await api.post("E003", "order.create", customer="宏达建材", items=[{"product": "M8X30", "quantity": "1000"}])
    )[1]["number"]
    status, body = await send(api, "969", number)
    assert (body["delivery"], body["backorder"][0]["quantity"]) == ("partial", "31")
    assert await clean() == []
