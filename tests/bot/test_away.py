"""A database that is away, in every way it can be: 503 with a word, at every door, and ready says why."""

import os
import time
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestClient

from bot.app import make_app
from bot.config import Settings
from bot.demo.company import openid
from bot.demo.wechat import MINI, OFFICIAL, WORK
from tests.bot.test_doors import push, text
from tests.conftest import admin, apart

SERVER = os.environ.get("TEST_SERVER", "postgres://postgres@/{}")

AWAY = {
    "no such socket": "postgres://postgres@/x?host=/nonexistent",
    "no such host": "postgres://postgres@nosuchhost.invalid/x",
    "nobody listens": "postgres://postgres@127.0.0.1:9/x",
    "no such database": SERVER.format("no_such_database"),
    "no such user": SERVER.format("postgres").replace("postgres@", "nobody_of_this_name@"),
}


@pytest.fixture(params=AWAY)
async def door(request: pytest.FixtureRequest, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> TestClient:
    made = Settings(_env_file=None, database_url=AWAY[request.param], official=OFFICIAL, work=WORK, miniprogram=MINI)
    return await aiohttp_client(make_app(made, jobs=False))


async def test_a_database_that_is_away_is_503_at_every_door(door: TestClient) -> None:
    said = {"code": "unavailable", "message": "系统正在恢复，请稍后再试"}
    headers = {"Authorization": "Bearer x", "Idempotency-Key": "k"}
    async with door.get("/api/account/whoami", headers=headers) as response:
        assert (response.status, await response.json()) == (503, said)
    async with door.post("/api/order/create", json={}, headers=headers) as response:
        assert (response.status, await response.json()) == (503, said)
    async with door.get("/p/" + "x" * 22) as response:
        assert response.status == 503
    query, body = push(OFFICIAL, OFFICIAL["app_id"], text(openid("o", "E003"), "我是谁"))
    async with door.post("/wechat/official", params=query, data=body) as response:
        assert response.status == 503
    async with door.get("/healthz") as response:
        assert response.status == 200
    async with door.get("/readyz") as response:
        reason = "连不上数据库，请检查 LIAODAN_DATABASE_URL 和数据库服务"
        assert (response.status, await response.json()) == (503, {"ready": False, "reason": reason})


async def test_ready_says_that_a_database_is_not_migrated(
    aiohttp_client: Callable[..., Awaitable[TestClient]],
) -> None:
    name = f"bare_{os.getpid()}"
    apart(admin(f"CREATE DATABASE {name}"))
    try:
        door = await aiohttp_client(make_app(Settings(_env_file=None, database_url=SERVER.format(name)), jobs=False))
        async with door.get("/readyz") as response:
            reason = "数据库没有升级，请运行 liaodan migrate"
            assert (response.status, await response.json()) == (503, {"ready": False, "reason": reason})
        await door.close()
    finally:
        apart(admin(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.mark.commits
async def test_a_database_that_goes_away_in_between_is_503_and_then_back(
    database: str, aiohttp_client: Callable[..., Awaitable[TestClient]]
) -> None:
    made = Settings(_env_file=None, database_url=database)
    door = await aiohttp_client(make_app(made, jobs=False))
    ask = lambda: door.get("/api/account/whoami", headers={"Authorization": "Bearer x"})  # noqa: E731
    async with ask() as response:
        assert response.status == 401
    own = database.split("?")[0].rsplit("/", 1)[1]
    await admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{own}'")
    statuses, until = [], time.monotonic() + 20
    while 401 not in statuses and time.monotonic() < until:
        async with ask() as response:
            statuses.append(response.status)
    assert set(statuses) <= {503, 401} and statuses[-1] == 401
