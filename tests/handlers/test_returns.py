"""Goods that come back: at the cost they left with; paid back by a red-letter invoice, or replaced."""

from decimal import Decimal

import pytest

from models import sql
from models.auditing import CHECKS
from models.finance.credit import credit_status
from models.finance.tables import Invoice
from models.party.tables import Customer
from models.sales.tables import SalesOrder, SalesReturn
from tests.handlers.test_order_to_cash import booked
from tests.people import Api, Chat


async def clean() -> list[str]:
    return [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def exposure(customer: str) -> Decimal:
    return (await credit_status((await Customer.get(name=customer)).id)).exposure


@pytest.fixture
async def sold(api: Api) -> str:
    """An order of 老王: 20 panels at 6.50, delivered and invoiced; its number."""
    items = [{"product": "SW86W", "quantity": "20"}]
    _, order = await api.post("E004", "order.create", customer="老王五金店", items=items)
    await api.post("E005", "ship.confirm", order=order["number"], carrier="自提", tracking_no="ZT000001")
    await api.post("E009", "invoice.issue", order=order["number"])
    return str(order["number"])


async def test_what_comes_back_is_stock_again_and_a_red_invoice(chat: Chat, sold: str) -> None:
    before, owed = await exposure("老王五金店"), await chat("C003", "我还欠多少钱")
    assert "¥1,330.00" in owed
    echo = await chat("E004", "老王退5个面板 有裂")
    assert "白" in echo
    await chat("E004", "老王退5个86型开关面板白 有裂")
    made = await chat("E004", "确认")
    assert made.startswith("RT0003 已登记") and "原因：有裂" in made and sold in made
    assert await exposure("老王五金店") == before
    echo = await chat("E005", "退货到了 老王的5个86型开关面板白")
    assert "请确认收退货" in echo
    told = await chat("E005", "确认")
    assert "RT0003 已收货" in told and "红字发票" in told
    assert await booked("RT0003") == [("1405", "17.00"), ("6401", "-17.00")]
    red = await Invoice.filter(total__lt=0).order_by("-id").first()
    assert red is not None
    assert await booked(red.number) == [("1122", "-32.50"), ("6001", "28.76"), ("222102", "3.74")]
    assert "¥1,297.50" in await chat("C003", "我还欠多少钱")
    assert await exposure("老王五金店") == before - Decimal("32.50")
    order = await SalesOrder.get(number=sold)
    assert (order.total, order.invoiced, order.delivery_state) == (Decimal("97.50"), Decimal("97.50"), "delivered")
    assert await clean() == []


async def test_what_was_paid_of_it_is_on_account_again(chat: Chat, api: Api, sold: str) -> None:
    await api.post("E009", "payment.record", customer="老王五金店", amount="130.00", order=sold)
    items = [{"product": "SW86W", "quantity": "20"}]
    _, made = await api.post("E004", "return.create", order=sold, items=items)
    status, body = await api.post("E005", "return.receive", given=made["number"])
    assert (status, [each["number"] for each in body["credits"]]) == (200, [body["credits"][0]["number"]])
    assert "预收余额：¥130.00" in await chat("E009", "老王五金店还欠多少")
    assert "已退款" not in await chat("E009", "给老王五金店退款130")
    assert await clean() == []


async def test_all_of_it_back_leaves_nothing_owed_and_no_cent_of_cost(api: Api) -> None:
    await api.post("E002", "price.set", product="SW86W", price="6.666667")
    before = await exposure("老王五金店")
    items = [{"product": "SW86W", "quantity": "7"}]
    _, order = await api.post("E004", "order.create", customer="老王五金店", items=items)
    number = order["number"]
    await api.post("E005", "ship.confirm", order=number, carrier="自提", tracking_no="ZT000001")
    await api.post("E009", "invoice.issue", order=number)
    for quantity in ("3", "3", "1"):
        back = [{"product": "SW86W", "quantity": quantity}]
        _, made = await api.post("E004", "return.create", order=number, items=back)
        assert (await api.post("E005", "return.receive", given=made["number"]))[0] == 200
    assert await exposure("老王五金店") == before
    left = await sql.rows(
        "SELECT a.code, sum(l.amount) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id "
        "JOIN journal_entry e ON e.id = l.entry_id WHERE e.document = ANY(ARRAY(SELECT number FROM delivery WHERE order_id = $1) "
        "|| ARRAY(SELECT number FROM sales_return WHERE order_id = $1) || ARRAY(SELECT number FROM invoice WHERE order_id = $1)) "
        "GROUP BY 1 HAVING sum(l.amount) <> 0",
        (await SalesOrder.get(number=number)).id,
    )
    assert left == []
    assert await clean() == []


async def test_a_replacement_is_delivered_again_and_nothing_is_paid_back(chat: Chat, api: Api, sold: str) -> None:
    await chat("E004", f"{sold}换货86型开关面板白 5个")
    assert "处理：换货" in await chat("E004", "确认")
    await chat("E005", "收退货RT0003")
    assert "红字发票" not in await chat("E005", "确认")
    order = await SalesOrder.get(number=sold)
    assert (order.total, order.delivery_state, order.state) == (Decimal("130.00"), "partial", "in_progress")
    status, body = await api.post(
        "E005", "ship.confirm", order=sold, carrier="顺丰", tracking_no="SF500001",
        items=[{"product": "SW86W", "quantity": "5"}],
    )  # fmt: skip
    assert (status, body["delivery"]) == (200, "delivered")
    assert await clean() == []


async def test_no_more_comes_back_than_left_nor_twice(api: Api, sold: str) -> None:
    async def back(quantity: str) -> tuple[int, dict]:
        return await api.post("E004", "return.create", order=sold, items=[{"product": "SW86W", "quantity": quantity}])

    assert (await back("21"))[1]["code"] == "too_many_back"
    assert (await back("15"))[0] == 200
    # What is on its way back already cannot be announced again.
    assert (await back("6"))[1]["code"] == "too_many_back"
    assert (await api.post("E005", "return.receive", given="RT0003"))[0] == 200
    assert (await api.post("E005", "return.receive", given="RT0003"))[0] == 409
    over = await api.post(
        "E004", "return.create", customer="老王五金店", items=[{"product": "HB200W", "quantity": "1"}]
    )
    assert over[1]["code"] == "too_many_back"
    assert await clean() == []


async def test_less_may_arrive_than_was_announced(api: Api, sold: str) -> None:
    await api.post("E004", "return.create", order=sold, items=[{"product": "SW86W", "quantity": "5"}])
    more = [{"product": "SW86W", "quantity": "6"}]
    assert (await api.post("E005", "return.receive", given="RT0003", items=more))[0] == 422
    status, body = await api.post(
        "E005", "return.receive", given="RT0003", items=[{"product": "SW86W", "quantity": "4"}]
    )
    assert (status, body["lines"][0]["received"], "total" in body["credits"][0]) == (200, "4", False)
    assert (await SalesOrder.get(number=sold)).total == Decimal("104.00")
    assert await clean() == []


async def test_what_is_not_invoiced_yet_needs_no_red_invoice(api: Api) -> None:
    await api.post("E005", "ship.confirm", order="SO0316", carrier="顺丰", tracking_no="SF500002")
    await api.post("E003", "return.create", order="SO0316", items=[{"product": "M8X30", "quantity": "500"}])
    status, body = await api.post("E005", "return.receive", given="RT0003")
    assert (status, body["credits"]) == (200, [])
    assert (await api.post("E009", "invoice.issue", order="SO0316"))[1]["amount"] == "450.00"
    assert await clean() == []


async def test_a_customer_asks_and_the_invoice_that_was_cut_is_not_voided_whole(
    chat: Chat, api: Api, sold: str
) -> None:
    assert "请确认退货" in await chat("C003", "要退86型开关面板白 5个")
    await chat("C003", "确认")
    assert (await SalesReturn.get(number="RT0003")).state == "requested"
    assert await chat("C001", "RT0003") == await chat("C001", "RT0099")
    await api.post("E005", "return.receive", given="RT0003")
    invoice = await Invoice.get(order__number=sold, total__gt=0)
    assert (await api.post("E009", "invoice.void", invoice=invoice.number))[0] == 409
    assert "退货共 3 张" in await chat("E005", "待收退货")
    assert await clean() == []


async def test_an_announced_return_is_cancelled(chat: Chat, api: Api, sold: str) -> None:
    await api.post("E004", "return.create", order=sold, items=[{"product": "SW86W", "quantity": "20"}])
    await chat("E004", "取消退货RT0003")
    assert "已取消" in await chat("E004", "确认")
    assert (await api.post("E005", "return.receive", given="RT0003"))[0] == 409
