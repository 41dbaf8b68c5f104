"""The mini-program's door: a login code for a token of ours, binding by phone or by code, and the ledger of accepts."""

import pytest

from bot.demo.templates import SHIPPED as SHIPPED_TEMPLATE
from models import sql
from tests.people import Sim

pytestmark = pytest.mark.commits


async def login(sim: Sim, person: str, **more: str) -> tuple[int, dict]:
    code = (await sim.post("login", person=person))["code"]
    async with sim.product.post("/api/login", json={"code": code, **more}) as response:
        return response.status, await response.json()


async def whoami(sim: Sim, token: str) -> dict:
    async with sim.product.get("/api/account/whoami", headers={"Authorization": f"Bearer {token}"}) as response:
        assert response.status == 200
        return dict(await response.json())


async def test_a_bound_contact_logs_in_and_sees_their_orders(sim: Sim) -> None:
    status, body = await login(sim, "C001")
    assert (status, body["bound"]) == (200, True)
    assert body.keys() == {"token", "expires_in", "bound"}
    assert (await whoami(sim, body["token"]))["customer"] == {"number": "CU0001", "name": "宏达建材"}
    headers = {"Authorization": f"Bearer {body['token']}"}
    async with sim.product.get("/api/order/list", headers=headers) as response:
        assert {row["customer"]["name"] for row in (await response.json())["items"]} == {"宏达建材"}


async def test_a_login_code_works_once(sim: Sim) -> None:
    code = (await sim.post("login", person="C001"))["code"]
    async with sim.product.post("/api/login", json={"code": code}) as response:
        assert response.status == 200
    async with sim.product.post("/api/login", json={"code": code}) as response:
        assert (response.status, (await response.json())["code"]) == (422, "login_code_invalid")


async def test_a_contact_binds_by_the_phone_number_wechat_vouches_for_and_unbinds(sim: Sim) -> None:
    status, body = await login(sim, "C002")
    assert body["bound"] is False
    phone = (await sim.post("phone", person="C002"))["code"]
    status, body = await login(sim, "C002", phone_code=phone)
    assert (status, body["bound"]) == (200, True)
    assert (await whoami(sim, body["token"]))["number"] == "C002"
    headers = {"Authorization": f"Bearer {body['token']}", "Idempotency-Key": "u1"}
    async with sim.product.post("/api/account/unbind", json={}, headers=headers) as response:
        assert response.status == 200
    assert (await whoami(sim, body["token"]))["bound"] is False


async def test_accepts_and_refusals_keep_the_ledger(sim: Sim) -> None:
    await sim.post("subscribe", person="C001", template=SHIPPED_TEMPLATE, accept=True)
    assert await sql.rows('SELECT "left" FROM grant_ledger') == [{"left": 21}]
    await sim.post("subscribe", person="C001", template=SHIPPED_TEMPLATE, accept=False)
    assert await sql.rows('SELECT "left" FROM grant_ledger') == [{"left": 21}]
    change = {"TemplateId": SHIPPED_TEMPLATE, "SubscribeStatusString": "reject"}
    await sim.post(
        "event",
        door="miniprogram",
        person="C001",
        event="subscribe_msg_change_event",
        SubscribeMsgChangeEvent={"List": [change]},
    )
    assert await sql.rows('SELECT "left" FROM grant_ledger') == [{"left": 0}]


async def test_the_session_key_never_leaves_the_server(sim: Sim) -> None:
    status, body = await login(sim, "C001")
    assert "session" not in str(body)
    assert await sql.rows("SELECT id FROM api_token WHERE digest = $1", body["token"]) == []
