"""Documents of money have days of their own, and ways in which the money came; everything that is counted follows them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from models.books.tables import ClosedPeriod, JournalEntry
from models.clock import at_local, now, today, travel
from models.finance.tables import Allocation, Invoice, Payment
from models.payables.tables import PaymentOut, SupplierInvoice
from models.purchase.tables import PurchaseOrder
from tests.books import booked, clean
from tests.days import shown, typed
from tests.people import Api, Chat


async def do(chat: Chat, who: str, line: str) -> str:
    await chat(who, line)
    return await chat(who, "确认")


async def shipped(chat: Chat) -> None:
    await do(chat, "E005", "312发了顺丰 单号SF1029384756")


async def booked_on(document: str) -> list[date]:
    return await JournalEntry.filter(document=document).order_by("id").values_list("booked_on", flat=True)


async def test_a_payment_of_yesterday_is_of_yesterday_everywhere(chat: Chat, api: Api) -> None:
    day = today() - timedelta(days=1)
    assert f"收款：{shown(day)}，转账" in await chat("E009", "宏达昨天付了1000")
    await chat("E009", "确认")
    payment = await Payment.filter(customer__name="宏达建材").order_by("-id").first()
    assert payment.received_on == day
    invoice = await Invoice.get(customer__name="宏达建材", state="partially_paid")
    settled = max(day, invoice.issued_on)
    assert await booked_on(payment.number) == [day, settled]
    assert [each.settled_on for each in await Allocation.filter(payment=payment)] == [settled]
    _, flow = await api.get("E009", "report.cashflow", period=day.isoformat())
    _, received = await api.get("E009", "report.payment", period=day.isoformat())
    assert Decimal(flow["from_customers"]) >= 1000 and Decimal(received["amount"]) >= 1000
    assert await clean()


async def test_a_day_is_said_by_its_date_in_chat_and_as_iso_in_json(chat: Chat, api: Api) -> None:
    day = today() - timedelta(days=8)
    await do(chat, "E009", f"宏达{typed(day)}付了100")
    _, body = await api.post("E009", "payment.record", customer="宏达建材", amount="200", date=day.isoformat())
    assert body["received_on"] == day.isoformat()
    rows = await Payment.filter(customer__name="宏达建材", amount__in=[100, 200]).values_list("received_on", flat=True)
    assert rows == [day, day]


async def test_a_day_of_the_month_without_a_month_is_the_last_such(chat: Chat) -> None:
    with travel(at_local(date(today().year, today().month, 15), 10)):
        await do(chat, "E009", "宏达20号付了77")
        last = (today().replace(day=1) - timedelta(days=1)).replace(day=20)
        assert (await Payment.get(amount=77)).received_on == last


@pytest.mark.parametrize("name", ["payment.record", "invoice.issue", "payable.bill", "payable.pay"])
async def test_a_day_to_come_and_a_day_of_a_closed_month_are_refused(chat: Chat, api: Api, name: str) -> None:
    await shipped(chat)
    inputs = {
        "payment.record": {"customer": "宏达建材", "amount": "100"},
        "invoice.issue": {"order": "SO0312"},
        "payable.bill": {"supplier": "正泰", "amount": "113", "purpose": "运费"},
        "payable.pay": {"supplier": "正泰", "amount": "100"},
    }[name]
    entries = await JournalEntry.all().count()
    status, body = await api.post("E009", name, **inputs, date=(today() + timedelta(days=1)).isoformat())
    assert (status, body["why"]) == (422, "in_the_future")
    old = today().replace(day=1) - timedelta(days=1)
    await ClosedPeriod.create(month=f"{old:%Y-%m}", closed_at=now())
    status, body = await api.post("E009", name, **inputs, date=old.isoformat())
    assert body["code"] in ("period_closed", "before_document"), body
    assert await JournalEntry.all().count() == entries


async def test_a_day_to_come_is_refused_in_chat(chat: Chat) -> None:
    day = today() + timedelta(days=1)
    assert "还没有到" in await chat("E009", f"宏达{day.isoformat()}付了1000")
    assert "还没有到" in await chat("E009", "宏达明天付了1000")


async def test_an_invoice_falls_due_from_its_own_day_and_is_not_of_before_the_goods_left(chat: Chat, api: Api) -> None:
    with travel(now() - timedelta(days=3)):
        await shipped(chat)
    day = today() - timedelta(days=2)
    status, body = await api.post(
        "E009", "invoice.issue", order="SO0312", date=(today() - timedelta(days=4)).isoformat()
    )
    assert (status, body["code"], body["day"]) == (422, "before_document", (today() - timedelta(days=3)).isoformat())
    assert f"{shown(day)} 开，{shown(day + timedelta(days=30))} 到期" in await chat(
        "E009", f"开票SO0312日期{day.isoformat()}"
    )
    await chat("E009", "确认")
    invoice = await Invoice.get(order__number="SO0312")
    assert (invoice.issued_on, invoice.due_on) == (day, day + timedelta(days=30))
    assert await booked_on(invoice.number) == [day]
    # Its days late and its bucket follow.
    with travel(now() + timedelta(days=29)):
        assert f"{invoice.number}（SO0312） ¥2,250.00，{shown(invoice.due_on)} 到期，逾期 1 天" in await chat(
            "E009", "宏达还欠多少"
        )
        assert "1-30 天：¥15,110.50" in await chat("E009", "宏达账龄")


async def test_money_of_before_an_invoice_is_an_advance_until_the_invoices_day(chat: Chat) -> None:
    await shipped(chat)
    await Invoice.filter(customer__name="宏达建材", state="posted").update(state="paid", paid=Decimal("12860.50"))
    await do(chat, "E009", "开票SO0312")
    await do(chat, "E009", "宏达昨天付了2250")
    payment = await Payment.filter(customer__name="宏达建材").order_by("-id").first()
    assert await booked_on(payment.number) == [today() - timedelta(days=1), today()]


async def test_a_suppliers_invoice_falls_due_from_its_day_and_is_booked_when_the_goods_are_there(
    chat: Chat, api: Api
) -> None:
    ordered = today() - timedelta(days=20)
    await PurchaseOrder.filter(number="PO0087").update(created_at=at_local(ordered, 9))
    await chat("E005", "PO0087到了10个")
    too_early = (ordered - timedelta(days=1)).isoformat()
    status, body = await api.post("E009", "payable.bill", purchase="PO0087", date=too_early)
    assert (status, body["code"], body["number"]) == (422, "before_document", "PO0087")
    day = today() - timedelta(days=5)
    await do(chat, "E009", f"PO0087 {day.isoformat()}来票")
    bill = await SupplierInvoice.get(purchase__number="PO0087")
    assert (bill.issued_on, bill.due_on) == (day, day + timedelta(days=30))
    assert await booked_on(bill.number) == [today()]
    assert await clean()


async def test_a_payment_to_a_supplier_is_of_its_day_and_not_of_before_it_was_asked_for(chat: Chat, api: Api) -> None:
    await do(chat, "E009", "昨天付正泰1000")
    paid = await PaymentOut.all().order_by("-id").first()
    assert paid.paid_on == today() - timedelta(days=1)
    assert (await booked_on(paid.number))[0] == paid.paid_on
    await do(chat, "E012", "申请付款正泰200")
    asked = await PaymentOut.get(amount=200)
    before = (today() - timedelta(days=1)).isoformat()
    status, body = await api.post("E009", "payable.pay", payment=asked.number, date=before)
    assert (status, body["code"], body["number"]) == (422, "before_document", asked.number)
    assert await clean()


async def test_what_is_taken_back_is_booked_on_its_day_or_once_that_is_closed_today(chat: Chat, api: Api) -> None:
    old = today().replace(day=1) - timedelta(days=1)
    numbers = []
    for amount in ("111", "222"):
        await api.post("E009", "payment.record", customer="宏达建材", amount=amount, date=old.isoformat())
        numbers.append((await Payment.get(amount=Decimal(amount))).number)
    _, before = await api.get("E009", "report.cashflow", period=f"{old:%Y-%m}")
    await api.post("E009", "payment.cancel", payment=numbers[0])
    _, after = await api.get("E009", "report.cashflow", period=f"{old:%Y-%m}")
    assert Decimal(before["from_customers"]) - Decimal(after["from_customers"]) == 111
    await ClosedPeriod.create(month=f"{old:%Y-%m}", closed_at=now())
    await api.post("E009", "payment.cancel", payment=numbers[1])
    assert (await booked_on(numbers[1]))[-1] == today()
    assert (await api.get("E009", "report.cashflow", period=f"{old:%Y-%m}"))[1] == after
    assert await clean()


@pytest.mark.parametrize(
    ("line", "way", "account"),
    [
        ("宏达付了现金500", "cash", "1001"), ("宏达转账500", "transfer", "1002"), ("宏达微信付了500", "wechat", "1012"),
        ("宏达昨天支付宝转了500", "alipay", "1012"), ("收宏达承兑500", "bill", "1121"), ("收到宏达现金500", "cash", "1001"),
        ("宏达预付款现金500", "cash", "1001"),
    ],
)  # fmt: skip
async def test_money_lies_where_it_came_in(chat: Chat, line: str, way: str, account: str) -> None:
    await do(chat, "E009", line)
    payment = await Payment.get(amount=500)
    assert payment.way == way
    assert (await booked(payment.number))[0] == (account, "500.00")
    assert await clean()


async def test_cash_bank_and_wallet_are_told_apart_and_add_up(chat: Chat, api: Api) -> None:
    _, before = await api.get("E009", "cash.query")
    for line in ("宏达付了现金500", "宏达微信付了30", "宏达付了承兑7000", "宏达付了100"):
        await do(chat, "E009", line)
    _, held = await api.get("E009", "cash.query")
    gained = {
        name: Decimal(held[name]) - Decimal(before[name]) for name in ("cash", "bank", "wallet", "bills", "total")
    }
    assert gained == {"cash": 500, "bank": 100, "wallet": 30, "bills": 7000, "total": 630}
    said = await chat("E009", "账上还有多少钱")
    assert "现金：¥500.00" in said and "微信和支付宝：¥30.00" in said and "另有承兑汇票：¥7,000.00" in said
    _, flow = await api.get("E009", "report.cashflow")
    assert sum(Decimal(each["net"]) for each in flow["accounts"]) == Decimal(flow["net"])
    assert {each["code"]: each["closing"] for each in flow["accounts"]}["1001"] == "500.00"
    assert "库存现金 ¥0.00 → ¥500.00" in await chat("E009", "本月收支")


async def test_cash_is_paid_back_in_cash(chat: Chat) -> None:
    await do(chat, "E009", "老王五金店预付款现金500")
    await do(chat, "E009", "退老王五金店200")
    payment = await Payment.get(amount=500)
    assert (await booked(payment.number))[-1] == ("1001", "-200.00")
    assert await clean()
