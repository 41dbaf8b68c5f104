"""`liaodan mcp` as a client meets it: over pipes, as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.openapi import document
from handlers.registry import load
from handlers.rights import RIGHTS, Scope
from tests.bot.test_cli import demo, liaodan
from tests.conftest import ROOT

__all__ = ["demo"]

WELCOME = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "0"},
}


class Client:
    """One conversation: a line out, a line in."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process, self.count = process, 0

    def raw(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self.count += 1
        answer = self.raw(json.dumps({"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}))
        assert (answer["jsonrpc"], answer["id"]) == ("2.0", self.count)
        return answer

    def call(self, tool: str, **arguments: Any) -> tuple[bool, dict[str, Any]]:
        """Whether it failed, and what came."""
        result = self.ask("tools/call", name=tool, arguments=arguments)["result"]
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        return result["isError"], result["structuredContent"]


@contextmanager
def talking(database: str, *who: str) -> Iterator[Client]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("LIAODAN_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "mcp", *who],
        cwd=ROOT, env={**variables, "LIAODAN_DATABASE_URL": database}, text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    client = Client(process)
    assert process.stdin is not None and process.stdout is not None
    try:
        yield client
        process.stdin.close()
        assert (process.wait(timeout=30), process.stdout.read()) == (0, "")
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_the_tools_are_what_the_person_may_use_and_act_as_them(demo: str) -> None:
    with talking(demo, "--as", "E003") as client:
        welcome = client.ask("initialize", **WELCOME)["result"]
        assert welcome["protocolVersion"] == "2025-06-18" and "tools" in welcome["capabilities"]
        assert client.process.stdin is not None
        client.process.stdin.write('{"jsonrpc": "2.0", "method": "notifications/initialized"}\n')
        assert client.ask("ping")["result"] == {}

        tools = {each["name"]: each for each in client.ask("tools/list")["result"]["tools"]}
        may = {name for name in load() if RIGHTS.scope(name, frozenset({"salesperson"})) is not Scope.none}
        assert set(tools) == may
        operations = {each["operationId"]: each for path in document()["paths"].values() for each in path.values()}
        for name, each in tools.items():
            assert each["description"].startswith(operations[name]["summary"])
            assert each["annotations"]["readOnlyHint"] is (load()[name].kind == "query")
        wanted = operations["order.create"]["requestBody"]["content"]["application/json"]["schema"]
        offered = tools["order.create"]["inputSchema"]
        assert offered["required"] == wanted["required"] == ["customer", "items"]
        assert {**wanted["properties"], "idempotency_key": offered["properties"]["idempotency_key"]} == offered[
            "properties"
        ]

        failed, stock = client.call("stock.query", product="M8X30")
        assert (failed, stock["free"], stock["on_hand"]) == (False, "5500", "12000")
        order = {"customer": "宏达建材", "items": [{"product": "M8X30", "quantity": "1000"}]}
        first = client.call("order.create", **order, idempotency_key="once")
        assert first == client.call("order.create", **order, idempotency_key="once")
        assert first[1]["salesperson"] == {"number": "E003", "name": "小李"}
        assert client.call("order.create", **order)[1]["number"] != first[1]["number"]
        failed, waits = client.call(
            "order.create", customer="建业工程", items=[{"product": "AV15", "quantity": "4000"}]
        )
        assert (failed, waits["pending"]["approval"]) == (False, "AP0019")


@pytest.mark.slow
def test_what_is_refused_is_a_result_that_says_so_and_what_is_no_request_an_error(demo: str) -> None:
    token = liaodan(demo, "token", "--as", "C001").stdout.strip()
    with talking(demo, "--token", token) as client:
        assert client.ask("initialize", protocolVersion="1999-01-01")["result"]["protocolVersion"] == "2025-11-25"
        foreign, nothing = (client.call("order.status", order=order) for order in ("SO0315", "SO9999"))
        assert foreign == nothing
        assert foreign[0] is True and foreign[1]["code"] == "not_found" and "没有找到" in foreign[1]["message"]
        assert client.call("cost.query", product="M8X30") == (True, {"code": "no_right", "message": "没有权限查看"})
        assert client.call("stock.query")[1]["code"] == "missing_input"
        assert client.call("order.receive", order="SO0312", idempotency_key="é")[1]["code"] == "invalid_input"
        assert "on_hand" not in client.call("stock.query", product="M8X30")[1]
        for line, code in (
            ("nonsense", -32700), ("[]", -32700), ('{"id": 1}', -32600), ('{"jsonrpc": "2.0", "id": 1, "method": "x"}', -32601),
            ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "stock.fly"}}', -32602),
            ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "stock.query", "arguments": []}}', -32602),
            ('{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "stock.query", "arguments": {"product": "\\ud800"}}}', -32700),
        ):  # fmt: skip
            assert client.raw(line)["error"]["code"] == code, line
        assert client.ask("ping")["result"] == {}


@pytest.mark.slow
def test_a_token_that_is_none_gets_nothing_and_who_it_is_must_be_said(demo: str) -> None:
    with talking(demo, "--token", "nonsense") as client:
        assert client.ask("tools/list")["error"]["message"] == "请先登录"
        assert client.call("stock.query", product="M8X30")[1]["code"] == "unauthorized"
    nobody = liaodan(demo, "mcp")
    assert (nobody.returncode, nobody.stdout, nobody.stderr) == (2, "", "请用 --as 或 --token 说明是谁\n")
