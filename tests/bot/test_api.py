"""The JSON door: shapes, statuses, idempotency, and that it tells the same as chat."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.openapi import document
from handlers.registry import load
from handlers.result import Listing
from models import sql
from models.errors import Refused
from models.party.tables import Person
from tests.people import Api, Chat


async def test_decimals_are_strings_and_states_carry_their_words(api: Api) -> None:
    status, body = await api.get("E003", "stock.query", product="M8X30")
    assert status == 200
    assert body["product"] == {"code": "M8X30", "name": "M8×30 不锈钢螺栓"}
    assert (body["free"], body["on_hand"], body["reserved"]) == ("5500", "12000", "6500")
    assert (body["availability"], body["availability_text"]) == ("available", "有货")
    assert body["incoming"][0]["document"] == {"number": "WO1108", "name": "工单"}


async def test_a_customer_is_not_shown_what_they_have_no_right_to(api: Api) -> None:
    status, body = await api.get("C001", "stock.query", product="M8X30")
    assert status == 200
    assert body == {
        "product": {"code": "M8X30", "name": "M8×30 不锈钢螺栓"},
        "unit": "个",
        "availability": "available",
        "availability_text": "有货",
        "incoming": [{"date": body["incoming"][0]["date"], "late": False}],
    }


async def test_not_yours_and_no_such_are_the_same_bytes(api: Api) -> None:
    token = await api.token("C001")
    bodies = []
    for number in ("SO0315", "SO9999"):
        headers = {"Authorization": f"Bearer {token}"}
        async with api.client.get("/api/order/status", params={"order": number}, headers=headers) as response:
            bodies.append((response.status, await response.read()))
    assert bodies[0] == bodies[1]
    assert bodies[0][0] == 404


async def test_cost_is_refused_the_same_whether_the_product_exists_or_not(api: Api) -> None:
    answers = [await api.get("C001", "cost.query", product=code) for code in ("M8X30", "NOSUCH")]
    assert answers[0] == answers[1] == (403, {"code": "no_right", "message": "没有权限查看"})


async def test_chat_tells_a_customer_the_same_about_what_is_not_theirs_and_what_is_not(chat: Chat) -> None:
    assert await chat("C001", "SO0315发货了吗") == await chat("C001", "SO9999发货了吗")
    assert await chat("C001", "SO0315") == await chat("C001", "SO9999")
    assert await chat("C001", "M8X30成本多少") == await chat("C001", "M9X99成本多少") == "没有权限查看"
    assert await chat("C001", "建业工程额度") == await chat("C001", "不存在公司额度") == "没有权限查看"


@pytest.mark.parametrize(
    ("headers", "code"), [({}, "unauthorized"), ({"Authorization": "Bearer nonsense"}, "unauthorized")]
)
async def test_without_a_token_nothing_is_told(api: Api, headers: dict, code: str) -> None:
    async with api.client.get("/api/stock/query", params={"product": "M8X30"}, headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (401, code)


async def test_a_command_needs_its_key_and_the_same_key_acts_once(api: Api) -> None:
    order = {"customer": "宏达建材", "items": [{"product": "M8X30", "quantity": "1000"}]}
    headers = {"Authorization": f"Bearer {await api.token('E003')}"}
    async with api.client.post("/api/order/create", json=order, headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (400, "idempotency_key_required")
    first = await api.post("E003", "order.create", key="k1", **order)
    again = await api.post("E003", "order.create", key="k1", **order)
    assert first == again
    assert first[0] == 200
    other = await api.post("E003", "order.create", key="k1", **{**order, "note": "另一单"})
    assert (other[0], other[1]["code"]) == (409, "idempotency_key_reused")
    assert await sql.rows("SELECT number FROM sales_order WHERE number > 'SO0318'") == [{"number": first[1]["number"]}]


async def test_what_waits_for_consent_is_202_with_the_approval(api: Api) -> None:
    status, body = await api.post(
        "E003", "order.create", customer="建业工程", items=[{"product": "AV15", "quantity": "4000"}]
    )
    assert status == 202
    assert body["pending"] == {"approval": "AP0019"}
    assert body["state"] == "credit_hold"
    assert body["over_by"] == "17450.00"


async def test_lists_page_by_cursor(api: Api) -> None:
    seen: list[str] = []
    cursor: dict = {}
    for _ in range(3):
        status, body = await api.get("E003", "order.list", **cursor)
        assert (status, body["total"]) == (200, 35)
        seen += [row["number"] for row in body["items"]]
        cursor = {"cursor": body["next"]}
    assert seen[:5] == ["SO0318", "SO0317", "SO0316", "SO0315", "SO0312"]
    assert seen == sorted(set(seen), reverse=True) and len(seen) == 15
    status, body = await api.get("E003", "order.list", cursor="1")
    assert (status, body["why"]) == (422, "not_a_cursor")


@pytest.mark.parametrize(
    ("quantity", "why"),
    [("0", "too_small"), ("-5", "too_small"), ("1000000000000", "too_large"), ("abc", "not_a_figure"),
     ("0.0000001", "too_fine"), ("NaN", "too_small")],
)  # fmt: skip
async def test_quantities_that_cannot_be_are_refused_and_nothing_happens(api: Api, quantity: str, why: str) -> None:
    status, body = await api.post(
        "E003", "order.create", customer="宏达建材", items=[{"product": "M8X30", "quantity": quantity}]
    )
    assert (status, body["code"], body["why"]) == (422, "invalid_input", why)
    assert await sql.rows("SELECT number FROM sales_order WHERE number > 'SO0318'") == []
    assert await sql.rows("SELECT id FROM audit_entry WHERE key LIKE 'json:%'") == []


async def test_unknown_inputs_handlers_and_methods_are_named(api: Api) -> None:
    status, body = await api.get("E003", "stock.query", product="M8X30", colour="red")
    assert (status, body["code"], body["why"]) == (422, "invalid_input", "unknown_input")
    status, body = await api.get("E003", "stock.fly")
    assert (status, body["code"]) == (404, "unknown_handler")
    status, body = await api.get("E003", "stock.query")
    assert (status, body["code"], body["input"]) == (422, "missing_input", "product")
    status, body = await api.get("E003", "stock.query", product="面板")
    assert (status, body["code"], len(body["choices"])) == (422, "ambiguous", 3)


async def test_an_unbound_token_may_only_find_out_who_it_is_and_bind(api: Api, chat: Chat) -> None:
    from models.chat.binding import conversation_of
    from models.chat.tokens import issue_token

    conversation = await conversation_of("miniprogram", "m_new")
    headers = {"Authorization": f"Bearer {(await issue_token(conversation_id=conversation.id))[0]}"}
    async with api.client.get("/api/account/whoami", headers=headers) as response:
        assert (response.status, await response.json()) == (200, {"bound": False, "door": "miniprogram"})
    async with api.client.get("/api/order/list", headers=headers) as response:
        assert (response.status, (await response.json())["code"]) == (403, "no_right")
    code = (await chat("E003", "给C002绑定码")).split("\n")[1]
    async with api.client.post(
        "/api/bind/verify", json={"code": code}, headers={**headers, "Idempotency-Key": "b1"}
    ) as response:
        assert (response.status, await response.json()) == (
            200,
            {"bound": True, "name": "王工", "customer": {"number": "CU0002", "name": "建业工程"}},
        )
    async with api.client.get("/api/order/list", headers=headers) as response:
        assert {row["customer"]["name"] for row in (await response.json())["items"]} == {"建业工程"}


async def test_the_openapi_document_names_every_handler(api: Api) -> None:
    async with api.client.get("/api/openapi.json") as response:
        document = await response.json()

    operations = [each for path in document["paths"].values() for each in path.values()]
    assert document["openapi"].startswith("3.1")
    assert {each["x-handler"] for each in operations} == {*load(), "login"}
    assert all({"x-right", "x-says"} <= each.keys() for each in operations)


async def test_a_repeated_key_is_answered_with_the_same_bytes(api: Api) -> None:
    headers = {"Authorization": f"Bearer {await api.token('E003')}", "Idempotency-Key": "same"}
    for name, inputs in (
        ("order/create", {"customer": "宏达建材", "items": [{"product": "M8X30", "quantity": "1000"}]}),
        ("order/create", {"customer": "建业工程", "items": [{"product": "AV15", "quantity": "4000"}]}),
        ("lead/create", {"company": "新新公司", "contact": "王工", "phone": "13700008888"}),
    ):
        headers["Idempotency-Key"] += "!"
        bodies = []
        for _ in range(2):
            async with api.client.post(f"/api/{name}", json=inputs, headers=headers) as response:
                bodies.append((response.status, await response.read()))
        assert bodies[0] == bodies[1] and bodies[0][0] in (200, 202), bodies


async def test_401_is_for_no_token_or_one_that_has_expired_and_nothing_else(api: Api) -> None:
    status, body = await api.post("E003", "bind.verify", code="482913")
    assert (status, body["code"]) == (409, "already_bound")
    token = await api.token("E004")
    await Person.filter(number="E004").update(active=False)
    async with api.client.get("/api/account/whoami", headers={"Authorization": f"Bearer {token}"}) as response:
        assert (response.status, (await response.json())["code"]) == (401, "unauthorized")
    assert [code for code, status in _statuses() if status == 401] == ["unauthorized"]


def _statuses() -> list[tuple[str, int]]:
    def below(kind: type[Refused]) -> list[type[Refused]]:
        return [kind, *(each for sub in kind.__subclasses__() for each in below(sub))]

    return [(each.code, each.status) for each in below(Refused)]


def test_every_list_is_of_the_one_shape() -> None:
    lists = [each.result for each in load().values() if "items" in each.result.model_fields]
    assert len(lists) > 30
    assert [each.__name__ for each in lists if not issubclass(each, Listing)] == []
    for path in document()["paths"].values():
        for operation in path.values():
            answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
            if "items" in answer["properties"]:
                assert {"items", "total", "next"} <= set(answer["required"]), operation["operationId"]
                assert answer["properties"]["total"] == {"type": "integer"}, operation["operationId"]


async def test_every_list_that_needs_no_input_has_its_total_and_what_comes_next(api: Api) -> None:
    asked = 0
    for name, each in load().items():
        if (
            each.kind == "query"
            and issubclass(each.result, Listing)
            and not any(i.required for i in each.inputs.values())
        ):
            for who in ("E001", "E003", "E009"):
                status, body = await api.get(who, name)
                if status == 200:
                    asked += 1
                    assert {"items", "total", "next"} <= body.keys(), name
                    assert len(body["items"]) == body["total"] or body["next"] is not None, name
    assert asked > 25


@pytest.mark.parametrize(
    ("who", "name", "inputs"),
    [("E005", "location.query", {"warehouse": "主仓"}), ("E009", "ledger.query", {"period": "今年"}), ("E003", "order.list", {})],
)  # fmt: skip
async def test_a_long_list_is_had_in_pages_each_row_once(api: Api, who: str, name: str, inputs: dict) -> None:
    rows, cursor = [], {}
    while True:
        status, body = await api.get(who, name, **inputs, **cursor)
        assert status == 200
        rows += [str(row) for row in body["items"]]
        if body["next"] is None:
            break
        cursor = {"cursor": body["next"]}
    assert cursor and len(rows) == body["total"]
    assert name == "ledger.query" or len(set(rows)) == len(rows)


REFERENCES = {
    "customer", "warehouse", "order", "person", "supplier", "product", "owner", "applicant", "decided_by", "acting_for", "salesperson",
    "subject", "document", "purchase", "work_order", "invoice", "approval", "department", "bill", "who", "whom",
    "reverses", "held_for", "expected_by",
}  # fmt: skip

NAMED_ONLY = {"warehouse", "department"}
"""What has a name and nothing else to be found by."""


def _properties(schema: Any, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        yield f"{path}.{name}", name, inner
        yield from _properties(inner, f"{path}.{name}")
    if "items" in schema:
        yield from _properties(schema["items"], f"{path}[]")


def test_every_reference_in_every_answer_is_an_object_with_a_name() -> None:
    wrong, seen = [], 0
    for path in document()["paths"].values():
        for operation in path.values():
            answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
            for where, name, schema in _properties(answer, operation["operationId"]):
                if name not in REFERENCES:
                    continue
                seen += 1
                inner = schema.get("items", schema) if schema["type"] == "array" else schema
                parts = set(inner.get("properties", {}))
                if inner["type"] != "object" or "name" not in parts or not (parts - {"name"} or name in NAMED_ONLY):
                    wrong.append(where)
    assert wrong == []
    assert seen > 120


async def test_a_reference_says_what_it_is_beside_its_number(api: Api) -> None:
    _, stock = await api.get("E003", "stock.query", product="M8X30")
    assert {each["document"]["name"] for each in stock["incoming"]} == {"工单"}
    assert [each["warehouse"] for each in stock["places"]] == [{"name": "主仓"}, {"name": "二号仓"}]
    _, orders = await api.get("E003", "order.list")
    assert set(orders["items"][0]["customer"]) == {"number", "name"}
    _, waiting = await api.get("E001", "approval.list")
    approval = next(each for each in waiting["items"] if each["number"] == "AP0018")
    assert approval["applicant"] == {"number": "E003", "name": "小李"}
    assert approval["subject"]["name"] and set(approval["details"]["customer"]) == {"number", "name"}
    status, twice = await api.post("E004", "lead.create", company="城南水电", contact="王工", phone="13800009999")
    assert (status, twice["code"], twice["owner"]) == (409, "duplicate_lead", {"number": "E003", "name": "小李"})


async def test_a_lead_of_a_company_that_is_known_by_its_full_name_is_the_same(api: Api) -> None:
    status, lead = await api.post("E003", "lead.create", company="甲公司测试", contact="王工", phone="13700001111")
    assert status == 200
    for name in ("甲公司测试有限公司", "（广东）甲公司测试有限责任公司"):
        status, twice = await api.post("E004", "lead.create", company=name, contact="李工", phone="13700002222")
        assert (status, twice["code"], twice["number"]) == (409, "duplicate_lead", lead["number"])
    status, known = await api.post(
        "E004", "lead.create", company="宏达建材有限公司", contact="李工", phone="13700003333"
    )
    assert (status, known["number"], known["name"]) == (409, "CU0001", "宏达建材")
    status, other = await api.post("E004", "lead.create", company="甲公司测试二厂", contact="李工", phone="13700004444")
    assert status == 200 and other["number"] != lead["number"]
