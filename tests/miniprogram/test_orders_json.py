"""What the JSON door tells the mini-program beyond chat: orders by phase, and the notices that may be offered."""

import pytest

from bot.demo.templates import SHIPPED as SHIPPED_TEMPLATE
from tests.people import Api, Sim


async def numbers(api: Api, **inputs: str) -> list[str]:
    status, body = await api.get("C001", "order.list", **inputs)
    assert status == 200
    return [row["number"] for row in body["items"]]


async def test_a_phase_holds_the_orders_that_are_in_it_and_no_others(api: Api) -> None:
    assert await numbers(api) == ["SO0318", "SO0316", "SO0312", "SO0310"]
    assert await numbers(api, phase="ongoing") == await numbers(api, phase="进行中") == ["SO0318", "SO0316", "SO0312"]
    assert await numbers(api, phase="to_receive") == []
    assert await numbers(api, phase="finished") == ["SO0310"]
    shipped, _ = await api.post("E005", "ship.confirm", order="SO0316", carrier="德邦", tracking_no="DPK3620018900")
    assert shipped == 200
    assert await numbers(api, phase="to_receive") == ["SO0316"]
    assert await numbers(api, phase="ongoing") == ["SO0318", "SO0312"]
    assert (await api.post("C001", "order.receive", order="SO0316"))[0] == 200
    assert await numbers(api, phase="finished") == ["SO0316", "SO0310"]
    assert (await api.post("E003", "order.cancel", order="SO0318"))[0] == 200
    assert await numbers(api, phase="ongoing") == ["SO0312"]


async def test_no_such_phase_is_an_input_that_cannot_be(api: Api) -> None:
    status, body = await api.get("C001", "order.list", phase="nowhere")
    assert (status, body["code"], body["input"]) == (422, "invalid_input", "phase")


@pytest.mark.commits
async def test_only_the_mini_program_is_told_which_notices_it_may_offer(sim: Sim) -> None:
    code = (await sim.post("login", person="C001"))["code"]
    async with sim.product.post("/api/login", json={"code": code}) as response:
        headers = {"Authorization": f"Bearer {(await response.json())['token']}"}
    await sim.post("subscribe", person="C001", template=SHIPPED_TEMPLATE)
    async with sim.product.get("/api/order/status", params={"order": "SO0312"}, headers=headers) as response:
        told = await response.json()
    assert told["notices"] == [{"kind": "order.shipped", "template_id": SHIPPED_TEMPLATE, "left": 21}]
    status, elsewhere = await sim.api.get("C001", "order.status", order="SO0312")
    assert "notices" not in elsewhere
