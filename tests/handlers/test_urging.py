"""Pressing for an order: said once, it reaches whoever can do something about it."""

import pytest

from models.delivery.tables import Notice
from tests.people import Chat


async def told(about: str) -> list[str]:
    rows = await Notice.filter(kind="order.urged", about=about).select_related("receiver").order_by("id")
    return [each.receiver.number for each in rows]


@pytest.mark.parametrize("line", ["催一下SO0312", "SO0312能快点吗", "催单"])
async def test_a_customer_reaches_their_salesperson_once_however_often(chat: Chat, line: str) -> None:
    answer = "已请小李尽快处理 SO0312\n现在是“已确认”，有进展马上告诉您"
    assert [await chat("C001", line) for _ in range(2)] == [answer, answer]
    assert await told("SO0312") == ["E003"]


async def test_a_salesperson_reaches_the_warehouse(chat: Chat) -> None:
    assert (await chat("E003", "催一下312发货")).startswith("已请仓库尽快处理 SO0312")
    assert "E005" in await told("SO0312")
    assert (await chat("E003", "催单")).startswith("哪张订单")


async def test_what_is_over_or_others_is_not_pressed_for(chat: Chat) -> None:
    assert "不能这样操作" in await chat("C001", "催一下SO0310")
    assert "没有找到" in await chat("C001", "催一下SO0317") or "没找到" in await chat("C001", "催一下SO0317")
    assert await told("SO0310") == await told("SO0317") == []
    # To a salesperson the same word about a customer is about what they owe.
    assert "没有找到" not in await chat("E003", "催一下宏达")
