"""Goods in and out as the warehouse types them: the answer, the books, and that the audit finds nothing afterwards."""

import re
from datetime import timedelta

import pytest

from handlers.actor import system
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.auditing import CHECKS
from models.clock import at_local, today, travel
from models.delivery.tables import Notice
from models.product.tables import Product
from models.purchase.tables import PurchaseOrder
from models.sales.promising import outlooks
from models.sales.tables import Delivery, SalesOrder
from models.stock.tables import StockMove
from tests.days import ahead, shown
from tests.people import Api, Chat

BOOKED = """
SELECT a.code, l.amount::text AS amount FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id
JOIN account a ON a.id = l.account_id WHERE e.document = $1 ORDER BY e.id, l.id
"""

ON_HAND = """
SELECT w.name, trim_scale(b.on_hand)::text AS on_hand FROM stock_balance b JOIN warehouse w ON w.id = b.warehouse_id
JOIN product p ON p.id = b.product_id WHERE p.code = $1 AND b.on_hand > 0 ORDER BY w.rank
"""


async def booked(document: str) -> list[tuple[str, str]]:
    """What a document booked: account and amount, debit positive."""
    return [(row["code"], row["amount"]) for row in await sql.rows(BOOKED, document)]


async def on_hand(code: str) -> dict[str, str]:
    """What each warehouse has of a product."""
    return {row["name"]: row["on_hand"] for row in await sql.rows(ON_HAND, code)}


async def lot_comes(chat: Chat, line: str) -> None:
    """Goods of a lot without a purchase; what is worth much waits for finance."""
    answer = await chat("E005", f"{line} 原因退料")
    if waits := re.search(r"交财务审批：(AP\d+)", answer):
        assert "已同意" in await chat("E009", f"同意{waits[1]}")
    else:
        assert "已入库" in answer, answer


async def differences() -> list[str]:
    return [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def test_a_purchase_arrives_in_two_parts_and_is_owed_at_its_price(chat: Chat) -> None:
    assert await chat("E005", "po0087只到了一半 300个") == (
        "GR0003 已入库\n· 工矿灯200W 300 个 → 主仓，现在在手 340\n采购单：PO0087 佛照，部分到货\n还差：工矿灯200W 300 个\n回复 1 撤销"
    )
    assert await booked("GR0003") == [("1405", "61500.00"), ("220201", "-61500.00")]
    assert await chat("E005", "PO0087到了400个") == (
        "PO0087 的工矿灯200W还有 300 个没到，您收了 400。请核对，多的部分退回或另外入库"
    )
    assert "PO0087 佛照，已到齐" in await chat("E005", "PO0087到了,全收")
    assert (await PurchaseOrder.get(number="PO0087")).state == "received"
    assert "现在是“已到齐”" in await chat("E005", "PO0087到了,全收")
    assert await on_hand("HB200W") == {"主仓": "640"}
    assert await differences() == []


async def test_a_receipt_taken_back_leaves_goods_debts_and_the_purchase_as_they_were(chat: Chat) -> None:
    await chat("E005", "PO0087到了,全收")
    assert await chat("E005", "撤销") == "GR0003 已撤回\n货和账都回到原来的样子"
    assert sum(float(amount) for account, amount in await booked("GR0003") if account == "220201") == 0
    assert (await PurchaseOrder.get(number="PO0087")).state == "confirmed"
    assert await on_hand("HB200W") == {"主仓": "40"}
    assert "现在是“已撤销”" in await chat("E005", "撤回GR0003")
    assert await differences() == []


async def test_how_much_of_a_purchase_came_is_asked_never_guessed(chat: Chat) -> None:
    assert await chat("E005", "PO0087到了") == "到了多少？例如：全收，或 300个\n回复 1 全收 / 0 取消"
    assert "已到齐" in await chat("E005", "1")


async def test_goods_of_a_supplier_go_to_the_one_purchase_that_expects_them(chat: Chat) -> None:
    assert "采购单：PO0087 佛照，部分到货" in await chat("E005", "到货了 工矿灯200W 100个 供应商是佛照")
    assert await chat("E005", "到货了 t8灯管4箱 供应商是佛照") == (
        "GR0004 已入库\n· T8灯管18W 4箱 = 100 支 → 主仓，现在在手 700\n供应商：佛照，没有对应的采购单，按账上成本暂估\n回复 1 撤销"
    )
    assert await booked("GR0004") == [("1405", "790.00"), ("220201", "-790.00")]
    assert await chat("E005", "到货了 t8灯管40箱 供应商是佛照") == (
        "GR0005 入库等审批\n· T8灯管18W 40箱 = 1,000 支 → 主仓，在手还是 700\n供应商：佛照，没有对应的采购单，按账上成本暂估\n"
        "当天合计较大，交财务审批：AP0019，同意后入账"
    )
    assert await booked("GR0005") == []
    assert await chat("E009", "同意AP0019") == "AP0019 已同意\nGR0005 已入账，申请人会收到通知"
    assert await booked("GR0005") == [("1405", "7900.00"), ("220201", "-7900.00")]
    assert await on_hand("T8-18W") == {"主仓": "1600", "二号仓": "100"}
    assert await differences() == []


async def test_goods_without_a_purchase_wait_to_be_explained_and_name_the_purchase_they_may_belong_to(
    chat: Chat,
) -> None:
    assert await chat("E005", "入库 工矿灯200W 4个") == (
        "为什么？写一句原因，例如：打样\n1 盘盈\n2 退料\n3 录错\n0 取消"
    )
    assert await StockMove.filter(document="GR0003").count() == 0
    answer = await chat("E005", "1")
    assert "原因：盘盈，记在待处理里，请财务核对" in answer and "这种货还有采购单没到：PO0087" in answer
    assert await booked("GR0003") == [("1405", "820.00"), ("1901", "-820.00")]


async def test_the_cost_follows_what_came_in_and_comes_back_with_it(chat: Chat) -> None:
    assert (await chat("E005", "入库 M10×40 1000个 单价0.85 原因退料")).startswith("GR0003 已入库")
    assert "¥0.67" in await chat("E009", "M10×40成本")
    await chat("E005", "撤销")
    assert "¥0.61" in await chat("E009", "M10×40成本")
    assert await differences() == []


async def test_goods_worth_much_that_no_purchase_expects_wait_for_finance_where_they_will_lie(
    chat: Chat, api: Api
) -> None:
    status, body = await api.post(
        "E005", "stock.in", items=[{"product": "HB200W", "quantity": "6"}], reason="盘盈", place="B-01-1", lot="L2601",
        expires=(today() + timedelta(days=90)).isoformat(),
    )  # fmt: skip
    assert (status, body["number"], body["pending"]) == (202, "GR0003", {"approval": "AP0019"})
    assert await booked("GR0003") == [] and await on_hand("HB200W") == {"主仓": "40"}
    shown_to_finance = await chat("E009", "查看AP0019")
    assert "¥1,230.00" in shown_to_finance and "内容：入库 工矿灯200W +6 个\n原因：盘盈" in shown_to_finance
    await chat("E009", "同意AP0019")
    assert await booked("GR0003") == [("1405", "1230.00"), ("1901", "-1230.00")]
    there = await sql.rows("SELECT location, trim_scale(on_hand)::text AS n FROM stock_bin WHERE lot = 'L2601'")
    assert [(row["location"], row["n"]) for row in there] == [("B-01-1", "6")]
    assert await differences() == []


async def test_goods_that_finance_does_not_believe_in_or_that_were_taken_back_never_come_in(chat: Chat) -> None:
    await chat("E005", "入库 工矿灯200W 6个 盘盈")
    assert (await chat("E009", "驳回AP0019")).startswith("AP0019 已驳回\nGR0003 没有入账，申请人会收到通知\n")
    await chat("E005", "入库 工矿灯200W 7个 盘盈")
    assert (await chat("E005", "撤回GR0004")).startswith("GR0004 已撤回")
    assert "已作废" in await chat("E009", "同意AP0020")
    assert await on_hand("HB200W") == {"主仓": "40"}
    assert await booked("GR0003") == await booked("GR0004") == []
    assert await differences() == []


async def test_what_is_used_up_above_the_threshold_waits_for_finance_as_scrap_does(chat: Chat) -> None:
    answer = await chat("E005", "出库 工矿灯200W 20个 打样")
    assert answer == (
        "SA0001 出库等审批\n· 工矿灯200W 20 个（主仓），在手还是 40\n原因：打样\n当天合计较大，交财务审批：AP0019，同意后出库"
    )
    assert await booked("SA0001") == []
    await chat("E009", "同意AP0019")
    assert await booked("SA0001") == [("1405", "-4100.00"), ("6602", "4100.00")]
    assert await differences() == []


@pytest.mark.parametrize("cost", ["999999999", "61", "0.06", "6.11"])
async def test_a_cost_far_from_what_a_product_costs_is_refused(chat: Chat, cost: str) -> None:
    before = await StockMove.all().count()
    assert await chat("E005", f"入库 M10×40 5个 单价{cost} 原因退料") == (
        f"单价“{cost}”不对：离账上的成本太远，请核对。真是这个价，请采购下采购单再收"
    )
    assert await StockMove.all().count() == before


async def test_a_present_is_worth_to_finance_what_the_books_say(chat: Chat) -> None:
    assert "入库等审批" in await chat("E005", "入库 工矿灯200W 6个 单价0 原因厂家赠送")
    assert (await chat("E005", "入库 工矿灯200W 1个 单价0 原因厂家赠送")).startswith("GR0004 已入库")


async def test_a_lot_that_has_expired_already_does_not_come_in(chat: Chat, api: Api) -> None:
    past = (today() - timedelta(days=1)).isoformat()
    for line in (f"入库 BV2.5电线红 1卷 批号B261201 效期{past}", f"PO0087到了10个批号B261201效期{past}"):
        assert await chat("E005", line) == f"效期“{past}”不对：已经过期了，不能入库，请退回或核对日期", line
    assert not await StockMove.filter(lot="B261201").exists()
    status, body = await api.post("E005", "stock.in", purchase="PO0087", quantity="1", lot="B1234", expires=past)
    assert (status, body["code"], body["input"]) == (422, "invalid_input", "expires")
    assert (await chat("E005", f"入库 BV2.5电线红 1卷 批号B261201 效期{today()} 原因退料")).startswith("GR0003 已入库")


async def test_a_lot_keeps_the_day_on_which_it_expires(chat: Chat, api: Api) -> None:
    known, later = ahead(100), ahead(400)
    await lot_comes(chat, f"入库 BV2.5电线红 1卷 批号B261201 效期{known}")
    refused = (
        f"BV2.5电线 红 批号 B261201 已登记的效期是 {shown(known)}，和这次说的 {shown(later)} 不一样，没有入库；"
        "请核对，不同效期要用不同批号"
    )
    before = await StockMove.all().count()
    assert await chat("E005", f"入库 BV2.5电线红 1卷 批号B261201 效期{later} 原因退料") == refused
    assert await chat("E005", f"入库 BV2.5电线红 60卷 批号B261201 效期{later} 原因退料") == refused
    status, body = await api.post(
        "E005", "stock.in", purchase="PO0087", quantity="1", lot="B261201", expires=f"{later}"
    )
    assert (status, body["number"]) == (200, "GR0004"), "a lot is one product's"
    assert f"效期：{shown(known)}" in await chat("E005", "召回B261201@BV25R")
    assert await StockMove.all().count() == before + 1
    assert await differences() == []


async def test_a_day_that_was_a_slip_goes_with_its_receipt(chat: Chat) -> None:
    await lot_comes(chat, f"入库 BV2.5电线红 1卷 批号B261201 效期{ahead(100)}")
    assert "已撤回" in await chat("E005", "撤回GR0003")
    assert "已入库" in await chat("E005", f"入库 BV2.5电线红 1卷 批号B261201 效期{ahead(400)} 原因退料")
    assert f"效期：{shown(ahead(400))}" in await chat("E005", "召回B261201")


async def test_an_order_that_waits_gets_what_comes_in_and_loses_it_if_that_was_a_mistake(chat: Chat) -> None:
    await chat("E003", "建业要工矿灯200W 50个")
    await chat("E003", "确认")
    assert "已备给：SO0319" in await chat("E005", "PO0087到了,全收")
    assert "缺：" not in await chat("E005", "拣货单SO0319")
    assert await Notice.filter(kind="stock.arrived", about="SO0319").count() == 1
    assert "已撤回" in await chat("E005", "撤销")
    assert "缺：工矿灯200W " in await chat("E005", "拣货单SO0319")
    assert await Notice.filter(kind="stock.dropped", about="SO0319").count() == 1
    assert await differences() == []


async def test_what_leaves_for_an_order_is_shipped_with_its_carrier_and_echoed_first(chat: Chat) -> None:
    assert "用哪家物流" in await chat("E005", "ck so0315")
    assert "物流单号" in await chat("E005", "顺丰")
    assert (await chat("E005", "SF1029384756")).startswith("请确认发货 SO0315")
    assert "SO0315 已发货" in await chat("E005", "确认")
    assert await differences() == []


async def test_part_of_what_an_order_holds_leaves_and_the_rest_is_owed(chat: Chat) -> None:
    assert "用哪家物流" in await chat("E005", "SO0312出m8x30 4000")
    await chat("E005", "顺丰")
    echo = await chat("E005", "SF1029384756")
    assert echo.startswith("请确认发货 SO0312") and "4,000 个" in echo and "1,000 个" in echo
    assert (await chat("E005", "确认")).startswith("SO0312 部分发货")
    order = await SalesOrder.get(number="SO0312")
    assert order.delivery_state == "partial"
    assert await differences() == []


async def test_more_than_an_order_holds_or_what_it_does_not_ask_for_does_not_leave(chat: Chat) -> None:
    for line in ("SO0312出m8x30 9000", "SO0312出角阀1箱"):
        await chat("E005", line)
        await chat("E005", "顺丰")
        said = await chat("E005", "SF1029384756")
        assert not said.startswith("请确认"), said
    assert not await Delivery.filter(order__number="SO0312").exists()


async def test_what_has_expired_is_free_for_nobody_and_is_not_picked(chat: Chat) -> None:
    last = today() + timedelta(days=5)
    await lot_comes(chat, f"入库 BV2.5电线红 10卷 批号B261201 效期{last:%Y-%m-%d}")
    with travel(at_local(last, 12)):
        assert "可用 90 卷" in await chat("E003", "BV2.5电线红还有多少")
    with travel(at_local(last + timedelta(days=1), 12)):
        answer = await chat("E003", "BV2.5电线红还有多少")
        assert answer.startswith("BV2.5电线 红\n可用 80 卷\n在手 90 − 预留 0 − 过期 10\n")
        seen = (await outlooks([(await Product.get(code="BV25R")).id])).popitem()[1]
        assert seen.free == 80
        await chat("E003", "建业要BV2.5电线红 70卷")
        assert (await chat("E003", "确认")).startswith("SO0319 已下单")
        assert "B261201" not in await chat("E005", "拣货单SO0319")
        await chat("E005", "SO0319发了顺丰 单号SF1029384756")
        assert "SO0319 已发货" in await chat("E005", "确认")
        assert "主仓：10 卷" in await chat("E005", "B261201这批还剩多少")
    assert await differences() == []


async def test_what_will_expire_is_listed_before_it_does(chat: Chat) -> None:
    assert await chat("E005", "哪些货快过期了") == "60 天内到期的货\n没有"
    soon, late = today() + timedelta(days=5), today() + timedelta(days=90)
    await lot_comes(chat, f"入库 BV2.5电线红 10卷 批号B261201 效期{soon:%Y-%m-%d}")
    await lot_comes(chat, f"入库 结构胶 20支 批号J261201 效期{late:%Y-%m-%d}")
    listed = await chat("E005", "快过期的货")
    assert listed.startswith("60 天内到期的货，1 批\n· BV2.5电线 红 10 卷，批号 B261201") and "结构胶" not in listed
    assert "2 批" in await chat("E005", "90天内到期的货")
    with travel(at_local(soon + timedelta(days=1), 12)):
        gone = await chat("E005", "过期的货")
        assert "其中已过期 1 批" in gone and gone.endswith("例如：报废 BV2.5电线 红 10卷 批号B261201 过期")
        assert "SA0001 报废等审批" in await chat("E005", "报废 BV2.5电线 红 10卷 批号B261201 过期")
    assert "BV2.5" not in await chat("C001", "快过期的货")


async def test_a_place_and_a_whole_warehouse_say_what_lies_there(chat: Chat) -> None:
    assert (await chat("E005", "A-03-2放的什么")).startswith(
        "主仓 A-03-2\n· 角阀DN15 420 个\n· M8×30 不锈钢螺栓 9,200 个"
    )
    there = await chat("E005", "二号仓有什么")
    assert there.startswith("二号仓\n") and "M8×30 不锈钢螺栓 2,800 个" in there


async def test_goods_that_expired_while_they_were_held_are_refused_with_their_day(chat: Chat) -> None:
    last = today() + timedelta(days=5)
    await lot_comes(chat, f"入库 BV2.5电线红 10卷 批号B261201 效期{last:%Y-%m-%d}")
    await chat("E003", "建业要BV2.5电线红 70卷")
    assert (await chat("E003", "确认")).startswith("SO0319 已下单")
    with travel(at_local(last + timedelta(days=1), 12)):
        assert "缺：BV2.5电线 红 10 卷（备的货已过期）" in await chat("E005", "拣货单SO0319")
        said = await chat("E005", "SO0319发了顺丰 单号SF1029384756")
        assert said.startswith(f"BV2.5电线 红 批号 B261201 {shown(last)}") and said.endswith(
            "已过期，不能发货；没过期的有 60 卷，要 70"
        )
        assert not await Delivery.filter(order__number="SO0319").exists()
        # Sixty of them may leave, and what expired is written off.
        await chat("E005", "SO0319先发60卷 顺丰 单号SF1029384756")
        assert "部分发货" in await chat("E005", "确认")
        waits = await chat("E005", "报废 BV2.5电线红 10卷 批号B261201 过期了")
        assert waits.startswith("SA0001 报废等审批") and "原因：过期了" in waits
    assert await differences() == []


async def test_goods_for_a_customer_need_an_order(chat: Chat) -> None:
    assert await chat("E005", "老王自提 角阀1箱") == (
        "给老王五金店的货要有订单才能出，请业务员先下单，例如：老王五金店要AV15 1箱"
    )
    assert await on_hand("AV15") == {"主仓": "420"}


async def test_material_goes_to_its_work_order_and_what_was_fetched_is_not_taken_again(chat: Chat) -> None:
    assert await chat("E005", "车间领料 铝型材4040 六根 WO1105") == (
        "SA0001 已领料\n· 铝型材4040 6 根（主仓），现在在手 114\n工单：WO1105\n回复 1 撤销"
    )
    assert await booked("SA0001") == [("1405", "-408.00"), ("5001", "408.00")]
    for line in ("WO1105 攻丝 10", "WO1105 质检 10", "WO1105 包装 5"):
        await chat("E006", line)
    # Five racks need 12 profiles, of which six had been fetched, and 80 bolts.
    assert await on_hand("AL4040") == {"主仓": "108"}
    assert await on_hand("M8X30") == {"主仓": "9120", "二号仓": "2800"}
    await chat("E006", "撤销")
    assert await on_hand("AL4040") == {"主仓": "114"}
    assert await on_hand("RACK1") == {}
    assert await differences() == []


async def test_what_is_used_up_needs_a_reason_and_takes_nothing_that_is_reserved(chat: Chat) -> None:
    assert "为什么" in await chat("E005", "出库 M10×40 20个")
    assert "原因：打样" in await chat("E005", "打样")
    assert await booked("SA0001") == [("1405", "-12.20"), ("6602", "12.20")]
    assert await chat("E005", "出库 M8×30 9000个 打样") == (
        "M8×30 不锈钢螺栓不够：要 9,000 个，主仓可用 2,700，二号仓可用 2,800"
    )


async def test_small_corrections_are_booked_at_once_and_can_be_taken_back(chat: Chat) -> None:
    assert await chat("E005", "m8x30多了20个 改一下账") == (
        "为什么？写一句原因，例如：打样\n回复 1 盘盈 / 2 录错 / 0 取消"
    )
    assert await chat("E005", "1") == (
        "SA0001 改账已入账\n· M8×30 不锈钢螺栓 多 20 个（主仓），现在在手 12,020\n原因：盘盈\n回复 1 撤销"
    )
    assert await booked("SA0001") == [("1405", "5.27"), ("1901", "-5.27")]
    await chat("E005", "撤销")
    assert await on_hand("M8X30") == {"主仓": "9200", "二号仓": "2800"}
    assert await differences() == []


async def test_a_big_correction_moves_nothing_until_finance_consents(chat: Chat) -> None:
    assert (await chat("E005", "工矿灯200W少了30个")).endswith("\n1 盘亏\n2 损坏\n3 录错\n0 取消")
    answer = await chat("E005", "找不到了")
    assert "改账等审批" in answer and "交财务审批：AP0019" in answer and "在手还是 40" in answer
    assert await booked("SA0001") == []
    shown = await chat("E009", "查看AP0019")
    assert shown.startswith(
        "库存调整 AP0019\n¥6,150.00\n单据：SA0001\n内容：库存调整 工矿灯200W -30 个\n原因：找不到了"
    )
    assert await chat("E009", "同意AP0019") == "AP0019 已同意\nSA0001 已入账，申请人会收到通知"
    assert await on_hand("HB200W") == {"主仓": "10"}
    assert await booked("SA0001") == [("1405", "-6150.00"), ("1901", "6150.00")]
    assert await differences() == []


async def test_a_refused_correction_changes_nothing(chat: Chat) -> None:
    await chat("E005", "工矿灯200W少了30个 找不到了")
    assert (await chat("E009", "驳回AP0019")).startswith("AP0019 已驳回\nSA0001 没有入账，申请人会收到通知\n")
    assert await on_hand("HB200W") == {"主仓": "40"}
    assert "现在是“已驳回”" in await chat("E005", "撤回SA0001")


async def test_a_loss_below_what_is_reserved_drops_the_latest_promise_and_tells_its_owner(chat: Chat) -> None:
    answer = await chat("E005", "m8x30少了3700个 发霉")
    # SO0316 has no date, so it gives way before SO0312, which has one.
    assert "占用减少：SO0316 少 1,000，已通知负责人" in answer and "SO0312" not in answer
    (told,) = await Notice.filter(kind="stock.dropped").select_related("receiver")
    assert (told.receiver.number, told.facts["quantity"], told.facts["reason"]) == ("E003", "1000.000000", "库存调整")
    assert await differences() == []


async def test_half_a_box_that_is_half_a_piece_is_asked_about(chat: Chat) -> None:
    assert await chat("E005", "灯管坏了半箱") == "0.5箱是 12.5支，要整数：12支还是13支？"
    assert (await chat("E005", "灯管坏了1箱")).endswith("回复 1 损坏 / 2 过期 / 0 取消")
    assert await booked("SA0001") == []
    assert "少 1箱 = 25 支" in await chat("E005", "损坏")
    assert await booked("SA0001") == [("1405", "-197.50"), ("6602", "197.50")]


async def test_goods_change_their_warehouse_and_place_and_are_worth_the_same(chat: Chat) -> None:
    assert await chat("E005", "从主仓调500个m8x30到二号仓") == (
        "TR0002 已调拨\n主仓 → 二号仓\n· M8×30 不锈钢螺栓 500 个\n回复 1 撤销"
    )
    assert await on_hand("M8X30") == {"主仓": "8700", "二号仓": "3300"}
    assert "角阀DN15 420 个" in await chat("E005", "移库 A-03-2 到 B-01-1 角阀全部")
    assert await chat("E005", "B-01-1上面有啥") == "主仓 B-01-1\n· 角阀DN15 420 个\n· M10×40 不锈钢螺栓 3,000 个"
    assert await booked("TR0002") == []
    assert await chat("E005", "二号仓调20箱灯管回主仓") == "T8灯管18W不够：要 500 支，二号仓只有 100"
    assert await differences() == []


async def test_reserved_goods_are_not_moved_away(chat: Chat) -> None:
    assert await chat("E005", "从主仓调3000个m8x30到二号仓") == "M8×30 不锈钢螺栓不够：要 3,000 个，主仓只有 2,700"


async def test_goods_in_transit_are_nobodys_until_they_arrive_lot_by_lot(chat: Chat) -> None:
    await lot_comes(chat, "入库 BV2.5电线红 10卷 批号B261201 效期2028-11-01")
    sent = await chat("E005", "从主仓发12卷BV2.5电线红到二号仓")
    assert sent.startswith("TR0002 已发出，在途\n主仓 → 二号仓") and "TR0002到了" in sent
    assert (await chat("E003", "BV2.5电线红还有多少")).startswith("BV2.5电线 红\n可用 78 卷")
    assert await differences() == []
    assert (await chat("E013", "TR0002到了")).startswith("TR0002 已到")
    assert await on_hand("BV25R") == {"主仓": "58", "二号仓": "32"}
    # What expires first left first, all of that lot.
    assert "二号仓：10 卷" in await chat("E005", "B261201这批还剩多少")
    assert "现在是“已到”" in await chat("E013", "TR0002到了")
    assert await differences() == []


async def test_a_lot_is_followed_to_whoever_got_it(chat: Chat) -> None:
    last = ahead(300)
    await lot_comes(chat, f"入库 BV2.5电线红 10卷 批号B261201 效期{last}")
    await chat("E003", "建业要BV2.5电线红12卷")
    await chat("E003", "确认")
    assert f"批号 B261201，效期 {shown(last)}" in await chat("E005", "拣货单SO0319")
    await chat("E005", "SO0319发了顺丰 单号SF1029384756")
    await chat("E005", "确认")
    answer = await chat("E005", "召回B261201")
    assert answer.startswith(f"BV2.5电线 红 批号 B261201\n还剩 0 卷\n效期：{shown(last)}\n· 建业工程 10 卷（SO0319，")
    assert await differences() == []


async def test_goods_are_kept_for_a_customer_and_used_by_its_order(chat: Chat) -> None:
    answer = await chat("E003", "先给宏达留2000个m8x30 留到周五")
    assert answer.startswith("已预留\n· 宏达建材 M8×30 不锈钢螺栓 2,000 个，留到 ")
    assert (await chat("E003", "m8x30还有多少")).startswith("M8×30 不锈钢螺栓\n可用 3,500 个")
    await chat("E003", "宏达要m8x30 1500个")
    await chat("E003", "确认")
    assert "M8×30 不锈钢螺栓 500 个" in await chat("E003", "我的预留")
    assert (await chat("E003", "m8x30还有多少")).startswith("M8×30 不锈钢螺栓\n可用 3,500 个")
    assert "预留已放掉" in await chat("E003", "把宏达预留的m8放掉")
    assert await chat("E003", "把宏达预留的m8放掉") == "没有这样的预留，或已经放掉了。发“我的预留”看清单"
    assert await differences() == []


async def test_what_is_kept_too_long_is_let_go_and_told(chat: Chat) -> None:
    await chat("E003", "给宏达留500个m10x40")
    with travel(at_local(today() + timedelta(days=5), 9)):
        await run(system("t"), Call("stock.expire", {"hold": "RS0001"}), key="t")
    assert await Notice.filter(kind="stock.expired").count() == 1
    assert await chat("E003", "我的预留") == "预留 0 笔\n现在没有预留"
    assert await differences() == []


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("给宏达留99999个m10x40", "M10×40 不锈钢螺栓不够：要 99,999 个，只有 3,000"),
        ("给宏达留500个m10x40 留到去年", "已经过去了"),
        ("给宏达留500个m10x40 留到{past}", "已经过去了"),
        ("给宏达留500个m10x40 留到2056-01-05", "日期“2056-01-05”不对：太远了，请核对"),
        ("给宏达留0个m10x40", "要大于 0"),
    ],
)
async def test_what_cannot_be_kept_is_refused_and_nothing_is_held(chat: Chat, line: str, refusal: str) -> None:
    assert refusal in await chat("E003", line.format(past=ahead(-300)))
    assert await chat("E003", "我的预留") == "预留 0 笔\n现在没有预留"


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("入库 M8×30 0个", "要大于 0"),
        ("入库 M8×30 1000000000000个", "太大了"),
        ("入库 M8×30 2.5个", "要整数"),
        ("入库 M8×30 5卷", "没有“卷”这个单位，可以用 个、箱"),
        ("入库 没有的货 5个", "没找到"),
        ("入库 M8×30 5个 放Z-99-9", "“放Z-99-9”没看懂"),
        ("入库 M8×30 5个 批号B1 效期2066-01-01", "日期“2066-01-01”不对：太远了，请核对"),
        ("PO9999到了,全收", "没有找到"),
        ("PO0087到了 M8×30 50个", "PO0087 没有订M8×30 不锈钢螺栓"),
        ("从主仓调5个m8x30到主仓", "和原来的地方一样"),
        ("从主仓调5个m8x30到三号仓", "没有叫“三号仓”的仓库"),
        ("m8x30少了90000个 丢了", "不够"),
        ("生产入库WO1105 980件", "WO1105 包装还可以报 0，您报了 980。请核对数量"),
        ("B999999这批还剩多少", "没有批号“B999999”"),
        ("打标签 m8x30 100000张", "要 1 到 200 张"),
    ],
)
async def test_what_cannot_be_is_refused_and_moves_nothing(chat: Chat, line: str, refusal: str) -> None:
    before = await StockMove.all().count()
    assert refusal in await chat("E005", line)
    assert await StockMove.all().count() == before


async def test_a_closed_month_takes_no_goods(chat: Chat) -> None:
    await sql.rows("INSERT INTO closed_period (month, closed_at) VALUES ($1, now())", f"{today():%Y-%m}")
    assert "已经结账" in await chat("E005", "PO0087到了,全收")
    assert await on_hand("HB200W") == {"主仓": "40"}


async def test_a_product_no_longer_dealt_in_takes_no_goods(api: Api) -> None:
    await sql.rows("UPDATE product SET active = false WHERE code = 'AV15'")
    status, body = await api.post("E005", "stock.in", items=[{"product": "AV15", "quantity": "5"}], reason="盘盈")
    assert (status, body["code"]) == (404, "not_found")


async def test_nothing_is_put_into_transit_but_by_a_transfer(chat: Chat, api: Api) -> None:
    await chat("E005", "从主仓发10个m10x40到二号仓")
    status, body = await api.post("E005", "stock.in", items=[{"product": "AV15", "quantity": "5"}], place="在途")
    assert (status, body["code"]) == (404, "not_found")


async def test_customers_and_salespeople_reach_none_of_it(chat: Chat, api: Api) -> None:
    for name in ("batch.query", "location.query", "pick.list", "stock.log", "count.diff"):
        assert (await api.get("C001", name))[0] == 403
    assert await chat("E003", "入库 M8×30 5个") == "没有权限查看"
    # The warehouse sees quantities, not what goods cost.
    status, received = await api.post("E005", "stock.in", purchase="PO0087", quantity="10")
    assert status == 200 and "amount" not in received["lines"][0]


async def test_below_its_minimum_a_product_is_told_of_once(chat: Chat) -> None:
    async def told() -> int:
        return await Notice.filter(kind="stock.minimum", about="M8X30", state="queued").count()

    await chat("E005", "出库 M8×30 400个 打样")
    assert await told() == 0
    await chat("E005", "出库 M8×30 200个 打样")
    keepers = await told()
    # E005, E013 and E022 keep the goods, E012 and E023 buy them.
    assert keepers == 5
    await chat("E005", "出库 M8×30 200个 打样")
    assert await told() == keepers


async def test_the_ledger_says_when_who_and_why(chat: Chat) -> None:
    await chat("E005", "出库 M10×40 20个 打样")
    answer = await chat("E005", "今天进出多少")
    assert answer.splitlines()[1] == "进 0 笔，出 2 笔，2 种货"
    assert answer.splitlines()[2].endswith("M10×40 不锈钢螺栓 -20 个 主仓，其他出库 打样 SA0001，老周")
    assert (await chat("E005", "M10×40的流水")).startswith("M10×40 不锈钢螺栓 流水 ")


async def test_what_has_not_moved_is_listed_with_its_worth_for_those_who_may_know(chat: Chat) -> None:
    with travel(at_local(today() + timedelta(days=300), 9)):
        answer = await chat("E005", "半年没动过的货")
        assert answer.startswith("182 天没动过的货 ") and "¥" not in answer
        assert "¥" in await chat("E009", "半年没动过的货")


async def test_a_label_carries_what_the_shelf_needs(chat: Chat) -> None:
    assert await chat("E005", "打标签 m8x30 10张") == (
        "标签 10 张\n品名：M8×30 不锈钢螺栓\n编码：M8X30\n条码：6901234567892\n单位：个\n没有附打印的网页：服务器还没有设置 LIAODAN_PUBLIC_URL"
    )
