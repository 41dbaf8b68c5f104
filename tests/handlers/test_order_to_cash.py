"""From goods that left to money in the bank, as finance lives it in chat; the books are read after each step."""

from decimal import Decimal

import pytest

from models import sql
from models.clock import today
from models.delivery.tables import Notice
from models.party.tables import Customer, Person
from tests.books import booked, clean
from tests.people import Api, Chat


async def test_an_order_becomes_goods_an_invoice_money_and_entries_that_balance(chat: Chat) -> None:
    await chat("E005", "312发了顺丰 单号SF1029384756")
    assert "已发货" in await chat("E005", "确认")
    # 5,000 M8×30 at a moving average of 0.2635.
    assert await booked("DN0103") == [("1405", "-1317.50"), ("6401", "1317.50")]
    await chat("E009", "宏达抬头宏达建材有限公司 税号91330100MA28ABCD12")
    asked = await chat("E009", "开票 SO0312 专票")
    assert "请确认开票" in asked and "¥2,250.00" in asked and "税 ¥258.85" in asked
    issued = await chat("E009", "确认")
    number = issued.split("IV")[1][:4]
    assert await booked(f"IV{number}") == [("1122", "2250.00"), ("6001", "-1991.15"), ("222102", "-258.85")]
    assert "额度 ¥50,000.00" not in await chat("C001", "宏达额度")
    assert "IV" + number in await chat("E009", "SO0312的票开了没")
    await chat("E009", "宏达付了2250")
    paid = await chat("E009", "确认")
    # Not named, so the oldest due goes first: what was owed before.
    assert "已入账" in paid and "还欠：¥12,860.50" in paid
    assert "¥12,860.50" in await chat("C001", "我还欠多少钱")
    assert await Notice.filter(kind="payment.received").count() >= 1
    assert await clean()


async def test_an_advance_stays_on_account_lowers_exposure_and_settles_what_it_is_told_to(chat: Chat, api: Api) -> None:
    await chat("E009", "宏达预付款两万")
    assert "预收余额：¥20,000.00" in await chat("E009", "确认")
    assert "可用额度 ¥54,214.50" in await chat("E003", "宏达额度")
    settled = await chat("E009", "核销RC" + await _last_payment())
    assert "还欠：¥0.00" in settled and "预收余额：¥7,139.50" in settled
    # Exposure does not move: the same money counts once.
    assert "可用额度 ¥54,214.50" in await chat("E003", "宏达额度")
    await chat("E009", "给宏达退款7139.5")
    assert "预收余额：¥0.00" in await chat("E009", "确认")
    assert "可用额度 ¥47,075.00" in await chat("E003", "宏达额度")
    statement = (await api.get("C001", "statement.get"))[1]
    assert (statement["closing"], statement["items"][-1]["kind"], statement["items"][-1]["amount"]) == (
        "0.00",
        "refund",
        "7139.50",
    )
    assert await clean()


async def test_a_red_letter_invoice_gives_back_what_was_paid_and_what_can_be_invoiced(chat: Chat) -> None:
    await chat("E005", "312发了顺丰 单号SF1029384756")
    await chat("E005", "确认")
    await chat("E009", "SO0312开票")
    await chat("E009", "确认")
    await chat("E009", "宏达付了15110.5")
    assert "还欠：¥0.00" in await chat("E009", "确认")
    # Two invoices were just spoken of: it asks which.
    assert "哪张发票" in await chat("E009", "作废那张发票")
    await chat("E009", f"IV{await _last_invoice()}")
    voided = await chat("E009", "确认")
    assert "已红冲" in voided and "-¥2,250.00" in voided
    assert "SO0312" in await chat("E009", "还有哪些没开票")
    assert (
        await sql.rows(
            "SELECT sum(p.amount - p.allocated - p.refunded)::text AS rest FROM payment p JOIN customer c "
            "ON c.id = p.customer_id WHERE p.state <> 'cancelled' AND c.name = '宏达建材'"
        )
    )[0]["rest"] == "2250.00"
    assert await clean()


async def test_a_payment_recorded_wrongly_is_taken_back_within_ten_minutes(chat: Chat) -> None:
    await chat("E009", "建业付了64000")
    assert "还欠：¥64,000.00" in await chat("E009", "确认")
    await chat("E009", "撤销")
    assert "已撤销" in await chat("E009", "确认")
    assert "¥128,000.00" in await chat("E009", "建业还欠多少")
    assert await clean()


@pytest.mark.parametrize("line", ["宏达付了0", "宏达付了-5", "宏达付了10000000000000"])
async def test_an_amount_that_cannot_be_is_refused_and_books_nothing(chat: Chat, line: str) -> None:
    before = await sql.rows("SELECT count(*) AS n FROM payment")
    await chat("E009", line)
    await chat("E009", "确认")
    assert await sql.rows("SELECT count(*) AS n FROM payment") == before


async def test_a_frozen_customer_gets_no_order_until_it_is_thawed(chat: Chat) -> None:
    await chat("E009", "建业先冻结 不许下单")
    assert "已冻结" in await chat("E009", "确认")
    assert "已被财务冻结" in await chat("E003", "建业工程要6204轴承10个")
    await chat("E009", "解冻建业")
    assert "已解冻" in await chat("E009", "确认")
    assert "请确认订单" in await chat("E003", "建业工程要6204轴承10个")


async def test_the_ageing_and_the_statement_agree_with_plain_sums(chat: Chat, api: Api) -> None:
    status, aged = await api.get("E009", "receivable.aging")
    owed = (await sql.rows("SELECT sum(total - paid) AS sum FROM invoice"))[0]["sum"]
    assert status == 200 and Decimal(aged["total"]) == owed
    buckets = ("current", "d30", "d60", "d90", "d120", "over")
    assert sum(Decimal(aged[bucket]) for bucket in buckets) == owed
    status, statement = await api.get("C002", "statement.get")
    assert (status, statement["closing"]) == (200, "128000.00")
    assert "建业工程 ¥64,000.00" in await chat("E009", "逾期客户")


async def test_customers_see_their_own_money_and_nobody_elses(chat: Chat, api: Api) -> None:
    assert (await api.get("C001", "receivable.query"))[1]["receivable"] == "12860.50"
    assert (await api.get("C001", "receivable.query", customer="建业工程"))[0] == 404
    assert (await api.get("C001", "receivable.aging"))[0] == 403
    # 建业工程 belongs to 小李; 小赵 sits in the same department and may look at the team's.
    assert (await api.get("E006", "receivable.query", customer="建业工程"))[0] == 403


async def test_salespeople_see_what_waits_for_an_invoice_of_their_teams_customers_only(chat: Chat) -> None:
    await chat("E005", "312发了顺丰 单号SF1029384756")
    await chat("E005", "确认")
    assert "SO0312" in await chat("E003", "还有哪些没开票")
    manager = await Person.get(number="E001")
    await Customer.filter(name="宏达建材").update(owner_id=manager.id)
    assert "SO0312" not in await chat("E004", "还有哪些没开票")
    assert "SO0312" in await chat("E009", "还有哪些没开票")


async def test_assets_equal_liabilities_and_equity_and_debits_equal_credits(api: Api) -> None:
    _, sheet = await api.get("E009", "ledger.balance")
    assert Decimal(sheet["total_assets"]) == Decimal(sheet["total_liabilities"]) + Decimal(sheet["total_equity"])
    _, trial = await api.get("E009", "ledger.trial", period=str(today().year))
    assert trial["debit"] == trial["credit"] != "0.00"
    _, cash = await api.get("E009", "cash.query")
    _, flow = await api.get("E009", "report.cashflow", period=str(today().year))
    assert flow["closing"] == cash["total"]


async def _last_payment() -> str:
    return (await sql.rows("SELECT substr(max(number), 3) AS number FROM payment"))[0]["number"]


async def _last_invoice() -> str:
    return (await sql.rows("SELECT substr(max(number), 3) AS number FROM invoice"))[0]["number"]
