"""The mini-program from outside: links, schemes, pages that exist, content checks, sessions."""

import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.simkit import MINI_ID, Sim

LINK, SCHEME, CHECK = "/wxa/generate_urllink", "/wxa/generatescheme", "/wxa/msg_sec_check"


async def test_links_and_schemes_open_a_page(sim: Sim) -> None:
    link = await sim.call("miniprogram", LINK, {"path": "pages/order", "query": "no=1", "expire_type": 1} | DAYS)
    assert link["url_link"].startswith("https://wxaurl.cn/")
    scheme = await sim.call("miniprogram", SCHEME, {"jump_wxa": {"path": "pages/order"}})
    assert scheme["openlink"].startswith("weixin://dl/business/?t=")


DAYS = {"expire_interval": 30}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (LINK, {"path": "pages/order?no=1"}, 40165),
        (LINK, {"path": "pages/none"}, 40165),
        (LINK, {"query": "x" * 1025}, 40212),
        (LINK, {"env_version": "beta"}, 85402),
        (LINK, {"expire_type": 1, "expire_interval": 31}, 85401),
        (LINK, {"expire_type": 0, "expire_time": 1}, 85401),
        (SCHEME, {"jump_wxa": {"path": "pages/none"}}, 40165),
        (SCHEME, {"is_expire": True, "expire_type": 1, "expire_interval": 0}, 85401),
    ],
)
async def test_links_that_are_refused(make_sim: Any, path: str, body: dict[str, Any], code: int) -> None:
    sim = await make_sim(miniprogram={"pages": ["pages/order"]})
    assert (await sim.call("miniprogram", path, body))["errcode"] == code


async def test_links_have_a_daily_quota(make_sim: Any) -> None:
    sim = await make_sim(limits={"daily": {LINK: 1}})
    assert [(await sim.call("miniprogram", LINK, {"path": ""}))["errcode"] for _ in range(2)] == [0, 45009]


async def test_codes_of_pages_that_are_not_published(make_sim: Any) -> None:
    sim = await make_sim(miniprogram={"pages": ["pages/order"]})
    wanted = {"scene": "a", "page": "pages/none"}
    assert (await sim.call("miniprogram", "/wxa/getwxacodeunlimit", wanted))["errcode"] == 41030


async def codes_to(sim: Sim, page: str) -> list[int]:
    """How a code, a link, a scheme and a notice that lead there are answered."""
    await sim.sim("subscribe", person="P1", template="M1", wait=0)
    data = {"character_string1": {"value": "SO1"}, "phrase2": {"value": "已发货"}}
    notice = {"touser": "m_1", "template_id": "M1", "data": data, "page": f"{page}?no=SO1"}
    answers = [
        await sim.call("miniprogram", LINK, {"path": page}),
        await sim.call("miniprogram", SCHEME, {"jump_wxa": {"path": page}}),
        await sim.call("miniprogram", "/cgi-bin/message/subscribe/send", notice),
    ]
    return [await wxacode(sim, scene="a", page=page), *(answer["errcode"] for answer in answers)]


async def wxacode(sim: Sim, **wanted: Any) -> int:
    token = await sim.token("miniprogram")
    async with sim.client.post("/wxa/getwxacodeunlimit", json=wanted, params={"access_token": token}) as response:
        return int((await response.json())["errcode"]) if response.content_type == "application/json" else 0


async def test_only_pages_that_app_json_lists_can_be_led_to(make_sim: Any, tmp_path: Path) -> None:
    app = {"pages": ["pages/order/order"], "subPackages": [{"root": "more/", "pages": ["pages/help"]}]}
    (tmp_path / "app.json").write_text(json.dumps(app))
    sim = await make_sim(miniprogram={"folder": str(tmp_path)})
    for page in ("pages/order/order", "more/pages/help"):
        assert await codes_to(sim, page) == [0, 0, 0, 0]
    for page in ("pages/none/none", "pages/help", "order"):
        assert await codes_to(sim, page) == [41030, 40165, 40165, 41030]
    # A version under trial may have pages that are not published yet.
    assert await wxacode(sim, scene="a", page="pages/none/none", check_path=False) == 0


async def test_a_mini_program_that_cannot_be_read_is_not_released(make_sim: Any, tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text("{")
    sim = await make_sim(miniprogram={"folder": str(tmp_path)})
    assert await codes_to(sim, "pages/order/order") == [85079] * 4


async def session_key(sim: Sim) -> str:
    code = (await sim.sim("login", person="P1"))["code"]
    wanted = {"appid": MINI_ID, "secret": "s3cret", "grant_type": "authorization_code", "js_code": code}
    return str((await sim.get("/sns/jscode2session", **wanted))["session_key"])


async def check_session(sim: Sim, key: str, **changes: str) -> Any:
    signature = hmac.new(key.encode(), b"", "sha256").hexdigest()
    query = {"openid": "m_1", "signature": signature, "sig_method": "hmac_sha256"} | changes
    return (await sim.ask("miniprogram", "/wxa/checksession", **query))["errcode"]


async def test_a_session_is_good_until_the_next_login(sim: Sim) -> None:
    assert await check_session(sim, "none") == 87009
    first = await session_key(sim)
    assert await check_session(sim, first) == 0
    assert await check_session(sim, first, sig_method="md5") == 87007
    assert await check_session(sim, first, openid="m_9") == 40003
    second = await session_key(sim)
    assert [await check_session(sim, key) for key in (first, second)] == [87009, 0]


async def check(sim: Sim, words: str, **changes: Any) -> Any:
    body = {"version": 2, "openid": "m_1", "scene": 2, "content": words} | changes
    return await sim.call("miniprogram", CHECK, body)


async def test_content_is_passed_reviewed_or_risky(sim: Sim) -> None:
    assert (await check(sim, "你好"))["errcode"] == 61010
    await session_key(sim)
    verdicts = [(await check(sim, text))["result"]["suggest"] for text in ("你好", "有点可疑", "这是违规的")]
    assert verdicts == ["pass", "review", "risky"]
    await sim.sim("clock", forward=7200)
    sim.forget_tokens()
    assert (await check(sim, "你好"))["errcode"] == 61010


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 1}, 40035),
        ({"scene": 5}, 40035),
        ({"content": ""}, 40035),
        ({"content": "字" * 2501}, 45002),
        ({"openid": "m_9"}, 40003),
    ],
)
async def test_checks_that_are_refused(sim: Sim, changes: dict[str, Any], code: int) -> None:
    await session_key(sim)
    assert (await check(sim, "你好", **changes))["errcode"] == code
