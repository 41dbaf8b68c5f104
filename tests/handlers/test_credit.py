"""Credit and risk as sales and finance share them: limits, blocks, releases, reminders, signals, the customer's card."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.delivery.words import words_of
from bot.jobs.recurring import watch_customers
from bot.rendering.text import whole_text
from handlers.actor import system
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.clock import days, now, today, travel
from models.delivery.tables import Notice
from models.finance.credit import credit_status
from models.finance.tables import Dunning, DunningLevel, Invoice, Payment, RiskSignal
from models.party.tables import Customer
from models.sales.tables import SalesOrder
from models.system.tables import Company
from tests.books import clean
from tests.days import shown
from tests.people import Api, Chat


async def late_by(name: str, late: int) -> None:
    """The customer's oldest open invoice fell due so many days ago."""
    oldest = await Invoice.filter(customer__name=name, total__gt=0, state="posted").order_by("due_on", "id").first()
    await Invoice.filter(id=oldest.id).update(due_on=today() - timedelta(days=late))


async def shipped(chat: Chat, order: str) -> str:
    await chat("E005", f"{order}发了顺丰 单号SF1029384756")
    return await chat("E005", "确认")


async def test_the_limit_is_the_customers_then_its_groups_then_the_companys(chat: Chat) -> None:
    customer = await Customer.get(name="宏达建材")
    assert (await credit_status(customer.id)).limit == 50_000
    await chat("E009", "零售组额度改3万")
    assert "¥30,000.00" in await chat("E009", "确认")
    await chat("E009", "宏达归到零售组")
    moved = await chat("E009", "确认")
    assert "原额度：¥50,000.00" in moved and (await credit_status(customer.id)).limit == 30_000
    await Customer.filter(id=customer.id).update(group_id=None)
    # Nobody said what the company's default is, so there is no limit.
    assert (await credit_status(customer.id)).limit is None
    await chat("E009", "默认额度改8000")
    assert "1 家客户用这个额度" in await chat("E009", "确认")
    assert (await credit_status(customer.id)).limit == 8_000
    await chat("E009", "宏达额度改6万")
    await chat("E009", "确认")
    assert (await credit_status(customer.id)).limit == 60_000


async def test_no_limit_is_not_a_limit_of_nothing(chat: Chat) -> None:
    await chat("E009", "宏达不限额度")
    assert "不限" in await chat("E009", "确认")
    await chat("E003", "宏达建材要角阀4000个")
    assert "已下单" in await chat("E003", "确认")
    await chat("E009", "宏达额度改0")
    await chat("E009", "确认")
    await chat("E003", "宏达建材要6204轴承1个")
    assert "超额度待放行" in await chat("E003", "确认")


async def test_who_is_overdue_too_long_waits_for_consent_whatever_the_limit_leaves(chat: Chat) -> None:
    await chat("E003", "宏达建材要6204轴承1个")
    assert "已下单" in await chat("E003", "确认")
    await late_by("宏达建材", 60)
    await chat("E003", "宏达建材要6204轴承1个")
    assert "已下单" in await chat("E003", "确认")
    await late_by("宏达建材", 61)
    assert "逾期太久，新订单要先审批放行" in await chat("E009", "宏达额度")
    await chat("E003", "宏达建材要6204轴承1个")
    assert "超额度待放行" in await chat("E003", "确认")
    await Company.all().update(overdue_block_days=None)
    await chat("E003", "宏达建材要6204轴承1个")
    assert "已下单" in await chat("E003", "确认")


async def test_goods_leave_only_if_the_exposure_did_not_grow_past_what_was_agreed(chat: Chat) -> None:
    customer = await Customer.get(name="宏达建材")
    await Customer.filter(id=customer.id).update(credit_limit=Decimal(15_000))
    before = await chat("E005", "SO0316发了顺丰 单号SF1029384756")
    assert "宏达建材 的信用额度不够或有逾期，SO0316 暂时不能发货" in before and "¥" not in before
    await chat("E003", "申请放行SO0316 客户答应周五付款")
    asked = await chat("E003", "确认")
    assert "SO0316 已送审批" in asked
    approval = asked.split("审批：")[1][:6]
    shown = await chat("E009", f"查看{approval}")
    assert "原因：客户答应周五付款" in shown and "超 ¥785.50" in shown
    assert "已放行" in await chat("E009", f"同意{approval} 老客户")
    decided = await chat("E009", f"查看{approval}")
    assert "说明：老客户" in decided and "有效到" in decided
    # What was agreed to ends at this exposure and after seven days.
    owed = Invoice.filter(customer_id=customer.id, total=Decimal("12860.50"))
    grown = await owed.first()
    await owed.update(total=Decimal("12860.51"))
    assert "暂时不能发货" in await chat("E005", "SO0316发了顺丰 单号SF1029384756")
    await Invoice.filter(id=grown.id).update(total=Decimal("12860.50"))
    with travel(now() + days(8)):
        assert "暂时不能发货" in await chat("E005", "SO0316发了顺丰 单号SF1029384756")
    assert "已发货" in await shipped(chat, "SO0316")
    assert await clean()


async def test_an_order_that_nothing_stops_needs_no_release(chat: Chat) -> None:
    assert await chat("E003", "申请放行SO0312 着急") == "SO0312 没有超额度，也没有逾期拦着，可以直接发货"


async def test_the_next_level_is_sent_only_after_the_one_before(chat: Chat) -> None:
    assert "建业工程 ¥64,000.00，最久逾期 15 天，第 1 级" in await chat("E009", "催一下建业")
    assert "已发催款 1 家" in await chat("E009", "确认")
    assert await Dunning.all().values_list("level", flat=True) == [1]
    notices = await Notice.filter(kind="receivable.reminder").values_list("receiver_id", flat=True)
    assert len(notices) == 2  # the contact, and the salesperson in copy
    # Level 2 is from the 15th day on, but not on the day of level 1.
    await chat("E009", "催一下建业")
    await chat("E009", "确认")
    assert await Dunning.all().values_list("level", flat=True) == [1]
    with travel(now() + days(1)):
        assert "第 2 级" in await chat("E009", "催一下建业")
        await chat("E009", "确认")
    assert await Dunning.all().order_by("level").values_list("level", flat=True) == [1, 2]


async def test_a_level_that_blocks_stops_new_orders_until_the_invoice_is_paid(chat: Chat) -> None:
    invoice = await Invoice.filter(customer__name="建业工程").order_by("due_on").first()
    customer = await Customer.get(name="建业工程")
    for level in (1, 2, 3):
        await Dunning.create(invoice=invoice, level=level, open=invoice.total, charge=0, sent_at=now())
    assert (await credit_status(customer.id)).blocked
    await chat("E009", "建业付了64000")
    paid = await chat("E009", "确认")
    assert not (await credit_status(customer.id)).blocked
    # A payment taken back makes the reminder count again.
    await chat("E009", f"撤销收款{paid[:6]}")
    await chat("E009", "确认")
    assert (await credit_status(customer.id)).blocked


async def test_interest_is_amount_times_rate_times_days_over_365_plus_a_fee(chat: Chat) -> None:
    await DunningLevel.filter(level=1).update(rate=Decimal("0.0365"), fee=Decimal(50))
    await chat("E009", "催一下建业")
    await chat("E009", "确认")
    # 64,000.00 × 3.65 % × 15 / 365 + 50.
    assert (await Dunning.all().first()).charge == Decimal("146.00")
    assert (await Notice.filter(kind="receivable.reminder").first()).facts["charge"] == "146.00"


async def test_a_sign_of_risk_is_told_once_and_again_only_after_it_ended(chat: Chat) -> None:
    async def told() -> list[tuple[str, str]]:
        rows = await Notice.filter(kind="customer.risk").order_by("id")
        return [(each.facts["customer"]["name"], each.facts["risk"]) for each in rows]

    async def look(key: str) -> None:
        await run(system(key), Call("risk.watch"), key=key)

    await look("one")
    first = await told()
    # Its owner, and two in finance.
    assert first.count(("建业工程", "overdue")) == 3
    await look("two")
    assert await told() == first
    await chat("E009", "建业付了64000")
    await chat("E009", "确认")
    await look("three")
    assert not await RiskSignal.filter(customer__name="建业工程", kind="overdue", cleared_at=None).exists()
    await chat("E009", "撤销")
    await chat("E009", "确认")
    with travel(now() + days(1)):
        await look("four")
    assert (await told()).count(("建业工程", "overdue")) == 6


async def test_exposure_over_90_percent_and_a_big_order_of_a_late_payer_are_signs(chat: Chat) -> None:
    await Customer.filter(name="宏达建材").update(credit_limit=Decimal(15_900))
    await Customer.filter(name="建业工程").update(credit_limit=None)
    await chat("E003", "建业工程要6204轴承1500个")
    order = (await chat("E003", "确认"))[:6]
    await run(system("k"), Call("risk.watch"), key="k")
    rows = [each.facts for each in await Notice.filter(kind="customer.risk")]
    assert {("宏达建材", "exposure"), ("建业工程", "big_order")} <= {(r["customer"]["name"], r["risk"]) for r in rows}
    assert order in {r["order"]["number"] for r in rows if "order" in r}


async def test_a_payment_habit_that_worsens_is_a_sign(chat: Chat) -> None:
    customer = await Customer.get(name="老王五金店")
    # Nothing but what follows has been paid.
    await sql.rows(
        "DELETE FROM allocation WHERE invoice_id IN (SELECT id FROM invoice WHERE customer_id = $1)", customer.id
    )
    for index, (paid_ago, late) in enumerate([(200, 0), (190, 1), (20, 9), (15, 10), (10, 11)]):
        paid_on = today() - timedelta(days=paid_ago)
        invoice = await Invoice.create(
            number=f"IV9{index:03d}", customer=customer, total=100, paid=100, state="paid",
            issued_on=paid_on - timedelta(days=late), due_on=paid_on - timedelta(days=late),
        )  # fmt: skip
        payment = await Payment.create(
            number=f"RC9{index:03d}", customer=customer, amount=100, allocated=100, state="allocated",
            received_on=paid_on, made_at=now(),
        )  # fmt: skip
        await sql.rows(
            "INSERT INTO allocation (invoice_id, payment_id, amount, reason, made_at, settled_on) VALUES ($1, $2, 100, '', $3, $4)",
            invoice.id, payment.id, now(), paid_on,
        )  # fmt: skip
    await run(system("k"), Call("risk.watch"), key="k")
    rows = [each.facts for each in await Notice.filter(kind="customer.risk")]
    assert {r["figure"] for r in rows if r["customer"]["name"] == "老王五金店" and r["risk"] == "habit"} == {"10"}


async def test_finance_is_told_every_morning_whom_to_remind(chat: Chat) -> None:
    await watch_customers()
    told = await Notice.filter(kind="dunning.due").first()
    assert "建业工程" in [each["customer"]["name"] for each in told.facts["items"]]


async def test_a_customer_who_is_to_be_left_alone_is_reminded_by_nobody_until_that_day_is_over(chat: Chat) -> None:
    last = today() + timedelta(days=3)
    assert (await chat("E009", f"暂停催款建业到{last:%m-%d}")).startswith(f"建业工程 暂停催款\n到：{shown(last)}\n")
    assert await chat("E009", "催一下建业") == (f"建业工程 的催款暂停到 {shown(last)}。要催先发：恢复催款建业工程")
    await watch_customers()
    told = await Notice.filter(kind="dunning.due").first()
    assert told is None or "建业工程" not in [each["customer"]["name"] for each in told.facts["items"]]
    assert f"暂停催款到：{shown(last)}" in await chat("E009", "建业资料")
    assert not await Dunning.all().exists()
    with travel(now() + days(4)):
        assert "第 1 级" in await chat("E009", "催一下建业")
        assert "暂停催款" not in await chat("E009", "建业资料")


async def test_a_pause_ends_by_word_and_can_be_taken_back(chat: Chat) -> None:
    assert await chat("E009", "先别催建业") == "到哪天为止？例如：12-15\n回复 0 取消"
    last = today() + timedelta(days=30)
    await chat("E009", f"{last:%Y-%m-%d}")
    await chat("E009", f"建业暂停催款到{today() + timedelta(days=60):%Y-%m-%d}")
    await chat("E009", "撤销")
    assert (await Customer.get(name="建业工程")).dunning_paused_until == last
    assert await chat("E009", "恢复催款建业") == "建业工程 恢复催款"
    assert "第 1 级" in await chat("E009", "催一下建业")


@pytest.mark.parametrize(
    ("who", "line"),
    [("E009", "暂停催款建业到2020-01-01"), ("E009", "暂停催款建业到2056-01-01"), ("E003", "暂停催款建业到12-30"), ("E003", "打开自动催款"),
     ("C002", "先别催建业到12-30")],
)  # fmt: skip
async def test_a_pause_that_cannot_be_or_is_not_theirs_changes_nothing(chat: Chat, who: str, line: str) -> None:
    said = await chat(who, line)
    assert "暂停催款\n" not in said and "已打开" not in said
    assert not await Customer.filter(dunning_paused_until__isnull=False).exists()
    assert not (await Company.all().first()).auto_dunning


async def test_what_is_due_goes_out_by_itself_once_a_morning_if_the_company_wants_it(chat: Chat) -> None:
    assert (await chat("E009", "打开自动催款")).startswith("要打开自动催款吗")
    assert (await chat("E009", "确认")).startswith("自动催款已打开")
    await watch_customers()
    await watch_customers()
    theirs = Dunning.filter(invoice__customer__name="建业工程")
    assert await theirs.values_list("level", "sent_by_id") == [(1, None)]
    number = (await Customer.get(name="建业工程")).number
    reminded = await Notice.filter(kind="receivable.reminder", about=number).values_list("receiver__number", flat=True)
    assert sorted(reminded) == ["C002", "E003"]
    told = await Notice.filter(kind="dunning.due").first()
    assert told.facts["sent"] is True and "已自动催款" in whole_text(words_of(told))
    with travel(now() + days(1)):
        await watch_customers()
        assert sorted(await theirs.values_list("level", flat=True)) == [1, 2]
        await chat("E009", "关闭自动催款")
    with travel(now() + days(40)):
        await watch_customers()
    assert await theirs.filter(level=3).count() == 0


async def test_one_card_tells_sales_and_finance_the_same_of_a_customer(chat: Chat, api: Api) -> None:
    shown = await chat("E003", "宏达建材电话多少")
    for fact in (
        "周经理 13900001111",
        "负责人：小李",
        "额度：¥50,000.00，已用 ¥15,785.50，可用 ¥34,214.50",
        "逾期：¥0.00",
        "SO0316",
        "最近收款：",
    ):
        assert fact in shown, (fact, shown)
    assert await chat("E009", "宏达资料") == shown
    _, card = await api.get("E009", "customer.query", customer="宏达建材")
    orders = await SalesOrder.filter(customer__name="宏达建材").exclude(state__in=["done", "cancelled", "closed"])
    assert card["open_orders"] == len(orders)
    paid = await Payment.filter(customer__name="宏达建材").order_by("-received_on", "-id").limit(3)
    assert [row["number"] for row in card["payments"]] == [each.number for each in paid]
    status, seen = await api.get("E020", "customer.query", customer="宏达建材")
    assert status == 200 and not {"limit", "exposure", "overdue", "payments", "days_late"} & seen.keys()
    assert (await api.get("C001", "customer.query"))[0] == 403


async def test_finance_sees_on_the_card_what_is_offered_to_a_customer(chat: Chat, api: Api) -> None:
    assert "未完报价" not in await chat("E009", "宏达资料")
    for quantity in ("2000", "3000"):
        items = [{"product": "M8X30", "quantity": quantity}]
        await api.post("E003", "quote.create", customer="宏达建材", items=items)
    await api.post("E003", "quote.cancel", quotation="QU0004")
    last = today() + timedelta(days=15)
    assert f"未完报价：1 份\n· QU0003 草稿 ¥900.00，有效到 {shown(last)}" in await chat("E009", "宏达资料")
    _, card = await api.get("E009", "customer.query", customer="宏达建材")
    assert (card["open_quotations"], [each["number"] for each in card["quotations"]]) == (1, ["QU0003"])


@pytest.mark.parametrize("line", ["宏达额度改-1", "宏达额度改1000000000000", "宏达归到没有的组组", "申请放行SO9999 急"])
async def test_what_cannot_be_changes_no_credit(chat: Chat, line: str) -> None:
    before = await sql.rows("SELECT id, credit_limit, own_limit, group_id FROM customer ORDER BY id")
    await chat("E009", line)
    await chat("E009", "确认")
    assert await sql.rows("SELECT id, credit_limit, own_limit, group_id FROM customer ORDER BY id") == before
