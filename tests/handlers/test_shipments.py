"""Deliveries: three facts about an order, a part that is signed for, and one that is taken back because it never left."""

from decimal import Decimal

import pytest

from models.delivery.tables import Notice
from models.product.tables import Product
from models.sales.tables import Delivery, SalesOrder
from models.stock.reservation import held_by
from tests.books import clean
from tests.handlers.test_stock_documents import booked, on_hand
from tests.people import Api, Chat

FACTS = ("delivery_state", "invoice_state", "payment_state")


async def three(api: Api, order: str, who: str = "E003") -> tuple[str, ...]:
    """How far an order is delivered, invoiced and paid, in an answer and in a list, which agree."""
    shown = (await api.get(who, "order.status", order=order))[1]
    listed = (await api.get(who, "order.list", customer="宏达建材"))[1]["items"]
    row = next(each for each in listed if each["number"] == order)
    for name in FACTS:
        assert (row[name], row[f"{name}_text"]) == (shown[name], shown[f"{name}_text"])
    return tuple(shown[name] for name in FACTS)


async def ship(api: Api, order: str, quantity: int, product: str = "M8X30") -> str:
    """So much leaves, fetched by the customer; the delivery's number."""
    items = [{"product": product, "quantity": str(quantity)}]
    status, body = await api.post("E005", "ship.confirm", order=order, items=items, carrier="自提")
    assert status == 200, body
    return str(body["number"])


async def test_delivery_invoice_and_payment_are_three_facts(chat: Chat, api: Api) -> None:
    assert await three(api, "SO0312") == ("pending", "none", "unpaid")
    await ship(api, "SO0312", 2000)
    assert await three(api, "SO0312") == ("partial", "none", "unpaid")
    await api.post("E009", "invoice.issue", order="SO0312")
    assert await three(api, "SO0312") == ("partial", "partial", "unpaid")
    await api.post("E009", "payment.record", customer="宏达建材", amount="400", order="SO0312")
    assert await three(api, "SO0312") == ("partial", "partial", "partial")
    await api.post("E009", "payment.record", customer="宏达建材", amount="500", order="SO0312")
    # All that is invoiced is paid, but not all of the order is invoiced.
    assert await three(api, "SO0312") == ("partial", "partial", "partial")
    await ship(api, "SO0312", 3000)
    assert await three(api, "SO0312") == ("delivered", "partial", "partial")
    assert "，部分开票" in await chat("E003", "宏达的订单")
    await api.post("E009", "invoice.issue", order="SO0312")
    assert await three(api, "SO0312") == ("delivered", "invoiced", "partial")
    await api.post("E009", "payment.record", customer="宏达建材", amount="1350", order="SO0312")
    assert await three(api, "SO0312") == ("delivered", "invoiced", "paid")
    assert "已发 100%，已开票 100%，已收清" in await chat("E003", "SO0312")
    # The warehouse sees how far it is delivered, and nothing of money.
    _, seen = await api.get("E005", "order.status", order="SO0312")
    assert seen["delivery_state_text"] == "已发完" and not {"invoice_state", "payment_state"} & seen.keys()


async def test_what_is_to_come_back_is_an_exception_and_what_was_cancelled_needs_nothing(chat: Chat, api: Api) -> None:
    await ship(api, "SO0316", 1500)
    await chat("E003", "SO0316退m8x30 20个 生锈")
    await chat("E003", "确认")
    assert await three(api, "SO0316") == ("exception", "none", "unpaid")
    await api.post("E003", "order.cancel", order="SO0312")
    assert (await three(api, "SO0312"))[0] == "none"


async def test_a_part_is_signed_for_while_the_rest_has_not_left(chat: Chat, api: Api) -> None:
    first, second = await ship(api, "SO0312", 2000), await ship(api, "SO0312", 1000)
    assert (await chat("C001", f"{first}收到了")).startswith("SO0312 这一批已签收\n客户：宏达建材\n其余：部分发货 60%")
    assert [each.state for each in await Delivery.filter(order__number="SO0312").order_by("id")] == [
        "delivered",
        "shipped",
    ]
    assert f"{first} 现在是“已签收”" in await chat("C001", f"{first}收到了")
    assert (await SalesOrder.get(number="SO0312")).state == "in_progress"
    # The order by its number: all that is on its way.
    assert "这一批已签收" in await chat("C001", "SO0312收到了")
    assert (await Delivery.get(number=second)).state == "delivered"
    await ship(api, "SO0312", 2000)
    assert (await chat("C001", "SO0312收到了")).startswith("SO0312 已签收\n")
    order = await SalesOrder.get(number="SO0312")
    assert order.state == "done" and order.received_at is not None
    assert await Notice.filter(kind="order.delivered", about="SO0312", receiver__number="E003").exists()
    assert await clean()


async def test_a_customer_signs_for_nobody_elses_delivery(chat: Chat, api: Api) -> None:
    sent = await ship(api, "SO0312", 2000)
    assert await chat("C002", f"{sent}收到了") == await chat("C002", "DN9999收到了")
    assert (await Delivery.get(number=sent)).state == "shipped"


async def test_a_shipment_entered_by_mistake_is_taken_back_and_everything_is_as_before(chat: Chat, api: Api) -> None:
    before = await on_hand("M8X30")
    sent = await ship(api, "SO0316", 1500)
    assert await booked(sent) == [("1405", "-395.25"), ("6401", "395.25")]
    echo = await chat("E005", f"撤回发货 {sent}")
    assert echo.startswith(f"要撤回 {sent} 吗\n订单：SO0316 宏达建材\n· M8×30 不锈钢螺栓 × 1,500 个\n")
    assert (await Delivery.get(number=sent)).state == "shipped"
    assert (await chat("E005", "确认")).startswith(f"{sent} 已撤回\n")
    assert await on_hand("M8X30") == before
    assert sum(Decimal(amount) for _, amount in await booked(sent)) == 0
    order = await SalesOrder.get(number="SO0316")
    assert (order.state, order.delivery_state) == ("confirmed", "pending")
    # What never left is held for it again, and shown to nobody as sent.
    assert await held_by("SO0316") == {1: Decimal(1500)}
    _, shown = await api.get("C001", "order.status", order="SO0316")
    assert shown["shipments"] == [] and shown["stage"] == "confirmed"
    assert await chat("C001", "SO0316物流") == "SO0316 还没有发货，发货时会通知"
    assert await Notice.filter(kind="order.unshipped", about="SO0316", receiver__number="C001").exists()
    assert f"{sent} 现在是“已取消”" in await chat("E005", f"撤回发货{sent}")
    assert await clean()
    await ship(api, "SO0316", 1500)
    assert await clean()


async def test_undo_takes_a_shipment_back(chat: Chat) -> None:
    await chat("E005", "SO0315自提")
    await chat("E005", "确认")
    assert (await chat("E005", "撤销")).startswith("要撤回 DN")
    await chat("E005", "确认")
    assert (await SalesOrder.get(number="SO0315")).state == "confirmed"


@pytest.mark.parametrize("what", ["signed", "invoiced", "coming back"])
async def test_what_went_on_since_is_not_taken_back(chat: Chat, api: Api, what: str) -> None:
    sent = await ship(api, "SO0316", 1500)
    if what == "signed":
        await chat("C001", "SO0316收到了")
    elif what == "invoiced":
        await api.post("E009", "invoice.issue", order="SO0316")
    else:
        await chat("E003", "SO0316退m8x30 20个 生锈")
        await chat("E003", "确认")
    status, body = await api.post("E005", "ship.revert", delivery=sent)
    code = {"signed": "wrong_state", "invoiced": "shipment_invoiced", "coming back": "shipment_returned"}[what]
    assert (status, body["code"]) == (409, code)
    assert (await SalesOrder.get(number="SO0316")).delivery_state == "delivered"
    assert await clean()


async def test_a_line_that_a_delivery_closed_a_little_short_is_open_again_as_ordered(api: Api) -> None:
    await Product.filter(code="M8X30").update(tolerance=Decimal("0.05"))
    _, made = await api.post(
        "E003", "order.create", customer="宏达建材", items=[{"product": "M8X30", "quantity": "1", "unit": "箱"}]
    )
    sent = await ship(api, made["number"], 960)
    assert (await SalesOrder.get(number=made["number"])).delivery_state == "delivered"
    assert (await api.post("E005", "ship.revert", delivery=sent))[0] == 200
    _, shown = await api.get("E003", "order.status", order=made["number"])
    (line,) = shown["lines"]
    assert (line["quantity"], line["unit"], line["base_quantity"], shown["total"]) == ("1", "箱", "1000", made["total"])
    assert await clean()


async def test_of_several_shipments_of_an_order_one_has_to_be_named(chat: Chat, api: Api) -> None:
    first, second = await ship(api, "SO0312", 2000), await ship(api, "SO0312", 1000)
    assert (await chat("E005", "撤回发货SO0312")).splitlines()[1] == f"回复 1 {first} / 2 {second}"
    assert (await chat("E005", "2")).startswith(f"要撤回 {second} 吗")
    await chat("E005", "确认")
    order = await SalesOrder.get(number="SO0312")
    assert (order.state, order.delivery_state) == ("in_progress", "partial")
    assert await chat("E003", f"撤回发货{first}") == "没有权限查看"
    assert await clean()
