"""Access tokens: how they are got, how they die."""

from typing import Any

import pytest

from tests.emulator.simkit import MINI_ID, OFFICIAL_ID, WORK_ID, Sim

STABLE = {"grant_type": "client_credential", "appid": OFFICIAL_ID, "secret": "s3cret"}


async def plain_token(sim: Sim, **changes: str) -> Any:
    query = {"grant_type": "client_credential", "appid": OFFICIAL_ID, "secret": "s3cret"} | changes
    return await sim.get("/cgi-bin/token", **query)


async def code_with(sim: Sim, token: str | None, path: str = "/cgi-bin/getcallbackip") -> int:
    answer = await sim.get(path, **({"access_token": token} if token is not None else {}))
    return int(answer.get("errcode", 0))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grant_type": "password"}, 40002),
        ({"appid": "wxother"}, 40013),
        ({"appid": ""}, 41002),
        ({"secret": "wrong"}, 40125),
        ({"secret": ""}, 41004),
    ],
)
async def test_wrong_credentials(sim: Sim, changes: dict[str, str], code: int) -> None:
    assert (await plain_token(sim, **changes))["errcode"] == code
    assert (await sim.post("/cgi-bin/stable_token", STABLE | changes))["errcode"] == code


@pytest.mark.parametrize(
    ("corp_id", "secret", "code"),
    [("", "s3cret", 41002), (WORK_ID, "", 41004), ("wwother", "s3cret", 40013), (WORK_ID, "wrong", 40001)],
)
async def test_wrong_work_credentials(sim: Sim, corp_id: str, secret: str, code: int) -> None:
    answer = await sim.get("/cgi-bin/gettoken", corpid=corp_id, corpsecret=secret)
    assert answer["errcode"] == code
    assert "hint: [" in answer["errmsg"]


async def test_a_plain_token_replaces_the_one_before_after_five_minutes(sim: Sim) -> None:
    first = (await plain_token(sim))["access_token"]
    second = (await plain_token(sim))["access_token"]
    assert first != second
    assert await code_with(sim, first) == 0
    await sim.sim("clock", forward=301)
    assert await code_with(sim, first) == 40001
    assert await code_with(sim, second) == 0


async def test_a_stable_token_stays_the_same_and_leaves_the_other_alone(sim: Sim) -> None:
    other = (await plain_token(sim))["access_token"]
    first = await sim.post("/cgi-bin/stable_token", STABLE)
    await sim.sim("clock", forward=1000)
    again = await sim.post("/cgi-bin/stable_token", STABLE)
    assert again["access_token"] == first["access_token"]
    assert (first["expires_in"], again["expires_in"]) == (7200, 6200)
    assert await code_with(sim, other) == 0


async def test_a_stable_token_is_rotated_in_its_last_five_minutes(sim: Sim) -> None:
    first = (await sim.post("/cgi-bin/stable_token", STABLE))["access_token"]
    await sim.sim("clock", forward=7000)
    second = (await sim.post("/cgi-bin/stable_token", STABLE))["access_token"]
    assert first != second
    assert await code_with(sim, first) == 0
    await sim.sim("clock", forward=201)
    assert await code_with(sim, first) == 42001
    assert await code_with(sim, second) == 0


async def test_a_forced_stable_token_kills_the_one_before_at_once_and_is_rationed(sim: Sim) -> None:
    first = (await sim.post("/cgi-bin/stable_token", STABLE))["access_token"]
    assert "access_token" in await sim.post("/cgi-bin/stable_token", STABLE | {"force_refresh": True})
    assert await code_with(sim, first) == 40001
    assert (await sim.post("/cgi-bin/stable_token", STABLE | {"force_refresh": True}))["errcode"] == 45011
    for _ in range(19):
        await sim.sim("clock", forward=31)
        assert "access_token" in await sim.post("/cgi-bin/stable_token", STABLE | {"force_refresh": True})
    await sim.sim("clock", forward=31)
    assert (await sim.post("/cgi-bin/stable_token", STABLE | {"force_refresh": True}))["errcode"] == 45009


async def test_a_work_token_stays_the_same_while_it_is_valid(sim: Sim) -> None:
    first = await sim.get("/cgi-bin/gettoken", corpid=WORK_ID, corpsecret="s3cret")
    again = await sim.get("/cgi-bin/gettoken", corpid=WORK_ID, corpsecret="s3cret")
    assert first["access_token"] == again["access_token"]
    await sim.sim("clock", forward=7201)
    assert await code_with(sim, first["access_token"], "/cgi-bin/agent/get") == 42001
    later = await sim.get("/cgi-bin/gettoken", corpid=WORK_ID, corpsecret="s3cret")
    assert later["access_token"] != first["access_token"]


async def test_no_token_a_wrong_one_and_an_expired_one(sim: Sim) -> None:
    token = await sim.token("official")
    assert await code_with(sim, None) == 41001
    assert await code_with(sim, "short") == 40014
    assert await code_with(sim, "61_" + "x" * 120) == 40001
    assert await code_with(sim, "x" * 120, "/cgi-bin/agent/get") == 40014
    await sim.sim("clock", forward=7201)
    assert await code_with(sim, token) == 42001


async def test_a_token_of_another_platform_opens_nothing(sim: Sim) -> None:
    work, mini = await sim.token("work"), await sim.token("miniprogram")
    assert await code_with(sim, work, "/cgi-bin/user/info") == 40001
    assert await code_with(sim, mini, "/cgi-bin/user/info") == 40001
    assert await code_with(sim, mini, "/cgi-bin/agent/get") == 40014


async def test_a_mini_program_has_tokens_of_its_own(sim: Sim) -> None:
    answer = await plain_token(sim, appid=MINI_ID)
    assert await code_with(sim, answer["access_token"], "/wxaapi/newtmpl/gettemplate") == 0


async def test_methods_bodies_and_paths_are_checked(sim: Sim) -> None:
    assert (await sim.get("/cgi-bin/stable_token"))["errcode"] == 43002
    assert (await sim.post("/cgi-bin/token", {}))["errcode"] == 43001
    assert (await sim.get("/cgi-bin/nothing/here"))["errcode"] == 40066
    token = await sim.token("official")
    for data, code in ((b"", 44002), (b"{", 47001), (b"[]", 47001)):
        async with sim.client.post(f"/cgi-bin/menu/create?access_token={token}", data=data) as response:
            assert (await response.json())["errcode"] == code


async def test_an_error_of_the_official_platform_carries_a_rid(sim: Sim) -> None:
    assert " rid: " in (await sim.get("/cgi-bin/user/info"))["errmsg"]


async def test_a_daily_quota_ends_with_the_day(make_sim: Any) -> None:
    sim = await make_sim(limits={"daily": {"/cgi-bin/getcallbackip": 2}})
    assert [await code_with(sim, await sim.token("official")) for _ in range(3)] == [0, 0, 45009]
    await sim.sim("clock", forward=86400)
    fresh = (await sim.post("/cgi-bin/stable_token", STABLE))["access_token"]
    assert await code_with(sim, fresh) == 0


async def test_a_token_from_before_a_restart_is_refused_as_its_own_platform_would(sim: Sim) -> None:
    """Some paths are both platforms': WeCom's 40001 would mean a wrong secret, and be told as an alarm."""
    from emulator.clock import Clock
    from emulator.tokens import Tokens

    before = Tokens(Clock(None))
    for path in ("/cgi-bin/menu/get", "/cgi-bin/media/get", "/cgi-bin/getcallbackip"):
        assert await code_with(sim, before.keep("work")[0], path) == 40014
        assert await code_with(sim, before.issue("official")[0], path) == 40001
