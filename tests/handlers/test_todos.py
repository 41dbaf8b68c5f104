"""What waits for one: the day's first look into the application, and whenever it is asked."""

from models.clock import today
from models.sales.tables import SalesOrder
from tests.people import Chat


async def test_a_manager_sees_what_waits_for_consent(chat: Chat) -> None:
    answer = await chat("E001", "我的待办")
    assert "AP0018 等您审批（小李）" in answer and "看 AP0018" in answer
    assert "超额度放行" in await chat("E001", "查看AP0018")


async def test_a_salesperson_sees_customers_orders_that_want_their_word_and_no_others(chat: Chat) -> None:
    assert await chat("E003", "今天有什么事") == "有 1 件等您办\n· SO0318 等您确认（宏达建材）\n回复 1 看 SO0318"
    assert "SO0318 · 待确认" in await chat("E003", "1")
    assert "SO0318" not in await chat("E004", "我的待办")


async def test_the_warehouse_sees_what_is_due_today(chat: Chat) -> None:
    assert "SO0312" not in await chat("E005", "我的待办")
    await SalesOrder.filter(number="SO0312").update(requested_date=today())
    assert "SO0312 今天要发（宏达建材）" in await chat("E005", "我的待办")
    assert "没有等您办的" in await chat("E006", "我的待办")
    assert await chat("C001", "我的待办") == "没有权限查看"
