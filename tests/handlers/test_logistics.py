"""The carrier's number: of the order that is named, or of the customer's last that left."""

import pytest

from tests.people import Chat


@pytest.mark.parametrize("line", ["快递单号发我", "查物流", "SO0316物流"])
async def test_a_customer_hears_how_their_last_goods_were_sent(chat: Chat, line: str) -> None:
    await chat("E005", "SO0316发货 德邦 DPK3620018900")
    assert "已发货" in await chat("E005", "确认")
    answer = await chat("C001", line)
    assert answer.startswith("SO0316 已发货\n· 德邦 DPK3620018900（") and "看订单" in answer
    # The draft that came later has not left, and is not what is asked about.
    assert "SO0318" not in answer


async def test_what_has_not_left_and_what_is_others_has_no_number(chat: Chat) -> None:
    assert await chat("C001", "SO0312物流") == "SO0312 还没有发货，发货时会通知"
    assert await chat("C002", "快递单号") == "还没有发货，发货时会通知"
    assert await chat("C002", "SO0312物流") == await chat("C002", "SO9999物流")
    assert (await chat("E003", "快递单号")).startswith("哪张订单")
