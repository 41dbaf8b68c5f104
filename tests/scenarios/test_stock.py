"""A salesperson and a customer ask about stock, through the emulator, over HTTP, encrypted."""

import pytest

from tests.people import Sim

pytestmark = pytest.mark.commits


async def test_a_salesperson_learns_the_four_figures_in_wecom_and_in_the_official_account(sim: Sim) -> None:
    for door in ("work", "official"):
        reply = await sim.text("E003", "m8x30还有多少", door=door)
        assert "可用 5,500 个" in reply
        assert "在手 12,000 − 预留 6,500" in reply
        assert "在途：20,000 个" in reply


async def test_a_customer_learns_only_whether_there_is_any(sim: Sim) -> None:
    reply = await sim.text("C001", "m8x30还有多少", door="official")
    assert reply == "M8×30 不锈钢螺栓\n有货"
