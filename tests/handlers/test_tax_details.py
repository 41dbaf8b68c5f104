"""Whom an invoice is made out to: a 专票 has a title and a tax number, asked for once and kept with the customer."""

import pytest

from models.delivery.tables import Notice
from models.finance.tables import Invoice
from models.party.tables import Customer
from tests.books import clean
from tests.people import Api, Chat

TITLE, NUMBER = "宏达建材有限公司", "91330100MA28ABCD12"


async def shipped(chat: Chat, order: str = "312") -> None:
    await chat("E005", f"{order}发了顺丰 单号SF1029384756")
    assert "已发货" in await chat("E005", "确认")


async def test_a_special_invoice_asks_for_title_and_tax_number_and_keeps_them(chat: Chat) -> None:
    await shipped(chat)
    before = await Invoice.all().count()
    assert "宏达建材的发票抬头写什么" in await chat("E009", "开票 SO0312 专票")
    assert "宏达建材的税号是多少" in await chat("E009", TITLE)
    assert "要 15、17、18 或 20 位字母和数字" in await chat("E009", "9133010")
    assert await Invoice.all().count() == before
    assert "请确认开票" in await chat("E009", NUMBER.lower())
    await chat("E009", "确认")
    made = await Invoice.get(order__number="SO0312")
    assert (made.kind, made.buyer_title, made.buyer_tax_no) == ("special", TITLE, NUMBER)
    # Next time nobody is asked again.
    await shipped(chat, "316")
    assert "请确认开票" in await chat("E009", "开票 SO0316 专票")
    assert await clean()


async def test_a_special_invoice_without_title_and_tax_number_is_refused_in_json_and_posts_nothing(
    chat: Chat, api: Api
) -> None:
    await shipped(chat)
    status, body = await api.post("E009", "invoice.issue", order="SO0312", kind="special")
    assert (status, body["code"], body["input"]) == (422, "missing_input", "title")
    status, body = await api.post("E009", "invoice.issue", order="SO0312", kind="special", title=TITLE)
    assert (status, body["code"], body["input"]) == (422, "missing_input", "tax_no")
    assert not await Invoice.exists(order__number="SO0312")
    # What was refused was not kept either.
    assert (await Customer.get(name="宏达建材")).tax_title == ""
    status, body = await api.post("E009", "invoice.issue", order="SO0312", kind="special", title=TITLE, tax_no=NUMBER)
    assert status == 200 and body["items"][0]["kind"] == "special"


async def test_an_ordinary_invoice_needs_neither(chat: Chat, api: Api) -> None:
    await shipped(chat)
    status, body = await api.post("E009", "invoice.issue", order="SO0312", kind="ordinary")
    assert (status, body["items"][0]["kind"]) == (200, "ordinary")


async def test_an_invoice_stays_made_out_to_whom_it_was_when_the_customer_is_renamed(chat: Chat, api: Api) -> None:
    await shipped(chat)
    await chat("E009", f"开票 SO0312 专票 抬头{TITLE} 税号{NUMBER}")
    await chat("E009", "确认")
    await chat("E009", "宏达抬头宏达新材有限公司 税号91330100MA28ABCD99")
    number = (await Invoice.get(order__number="SO0312")).number
    await chat("E009", f"红冲{number}")
    await chat("E009", "确认")
    rows = await Invoice.filter(order__number="SO0312").order_by("id").values_list("buyer_title", "buyer_tax_no")
    assert rows == [(TITLE, NUMBER), (TITLE, NUMBER)]


async def test_a_customer_who_wants_a_special_invoice_is_asked_for_what_is_missing(chat: Chat) -> None:
    assert "发票抬头写什么" in await chat("C001", "我要专票")
    assert "税号是多少" in await chat("C001", TITLE)
    assert not await Notice.filter(kind="invoice.requested").exists()
    said = await chat("C001", NUMBER)
    assert said == (
        f"开票资料已收到\n客户：宏达建材\n种类：专票\n抬头：{TITLE}\n税号：{NUMBER}\n已通知财务，开好后会告诉您"
    )
    told = await Notice.filter(kind="invoice.requested").first()
    assert told.facts["tax_no"] == NUMBER
    customer = await Customer.get(name="宏达建材")
    assert (customer.tax_title, customer.tax_no) == (TITLE, NUMBER)


async def test_an_ordinary_invoice_is_asked_for_with_a_title_only(chat: Chat) -> None:
    assert (
        await chat("C001", "开普票 抬头张三")
        == "开票资料已收到\n客户：宏达建材\n种类：普票\n抬头：张三\n已通知财务，开好后会告诉您"
    )


@pytest.mark.parametrize(
    "number", ["91330100MA28A", "91330100MA28ABCD", "91330100MA28ABCD123", "91330100MA28ABCD12345", "税号"]
)
async def test_a_tax_number_that_cannot_be_is_refused(api: Api, number: str) -> None:
    status, body = await api.post("C001", "invoice.request", title=TITLE, tax_no=number)
    assert (status, body["code"], body["input"]) == (422, "invalid_input", "tax_no")
    assert (await Customer.get(name="宏达建材")).tax_no == ""


@pytest.mark.parametrize("length", [15, 17, 18, 20])
async def test_tax_numbers_of_every_length_there_is_are_kept(api: Api, length: int) -> None:
    number = ("91330100MA28ABCD1234")[:length]
    assert (await api.post("C001", "invoice.request", title=TITLE, tax_no=number))[1]["tax_no"] == number
