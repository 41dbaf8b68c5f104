"""Goods found or lost: what waits on 1901, where finance takes it, and the way back."""

from decimal import Decimal

import pytest

from models import sql
from models.books.tables import Clearing, ClosedPeriod
from models.clock import at_local, today, travel
from models.stock.tables import Adjustment
from tests.books import booked, clean
from tests.days import ahead, shown
from tests.handlers.test_closing import close, month_before, open_months
from tests.handlers.test_stock_races import together
from tests.people import Api, Chat

PENDING = """
SELECT coalesce(sum(l.amount), 0) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id WHERE a.code = '1901'
"""


async def pending() -> Decimal:
    """What lies on 1901."""
    row = await sql.row(PENDING)
    assert row is not None
    return Decimal(row["amount"])


async def lose(chat: Chat) -> None:
    """SA0001: five valves at 13.60 are missing."""
    assert (await chat("E005", "角阀DN15少了5个改一下账 盘亏")).startswith("SA0001 改账已入账")


async def find(chat: Chat) -> None:
    """SA0001: twenty bolts at 0.2635 too many."""
    assert (await chat("E005", "M8×30多了20个改一下账 盘盈")).startswith("SA0001 改账已入账")


async def do(chat: Chat, who: str, line: str) -> str:
    assert (await chat(who, line)).startswith("请确认"), line
    return await chat(who, "确认")


async def test_what_was_lost_waits_until_finance_knows_why(chat: Chat) -> None:
    await lose(chat)
    assert await chat("E009", "待处理损溢") == (
        f"待处理财产损溢 1 单\n盘亏：¥68.00\n盘盈：¥0.00\n· SA0001 盘亏 ¥68.00（{shown(ahead(0))}）\n查明后写：SA0001转管理费用 原因…"
    )
    assert (await chat("E009", "处理SA0001")) == (
        "SA0001 盘亏 ¥68.00，转到哪里？例如：管理费用；有人赔就写 SA0001由小王赔\n回复 1 管理费用 / 2 营业外支出 / 0 取消"
    )
    assert (await chat("E009", "1")).startswith("SA0001 为什么这样处理？写一句查明的原因")
    assert await chat("E009", "搬运时摔坏") == (
        "请确认处理 SA0001 的盘亏\n¥68.00\n转到：管理费用\n原因：搬运时摔坏\n回复 1 确认 / 0 取消"
    )
    assert await pending() == 68 and not await Clearing.exists()
    assert await chat("E009", "1") == "CL0001 已处理 SA0001 的盘亏\n¥68.00\n转到：管理费用\n原因：搬运时摔坏"
    assert await booked("CL0001") == [("6602", "68.00"), ("1901", "-68.00")]
    assert await chat("E009", "待处理损溢") == "待处理财产损溢 0 单\n都处理完了"
    assert await pending() == 0 and await clean()


async def test_whoever_broke_it_pays_a_part_and_the_rest_is_ours(chat: Chat) -> None:
    await lose(chat)
    assert await do(chat, "E009", "SA0001由小王赔30原因摔坏") == (
        "CL0001 已处理 SA0001 的盘亏\n¥30.00\n转到：其他应收款，小王赔\n原因：摔坏\n还没处理：¥38.00"
    )
    assert await booked("CL0001") == [("1221", "30.00"), ("1901", "-30.00")]
    assert (
        await chat("E009", "SA0001转40到营业外支出 原因水灾") == "SA0001 在待处理财产损溢里只剩 ¥38.00（这次 ¥40.00）"
    )
    await do(chat, "E009", "SA0001转营业外支出 原因水灾")
    assert await booked("CL0002") == [("6711", "38.00"), ("1901", "-38.00")]
    assert await chat("E009", "SA0001转管理费用 原因多了") == "SA0001 在待处理财产损溢里没有要处理的"
    assert await pending() == 0 and await clean()


async def test_what_was_found_is_income_and_nobody_pays_for_it(chat: Chat) -> None:
    await find(chat)
    assert await chat("E009", "SA0001由小王赔原因多了") == "种类“其他应收款”不对：要是其中一种：营业外收入、管理费用"
    await do(chat, "E009", "SA0001转营业外收入 原因供应商多发")
    assert await booked("CL0001") == [("6301", "-5.27"), ("1901", "5.27")]
    assert await pending() == 0 and await clean()


async def test_a_clearing_is_taken_back_and_only_then_what_it_cleared(chat: Chat) -> None:
    await lose(chat)
    await do(chat, "E009", "SA0001转管理费用 原因受潮")
    assert await chat("E005", "撤回SA0001") == "SA0001 的盘盈盘亏已经处理（CL0001），要先撤销处理：撤回CL0001"
    assert (await Adjustment.get(number="SA0001")).state == "done"
    assert await chat("E009", "撤销") == "请确认撤销处理 CL0001\n¥68.00\nSA0001 的盘亏重新待处理\n回复 1 确认 / 0 取消"
    assert await chat("E009", "1") == "CL0001 已撤销\n¥68.00\nSA0001 的盘亏重新待处理"
    assert await booked("CL0001") == [("6602", "68.00"), ("1901", "-68.00"), ("6602", "-68.00"), ("1901", "68.00")]
    assert await pending() == 68
    assert "现在是“已撤销”" in await chat("E009", "撤回CL0001")
    assert "已撤回" in await chat("E005", "撤回SA0001")
    assert await pending() == 0 and await clean()


async def test_only_finance_clears_and_only_what_waits(chat: Chat, api: Api) -> None:
    await lose(chat)
    for who in ("E003", "E005", "E008"):
        status, body = await api.post(who, "difference.clear", document="SA0001", kind="expense", reason="x")
        assert (status, body["code"]) == (403, "no_right")
    assert await chat("E003", "待处理损溢") == "没有权限查看"
    assert await chat("E009", "SA9999转管理费用 原因x") == "没有找到，或没有权限查看。请核对单号或名称，例如：SO0312"
    early = f"{ahead(-1)}"
    status, body = await api.post("E009", "difference.clear", document="SA0001", kind="expense", reason="x", date=early)
    assert (status, body["code"]) == (422, "before_document")
    assert not await Clearing.exists()


async def test_a_month_is_closed_with_a_word_about_what_still_waits(chat: Chat) -> None:
    months = await open_months()
    with travel(at_local(month_before(today()), 12)):
        await lose(chat)
    for month in months[:-1]:
        assert "待处理财产损溢" not in await close(chat, month)
    assert "\n待处理财产损溢：还有 1 单没处理：SA0001 盘亏 ¥68.00\n" in await close(chat, months[-1])
    assert await ClosedPeriod.exists(month=months[-1])
    await do(chat, "E009", "SA0001转管理费用 原因受潮")
    assert await pending() == 0 and await clean()


@pytest.mark.commits
async def test_of_two_who_clear_the_same_and_one_who_takes_it_back_one_is_first(database: str, chat: Chat) -> None:
    await lose(chat)
    whole = {"document": "SA0001", "kind": "expense", "reason": "受潮"}
    back = ("E005", "stock.revert", {"document": "SA0001"})
    outcomes = await together(("E009", "difference.clear", whole), ("E019", "difference.clear", whole), back)
    cleared = outcomes.count("CL0001") == 1
    assert outcomes.count("not_pending") == (1 if cleared else 2)
    assert outcomes[2] == ("difference_cleared" if cleared else "SA0001")
    assert await pending() == 0 and await clean()
