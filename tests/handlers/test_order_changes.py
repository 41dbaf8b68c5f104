"""Orders that change: quantities, products, dates, pauses, ends; stock, credit and work follow."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models import sql
from models.auditing import CHECKS
from models.clock import at_local, today, travel
from models.delivery.tables import Notice
from models.finance.credit import credit_status
from models.party.tables import Customer
from models.product.tables import Product
from models.sales.tables import OrderRevision, SalesOrder
from tests.days import ahead, shown, typed
from tests.people import Api, Chat

HELD = """
SELECT coalesce(sum(r.quantity - r.consumed), 0) AS held FROM reservation r
WHERE r.document = $1 AND r.state IN ('active', 'partially_consumed')
"""


async def clean() -> list[str]:
    return [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def held(order: str) -> Decimal:
    return Decimal((await sql.rows(HELD, order))[0]["held"])


async def exposure(customer: str) -> Decimal:
    return (await credit_status((await Customer.get(name=customer)).id)).exposure


async def test_more_is_ordered_held_and_counted_and_undo_takes_it_back(chat: Chat) -> None:
    before = await exposure("宏达建材")
    echo = await chat("E003", "SO0312数量改成6000")
    assert "请确认改单 SO0312" in echo and "¥2,250.00 → ¥2,700.00" in echo
    assert await held("SO0312") == 5000
    assert "SO0312 已改，第 2 版" in await chat("E003", "确认")
    assert (await held("SO0312"), await exposure("宏达建材")) == (6000, before + 450)
    kept = await OrderRevision.get(order__number="SO0312")
    assert (kept.revision, kept.total, kept.reason) == (1, Decimal("2250.00"), "M8×30 不锈钢螺栓 5000→6000")
    assert await Notice.filter(kind="order.changed", about="SO0312").exists()
    assert "请确认改单" in await chat("E003", "撤销")
    assert "第 3 版" in await chat("E003", "确认")
    assert (await held("SO0312"), await exposure("宏达建材")) == (5000, before)
    assert await clean() == []


async def test_less_is_ordered_and_the_rest_is_free_again(chat: Chat) -> None:
    await chat("E003", "312数量改成两千")
    assert "¥2,250.00 → ¥900.00" in await chat("E003", "确认")
    assert await held("SO0312") == 2000
    assert "可用 8,500 个" in await chat("E003", "m8x30还有多少")
    assert await clean() == []


async def test_another_date_another_product_and_one_less(chat: Chat) -> None:
    await chat("E003", f"312那单交期往后推到{typed(ahead(12))}")
    assert shown(ahead(12)) in await chat("E003", "确认")
    await chat("E003", "312那单再加角阀200个")
    assert "¥6,650.00" in await chat("E003", "确认")
    assert await held("SO0312") == 5200
    await chat("E003", "SO0312去掉角阀")
    after = await chat("E003", "确认")
    assert "¥2,250.00" in after and "角阀" not in after
    assert await held("SO0312") == 5000
    assert (await SalesOrder.get(number="SO0312")).revision == 4
    assert await clean() == []


async def test_below_what_has_left_is_refused(chat: Chat, api: Api) -> None:
    part = [{"product": "M8X30", "quantity": "3000"}]
    await api.post("E005", "ship.confirm", order="SO0312", items=part, carrier="顺丰", tracking_no="SF100001")
    assert "已经发了或开了 3,000 个" in await chat("E003", "SO0312数量改成2999")
    await chat("E003", "SO0312数量改成3000")
    assert "已改" in await chat("E003", "确认")
    order = await SalesOrder.get(number="SO0312")
    assert (order.delivery_state, order.total) == ("delivered", Decimal("1350.00"))
    assert await held("SO0312") == 0
    assert await clean() == []


@pytest.mark.parametrize("quantity", ["0", "-5", "1000000000000", "1.5"])
async def test_a_quantity_that_cannot_be_changes_nothing(api: Api, quantity: str) -> None:
    status, body = await api.post("E003", "order.modify", order="SO0312", quantity=quantity)
    assert (status, body["code"]) == (422, "invalid_input")
    assert (await SalesOrder.get(number="SO0312")).revision == 1


async def test_a_day_that_is_over_or_far_off_changes_nothing(api: Api) -> None:
    for day in (today() - timedelta(days=1), today() + timedelta(days=366 * 30)):
        assert (await api.post("E003", "order.modify", order="SO0312", date=day.isoformat()))[0] == 422
    assert (await SalesOrder.get(number="SO0312")).revision == 1


async def test_a_change_over_the_limit_waits_and_the_order_stands_until_it_is_released(chat: Chat, api: Api) -> None:
    assert "要审批放行后才改" in await chat("E003", "SO0312数量改成90000")
    told = await chat("E003", "确认")
    assert "等审批，订单先不变" in told
    order = await SalesOrder.get(number="SO0312")
    assert (order.total, order.revision, order.state, await held("SO0312")) == (
        Decimal("2250.00"),
        1,
        "confirmed",
        5000,
    )
    number = "AP" + told.split("AP")[1][:4]
    assert "已同意" in await chat("E001", f"同意{number}")
    order = await SalesOrder.get(number="SO0312")
    assert (order.total, order.revision, await held("SO0312")) == (Decimal("40500.00"), 2, 10500)
    assert await clean() == []


async def test_a_changed_order_voids_the_consent_that_was_asked_for(chat: Chat) -> None:
    await chat("E003", "SO0312数量改成90000")
    number = "AP" + (await chat("E003", "确认")).split("AP")[1][:4]
    await chat("E003", "SO0312数量改成5100")
    await chat("E003", "确认")
    assert "已作废" in await chat("E001", f"同意{number}")
    assert (await SalesOrder.get(number="SO0312")).total == Decimal("2295.00")


async def test_a_refused_change_leaves_the_order(chat: Chat) -> None:
    await chat("E003", "SO0312数量改成90000")
    number = "AP" + (await chat("E003", "确认")).split("AP")[1][:4]
    assert "已驳回" in await chat("E001", f"驳回{number}")
    order = await SalesOrder.get(number="SO0312")
    assert (order.total, order.revision, order.state) == (Decimal("2250.00"), 1, "confirmed")
    assert await clean() == []


async def test_a_customers_change_of_a_confirmed_order_is_a_wish_that_one_tap_carries_out(chat: Chat) -> None:
    assert "会请业务员来改" in await chat("C001", "312那单再加200个角阀")
    assert "已转给业务员" in await chat("C001", "确认")
    assert (await SalesOrder.get(number="SO0312")).revision == 1
    wish = (await Notice.get(kind="order.change_asked")).facts["wishes"][0]
    assert wish == "SO0312再加AV15 200个"
    assert "¥2,250.00 → ¥6,650.00" in await chat("E003", wish)


async def test_a_customer_corrects_their_own_draft(chat: Chat) -> None:
    assert "¥6,600.00 → ¥66,000.00" in await chat("C001", "数量打错了是3000")
    await chat("C001", "确认")
    assert (await SalesOrder.get(number="SO0318")).total == Decimal("66000.00")
    assert await clean() == []


async def test_which_product_is_asked_when_there_are_several(chat: Chat) -> None:
    await chat("E003", "312那单再加角阀200个")
    await chat("E003", "确认")
    assert "不止一种货" in await chat("E003", "SO0312数量改成6000")
    assert "¥4,400.00" not in await chat("E003", "SO0312的角阀改成100")
    assert "¥4,450.00" in await chat("E003", "确认")


async def test_others_orders_read_like_none(api: Api) -> None:
    known = await api.post("C002", "order.modify", order="SO0312", quantity="1")
    unknown = await api.post("C002", "order.modify", order="SO9999", quantity="1")
    assert known == unknown and known[0] == 404


async def test_a_paused_order_keeps_its_stock_and_does_not_leave(chat: Chat, api: Api) -> None:
    assert "已暂停" in await chat("E003", "SO0312先别发")
    assert await held("SO0312") == 5000
    status, _ = await api.post("E005", "ship.confirm", order="SO0312", carrier="顺丰", tracking_no="SF100001")
    assert status == 409
    await chat("E003", "SO0312继续")
    assert "已恢复" in await chat("E003", "确认")
    assert (await SalesOrder.get(number="SO0312")).state == "confirmed"
    assert await clean() == []


async def test_closing_frees_the_rest_and_reopening_takes_it_again(chat: Chat, api: Api) -> None:
    part = [{"product": "M8X30", "quantity": "3000"}]
    await api.post("E005", "ship.confirm", order="SO0312", items=part, carrier="顺丰", tracking_no="SF100001")
    before = await exposure("宏达建材")
    await chat("E003", "关闭SO0312")
    assert "按已发结算：¥1,350.00" in await chat("E003", "确认")
    assert (await held("SO0312"), await exposure("宏达建材")) == (0, before - 900)
    # What left is invoiced all the same.
    assert (await api.post("E009", "invoice.issue", order="SO0312"))[1]["amount"] == "1350.00"
    assert await clean() == []
    await chat("E003", "重新打开SO0312")
    assert "已恢复" in await chat("E003", "确认")
    order = await SalesOrder.get(number="SO0312")
    assert (order.total, order.state, await held("SO0312")) == (Decimal("2250.00"), "in_progress", 2000)
    assert await exposure("宏达建材") == before
    assert await clean() == []


async def test_of_an_order_that_was_closed_before_anything_left_there_is_nothing_to_copy(chat: Chat, api: Api) -> None:
    await chat("E003", "关闭SO0312")
    await chat("E003", "确认")
    status, body = await api.post("E003", "order.copy", order="SO0312")
    assert (status, body["code"]) == (409, "wrong_state")
    assert not await SalesOrder.filter(number="SO0319").exists()


async def test_an_order_of_what_is_no_longer_sold_is_not_copied(api: Api) -> None:
    await Product.filter(code="M8X30").update(active=False)
    status, body = await api.post("E003", "order.copy", order="SO0312")
    assert (status, body["code"], body["why"]) == (422, "invalid_input", "inactive")


async def test_reopening_looks_at_credit_and_stock_again(chat: Chat, api: Api) -> None:
    await chat("E003", "关闭SO0312")
    await chat("E003", "确认")
    other = [{"product": "M8X30", "quantity": "10000"}]
    assert (await api.post("E003", "order.create", customer="建业工程", items=other))[0] == 200
    await Customer.filter(name="宏达建材").update(credit_limit=Decimal(14000))
    await chat("E003", "重新打开SO0312")
    told = await chat("E003", "确认")
    assert "超额度" in told
    assert (await SalesOrder.get(number="SO0312")).state == "closed"
    number = "AP" + told.split("AP")[1][:4]
    await chat("E001", f"同意{number}")
    # Of 10,500 free, 10,000 are another's now.
    assert ((await SalesOrder.get(number="SO0312")).state, await held("SO0312")) == ("confirmed", 500)
    assert await clean() == []


async def test_a_frozen_customers_order_is_not_reopened(chat: Chat, api: Api) -> None:
    await api.post("E003", "order.close", order="SO0312")
    await Customer.filter(name="宏达建材").update(frozen=True)
    assert (await api.post("E003", "order.reopen", order="SO0312"))[1]["code"] == "customer_frozen"


async def test_an_address_is_the_customers_or_one_orders(chat: Chat, api: Api) -> None:
    echo = await chat("C001", "收货地址换成 人民路6号 王工 13900005678")
    assert "人民路6号" in echo and "收货人：王工 13900005678" in echo and "SO0312" in echo
    await chat("C001", "确认")
    assert (await api.get("E005", "order.status", order="SO0312"))[1]["address"] == "人民路6号"
    assert (await api.post("E003", "address.change", order="SO0316", address="工地东门"))[0] == 200
    shown = (await api.get("E005", "order.status", order="SO0316"))[1]
    assert (shown["address"], shown["receiver_phone"]) == ("工地东门", "13900005678")
    await api.post("E005", "ship.confirm", order="SO0316", carrier="顺丰", tracking_no="SF100009")
    assert (await api.post("E003", "address.change", order="SO0316", address="别处"))[0] == 409
    assert (await sql.rows("SELECT address FROM delivery ORDER BY id DESC LIMIT 1"))[0]["address"] == "工地东门"


async def test_a_customer_who_no_longer_wants_a_confirmed_order_reaches_their_salesperson(chat: Chat) -> None:
    assert await chat("C001", "SO0312不要了") == (
        "请业务员取消 SO0312 吗\n要求：SO0312 整单不要了\n订单已经确认，会请业务员来办\n回复 1 确认 / 0 取消"
    )
    assert not await Notice.filter(kind="order.change_asked").exists()
    assert await chat("C001", "确认") == (
        "已转给业务员\n要求：SO0312 整单不要了\n业务员办好后会通知您；在那之前订单照旧"
    )
    assert (await SalesOrder.get(number="SO0312")).state == "confirmed"
    told = await Notice.get(kind="order.change_asked", about="SO0312").select_related("receiver")
    assert (told.receiver.number, told.facts["wishes"]) == ("E003", ["取消SO0312"])
    # What the salesperson taps cancels it, and the customer hears of it.
    await chat("E003", told.facts["wishes"][0])
    assert (await chat("E003", "确认")).startswith("SO0312 已取消")
    assert await Notice.filter(kind="order.cancelled", about="SO0312", receiver__number="C001").exists()


async def test_a_customer_no_longer_wants_the_rest_of_what_has_left_in_part(chat: Chat, api: Api) -> None:
    items = [{"product": "M8X30", "quantity": "100"}]
    await api.post("E005", "ship.confirm", order="SO0312", items=items, carrier="自提")
    status, body = await api.post("C001", "order.cancel", order="SO0312")
    assert (status, body["asked_owner"], body["wish"]) == (200, True, "剩下的不要了")
    assert (await Notice.get(kind="order.change_asked", about="SO0312")).facts["wishes"] == ["关闭SO0312"]
    assert (await SalesOrder.get(number="SO0312")).state == "in_progress"
    assert "不能这样操作" in await chat("C001", "SO0310不要了")


async def test_another_of_the_last_order_needs_a_customer_who_has_one(chat: Chat) -> None:
    assert await chat("E003", "再来一单") == "给哪个客户？例如：宏达建材\n回复 0 取消"
    assert (await chat("E003", "宏达")).startswith("请确认订单\n¥6,600.00\n客户：宏达建材")
    await chat("E003", "取消")
    await SalesOrder.filter(customer__name="老王五金店").update(customer=await Customer.get(name="金辉机电"))
    assert await chat("E004", "照上次的单子给老王再来一份") == (
        "老王五金店还没有下过单，没有可以照着来的。直接说要什么，例如：老王五金店要 M8×30 500个"
    )


async def test_the_order_of_a_week_is_of_that_week_and_of_several_one_is_chosen(chat: Chat) -> None:
    with travel(at_local(today() + timedelta(days=28), 10)):
        await chat("E004", "老王要角阀 5个")
        await chat("E004", "确认")
        number = (await SalesOrder.all().order_by("-id").first()).number
        assert "没有下单" in await chat("E004", "老王上周那单发了没")
    with travel(at_local(today() + timedelta(days=35), 10)):
        assert (await chat("E004", "老王上周那单发了没")).startswith(f"{number} · 已确认")
        await chat("E004", "老王要角阀 6个")
        await chat("E004", "确认")
        # The newest is this week's; last week's is still the one that was asked for.
        assert (await chat("E004", "老王上周那单发了没")).startswith(f"{number} · 已确认")
        await chat("E004", "老王要角阀 7个")
        await chat("E004", "确认")
        several = await chat("E004", "老王这周那单发了没")
        assert several.splitlines()[0] == "“老王五金店”有 2 个匹配，回复数字："
        assert "角阀DN15 × 6 个" in (await chat("E004", "2"))
