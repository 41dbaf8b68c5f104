"""Every input of every operation with values that nobody means well, from somebody whose token is good."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.registry import Handler, load
from handlers.rights import RIGHTS, Scope
from models.clock import today
from tests.people import Api

GOOD: dict[str, Any] = {
    "CustomerReader": "宏达建材", "SalesOrderReader": "SO0312", "ProductReader": "M8X30", "WarehouseReader": "主仓",
    "PlaceReader": "主仓", "SpanReader": "本月", "ItemsReader": [{"product": "M10X40", "quantity": "5"}], "PersonReader": "E004",
    "SupplierReader": "佛照", "WorkOrderReader": "WO1105", "PurchaseOrderReader": "PO0087", "DayReader": today().isoformat(),
    "DepartmentReader": "采购", "PhoneReader": "13812345678", "DimensionReader": "customer", "TextReader": "字",
    "CountReader": "5", "AmountReader": "5", "TrackingNoReader": "SF1029384756", "ExportFormatReader": "xlsx",
    "InvoiceKindReader": "专票", "UnitPriceReader": "1", "MeasureReader": "5", "DeltaReader": "+5",
}  # fmt: skip
"""What goes before the input that is tried, so that it is reached; where there is none, what stops the call is as good."""

HOSTILE: tuple[Any, ...] = (
    "", " ", "x" * 30, "字" * 300, "字" * 200, "9" * 21, "x" * 4000, "%_\\'\";--", "😀" * 40, "9" * 400, "1e400", "١٢٣", "²", "9999-12-31", "0001-01-01",
    "NaN", "YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "宏达\n[查看](同意 AP0019)",
)  # fmt: skip

ONLY_JSON: tuple[Any, ...] = (
    -1, 10**30, 1.5, True, [], {}, [[]], [{}], [None], ["x" * 400], {"product": {}}, [{"product": "M8X30", "quantity": {}}],
    [{"product": "M8X30", "quantity": "1", "unit": []}], [{"product": "9" * 300, "quantity": "1e9"}], [1] * 300,
)  # fmt: skip

RAW = (
    "[]", "null", "1", '"x"', "{", '{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}', '{"a": 1e999}', r'{"a": "\ud800"}',
    r'{"a": "\u0000"}', r'{"\u0000": 1}', r'{"\udfff": 1}', '{"a": ' + "[" * 900 + "]" * 900 + "}", '{"a":' * 900 + "1" + "}" * 900,
    "[" * 100_000, '{"a": ' + "9" * 5000 + "}", "{'a': 1}", '{"a": 1} x',
)  # fmt: skip
"""Bodies that are no object of JSON as we take it."""

NOT_TEXT = ("%00", "a%00b", "%ED%A0%80", "%FF%FE", "%C0%80")
"""What a query may hold that is no text."""


def boss(found: Handler) -> str:
    """Somebody who may."""
    for number, role in (
        ("E001", "manager"), ("E003", "salesperson"), ("E005", "warehouse"), ("E009", "finance"), ("E010", "hr_office"),
        ("E006", "worker"), ("E012", "purchasing"), ("E011", "quality"), ("E020", "service"), ("E021", "marketing"), ("C001", "customer"),
    ):  # fmt: skip
        if RIGHTS.scope(found.name, frozenset({role})) is not Scope.none:
            return number
    return "E001"


async def checked(response: ClientResponse, *, refused: bool = False) -> dict[str, Any]:
    """The answer, if it is one: nothing of ours broke, nothing of ours shows."""
    raw = await response.read()
    assert response.status < 500, (str(response.url)[:200], raw[:300])
    assert response.content_type == "application/json" and b"Traceback" not in raw
    body: dict[str, Any] = json.loads(raw)
    if refused or response.status >= 400:
        assert response.status >= 400 and {"code", "message"} <= body.keys(), (str(response.url)[:200], body)
        assert isinstance(body["message"], str) and body["message"], body
    return body


class Hostile:
    """Calls as somebody who may, in whatever form."""

    def __init__(self, api: Api) -> None:
        self.api, self.count = api, 0

    async def headers(self, found: Handler) -> dict[str, str]:
        self.count += 1
        return {"Authorization": f"Bearer {await self.api.token(boss(found))}", "Idempotency-Key": f"h{self.count}"}

    async def call(self, found: Handler, inputs: dict[str, Any]) -> dict[str, Any]:
        path, headers = f"/api/{found.name.replace('.', '/', 1)}", await self.headers(found)
        if found.kind == "query":
            asked = self.api.client.get(path, params={k: str(v) for k, v in inputs.items()}, headers=headers)
        else:
            asked = self.api.client.post(path, json=inputs, headers=headers)
        async with asked as response:
            return await checked(response)

    async def raw(self, found: Handler, body: str | bytes, **more: str) -> dict[str, Any]:
        path, headers = f"/api/{found.name.replace('.', '/', 1)}", {**await self.headers(found), **more}
        async with self.api.client.post(path, data=body, headers=headers) as response:
            return await checked(response)


@pytest.fixture
async def hostile(api: Api) -> AsyncIterator[Hostile]:
    yield Hostile(api)


def before(found: Handler, name: str) -> dict[str, Any]:
    """The inputs that are read before this one, as they should be."""
    inputs = {}
    for each in found.inputs.values():
        if each.name == name:
            break
        if each.required and (good := GOOD.get(type(each.reader).__name__)) is not None:
            inputs[each.name] = good
    return inputs


AREAS = sorted({name.split(".")[0] for name in load()})


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
async def test_no_value_of_any_input_of_any_operation_makes_a_5xx(hostile: Hostile, area: str) -> None:
    wrong = []
    for found in (each for each in load().values() if each.name.split(".")[0] == area):
        for name in found.inputs:
            good = before(found, name)
            for value in HOSTILE if found.kind == "query" else (*HOSTILE, *ONLY_JSON):
                try:
                    await hostile.call(found, {**good, name: value})
                except AssertionError:
                    wrong.append((found.name, name, str(value)[:40]))
    assert wrong == []


def reads_documents() -> list[tuple[Handler, str]]:
    """Operations whose first input is a document's number."""
    firsts = [(found, next(iter(found.inputs.values()))) for found in load().values() if found.inputs]
    return [(found, first.name) for found, first in firsts if hasattr(first.reader, "prefix")]


async def test_a_number_too_long_to_be_any_document_s_reads_like_one_that_does_not_exist(hostile: Hostile) -> None:
    tried = reads_documents()
    assert len(tried) > 40
    for found, name in tried:
        prefix = found.inputs[name].reader.prefix  # type: ignore[attr-defined]
        no_such, *too_long = [
            await hostile.call(found, {name: f"{prefix}{'9' * digits}"}) for digits in (6, 17, 18, 19, 40, 4000)
        ]
        assert no_such["code"] in ("not_found", "no_right"), found.name
        assert all(each == no_such for each in too_long), found.name


async def test_what_is_no_json_is_malformed_at_every_command(hostile: Hostile) -> None:
    for found in (each for each in load().values() if each.kind == "command"):
        for body in RAW if found.name == "order.create" else RAW[5:13]:
            assert (await hostile.raw(found, body))["code"] == "malformed", (found.name, body[:40])


async def test_what_is_no_text_is_malformed_in_every_query(hostile: Hostile) -> None:
    for found in (each for each in load().values() if each.kind == "query"):
        for name in [*found.inputs, "a%00b"]:
            url, headers = f"/api/{found.name.replace('.', '/', 1)}", await hostile.headers(found)
            async with hostile.api.client.get(f"{url}?{quote(name, safe='%')}=a%00b", headers=headers) as response:
                assert (await checked(response))["code"] == "malformed", (found.name, name)


@pytest.mark.parametrize("value", NOT_TEXT)
async def test_no_bytes_of_a_query_make_a_5xx(api: Api, value: str) -> None:
    headers = {"Authorization": f"Bearer {await api.token('E003')}"}
    for path in (
        f"/api/stock/query?product={value}",
        f"/api/stock/query?{value}=x",
        f"/api/{value}/query",
        f"/api/{value}",
    ):
        async with api.client.get(path, headers=headers) as response:
            await checked(response, refused=True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "nonsense"])
async def test_a_body_that_is_not_what_its_encoding_says_is_malformed(hostile: Hostile, encoding: str) -> None:
    found = load()["order.create"]
    answer = await hostile.raw(found, b"\x00\x01 not packed", **{"Content-Encoding": encoding})
    assert answer["code"] == "malformed"
    async with hostile.api.client.post("/api/login", data=b"{}", headers={"Content-Encoding": encoding}) as response:
        await checked(response, refused=True)


@pytest.mark.parametrize("token", ["é", "\udcff", "a b", "", "x" * 5000, "\t"])
async def test_a_token_that_cannot_be_one_is_none(api: Api, token: str) -> None:
    raw = b"Bearer " + token.encode("utf-8", "surrogateescape")
    for path, status in (("/api/account/whoami", 401), ("/metrics", 404)):
        assert (await spoken(api, f"GET {path}", [b"Authorization: " + raw]))[0] == status


@pytest.mark.parametrize("key", ["é", "中", "x" * 121, "", "a\tb"])
async def test_a_key_that_cannot_be_one_is_asked_for(api: Api, key: str) -> None:
    lines = [f"Authorization: Bearer {await api.token('E003')}".encode(), b"Idempotency-Key: " + key.encode()]
    status, body = await spoken(api, "POST /api/account/unbind", lines)
    assert (status, json.loads(body)["code"]) == (400, "idempotency_key_required")


async def spoken(api: Api, request: str, lines: list[bytes]) -> tuple[int, bytes]:
    """A request byte by byte, as no client library would send it."""
    import asyncio

    server = api.client.server
    reader, writer = await asyncio.open_connection(str(server.host), server.port)
    head = [f"{request} HTTP/1.1".encode(), b"Host: x", b"Connection: close", *lines, b"", b""]
    writer.write(b"\r\n".join(head))
    answer = await reader.read()
    writer.close()
    head_, _, body = answer.partition(b"\r\n\r\n")
    return int(head_.split()[1]), body


async def test_a_request_line_beyond_reading_is_refused_in_our_shape_without_an_echo(api: Api) -> None:
    status, body = await spoken(api, f"GET /api/stock/query?product={'secret' * 20000}", [])
    assert status == 400 and b"secret" not in body
    assert json.loads(body) == {"code": "malformed", "message": "请求的格式不对"}
    for line in ("GET / nonsense", "G\x01T /", "GET"):
        status, body = await spoken(api, line, [])
        assert status == 400 and json.loads(body)["code"] == "malformed"
    status, body = await spoken(api, "POST /api/order/create", [b"Transfer-Encoding: chunked", b"", b"zz", b"junk"])
    assert status in (400, 401) and "code" in json.loads(body)


TEXTS = st.text(max_size=30) | st.sampled_from(["SO0312", "M8X30", "宏达建材", "主仓", "5", "WO1105"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["product", "quantity", "unit", "price"]) | TEXTS, inner, max_size=4),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_nothing_that_can_be_said_in_json_makes_a_5xx(hostile: Hostile, data: st.DataObject) -> None:
    found = data.draw(st.sampled_from([each for each in load().values() if each.kind == "command"]))
    inputs = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(found.inputs, VALUES)))
    await hostile.raw(found, json.dumps(inputs))
