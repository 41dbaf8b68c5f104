"""The people: encrypted messages made beforehand, sent over kept connections from a process of their own."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree import ElementTree

import uvloop

from bench.company import PEOPLE, PRODUCTS, Named, identity, line, products
from bench.serving import HOST
from bot.demo.wechat import OFFICIAL
from emulator.callbacks import Platform
from emulator.config import Official

PLATFORM = Platform(
    Official(**OFFICIAL, account="gh_bench", callback="", mode="safe", name="", templates=(), menu=None)
)

CHECKED = 25
"""Of so many answers, one is opened and read."""


@dataclass(frozen=True, slots=True)
class Drive:
    """So many messages to a door, so many of them under way at once; `first` numbers them, never twice the same."""

    door: str
    port: int
    first: int
    count: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How a drive went."""

    per_s: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it goes over the wire, and the product whose stock it asks for."""

    wire: bytes
    product: Named


def drive(task: Drive) -> Figures:
    """Sends every message of a task and reads every answer. Raises AssertionError for a wrong one."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_drive(task, list(_messages(task))))


def _messages(task: Drive) -> Iterator[Message]:
    every = products()
    for index in range(task.first, task.first + task.count):
        # Steps that share no divisor with the counts: everybody and everything comes up before anything comes twice.
        product = every[index * 7919 % PRODUCTS]
        text = line(product, index)
        yield Message(wire(task.door, identity(index * 60_013 % PEOPLE), text, index), product)


def wire(door: str, who: str, text: str, number: int) -> bytes:
    """One text message, sealed and signed as the platform does it."""
    moment = int(time.time())
    fields = {"ToUserName": PLATFORM.receiver, "FromUserName": who, "CreateTime": moment, "MsgType": "text"}
    query, body = PLATFORM.request({**fields, "Content": text, "MsgId": 10**18 + number}, moment)
    raw = body.encode()
    head = (
        f"POST /wechat/{door}?{urlencode(query)} HTTP/1.1\r\nHost: {HOST}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw


async def _drive(task: Drive, messages: list[Message]) -> Figures:
    waiting = iter(messages)
    spans: list[float] = []
    kept: list[tuple[Message, bytes]] = []

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(HOST, task.port)
        for message in waiting:
            began = time.perf_counter()
            writer.write(message.wire)
            body = await _body(reader)
            spans.append(time.perf_counter() - began)
            if len(spans) % CHECKED == 0:
                kept.append((message, body))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(task.at_once)))
    took = time.perf_counter() - began
    if task.door == "official":
        for message, body in kept:
            _check(message, body)
    cuts = statistics.quantiles(spans, n=100)
    return Figures(per_s=len(spans) / took, p50_ms=cuts[49] * 1000, p99_ms=cuts[98] * 1000)


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(b"http/1.1 200"), head
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return await reader.readexactly(length)


def _check(message: Message, body: bytes) -> None:
    text = read_reply(body)
    assert text.startswith(message.product.name) and "可用" in text, text


def read_reply(body: bytes) -> str:
    """The text inside an encrypted reply."""
    assert PLATFORM.envelope is not None
    sealed = ElementTree.fromstring(body).findtext("Encrypt", "")
    return ElementTree.fromstring(PLATFORM.envelope.decrypt(sealed)).findtext("Content", "")
