"""`那张发票` is the one just spoken of in this conversation; where that is none or several, it is asked for."""

from bot.understanding.pointing import named, spoken_of
from models.finance.tables import Invoice
from tests.people import Chat


async def invoiced(chat: Chat, order: str) -> str:
    await chat("E005", f"{order}发了顺丰 单号SF1029384756")
    await chat("E005", "确认")
    await chat("E009", f"{order}开票")
    await chat("E009", "确认")
    return (await Invoice.get(order__number=order)).number


async def test_the_invoice_just_spoken_of_is_meant_and_not_the_last_that_was_made(chat: Chat) -> None:
    first = await invoiced(chat, "SO0312")
    second = await invoiced(chat, "SO0316")
    await chat("E009", first)
    said = await chat("E009", "作废那张发票")
    assert said.startswith(f"请确认红冲 {first}") and second not in said
    await chat("E009", "确认")
    assert [(await Invoice.get(number=each)).state for each in (first, second)] == ["reversed", "posted"]


async def test_after_it_was_issued_the_invoice_is_the_one_that_was_issued(chat: Chat) -> None:
    number = await invoiced(chat, "SO0312")
    assert (await chat("E009", "作废那张发票")).startswith(f"请确认红冲 {number}")


async def test_of_several_it_asks_which(chat: Chat) -> None:
    first, second = await invoiced(chat, "SO0312"), await invoiced(chat, "SO0316")
    await chat("E009", "宏达的发票")
    said = await chat("E009", "作废那张发票")
    assert said.startswith("哪张发票？") and first in said and second in said
    assert (await chat("E009", first)).startswith(f"请确认红冲 {first}")


async def test_where_none_was_spoken_of_it_asks_which(chat: Chat) -> None:
    await invoiced(chat, "SO0312")
    before = await Invoice.all().count()
    # Another colleague of finance has spoken of none.
    assert await chat("E019", "作废那张发票") == "哪张发票？例如：IV0012\n回复 0 取消"
    assert await Invoice.all().count() == before


async def test_an_order_just_spoken_of_needs_no_number(chat: Chat) -> None:
    await chat("E003", "SO0312")
    assert (await chat("E003", "那单发了没")).startswith("SO0312 ")
    assert (await chat("E003", "这个单子发货了吗")).startswith("SO0312 ")
    assert "SO0312" in await chat("E003", "取消这个")


async def test_what_names_a_month_points_at_nothing(chat: Chat) -> None:
    await chat("E009", "SO0316")
    said = await chat("E009", "宏达这个月的一起开普票")
    assert "SO0316" not in said
    assert named("这周要付哪些", {"SO": ["SO0312"]}) is None
    assert named("这个月的对账单", {"SO": ["SO0312"]}) is None


def test_an_answer_speaks_of_its_own_document_and_of_all_it_lists() -> None:
    facts = {"number": "RC0080", "settled": [{"invoice": "IV0100"}, {"invoice": "IV0101"}], "other": ["RC0079"]}
    assert spoken_of(facts) == {"RC": ["RC0080"], "IV": ["IV0100", "IV0101"]}
