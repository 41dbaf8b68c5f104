"""One sale from the offer to the money, as an accountant reads it: each document with its entries.

宏达建材 is offered 1,000 bolts M8×30 at 0.45 and 40 valves DN15 at 22.00, tax of 13 % included. It takes 60 valves
instead, gets 50 of them first and the rest later, sends ten back, pays what is left.
"""

from decimal import Decimal

from models import sql
from models.auditing import CHECKS
from models.finance.credit import credit_status
from models.party.tables import Customer
from models.sales.tables import OrderRevision, SalesOrder
from tests.handlers.test_order_to_cash import booked
from tests.people import Chat

TURNOVER = """
SELECT a.code, sum(l.amount) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id
WHERE l.id > $1 GROUP BY a.code HAVING sum(l.amount) <> 0 ORDER BY a.code
"""


async def exposure() -> Decimal:
    return (await credit_status((await Customer.get(name="宏达建材")).id)).exposure


async def last(table: str) -> str:
    """The number of the newest document of a kind."""
    return str((await sql.rows(f"SELECT number FROM {table} ORDER BY id DESC LIMIT 1"))[0]["number"])


async def test_from_the_offer_to_the_money(chat: Chat) -> None:
    before = await exposure()
    books = (await sql.rows("SELECT max(id) AS id FROM journal_line"))[0]["id"]

    # The offer binds nobody: nothing is booked, nothing held, no credit used.
    await chat("E003", "给宏达报价 m8x30 1000个 角阀40个")
    quotation = (await chat("E003", "确认")).split(" ")[0]
    assert quotation == "QU0003" and await booked(quotation) == []
    await chat("E003", f"发送{quotation}")
    await chat("E003", "确认")
    assert await exposure() == before

    # The customer accepts; the salesperson confirms the order that came of it. 1,000 × 0.45 + 40 × 22.00 = 1,330.00.
    await chat("C001", f"接受报价{quotation}")
    assert "待业务员确认" in await chat("C001", "确认")
    number = await last("sales_order")
    await chat("E003", f"确认订单{number}")
    assert "¥1,330.00" in await chat("E003", "确认")
    assert await exposure() == before + Decimal("1330.00")

    # It is amended to 60 valves: 1,770.00. The order as it was is kept.
    await chat("E003", f"{number}的角阀改成60")
    assert "¥1,330.00 → ¥1,770.00" in await chat("E003", "确认")
    assert [row.total for row in await OrderRevision.filter(order__number=number)] == [Decimal("1330.00")]
    assert await exposure() == before + Decimal("1770.00")

    # All bolts and 50 valves leave: cost of sales 1,000 × 0.2635 and 50 × 13.60, out of stock.
    await chat("E005", f"{number}先发m8x30 1000个 角阀50个")
    await chat("E005", "顺丰")
    assert "欠货：角阀DN15 × 10 个" in await chat("E005", "SF1029384799")
    await chat("E005", "确认")
    first = await last("delivery")
    assert await booked(first) == [("1405", "-263.50"), ("6401", "263.50"), ("1405", "-680.00"), ("6401", "680.00")]

    # What left is invoiced: 450.00 + 1,100.00 = 1,550.00, of which 178.32 tax.
    await chat("E009", f"开票 {number} 专票")
    await chat("E009", "宏达建材有限公司")
    await chat("E009", "91330100MA28ABCD12")
    await chat("E009", "确认")
    invoice = await last("invoice")
    assert await booked(invoice) == [("1122", "1550.00"), ("6001", "-1371.68"), ("222102", "-178.32")]
    assert await exposure() == before + Decimal("1770.00")

    # The back-order of ten valves follows, with an invoice of its own: 220.00.
    await chat("E005", f"{number}发了顺丰 单号SF1029384800")
    assert "已发货" in await chat("E005", "确认")
    assert await booked(await last("delivery")) == [("1405", "-136.00"), ("6401", "136.00")]
    await chat("E009", f"开票 {number} 专票")
    await chat("E009", "确认")
    second = await last("invoice")
    assert await booked(second) == [("1122", "220.00"), ("6001", "-194.69"), ("222102", "-25.31")]

    # Ten valves come back at what they cost; the invoice they were on is taken back in red.
    await chat("E003", f"{number}退角阀10个 漏水")
    await chat("E003", "确认")
    await chat("E005", "收退货RT0003")
    assert "红字发票" in await chat("E005", "确认")
    red = await last("invoice")
    assert await booked("RT0003") == [("1405", "136.00"), ("6401", "-136.00")]
    assert await booked(red) == [("1122", "-220.00"), ("6001", "194.69"), ("222102", "25.31")]
    assert await exposure() == before + Decimal("1550.00")

    # The customer pays as much; not named, the money settles what fell due first.
    await chat("E009", "宏达付了1550")
    assert "已入账" in await chat("E009", "确认")
    payment = await last("payment")
    assert await booked(payment) == [
        ("1002", "1550.00"),
        ("2203", "-1550.00"),
        ("2203", "1550.00"),
        ("1122", "-1550.00"),
    ]
    assert await exposure() == before

    # In the end: money in, revenue and tax of what was kept, its cost, and less in stock by as much.
    assert [(row["code"], str(row["amount"])) for row in await sql.rows(TURNOVER, books)] == [
        ("1002", "1550.00"), ("1405", "-943.50"), ("222102", "-178.32"), ("6001", "-1371.68"), ("6401", "943.50"),
    ]  # fmt: skip
    order = await SalesOrder.get(number=number)
    assert (order.total, order.invoiced, order.delivery_state) == (Decimal("1550.00"), Decimal("1550.00"), "delivered")
    await chat("C001", f"{number}收到了")
    assert (await SalesOrder.get(number=number)).state == "done"
    assert [name for name, statement in CHECKS.items() if await sql.rows(statement)] == []
