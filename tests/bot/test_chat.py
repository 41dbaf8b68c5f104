"""Conversations: what is asked for, chosen, confirmed, cancelled, undone, repeated."""

from datetime import timedelta

import pytest

from bot.rendering import templates
from bot.turns import Turn
from models import sql
from models.clock import today
from tests.days import ahead, shown
from tests.people import Chat


async def test_a_choice_is_made_by_its_digit_and_says_what_decides(chat: Chat) -> None:
    choices = await chat("E003", "面板还有多少")
    assert choices.splitlines() == [
        "“面板”有 3 个匹配，回复数字：",
        "1 LED面板灯600（100 个）",
        "2 86型开关面板 银（150 个）",
        "3 86型开关面板 白（600 个）",
    ]
    assert (await chat("E003", "第二个")).startswith("86型开关面板 银\n可用 150 个")


async def test_each_door_says_how_one_chooses_there(chat: Chat) -> None:
    tapped = await chat("C001", "面板还有多少", links=True)
    assert tapped.splitlines()[:2] == [
        "“面板”有 3 个匹配，点一下或回复数字：",
        '1 <a href="weixin://bizmsgmenu?msgmenucontent=LED面板灯600&msgmenuid=1">LED面板灯600</a>',
    ]
    typed = await chat("E003", "面板还有多少")
    assert typed.splitlines()[0] == "“面板”有 3 个匹配，回复数字：" and "点" not in typed


async def test_a_digit_that_is_no_choice_is_told_so(chat: Chat) -> None:
    await chat("E001", "待审批")
    assert await chat("E001", "7") == "没有第 7 个，请回复 1 以内的数字"
    assert (await chat("E001", "1")).startswith("超额度放行 AP0018")
    assert await chat("E003", "7") == "现在没有要选的；要查单号请写全，例如：SO0312"


async def test_a_follow_up_asks_the_same_of_something_else(chat: Chat) -> None:
    await chat("E003", "m8x30还有多少")
    assert (await chat("E003", "那角阀的呢")).startswith("角阀DN15\n可用 420 个")


async def test_a_repeated_push_gets_the_same_reply_and_moves_nothing(chat: Chat) -> None:
    await chat("E003", "我的订单")
    turn = Turn("work", "liting", "page-2", line="下一页")
    first = await chat.again(turn)
    assert await chat.again(turn) == first
    third = await chat("E003", "下一页")
    assert third != first
    assert await chat.again(turn) == first


async def test_an_old_push_that_comes_late_is_not_run_again(chat: Chat) -> None:
    turn = Turn("work", "zhangwei", "report-1", line="WO1108 下料 5个")
    assert "已报工" in await chat.again(turn)
    for line in ("1105做到哪了", "M8×30还有多少", "待审批", "？"):
        await chat("E006", line)
    assert await chat.again(turn) == ""
    assert await sql.rows("SELECT sum(r.good)::int AS n FROM job_report r JOIN operation o ON o.id = r.operation_id "
                          "JOIN work_order w ON w.id = o.work_order_id WHERE w.number = 'WO1108'") == [{"n": 5}]  # fmt: skip


async def test_a_question_can_be_left_for_another_command(chat: Chat) -> None:
    assert "哪张工单" in await chat("E006", "报工")
    assert (await chat("E006", "M10×40还有多少")).startswith("M10×40 不锈钢螺栓")


async def test_duplicate_leads_are_refused_with_who_has_them(chat: Chat) -> None:
    assert await chat("E004", "新线索 城南水电 李老板 13800009999") == "“城南水电”已经有了：LD0001，由小李跟进"
    assert await chat("E004", "新线索 别家水电 13800001234") == "“城南水电”已经有了：LD0001，由小李跟进"
    assert await chat("E004", "新线索 新宏达 13900001111") == "“宏达建材”已经有了：CU0001，由小李跟进"
    assert await sql.rows("SELECT count(*)::int AS n FROM lead") == [{"n": 1}]


@pytest.mark.parametrize(
    ("who", "line", "start"),
    [
        ("E003", "M8*30 不锈钢的 现在有货吗？", "M8×30 不锈钢螺栓"),
        ("E003", "t8灯管18瓦还剩几箱", "T8灯管18W"),
        ("E003", "6901234567892", "M8×30 不锈钢螺栓"),
        ("E003", "jf", "角阀DN15"),
        ("E003", "jiaofa还有多少", "角阀DN15"),
        ("E003", "宏达额度还够下3万5吗", "宏达建材"),
        ("E003", "312那个单发货没有", "SO0312"),
        ("E003", "wddd", "共 35 单"),
        ("E003", "老王五金店 角阀50 面板一箱 月结", "“面板”有 3 个匹配"),
        ("C001", "要5000个m8x30 送到老地方", "请确认订单"),
        ("E006", "1105做到哪了", "WO1105"),
        ("E006", "wo1105 攻丝 150件 不良2", "WO1105 攻丝 已报工"),
        ("E001", "1105什么时候能完", "WO1105"),
        ("E001", "今天怎么样", "今天"),
        ("E001", "有啥要我批的", "待审批 1 件"),
        ("E005", "312发了顺丰 单号SF1029384756", "请确认发货 SO0312"),
        ("E003", "M9×30还有多少", "没找到“M9×30”。您要的是不是 M8×30 不锈钢螺栓"),
        ("E003", "哈哈哈", "没听懂“哈哈哈”"),
        ("E003", "？", "小李，可以这样说"),
        ("C001", "?", "周经理，可以这样说"),
    ],
)
async def test_what_people_say_is_understood(chat: Chat, who: str, line: str, start: str) -> None:
    answer = await chat(who, line)
    assert answer.startswith(start), answer


async def test_an_order_in_traditional_characters_is_the_same_order(chat: Chat) -> None:
    day = ahead(5)
    answer = await chat("E003", f"宏達建材訂M8×30三千個,{day.month}月{day.day}號交貨")
    assert answer.startswith("请确认订单\n¥1,350.00\n客户：宏达建材\n")
    assert f"\n交货：{shown(day)}\n" in answer


async def test_binding_codes_work_once_and_wrong_ones_run_out(chat: Chat) -> None:
    code = (await chat("E003", "给C002绑定码")).splitlines()[1]
    assert "绑定码不对" in await chat("o_new", f"绑定 {(int(code) + 1) % 10**6:06d}", door="official")
    assert (
        await chat("o_new", f"绑定 {code}", door="official") == "绑定成功，王工您好\n单位：建业工程\n发 ? 看看能做什么"
    )
    assert "绑定码不对" in await chat("o_other", f"绑定 {code}", door="official")
    for _ in range(4):
        await chat("o_other", "绑定 000000", door="official")
    assert "试的次数太多了" in await chat("o_other", "绑定 000000", door="official")


async def test_undo_is_for_ten_minutes_and_for_ones_own(chat: Chat) -> None:
    await chat("E006", "WO1108 下料 5个")
    assert await chat("E007", "撤销") == "十分钟内没有可以撤销的操作"
    assert (await chat("E006", "撤销")).startswith("已撤销")
    assert await chat("E006", "撤销") == "十分钟内没有可以撤销的操作"


async def test_a_code_for_a_colleague_is_an_administrators_to_give(chat: Chat) -> None:
    assert await chat("E003", "给王总绑定码") == "没有权限查看"
    assert "绑定码" in await chat("E001", "给小吴绑定码")
    code = (await chat("E003", "给C002绑定码")).splitlines()[1]
    assert await chat("E004", f"绑定 {code}", door="official") == "这个微信已经绑定了小赵；要换人，先发：解绑"
    assert await sql.rows("SELECT used_at FROM bind_code WHERE used_at IS NOT NULL") == []


async def test_whoever_is_bound_anew_is_told_where_they_were_before(chat: Chat) -> None:
    for contact in ("C001", "C002"):
        code = (await chat("E003", f"给{contact}绑定码")).splitlines()[1]
        await chat(f"o_new_{contact}", f"绑定 {code}", door="official")
    # C001 is in the mini-program too; C002 has only the WeChat that was bound just now.
    told = await sql.rows(
        "SELECT p.number FROM notice n JOIN person p ON p.id = n.receiver_id WHERE n.kind = 'account.bound'"
    )
    assert told == [{"number": "C001"}]


async def test_a_day_and_a_remark_are_never_dropped_silently(chat: Chat) -> None:
    assert "交货：" in await chat("E003", "宏达要m8x30 3500个 明天")
    assert "备注：月底送" in await chat("E003", "宏达要m8x30 100个 月底送")
    assert "交货：" in await chat("E003", "宏达要m8x30 100个 下周三")


async def test_signs_and_fractions_of_pieces_are_refused(chat: Chat) -> None:
    assert "已报工" not in await chat("E006", "WO1105 攻丝 -5件")
    assert "要整数" in await chat("E006", "WO1105 攻丝 1.5件")
    assert "要整数" in await chat("E003", "宏达要m8x30 0.4个")
    assert "PPR水管20 × 2.5 米" in await chat("E003", "宏达要PPR水管20 2.5米")
    assert await sql.rows("SELECT id FROM sales_order WHERE number > 'SO0318'") == []


async def test_undoing_an_order_is_echoed_and_names_it(chat: Chat) -> None:
    await chat("E003", "宏达要m8x30 100个")
    assert "SO0319 已下单" in await chat("E003", "确认")
    assert (await chat("E003", "撤销")).startswith("要取消 SO0319 吗")
    assert (await chat("E003", "确认")).startswith("SO0319 已取消")


async def test_a_plain_yes_confirms_only_what_is_on_the_screen(chat: Chat) -> None:
    await chat("E003", "宏达要m8x30 100个")
    await chat("E003", "m8x30还有多少")
    assert (await chat("E003", "好的")).startswith("请确认订单")
    assert await chat("E003", "9") == "没有第 9 个，请回复 1 以内的数字"
    assert (await chat("E003", "1")).startswith("SO0319 已下单")


async def test_a_product_without_its_quantity_is_asked_for_it_and_remembered(chat: Chat) -> None:
    assert (await chat("E003", "宏达要m8x30 5个和角阀")).startswith("角阀DN15要多少")
    echo = await chat("E003", "20")
    assert "M8×30 不锈钢螺栓 × 5 个" in echo and "角阀DN15 × 20 个" in echo


async def test_a_bare_decision_is_asked_which_one(chat: Chat) -> None:
    assert (await chat("E001", "同意")).splitlines() == ["哪个审批？", "回复 1 AP0018 / 0 取消"]
    assert "已驳回" not in await chat("E001", "0")
    assert (await chat("E003", "查看AP0018")).endswith("结果：审批中")


async def test_a_person_can_always_be_reached(chat: Chat) -> None:
    assert await chat("C001", "人工") == "已经请小李联系您，会尽快回复"
    told = await sql.rows(
        "SELECT p.number FROM notice n JOIN person p ON p.id = n.receiver_id WHERE n.kind = 'handoff.asked'"
    )
    assert told == [{"number": "E003"}]


async def test_a_salesperson_does_not_learn_the_credit_of_a_colleagues_customer(chat: Chat) -> None:
    assert await chat("E003", "老王五金店额度") == await chat("E003", "不存在公司额度")
    assert "账期：月结 30 天" in await chat("E004", "老王五金店额度")


async def test_part_of_a_barcode_names_nothing(chat: Chat) -> None:
    assert not (await chat("E003", "123456")).startswith("M8×30")


async def test_a_customer_may_take_their_own_draft_back_and_nothing_more(chat: Chat) -> None:
    assert (await chat("C001", "取消SO0318")).startswith("要取消 SO0318 吗")
    assert (await chat("C001", "确认")).startswith("SO0318 已取消")
    assert (await chat("C001", "取消SO0312")).startswith("请业务员取消 SO0312 吗")


@pytest.mark.parametrize(
    ("person", "role"),
    [("C001", "customer"), ("E003", "salesperson"), ("E009", "finance"), ("E001", "manager"), ("E005", "warehouse"),
     ("E006", "worker"), ("E010", "staff"), ("E012", "purchasing")],
)  # fmt: skip
async def test_every_example_of_the_help_is_understood(chat: Chat, person: str, role: str) -> None:
    for line in (templates.ROOT / f"talk/help.{role}.txt").read_text().splitlines():
        answer = await chat(person, line.removeprefix("- "))
        assert not any(words in answer for words in ("没听懂", "没有找到", "没找到", "不能使用", "还缺")), (
            line,
            answer,
        )
        await chat(person, "取消")


@pytest.mark.parametrize(
    ("who", "line", "said"),
    [
        ("E003", "我这个月的提成", "提成"),
        ("E005", "角阀还有几箱", "角阀DN15\n可用"),
        ("E009", "宏达转了5000块", "请确认登记收款\n¥5,000.00"),
        ("E009", "宏达打了5000", "请确认登记收款\n¥5,000.00"),
        ("E003", "SO0312能不能提前到明天", "请确认改单"),
        ("C001", "SO0316什么时候发", "SO0316"),
        ("C001", "发票开了吗", "IV"),
        ("E009", "建业催款", "请确认发催款"),
        ("E009", "欠佛照多少", "佛照 应付"),
    ],
)
async def test_what_people_typed_and_were_not_understood(chat: Chat, who: str, line: str, said: str) -> None:
    answer = await chat(who, line)
    assert said in answer and "没听懂" not in answer, answer


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("宏达要m8x30 5000个 2056-12-01送", "太远了"),
        ("宏达要m8x30 -5个", "数量“-5”不对：要大于 0"),
        ("宏达要m8x30 负5个", "数量“-5”不对：要大于 0"),
        ("宏达要m8x30 0个", "要大于 0"),
        ("宏达要角阀-5个", "数量“-5”不对：要大于 0"),
        ("宏达要角阀-5", "数量“-5”不对：要大于 0"),
        ("宏达要m8x30-5个", "数量“-5”不对：要大于 0"),
        ("宏达建材 角阀-5个", "数量“-5”不对：要大于 0"),
        ("宏达要角阀0个", "数量“0”不对：要大于 0"),
        ("宏达要角阀零个", "数量“0”不对：要大于 0"),
        ("宏达要角阀10个，m8x30 -3个", "数量“-3”不对：要大于 0"),
        ("宏达要角阀10个 30年后送", "日期“30年后”不对：太远了，请核对"),
        ("宏达要角阀10个 2056-01-01送", "日期“2056-01-01”不对：太远了，请核对"),
        ("宏达要角阀10个 2月30号送", "日期“2月30号”不对：没有这一天"),
        ("宏达要角阀10个 去年送", "已经过去了"),
        ("给宏达报价 角阀-5个", "数量“-5”不对：要大于 0"),
        ("先给宏达留-5个m8x30", "数量“-5”不对：要大于 0"),
        ("SO0312改成-5", "数量“-5”不对：要大于 0"),
        ("SO0312数量改成-5", "数量“-5”不对：要大于 0"),
        ("SO0312再加-5个角阀", "数量“-5”不对：要大于 0"),
    ],
)
async def test_a_figure_or_a_day_that_cannot_be_is_no_remark(chat: Chat, line: str, said: str) -> None:
    answer = await chat("E003", line)
    assert said in answer and "请确认" not in answer, answer
    assert "现在没有等您确认的" in await chat("E003", "确认")


async def test_a_whole_order_in_answer_to_a_question_is_read_as_one(chat: Chat) -> None:
    await chat("E003", "下单")
    assert await chat("E003", "宏达要m8x30 -5个") == "数量“-5”不对：要大于 0"
    await chat("E003", "下单")
    assert (await chat("E003", "宏达要面板 5个")).startswith("“面板”有 3 个匹配")
    await chat("E003", "下单")
    await chat("E003", "宏达")
    for line, said in (
        ("角阀-5个", "数量“-5”不对：要大于 0"),
        ("角阀0个", "数量“0”不对：要大于 0"),
        ("角阀5个 三十年后", "日期“三十年后”不对：太远了，请核对"),
    ):
        assert (await chat("E003", line)).startswith(said), line
    # What else the answer says belongs to the order too.
    echo = await chat("E003", "角阀5个 三天后送")
    assert (
        "角阀DN15 × 5 个" in echo and f"\n交货：{shown(today() + timedelta(days=3))}\n" in echo and "备注" not in echo
    )


async def test_a_yes_after_something_else_was_asked_confirms_nothing_of_an_order_that_was_left_open(chat: Chat) -> None:
    assert "个匹配" in await chat("E003", "宏达要面板10个")
    assert (await chat("E003", "查库存 角阀")).startswith("角阀DN15")
    assert await chat("E003", "没错") == "现在没有等您确认的"
