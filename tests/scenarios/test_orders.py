"""Taking orders in chat: asked for what is missing, confirmed, once."""

import asyncio

import pytest

from models import sql
from tests.people import Sim

pytestmark = pytest.mark.commits


async def reserved(code: str) -> str:
    row = await sql.row(
        "SELECT trim_scale(sum(b.reserved))::text AS held FROM stock_balance b JOIN product p ON p.id = b.product_id "
        "WHERE p.code = $1",
        code,
    )
    assert row is not None
    return str(row["held"])


async def test_an_order_is_asked_for_piece_by_piece_and_confirmed(sim: Sim) -> None:
    assert "给哪个客户" in await sim.text("E003", "下单")
    assert "要什么、多少" in await sim.text("E003", "宏达")
    echo = await sim.text("E003", "M8×30 5000")
    assert "请确认订单" in echo and "¥2,250.00" in echo and "宏达建材" in echo
    assert await reserved("M8X30") == "6500"
    assert (await sim.text("E003", "1")).startswith("SO0319 已下单")
    assert await reserved("M8X30") == "11500"
    assert await sim.text("E003", "确认") == "现在没有等您确认的"
    assert await reserved("M8X30") == "11500"


async def test_cancelling_the_echo_changes_nothing(sim: Sim) -> None:
    await sim.text("E003", "宏达要m8x30 5000个")
    assert await sim.text("E003", "取消") == "已取消，什么都没有改"
    assert await reserved("M8X30") == "6500"
    status, body = await sim.api.get("E003", "order.list")
    assert body["items"][0]["number"] == "SO0318"


async def test_every_push_that_comes_three_times_acts_once(sim: Sim) -> None:
    for line in ("下单", "宏达", "M8×30 5000个", "确认"):
        answer = await sim.post("text", door="work", person="E003", text=line, deliver=3)
        assert len(set(answer["replies"])) == 1, answer
    assert await reserved("M8X30") == "11500"
    status, body = await sim.api.get("E003", "order.list")
    assert [row["number"] for row in body["items"][:2]] == ["SO0319", "SO0318"]


async def test_different_people_are_answered_side_by_side(sim: Sim) -> None:
    people = ["E001", "E002", "E003", "E004", "E005", "E006", "E008", "E009"]
    replies = await asyncio.gather(*(sim.text(person, "m10x40库存") for person in people))
    assert all("可用 3,000 个" in reply for reply in replies)


async def test_an_order_beyond_what_is_there_says_so_and_is_covered_by_production(sim: Sim) -> None:
    echo = await sim.text("E003", "宏达要M8×30 8000个")
    assert "已备 5,500" in echo
    assert "已下单" in await sim.text("E003", "1")
    status, body = await sim.api.get("E003", "order.status", order="SO0319")
    assert body["lines"][0]["reserved"] == "5500"
    assert (body["stage"], body["short"]) == ("confirmed", True)
