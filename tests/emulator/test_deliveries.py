"""What was accepted, in order and in numbers."""

from typing import Any

import pytest

from tests.emulator.simkit import Sim, settings

COUNT = "/sim/deliveries/count"


async def test_the_same_message_to_the_same_person_is_a_duplicate(sim: Sim) -> None:
    for users in ("liting|wangzong", "wangzong", "wangzong"):
        await sim.work_text(users, "通知")
    await sim.work_text("wangzong", "另一条")
    counted = await sim.get(COUNT, door="work")
    assert counted == {"accepted": 5, "receivers": 2, "duplicates": 2, "dropped": {}}
    assert (await sim.get(COUNT, door="official"))["accepted"] == 0
    assert (await sim.get(COUNT))["accepted"] == 5


async def test_what_the_platform_held_back_is_no_duplicate(sim: Sim) -> None:
    for _ in range(2):
        await sim.work_text("liting", "通知", enable_duplicate_check=1)
    counted = await sim.get(COUNT, door="work")
    assert (counted["duplicates"], counted["dropped"]) == (0, {"duplicate": 1})
    await sim.sim("reset")
    assert (await sim.get(COUNT))["accepted"] == 0


async def test_deliveries_after_a_number(sim: Sim) -> None:
    for n in range(3):
        await sim.work_text("liting", str(n))
    assert [each["n"] for each in await sim.get("/sim/deliveries", since="1")] == [2, 3]
    assert [each["n"] for each in await sim.get("/sim/deliveries", since="2", person="P1")] == [3]


@pytest.mark.slow
async def test_twenty_thousand_deliveries_are_counted_one_by_one(make_sim: Any) -> None:
    people = [{"id": f"E{n}", "name": "同事", "work": f"u{n}"} for n in range(1000)]
    sim = await make_sim(people=people, limits=settings()["limits"] | {"member_per_minute": 100})
    for n in range(20):
        assert (await sim.work_text("@all", f"第 {n} 条"))["errcode"] == 0
    await sim.work_text("u7", "第 3 条")
    counted = await sim.get(COUNT, door="work")
    assert counted == {"accepted": 20001, "receivers": 1000, "duplicates": 1, "dropped": {}}


async def test_the_log_of_calls_keeps_the_newest(make_sim: Any) -> None:
    sim = await make_sim(limits={"calls_kept": 3})
    for n in range(5):
        await sim.work_text("liting", str(n))
    kept = (await sim.get("/sim/calls", since="0", wait="0"))["calls"]
    assert [call["n"] for call in kept] == [4, 5, 6]
    assert [call["n"] for call in (await sim.get("/sim/calls", since="5", wait="0"))["calls"]] == [6]
