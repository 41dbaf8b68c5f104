"""The callback doors: what is refused, how, and that nothing ugly gets out."""

import hashlib
import itertools
import time
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestClient

from bot.app import make_app
from bot.config import Settings
from bot.demo.company import openid
from bot.demo.wechat import MINI, OFFICIAL, WORK
from bot.wechat.envelope import Envelope
from models import sql

_numbers = itertools.count(1)


@pytest.fixture
async def door(database: str, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> TestClient:
    """The product alone; pushes are made by hand."""
    made = Settings(_env_file=None, official=OFFICIAL, work=WORK, miniprogram=MINI)
    return await aiohttp_client(make_app(made, database=False, jobs=False))


def signed(platform: dict, *, aes: str = "", timestamp: int | None = None, **more: str) -> dict[str, str]:
    """A query as the platform would sign it."""
    stamp, nonce = str(timestamp or int(time.time())), "n1"
    parts = sorted([platform["token"], stamp, nonce, *([aes] if aes else [])])
    name = "msg_signature" if aes else "signature"
    return {"timestamp": stamp, "nonce": nonce, name: hashlib.sha1("".join(parts).encode()).hexdigest(), **more}


def push(platform: dict, receiver: str, xml: str, **query: int) -> tuple[dict[str, str], str]:
    """An encrypted push and its query."""
    sealed = Envelope(platform["token"], receiver, platform["aes_key"]).seal(xml, timestamp=1, nonce="n1")
    aes = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    body = f"<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><Encrypt><![CDATA[{aes}]]></Encrypt></xml>"
    return signed(platform, aes=aes, **query), body


def text(who: str, line: str) -> str:
    number = next(_numbers)
    return (
        f"<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><FromUserName><![CDATA[{who}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{line}]]></Content><MsgId>{number}</MsgId></xml>"
    )


async def send(door: TestClient, path: str, query: dict[str, str], body: str | bytes) -> tuple[int, str]:
    async with door.post(path, params=query, data=body) as response:
        return response.status, await response.text()


async def test_the_url_check_returns_echostr_as_it_came_or_decrypted_for_wecom(door: TestClient) -> None:
    async with door.get("/wechat/official", params=signed(OFFICIAL, echostr="12345")) as response:
        assert (response.status, await response.text()) == (200, "12345")
    sealed = Envelope(WORK["token"], WORK["corp_id"], WORK["aes_key"]).seal("echo me", timestamp=1, nonce="n1")
    aes = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    async with door.get("/wechat/work", params=signed(WORK, aes=aes, echostr=aes)) as response:
        assert (response.status, await response.text()) == (200, "echo me")


async def test_wecoms_url_check_is_never_taken_plain(door: TestClient) -> None:
    async with door.get("/wechat/work", params=signed(WORK, echostr="12345")) as response:
        assert (response.status, await response.text()) == (403, "")


async def test_an_encrypted_line_gets_an_encrypted_answer(door: TestClient) -> None:
    query, body = push(OFFICIAL, OFFICIAL["app_id"], text(openid("o", "E003"), "m8x30还有多少"))
    status, answer = await send(door, "/wechat/official", query, body)
    assert status == 200
    assert "可用" not in answer
    fields = {name: answer.split(f"<{name}>")[1].split(f"</{name}>")[0] for name in ("TimeStamp",)}
    nonce = answer.split("<Nonce><![CDATA[")[1].split("]]>")[0]
    signature = answer.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    envelope = Envelope(OFFICIAL["token"], OFFICIAL["app_id"], OFFICIAL["aes_key"])
    query = {"timestamp": fields["TimeStamp"], "nonce": nonce, "msg_signature": signature}
    opened = envelope.open(query, answer.encode(), time.time()).decode()
    assert "可用 5,500 个" in opened
    assert "<FromUserName><![CDATA[gh_demo]]>" in opened


@pytest.mark.parametrize(
    ("what", "status"),
    [("unsigned", 403), ("wrong", 403), ("stale", 403), ("plain", 403), ("other receiver", 403), ("not xml", 400),
     ("doctype", 400), ("empty", 400)],
)  # fmt: skip
async def test_what_is_not_from_wechat_is_refused_without_a_word(door: TestClient, what: str, status: int) -> None:
    xml = text(openid("o", "E003"), "下单")
    query, body = push(OFFICIAL, OFFICIAL["app_id"], xml)
    if what == "unsigned":
        query = {}
    elif what == "wrong":
        query["msg_signature"] = "0" * 40
    elif what == "stale":
        query, body = push(OFFICIAL, OFFICIAL["app_id"], xml, timestamp=int(time.time()) - 3600)
    elif what == "plain":
        query, body = signed(OFFICIAL), xml
    elif what == "other receiver":
        query, body = push(OFFICIAL, "wx0somebodyelse0", xml)
    elif what == "not xml":
        body = "hello"
    elif what == "doctype":
        body = '<!DOCTYPE x [<!ENTITY a "b">]>' + body
    else:
        body = ""
    assert await send(door, "/wechat/official", query, body) == (status, "")
    assert await sql.rows("SELECT id FROM audit_entry WHERE door = 'official'") == []


async def test_too_large_a_body_is_not_read(door: TestClient) -> None:
    query, _ = push(OFFICIAL, OFFICIAL["app_id"], "<xml/>")
    status, _ = await send(door, "/wechat/official", query, b"x" * (64 * 1024 + 1))
    assert status == 413


async def test_an_unknown_type_is_answered_success(door: TestClient) -> None:
    xml = text(openid("o", "E003"), "x").replace("[text]", "[hologram]")
    assert await send(door, "/wechat/official", *push(OFFICIAL, OFFICIAL["app_id"], xml)) == (200, "success")


async def test_a_stranger_gets_the_way_to_bind_and_nothing_else(door: TestClient) -> None:
    envelope = Envelope(OFFICIAL["token"], OFFICIAL["app_id"], OFFICIAL["aes_key"])
    answers = set()
    for line in ("m8x30还有多少", "SO0312", "SO9999", "我的订单", "成本", "？", "随便"):
        status, answer = await send(
            door, "/wechat/official", *push(OFFICIAL, OFFICIAL["app_id"], text("o_stranger", line))
        )
        stamp = answer.split("<TimeStamp>")[1].split("<")[0]
        query = {
            "timestamp": stamp,
            "nonce": answer.split("<Nonce><![CDATA[")[1].split("]]>")[0],
            "msg_signature": answer.split("<MsgSignature><![CDATA[")[1].split("]]>")[0],
        }
        opened = envelope.open(query, answer.encode(), time.time()).decode()
        answers.add(opened.split("<Content><![CDATA[")[1].split("]]>")[0])
    assert len(answers) == 1
    assert "绑定 482913" in answers.pop()
