"""One token for all workers: whoever holds the lease fetches it, the others wait for what it brings."""

import asyncio
from datetime import timedelta

import pytest
from wechat_server import World, wechat

from bot.tokens import DatabaseTokens
from bot.wechat.errors import WeChatError
from bot.wechat.transport import Transport
from models import sql
from models.clock import now, travel

pytestmark = pytest.mark.commits

PATH = "/cgi-bin/message/custom/send"


def worker(world: World) -> Transport:
    """A process of its own, as far as tokens go: it shares nothing but the database."""
    return Transport(world.transport._session, DatabaseTokens(), backoff_s=0)


async def test_a_token_that_expires_in_mid_broadcast_is_fetched_once_by_two_workers(database: str) -> None:
    async with wechat() as world:
        workers = [worker(world), worker(world)]
        await workers[0].call(world.app(), "POST", PATH, json={})
        world.server.put(PATH, *[{"errcode": 42001, "errmsg": "access_token expired"}] * 20)
        sends = [workers[number % 2].call(world.app(), "POST", PATH, json={"n": number}) for number in range(20)]
        answers = await asyncio.gather(*sends)
        assert [answer["errcode"] for answer in answers] == [0] * 20
        assert len(world.server.fetches) == 2
        arrived = [call.json["n"] for call in world.server.to(PATH) if call.query["access_token"] == "token-2"]
        assert sorted(arrived) == list(range(20))


async def test_a_worker_that_starts_later_finds_the_token(database: str) -> None:
    async with wechat() as world:
        for _ in range(3):
            await worker(world).call(world.app(), "POST", PATH, json={})
        assert len(world.server.fetches) == 1


async def test_a_refused_fetch_is_everyones_to_try_again(database: str) -> None:
    async with wechat() as world:
        world.server.put("/cgi-bin/stable_token", {"errcode": 40164, "errmsg": "invalid ip 1.2.3.4"})
        with pytest.raises(WeChatError):
            await worker(world).call(world.app(), "POST", PATH, json={})
        assert (await worker(world).call(world.app(), "POST", PATH, json={}))["errcode"] == 0


async def test_who_died_while_fetching_is_waited_for_no_longer_than_its_lease(database: str) -> None:
    async with wechat() as world:
        app = world.app()
        lease = "INSERT INTO access_token (app, token, leased_until) VALUES ($1, '', $2)"
        await sql.rows(lease, app.key, now() + timedelta(seconds=15))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await worker(world).call(app, "POST", PATH, json={})
        with travel(now() + timedelta(seconds=16)):
            assert (await worker(world).call(app, "POST", PATH, json={}))["errcode"] == 0
        assert len(world.server.fetches) == 1


async def test_tickets_and_the_tokens_of_each_secret_are_kept_apart(database: str) -> None:
    async with wechat() as world:
        path = "/cgi-bin/ticket/getticket"
        world.server.put(path, {"errcode": 0, "ticket": "t1", "expires_in": 7200})
        tickets = await asyncio.gather(*(worker(world).jsapi_ticket(world.app()) for _ in range(4)))
        assert (set(tickets), len(world.server.to(path))) == ({"t1"}, 1)
        await worker(world).call(world.app("work"), "GET", "/cgi-bin/agent/get")
        kept = await sql.rows("SELECT app FROM access_token ORDER BY app")
        assert [row["app"].rsplit(":", 1)[0] for row in kept] == ["jsapi:official:wx1", "official:wx1", "work:wx1"]
