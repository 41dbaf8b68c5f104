"""Prices: whose, from which quantity, until when, with tax or without; and discounts down to one's floor."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models import sql
from models.auditing import CHECKS
from models.clock import today
from models.party.tables import Customer
from models.product.pricing import line_sum
from models.sales.tables import SalesOrder
from tests.people import Api, Chat


async def clean() -> list[str]:
    return [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def test_a_customers_price_stands_before_its_groups_and_that_before_everybodys(chat: Chat, api: Api) -> None:
    for inputs in (
        {"price": "0.44", "min_quantity": "1000"},
        {"price": "0.43", "group": "经销商"},
        {"price": "0.42", "customer": "宏达建材", "min_quantity": "5000"},
    ):
        assert (await api.post("E002", "price.set", product="M8X30", **inputs))[0] == 200
    await Customer.filter(name="宏达建材").update(price_group="经销商")
    asked = {"product": "M8X30", "customer": "宏达建材"}
    told = [(await api.get("E003", "price.query", quantity=q, **asked))[1] for q in ("4999", "5000")]
    assert [(each["price"], each["source"]) for each in told] == [("0.43", "group"), ("0.42", "customer")]
    told = [(await api.get("E003", "price.query", product="M8X30", quantity=q))[1] for q in ("999", "1000")]
    assert [(each["price"], each["source"], each["source_text"]) for each in told] == [
        ("0.45", "list", "标准价"), ("0.44", "quantity", "价目表"),
    ]  # fmt: skip
    # Orders and quotations are priced by the same rule, and say at which.
    assert "@¥0.42" in await chat("E003", "宏达要m8x30 5000个")
    assert "¥2,100.00" in await chat("E003", "确认")
    assert "@¥0.43" in await chat("E003", "给宏达报价 m8x30 2000个")
    assert await clean() == []


async def test_a_price_holds_from_its_first_day_to_its_last(api: Api) -> None:
    day = today()
    await api.post("E002", "price.set", product="AV15", price="19", start=(day + timedelta(days=1)).isoformat())
    assert (await api.get("E003", "price.query", product="AV15"))[1]["price"] == "22"
    await api.post("E002", "price.set", product="AV15", price="20", until=day.isoformat())
    told = (await api.get("E003", "price.query", product="AV15"))[1]
    assert (told["price"], told["valid_until"], told["list_price"]) == ("20", day.isoformat(), "22")
    status, body = await api.post(
        "E002", "price.set", product="AV15", price="20", until=(day - timedelta(days=1)).isoformat()
    )
    assert (status, body["why"]) == (422, "before_start")


@pytest.mark.parametrize("price", ["0", "-1", "1000000000000", "0.0000001", "0.1", "nan"])
async def test_a_price_that_cannot_be_is_refused(api: Api, price: str) -> None:
    assert (await api.post("E002", "price.set", product="AV15", price=price))[0] == 422
    assert len(await sql.rows("SELECT 1 FROM price_rule")) == 3, "the demo's own"


async def test_a_price_for_both_a_customer_and_a_group_cannot_be(api: Api) -> None:
    status, body = await api.post("E002", "price.set", product="AV15", price="20", customer="宏达建材", group="甲")
    assert (status, body["why"]) == (422, "customer_or_group")


async def test_a_manager_sets_a_price_in_chat_and_a_salesperson_may_not(chat: Chat) -> None:
    assert "请确认定价" in await chat("E002", "给宏达定价角阀 20.5")
    assert "已定价" in await chat("E002", "确认")
    assert "¥20.50 / 个" in await chat("E003", "角阀给宏达多少钱")
    assert "没有权限" in await chat("E003", "给宏达定价角阀 1")
    # A customer learns their own price, not which rule it is of others.
    assert "¥20.50 / 个" in await chat("C001", "角阀多少钱")
    assert "¥22.00 / 个" in await chat("C002", "角阀多少钱")


async def test_tax_is_the_products_and_is_added_where_the_price_is_without_it(chat: Chat, api: Api) -> None:
    assert "税率：9%" in await chat("E001", "角阀税率9%")
    await chat("E001", "确认")
    await api.post("E002", "price.set", product="AV15", price="19.99", without_tax=1)
    status, order = await api.post(
        "E003",
        "order.create",
        customer="宏达建材",
        items=[{"product": "AV15", "quantity": "3"}, {"product": "BRG6204", "quantity": "7"}],
    )
    assert status == 200
    valve, bearing = order["lines"]
    # 3 × 19.99 = 59.97 without tax, 9 % of it 5.40; 7 × 14.50 with 13 % in it.
    assert (valve["amount"], valve["tax"], valve["tax_rate"], valve["tax_included"]) == ("65.37", "5.40", "0.09", False)
    assert (bearing["amount"], bearing["tax"]) == ("101.50", "11.68")
    assert order["total"] == "166.87"
    number = order["number"]
    assert (await api.post("E005", "ship.confirm", order=number, carrier="顺丰", tracking_no="SF100001"))[0] == 200
    _, issued = await api.post("E009", "invoice.issue", order=number)
    assert (issued["amount"], issued["items"][0]["tax"]) == ("166.87", "17.08")
    assert await clean() == []


@pytest.mark.parametrize("tax", [14, 100, 3])
async def test_a_tax_rate_that_the_law_does_not_know_is_refused(api: Api, tax: int) -> None:
    assert (await api.post("E001", "product.terms", product="AV15", tax=tax))[0] == 422


@pytest.mark.parametrize("rate", ["0.13", "0.09", "0.06", "0"])
@pytest.mark.parametrize("included", [True, False])
def test_net_and_tax_of_a_line_are_what_it_comes_to(rate: str, included: bool) -> None:
    for quantity in range(1, 200):
        worth = line_sum(Decimal(quantity), Decimal("0.333333"), rate=Decimal(rate), tax_included=included)
        net = worth.amount - worth.tax
        assert abs(worth.tax - net * Decimal(rate)) <= Decimal("0.0057")
        assert worth.amount == worth.amount.quantize(Decimal("0.01")) and worth.tax >= 0


async def test_invoices_of_parts_lose_no_cent(api: Api) -> None:
    await api.post("E002", "price.set", product="AV15", price="33.333333")
    _, order = await api.post(
        "E003", "order.create", customer="宏达建材", items=[{"product": "AV15", "quantity": "100"}]
    )
    total, tax = Decimal(0), Decimal(0)
    for n in range(3):
        part = [{"product": "AV15", "quantity": ("33", "33", "34")[n]}]
        status, body = await api.post(
            "E005", "ship.confirm", order=order["number"], items=part, carrier="顺丰", tracking_no=f"SF20000{n}"
        )
        assert status == 200, body
        _, issued = await api.post("E009", "invoice.issue", order=order["number"])
        total, tax = total + Decimal(issued["amount"]), tax + Decimal(issued["items"][0]["tax"])
    assert (str(total), str(tax)) == (order["total"], order["lines"][0]["tax"]) == ("3333.33", "383.48")
    assert await clean() == []


async def test_how_low_one_may_go_is_told_to_those_who_sell(chat: Chat) -> None:
    # 面板 are two products; the list says which.
    assert "86型开关面板" in await chat("E003", "面板最低能卖多少")
    assert "最低：¥6.175（95%）" in await chat("E003", "86型开关面板 白最低能卖多少")
    assert "最低：¥5.85（90%）" in await chat("E002", "86型开关面板 白最低能卖多少")
    assert "最低" not in await chat("C001", "86型开关面板 白最低能卖多少")


async def test_a_discount_down_to_the_floor_is_given_at_once(chat: Chat) -> None:
    assert "¥6,600.00 → ¥6,270.00" in await chat("E003", "SO0318申请95折")
    assert "SO0318 已按 95% 卖" in await chat("E003", "确认")
    order = await SalesOrder.get(number="SO0318")
    assert (order.total, order.state, order.revision) == (Decimal("6270.00"), "draft", 2)
    assert await clean() == []


async def test_a_discount_below_the_floor_waits_for_the_superior_who_sees_the_margin(chat: Chat) -> None:
    asked = await chat("E003", "SO0318申请92折 老客户冲量")
    assert "低于您能给的 95%，要审批" in asked and "原因：老客户冲量" in asked
    told = await chat("E003", "确认")
    number = told.split(" ")[0]
    assert number.startswith("AP") and "等审批" in told
    assert (await SalesOrder.get(number="SO0318")).state == "pending_approval"
    assert "不能这样操作" in await chat("E003", "确认订单SO0318")
    seen = await chat("E002", f"查看{number}")
    # 300 × 22.00 with 13 % tax costs 300 × 13.60: 5,840.71 net earns 30.15 %, at 92 % of it 24.07 %.
    assert "折扣审批" in seen and "毛利：30.15% → 24.07%" in seen and "¥6,600.00 → ¥6,072.00" in seen
    assert "没有找到" in await chat("E009", f"查看{number}")
    assert "按 92% 卖" in await chat("E002", f"同意{number}")
    order = await SalesOrder.get(number="SO0318")
    assert (order.total, order.state) == (Decimal("6072.00"), "draft")
    assert "¥6,072.00" in await chat("E003", "确认订单SO0318")
    assert await clean() == []


async def test_below_ninety_per_cent_the_general_manager_decides_and_a_refusal_leaves_the_price(chat: Chat) -> None:
    await chat("E003", "SO0318申请88折")
    number = (await chat("E003", "确认")).split(" ")[0]
    assert "没有找到" in await chat("E002", f"同意{number}")
    assert "价格不变" in await chat("E001", f"驳回{number}")
    order = await SalesOrder.get(number="SO0318")
    assert (order.total, order.state) == (Decimal("6600.00"), "draft")


@pytest.mark.parametrize("said", ["120折", "0折", "SO0318申请0%"])
async def test_a_discount_that_is_none_is_refused(chat: Chat, said: str) -> None:
    line = said if said.startswith("SO") else f"SO0318申请{said}"
    assert "要写成 92折" in await chat("E003", line)


async def test_the_price_of_what_is_invoiced_cannot_change(chat: Chat, api: Api) -> None:
    await api.post("E005", "ship.confirm", order="SO0316", carrier="顺丰", tracking_no="SF300001")
    await api.post("E009", "invoice.issue", order="SO0316")
    status, body = await api.post("E003", "discount.request", order="SO0316", discount="0.96")
    assert (status, body["code"]) == (409, "already_invoiced")
