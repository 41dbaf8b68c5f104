"""What `understand` says of a line: the intent, and what was resolved, as numbers, names, days and numbers in full."""

from datetime import datetime
from typing import Any

import pytest

from bot.maintenance import understand
from bot.understanding.describing import describe
from handlers.actor import person
from models.clock import SHANGHAI, travel
from tests.people import Chat

MOMENT = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)

BOLT, TUBE, VALVE, WHITE = "M8×30 不锈钢螺栓", "T8灯管18W", "角阀DN15", "86型开关面板 白"

LINES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("salesperson", "M8x30库存", "stock.query", {"product": BOLT}),
    ("salesperson", "T8灯管还有几箱", "stock.query", {"product": TUBE, "unit": "箱"}),
    ("warehouse", "6901234567892", "stock.query", {"barcode": "6901234567892"}),
    ("salesperson", "M8x30和角阀还有多少", "stock.query", {"products": [BOLT, VALVE]}),
    ("salesperson", "那角阀的呢", "stock.query", {"product": VALVE, "follow_up": True}),
    ("salesperson", "面板底价", "price.query", {"product": "面板", "kind": "floor"}),
    ("customer", "角阀一箱多少钱", "price.query", {"product": VALVE, "unit": "箱"}),
    ("customer", "角阀要80个能优惠吗", "price.query", {"product": VALVE, "qty": 80, "unit": "个", "bargain": True}),
    ("salesperson", "建业要角阀3箱 后天送", "order.create", {"customer": "建业工程", "items": [f"{VALVE}×3箱"], "date": "2026-11-25"}),
    ("salesperson", "老王五金店 角阀50 面板一箱", "order.create", {"customer": "老王五金店", "items": ["角阀×50", "面板×1箱"]}),
    ("customer", "订3箱灯管 后天来拿", "order.create", {"items": [f"{TUBE}×3箱"], "date": "2026-11-25", "delivery": "自提"}),
    ("customer", "角阀2箱 后天发德邦", "order.create", {"items": [f"{VALVE}×2箱"], "date": "2026-11-25", "delivery": "德邦"}),
    ("salesperson", "老王五金店 角阀20 月结", "order.create", {"customer": "老王五金店", "items": [f"{VALVE}×20"], "payment": "月结"}),
    ("customer", "要500个m8x30 送到老地方 急", "order.create", {"items": [f"{BOLT}×500个"], "address": "default", "note": "急"}),
    ("salesperson", "宏达要角阀20个 包装加固", "order.create", {"customer": "宏达建材", "items": [f"{VALVE}×20个"], "note": "包装加固"}),
    ("manager", "毛利多少", "approval.detail", {"field": "毛利", "follow_up": True}),
    ("finance", "建业先付了三成 38400", "payment.record", {"customer": "建业工程", "amount": 38400, "ratio": 0.3}),
    ("finance", "建业先付了三成半 4w", "payment.record", {"customer": "建业工程", "amount": 40000, "ratio": 0.35}),
    ("finance", "建业先付了货款 500", "payment.record", {"customer": "建业工程", "amount": 500, "note": "货款"}),
    ("worker", "下午干了80个", "task.report", {"qty": 80, "unit": "个", "period": "下午"}),
    ("customer", "SO0316再加40个角阀", "order.modify", {"order": "SO0316", "add": [f"{VALVE}×40个"]}),
    ("salesperson", "316数量改成2000", "order.modify", {"order": "SO0316", "qty": 2000}),
    ("salesperson", "我的订单", "order.list", {"scope": "mine"}),
    ("customer", "查订单", "order.list", {"scope": "mine"}),
    ("manager", "订单列表", "order.list", {}),
    ("manager", "有没有延期的单", "order.list", {"status": "late"}),
    ("customer", "再来一单", "order.copy", {"scope": "mine"}),
    ("salesperson", "SO0318打九五折", "discount.request", {"order": "SO0318", "discount": 0.95}),
    ("salesperson", "建业额度够下1万2吗", "customer.credit", {"customer": "建业工程", "amount": 12000}),
    ("salesperson", "先给建业留3箱角阀 留到12月1号", "stock.reserve",
     {"customer": "建业工程", "product": VALVE, "qty": 3, "unit": "箱", "date": "2026-12-01"}),
    ("warehouse", "入库 角阀 3箱", "stock.in", {"product": VALVE, "qty": 3, "unit": "箱"}),
    ("warehouse", "po87到了,全收", "stock.in", {"purchase": "PO0087", "all": True}),
    ("warehouse", "PO0087只到了一半 250个", "stock.in", {"purchase": "PO0087", "qty": 250, "unit": "个"}),
    ("warehouse", "SO0316出m8x30 1500", "stock.out", {"order": "SO0316", "product": BOLT, "qty": 1500}),
    ("warehouse", "从二号仓调300个m8x30到主仓", "stock.transfer",
     {"product": BOLT, "qty": 300, "unit": "个", "from": "二号仓", "to": "主仓"}),
    ("warehouse", "移库 A-03-2 到 B-01-1 m8x30全部", "stock.transfer",
     {"product": BOLT, "all": True, "from": "A-03-2", "to": "B-01-1"}),
    ("warehouse", "灯管盘点20箱零3支", "count.record", {"product": TUBE, "qty": "20箱3支"}),
    ("warehouse", "角阀实盘418", "count.record", {"product": VALVE, "qty": 418}),
    ("warehouse", "角阀少了2个 改一下账", "stock.adjust", {"product": VALVE, "delta": -2}),
    ("warehouse", "半年没动的货", "stock.idle", {"months": 6}),
    ("warehouse", "一年半没动过的货", "stock.idle", {"months": 18}),
    ("warehouse", "打标签 角阀 5张", "label.print", {"product": VALVE, "qty": 5}),
    ("warehouse", "昨天进出多少", "stock.log", {"date": "2026-11-22"}),
    ("warehouse", "SO0316发了顺丰 单号SF1000000001", "ship.confirm",
     {"order": "SO0316", "carrier": "顺丰", "tracking": "SF1000000001"}),
    ("warehouse", "退货到了 老王五金店的2个角阀", "return.receive",
     {"customer": "老王五金店", "product": VALVE, "qty": 2, "unit": "个"}),
    ("warehouse", "2和4", "select.option", {"indexes": [2, 4]}),
    ("worker", "wo1105 攻丝 80件 不良1", "task.report",
     {"work_order": "WO1105", "process": "攻丝", "qty": 80, "unit": "件", "scrap": 1}),
    ("worker", "还差多少", "task.progress", {"follow_up": True}),
    ("customer", "地址改成 人民路12号 张工 13700001111", "address.change",
     {"address": "人民路12号", "contact": "张工", "phone": "13700001111"}),
    ("customer", "有3个角阀是坏的怎么办", "return.create", {"items": [f"{VALVE}×3个"], "reason": "坏"}),
    ("customer", "付了8000.5", "payment.notify", {"amount": 8000.5}),
    ("customer", "我还欠多少钱", "receivable.query", {"scope": "mine"}),
    ("manager", "18同意 就这一次", "approval.approve", {"approval": "AP0018", "comment": "就这一次"}),
    ("manager", "看第二个", "approval.detail", {"index": 2}),
    ("manager", "昨天卖了多少", "report.sales", {"date": "2026-11-22"}),
    ("manager", "去年卖了多少", "report.sales", {"period": "2025"}),
    ("manager", "上个月业绩排名", "report.sales", {"period": "2026-10", "group": "staff"}),
    ("manager", "前3大客户", "report.top", {"dim": "customer", "limit": 3}),
    ("manager", "积压最多的", "report.stock", {"kind": "slow"}),
    ("finance", "库存金额", "report.stock", {"field": "value"}),
    ("manager", "谁欠钱超过45天", "report.receivable", {"overdue_days": 45}),
    ("manager", "毛利率低于20%的单", "report.profit", {"margin_lt": 0.2}),
    ("manager", "逾期的催一下", "receivable.remind", {"filter": "overdue"}),
    ("finance", "宏达定金一万", "payment.record", {"customer": "宏达建材", "amount": 10000, "kind": "prepay"}),
    ("finance", "这笔冲SO0315和SO0316", "payment.allocate", {"orders": ["SO0315", "SO0316"]}),
    ("finance", "宏达这个月的一起开专票", "invoice.issue", {"customer": "宏达建材", "period": "2026-11", "kind": "专票"}),
    ("finance", "待开票", "invoice.list", {"status": "pending"}),
    ("finance", "SO0315的发票号24322000005678", "invoice.link", {"invoice": "24322000005678", "order": "SO0315"}),
    ("finance", "红冲那张发票", "invoice.void", {"follow_up": True}),
    ("finance", "付佛照货款 2万5", "payable.pay", {"supplier": "佛照", "amount": 25000}),
)  # fmt: skip


@pytest.mark.parametrize(("role", "line", "intent", "slots"), LINES, ids=[line for _, line, _, _ in LINES])
async def test_a_line_has_its_intent_and_its_slots(
    database: str, role: str, line: str, intent: str, slots: dict[str, Any]
) -> None:
    with travel(MOMENT):
        [found] = await understand(line, None, role, None)
    assert (found["intent"], found["slots"]) == (intent, slots)


async def test_what_the_asker_need_not_say_is_not_missing(database: str) -> None:
    assert (await describe(await person("C001"), "要角阀5个"))["missing"] == []
    assert (await describe(await person("E003"), "要角阀5个"))["missing"] == ["customer"]


async def test_a_question_that_goes_on_is_about_what_was_asked_last(chat: Chat) -> None:
    assert (await chat("E006", "还差多少个")).startswith("哪张工单")
    await chat("E006", "取消")
    assert (await chat("E006", "1108做到哪了")).startswith("WO1108")
    assert (await chat("E006", "还差多少个")).startswith("WO1108")


async def test_an_approval_is_named_by_its_place_in_the_list(chat: Chat) -> None:
    assert (await chat("E001", "第一个看下明细")).startswith("超额度放行 AP0018")
    assert (await chat("E001", "第9个看下明细")).startswith("没有找到")


async def test_several_products_are_asked_for_at_once(chat: Chat) -> None:
    answer = await chat("E003", "M8x30,M10x40,角阀DN15都查一下")
    assert (
        answer.startswith(f"{BOLT}\n可用 5,500 个")
        and "· M10×40 不锈钢螺栓 可用 3,000 个\n· 角阀DN15 可用 420 个" in answer
    )
    assert "5,500" not in await chat("C001", "M8x30和角阀库存")


async def test_stock_is_told_in_the_unit_it_was_asked_for(chat: Chat) -> None:
    assert "合 24 箱" in await chat("E003", "t8灯管18瓦还剩几箱")
    assert "没有“箱”" in await chat("E003", "6204轴承还有几箱")


async def test_one_choice_at_a_time(chat: Chat) -> None:
    await chat("E003", "面板还有多少")
    assert await chat("E003", "1和3") == "请一个一个选，先回复一个数字"
    assert (await chat("E003", "3")).startswith(WHITE)


async def test_an_advance_is_echoed_as_one_and_settles_nothing(chat: Chat) -> None:
    echo = await chat("E009", "宏达预付款两万")
    assert echo.startswith("请确认") and "预收" in echo
    done = await chat("E009", "确认")
    assert "¥20,000.00" in done and "12,860.50" in done
