"""Quotations: made, sent, changed in versions, accepted, refused, over."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.jobs.due import run_deadlines
from models import sql
from models.auditing import CHECKS
from models.clock import at_local, now, today
from models.delivery.tables import Notice
from models.sales.tables import Quotation, QuotationLine, SalesOrder
from tests.people import Api, Chat


async def clean() -> list[str]:
    return [name for name, statement in CHECKS.items() if await sql.rows(statement)]


async def quoted(chat: Chat, line: str = "给老王五金店报价 轴承6204一百个", seller: str = "E004") -> str:
    """A quotation's number."""
    await chat(seller, line)
    return (await chat(seller, "确认")).split(" ")[0]


async def test_an_offer_is_echoed_made_sent_and_accepted_by_its_customer(chat: Chat) -> None:
    echo = await chat("E004", "给老王五金店报价 轴承6204一百个")
    assert "请确认报价" in echo and "6204轴承 × 100 个 @¥14.50 = ¥1,450.00" in echo and "其中税：¥166.81" in echo
    made = await chat("E004", "确认")
    assert made.startswith("QU0003 已做好")
    # Until it is sent, it is the house's own business.
    assert await chat("C003", "QU0003") == await chat("C003", "QU0009")
    await chat("E004", "发送QU0003")
    assert "已发给客户" in await chat("E004", "确认")
    assert (await Notice.get(kind="quote.sent", about="QU0003")).facts["total"] == "1450.00"
    assert "QU0003 · 已发送" in await chat("C003", "QU0003")
    await chat("C003", "接受报价QU0003")
    assert "待业务员确认" in await chat("C003", "确认")
    order = await SalesOrder.get(quotation__number="QU0003")
    assert (order.state, order.total) == ("draft", Decimal("1450.00"))
    assert "已下单" in await chat("E004", f"确认订单{order.number}") or "已下单" in await chat("E004", "确认")
    assert "已转订单" in await chat("E004", "QU0003")
    assert await clean() == []


async def test_an_accepted_offer_keeps_its_price_whatever_the_list_says_later(chat: Chat, api: Api) -> None:
    number = await quoted(chat)
    await api.post("E002", "price.set", product="BRG6204", price="20")
    status, order = await api.post("E004", "quote.accept", quotation=number)
    assert (status, order["total"], order["state"]) == (200, "1450.00", "confirmed")
    # Twice accepted is once ordered.
    assert (await api.post("E004", "quote.accept", quotation=number))[0] == 409
    assert await clean() == []


async def test_a_change_is_a_new_version_and_the_old_one_is_kept(chat: Chat, api: Api) -> None:
    number = await quoted(chat)
    await api.post("E004", "quote.send", quotation=number)
    await chat("E004", f"{number}改成轴承6204 200个")
    assert "第 2 版" in await chat("E004", "确认")
    kept = await QuotationLine.filter(quotation__number=number).order_by("version")
    assert [(line.version, line.quantity) for line in kept] == [(1, 100), (2, 200)]
    shown = (await api.get("E004", "quote.show", quotation=number))[1]
    assert (shown["total"], shown["state"], shown["version"]) == ("2900.00", "draft", 2)
    assert await clean() == []


async def test_an_offer_ends_with_its_last_day_and_may_be_prolonged(chat: Chat, api: Api, clock: Path) -> None:
    number = await quoted(chat)
    last = (await Quotation.get(number=number)).valid_until
    assert last == today() + timedelta(days=15)

    def go_to(moment: datetime) -> None:
        clock.write_text(str((moment - now()).total_seconds() + float(clock.read_text() if clock.exists() else 0)))

    go_to(at_local(last, 23))
    await run_deadlines()
    assert (await Quotation.get(number=number)).state == "draft"
    go_to(at_local(last + timedelta(days=1), 1))
    # Over before anything has noticed, and afterwards.
    assert (await api.post("E004", "quote.accept", quotation=number))[1]["why"] == "quotation_expired"
    await run_deadlines()
    assert (await Quotation.get(number=number)).state == "expired"
    assert await Notice.filter(kind="quote.expired", about=number).count() == 1
    await api.post("E004", "quote.modify", quotation=number, days="10")
    assert (await Quotation.get(number=number)).state == "draft"
    assert (await api.post("E004", "quote.accept", quotation=number))[0] == 200
    assert await clean() == []


async def test_an_offer_over_the_limit_becomes_an_order_that_waits(api: Api) -> None:
    items = [{"product": "BRG6204", "quantity": "500"}]
    _, made = await api.post("E004", "quote.create", customer="老王五金店", items=items)
    status, body = await api.post("E004", "quote.accept", quotation=made["number"])
    assert (status, body["state"], bool(body["pending"]["approval"])) == (202, "credit_hold", True)
    assert await clean() == []


async def test_a_discount_on_an_offer_below_the_floor_waits_and_is_a_version_of_its_own(chat: Chat) -> None:
    number = await quoted(chat)
    await chat("E004", f"{number}申请90折 首单")
    told = await chat("E004", "确认")
    assert "等审批" in told
    assert "不能这样操作" in await chat("E004", f"发送{number}")
    assert "已同意" in await chat("E002", f"同意{told.split(' ')[0]}")
    shown = await chat("E004", number)
    assert "¥1,305.00" in shown and "@¥13.05（90%）" in shown and "第 2 版" in shown
    assert await clean() == []


async def test_a_refusal_and_a_cancellation_end_it(chat: Chat, api: Api) -> None:
    first, second = await quoted(chat), await quoted(chat)
    await api.post("E004", "quote.send", quotation=first)
    assert (await api.post("C003", "quote.reject", quotation=first, reason="太贵"))[0] == 200
    assert (await Notice.get(kind="quote.rejected")).facts["reason"] == "太贵"
    assert (await api.post("E004", "quote.cancel", quotation=second))[0] == 200
    for number in (first, second):
        assert (await api.post("E004", "quote.accept", quotation=number))[0] == 409
    listed = await chat("E004", "我的报价")
    assert "共 4 张" in listed and "已拒绝" in listed and "已取消" in listed


@pytest.mark.parametrize(
    "inputs",
    [
        {"items": []},
        {"items": [{"product": "BRG6204", "quantity": "0"}]},
        {"items": [{"product": "BRG6204", "quantity": "-1"}]},
        {"items": [{"product": "BRG6204", "quantity": "1000000000000"}]},
        {"items": [{"product": "BRG6204", "quantity": "1", "unit": "吨"}]},
        {"items": [{"product": "M8BAR", "quantity": "1"}]},
        {"items": [{"product": "BRG6204", "quantity": "1"}], "days": "0"},
        {"items": [{"product": "BRG6204", "quantity": "1"}], "days": "10000"},
    ],
)
async def test_an_offer_that_cannot_be_is_refused(api: Api, inputs: dict) -> None:
    assert (await api.post("E004", "quote.create", customer="老王五金店", **inputs))[0] == 422
    assert await Quotation.all().count() == 2, "the demo's own"


async def test_others_offers_read_like_none(chat: Chat, api: Api) -> None:
    number = await quoted(chat)
    await api.post("E004", "quote.send", quotation=number)
    assert await api.get("C001", "quote.show", quotation=number) == await api.get(
        "C001", "quote.show", quotation="QU0999"
    )
    body = (await api.get("C003", "quote.show", quotation=number))[1]
    assert "sources" not in body["promise"] and body["promise"]["ready"] is True
