"""The closing of months as an accountant lives it: in order, after its checks, with the year's profit at its end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from handlers.actor import person
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.books.tables import ClosedPeriod, JournalEntry
from models.clock import at_local, now, today, travel
from models.purchase.tables import GoodsReceipt
from models.system.tables import AuditEntry
from tests.books import booked, clean
from tests.people import Api, Chat

EARNED = """
SELECT coalesce(-sum(l.amount), 0) AS profit FROM journal_line l JOIN journal_entry e ON e.id = l.entry_id
JOIN account a ON a.id = l.account_id WHERE a.kind IN ('income', 'expense') AND e.closes = '' AND e.booked_on BETWEEN $1 AND $2
"""


def month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


async def earned(first: date, last: date) -> Decimal:
    return (await sql.rows(EARNED, first, last))[0]["profit"]


async def open_months() -> list[str]:
    """The months that are over and not closed, from the first with an entry on, as people type them."""
    month, found = month_before(today()), []
    begun = (await JournalEntry.all().order_by("booked_on").first()).booked_on.replace(day=1)
    while month >= begun:
        found.append(f"{month:%Y-%m}")
        month = month_before(month)
    closed = await closed_months()
    return [month for month in found[::-1] if month not in closed]


async def closed_months() -> set[str]:
    return {each.month for each in await ClosedPeriod.all()}


async def close(chat: Chat, month: str) -> str:
    await chat("E009", f"结账{month}")
    return await chat("E009", "确认")


async def close_all(chat: Chat) -> list[str]:
    months = await open_months()
    for month in months:
        assert f"{month} 已结账" in await close(chat, month)
    return months


async def sheet() -> dict:
    return (await run(await person("E009"), Call("ledger.balance"))).facts


async def test_a_month_is_closed_in_order_and_says_what_it_did(chat: Chat) -> None:
    months, before = await open_months(), await closed_months()
    assert (await chat("E009", "上个月结账")).startswith(f"{months[-1]} 之前还有没结的月份，要按顺序，先结 {months[0]}")
    assert await closed_months() == before
    # The first month may have earned nothing yet; the last has.
    for month in months[:-1]:
        assert f"{month} 已结账" in await close(chat, month)
    first, last = date.fromisoformat(f"{months[-1]}-01"), today().replace(day=1) - timedelta(days=1)
    echo = await chat("E009", f"结账{months[-1]}")
    assert echo.startswith(f"请确认结账 {months[-1]}") and "已检查：账实相符、借贷平衡；" in echo
    assert not await ClosedPeriod.exists(month=months[-1])
    closed = await chat("E009", "确认")
    assert f"结转凭证：JZ{months[-1]}，损益转入本年利润" in closed
    carried = next(Decimal(amount) for code, amount in await booked(f"JZ{months[-1]}") if code == "4103")
    assert carried == -await earned(first, last) != 0
    assert await clean()


async def test_a_closed_month_takes_no_more_entries_and_is_closed_once(chat: Chat, api: Api) -> None:
    months = await close_all(chat)
    status, again = await api.post("E009", "ledger.close", period=months[-1])
    assert (status, again["code"]) == (409, "period_closed")
    day = month_before(today()).isoformat()
    status, late = await api.post("E009", "payment.record", customer="宏达建材", amount="1", date=day)
    assert (status, late["code"]) == (409, "period_closed")
    assert await clean()


async def test_the_statements_of_a_closed_month_say_what_they_said_before(chat: Chat, api: Api) -> None:
    month = f"{month_before(today()):%Y-%m}"
    before = (await api.get("E009", "ledger.income", period=month))[1]
    balance = (await api.get("E009", "ledger.balance", period=month))[1]
    await close_all(chat)
    assert (await api.get("E009", "ledger.income", period=month))[1] == before
    after = (await api.get("E009", "ledger.balance", period=month))[1]
    assert {**after, "equity": None} == {**balance, "equity": None}
    assert after["total_assets"] == f"{Decimal(after['total_liabilities']) + Decimal(after['total_equity'])}"


async def test_the_last_closed_month_is_opened_again_for_a_reason_and_what_it_booked_is_reversed(chat: Chat) -> None:
    months = await close_all(chat)
    last = months[-1]
    assert f"只能反结账最后结的月份：{last}" in await chat("E009", f"反结账{months[0]} 漏了一张票")
    assert "为什么要反结账" in await chat("E009", f"反结账{last}")
    assert "请确认反结账" in await chat("E009", "漏记一张运费发票")
    assert f"{last} 已反结账，可以记账" in await chat("E009", "确认")
    assert not await ClosedPeriod.exists(month=last)
    sums: dict[str, Decimal] = {}
    for code, amount in await booked(f"JZ{last}"):
        sums[code] = sums.get(code, Decimal(0)) + Decimal(amount)
    assert set(sums.values()) == {Decimal(0)}
    kept = await AuditEntry.filter(handler="ledger.reopen").order_by("-id").first()
    assert kept.inputs["reason"] == "漏记一张运费发票"
    # Something is booked into it, and it is closed again.
    day = date.fromisoformat(f"{last}-15")
    await chat("E009", f"正泰 {day.isoformat()}来票 113 运费")
    await chat("E009", "确认")
    assert f"{last} 已结账" in await close(chat, last)
    assert await clean()


@pytest.mark.parametrize("who", ["E019", "E002", "E003"])
async def test_a_month_is_not_opened_again_by_others(chat: Chat, api: Api, who: str) -> None:
    months = await close_all(chat)
    status, body = await api.post(who, "ledger.reopen", period=months[-1], reason="试试")
    assert (status, body["code"]) == (403, "no_right")
    assert await ClosedPeriod.exists(month=months[-1])


async def test_the_general_manager_may_open_a_month_again(chat: Chat, api: Api) -> None:
    months = await close_all(chat)
    assert (await api.post("E001", "ledger.reopen", period=months[-1], reason="审计调整"))[0] == 200


async def test_what_stands_in_the_way_of_a_closing_is_listed_and_nothing_is_closed(chat: Chat) -> None:
    month, before = (await open_months())[0], await closed_months()
    with travel(at_local(date.fromisoformat(f"{month}-28"), 12)):
        await chat("E005", "角阀少了200个 盘亏")
        await chat("E005", "开始盘点二号仓")
        await chat("E005", "PO0087到了5个")
    await GoodsReceipt.filter(order__number="PO0087").update(received_at=now() - timedelta(days=300))
    await sql.rows("UPDATE invoice SET paid = paid - 1 WHERE id = (SELECT min(id) FROM invoice WHERE paid > 1)")
    said = await chat("E009", f"结账{month}")
    assert said.startswith(f"{month} 还不能结账，先处理：")
    assert "没做到“账实相符、借贷平衡”：" in said and "发票已收与核销" in said
    assert "没做到“到货超过 90 天都已来票”：PO0087" in said
    assert "没做到“盘点、库存调整和坏账都已审批”：SA" in said and "ST" in said
    assert await closed_months() == before


async def test_the_year_ends_with_its_profit_carried_to_what_is_not_distributed(chat: Chat) -> None:
    year = today().year
    with travel(at_local(date(year + 1, 1, 5), 10)):
        profit = await earned(date(year, 1, 1), date(year, 12, 31))
        ended = Call("ledger.balance", {"period": f"{year}-12-31"})
        me = await person("E009")
        before = (await run(me, ended)).facts
        assert Decimal(before["profit"]) == profit != 0
        *_, december = months = await open_months()
        for month in months:
            said = await close(chat, month)
        assert f"本年利润：¥{profit:,.2f} 转入未分配利润" in said or profit < 0
        after = (await run(me, ended)).facts
        assert after["profit"] == "0.00"
        assert Decimal(after["undistributed"]) == Decimal(before["undistributed"]) + profit
        assert after["total_equity"] == before["total_equity"] and after["total_assets"] == before["total_assets"]
        assert (await booked(f"JZ{december}"))[-2:] == [("4103", f"{profit}"), ("4104", f"{-profit}")]
        assert await balance_of("4103") == 0
        # The next year begins with nothing earned.
        assert Decimal((await sheet())["profit"]) == await earned(date(year + 1, 1, 1), today())
        await chat("E009", f"反结账{december} 审计调整")
        await chat("E009", "确认")
        assert (await run(me, ended)).facts == before
    assert await clean()


async def balance_of(code: str) -> Decimal:
    rows = await sql.rows(
        "SELECT sum(l.amount) AS sum FROM journal_line l JOIN account a ON a.id = l.account_id WHERE a.code = $1", code
    )
    return rows[0]["sum"]


@pytest.mark.parametrize("line", ["结账昨天", "结账本月", "结账今年", f"结账{today().year + 1}-12"])
async def test_only_a_month_that_is_over_is_closed(chat: Chat, line: str) -> None:
    before = await closed_months()
    assert "要是已经过完的月份" in await chat("E009", line)
    assert await closed_months() == before
