"""What we owe suppliers, as finance and purchasing live it in chat; the books are read after each step."""

import pytest

from handlers.actor import person
from handlers.call import Call
from handlers.dispatch import run
from models.clock import today
from models.delivery.tables import Notice
from models.payables.tables import PaymentOut, SupplierInvoice
from models.purchase.tables import PurchaseOrderLine
from tests.books import booked, clean
from tests.people import Api, Chat


async def arrived(quantity: int) -> None:
    """So many 工矿灯 of PO0087 came in."""
    call = Call("stock.in", {"purchase": "PO0087", "quantity": str(quantity)})
    await run(await person("E005"), call, key=f"arrived-{quantity}")


async def test_goods_an_invoice_and_its_payment_leave_nothing_owed(chat: Chat) -> None:
    await arrived(100)
    assert "到货没来票：¥20,500.00（不含税）" in await chat("E009", "佛照的应付")
    echo = await chat("E009", "佛照来票 PO0087 23165")
    assert "请确认登记供应商发票" in echo and "¥23,165.00" in echo and "不含税：¥20,500.00，税 ¥2,665.00" in echo
    bill = (await chat("E009", "确认"))[:6]
    assert await booked(bill) == [("220201", "20500.00"), ("222101", "2665.00"), ("2202", "-23165.00")]
    owed = await chat("E009", "我们欠佛照多少")
    assert "¥23,165.00" in owed and bill in owed and "到货没来票" not in owed
    # More than 20,000, so somebody must agree first.
    assert "确认后送审批" in await chat("E009", "付佛照货款 23165")
    waiting = await chat("E009", "确认")
    payment = (await PaymentOut.all().order_by("-id").first()).number
    assert f"{payment} 要先审批" in waiting and await booked(payment) == []
    assert "付款申请" in await chat("E001", "待审批")
    approval = waiting.split("审批：")[1][:6]
    assert f"{payment} 佛照 可以付款了" in await chat("E001", f"同意{approval}")
    assert "请确认付款" in await chat("E009", f"付款{payment}")
    paid = await chat("E009", "确认")
    assert f"{payment} 已付款" in paid and f"冲 {bill} ¥23,165.00" in paid and "还欠供应商：¥0.00" in paid
    assert await booked(payment) == [
        ("1123", "23165.00"), ("1002", "-23165.00"), ("2202", "23165.00"), ("1123", "-23165.00"),
    ]  # fmt: skip
    assert await clean()


async def test_a_price_difference_goes_to_its_account_and_a_slip_of_the_pen_is_refused(chat: Chat) -> None:
    await arrived(100)
    refused = await chat("E009", "PO0087来票231650")
    assert refused == "金额“231650”离采购价太远，按采购价应是 ¥23,165.00，请核对"
    await chat("E009", "PO0087来票23730")
    bill = (await chat("E009", "确认"))[:6]
    assert await booked(bill) == [
        ("220201", "20500.00"), ("222101", "2730.00"), ("1404", "500.00"), ("2202", "-23730.00"),
    ]  # fmt: skip
    assert await clean()


async def test_what_each_receipt_was_rounded_to_is_taken_off_again_by_the_invoice(chat: Chat) -> None:
    await PurchaseOrderLine.filter(order__number="PO0087").update(price="20.335")
    for each in (1, 3):
        # 20.34 and 61.01 make 81.35; four at once would be 81.34.
        await arrived(each)
    await chat("E009", "PO0087来票")
    bill = (await chat("E009", "确认"))[:6]
    assert (await booked(bill))[0] == ("220201", "81.35")
    assert await clean()


async def test_goods_are_invoiced_once(chat: Chat) -> None:
    assert "没有到货未来票的部分" in await chat("E009", "PO0087来票")
    await arrived(100)
    await chat("E009", "PO0087来票")
    assert "¥23,165.00" in await chat("E009", "确认")
    assert "没有到货未来票的部分" in await chat("E009", "PO0087来票")
    assert await SupplierInvoice.filter(purchase__number="PO0087").count() == 1


async def test_a_payment_ahead_is_taken_off_the_invoice_that_comes_later(chat: Chat, api: Api) -> None:
    await chat("E012", "申请付款 PO0087 1万")
    asked = await chat("E012", "确认")
    payment = asked[:6]
    assert asked.startswith(f"{payment} 待付款")
    await chat("E009", f"付款{payment}")
    assert "预付：¥10,000.00" in await chat("E009", "确认")
    await arrived(100)
    await chat("E009", "PO0087来票")
    assert "未付：¥13,165.00" in await chat("E009", "确认")
    _, owed = await api.get("E009", "payable.query", supplier="佛照")
    assert (owed["amount"], owed["advance"]) == ("13165.00", "0.00")
    assert await clean()


async def test_an_invoice_taken_back_makes_its_payment_an_advance_and_the_goods_wait_again(
    chat: Chat, api: Api
) -> None:
    await arrived(10)
    await chat("E009", "PO0087来票")
    bill = (await chat("E009", "确认"))[:6]
    await chat("E009", "付佛照货款2316.5")
    assert "还欠供应商：¥0.00" in await chat("E009", "确认")
    await chat("E009", f"作废{bill}")
    assert f"{bill} 已作废" in await chat("E009", "确认")
    _, owed = await api.get("E009", "payable.query", supplier="佛照")
    assert (owed["amount"], owed["advance"], owed["unbilled"]) == ("0.00", "2316.50", "2050.00")
    assert await clean()


async def test_goods_that_are_invoiced_are_not_sent_back_before_the_invoice_is(chat: Chat) -> None:
    await arrived(10)
    await chat("E009", "PO0087来票")
    await chat("E009", "确认")
    assert "供应商已开票" in await chat("E005", "撤回GR0003") + await chat("E005", "确认")
    assert await clean()


async def test_a_payment_made_wrongly_is_taken_back_within_ten_minutes(chat: Chat, api: Api) -> None:
    await arrived(10)
    await chat("E009", "PO0087来票")
    await chat("E009", "确认")
    await chat("E009", "付佛照货款 1000")
    assert "还欠供应商：¥1,316.50" in await chat("E009", "确认")
    assert "请确认撤销" in await chat("E009", "撤销")
    assert "已撤销" in await chat("E009", "确认")
    assert (await api.get("E009", "payable.query", supplier="佛照"))[1]["amount"] == "2316.50"
    assert await clean()


async def test_nobody_pays_more_for_a_purchase_than_it_comes_to(chat: Chat) -> None:
    await chat("E009", "申请付款 PO0087 12万3千")
    assert "审批中" in await chat("E009", "确认")
    # 123,000.00 without tax is 138,990.00.
    assert (
        await chat("E009", "申请付款 PO0087 2万")
        == "PO0087 最多还能付 ¥15,990.00，¥20,000.00 付多了。已申请和已付的都算在内"
    )
    assert await PaymentOut.filter(purchase__number="PO0087").count() == 1


async def test_a_payment_that_is_refused_is_not_paid(chat: Chat) -> None:
    await chat("E012", "申请付款 PO0087 5万")
    asked = await chat("E012", "确认")
    payment, approval = asked[:6], asked.split("审批：")[1][:6]
    assert (await chat("E001", f"驳回{approval}")).startswith(
        f"{approval} 已驳回\n{payment} 佛照 不付，申请人会收到通知\n"
    )
    assert "现在是“已驳回”" in await chat("E009", f"付款{payment}")
    assert await booked(payment) == []


async def test_what_falls_due_this_week_is_listed_with_what_is_late(chat: Chat) -> None:
    await chat("E009", "正泰的运费发票 1090")
    await chat("E009", "确认")
    bill = (await SupplierInvoice.filter(purpose="运费").first()).number
    assert bill not in await chat("E009", "这周要付哪些")
    await SupplierInvoice.filter(number=bill).update(due_on=today())
    assert f"{bill} 正泰 ¥1,090.00" in await chat("E009", "这周要付哪些")
    assert await booked(bill) == [("6602", "964.60"), ("222101", "125.40"), ("2202", "-1090.00")]


async def test_a_budget_warns_at_80_percent_and_asks_the_general_manager_above_100(chat: Chat) -> None:
    await chat("E009", "采购的办公用品预算10000")
    assert "采购 办公用品 ¥10,000.00" in await chat("E009", "确认")
    await chat("E012", "申请付款正泰7999元采购的办公用品")
    assert "预算快用完了" not in await chat("E012", "确认")
    assert await Notice.filter(kind="budget.low").count() == 0
    await chat("E012", "申请付款正泰1元采购的办公用品")
    assert "用到 80.0%（¥8,000.00 / ¥10,000.00）" in await chat("E012", "确认")
    # The head of 采购 asked herself and is told nevertheless: finance is too.
    assert await Notice.filter(kind="budget.low").count() == 3, await Notice.filter(kind="budget.low").values(
        "receiver_id"
    )
    await chat("E012", "申请付款正泰2000.01元采购的办公用品")
    over = await chat("E012", "确认")
    assert "超预算，要总经理同意" in over and "审批中" in over
    assert "超预算付款" in await chat("E001", "待审批")
    assert "用了 ¥10,000.01（100.0%）" in await chat("E009", "预算")


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("付佛照货款0", "要大于 0"),
        ("付佛照货款-5", ""),
        ("付佛照货款1000000000000", "太大了"),
        ("付没有的公司货款 100", "没找到这个供应商"),
        ("正泰的运费发票 0", "要大于 0"),
        ("付款PM9999", "没有找到"),
        ("没有部门的办公用品预算100", "没找到这个部门"),
    ],
)
async def test_a_payment_that_cannot_be_is_refused_and_nothing_is_written(chat: Chat, line: str, refused: str) -> None:
    assert refused in await chat("E009", line)
    await chat("E009", "确认")
    assert await PaymentOut.all().count() == 1, "the demo's own"


async def test_customers_and_salespeople_have_nothing_to_do_with_payables(api: Api) -> None:
    for who in ("C001", "E003", "E006"):
        assert (await api.get(who, "payable.query"))[0] == 403
        assert (await api.post(who, "payable.pay", supplier="佛照", amount="1"))[0] == 403
    assert (await api.post("E012", "payable.pay", supplier="佛照", amount="1"))[0] == 403
