"""`liaodan mcp`: the handlers somebody may use, as tools of the Model Context Protocol on standard input and output.

One JSON-RPC message a line, answered in turn (decision 0028). Nothing but answers goes to standard output.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.doors.answering import body_of, refusal_body
from bot.doors.entering import LONGEST_KEY, MalformedRequest, parse_object
from bot.openapi import inputs_schema
from handlers.actor import Actor
from handlers.call import Call
from handlers.dispatch import run
from handlers.registry import Handler, UnknownHandler, handler, load
from handlers.rights import Scope
from models.database import AWAY
from models.errors import InvalidInput, Refused, Unavailable

log = structlog.get_logger()

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Of the protocol, the newest first; what is used of it here is the same in all of them."""

KEY = "idempotency_key"

PARSE_ERROR, INVALID_REQUEST, NO_SUCH_METHOD, INVALID_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603

Who = Callable[[], Awaitable[Actor]]

Message = dict[str, Any]


class NotUnderstood(Exception):
    """A message that is answered with an error of the protocol."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class Server:
    """One conversation with a client; `who` says afresh at every call whose it is."""

    def __init__(self, who: Who) -> None:
        self._who = who

    async def answer(self, line: bytes) -> Message | None:
        """The answer to one line; None to a notification."""
        try:
            message = parse_object(line)
        except MalformedRequest:
            return _error(None, PARSE_ERROR, "one JSON-RPC object a line, please")
        asked, wanted = message.get("id"), "id" in message
        try:
            result = await self._result(message)
        except NotUnderstood as error:
            return _error(asked, error.code, error.words) if wanted else None
        return {"jsonrpc": "2.0", "id": asked, "result": result} if wanted else None

    async def _result(self, message: Message) -> Message:
        method, params = message.get("method"), message.get("params") or {}
        if message.get("jsonrpc") != "2.0" or not isinstance(method, str) or not isinstance(params, dict):
            raise NotUnderstood(INVALID_REQUEST, "not a JSON-RPC 2.0 request")
        if method == "initialize":
            return _welcome(params)
        if method == "ping" or method.startswith("notifications/"):
            return {}
        if method == "tools/list":
            return {"tools": [tool(each) for each in await self._tools()]}
        if method == "tools/call":
            return await self._call(params)
        raise NotUnderstood(NO_SUCH_METHOD, f"no method {method[:80]}")

    async def _tools(self) -> list[Handler]:
        try:
            me = await self._who()
        except (Refused, *AWAY) as error:
            raise NotUnderstood(INTERNAL, _body(error)["message"]) from error
        return [each for each in load().values() if me.reach(each.name) is not Scope.none]

    async def _call(self, params: Message) -> Message:
        """A tool's result; what it refuses is a result as well, one that says so."""
        name, inputs = params.get("name"), params.get("arguments")
        inputs = {} if inputs is None else inputs
        if not isinstance(name, str) or not isinstance(inputs, dict):
            raise NotUnderstood(INVALID_PARAMS, "a tool is called by name, with an object of arguments")
        try:
            body, failed = await self._run(name, inputs), False
        except UnknownHandler:
            raise NotUnderstood(INVALID_PARAMS, f"no tool {name[:80]}") from None
        except (Refused, *AWAY) as error:
            body, failed = _body(error), True
        except Exception as error:  # the outer edge of tools
            trace = secrets.token_hex(4)
            log.error("tool.failed", tool=name, trace=trace, exc_info=error)
            message = f"系统出错了，编号 {trace}，已经记录"
            body, failed = {"code": "internal", "message": message, "trace": trace}, True
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        return {"content": [{"type": "text", "text": text}], "structuredContent": body, "isError": failed}

    async def _run(self, name: str, given: Message) -> Message:
        found, me = handler(name), await self._who()
        if found.kind == "query":
            return body_of(await run(me, Call(name, given)))
        inputs = {each: value for each, value in given.items() if each != KEY}
        key = f"mcp:{me.number or me.identity}:{_key(given)}"
        return body_of(await run(me, Call(name, inputs), key=key))


async def serve(who: Who) -> None:
    """Answers line after line until standard input ends."""
    server = Server(who)
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        if line.strip() and (answer := await server.answer(line)) is not None:
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()


def tool(found: Handler) -> Message:
    """A handler as a tool: what OpenAPI says of it, and whether it only reads."""
    schema = inputs_schema(found)
    if found.kind == "command":
        words = "同一个键只执行一次；不写就当作新的一次"
        extra = {KEY: {"type": "string", "maxLength": LONGEST_KEY, "description": words}}
        schema = {**schema, "properties": {**schema["properties"], **extra}}
    hints = {"readOnlyHint": found.kind == "query", "destructiveHint": found.confirm, "openWorldHint": False}
    said = f"{found.help}。例如：{'；'.join(found.says[:3])}" if found.says else found.help
    return {"name": found.name, "description": said, "inputSchema": schema, "annotations": hints}


def _welcome(params: Message) -> Message:
    asked = params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": {"name": "liaodan", "title": "聊单", "version": "1"},
        "instructions": "公司的 ERP、CRM 和 MES。单号、编号或准确的名称都可以指一样东西；金额和数量是文本。",
    }


def _key(given: Message) -> str:
    """The key of a command; without one, every call is a new one."""
    key = given.get(KEY)
    if key is None:
        return secrets.token_hex(16)
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise InvalidInput(input=KEY, given=str(key)[:40], why="not_a_key")
    return key


def _body(error: BaseException) -> Message:
    return refusal_body(error if isinstance(error, Refused) else Unavailable())


def _error(asked: Any, code: int, words: str) -> Message:
    return {"jsonrpc": "2.0", "id": asked, "error": {"code": code, "message": words}}
