"""Ways in which suppliers are paid, and bills: what they are in the books until the bank has paid them."""

import pytest

from models import sql
from models.finance.tables import Payment
from models.payables.tables import PaymentOut
from tests.books import booked, clean
from tests.days import ahead, shown
from tests.handlers.test_stock_races import together
from tests.people import Api, Chat

LEFT = "SELECT coalesce(sum(l.amount), 0)::text AS amount FROM journal_line l JOIN account a ON a.id = l.account_id WHERE a.code = $1"


async def left(account: str) -> str:
    """What lies on an account."""
    row = await sql.row(LEFT, account)
    assert row is not None
    return str(row["amount"])


async def do(chat: Chat, who: str, line: str) -> str:
    assert (await chat(who, line)).startswith("请确认"), line
    return await chat(who, "确认")


async def took(chat: Chat) -> str:
    """A bill over 3,000.00 from 宏达建材: its number."""
    await do(chat, "E009", "收到宏达承兑3000")
    return (await Payment.all().order_by("-id").first()).number


async def gave(chat: Chat) -> str:
    """A bill over 2,000.00 to 正泰: its number."""
    await do(chat, "E009", "付正泰承兑2000")
    return (await PaymentOut.all().order_by("-id").first()).number


@pytest.mark.parametrize(
    ("line", "way", "account"),
    [
        ("付正泰1000", "转账", "1002"),
        ("现金付正泰货款1000", "现金", "1001"),
        ("用微信付正泰1000", "微信", "1012"),
        ("支付宝付了正泰1000", "支付宝", "1012"),
        ("付正泰承兑1000", "承兑", "2201"),
    ],
)
async def test_a_supplier_is_paid_out_of_what_was_said(chat: Chat, line: str, way: str, account: str) -> None:
    facts = f"¥1,000.00\n供应商：正泰\n付款：{shown(ahead(0))}，{way}\n· 冲 SI0001 ¥1,000.00，还欠 ¥17,650.00\n还欠供应商：¥17,650.00"
    assert await chat("E009", line) == f"请确认付款\n{facts}\n回复 1 确认 / 0 取消"
    assert await chat("E009", "1") == f"PM0002 已付款\n{facts}"
    settled = [("2202", "1000.00"), ("1123", "-1000.00")]
    assert await booked("PM0002") == [("1123", "1000.00"), (account, "-1000.00"), *settled]
    await do(chat, "E009", "撤销付款PM0002")
    assert (await booked("PM0002"))[-2:] == [(account, "1000.00"), ("1123", "-1000.00")]
    assert await clean()


async def test_the_way_is_kept_while_somebody_has_to_agree(chat: Chat) -> None:
    await do(chat, "E009", "付佛照承兑50000")
    assert (await PaymentOut.get(number="PM0002")).state == "pending_approval" and await left("2201") == "0"
    assert "已同意" in await chat("E001", "同意AP0019")
    assert "付款：" + shown(ahead(0)) + "，承兑" in await do(chat, "E009", "付款PM0002")
    assert await left("2201") == "-50000.00" and await clean()


async def test_a_bill_that_came_in_is_money_when_the_bank_has_paid_it(chat: Chat) -> None:
    number, bank = await took(chat), await left("1002")
    assert await left("1121") == "3000.00"
    assert await chat("E009", "承兑汇票") == (
        f"没到期的承兑 1 张\n收到的：¥3,000.00\n开出的：¥0.00\n· {number} 宏达建材 ¥3,000.00，{shown(ahead(0))}收到\n"
        f"到期后写：{number}承兑到账"
    )
    facts = f"¥3,000.00\n客户：宏达建材\n存入银行：{shown(ahead(0))}"
    assert await chat("E009", f"{number}承兑到账") == f"请确认承兑到账 {number}\n{facts}\n回复 1 确认 / 0 取消"
    assert await left("1121") == "3000.00"
    assert await chat("E009", "1") == f"{number} 承兑已到账\n{facts}"
    assert (await booked(number))[-2:] == [("1002", "3000.00"), ("1121", "-3000.00")]
    assert await left("1121") == "0.00" and await clean()
    assert await chat("E009", f"{number}承兑到账") == f"{number} 现在是“承兑已兑付”，不能这样操作"
    assert await chat("E009", f"撤销收款{number}") == f"{number} 现在是“承兑已兑付”，不能这样操作"
    assert await do(chat, "E009", "撤销") == f"{number} 已撤销承兑到账\n¥3,000.00\n客户：宏达建材"
    assert (await left("1121"), await left("1002")) == ("3000.00", bank)
    await do(chat, "E009", f"撤销收款{number}")
    assert await left("1121") == "0.00" and await clean()


async def test_a_bill_of_ours_is_owed_until_the_bank_has_paid_it(chat: Chat) -> None:
    number = await gave(chat)
    assert await left("2201") == "-2000.00"
    assert "开出的承兑：¥2,000.00" in await chat("E009", "账上还有多少钱")
    assert await do(chat, "E009", f"{number}承兑兑付") == (
        f"{number} 承兑已兑付\n¥2,000.00\n供应商：正泰\n从银行付出：{shown(ahead(0))}"
    )
    assert (await booked(number))[-2:] == [("1002", "-2000.00"), ("2201", "2000.00")]
    assert await left("2201") == "0.00" and await clean()
    assert await chat("E009", f"撤销付款{number}") == f"{number} 现在是“承兑已兑付”，不能这样操作"
    await do(chat, "E009", f"撤销承兑兑付{number}")
    await do(chat, "E009", f"撤销付款{number}")
    assert await left("2201") == "0.00" and await clean()


async def test_only_a_bill_is_cashed_by_finance_and_not_before_it_came(chat: Chat, api: Api) -> None:
    number = await took(chat)
    await do(chat, "E009", "老王五金店付了100")
    money = (await Payment.all().order_by("-id").first()).number
    assert await chat("E009", f"{money}承兑到账") == f"{money} 现在是“没有承兑”，不能这样操作"
    status, body = await api.post("E009", "bill.collect", payment=number, date=f"{ahead(-1)}")
    assert (status, body["code"]) == (422, "before_document")
    status, body = await api.post("E003", "bill.collect", payment=number)
    assert (status, body["code"]) == (403, "no_right")
    assert await left("1121") == "3000.00" and await clean()


@pytest.mark.commits
async def test_a_bill_is_cashed_once_or_taken_back_but_not_both(database: str, chat: Chat) -> None:
    number = await took(chat)
    cash = ("bill.collect", {"payment": number})
    outcomes = await together(("E009", *cash), ("E019", *cash), ("E009", "payment.cancel", {"payment": number}))
    assert sorted(outcomes) == sorted([number, "wrong_state", "wrong_state"])
    assert await left("1121") == "0.00" and await clean()
