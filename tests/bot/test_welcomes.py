"""The one greeting that a new contact of WeCom gets: within 20 s, once, with the way to bind."""

import re
from typing import Any

import pytest

from models.chat.tables import BindCode, Conversation, ExternalContact, Welcome
from models.chat.welcomes import LASTS
from models.clock import now
from models.delivery.tables import Alarm
from models.party.tables import Person
from tests.people import Sim, identity
from tests.waiting import until

WELCOME = "/cgi-bin/externalcontact/send_welcome_msg"


async def adds(sim: Sim, customer: str = "C003", *, state: str = "") -> None:
    """A customer adds 小李 in WeCom, by a code that carries a state."""
    await sim.post("customer", person=customer, member="liting", state=state)


async def settled() -> Welcome:
    found = await until(Welcome.exclude(state="waiting").first)
    assert found is not None
    return found


async def greetings(sim: Sim) -> list[dict[str, Any]]:
    """What the platform took for new contacts, as it was sent."""
    return [each["payload"] for each in await sim.deliveries("E003") if each["kind"] == "welcome"]


async def unbound(number: str) -> Person:
    await Conversation.filter(external_id=identity(number, "official")).update(person_id=None)
    return await Person.get(number=number)


@pytest.mark.commits
@pytest.mark.push("work event change_external_contact/add_external_contact")
async def test_a_contact_whom_nobody_knows_is_greeted_by_name_of_the_employee_and_once(sim: Sim) -> None:
    await adds(sim)
    assert (await settled()).state == "sent"
    (sent,) = await greetings(sim)
    assert sent["text"]["content"].split("\n") == [
        "您好，我是宏远五金的小李",
        "请告诉我您的公司和姓名，我给您开通",
        "开通后在微信里随时查订单、发货和对账单",
    ]
    assert "attachments" not in sent
    assert await BindCode.filter(created_by__number="E003").count() == 0
    assert await Welcome.all().count() == 1


@pytest.mark.commits
async def test_a_contact_we_know_gets_a_code_that_binds_them(sim: Sim) -> None:
    contact = await unbound("C003")
    await adds(sim, state="C003")
    assert (await settled()).state == "sent"
    (sent,) = await greetings(sim)
    said = sent["text"]["content"]
    assert said.startswith(f"{contact.called}，您好，我是宏远五金的小李")
    (link,) = sent["attachments"]
    assert link["link"]["title"] == "扫码绑定" and "showqrcode?ticket=" in link["link"]["url"]
    code = re.search(r"绑定 (\d{6})", said)
    assert code
    # Scanning the picture follows the account and binds; the code in the words is the same one, and is used up.
    scanned = await sim.post("scan", door="official", person="C003", scene=f"bind_{code[1]}")
    assert "绑定成功" in scanned["reply"]
    assert "已经绑定" in await sim.text("C003", code[0], door="official")
    assert (await Conversation.get(external_id=identity("C003", "official"))).person_id == contact.id  # type: ignore[attr-defined]


@pytest.mark.commits
async def test_whoever_comes_by_the_code_of_somebody_who_is_bound_gets_no_code(sim: Sim) -> None:
    await adds(sim, state="C001")
    assert (await settled()).state == "sent"
    (sent,) = await greetings(sim)
    assert sent["text"]["content"].endswith("订单、发货和对账单，在公众号里发一句就能查")
    assert await BindCode.filter(created_by__number="E003").count() == 0


@pytest.mark.commits
async def test_the_greeting_does_not_wait_for_the_picture_of_its_code(sim: Sim) -> None:
    await unbound("C003")
    await sim.post("fault", path="/cgi-bin/qrcode/create", times=1, answer={"errcode": 45009, "errmsg": "quota"})
    await adds(sim, state="C003")
    assert (await settled()).state == "sent"
    (sent,) = await greetings(sim)
    assert "绑定 " in sent["text"]["content"] and "attachments" not in sent


@pytest.mark.commits
async def test_a_busy_platform_is_asked_again_while_there_is_time(sim: Sim) -> None:
    await sim.post("fault", path=WELCOME, times=1, answer={"errcode": -1, "errmsg": "system error"})
    await adds(sim)
    assert (await settled()).state == "sent"
    assert len(await greetings(sim)) == 1


@pytest.mark.commits
@pytest.mark.parametrize(
    ("code", "words", "alarms"),
    [
        (41051, "会话已经开始，不能再发欢迎语（41051）", 0),
        (48002, "应用没有这个接口的权限（48002）", 1),
    ],
)
async def test_a_greeting_that_is_refused_is_not_tried_again(sim: Sim, code: int, words: str, alarms: int) -> None:
    await sim.post("fault", path=WELCOME, times=9, answer={"errcode": code, "errmsg": "no"})
    await adds(sim)
    welcome = await settled()
    assert (welcome.state, welcome.reason) == ("refused", words)
    assert await Alarm.all().count() == alarms
    assert await ExternalContact.all().count() == 1


@pytest.mark.commits
async def test_a_greeting_that_nobody_came_to_in_time_is_not_tried(sim: Sim) -> None:
    employee = await Person.get(number="E003")
    contact = await ExternalContact.create(external_id="wm1", employee=employee, added_at=now() - LASTS)
    await Welcome.create(contact=contact, code="W1", created_at=now() - LASTS, due_at=now() - LASTS, expires_at=now())
    assert (await settled()).reason == "来不及：企业微信只给 20 秒"
    calls = (await sim.get("calls", since=0, wait=0))["calls"]
    assert not any(call["path"] == WELCOME for call in calls)


@pytest.mark.commits
async def test_without_the_secret_of_customer_contact_nobody_is_greeted(sim: Sim) -> None:
    sim.services.customers = None
    await adds(sim)
    assert (await settled()).reason == "没有设置客户联系的 Secret"
