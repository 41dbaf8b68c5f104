"""Each figure of a report, computed again from the documents by plain sums."""

from decimal import Decimal

import pytest

from models.clock import at_local, today
from models.sales.tables import SalesOrder, SalesOrderLine
from models.stock.tables import StockWorth
from tests.people import Api, Chat

COMMITTED = ("confirmed", "in_progress", "done", "on_hold")


async def test_sales_by_product_customer_and_colleague_add_up_to_the_orders(api: Api) -> None:
    start = at_local(today().replace(month=1, day=1))
    orders = [each for each in await SalesOrder.filter(confirmed_at__gte=start) if each.state in COMMITTED]
    total = sum((each.total for each in orders), Decimal(0))
    for by in ("product", "customer", "staff", "day", "month"):
        status, report = await api.get("E001", "report.sales", period=str(today().year), by=by)
        assert (status, Decimal(report["amount"]), report["orders"]) == (200, total, len(orders))
        assert sum(Decimal(row["amount"]) for row in report["rows"]) == total


async def test_the_best_product_is_the_one_whose_lines_come_to_most(chat: Chat) -> None:
    start = at_local(today().replace(month=1, day=1))
    sums: dict[str, Decimal] = {}
    for line in await SalesOrderLine.filter(order__confirmed_at__gte=start).select_related("order", "product"):
        if line.order.state in COMMITTED:
            sums[line.product.name] = sums.get(line.product.name, Decimal(0)) + line.amount
    best = max(sorted(sums), key=lambda name: sums[name])
    assert f"1. {best} ¥{sums[best]:,.2f}" in await chat("E001", "哪个产品卖得最好")
    five = await chat("E001", "前五大客户")
    assert "5. " in five and "6. " not in five


async def test_stock_is_worth_the_sum_of_its_products_and_costs_are_for_few(chat: Chat, api: Api) -> None:
    worth = sum((each.value for each in await StockWorth.all()), Decimal(0))
    assert (await api.get("E009", "report.stock"))[1]["amount"] == str(worth)
    assert (await api.get("E003", "report.stock"))[0] == 403
    assert (await api.get("E003", "report.profit"))[0] == 403


async def test_the_profit_of_what_left_is_revenue_without_tax_less_cost(chat: Chat, api: Api) -> None:
    await chat("E005", "312发了顺丰 单号SF1029384756")
    await chat("E005", "确认")
    _, report = await api.get("E009", "report.profit", period=today().isoformat())
    row = next(each for each in report["rows"] if each["order"] == "SO0312")
    # 2,250.00 with 13 % tax, less 5,000 at 0.2635.
    assert (row["revenue"], row["cost"], row["profit"]) == ("1991.15", "1317.50", "673.65")
    assert "SO0312" in await chat("E005", "今天发了几单")


@pytest.mark.parametrize(
    ("who", "line", "expected"),
    [
        ("C001", "6204轴承多少钱一个", "¥14.50 / 个"),
        ("E003", "角阀怎么卖", "一箱：¥880.00（40 个）"),
        ("C001", "角阀要500个能便宜点吗", "¥11,000.00"),
        ("E005", "待发货", "SO0316"),
        ("E009", "本月收支", "收客户"),
        ("E001", "本月回款", "回款"),
        ("E009", "账上还有多少钱", "银行"),
    ],
)
async def test_what_people_ask_is_answered(chat: Chat, who: str, line: str, expected: str) -> None:
    assert expected in await chat(who, line)


async def test_the_same_again_is_an_order_at_todays_prices(chat: Chat) -> None:
    echo = await chat("E003", "照SO0316再来一份")
    assert "请确认订单" in echo and "M8×30 不锈钢螺栓 × 1,500 个" in echo and "¥675.00" in echo
    assert "已下单" in await chat("E003", "确认")
    assert "请确认" in await chat("C001", "再来一份上次的")
    assert "待业务员确认" in await chat("C001", "确认")
