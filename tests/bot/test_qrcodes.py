"""Codes that colleagues ask for: made by the platform, sent to whoever asked, and what scanning them begins."""

import re
from typing import Any

import aiohttp
import pytest

from models.chat.tables import Conversation, QrCode
from models.delivery.tables import Alarm, Notice
from models.party.tables import Customer, Person
from tests.people import Chat, Sim, identity
from tests.waiting import until

ADDRESS = re.compile(r"http\S+/cgi-bin/showqrcode\?ticket=\S+")


async def told(sim: Sim, person: str, words: str) -> str:
    """The text of the message with these words, as soon as it is there."""

    async def look() -> str | None:
        texts = [each["payload"].get("text", {}).get("content", "") for each in await sim.deliveries(person)]
        return next((text for text in texts if words in text), None)

    found = await until(look)
    assert found is not None
    return found


def picture(text: str) -> str:
    found = ADDRESS.search(text)
    assert found, text
    return found[0]


async def scene(sim: Sim) -> str:
    """What the newest code carries."""
    calls = (await sim.get("calls", since=0, wait=0))["calls"]
    made = [call["body"] for call in calls if call["path"] == "/cgi-bin/qrcode/create"]
    return str(made[-1]["action_info"]["scene"]["scene_str"])


async def stranger(number: str = "C003") -> str:
    """Somebody's phone of the demo that nobody knows any more; the openid."""
    await Conversation.filter(external_id=identity(number, "official")).update(person_id=None)
    return identity(number, "official")


@pytest.mark.commits
async def test_a_salespersons_card_is_made_sent_scanned_and_told_of(sim: Sim) -> None:
    assert "正在生成 小李的名片 的二维码" in await sim.text("E003", "我的名片码")
    shown = picture(await told(sim, "E003", "小李的名片 的二维码好了"))
    async with aiohttp.ClientSession() as session, session.get(shown) as response:
        assert (response.status, (await response.read())[:4]) == (200, b"\x89PNG")
    # The code lives for a month: who asks again has it at once.
    assert shown in await sim.text("E003", "名片码")
    assert await QrCode.all().count() == 1

    openid = await stranger()
    assert await scene(sim) == "card_E003"
    answer = await sim.post("scan", door="official", person="C003", scene=await scene(sim))
    assert answer["reply"].startswith("您好，我是小李")
    assert "有新客户扫了您的名片" in await told(sim, "E003", "有新客户")
    # Somebody who is known by now is greeted, and nobody is told again.
    contact = await Person.get(number="C003")
    await Customer.filter(id=contact.customer_id).update(owner_id=None)  # type: ignore[attr-defined]
    code = await sim.text("E001", "给C003绑定码")
    digits = re.search(r"\d{6}", code)
    assert digits and "绑定成功" in await sim.text("C003", f"绑定 {digits[0]}", door="official")
    assert (await Conversation.get(external_id=openid)).person_id == contact.id  # type: ignore[attr-defined]
    owner = await Customer.get(id=contact.customer_id).select_related("owner")  # type: ignore[attr-defined]
    assert owner.owner.number == "E003"
    await sim.post("scan", door="official", person="C003", scene="card_E003")
    assert await Notice.filter(kind="card.scanned").count() == 1


@pytest.mark.commits
async def test_whoever_scans_the_code_for_binding_is_bound_and_nobody_after_them(sim: Sim) -> None:
    openid = await stranger()
    assert "正在生成" in await sim.text("E001", "给C003绑定二维码")
    await told(sim, "E001", "绑定 的二维码好了")
    answer = await sim.post("scan", door="official", person="C003", scene=await scene(sim))
    assert "绑定成功" in answer["reply"]
    contact = await Person.get(number="C003")
    assert (await Conversation.get(external_id=openid)).person_id == contact.id  # type: ignore[attr-defined]
    # The code itself is kept nowhere, and is used up.
    assert (await QrCode.get()).scene == "bind"
    await stranger("C002")
    assert "绑定码不对" in (await sim.post("scan", door="official", person="C002", scene=await scene(sim)))["reply"]


@pytest.mark.commits
async def test_an_order_and_a_campaign_have_codes_that_begin_there(sim: Sim) -> None:
    await sim.text("E003", "SO0312的二维码")
    await told(sim, "E003", "订单 SO0312 的二维码好了")
    assert "SO0312" in (await sim.post("scan", door="official", person="C001", scene=await scene(sim)))["reply"]
    await sim.text("E021", "活动cm0007二维码")
    await told(sim, "E021", "活动 CM0007 的二维码好了")
    await stranger()
    answer = await sim.post("scan", door="official", person="C003", scene=await scene(sim))
    assert "欢迎参加活动 CM0007" in answer["reply"]
    assert (await Conversation.get(external_id=identity("C003", "official"))).scene == "campaign_CM0007"


@pytest.mark.commits
@pytest.mark.parametrize(
    ("answer", "words", "alarms"),
    [
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, "", 1),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, "该账号没有这个接口的权限（48001）", 1),
    ],
)
async def test_a_code_that_cannot_be_made_is_tried_again_or_said(
    sim: Sim, answer: dict[str, Any], words: str, alarms: int
) -> None:
    await sim.post("fault", path="/cgi-bin/qrcode/create", times=1, answer=answer)
    await sim.text("E003", "我的名片码")
    if words:
        assert words in await told(sim, "E003", "没能生成")
        assert (await QrCode.get()).state == "refused"
    else:
        assert await until(QrCode.filter(tries=1, reason__contains="45009").exists)
        await sim.post("clock", forward=61)
        assert picture(await told(sim, "E003", "的二维码好了"))
    assert await Alarm.all().count() == alarms


@pytest.mark.parametrize(
    ("who", "line", "words"),
    [
        ("E005", "我的名片码", "没有权限"),
        ("C001", "SO0312的二维码", "没有权限"),
        ("E003", "活动CM0007二维码", "没有权限"),
        ("E003", "SO9999的二维码", "没有找到"),
        ("E021", "活动春季二维码", "要写活动编号，例如 CM0007"),
        ("E005", "给C003绑定二维码", "没有权限"),
        ("E003", "给小赵绑定二维码", "没有权限"),
    ],
)
async def test_who_may_not_have_a_code_gets_none(chat: Chat, who: str, line: str, words: str) -> None:
    assert words in await chat(who, line)
    assert await QrCode.all().count() == 0


@pytest.mark.commits
async def test_without_an_official_account_a_code_is_refused_in_words(sim: Sim) -> None:
    sim.services.official = None
    await sim.text("E003", "我的名片码")
    assert "公众号没有开通" in await told(sim, "E003", "没能生成")
