"""Login of web pages: consent by itself, a code that is good once, and what a scope allows."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.emulator.simkit import OFFICIAL_ID, WORK_ID, Sim

AUTHORIZE = "/connect/oauth2/authorize"
BACK = "https://shop.example.com/login?next=1"


async def come_back(sim: Sim, app_id: str = OFFICIAL_ID, **changes: str) -> str:
    """Where the phone's browser is sent."""
    query = {
        "appid": app_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        "person": "P1",
    } | changes
    async with sim.client.get(AUTHORIZE, params=query, allow_redirects=False) as response:
        return str(response.headers["Location"]) if response.status == 302 else str(await response.text())


async def code(sim: Sim, app_id: str = OFFICIAL_ID, **changes: str) -> str:
    return parse_qs(urlsplit(await come_back(sim, app_id, **changes)).query)["code"][0]


async def exchange(sim: Sim, text: str, **changes: str) -> Any:
    query = {"appid": OFFICIAL_ID, "secret": "s3cret", "code": text, "grant_type": "authorization_code"} | changes
    return await sim.get("/sns/oauth2/access_token", **query)


async def test_the_address_keeps_its_query_and_gets_code_and_state(sim: Sim) -> None:
    query = parse_qs(urlsplit(await come_back(sim)).query)
    assert (query["next"], query["state"]) == (["1"], ["s1"])


async def test_without_knowing_the_phone_it_asks_whose_it_is(sim: Sim) -> None:
    page = await come_back(sim, person="")
    assert "小李" in page and "person=P1" in page and "redirect_uri=" in page


async def test_a_base_code_gives_the_openid_alone(sim: Sim) -> None:
    granted = await exchange(sim, await code(sim))
    assert (granted["openid"], granted["scope"], granted["expires_in"]) == ("o_1", "snsapi_base", 7200)
    assert "unionid" not in granted
    known = await sim.get("/sns/userinfo", access_token=granted["access_token"], openid="o_1")
    assert known["errcode"] == 48001


async def test_userinfo_gives_the_name_and_the_union_id(sim: Sim) -> None:
    granted = await exchange(sim, await code(sim, scope="snsapi_userinfo"))
    assert granted["unionid"] == "u_1"
    asked = {"access_token": granted["access_token"], "openid": "o_1"}
    assert (await sim.get("/sns/userinfo", **asked))["nickname"] == "小李"
    assert (await sim.get("/sns/auth", **asked))["errcode"] == 0
    assert (await sim.get("/sns/auth", **asked | {"openid": "o_2"}))["errcode"] == 40003
    await sim.sim("clock", forward=7200)
    assert (await sim.get("/sns/userinfo", **asked))["errcode"] == 40001
    wanted = {"appid": OFFICIAL_ID, "grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    fresh = await sim.get("/sns/oauth2/refresh_token", **wanted)
    assert (await sim.get("/sns/userinfo", **asked | {"access_token": fresh["access_token"]}))["openid"] == "o_1"
    await sim.sim("clock", forward=30 * 86400)
    assert (await sim.get("/sns/oauth2/refresh_token", **wanted))["errcode"] == 40030


async def test_a_web_token_is_not_the_accounts_token(sim: Sim) -> None:
    granted = await exchange(sim, await code(sim))
    answer = await sim.get("/cgi-bin/user/info", access_token=granted["access_token"], openid="o_1")
    assert answer["errcode"] == 40001


async def test_a_code_is_good_once_and_for_five_minutes(sim: Sim) -> None:
    used = await code(sim)
    assert "errcode" not in await exchange(sim, used)
    assert (await exchange(sim, used))["errcode"] == 40163
    late = await code(sim)
    await sim.sim("clock", forward=300)
    assert (await exchange(sim, late))["errcode"] == 40029


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"code": "wrong"}, 40029),
        ({"secret": "wrong"}, 40125),
        ({"appid": "wx"}, 40013),
        ({"grant_type": "token"}, 40002),
    ],
)
async def test_exchanges_that_are_refused(sim: Sim, changes: dict[str, str], wrong: int) -> None:
    assert (await exchange(sim, await code(sim), **changes))["errcode"] == wrong


async def test_a_code_of_wecom_is_none_of_the_official_account(sim: Sim) -> None:
    assert (await exchange(sim, await code(sim, WORK_ID)))["errcode"] == 40029


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"appid": "wx"}, "10012"),
        ({"redirect_uri": "shop.example.com"}, "10003"),
        ({"redirect_uri": "https://other.example.com/"}, "10003"),
        ({"response_type": "token"}, "10004"),
        ({"state": "<b>"}, "10006"),
        ({"scope": "snsapi_all"}, "10005"),
    ],
)
async def test_addresses_that_only_show_an_error(make_sim: Any, changes: dict[str, str], words: str) -> None:
    sim = await make_sim(official={"redirect_domain": "shop.example.com"})
    assert words in await come_back(sim, **changes)


async def test_members_log_in_with_their_userid(sim: Sim) -> None:
    used = await code(sim, WORK_ID)
    assert (await sim.ask("work", "/cgi-bin/auth/getuserinfo", code=used))["userid"] == "LiTing"
    assert (await sim.ask("work", "/cgi-bin/auth/getuserinfo", code=used))["errcode"] == 40029
    assert (await sim.ask("work", "/cgi-bin/user/getuserinfo", code=await code(sim, WORK_ID)))["UserId"] == "LiTing"


async def test_private_particulars_need_the_ticket_of_their_scope(sim: Sim) -> None:
    used = await code(sim, WORK_ID, scope="snsapi_privateinfo")
    ticket = {"user_ticket": (await sim.ask("work", "/cgi-bin/auth/getuserinfo", code=used))["user_ticket"]}
    detail = "/cgi-bin/auth/getuserdetail"
    assert (await sim.call("work", detail, ticket))["mobile"] == "13800000001"
    assert (await sim.call("work", detail, {"user_ticket": ""}))["errcode"] == 84014
    await sim.sim("clock", forward=1800)
    assert (await sim.call("work", detail, ticket))["errcode"] == 84015


async def test_wecom_names_an_untrusted_domain_in_its_own_words(make_sim: Any) -> None:
    sim = await make_sim(work={"redirect_domain": "erp.example.com"})
    assert "50001" in await come_back(sim, WORK_ID)


async def test_codes_and_tokens_are_not_in_the_log(sim: Sim) -> None:
    text = await code(sim)
    granted = await exchange(sim, text)
    async with sim.client.get("/sim/calls", params={"wait": "0"}) as calls, sim.client.get("/") as page:
        seen = await calls.text() + await page.text()
    assert "/sns/oauth2/access_token" in seen
    assert not any(secret in seen for secret in (text, granted["access_token"], granted["refresh_token"], "s3cret"))
