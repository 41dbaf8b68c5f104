"""Counting a warehouse while goods come and go: only what was really different is booked."""

from decimal import Decimal

from tests.handlers.test_stock_documents import booked, differences, on_hand
from tests.people import Api, Chat


async def test_what_moves_during_the_count_is_no_difference(chat: Chat) -> None:
    assert (await chat("E005", "開始盤點二號倉")).startswith("ST0001 开始盘点 二号仓\n账上有货的：5 种")
    assert await chat("E005", "m8x30实盘2790") == (
        "M8×30 不锈钢螺栓 实盘 2,790 个\n账面：2,800 个（二号仓）\n差异：少 10\n盘点单：ST0001\n回复 1 撤销"
    )
    await chat("E013", "从二号仓调700个m8x30到主仓")
    assert await chat("E005", "灯管盘点3箱零24支") == (
        "T8灯管18W 实盘 99 支\n账面：100 支（二号仓）\n差异：少 1\n盘点单：ST0001\n回复 1 撤销"
    )
    await chat("E013", "从二号仓调1箱灯管到主仓")
    assert await chat("E005", "盘点差异给我看看") == (
        "ST0001 二号仓 盘点中\n2 种有差异\n· T8灯管18W 账 100 盘 99，少 1 支\n"
        "· M8×30 不锈钢螺栓 账 2,800 盘 2,790，少 10 个\n已盘：2 种，没盘 3 种"
    )
    assert (await chat("E005", "盘完了提交")).startswith("请确认提交盘点 ST0001 二号仓")
    assert (await chat("E005", "确认")).startswith("ST0001 盘点完成，差异已入账")
    assert (await on_hand("M8X30"))["二号仓"] == "2090"
    assert (await on_hand("T8-18W"))["二号仓"] == "74"
    assert sum(Decimal(amount) for account, amount in await booked("ST0001") if account == "1901") == Decimal("10.54")
    assert await differences() == []


async def test_a_count_can_be_corrected_and_taken_back_until_it_is_handed_in(chat: Chat) -> None:
    await chat("E005", "开始盘点")
    await chat("E005", "角阀实盘400")
    assert "差异：少 10" in await chat("E005", "角阀实盘410")
    assert await chat("E005", "撤销") == "角阀DN15 的实盘已撤回\n盘点单：ST0001"
    assert "账 420 盘 400，少 20 个" in await chat("E005", "盘点差异")
    await chat("E005", "盘完了")
    await chat("E005", "确认")
    assert await on_hand("AV15") == {"主仓": "400"}
    assert await chat("E005", "角阀实盘410") == "现在没有在盘点的仓库。先发：开始盘点二号仓"
    assert await differences() == []


async def test_by_place_or_as_a_whole_but_not_both(chat: Chat) -> None:
    await chat("E005", "开始盘点")
    assert "账面：420 个（主仓 A-03-2）" in await chat("E005", "A-03-2角阀实盘419")
    assert "只能用一种" in await chat("E005", "角阀实盘419")


async def test_big_differences_wait_for_finance_and_a_refused_count_goes_on(chat: Chat) -> None:
    await chat("E005", "开始盘点二号仓")
    await chat("E005", "灯管实盘500")
    assert "提交后由财务审批" in await chat("E005", "盘完了")
    assert "审批单 AP0019" in await chat("E005", "确认")
    assert "现在是“待复核”" in await chat("E005", "灯管实盘400")
    assert (await on_hand("T8-18W"))["二号仓"] == "100"
    await chat("E009", "驳回AP0019")
    assert "差异：多 300" in await chat("E005", "灯管实盘400")
    await chat("E005", "盘完了")
    await chat("E005", "确认")
    assert "ST0001 已入账" in await chat("E009", "同意AP0020")
    assert (await on_hand("T8-18W"))["二号仓"] == "400"
    assert await differences() == []


async def test_a_warehouse_is_counted_once_at_a_time_and_a_count_can_be_given_up(chat: Chat) -> None:
    await chat("E005", "开始盘点二号仓")
    assert "已经在盘点了：ST0001" in await chat("E013", "盘点二号仓")
    await chat("E005", "灯管实盘0")
    await chat("E005", "取消盘点")
    assert await chat("E005", "确认") == "ST0001 已取消\n二号仓 的账不变"
    assert (await on_hand("T8-18W"))["二号仓"] == "100"
    assert await differences() == []


async def test_of_two_counts_one_has_to_be_named(chat: Chat, api: Api) -> None:
    await chat("E005", "开始盘点主仓")
    await chat("E013", "开始盘点二号仓")
    assert await chat("E005", "角阀实盘419") == "哪个仓库？例如：二号仓\n回复 1 主仓 / 2 二号仓 / 0 取消"
    assert "（主仓）" in await chat("E005", "1")
    status, counted = await api.post("E005", "count.record", product="T8-18W", quantity="3箱", warehouse="二号仓")
    assert (status, counted["booked"], counted["difference"]) == (200, "100", "-25")
