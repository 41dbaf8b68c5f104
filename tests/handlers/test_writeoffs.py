"""What is given up of an invoice and what is paid back: small rests at once, debts with consent, and the way back of each."""

from decimal import Decimal

from models.approvals.tables import Approval
from models.books.tables import ClosedPeriod
from models.clock import now, today
from models.finance.credit import credit_status
from models.finance.tables import Allocation, Invoice, Payment
from models.party.tables import Customer
from tests.books import booked, clean
from tests.people import Api, Chat


async def do(chat: Chat, who: str, line: str) -> str:
    await chat(who, line)
    return await chat(who, "确认")


async def rest_of(chat: Chat, paid: str) -> Invoice:
    """老王五金店 owes 1,200.00 on one invoice, and pays but for a rest."""
    await do(chat, "E009", f"老王五金店付了{paid}")
    return await Invoice.get(customer__name="老王五金店", state="partially_paid")


async def exposure(name: str) -> Decimal:
    return (await credit_status((await Customer.get(name=name)).id)).exposure


async def test_a_small_rest_is_given_up_whole_whether_or_not_its_amount_is_said(chat: Chat) -> None:
    invoice = await rest_of(chat, "1198")
    assert await chat("E009", "抹零老王五金店") == (
        f"请确认抹零\n¥2.00\n客户：老王五金店\n发票：{invoice.number}\n还欠：¥0.00\n回复 1 确认 / 0 取消"
    )
    assert "已抹零" in await chat("E009", "确认")
    await invoice.refresh_from_db()
    assert (invoice.state, invoice.paid) == ("paid", Decimal(1200))
    assert (await booked(invoice.number))[-2:] == [("6603", "2.00"), ("1122", "-2.00")]
    assert await clean()


async def test_what_is_not_the_rest_is_refused_and_says_what_the_rest_is(chat: Chat, api: Api) -> None:
    invoice = await rest_of(chat, "1198")
    assert await chat("E009", "抹零老王5") == (
        f"老王五金店 没有正好差 ¥5.00 的发票\n现在的尾差：{invoice.number} ¥2.00"
    )
    for amount in ("1", "2.01"):
        status, body = await api.post("E009", "payment.writeoff", invoice=invoice.number, amount=amount)
        assert (status, body["code"], body["open"]) == (422, "not_the_rest", "2")
    assert not await Allocation.filter(kind="rounding").exists()


async def test_without_a_small_rest_it_says_what_to_do(chat: Chat) -> None:
    said = await chat("E009", "抹零宏达5")
    assert said.startswith("宏达建材 没有正好差 ¥5.00 的发票\n收款先登记")


async def test_45000_less_44998_is_the_rest_of_the_invoice_over_45000(chat: Chat) -> None:
    invoice = await Invoice.get(customer__name="老王五金店", state="posted")
    await Invoice.filter(id=invoice.id).update(total=45000, paid=44998, state="partially_paid")
    said = await chat("E009", "45000和44998差2块抹掉")
    assert invoice.number in said and "¥2.00" in said
    assert "不是这两个数的差" in await chat("E009", "45000和44990差2块抹掉")


async def test_100_may_be_given_up_and_one_cent_more_needs_consent(chat: Chat) -> None:
    invoice = await rest_of(chat, "1100")
    assert "请确认抹零" in await chat("E009", f"{invoice.number}抹零")
    await chat("E009", "取消")
    await Invoice.filter(id=invoice.id).update(paid=Decimal("1099.99"))
    assert "要按坏账核销，由总经理同意" in await chat("E009", f"{invoice.number}抹零")


async def test_what_was_given_up_before_counts(chat: Chat) -> None:
    """60 are given up; the payment turns out smaller by another 60: together more than 100."""
    invoice = await rest_of(chat, "1140")
    assert "已抹零" in await do(chat, "E009", f"{invoice.number}抹零")
    first = await Payment.filter(customer__name="老王五金店").order_by("-id").first()
    await do(chat, "E009", f"撤销收款{first.number}")
    await do(chat, "E009", "老王五金店付了1080")
    assert "要按坏账核销" in await chat("E009", f"{invoice.number}抹零")
    assert [row.amount for row in await Allocation.filter(kind="rounding")] == [60]


async def test_an_invoice_of_which_nothing_was_paid_has_no_small_rest(chat: Chat) -> None:
    invoice = await Invoice.get(customer__name="老王五金店", state="posted")
    await Invoice.filter(id=invoice.id).update(total=50)
    assert "要按坏账核销" in await chat("E009", f"{invoice.number}抹零")


async def bad_debt(chat: Chat) -> tuple[Invoice, str]:
    """The whole invoice of 老王五金店 is to be given up; the number of the approval."""
    invoice = await Invoice.get(customer__name="老王五金店", state="posted")
    assert "为什么收不回来" in await chat("E009", f"{invoice.number}坏账")
    assert "请确认核销坏账，确认后送审批" in await chat("E009", "店关了找不到人")
    assert "核销坏账，审批中" in await chat("E009", "确认")
    return invoice, (await Approval.get(kind="receivable.bad_debt", state="pending")).number


async def test_a_debt_is_given_up_by_the_general_managers_word_and_for_a_reason(chat: Chat) -> None:
    before = await exposure("老王五金店")
    invoice, approval = await bad_debt(chat)
    assert await booked(invoice.number) == [("1122", "1200.00"), ("4104", "-1200.00")]
    asked = await chat("E001", f"查看{approval}")
    assert "坏账核销" in asked and "¥1,200.00" in asked and "原因：店关了找不到人" in asked
    # Finance asked, so finance does not decide.
    assert "不由您审批" in await chat("E009", f"同意{approval}")
    assert "已按坏账核销" in await chat("E001", f"同意{approval}")
    assert (await booked(invoice.number))[2:] == [
        ("6702", "1200.00"), ("1231", "-1200.00"), ("1231", "1200.00"), ("1122", "-1200.00"),
    ]  # fmt: skip
    assert await exposure("老王五金店") == before - 1200
    assert await clean()
    # It is paid after all: owed again first.
    assert "重新欠着" in await do(chat, "E009", f"恢复坏账{invoice.number}")
    assert await exposure("老王五金店") == before
    assert await clean()


async def test_a_debt_that_is_not_given_up_stays(chat: Chat) -> None:
    invoice, approval = await bad_debt(chat)
    assert "不核销，继续收" in await chat("E001", f"驳回{approval} 再催一次")
    assert (await Invoice.get(id=invoice.id)).paid == 0


async def test_a_debt_of_which_something_was_paid_meanwhile_is_not_given_up(chat: Chat) -> None:
    invoice, approval = await bad_debt(chat)
    await do(chat, "E009", "老王五金店付了200")
    assert "未收的是 ¥1,000.00，不是 ¥1,200.00" in await chat("E001", f"同意{approval}")
    assert (await Approval.get(number=approval)).state == "pending"


async def test_a_debt_is_not_given_up_in_a_closed_month(chat: Chat) -> None:
    _, approval = await bad_debt(chat)
    await ClosedPeriod.create(month=f"{today():%Y-%m}", closed_at=now())
    assert "已经结账" in await chat("E001", f"同意{approval}")
    assert (await Approval.get(number=approval)).state == "pending"


async def test_a_write_off_is_taken_back_within_ten_minutes_by_reversal(chat: Chat) -> None:
    invoice = await rest_of(chat, "1198")
    await do(chat, "E009", f"{invoice.number}抹零 客户付的整数")
    assert "请确认撤销" in await chat("E009", "撤销")
    assert "重新欠着" in await chat("E009", "确认")
    await invoice.refresh_from_db()
    assert (invoice.state, invoice.paid) == ("partially_paid", 1198)
    assert (await booked(invoice.number))[2:] == [
        ("6603", "2.00"), ("1122", "-2.00"), ("6603", "-2.00"), ("1122", "2.00"),
    ]  # fmt: skip
    assert [row.amount for row in await Allocation.filter(kind="rounding").order_by("id")] == [2, -2]
    assert "没有抹过" in await chat("E009", f"撤销抹零{invoice.number}")
    assert await clean()


async def test_a_red_letter_invoice_gives_back_a_write_off_to_where_it_was_booked(chat: Chat) -> None:
    invoice = await rest_of(chat, "1198")
    await do(chat, "E009", f"{invoice.number}抹零")
    await do(chat, "E009", f"红冲{invoice.number}")
    assert sum(Decimal(amount) for code, amount in await booked(invoice.number) if code == "6603") == 0
    assert await clean()


async def test_a_refund_is_taken_back_by_reversal(chat: Chat, api: Api) -> None:
    await do(chat, "E009", "老王五金店预付款500")
    before = await exposure("老王五金店")
    await do(chat, "E009", "退老王五金店200")
    payment = await Payment.filter(customer__name="老王五金店").order_by("-id").first()
    assert payment.refunded == 200 and await exposure("老王五金店") == before + 200
    assert "请确认撤销退款" in await chat("E009", "撤销")
    assert "预收余额：¥500.00" in await chat("E009", "确认")
    assert await booked(payment.number) == [
        ("1002", "500.00"), ("2203", "-500.00"), ("2203", "200.00"), ("1002", "-200.00"), ("2203", "-200.00"), ("1002", "200.00"),
    ]  # fmt: skip
    assert await exposure("老王五金店") == before
    statement = (await api.get("E009", "statement.get", customer="老王五金店"))[1]
    assert Decimal(statement["closing"]) == before
    assert "只退过 ¥0.00" in await chat("E009", "撤销老王五金店退款200")
    assert await clean()
