"""The other chains of documents, as an accountant reads them: each document with its entries, debit positive.

From the offer to the money is `test_quotation_to_cash.py`; here are purchases, returns, counts, rests and advances.
"""

from decimal import Decimal

from models import sql
from models.finance.credit import credit_status
from models.party.tables import Customer
from tests.books import booked, clean
from tests.people import Chat

TURNOVER = """
SELECT a.code, sum(l.amount) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id
WHERE l.id > $1 GROUP BY a.code HAVING sum(l.amount) <> 0 ORDER BY a.code
"""


async def last(table: str) -> str:
    """The number of the newest document of a kind."""
    return str((await sql.rows(f"SELECT number FROM {table} ORDER BY id DESC LIMIT 1"))[0]["number"])


async def so_far() -> int:
    """Where the journal stands."""
    return int((await sql.rows("SELECT max(id) AS id FROM journal_line"))[0]["id"])


async def turnover(since: int) -> list[tuple[str, str]]:
    """What every account moved by, all documents together."""
    return [(row["code"], str(row["amount"])) for row in await sql.rows(TURNOVER, since)]


async def exposure(customer: str) -> Decimal:
    return (await credit_status((await Customer.get(name=customer)).id)).exposure


async def say(chat: Chat, who: str, *lines: str) -> str:
    """Lines of one person, one after another; the answer to the last."""
    answer = ""
    for line in lines:
        answer = await chat(who, line)
    return answer


async def test_from_the_goods_of_a_supplier_to_its_money(chat: Chat) -> None:
    """佛照 sends 100 of the lamps of PO0087 at 205.00, invoices them 500 dearer, and is paid in two parts."""
    books = await so_far()

    # An advance of 3,000.00 is asked for by purchasing and paid by finance before anything came.
    await say(chat, "E012", "申请付款 PO0087 3000", "确认")
    advance = await last("payment_out")
    assert await booked(advance) == []
    await say(chat, "E009", f"付款{advance}", "确认")
    assert await booked(advance) == [("1123", "3000.00"), ("1002", "-3000.00")]

    # 100 lamps arrive: stock, against what is owed by estimate until the invoice comes.
    await say(chat, "E005", "PO0087到了100个")
    receipt = await last("goods_receipt")
    assert await booked(receipt) == [("1405", "20500.00"), ("220201", "-20500.00")]

    # The invoice: 21,000.00 and 2,730.00 of tax. The estimate goes, the difference of 500.00 has an account of its own,
    # and the advance is taken off at once.
    await say(chat, "E009", "PO0087来票23730", "确认")
    bill = await last("supplier_invoice")
    assert await booked(bill) == [
        ("220201", "20500.00"), ("222101", "2730.00"), ("1404", "500.00"), ("2202", "-23730.00"),
    ]  # fmt: skip
    assert await booked(advance) == [
        ("1123", "3000.00"), ("1002", "-3000.00"), ("2202", "3000.00"), ("1123", "-3000.00"),
    ]  # fmt: skip

    # The rest is above what finance pays alone: the general manager agrees, then the money goes.
    await say(chat, "E009", "付佛照货款 20730", "确认")
    rest = await last("payment_out")
    assert await booked(rest) == []
    await say(chat, "E001", f"同意{await last('approval')}")
    assert "还欠供应商：¥0.00" in await say(chat, "E009", f"付款{rest}", "确认")
    assert await booked(rest) == [
        ("1123", "20730.00"), ("1002", "-20730.00"), ("2202", "20730.00"), ("1123", "-20730.00"),
    ]  # fmt: skip

    # In the end: money out, goods and input tax in, and what they were dearer.
    assert await turnover(books) == [
        ("1002", "-23730.00"), ("1404", "500.00"), ("1405", "20500.00"), ("222101", "2730.00"),
    ]  # fmt: skip
    assert await clean()


async def test_from_goods_that_come_back_to_the_customers_money(chat: Chat) -> None:
    """宏达建材 takes and pays the 1,500 bolts of SO0316 at 0.45, sends 100 back, and wants its money for them."""
    await say(chat, "E005", "316发了顺丰 单号SF1029384756", "确认")
    await say(chat, "E009", "宏达抬头宏达建材有限公司 税号91330100MA28ABCD12")
    await say(chat, "E009", "开票 SO0316 专票", "确认")
    invoice = await last("invoice")
    assert await booked(invoice) == [("1122", "675.00"), ("6001", "-597.35"), ("222102", "-77.65")]
    assert f"冲 {invoice}（SO0316） ¥675.00" in await say(chat, "E009", "宏达付了SO0316的675", "确认")
    before, books = await exposure("宏达建材"), await so_far()
    # 100 of them: 45.00, at a cost of 26.35. Of 1,400 at 630.00 the tax is 72.48, which is 5.17 less than of all.
    worth, gross, tax = "26.35", Decimal("45.00"), Decimal("5.17")

    # Announced, nothing is booked; received, the goods are stock again at what they cost when they left.
    await say(chat, "E003", "SO0316退m8x30 100个 生锈", "确认")
    given = await last("sales_return")
    assert await booked(given) == []
    assert "红字发票" in await say(chat, "E005", f"收退货{given}", "确认")
    assert await booked(given) == [("1405", worth), ("6401", f"-{worth}")]

    # The red-letter invoice takes receivable, revenue and tax back; what was paid of it is on account.
    red = await last("invoice")
    assert await booked(red) == [("1122", f"-{gross}"), ("6001", f"{gross - tax}"), ("222102", f"{tax}")]
    assert await exposure("宏达建材") == before - gross

    # The money goes back to the customer.
    assert "预收余额：¥0.00" in await say(chat, "E009", f"给宏达退款{gross}", "确认")
    assert (await booked(await last("payment")))[-2:] == [("2203", f"{gross}"), ("1002", f"-{gross}")]
    assert await exposure("宏达建材") == before
    assert await turnover(books) == [
        ("1002", f"-{gross}"), ("1405", worth), ("222102", f"{tax}"), ("6001", f"{gross - tax}"), ("6401", f"-{worth}"),
    ]  # fmt: skip
    assert await clean()


async def test_from_a_count_to_what_the_books_say_is_there(chat: Chat) -> None:
    """In the second warehouse a lamp is missing and two bearings are too many; a crate of valves is broken."""
    books = await so_far()
    await say(chat, "E005", "开始盘点二号仓", "灯管实盘99", "m8x30实盘2802")
    count = await last("stocktake")
    assert await booked(count) == []

    # Handed in, only the differences are booked: a tube at 7.90 less, two bolts at 0.2635 more (0.53).
    await say(chat, "E005", "盘完了", "确认")
    assert sorted(await booked(count)) == [("1405", "-7.90"), ("1405", "0.53"), ("1901", "-0.53"), ("1901", "7.90")]

    # What is scrapped is an expense at what it cost.
    await say(chat, "E005", "报废角阀2个 损坏")
    scrapped = await last("stock_adjustment")
    assert await booked(scrapped) == [("1405", "-27.20"), ("6602", "27.20")]

    # A correction that was a mistake is taken back by the opposite entry; both stay to be read.
    await say(chat, "E005", "角阀多了3个 对账")
    corrected = await last("stock_adjustment")
    assert await booked(corrected) == [("1405", "40.80"), ("1901", "-40.80")]
    await say(chat, "E005", f"撤回{corrected}")
    assert await booked(corrected) == [
        ("1405", "40.80"), ("1901", "-40.80"), ("1405", "-40.80"), ("1901", "40.80"),
    ]  # fmt: skip
    assert await turnover(books) == [("1405", "-34.57"), ("1901", "7.37"), ("6602", "27.20")]
    assert await clean()


async def test_from_an_advance_to_the_invoice_it_settles_and_the_cents_that_are_given_up(chat: Chat) -> None:
    """宏达建材 pays 2,000.00 before anything is invoiced; of what SO0312 then comes to, 2,250.00, it pays all but 0.40."""
    before, books = await exposure("宏达建材"), await so_far()
    await say(chat, "E009", "宏达预付款2000", "确认")
    advance = await last("payment")
    assert await booked(advance) == [("1002", "2000.00"), ("2203", "-2000.00")]
    assert await exposure("宏达建材") == before - 2000

    # Delivered and invoiced, the exposure stays: the order's part becomes the receivable's.
    await say(chat, "E005", "312发了顺丰 单号SF1029384756", "确认")
    await say(chat, "E009", "宏达抬头宏达建材有限公司 税号91330100MA28ABCD12")
    await say(chat, "E009", "开票 SO0312 专票", "确认")
    invoice = await last("invoice")
    assert await booked(invoice) == [("1122", "2250.00"), ("6001", "-1991.15"), ("222102", "-258.85")]
    assert await exposure("宏达建材") == before - 2000

    # The advance is put against this order's invoice; the same money counts once.
    assert f"冲 {invoice}" in await say(chat, "E009", f"{advance}冲SO0312")
    assert (await booked(advance))[2:] == [("2203", "2000.00"), ("1122", "-2000.00")]
    assert await exposure("宏达建材") == before - 2000

    # 249.60 follow, named; forty cents are given up and are a cost of finance.
    await say(chat, "E009", "宏达付了SO0312的249.6", "确认")
    rest = await last("payment")
    assert await booked(rest) == [("1002", "249.60"), ("2203", "-249.60"), ("2203", "249.60"), ("1122", "-249.60")]
    await say(chat, "E009", "宏达抹零0.4", "确认")
    assert (await booked(invoice))[3:] == [("6603", "0.40"), ("1122", "-0.40")]
    assert await exposure("宏达建材") == before - 2250
    assert await turnover(books) == [
        ("1002", "2249.60"), ("1405", "-1317.50"), ("222102", "-258.85"), ("6001", "-1991.15"), ("6401", "1317.50"),
        ("6603", "0.40"),
    ]  # fmt: skip
    assert await clean()
