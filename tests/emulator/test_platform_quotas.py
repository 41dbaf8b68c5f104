"""Quotas by day and by minute, how they are asked for and cleared; tickets of the JS-SDK."""

from typing import Any

import pytest

from tests.emulator.simkit import OFFICIAL_ID, Sim

INFO = "/cgi-bin/user/info"
QUOTA = "/cgi-bin/openapi/quota/get"


async def test_a_days_quota_runs_out_and_comes_back_the_next_day(make_sim: Any) -> None:
    sim = await make_sim(limits={"daily": {INFO: 2}})
    codes = [(await sim.ask("official", INFO, openid="o_1")).get("errcode", 0) for _ in range(3)]
    assert codes == [0, 0, 45009]
    quota = (await sim.call("official", QUOTA, {"cgi_path": INFO}))["quota"]
    assert quota == {"daily_limit": 2, "used": 2, "remain": 0}
    await sim.sim("clock", forward=86400)
    sim.forget_tokens()
    assert (await sim.ask("official", INFO, openid="o_1"))["subscribe"] == 1


async def test_a_quota_can_be_cleared_ten_times_a_month(make_sim: Any) -> None:
    sim = await make_sim(limits={"daily": {INFO: 1}})
    await sim.ask("official", INFO, openid="o_1")
    body = {"appid": OFFICIAL_ID}
    codes = [(await sim.call("official", "/cgi-bin/clear_quota", body))["errcode"] for _ in range(11)]
    assert codes == [0] * 10 + [48006]
    assert (await sim.ask("official", INFO, openid="o_1"))["subscribe"] == 1


async def test_quotas_of_what_is_not_there(sim: Sim) -> None:
    assert (await sim.call("official", QUOTA, {"cgi_path": "/cgi-bin/nothing"}))["errcode"] == 76021
    assert (await sim.call("official", "/cgi-bin/clear_quota", {"appid": "wx"}))["errcode"] == 40013


@pytest.mark.parametrize(
    ("door", "path", "query"),
    [("official", INFO, {"openid": "o_1"}), ("work", "/cgi-bin/user/get", {"userid": "liting"})],
)
async def test_a_minutes_quota(make_sim: Any, door: str, path: str, query: dict[str, str]) -> None:
    sim = await make_sim(limits={"minute": {path: 1}})
    assert (await sim.ask(door, path, **query)).get("errcode", 0) == 0
    assert (await sim.ask(door, path, **query))["errcode"] == 45009
    await sim.sim("clock", forward=60)
    assert (await sim.ask(door, path, **query)).get("errcode", 0) == 0


@pytest.mark.parametrize(
    ("door", "path", "query"),
    [
        ("official", "/cgi-bin/ticket/getticket", {"type": "jsapi"}),
        ("work", "/cgi-bin/ticket/get", {"type": "agent_config"}),
        ("work", "/cgi-bin/get_jsapi_ticket", {}),
    ],
)
async def test_a_ticket_stays_the_same_for_two_hours(sim: Sim, door: str, path: str, query: dict[str, str]) -> None:
    first = await sim.ask(door, path, **query)
    assert first["expires_in"] == 7200
    assert (await sim.ask(door, path, **query))["ticket"] == first["ticket"]
    await sim.sim("clock", forward=7200)
    sim.forget_tokens()
    assert (await sim.ask(door, path, **query))["ticket"] != first["ticket"]


async def test_a_ticket_of_an_unknown_kind_is_refused(sim: Sim) -> None:
    assert (await sim.ask("official", "/cgi-bin/ticket/getticket", type="card"))["errcode"] == 40097


async def test_person_times_of_a_day(make_sim: Any) -> None:
    sim = await make_sim(limits={"person_times_per_day": 3})
    assert (await sim.work_text("liting|wangzong", "甲"))["errcode"] == 0
    assert (await sim.work_text("liting|wangzong", "乙"))["errcode"] == 45009
    assert (await sim.work_text("liting", "丙"))["errcode"] == 0
    assert await sim.shown("work", "P1") == ["甲", "丙"]
    await sim.sim("clock", forward=86400)
    sim.forget_tokens()
    assert (await sim.work_text("liting|wangzong", "丁"))["errcode"] == 0
