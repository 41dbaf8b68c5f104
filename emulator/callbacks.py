"""Pushes to the backend: signed, encrypted, repeated when unanswered, and the reply shown on the phone."""

import asyncio
import itertools
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from .cardrules import INTERACTIVE
from .cards import changed
from .config import MiniProgram, Official, Person, Work
from .envelope import Envelope, signature
from .faults import CALLBACK
from .journal import Entry
from .phones import Bubble
from .replies import CHANGE, Expected, MalformedReply, Reply
from .world import World
from .xmltext import write_xml

ATTEMPTS = 4
OUT_OF_ORDER = "该公众号提供的服务出现故障，请稍后再试"


@dataclass
class Push:
    """One message or event for the backend; every repeat of it carries the same fields."""

    door: str
    # Nobody's phone has to do with what the platform tells of itself.
    person: Person | None
    fields: dict[str, Any]
    loud: bool = True
    copies: int = 1
    urls: list[str] = field(default_factory=list)


@dataclass
class Answer:
    """How one copy of a push ended."""

    reply: Reply | None = None
    failure: str | None = None


@dataclass
class Outcome:
    """How the whole push ended."""

    attempts: int = 0
    answers: list[Answer] = field(default_factory=list)
    bubble: Bubble | None = None


class Platform:
    """How one platform writes, seals and addresses its pushes."""

    def __init__(self, account: Official | Work | MiniProgram) -> None:
        self.account = account
        self.format = account.format if isinstance(account, MiniProgram) else "xml"
        self.mode = "safe" if isinstance(account, Work) else account.mode
        receive_id = account.corp_id if isinstance(account, Work) else account.app_id
        self.receiver = account.corp_id if isinstance(account, Work) else account.account
        self.envelope = (
            None
            if self.mode == "plain" or account.aes_key is None
            else Envelope(account.token, account.aes_key, receive_id)
        )

    def write(self, fields: dict[str, Any]) -> str:
        return json.dumps(fields, ensure_ascii=False) if self.format == "json" else write_xml(fields)

    def request(self, fields: dict[str, Any], now: int) -> tuple[dict[str, str], str]:
        """The query and the body of one delivery."""
        timestamp, nonce = str(now), str(secrets.randbelow(10**10))
        query = {"timestamp": timestamp, "nonce": nonce}
        if not isinstance(self.account, Work):
            query = {"signature": signature(self.account.token, timestamp, nonce), **query}
            query["openid"] = str(fields["FromUserName"])
        if self.envelope is None:
            return query, self.write(fields)
        encrypted = self.envelope.encrypt(self.write(fields))
        query["msg_signature"] = self.envelope.sign(timestamp, nonce, encrypted)
        if isinstance(self.account, Work):
            return query, self.write(self._outside(fields) | {"Encrypt": encrypted})
        query["encrypt_type"] = "aes"
        outside = fields if self.mode == "compatible" else self._outside(fields)
        return query, self.write(outside | {"Encrypt": encrypted})

    @staticmethod
    def _outside(fields: dict[str, Any]) -> dict[str, Any]:
        return {name: fields[name] for name in ("ToUserName", "AgentID") if name in fields}


class Callbacks:
    """Delivers pushes and shows what comes back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.platforms = {door: Platform(getattr(world.config, door)) for door in world.config.doors()}

    async def push(self, push: Push) -> Outcome:
        """Deliver, with the faults that were asked for, and show the first reply."""
        outcome = Outcome()
        fault = self._world.faults.take(CALLBACK, push.door)
        if fault and fault.lost:
            self._world.journal.note("推送被丢失", push.door, push.person.name if push.person else "")
            return outcome
        copies = push.copies + (fault.duplicate if fault else 0)
        if fault and fault.late:
            await asyncio.sleep(fault.late)
        if fault and fault.reorder:
            await self._world.faults.hold(push.door)
        urls = itertools.cycle(push.urls or [self.platforms[push.door].account.callback])
        outcome.answers = list(
            await asyncio.gather(*(self._deliver(push, outcome, urls) for _ in range(max(1, copies))))
        )
        if not (fault and fault.reorder):
            self._world.faults.overtaken(push.door)
        outcome.bubble = self._show(push, outcome.answers)
        return outcome

    def report(self, door: str, person: Person | None, fields: dict[str, Any]) -> None:
        """Tell the backend afterwards how a message went; no phone shows anything for it."""
        self._world.spawn(self.push(Push(door, person, fields, loud=False)))

    def _show(self, push: Push, answers: list[Answer]) -> Bubble | None:
        if push.person is None:
            return None
        replies = [answer.reply for answer in answers if answer.reply is not None]
        if replies and replies[0].kind == CHANGE:
            return self._change(push.person, str(push.fields["TaskId"]), replies[0].body)
        if replies:
            return self._world.phones.show(push.door, push.person, "them", replies[0].kind, replies[0].body)
        if push.door == "official" and push.loud and all(answer.failure for answer in answers):
            return self._world.phones.show(push.door, push.person, "system", "system", {"content": OUT_OF_ORDER})
        return None

    def _change(self, person: Person, task_id: str, change: dict[str, Any]) -> Bubble | None:
        """The tapped card looks different now, on this phone alone."""
        _, bubble = self._world.cards.find(person, task_id)
        if "button" in change and bubble.body["card"]["card_type"] not in INTERACTIVE:
            self._world.journal.note("通知卡片没有按钮可改", "work", person.name)
            return None
        bubble.body = changed(bubble.body, change)
        self._world.phones.change(bubble)
        return bubble

    async def _deliver(self, push: Push, outcome: Outcome, urls: Iterator[str]) -> Answer:
        """One copy: the first 200 in time ends it, whatever it says."""
        platform = self.platforms[push.door]
        what = push.fields.get("Event") or push.fields["MsgType"]
        said = push.fields.get("Content") or push.fields.get("EventKey") or push.fields.get("ChangeType") or ""
        entry = self._world.journal.open(
            "push", f"{what} {said}".strip()[:40], push.door, push.person.name if push.person else ""
        )
        entry.parts.append(("推送内容（解密后）", platform.write(push.fields)))
        answer = Answer(failure="not delivered")
        for attempt in range(1, ATTEMPTS + 1):
            outcome.attempts += 1
            answer = await self._attempt(push, platform, next(urls), entry)
            entry.good = answer.failure is None
            entry.state = f"第 {attempt} 次：{answer.failure or '已应答'}"
            self._world.journal.update(entry)
            if answer.failure is None or isinstance(answer, _Final):
                return answer
            if attempt < ATTEMPTS and self._world.limits.retry_pause_s:
                await asyncio.sleep(self._world.limits.retry_pause_s)
        return answer

    async def _attempt(self, push: Push, platform: Platform, url: str, entry: Entry) -> Answer:
        query, body = platform.request(push.fields, self._world.clock.seconds())
        entry.parts.append(("请求", f"POST {url}\n{json.dumps(query, ensure_ascii=False)}\n\n{body}"))
        try:
            status, text = await self._post(url, query, body, platform.format)
        except TimeoutError:
            return Answer(failure="超时，连接已断开")
        except (aiohttp.ClientError, ConnectionError) as error:
            return Answer(failure=f"连接失败 {type(error).__name__}")
        entry.parts.append((f"应答 {status}", text or "（空）"))
        if status != 200:
            return Answer(failure=f"HTTP {status}")
        return self._read(text, push, platform, entry)

    async def _post(self, url: str, query: dict[str, str], body: str, form: str) -> tuple[int, str]:
        assert self._world.session is not None
        content_type = "application/json" if form == "json" else "text/xml"
        async with (
            asyncio.timeout(self._world.limits.callback_s),
            self._world.session.post(
                url, params=query, data=body.encode(), headers={"Content-Type": content_type}
            ) as response,
        ):
            return response.status, await response.text(errors="replace")

    def _read(self, text: str, push: Push, platform: Platform, entry: Entry) -> Answer:
        expected = Expected(
            door=push.door,
            sender=str(push.fields["FromUserName"]),
            receiver=str(push.fields["ToUserName"]),
            kind=str(push.fields["MsgType"]),
            envelope=platform.envelope,
            format=platform.format,
            event=str(push.fields.get("Event", "")),
        )
        try:
            reply = self._world.replies.read(text, expected)
        except MalformedReply as error:
            entry.parts.append(("应答有误", str(error)))
            return _Final(failure=f"应答有误：{error}")
        if reply is not None and platform.envelope is not None:
            entry.parts.append(("应答（解密后）", reply.inner))
        return Answer(reply=reply)

    async def echo(self, door: str) -> tuple[bool, str]:
        """The console's address check: a GET that must come back as it is due."""
        platform, now = self.platforms[door], str(self._world.clock.seconds())
        nonce, secret_text = str(secrets.randbelow(10**10)), str(secrets.randbelow(10**18))
        query = {"timestamp": now, "nonce": nonce, "echostr": secret_text}
        if isinstance(platform.account, Work):
            assert platform.envelope is not None
            query["echostr"] = platform.envelope.encrypt(secret_text)
            query["msg_signature"] = platform.envelope.sign(now, nonce, query["echostr"])
        else:
            query["signature"] = signature(platform.account.token, now, nonce)
        assert self._world.session is not None
        entry = self._world.journal.open("push", "验证回调地址", door)
        try:
            async with (
                asyncio.timeout(self._world.limits.callback_s),
                self._world.session.get(platform.account.callback, params=query) as response,
            ):
                text = await response.text(errors="replace")
                entry.good = response.status == 200 and text == secret_text
                entry.state = f"HTTP {response.status}"
        except (TimeoutError, aiohttp.ClientError) as error:
            entry.good, entry.state, text = False, type(error).__name__, ""
        entry.parts = [("查询", json.dumps(query)), ("应答", text)]
        self._world.journal.update(entry)
        return entry.good, entry.state


@dataclass
class _Final(Answer):
    """A failure that was an answer all the same, so that nothing is repeated."""


CALLBACKS = web.AppKey("callbacks", Callbacks)
