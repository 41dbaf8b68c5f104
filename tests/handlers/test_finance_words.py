"""Finance in other words: each line is what it says, and its answer holds the figures."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.understanding.describing import describe
from handlers.actor import person
from models import sql
from models.clock import local, today
from models.finance.tables import Invoice, Payment
from tests.books import booked
from tests.people import Api, Chat


@pytest.mark.parametrize(
    ("line", "intent", "slots"),
    [
        ("下周要付哪些", "payable.query", {}),
        ("30天内要付哪些", "payable.query", {}),
        ("这个月还要付多少", "payable.query", {}),
        ("欠正泰多少钱", "payable.query", {"supplier": "正泰"}),
        ("老王欠多少钱", "receivable.query", {"customer": "老王五金店"}),
        ("宏达欠我们多少", "receivable.query", {"customer": "宏达建材"}),
        ("应收款", "receivable.aging", {}),
        ("逾期账款", "receivable.overdue", {}),
        ("没开票的订单", "invoice.list", {}),
        ("现金流量表", "report.cashflow", {}),
        ("按产品看毛利", "report.profit", {"by": "product"}),
        ("按客户看毛利", "report.profit", {"by": "customer"}),
        ("宏达的毛利", "report.profit", {"customer": "宏达建材"}),
        ("宏达上个月的毛利", "report.profit", {"customer": "宏达建材"}),
        ("压货最多的是啥", "report.stock", {"kind": "slow"}),
        ("积压库存", "report.stock", {"kind": "slow"}),
        ("宏达预付款两万", "payment.record", {"customer": "宏达建材", "amount": "20000", "kind": "prepay"}),
        ("宏达昨天预付现金2000", "payment.record", {"kind": "prepay", "way": "cash", "amount": "2000"}),
        ("建业先付了五成 6.4w", "payment.record", {"customer": "建业工程", "amount": "64000"}),
        ("35000和34998差2块抹掉", "payment.writeoff", {"amount": "2"}),
        ("抹零宏达5", "payment.writeoff", {"customer": "宏达建材", "amount": "5"}),
        ("发票号 24322000001234 对应SO0312", "invoice.link", {"order": "SO0312", "invoice": "24322000001234"}),
    ],
)
async def test_a_line_means_what_it_says(database: str, line: str, intent: str, slots: dict[str, str]) -> None:
    read = await describe(await person("E009"), line)
    assert read["intent"] == intent
    assert {name: str(read["slots"][name]) for name in slots} == slots


async def test_the_profit_of_one_customer_is_that_of_its_orders(chat: Chat, api: Api) -> None:
    await chat("E005", "312发了顺丰 单号SF1029384756")
    await chat("E005", "确认")
    said = await chat("E009", "宏达的毛利")
    _, report = await api.get("E009", "report.profit", customer="宏达建材")
    assert "SO0312" in said and {row["customer"]["name"] for row in report["rows"]} == {"宏达建材"}


async def test_what_is_held_up_most_lies_longest_with_most_money(api: Api, chat: Chat) -> None:
    rows = await sql.rows(
        "SELECT p.name, s.value, coalesce((SELECT max(moved_at) FROM stock_move m WHERE m.product_id = p.id AND m.quantity < 0), "
        "(SELECT min(moved_at) FROM stock_move m WHERE m.product_id = p.id)) AS since FROM stock_worth s "
        "JOIN product p ON p.id = s.product_id WHERE s.quantity > 0"
    )
    weight = {row["name"]: row["value"] * (today() - local(row["since"]).date()).days for row in rows}
    _, report = await api.get("E001", "report.stock", kind="slow")
    named = [row["name"] for row in report["rows"]]
    assert [weight[name] for name in named] == sorted(weight.values(), reverse=True)[: len(named)]
    assert all(row["lies"] > 0 for row in report["rows"])
    first = report["rows"][0]
    assert f"{first['lies']} 天没出过" in await chat("E001", "压货最多的是啥")
    dearest = (await api.get("E001", "report.stock"))[1]["rows"][0]
    assert Decimal(dearest["amount"]) == max(row["value"] for row in rows) and "lies" not in dearest


async def test_a_prepayment_is_put_against_nothing(chat: Chat) -> None:
    assert (await chat("E009", "宏达预付款2000")).startswith("请确认登记预收款\n¥2,000.00")
    await chat("E009", "确认")
    payment = await Payment.get(amount=2000)
    assert (payment.allocated, payment.note) == (0, "预收")
    assert await booked(payment.number) == [("1002", "2000.00"), ("2203", "-2000.00")]


async def test_a_tax_number_of_an_invoice_that_is_not_there_yet_says_what_is_missing(chat: Chat) -> None:
    line = "发票号 24322000001234 对应SO0312"
    assert await chat("E009", line) == (
        "SO0312 还没有开票，发票号 24322000001234 先没有登记\n货还没有发，发货、开票以后再发一次这句"
    )
    await chat("E005", "312发了顺丰 单号SF1029384756")
    await chat("E005", "确认")
    assert "先开票，开好再发一次这句" in await chat("E009", line)
    await chat("E009", "SO0312开票")
    await chat("E009", "确认")
    assert "已登记发票号" in await chat("E009", line)
    assert (await Invoice.get(order__number="SO0312")).e_number == "24322000001234"


async def test_a_month_of_what_is_to_be_paid_is_one_to_come(chat: Chat) -> None:
    following = (today().replace(day=1) + timedelta(days=31)).replace(day=1)
    assert f"应付 {following:%Y-%m}" in await chat("E009", f"{following.month}月要付哪些")
    assert f"应付 {following:%Y-%m}" in await chat("E009", "下个月要付哪些")
    monday = today() + timedelta(days=7 - today().weekday())
    assert f"应付 {monday}/{monday + timedelta(days=6)}" in await chat("E009", "下周要付哪些")
    assert f"应付 {today()}/{today() + timedelta(days=30)}" in await chat("E009", "30天内要付哪些")
