"""What a stock query and an order cost the database, as PostgreSQL counts it, and that nothing stale is told."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from aiohttp.test_utils import TestClient

from bench import statements
from bot.app import make_app
from bot.config import Settings
from bot.demo.company import openid
from bot.demo.wechat import OFFICIAL
from bot.wechat.envelope import Envelope
from models.clock import now
from tests.bot.test_doors import push, send, text
from tests.people import Api

pytestmark = pytest.mark.commits

QUERIES = 5


@pytest.fixture
async def door(database: str, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> TestClient:
    """The Official Account's door, with nothing else going on behind it."""
    settings = Settings(_env_file=None, official=OFFICIAL)
    return await aiohttp_client(make_app(settings, database=False, jobs=False))


async def ask(door: TestClient, line: str = "m8x30还有多少") -> str:
    """An encrypted stock query; the answer, decrypted."""
    pushed = push(OFFICIAL, OFFICIAL["app_id"], text(openid("o", "E003"), line))
    status, answer = await send(door, "/wechat/official", *pushed)
    assert status == 200
    query = {
        "timestamp": answer.split("<TimeStamp>")[1].split("<")[0],
        "nonce": answer.split("<Nonce><![CDATA[")[1].split("]]>")[0],
        "msg_signature": answer.split("<MsgSignature><![CDATA[")[1].split("]]>")[0],
    }
    envelope = Envelope(OFFICIAL["token"], OFFICIAL["app_id"], OFFICIAL["aes_key"])
    return envelope.open(query, answer.encode(), now().timestamp()).decode()


@pytest.mark.parametrize("line", ["m8x30还有多少", "查一下M8X30库存", "M8×30 不锈钢还有多少", "螺栓m8x30还有多少"])
async def test_an_encrypted_stock_query_takes_at_most_four_statements(
    database: str, door: TestClient, line: str
) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    await connection.close()
    await ask(door, line)
    await statements.forget(database)
    for _ in range(QUERIES):
        assert "可用 5,500 个" in await ask(door, line)
    counted = [each for each in await statements.counted(database) if "pg_catalog" not in each.text]
    assert sum(each.calls for each in counted) <= 4 * QUERIES, counted


async def test_an_order_of_five_lines_takes_at_most_sixty_statements(database: str, api: Api) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    await connection.close()
    codes = ("M8X30", "M10X40", "AV15", "BRG6204", "SW86W")
    order = {"customer": "宏达建材", "items": [{"product": code, "quantity": "2"} for code in codes]}
    assert (await api.post("E003", "order.create", **order))[0] == 200
    await statements.forget(database)
    assert (await api.post("E003", "order.create", **order))[0] == 200
    counted = [each for each in await statements.counted(database) if "pg_catalog" not in each.text]
    assert sum(each.calls for each in counted) <= 60, counted


async def test_a_move_committed_by_another_connection_is_in_the_very_next_answer(
    database: str, door: TestClient
) -> None:
    assert "可用 5,500 个" in await ask(door)
    other = await asyncpg.connect(database)
    await other.execute(
        "UPDATE stock_balance SET on_hand = on_hand + 7 WHERE id = (SELECT min(b.id) FROM stock_balance b "
        "JOIN product p ON p.id = b.product_id WHERE p.code = 'M8X30')"
    )
    await other.close()
    assert "可用 5,507 个" in await ask(door)
