"""The rules of credit, receivables, valuation and postings, each by a test of its name."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models import sql
from models.auditing import CHECKS
from models.books.tables import ClosedPeriod, JournalEntry, JournalLine
from models.clock import today
from models.finance.credit import credit_status
from models.finance.invoicing import open_receivable
from models.finance.tables import Invoice, Payment
from models.party.tables import Customer
from models.payables.tables import PaymentOut, SupplierInvoice
from models.product.keeping import add_product
from models.product.tables import Product
from models.sales.tables import COMMITTED, SalesOrder
from models.stock.moving import add_move
from models.stock.tables import StockWorth, Warehouse
from tests.books import booked, clean
from tests.people import Api, Chat


async def do(chat: Chat, who: str, line: str) -> str:
    """A line and its confirmation."""
    await chat(who, line)
    return await chat(who, "确认")


async def exposure(name: str) -> Decimal:
    return (await credit_status((await Customer.get(name=name)).id)).exposure


async def test_exposure_is_receivables_less_advances_plus_orders_not_invoiced(chat: Chat) -> None:
    await do(chat, "E009", "建业预付款500")
    customer = await Customer.get(name="建业工程")
    invoices = await Invoice.filter(customer=customer)
    payments = [each for each in await Payment.filter(customer=customer) if each.state != "cancelled"]
    states = [state.value for state in COMMITTED]
    orders = await SalesOrder.filter(customer=customer, state__in=states)
    expected = (
        sum(each.total - each.paid for each in invoices)
        - sum(each.amount - each.allocated - each.refunded for each in payments)
        + sum(each.total - each.invoiced for each in orders)
    )
    assert await exposure("建业工程") == expected == Decimal("128950.00")


async def test_drafts_and_what_waits_for_consent_count_nothing(chat: Chat) -> None:
    assert await SalesOrder.filter(number__in=["SO0317", "SO0318"]).order_by("number").values_list("state", flat=True) == [
        "credit_hold", "draft",
    ]  # fmt: skip
    before = await exposure("宏达建材")
    await do(chat, "C001", "我要角阀10个")
    assert await exposure("宏达建材") == before


async def test_delivering_and_invoicing_move_exposure_and_never_add(chat: Chat) -> None:
    before = await exposure("宏达建材")
    await do(chat, "E005", "312发了顺丰 单号SF1029384756")
    assert await exposure("宏达建材") == before
    await do(chat, "E009", "SO0312开票")
    assert await exposure("宏达建材") == before
    assert (await SalesOrder.get(number="SO0312")).invoiced == Decimal("2250.00")
    await do(chat, "E009", "宏达付了2250")
    assert await exposure("宏达建材") == before - 2250


async def test_a_document_that_fills_the_limit_passes_and_one_cent_more_does_not(chat: Chat) -> None:
    used = await exposure("宏达建材")
    await Customer.filter(name="宏达建材").update(credit_limit=used + Decimal("14.50"))
    assert "已下单" in await do(chat, "E003", "宏达建材要6204轴承1个")
    await Customer.filter(name="宏达建材").update(credit_limit=used + Decimal("28.99"))
    assert "超额度待放行" in await do(chat, "E003", "宏达建材要6204轴承1个")


@pytest.mark.parametrize(
    ("late", "bucket"),
    [(-1, "current"), (0, "current"), (1, "d30"), (30, "d30"), (31, "d60"), (60, "d60"), (61, "d90"), (90, "d90"),
     (91, "d120"), (120, "d120"), (121, "over")],
)  # fmt: skip
async def test_ageing_is_by_days_past_due(api: Api, chat: Chat, late: int, bucket: str) -> None:
    await Invoice.filter(customer__name="老王五金店", total__gt=0).update(due_on=today() - timedelta(days=late))
    _, aged = await api.get("E009", "receivable.aging", customer="老王五金店")
    row = aged["rows"][0]
    assert (row[bucket], row["total"]) == ("1200.00", "1200.00")


async def test_money_goes_to_the_named_order_first(chat: Chat, api: Api) -> None:
    await do(chat, "E005", "312发了顺丰 单号SF1029384756")
    await do(chat, "E009", "SO0312开票")
    _, paid = await api.post("E009", "payment.record", customer="宏达建材", amount="2250", order="SO0312")
    assert [(each["order"]["number"], each["amount"]) for each in paid["settled"]] == [("SO0312", "2250.00")]


async def test_money_of_one_customer_is_not_put_against_anothers_order(api: Api) -> None:
    status, body = await api.post("E009", "payment.record", customer="建业工程", amount="100", order="SO0312")
    assert (status, body["code"]) == (404, "not_found")
    assert await clean()


async def test_money_that_names_nothing_goes_to_the_oldest_due_and_the_rest_stays_on_account(api: Api) -> None:
    due = await Invoice.filter(customer__name="建业工程", total__gt=0).order_by("due_on")
    _, part = await api.post("E009", "payment.record", customer="建业工程", amount="70000")
    assert [(each["invoice"]["number"], each["amount"]) for each in part["settled"]] == [
        (due[0].number, "64000.00"), (due[1].number, "6000.00"),
    ]  # fmt: skip
    _, over = await api.post("E009", "payment.record", customer="建业工程", amount="60000")
    assert (over["on_account"], over["still_owed"]) == ("2000.00", "0.00")
    assert await clean()


async def test_part_payment_write_off_and_overpayment_are_three_choices(chat: Chat, api: Api) -> None:
    await do(chat, "E009", "老王五金店付了1198")
    assert (await api.get("E009", "receivable.query", customer="老王五金店"))[1]["receivable"] == "2.00"
    given_up = await do(chat, "E009", "1200和1198差2块抹掉")
    assert "¥2.00" in given_up
    assert (await api.get("E009", "receivable.query", customer="老王五金店"))[1]["receivable"] == "0.00"
    assert "不是这两个数的差" in await chat("E009", "1200和1190差2块抹掉")
    await do(chat, "E009", "老王五金店付了50")
    assert (await api.get("E009", "receivable.query", customer="老王五金店"))[1]["on_account"] == "50.00"
    assert await clean()


async def test_a_payment_taken_back_restores_open_amounts_and_exposure(chat: Chat) -> None:
    before, open_before = (
        await exposure("建业工程"),
        await Invoice.filter(customer__name="建业工程").values_list("paid", "state"),
    )
    paid = await do(chat, "E009", "建业付了100000")
    assert await exposure("建业工程") == before - 100_000
    await do(chat, "E009", f"撤销收款{paid[:6]}")
    assert await exposure("建业工程") == before
    assert await Invoice.filter(customer__name="建业工程").values_list("paid", "state") == open_before


async def test_moving_average_is_value_and_value_in_over_quantity_and_quantity_in(database: str) -> None:
    product = await Product.get(code="BRG6204")
    worth, main = await StockWorth.get(product=product), await Warehouse.get(name="主仓")
    quantity, value = worth.quantity + 200, worth.value + 200 * Decimal("11.37")
    await add_move(
        product_id=product.id, warehouse_id=main.id, quantity=Decimal(200), document="GR9001", against="220201",
        unit_cost=Decimal("11.37"), by=None,
    )  # fmt: skip
    await product.refresh_from_db()
    assert product.cost == (value / quantity).quantize(Decimal("0.000001"))
    assert await booked("GR9001") == [("1405", "2274.00"), ("220201", "-2274.00")]


async def test_the_cent_that_is_left_goes_with_the_last_unit(database: str) -> None:
    product = await add_product("CENT3", "三分之一", unit="个", cost=Decimal(0), list_price=None, min_stock=None)
    main = await Warehouse.get(name="主仓")
    place = {"product_id": product.id, "warehouse_id": main.id, "against": "1901", "by": None}
    await add_move(quantity=Decimal(3), document="IN", unit_cost=Decimal("3.333333"), **place)
    out = [await add_move(quantity=Decimal(-1), document=f"OUT{n}", **place) for n in range(3)]
    assert out == [Decimal("-3.33"), Decimal("-3.34"), Decimal("-3.33")] and sum(out) == -10
    worth = await StockWorth.get(product=product)
    assert (worth.quantity, worth.value) == (0, 0)


async def test_a_posted_entry_is_reversed_and_never_edited(chat: Chat) -> None:
    await do(chat, "E005", "312发了顺丰 单号SF1029384756")
    await do(chat, "E009", "SO0312开票")
    number = (await Invoice.filter(order__number="SO0312").first()).number
    before = (
        await JournalLine.filter(entry__document=number).order_by("id").values("id", "account_id", "amount", "entry_id")
    )
    await do(chat, "E009", f"红冲{number}")
    lines = (
        await JournalLine.filter(entry__document=number).order_by("id").values("id", "account_id", "amount", "entry_id")
    )
    assert lines[: len(before)] == before
    assert [row["amount"] for row in lines[len(before) :]] == [-row["amount"] for row in before]
    assert (await JournalEntry.filter(document=number).order_by("-id").first()).reverses_id == before[0]["entry_id"]


async def test_a_closed_period_refuses_every_document_and_nothing_changes(chat: Chat, api: Api) -> None:
    await do(chat, "E005", "312发了顺丰 单号SF1029384756")
    await ClosedPeriod.create(month=f"{today():%Y-%m}", closed_at=(await JournalEntry.first()).made_at)
    counts = [await table.all().count() for table in (JournalEntry, Invoice, Payment, PaymentOut, SupplierInvoice)]
    tried: list[tuple[str, dict]] = [
        ("invoice.issue", {"order": "SO0312"}),
        ("payment.record", {"customer": "宏达建材", "amount": "100"}),
        ("payment.record", {"customer": "宏达建材", "amount": "100", "kind": "prepay"}),
        ("payable.bill", {"supplier": "正泰", "amount": "100", "purpose": "运费"}),
        ("payable.pay", {"supplier": "正泰", "amount": "100"}),
        ("invoice.void", {"invoice": (await Invoice.filter(total__gt=0).first()).number}),
        ("payable.void", {"bill": (await SupplierInvoice.first()).number}),
    ]
    for name, inputs in tried:
        status, body = await api.post("E009", name, **inputs)
        assert (status, body["code"]) == (409, "period_closed"), name
    assert [
        await table.all().count() for table in (JournalEntry, Invoice, Payment, PaymentOut, SupplierInvoice)
    ] == counts
    assert await clean()


async def test_what_was_owed_before_the_books_began_is_owed_in_the_books(database: str) -> None:
    customer = await Customer.get(name="老王五金店")
    invoice = await open_receivable(customer, Decimal("99.99"), issued_on=today())
    assert await booked(invoice.number) == [("1122", "99.99"), ("4104", "-99.99")]
    assert not await sql.rows(CHECKS["应收科目与发票"])


async def test_money_out_and_in_of_the_month_is_what_cash_and_bank_say(chat: Chat, api: Api) -> None:
    _, before = await api.get("E009", "report.cashflow")
    _, before = await api.get("E009", "report.cashflow")
    await do(chat, "E009", "付正泰 18650")
    await do(chat, "E009", "宏达付了1000")
    _, flow = await api.get("E009", "report.cashflow")
    lines = await JournalLine.filter(account__code__in=["1001", "1002"], entry__booked_on__gte=today().replace(day=1))
    assert Decimal(flow["net"]) == sum(each.amount for each in lines)
    assert Decimal(flow["to_suppliers"]) - Decimal(before["to_suppliers"]) == -18650
    received = [
        each for each in await Payment.filter(received_on__gte=today().replace(day=1)) if each.state != "cancelled"
    ]
    assert Decimal(flow["from_customers"]) == sum(each.amount - each.refunded for each in received)
    assert Decimal(flow["opening"]) + Decimal(flow["net"]) == Decimal(flow["closing"])


async def test_reopening_an_order_looks_at_credit_again(chat: Chat) -> None:
    await do(chat, "E003", "关闭SO0315")
    await Customer.filter(name="建业工程").update(credit_limit=await exposure("建业工程"))
    assert "审批" in await do(chat, "E003", "重新打开SO0315")
    assert (await SalesOrder.get(number="SO0315")).state == "closed"


async def test_tax_counts_on_both_sides_of_the_limit(chat: Chat) -> None:
    before = await exposure("宏达建材")
    await do(chat, "E003", "宏达建材要6204轴承1个")
    # 14.50 is the price with its 13 %.
    assert await exposure("宏达建材") - before == Decimal("14.50")
    await do(chat, "E005", "312发了顺丰 单号SF1029384756")
    await do(chat, "E009", "SO0312开票")
    invoice = await Invoice.get(order__number="SO0312")
    assert invoice.tax > 0 and await exposure("宏达建材") - before == Decimal("14.50")


async def test_money_on_account_stands_beside_what_is_owed_in_the_ageing(chat: Chat, api: Api) -> None:
    await do(chat, "E009", "老王五金店预付款300")
    _, aged = await api.get("E009", "receivable.aging", customer="老王五金店")
    row = aged["rows"][0]
    assert (row["total"], row["on_account"]) == ("1200.00", "300.00")


async def test_goods_of_a_customer_come_back_at_what_they_cost_when_they_left(chat: Chat) -> None:
    await do(chat, "E005", "316发了顺丰 单号SF1029384756")
    # What is bought dearer meanwhile does not change what is given back.
    product, main = await Product.get(code="M8X30"), await Warehouse.get(name="主仓")
    await add_move(
        product_id=product.id, warehouse_id=main.id, quantity=Decimal(1000), document="GR9002", against="220201",
        unit_cost=Decimal(9), by=None,
    )  # fmt: skip
    await do(chat, "E003", "SO0316退m8x30 100个 生锈")
    given = (await sql.rows("SELECT max(number) AS number FROM sales_return"))[0]["number"]
    await do(chat, "E005", f"收退货{given}")
    assert await booked(given) == [("1405", "26.35"), ("6401", "-26.35")]


async def test_every_document_posts_what_the_rules_say(chat: Chat) -> None:
    """Receipt, supplier's invoice with its difference, payment out; delivery, invoice, payment in, credit note."""
    await chat("E005", "PO0087到了10个")
    receipt = (await sql.rows("SELECT max(number) AS number FROM goods_receipt"))[0]["number"]
    bill = (await do(chat, "E009", "PO0087来票2373"))[:6]
    paid = (await do(chat, "E009", "付佛照货款2373"))[:6]
    await do(chat, "E005", "312发了顺丰 单号SF1029384756")
    delivery = (await sql.rows("SELECT max(number) AS number FROM delivery"))[0]["number"]
    await do(chat, "E009", "SO0312开票")
    invoice = (await Invoice.get(order__number="SO0312")).number
    received = (await do(chat, "E009", "宏达付了SO0312的2250"))[:6]
    assert [await booked(each) for each in (receipt, bill, paid, delivery, invoice, received)] == [
        [("1405", "2050.00"), ("220201", "-2050.00")],
        [("220201", "2050.00"), ("222101", "273.00"), ("1404", "50.00"), ("2202", "-2373.00")],
        [("1123", "2373.00"), ("1002", "-2373.00"), ("2202", "2373.00"), ("1123", "-2373.00")],
        [("1405", "-1317.50"), ("6401", "1317.50")],
        [("1122", "2250.00"), ("6001", "-1991.15"), ("222102", "-258.85")],
        [("1002", "2250.00"), ("2203", "-2250.00"), ("2203", "2250.00"), ("1122", "-2250.00")],
    ]
    await do(chat, "E009", f"红冲{invoice}")
    assert (await booked(invoice))[3:] == [("1122", "-2250.00"), ("6001", "1991.15"), ("222102", "258.85")]
    assert await clean()
