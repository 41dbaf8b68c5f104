"""Each figure of a report, computed again from the documents by plain sums."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models import sql
from models.clock import at_local, today
from models.finance.tables import Invoice, Payment
from models.party.tables import Customer, Person
from models.sales.tables import DeliveryLine, SalesOrder, SalesOrderLine, SalesReturnLine
from models.stock.tables import StockMove, StockWorth
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
    row = next(each for each in report["rows"] if each["order"]["number"] == "SO0312")
    # 2,250.00 with 13 % tax, less 5,000 at 0.2635.
    assert (row["revenue"], row["cost"], row["profit"]) == ("1991.15", "1317.50", "673.65")
    assert "SO0312" in await chat("E005", "今天发了几单")


async def earned() -> list[tuple[str, str, str, Decimal, Decimal]]:
    """Order, product, customer, revenue without tax and cost of what left and came back, by plain sums over the documents."""
    rows = []
    for line in await DeliveryLine.all().select_related(
        "delivery", "order_line__order__customer", "order_line__product"
    ):
        ordered = line.order_line
        moves = await StockMove.filter(document=line.delivery.number, product_id=ordered.product_id)
        cost = -sum((each.value for each in moves), Decimal(0))
        rows.append(
            (ordered.order.number, ordered.product.name, ordered.order.customer.name, net(ordered, line.quantity), cost)
        )
    for back in await SalesReturnLine.filter(received__gt=0).select_related(
        "sales_return", "order_line__order__customer", "order_line__product"
    ):
        ordered = back.order_line
        moves = await StockMove.filter(document=back.sales_return.number, product_id=ordered.product_id)
        worth = sum((each.value for each in moves), Decimal(0))
        rows.append(
            (
                ordered.order.number,
                ordered.product.name,
                ordered.order.customer.name,
                -net(ordered, back.received),
                -worth,
            )
        )
    return rows


def net(line: SalesOrderLine, quantity: Decimal) -> Decimal:
    """What so much of a line is worth without tax."""
    return (line.price * quantity / Decimal("1.13")).quantize(Decimal("0.01"))


@pytest.mark.parametrize(("by", "column"), [("order", 0), ("product", 1), ("customer", 2)])
async def test_profit_by_order_product_and_customer_adds_up_to_the_documents(api: Api, by: str, column: int) -> None:
    for product, back in (("SW86W", "5"), ("SW86S", "20")):
        items = [{"product": product, "quantity": "20"}]
        order = (await api.post("E004", "order.create", customer="老王五金店", items=items))[1]["number"]
        await api.post("E005", "ship.confirm", order=order, carrier="自提", tracking_no="ZT000001")
        given = [{"product": product, "quantity": back}]
        status, made = await api.post("E004", "return.create", order=order, items=given)
        assert status == 200, made
        status, made = await api.post("E005", "return.receive", given=made["number"])
        assert status == 200, made
    _, report = await api.get("E009", "report.profit", period=f"{today().year - 1}-01-01/{today()}", by=by)
    wanted: dict[str, list[Decimal]] = {}
    for row in await earned():
        sums = wanted.setdefault(str(row[column]), [Decimal(0), Decimal(0)])
        sums[0] += row[3]
        sums[1] += row[4]
    # What left and came back whole earned nothing and is not shown.
    wanted = {name: sums for name, sums in wanted.items() if any(sums)}
    shown = {row["name"]: [Decimal(row["revenue"]), Decimal(row["cost"])] for row in report["rows"]}
    assert shown == wanted
    assert all(Decimal(row["profit"]) == Decimal(row["revenue"]) - Decimal(row["cost"]) for row in report["rows"])
    # What left is what the books call cost of sales.
    booked = await sql.row(
        "SELECT sum(l.amount) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id WHERE a.code = '6401'"
    )
    assert booked is not None and Decimal(report["cost"]) == booked["amount"]


async def test_parts_and_replacements_come_to_the_cent_of_the_line(api: Api) -> None:
    items = [{"product": "M8X30", "quantity": "100"}]
    order = (await api.post("E004", "order.create", customer="老王五金店", items=items))[1]["number"]

    async def revenue() -> str:
        _, report = await api.get("E009", "report.profit", period=today().isoformat())
        return next(row["revenue"] for row in report["rows"] if row["order"]["number"] == order)

    for part in ("50", "25", "25"):
        sent = [{"product": "M8X30", "quantity": part}]
        shipped = await api.post(
            "E005", "ship.confirm", order=order, items=sent, carrier="自提", tracking_no="ZT000001"
        )
        assert shipped[0] == 200
    # 45.00 with 13 % tax; each part by itself would come to 39.83.
    assert await revenue() == "39.82"
    back = [{"product": "M8X30", "quantity": "10"}]
    _, given = await api.post("E004", "return.create", order=order, items=back, remedy="replacement")
    await api.post("E005", "return.receive", given=given["number"])
    assert await revenue() == "35.84"
    again = await api.post("E005", "ship.confirm", order=order, carrier="自提", tracking_no="ZT000002")
    assert again[0] == 200, again
    assert await revenue() == "39.82"


async def test_money_in_by_customer_colleague_and_month_adds_up_to_the_payments(api: Api) -> None:
    period = f"{today().year - 1}-01-01/{today()}"
    payments = [each for each in await Payment.all() if each.state != "cancelled"]
    for by in ("customer", "staff", "month", "day"):
        _, report = await api.get("E009", "report.payment", period=period, by=by)
        assert Decimal(report["amount"]) == sum(each.amount - each.refunded for each in payments)
        assert (report["count"], sum(row["count"] for row in report["rows"])) == (len(payments), len(payments))
    status, refused = await api.get("E009", "report.payment", period=period, by="product")
    assert (status, refused["code"]) == (422, "invalid_input")


async def test_who_owes_longer_than_so_many_days_is_who_has_such_an_invoice(chat: Chat, api: Api) -> None:
    invoice = await Invoice.filter(customer__name="建业工程").order_by("due_on").first()
    assert "建业工程" not in await chat("E001", "谁欠钱超过60天")
    await Invoice.filter(id=invoice.id).update(due_on=today() - timedelta(days=60))
    assert "建业工程" not in await chat("E001", "谁欠钱超过60天")
    await Invoice.filter(id=invoice.id).update(due_on=today() - timedelta(days=61))
    assert "1. 建业工程 ¥64,000.00，1 张" in await chat("E001", "谁欠钱超过60天")
    _, report = await api.get("E001", "report.receivable", by="staff")
    assert Decimal(report["amount"]) == sum(each.total - each.paid for each in await Invoice.filter(total__gt=0))


async def test_salespeople_see_what_their_teams_customers_bought_and_no_margins(api: Api) -> None:
    _, before = await api.get("E003", "report.sales", period=str(today().year), by="customer")
    _, everything = await api.get("E001", "report.sales", period=str(today().year), by="customer")
    assert (
        before["amount"] == everything["amount"]
        and "margin" not in before["rows"][0]
        and "margin" in everything["rows"][0]
    )
    other = everything["rows"][0]["name"]
    await Customer.filter(name=other).update(owner_id=(await Person.get(number="E001")).id)
    _, after = await api.get("E003", "report.sales", period=str(today().year), by="customer")
    assert other not in [row["name"] for row in after["rows"]]
    assert (await api.get("E003", "report.sales", customer=other))[0] == 404
    assert (await api.get("C001", "report.sales"))[0] == 403


@pytest.mark.parametrize(
    ("who", "line", "expected"),
    [
        ("C001", "6204轴承多少钱一个", "¥14.50 / 个"),
        ("E003", "角阀怎么卖", "一箱：¥880.00（40 个）"),
        ("C001", "角阀要500个能便宜点吗", "¥11,000.00"),
        ("E005", "待发货", "SO0316"),
        ("E009", "本月收支", "收客户"),
        ("E001", "本月回款", "回款"),
        ("E001", "今天卖了多少", "销售"),
        ("E001", "宏達今年買了多少", "宏达建材 销售"),
        ("E001", "压货最多的是啥", "天没出过"),
        ("E001", "毛利率低于15%的单", "毛利"),
        ("E009", "上个月毛利", "毛利"),
        ("E009", "哪个产品最赚钱", "毛利"),
        ("E009", "本月按客户毛利", "毛利"),
        ("E009", "今天进账多少", "回款"),
        ("E001", "谁欠得最多", "1. 建业工程"),
        ("E003", "本月按业务员回款", "小李"),
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
