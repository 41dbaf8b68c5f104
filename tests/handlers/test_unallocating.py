"""What a payment settled is taken back: owed again, reminded of again, and counted as before."""

from decimal import Decimal

from models.clock import now
from models.finance.credit import credit_status
from models.finance.tables import Dunning, Invoice, Payment
from models.party.tables import Customer
from tests.books import booked, clean
from tests.people import Api, Chat


async def do(chat: Chat, who: str, line: str) -> str:
    await chat(who, line)
    return await chat(who, "确认")


async def owed() -> list[tuple[str, Decimal, str]]:
    return (
        await Invoice.filter(customer__name="建业工程", total__gt=0)
        .order_by("id")
        .values_list("number", "paid", "state")
    )


async def credit():  # type: ignore[no-untyped-def]
    return await credit_status((await Customer.get(name="建业工程")).id)


async def test_unallocating_restores_open_amounts_reminders_and_exposure(chat: Chat) -> None:
    before, owed_before = await credit(), await owed()
    oldest = await Invoice.filter(customer__name="建业工程", state="posted", total__gt=0).order_by("due_on").first()
    await Dunning.create(invoice=oldest, level=3, open=oldest.total, charge=0, sent_at=now())
    assert (await credit()).blocked
    await do(chat, "E009", "建业付了64000")
    payment = await Payment.filter(customer__name="建业工程").order_by("-id").first()
    paid = await credit()
    assert not paid.blocked and paid.exposure == before.exposure - 64000
    said = await chat("E009", f"撤销核销{payment.number}")
    assert said == (
        f"{payment.number} 已撤销核销\n¥64,000.00\n客户：建业工程\n· {oldest.number} 重新欠 ¥64,000.00\n"
        "预收余额：¥64,000.00\n还欠：¥128,000.00"
    )
    after = await credit()
    assert await owed() == owed_before and after.blocked
    # The money is here still, so it takes off the exposure from the account.
    assert (after.receivable, after.advance, after.exposure) == (before.receivable, Decimal(64000), paid.exposure)
    assert (await booked(payment.number))[2:] == [
        ("2203", "64000.00"), ("1122", "-64000.00"), ("2203", "-64000.00"), ("1122", "64000.00"),
    ]  # fmt: skip
    assert await clean()
    assert "没有冲过发票" in await chat("E009", f"撤销核销{payment.number}")


async def test_one_invoice_of_several_is_taken_back_by_its_number(chat: Chat) -> None:
    await do(chat, "E009", "建业付了128000")
    payment = await Payment.filter(customer__name="建业工程").order_by("-id").first()
    first, second = await Invoice.filter(customer__name="建业工程", state="paid", total=64000).order_by("due_on")
    said = await chat("E009", f"撤销核销{payment.number}和{second.number}")
    assert f"{second.number} 重新欠 ¥64,000.00" in said and first.number not in said
    assert [(await Invoice.get(id=each.id)).state for each in (first, second)] == ["paid", "posted"]
    assert "没有冲过这几张发票" in await chat("E009", f"撤销核销{payment.number}和{second.number}")
    assert await clean()


async def test_allocating_offers_the_way_back_and_takes_back_what_it_settled(chat: Chat, api: Api) -> None:
    await do(chat, "E009", "建业预付款70000")
    payment = await Payment.filter(customer__name="建业工程").order_by("-id").first()
    before = await owed()
    settled = await chat("E009", f"核销{payment.number}")
    assert settled.endswith("回复 1 撤销")
    assert "已撤销核销" in await chat("E009", "撤销")
    assert await owed() == before
    _, shown = await api.get("E009", "receivable.query", customer="建业工程")
    assert (shown["receivable"], shown["on_account"]) == ("128000.00", "70000.00")
    assert await clean()


async def test_an_invoice_of_somebody_else_is_not_among_what_was_settled(chat: Chat, api: Api) -> None:
    await do(chat, "E009", "建业付了64000")
    payment = await Payment.filter(customer__name="建业工程").order_by("-id").first()
    other = await Invoice.filter(customer__name="宏达建材", state="posted").first()
    status, body = await api.post("E009", "payment.unallocate", payment=payment.number, invoices=[other.number])
    assert (status, body["code"]) == (422, "nothing_open")
    assert (await api.post("E003", "payment.unallocate", payment=payment.number))[0] == 403
