"""From the line on the shop floor to the customer's phone: made, shipped, told."""

import pytest

from tests.people import Sim
from tests.waiting import until

pytestmark = pytest.mark.commits

STEPS = ("车削", "攻丝", "质检", "包装")


async def order_racks(sim: Sim, customer: str) -> str:
    """E003 takes an order of ten racks, of which there are none; says its number."""
    echo = await sim.text("E003", f"{customer}要型材货架 10件")
    assert "请确认订单" in echo
    placed = await sim.text("E003", "1")
    assert "已下单" in placed
    return placed.split(" ", 1)[0]


async def stage(sim: Sim, person: str, order: str) -> tuple[str, int | None]:
    """What the mini-program reads."""
    status, body = await sim.api.get(person, "order.status", order=order)
    assert status == 200
    return body["stage_text"], body.get("percent")


async def test_the_workshop_reports_until_done_and_every_customer_hears_of_it_by_the_door_they_have(sim: Sim) -> None:
    orders = {person: await order_racks(sim, customer) for person, customer in
              (("C001", "宏达建材"), ("C002", "建业工程"), ("C003", "老王五金店"))}  # fmt: skip
    seen = [await stage(sim, "C001", orders["C001"])]
    for line in ("wo1105 车削 580", "wo1105 攻丝 1000件", "1105质检1000个"):
        assert "已报工" in await sim.text("E006", line)
        seen.append(await stage(sim, "C001", orders["C001"]))
    assert [words for words, _ in seen] == ["生产中"] * 4
    percents = [percent or 0 for _, percent in seen]
    assert percents == sorted(set(percents))
    assert all(percent % 5 == 0 for percent in percents)

    assert "已完工" in await sim.text("E006", "WO1105 包装 1000")
    assert await stage(sim, "C001", orders["C001"]) == ("待发货", None)
    status, stock = await sim.api.get("E003", "stock.query", product="RACK1")
    assert (stock["on_hand"], stock["reserved"]) == ("1000", "30")

    for person, order in orders.items():
        assert "请确认发货" in await sim.text("E005", f"{order}发了德邦 单号DPK99{person}")
        assert "已发货" in await sim.text("E005", "确认")
    status, body = await sim.api.get("C001", "order.status", order=orders["C001"])
    assert body["stage_text"] == "已发货"
    assert [(s["carrier"], s["tracking_no"]) for s in body["shipments"]] == [("德邦", "DPK99C001")]

    subscription = await until(lambda: _shipped(sim, "C001"))
    assert subscription == [("miniprogram", "/cgi-bin/message/subscribe/send")]
    template = await until(lambda: _shipped(sim, "C002"))
    assert template == [("official", "/cgi-bin/message/template/send")]
    told = await until(lambda: _containing(sim, "E003", "老王（C003） 没收到通知"))
    assert orders["C003"] in told
    assert await _shipped(sim, "C003") == []
    board = await sim.text("E003", "未送达")
    assert "老王" in board and orders["C003"] in board


async def test_a_report_can_be_taken_back_and_too_much_cannot_be_reported(sim: Sim) -> None:
    before = await sim.text("E006", "1105做到哪了")
    assert "已报工" in await sim.text("E006", "wo1105 攻丝 150件 不良2")
    assert "已撤销" in await sim.text("E006", "撤销")
    assert await sim.text("E006", "1105做到哪了") == before
    refused = await sim.text("E006", "wo1105 攻丝 500件")
    assert refused.startswith("WO1105 攻丝还可以报 420，您报了 500")
    assert await sim.text("E006", "1105做到哪了") == before


async def _shipped(sim: Sim, person: str) -> list[tuple[str, str]]:
    """By which door and call the notice of the shipment came."""
    return [
        (each["door"], each["path"])
        for each in await sim.deliveries(person)
        if "SHIPPED" in str(each["payload"].get("template_id", ""))
    ]


async def _containing(sim: Sim, person: str, words: str) -> str:
    texts = [str(each["payload"]) for each in await sim.deliveries(person)]
    return next((text for text in texts if words in text), "")
