"""Pushes whose signature is good and whose content is not: at every door, encrypted and plain, none makes a 5xx."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import make_app
from bot.config import Settings
from bot.demo.wechat import MINI, OFFICIAL, WORK
from models import sql
from tests.bot.test_doors import push, signed
from tests.pushes import PAYLOADS, WHO, body

DOORS = {
    "official": (OFFICIAL, OFFICIAL["app_id"]),
    "work": (WORK, WORK["corp_id"]),
    "miniprogram": (MINI, MINI["app_id"]),
}

HOSTILE: tuple[Any, ...] = (
    "", " ", "x" * 65, "x" * 300, "x" * 20_000, "字" * 8000, "9" * 400, "-1", "1e400", "NaN", "%_\\'\";--", "{{ r }}", "😀" * 100, "\u202e",
    "1,2,3,999999999999999999999", "99999999999999999999", "SO0312", "[查看](同意 AP0019)", {}, {"List": ""}, {"item": {"item": "x"}},
    ["a", "b"], [{"List": {"TemplateId": "x" * 300, "SubscribeStatusString": "accept"}}, ""],
)  # fmt: skip

MORE = (None, True, 0, 10**30, [], [[]], {"a": {"a": {"a": "\u0000\ud800"}}}, "\u0000", "\ud800")
"""What only JSON can say."""


class Hostile:
    """A door with pushes that are signed as they should be."""

    def __init__(self, encrypted: TestClient, plain: TestClient) -> None:
        self.clients = {True: encrypted, False: plain}

    async def send(self, key: str, *, encrypted: bool = True, **changed: Any) -> tuple[int, bytes]:
        return await self.deliver(key.split()[0], body(key, **changed), encrypted=encrypted)

    async def deliver(self, door: str, content: str, *, encrypted: bool = True, **headers: str) -> tuple[int, bytes]:
        account, receiver = DOORS[door]
        # UTF-8 has nothing for half a character; JSON escapes it.
        content = re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", content)
        query, sealed = push(account, receiver, content) if encrypted else (signed(account), content)
        sent = self.clients[encrypted].post(f"/wechat/{door}", params=query, data=sealed.encode(), headers=headers)
        async with sent as response:
            raw = await response.read()
            assert response.status in (200, 400, 403, 413), (content[:200], raw[:200])
            assert b"Traceback" not in raw
            if response.status != 200:
                assert raw == b""
            return response.status, raw


@pytest.fixture
async def hostile(database: str, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> Hostile:
    doors = {"official": OFFICIAL, "work": WORK, "miniprogram": MINI}
    sealed = make_app(Settings(_env_file=None, **doors), database=False, jobs=False)
    bare = {name: {**doors[name], "aes_key": None} for name in ("official", "miniprogram")}
    plain = make_app(Settings(_env_file=None, **bare), database=False, jobs=False)
    return Hostile(await aiohttp_client(sealed), await aiohttp_client(plain))


def modes(door: str) -> tuple[bool, ...]:
    """WeCom knows no plain pushes."""
    return (True,) if door == "work" else (True, False)


def changes(key: str) -> Iterator[dict[str, Any]]:
    """One field after the other as it should not be; in what comes as JSON, also what only JSON can say."""
    own, _ = PAYLOADS[key]
    for name in ("FromUserName", "ToUserName", "CreateTime", "MsgType", *own):
        for value in (*HOSTILE, *(MORE if key.startswith("miniprogram") else ())):
            yield {name: value}


@pytest.mark.slow
@pytest.mark.parametrize("key", sorted(PAYLOADS))
async def test_no_field_of_any_push_makes_a_5xx(hostile: Hostile, key: str) -> None:
    for nth, changed in enumerate(changes(key)):
        for encrypted in modes(key.split()[0]):
            await hostile.send(key, encrypted=encrypted, **{"CreateTime": 1764000000 + nth, **changed})


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80) | st.sampled_from(HOSTILE[:18])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["List", "item", "TemplateId", "ScanResult", "Count"]), inner)
    ),
    max_leaves=5,
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), encrypted=st.booleans())
@pytest.mark.slow
async def test_nothing_that_a_signed_push_can_hold_makes_a_5xx(
    hostile: Hostile, data: st.DataObject, encrypted: bool
) -> None:
    key = data.draw(st.sampled_from(sorted(PAYLOADS)))
    own, _ = PAYLOADS[key]
    names = ["FromUserName", "CreateTime", "MsgType", "Event", "MsgId", *own]
    changed = data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=3))
    door = key.split()[0]
    await hostile.deliver(door, body(key, form="json", **changed), encrypted=encrypted or door == "work")


@pytest.mark.parametrize(
    "kind", ["subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event"]
)
@pytest.mark.parametrize("door", ["official", "miniprogram"])
async def test_an_id_that_is_longer_than_any_is_nobodys(hostile: Hostile, door: str, kind: str) -> None:
    row = {"TemplateId": "T" * 65, "MsgID": "1" * 65, "SubscribeStatusString": "accept", "ErrorCode": "1" * 200}
    rows = {"List": [row, {**row, "SubscribeStatusString": "reject"}]}
    assert (await hostile.deliver(door, body(f"{door} event {kind}", form="json", **rows), encrypted=True))[0] == 200
    assert await sql.rows("SELECT template_id FROM grant_ledger WHERE template_id LIKE 'TT%'") == []


BODIES = (
    "", " ", "hello", "<xml/>", "<xml></xml>", "<xml><MsgType/></xml>", "<xml>" * 2000, "<xml>" + "<a>" * 900 + "</a>" * 900 + "</xml>",
    "<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>", "<xml><MsgType><a>1</a></MsgType></xml>", "<xml>&#0;</xml>",
    "<xml>&#xD800;</xml>", "<xml>&lol;</xml>", "<xml><![CDATA[", "{", "{}", "[]", "null", '{"MsgType": null}', '{"MsgType": NaN}', '{"MsgType": {}}',
    '{"MsgType": "event"}', '{"MsgType": "text", "FromUserName": {}}', '{"a":' * 900 + "1" + "}" * 900, '{"MsgType":"text","MsgType":"text"}',
)  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
async def test_a_signed_body_that_says_nothing_is_malformed(hostile: Hostile, door: str) -> None:
    for content in BODIES:
        for encrypted in modes(door):
            assert (await hostile.deliver(door, content, encrypted=encrypted))[0] == 400, content[:60]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_a_signed_body_that_is_not_what_its_encoding_says_is_malformed(hostile: Hostile, encoding: str) -> None:
    for door in DOORS:
        status, _ = (
            await hostile.deliver(door, "\0\1 not packed", encrypted=False, **{"Content-Encoding": encoding})
            if (door != "work")
            else (400, b"")
        )
        assert status == 400
        account, _ = DOORS[door]
        async with hostile.clients[True].post(
            f"/wechat/{door}", params=signed(account), data=b"\0\1 not packed", headers={"Content-Encoding": encoding}
        ) as response:
            assert (response.status, await response.read()) == (400, b"")


@pytest.mark.parametrize("door", DOORS)
async def test_a_message_of_nobody_is_malformed_and_an_event_of_nobody_does_nothing(
    hostile: Hostile, door: str
) -> None:
    for encrypted in modes(door):
        for sender in ("", "x" * 65, "x" * 5000, "a b"):
            assert (await hostile.send(f"{door} text", encrypted=encrypted, FromUserName=sender))[0] == 400
        for event in (key for key in PAYLOADS if key.startswith(f"{door} event")):
            assert await hostile.send(event, encrypted=encrypted, FromUserName="") == (200, b"success")
    assert await sql.rows("SELECT id FROM conversation WHERE external_id = ''") == []
    assert await sql.rows("SELECT id FROM audit_entry WHERE door = $1", door) == []
    assert WHO[door] and json.loads(body("miniprogram text"))["FromUserName"] == WHO["miniprogram"]
