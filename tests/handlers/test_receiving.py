"""What a customer says when goods come: which order it is about is asked, never guessed."""

import pytest

from models.sales.tables import SalesOrder
from tests.people import Chat


async def shipped(chat: Chat) -> None:
    await chat("E005", "SO0316发货 德邦 DPK3620018900")
    assert "已发货" in await chat("E005", "确认")


@pytest.mark.parametrize("line", ["收到了", "货到了", "确认收货"])
async def test_who_says_only_that_it_came_is_asked_which_order_did(chat: Chat, line: str) -> None:
    assert await chat("C001", line) == "没有在路上等确认收货的订单"
    await shipped(chat)
    assert await chat("C001", line) == "哪张订单的货收到了？\n回复 1 SO0316 / 0 取消"
    assert (await SalesOrder.get(number="SO0316")).received_at is None
    assert (await chat("C001", "1")).startswith("SO0316 已签收")
    assert (await SalesOrder.get(number="SO0316")).received_at is not None
    assert await chat("C001", line) == "没有在路上等确认收货的订单"


async def test_a_polite_word_can_be_let_go(chat: Chat) -> None:
    await shipped(chat)
    await chat("C001", "收到了")
    assert "已取消" in await chat("C001", "取消")
    assert (await SalesOrder.get(number="SO0316")).received_at is None


@pytest.mark.parametrize("line", ["我的货到哪了", "发货了吗", "货发了吗"])
async def test_a_customer_who_names_no_order_hears_of_the_newest(chat: Chat, line: str) -> None:
    assert await chat("C001", line) == await chat("C001", "SO0318")
    assert (await chat("E003", line)).startswith("哪张订单")
