"""Who somebody is: contacts of employees in WeCom, and one WeChat user at several doors."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from models import sql
from models.chat.binding import bind
from models.chat.tables import Conversation, ExternalContact
from models.delivery.tables import Alarm, Notice
from models.party.tables import Customer, Person
from tests.people import Sim, identity
from tests.waiting import until

pytestmark = pytest.mark.commits

ADDED = pytest.mark.push("work event change_external_contact/add_external_contact")
GET = "/cgi-bin/externalcontact/get"

Simulate = Callable[..., Awaitable[Sim]]


def unions(config: dict[str, Any]) -> None:
    """An Open Platform account joins the company's apps: every customer has a union id."""
    for each in config["people"]:
        if each["id"].startswith("C"):
            each["unionid"] = f"union-{each['id']}"


async def looked_up() -> ExternalContact:
    found = await until(ExternalContact.filter(look_up_at=None).select_related("employee").first)
    assert found is not None
    return found


async def known() -> tuple[str, int | None]:
    found = await looked_up()
    return found.name, found.person_id  # type: ignore[attr-defined]


async def ownerless(number: str) -> Person:
    person = await Person.get(number=number)
    await Customer.filter(id=person.customer_id).update(owner_id=None)  # type: ignore[attr-defined]
    return person


async def owner(person: Person) -> str | None:
    customer = await Customer.get(id=person.customer_id).select_related("owner")  # type: ignore[attr-defined]
    return customer.owner.number if customer.owner else None


async def told(kind: str) -> list[tuple[str, dict[str, Any]]]:
    rows = await Notice.filter(kind=kind).select_related("receiver").order_by("id")
    return [(each.receiver.number, each.facts) for each in rows]


async def signs_in(sim: Sim, person: str) -> dict[str, Any]:
    code = (await sim.post("login", person=person))["code"]
    async with sim.product.post("/api/login", json={"code": code}) as response:
        answer: dict[str, Any] = await response.json()
        assert response.status == 200, answer
        return answer


async def unbound(number: str, *doors: str) -> None:
    for door in doors:
        await Conversation.filter(external_id=identity(number, door)).delete()


async def has_union(number: str, door: str) -> bool:
    return await Conversation.filter(external_id=identity(number, door), unionid=f"union-{number}").exists()


@ADDED
async def test_a_contact_is_known_by_the_mobile_that_the_employee_noted(sim: Sim) -> None:
    person = await ownerless("C003")
    await sim.post("customer", person="C003", member="liting", mobiles=["139 0000 3333"])
    assert await known() == ("老王", person.id)
    assert await owner(person) == "E003"
    assert await told("contact.added") == []


@ADDED
async def test_a_contact_is_known_by_their_union_id_before_anything_else(simulate: Simulate) -> None:
    sim = await simulate(unions)
    person = await ownerless("C001")
    await signs_in(sim, "C001")
    # The number is another customer's, the code somebody else's.
    await sim.post("customer", person="C001", member="liting", state="C003", mobiles=["13900002222"])
    assert await known() == ("周经理", person.id)
    assert await owner(person) == "E003"


@ADDED
async def test_without_anything_else_the_code_they_came_through_says_who_they_are(sim: Sim) -> None:
    person = await ownerless("C002")
    await sim.post("customer", person="C002", member="liting", state="C002")
    assert await known() == ("王工", person.id)
    assert await owner(person) == "E003"
    # Whoever is added later does not take the customer away.
    await sim.post("customer", person="C002", member="zhaomin", state="C002")
    await until(ExternalContact.filter(employee__number="E004", look_up_at=None).exists)
    assert await owner(person) == "E003"


@ADDED
@pytest.mark.parametrize("mobiles", [[], ["13700000000"], ["13900001111", "13900002222"]], ids=["none", "new", "two"])
async def test_whom_nobody_knows_the_employee_is_told_of(sim: Sim, mobiles: list[str]) -> None:
    await sim.post("customer", person="C003", member="liting", mobiles=mobiles)
    assert await known() == ("老王", None)
    assert await told("contact.added") == [("E003", {"name": "老王"})]

    async def read() -> bool:
        return any("老王 加了您的企业微信" in str(each["payload"]) for each in await sim.deliveries("E003"))

    await until(read)


async def test_wecom_is_asked_again_when_it_is_busy_and_given_up_when_it_refuses(sim: Sim) -> None:
    await sim.post("fault", path=GET, times=1, answer={"errcode": 45011, "errmsg": "too often"})
    await sim.post("customer", person="C003", member="liting", mobiles=["13900003333"])
    await until(ExternalContact.filter(tries=1, look_up_at__not_isnull=True).exists)

    async def refused() -> bool:
        rows = (await sim.get("calls", since=0, wait=0))["calls"]
        return any(each["path"] == GET for each in rows)

    await until(refused)
    await until(partial(put_off))
    await sim.post("clock", forward=61)
    assert (await known())[1] is not None
    await sim.post("fault", path=GET, times=1, answer={"errcode": 84074, "errmsg": "no right"})
    await sim.post("customer", person="C003", member="zhaomin")
    await until(ExternalContact.filter(employee__number="E004", look_up_at=None).exists)
    assert [who for who, _ in await told("contact.added")] == ["E004"]
    assert [each.code for each in await Alarm.all()] == [84074]


async def put_off() -> bool:
    row = await sql.row("SELECT look_up_at - added_at > interval '59 seconds' AS later FROM external_contact")
    return bool(row and row["later"])


async def test_who_is_bound_in_the_official_account_is_recognised_in_the_mini_program_and_told(
    simulate: Simulate,
) -> None:
    sim = await simulate(unions)
    await unbound("C002", "miniprogram")
    await sim.post("follow", door="official", person="C002")
    await until(partial(has_union, "C002", "official"))
    assert (await signs_in(sim, "C002"))["bound"] is True
    here = await Conversation.get(external_id=identity("C002", "miniprogram")).select_related("person")
    assert here.person.number == "C002"
    assert await told("account.bound") == [("C002", {"door": "小程序"})]


async def test_who_is_bound_in_the_mini_program_is_recognised_when_they_follow(simulate: Simulate) -> None:
    sim = await simulate(unions)
    await bind("miniprogram", identity("C003", "miniprogram"), (await Person.get(number="C003")).id)
    await signs_in(sim, "C003")
    await unbound("C003", "official")
    assert "绑定" in str((await sim.post("follow", door="official", person="C003"))["reply"])
    await until(partial(has_union, "C003", "official"))
    assert "老王" in await sim.text("C003", "我是谁", door="official")
    assert await told("account.bound") == [("C003", {"door": "公众号"})]


async def test_who_unbound_stays_unbound_and_nobody_is_moved(simulate: Simulate) -> None:
    sim = await simulate(unions)
    await signs_in(sim, "C001")
    await sim.post("follow", door="official", person="C001")
    await until(partial(has_union, "C001", "official"))
    await sim.text("C001", "解绑", door="official")
    await sim.text("C001", "确认", door="official")
    await sim.post("unfollow", door="official", person="C001")
    await sim.post("clock", forward=2)
    await sim.post("follow", door="official", person="C001")
    assert "还没有绑定" in await sim.text("C001", "我是谁", door="official")
    # Another WeChat user is the contact here already: they stay.
    person = await Person.get(number="C002")
    await bind("miniprogram", "m_other", person.id)
    await Conversation.filter(external_id=identity("C002", "official")).update(unionid="union-C002")
    assert (await signs_in(sim, "C002"))["bound"] is False
    assert (await Conversation.get(external_id="m_other")).person_id == person.id  # type: ignore[attr-defined]
    assert await told("account.bound") == []


async def test_an_account_that_is_joined_with_no_other_is_asked_once(sim: Sim) -> None:
    """No Open Platform account, no union ids."""
    await sim.post("follow", door="official", person="C003")
    await until(Conversation.filter(external_id=identity("C003", "official"), ask_union_at=None).exists)
    assert await Conversation.exclude(unionid="").count() == 0
