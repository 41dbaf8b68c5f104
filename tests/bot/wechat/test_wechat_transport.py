"""Tokens, time-outs and errors over real HTTP."""

import asyncio
import logging
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from wechat_server import wechat

from bot.wechat.errors import NoAnswer, NotSent, Reaction, WeChatError
from bot.wechat.official import OfficialClient
from bot.wechat.transport import App, MemoryTokens, Platform

PATH = "/cgi-bin/user/info"
PLATFORMS: list[Platform] = ["official", "miniprogram", "work"]


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_thirty_two_cold_calls_fetch_one_token(platform: Platform) -> None:
    async with wechat() as world:
        await asyncio.gather(*(world.transport.call(world.app(platform), "GET", PATH) for _ in range(32)))
        assert len(world.server.fetches) == 1
        assert {call.query["access_token"] for call in world.server.to(PATH)} == {"token-1"}


async def test_thirty_two_pages_share_one_ticket() -> None:
    async with wechat() as world:
        path = "/cgi-bin/ticket/getticket"
        world.server.put(path, {"errcode": 0, "ticket": "t1", "expires_in": 7200}, {"errcode": 0})
        tickets = await asyncio.gather(*(world.transport.jsapi_ticket(world.app()) for _ in range(32)))
        assert (set(tickets), len(world.server.to(path))) == ({"t1"}, 1)
        with pytest.raises(NoAnswer):
            await world.transport.jsapi_ticket(App("official", "wx2", "S3CRET", world.server.base))


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_thirty_two_calls_with_a_dead_token_refresh_it_once(code: int) -> None:
    async with wechat() as world:
        await world.transport.call(world.app(), "GET", PATH)
        world.server.put(PATH, *[{"errcode": code, "errmsg": "dead"}] * 32)
        answers = await asyncio.gather(*(world.transport.call(world.app(), "GET", PATH) for _ in range(32)))
        assert len(world.server.fetches) == 2
        assert [answer["errcode"] for answer in answers] == [0] * 32


async def test_a_token_refused_for_ever_is_refreshed_once_per_call() -> None:
    async with wechat() as world:
        world.server.put(PATH, *[{"errcode": 42001, "errmsg": "dead"}] * 9)
        with pytest.raises(WeChatError) as caught:
            await world.transport.call(world.app(), "GET", PATH)
        assert caught.value.reaction is Reaction.REFRESH_TOKEN
        assert (len(world.server.to(PATH)), len(world.server.fetches)) == (2, 2)


async def test_force_is_used_only_if_the_stable_token_itself_was_refused() -> None:
    async with wechat() as world:
        world.server.stable = True
        await world.transport.call(world.app(), "GET", PATH)
        world.server.valid.clear()
        await world.transport.call(world.app(), "GET", PATH)
        assert [call.json["force_refresh"] for call in world.server.fetches] == [False, False, True]


async def test_token_calls_carry_what_each_platform_wants() -> None:
    async with wechat() as world:
        for platform in PLATFORMS:
            await world.transport.call(world.app(platform), "GET", PATH)
        stable = {"grant_type": "client_credential", "appid": "wx1", "secret": "S3CRET", "force_refresh": False}
        assert [call.json for call in world.server.to("/cgi-bin/stable_token")] == [stable, stable]
        assert [call.query for call in world.server.to("/cgi-bin/gettoken")] == [
            {"corpid": "wx1", "corpsecret": "S3CRET"}
        ]


async def test_a_wrong_secret_is_an_alarm_and_is_not_tried_again() -> None:
    async with wechat() as world:
        world.server.put("/cgi-bin/stable_token", {"errcode": 40001, "errmsg": "invalid credential"})
        with pytest.raises(WeChatError) as caught:
            await world.transport.call(world.app(), "GET", PATH)
        assert caught.value.reaction is Reaction.ALARM
        assert (len(world.server.fetches), world.server.to(PATH)) == (1, [])


async def test_a_token_call_without_a_token_means_that_nothing_was_sent() -> None:
    async with wechat() as world:
        world.server.put("/cgi-bin/stable_token", {"expires_in": 7200}, lambda _: web.Response(status=502))
        for _ in range(2):
            with pytest.raises(NotSent):
                await world.transport.call(world.app(), "POST", PATH, json={})
        assert world.server.to(PATH) == []


async def test_a_token_is_renewed_before_it_expires() -> None:
    seconds = [0.0]
    tokens = MemoryTokens(lambda: seconds[0])

    async def fetch() -> tuple[str, int]:
        return f"token at {seconds[0]:.0f}", 7200

    assert await tokens.get("a") is None
    assert await tokens.refresh("a", None, fetch) == "token at 0"
    seconds[0] = 7000
    assert (await tokens.get("a"), await tokens.get("b")) == ("token at 0", None)
    seconds[0] = 7100
    assert await tokens.get("a") is None
    assert await tokens.refresh("a", None, fetch) == "token at 7100"
    assert await tokens.refresh("a", "another", fetch) == "token at 7100"


async def test_busy_is_tried_four_times_if_that_is_harmless_and_once_if_not() -> None:
    async with wechat() as world:
        busy = {"errcode": -1, "errmsg": "system error"}
        world.server.put(PATH, *[busy] * 3)
        assert (await world.transport.call(world.app(), "GET", PATH, idempotent=True))["errcode"] == 0
        assert len(world.server.to(PATH)) == 4
        world.server.put(PATH, *[busy] * 5)
        for idempotent, calls in ((False, 5), (True, 9)):
            with pytest.raises(WeChatError) as caught:
                await world.transport.call(world.app(), "GET", PATH, idempotent=idempotent)
            assert (caught.value.reaction, len(world.server.to(PATH))) == (Reaction.RETRY, calls)


async def test_json_is_read_whatever_its_type_and_sent_without_escapes() -> None:
    async with wechat() as world:
        world.server.put(PATH, {"openid": "o1"})
        assert await world.transport.call(world.app(), "POST", PATH, json={"content": "好"}) == {"openid": "o1"}
        sent = world.server.to(PATH)[0]
        assert sent.raw == '{"content": "好"}'.encode()
        assert sent.content_type.startswith("application/json")


async def test_forms_are_built_anew_for_each_try() -> None:
    async with wechat() as world:
        world.server.put(PATH, {"errcode": 42001, "errmsg": ""})

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("media", b"bytes", filename="a.jpg")
            return data

        await world.transport.call(world.app(), "POST", PATH, data=form)
        assert ["a.jpg" in call.raw.decode() for call in world.server.to(PATH)] == [True, True]


def reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


UNUSABLE: dict[str, Any] = {
    "html": lambda _: web.Response(text="<html>502</html>", content_type="text/html"),
    "server error": lambda _: web.Response(status=500, text='{"errcode":0}'),
    "redirect": lambda _: web.Response(status=302, headers={"Location": "/cgi-bin/elsewhere"}),
    "empty": lambda _: web.Response(text=""),
    "half json": lambda _: web.Response(text='{"errcode":'),
    "list": lambda _: web.Response(text="[]"),
    "errcode is text": {"errcode": "none"},
    "errcode is null": {"errcode": None},
    "reset": reset,
}


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE)
async def test_unusable_answers_are_no_answer_and_not_tried_again(answer: Any) -> None:
    async with wechat() as world:
        await world.transport.call(world.app(), "GET", "/cgi-bin/warm")
        world.server.put(PATH, answer)
        with pytest.raises(NoAnswer) as caught:
            await world.transport.call(world.app(), "POST", PATH, json={}, idempotent=True)
        assert len(world.server.to(PATH)) == 1
        assert not world.server.to("/cgi-bin/elsewhere")
        assert "token-" not in str(caught.value)


async def test_a_time_out_is_no_answer() -> None:
    async with wechat(timeout_s=1) as world:
        await world.transport.call(world.app(), "GET", PATH)
        with pytest.raises(NoAnswer):
            await world.transport.call(world.app(), "POST", "/hang", json={})


async def test_a_refused_connection_is_not_sent() -> None:
    async with wechat() as world:
        nobody = App("official", "wx1", "S3CRET", f"http://127.0.0.1:{unused_port()}")
        with pytest.raises(NotSent):
            await world.transport.call(nobody, "GET", PATH, with_token=False)
        with pytest.raises(NotSent):
            await world.transport.call(App("official", "wx1", "s", "no address"), "GET", PATH, with_token=False)


async def test_raw_gives_bytes_but_raises_on_json_errors_and_pages() -> None:
    async with wechat() as world:
        world.server.put(PATH, b"\xff\xd8picture", {"errcode": 41030, "errmsg": "page"}, UNUSABLE["html"], b"")
        assert await world.transport.call(world.app(), "GET", PATH, raw=True) == b"\xff\xd8picture"
        for error in (WeChatError, NoAnswer, NoAnswer):
            with pytest.raises(error):
                await world.transport.call(world.app(), "GET", PATH, raw=True)


async def test_secrets_and_tokens_reach_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with wechat() as world:
        world.server.put(
            PATH, {"errcode": 0, "errmsg": "Warning: wrong json format"}, {"errcode": 45009, "errmsg": "x"}
        )
        await world.transport.call(world.app(), "GET", PATH)
        with pytest.raises(WeChatError) as caught:
            await world.transport.call(world.app(), "GET", PATH)
        ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("bot."))
        shown = f"{ours}{caught.value!r}{world.app()!r}{world.app().key}"
        assert "S3CRET" not in shown
        assert "token-1" not in shown
        assert "Warning: wrong json format" in ours


def test_each_secret_of_a_company_has_its_own_token() -> None:
    assert App("work", "ww1", "a", "").key != App("work", "ww1", "b", "").key


async def test_a_film_is_fetched_from_its_own_address_without_a_token_and_no_further_than_its_limit() -> None:
    async with wechat() as world:
        address = f"{world.server.base}film/1"
        world.server.put("/cgi-bin/media/get", {"video_url": address})
        world.server.put("/film/1", b"\0" * 5000)
        film = await OfficialClient(world.transport, world.app()).film("m1", 1000)
        assert film == b"\0" * 1001
        assert [(call.path, call.query) for call in world.server.to("/film/1")] == [("/film/1", {})]


async def test_what_does_not_come_from_an_address_is_an_error_with_a_name() -> None:
    async with wechat(timeout_s=0.5) as world:
        world.server.put("/film/1", lambda request: web.Response(status=404))
        with pytest.raises(NoAnswer, match="HTTP 404"):
            await world.transport.fetch(world.app(), f"{world.server.base}film/1", 10)
        with pytest.raises(NoAnswer):
            await world.transport.fetch(world.app(), f"{world.server.base}hang", 10)
        for nowhere in (f"http://127.0.0.1:{unused_port()}/", "", "no address"):
            with pytest.raises(NotSent):
                await world.transport.fetch(world.app(), nowhere, 10)
