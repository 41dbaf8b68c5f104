"""What people say around the business: a greeting, thanks, a figure put right, a day, a complaint."""

import pytest

from bot.understanding.describing import describe
from handlers.actor import person
from models.delivery.tables import Notice
from models.sales.tables import SalesOrder
from tests.days import ahead, shown, typed
from tests.people import Chat


@pytest.mark.parametrize("line", ["你好", "早", "在吗", "您好！"])
async def test_a_greeting_is_answered_with_what_can_be_asked(chat: Chat, line: str) -> None:
    answer = await chat("C001", line)
    assert answer.startswith("周经理，您好") and "我的订单" in answer
    assert "还没有绑定" in await chat("o_nobody", line, door="official")


async def test_thanks_and_are_you_a_machine_have_one_line_each(chat: Chat) -> None:
    assert await chat("C001", "谢谢") == "不客气，有事随时说"
    assert await chat("C001", "你是机器人吗") == "我是聊单，公司的自动助手，能查能办的发 ? 看；要找同事，发：人工"


async def test_small_talk_leaves_what_waits_to_be_confirmed(chat: Chat) -> None:
    await chat("E003", "宏达要M8×30 5000个")
    assert await chat("E003", "在吗") == "在的。上面那条还等您确认：确认，或取消"
    assert "不客气" in await chat("E003", "谢谢")
    assert "已下单" in await chat("E003", "1")


@pytest.mark.parametrize("line", ["不是5000是3000", "不是5000个，是3000个", "错了 是3000不是5000"])
async def test_a_figure_is_put_right_before_it_is_confirmed(chat: Chat, line: str) -> None:
    assert "¥2,250.00" in await chat("E003", "宏达要M8×30 5000个")
    assert "请确认订单\n¥1,350.00" in await chat("E003", line)
    assert (await chat("E003", "1")).startswith("SO0319 已下单\n¥1,350.00")


async def test_a_figure_that_is_not_there_or_twice_changes_nothing(chat: Chat) -> None:
    await chat("E003", "宏达要M8×30 500个 角阀500个")
    for line in ("不是400是300", "不是500是300"):
        assert "没有唯一的" in await chat("E003", line)
    assert "角阀DN15 × 500 个" in await chat("E003", "1")
    assert "没听懂" in await chat("E003", "不是500是300")


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("E003", "宏达要M8×30 1000个 {day}交"),
        ("E003", "宏达要M8×30 1000个 {day}到货"),
        ("C001", "我要M8×30 1000个 {day}"),
        ("C001", "我要M8×30 1000个 {day}送"),
        ("C001", "M8×30 1000个 {day}要"),
    ],
)
async def test_the_day_goods_are_wanted_is_a_day_however_it_is_said(chat: Chat, who: str, line: str) -> None:
    day = ahead(5)
    answer = await chat(who, line.format(day=typed(day)))
    assert f"交货：{shown(day)}" in answer and "备注" not in answer
    await chat(who, "确认")
    assert (await SalesOrder.get(number="SO0319")).requested_date == day


async def test_a_quantity_with_its_unit_changes_an_order_of_one_product(chat: Chat) -> None:
    assert "× 6,000 个" in await chat("E003", "SO0312改成6000个")
    assert "× 6,000 个" in await chat("E003", "SO0312数量改成6000件")


async def test_a_quantity_of_nothing_is_asked_of_what(chat: Chat) -> None:
    await chat("E003", "给宏达下单")
    assert "还要写是什么产品" in await chat("E003", "5000个")
    assert "请确认订单" in await chat("E003", "M8×30")


@pytest.mark.parametrize("line", ["发错货了", "货有质量问题", "能不能便宜点", "投诉"])
async def test_what_only_a_person_can_settle_goes_to_the_salesperson(chat: Chat, line: str) -> None:
    assert await chat("C001", line) == "已经请小李联系您，会尽快回复"


@pytest.mark.parametrize(
    ("line", "reason"),
    [("投诉 上一批螺栓生锈", "上一批螺栓生锈"), ("货不对啊 我要的是M10", "啊 我要的是M10"), ("少了一箱", "一箱")],
)
async def test_a_complaint_carries_its_words(chat: Chat, line: str, reason: str) -> None:
    assert "已经请小李联系您" in await chat("C001", line)
    facts = (await Notice.get(kind="handoff.asked")).facts
    assert (facts["who"], facts["reason"].replace(",", " ")) == ("周经理（C001）", reason)


@pytest.mark.parametrize("line", ["什么时候能到", "我的订单什么时候发货"])
async def test_when_it_comes_needs_no_number(chat: Chat, line: str) -> None:
    assert "没听懂" not in await chat("C001", line)


async def test_customers_words_for_what_they_want(chat: Chat) -> None:
    assert "新地址是什么" in await chat("C001", "地址改一下")
    await chat("C001", "取消")
    assert (await chat("C001", "关闭通知")).startswith("全部通知不再发了")
    assert "没听懂" not in await chat("C001", "账号是多少")
    assert "抬头" in await chat("C001", "给我开张发票")


@pytest.mark.parametrize(
    ("line", "intent", "slots"),
    [
        ("确定", "confirm", {}),
        ("算了不下了", "cancel", {}),
        ("第3个", "select.option", {"index": 3}),
        ("看下一页", "page.next", {}),
        ("撤销", "undo", {}),
        ("怎么下单", "help", {"topic": "order.create"}),
        ("你是机器人吗", "smalltalk.identity", {}),
    ],
)
async def test_an_act_is_described_as_one(database: str, line: str, intent: str, slots: dict[str, object]) -> None:
    found = await describe(await person("E003"), line)
    assert (found["intent"], found["slots"], found["score"]) == (intent, slots, 1.0)


async def test_a_digit_after_a_refusal_is_not_about_what_stood_there_before(chat: Chat) -> None:
    assert "有 2 个匹配" in await chat("E003", "SO0310加50个开关面板")
    assert "不能这样操作" in await chat("E003", "1")
    assert "现在没有要选的" in await chat("E003", "1")


async def test_what_is_counted_may_be_said_with_the_figure(chat: Chat) -> None:
    await chat("E006", "报工WO1105")
    await chat("E006", "车削")
    assert "合格20" not in await chat("E006", "合格20")


async def test_a_phase_that_is_none_says_which_there_are(chat: Chat) -> None:
    assert (await chat("E003", "有没有待发货的单")).startswith("共 ")
    assert "要是其中一种：进行中、待收货、已完成、延期" in await chat("E003", "有没有奇怪的单")


async def test_a_lead_without_a_contact_keeps_its_phone_and_what_was_wanted(chat: Chat) -> None:
    answer = await chat("E003", "新线索 城西水电 13800001199 要螺栓")
    assert "13800001199" in answer and "要螺栓" in answer and "城西水电" in answer
    named = await chat("E003", "新线索 城北五金 李老板 13800001188 要角阀")
    assert "李老板" in named and "13800001188" in named and "要角阀" in named


async def test_an_answer_in_ones_own_words_does_not_swallow_another_command(chat: Chat) -> None:
    assert (await chat("E005", "ck SO0315")).startswith("SO0315 用哪家物流？")
    # Another order is what the question is about now; nothing of it became the name of a carrier.
    assert (await chat("E005", "SO0312出m8x30 5000")).startswith("SO0312 用哪家物流？")
    assert (await chat("E005", "315出6204轴承 20")).startswith("SO0315 用哪家物流？")
    assert (await chat("E005", "SO0312的那批")).startswith("物流公司“SO0312的那批”不对：里面有别的单号")
    assert (await chat("E005", "德邦")).startswith("德邦的物流单号是多少？")
    echo = await chat("E005", "DPK3620018900")
    assert (
        echo.startswith("请确认发货 SO0315\n客户：建业工程\n· 6204轴承 × 20 个\n")
        and "物流：德邦 DPK3620018900" in echo
    )


@pytest.mark.parametrize(
    "line", ["德邦 DPK3620018900", "德邦，单号DPK3620018900", "发了德邦 DPK3620018900", "德邦DPK3620018900"]
)
async def test_an_answer_may_say_what_would_be_asked_next(chat: Chat, line: str) -> None:
    await chat("E005", "ck SO0315")
    assert await chat("E005", line) == (
        "请确认发货 SO0315\n客户：建业工程\n· 6204轴承 × 100 个\n物流：德邦 DPK3620018900\n"
        "按上面的数量出库，并通知客户\n回复 1 确认 / 0 取消"
    )
    assert "SO0315 已发货" in await chat("E005", "1")


async def test_how_goods_are_to_leave_stands_on_the_order(chat: Chat) -> None:
    echo = await chat("E003", "宏达订角阀3个 明天来拿")
    assert echo.startswith("请确认订单") and "备注：自提" in echo
    assert "备注：德邦" in await chat("E003", "宏达订角阀3个 明天发德邦")


async def test_an_answer_may_say_what_it_is(chat: Chat) -> None:
    await chat("E005", "ck SO0315")
    await chat("E005", "德邦")
    assert "物流：德邦 DPK3620018900" in await chat("E005", "单号DPK3620018900")


async def test_a_reason_does_not_swallow_another_command_either(chat: Chat) -> None:
    assert "为什么" in await chat("E005", "出库 角阀1个")
    assert (await chat("E005", "SO0312出m8x30 5000")).startswith("SO0312 用哪家物流？")
    await chat("E005", "0")
    await chat("E005", "出库 角阀1个")
    assert "里面有别的单号" in await chat("E005", "SO0316配货用的")
    assert "原因：打样" in await chat("E005", "打样")


@pytest.mark.parametrize("line", ["好的", "确认", "谢谢", "你好"])
async def test_a_word_of_the_conversation_is_no_carrier(chat: Chat, line: str) -> None:
    await chat("E005", "ck SO0315")
    assert (await chat("E005", line)).startswith("SO0315 用哪家物流？")


async def test_a_question_that_was_left_waits_for_no_confirmation(chat: Chat) -> None:
    await chat("E005", "ck SO0315")
    assert (await chat("E005", "m8x30还有多少")).startswith("M8×30 不锈钢螺栓\n可用")
    assert await chat("E005", "好") == "现在没有等您确认的"


async def test_a_stranger_gets_the_way_to_bind_whatever_they_say(chat: Chat) -> None:
    lines = (
        "1",
        "0",
        "取消",
        "撤销",
        "下一页",
        "确认",
        "好",
        "帮助",
        "怎么下单",
        "你好",
        "谢谢",
        "你是机器人吗",
        "SO0312",
        "第二个",
        "99",
    )
    for door in ("official", "work"):
        said = {line: await chat("nobody", line, door=door) for line in lines}
        assert set(said.values()) == {said["SO0312"]}, said
        assert "绑定 482913" in said["1"]
    # Not even in the middle of something.
    await chat("nobody", "怎么绑定", door="official")
    assert await chat("nobody", "取消", door="official") == said["1"]
