"""When WeChat fails: what was to be told is told once by a door that is open, or is on the board with the reason."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import aiohttp
import pytest

from bot.delivery.syncing import sync
from bot.demo.wechat import OFFICIAL
from models import sql
from models.chat.tables import Conversation
from models.clock import now
from models.delivery.tables import Alarm, Attempt, Notice
from models.delivery.telling import reply_later, tell
from models.party.tables import Person
from tests.people import Pair, Sim
from tests.scenarios.test_approvals import card_of, over_limit
from tests.waiting import until

pytestmark = pytest.mark.commits

REPLY = {"id": "TPL_REPLY", "title": "咨询回复通知", "fields": {"thing1": "回复内容"}}

SHIPPED = {
    "number": "SO0312",
    "stage_text": "已发货",
    "customer": {"name": "宏达建材"},
    "lines": [],
    "shipments": [{"carrier": "顺丰", "tracking_no": "SF1"}],
}


@pytest.fixture
async def answering(simulate: Callable[..., Awaitable[Sim]]) -> Sim:
    """As `sim`, of a company that has a subscription message for replies."""
    return await simulate(lambda config: config["miniprogram"]["templates"].append(REPLY))


async def ended(notice: Notice) -> bool:
    await notice.refresh_from_db()
    return notice.state not in ("queued", "sending")


async def end_of(notice: Notice) -> Notice:
    await until(partial(ended, notice))
    return notice


async def tries(notice: Notice) -> list[tuple[str, str, str]]:
    rows = await Attempt.filter(notice=notice).order_by("id")
    return [(row.way, row.outcome, row.code) for row in rows]


async def announced(words: str, *people: str) -> list[Notice]:
    """One announcement to several, in one transaction; their notices."""
    ids = [(await Person.get(number=each)).id for each in people]
    await tell("announcement", about=words, facts={"text": words, "from": "王总"}, everyone=ids)
    return await Notice.filter(about=words).select_related("receiver").order_by("id")


async def seed_is_sent(sim: Sim) -> None:
    """Lets the cards go first that the demo left to be sent, so that a fault is not theirs."""
    for each in ("E001", "E009"):
        await card_of(sim, each, "AP0018")


async def shown(sim: Sim | Pair, person: str, words: str) -> int:
    rows = await sim.get("deliveries", person=person)
    return len([each for each in rows if not each["dropped"] and words in str(each["payload"])])


async def calls(sim: Sim | Pair, path: str) -> list[dict[str, Any]]:
    return [each for each in (await sim.get("calls", since=0, wait=0))["calls"] if each["path"] == path]


TOKEN = "/cgi-bin/stable_token"


@pytest.mark.slow
async def test_a_token_that_dies_in_mid_broadcast_is_renewed_once_by_two_workers(pair: Pair) -> None:
    colleagues = await Person.filter(customer_id=None, active=True)
    # Without WeCom, colleagues are reached by the Official Account, one call each.
    await Conversation.filter(door="work").update(reachable=False)
    await pair.control("fault", path="/cgi-bin/message/template/send", times=-1, delay=0.2)

    async def tell_all(about: str) -> None:
        for each in colleagues:
            await tell("order.shipped", about=about, facts={**SHIPPED, "number": about}, salesperson=[each.id])

    async def all_accepted(about: str) -> bool:
        return await Notice.filter(about=about, state="accepted").count() == len(colleagues)

    async def begun(about: str) -> bool:
        return await Notice.filter(about=about, state="accepted").count() > 3

    await tell_all("SO1001")
    await until(partial(begun, "SO1001"))
    before = len(await calls(pair, TOKEN))
    # Another system of the company asks for a new token, which kills the one in use.
    body = {"grant_type": "client_credential", "appid": OFFICIAL["app_id"], "secret": OFFICIAL["secret"]}
    async with (
        aiohttp.ClientSession() as session,
        session.post(str(pair.emulator.make_url(TOKEN)), json={**body, "force_refresh": True}) as response,
    ):
        assert "access_token" in await response.json()
    await tell_all("SO1002")
    for about in ("SO1001", "SO1002"):
        await until(partial(all_accepted, about))
    assert len(await calls(pair, TOKEN)) == before + 2
    for each in colleagues:
        for about in ("SO1001", "SO1002"):
            assert await shown(pair, each.number, about) == 1, (each.number, about)


async def test_45015_falls_over_to_a_subscription_message(answering: Sim) -> None:
    sim = answering
    assert any("turn.reply" in line for line in await sync(sim.services))
    await sim.text("C001", "SO0312", door="official")
    await sim.post("subscribe", door="miniprogram", person="C001", template="TPL_REPLY")
    await sim.post(
        "fault", path="/cgi-bin/message/custom/send", times=1, answer={"errcode": 45015, "errmsg": "out of time limit"}
    )
    here = await Conversation.get(door="official", external_id="o_C001".ljust(28, "0"))
    await reply_later(here.id, door="official", text="SO0312 明天到")
    notice = await end_of(await Notice.get(kind="turn.reply"))
    assert notice.state == "accepted"
    assert await tries(notice) == [("customer_service", "refused", "45015"), ("subscription", "accepted", "")]
    assert await shown(sim, "C001", "明天到") == 1
    left = await sql.rows('SELECT "left" FROM grant_ledger WHERE template_id = $1', "TPL_REPLY")
    assert left == [{"left": 0}]


async def test_43101_everywhere_ends_on_the_board_in_words(sim: Sim) -> None:
    for path in ("/cgi-bin/message/subscribe/send", "/cgi-bin/message/template/send"):
        await sim.post("fault", path=path, times=1, answer={"errcode": 43101, "errmsg": "user refuse to accept"})
    contact, owner = await Person.get(number="C001"), await Person.get(number="E003")
    await tell("order.shipped", about="SO0312", facts=SHIPPED, answerable=owner.id, customer=[contact.id])
    notice = await end_of(await Notice.get(receiver=contact, about="SO0312", settled_at=None))
    assert notice.state == "refused"
    assert "用户拒收" in notice.reason and "48 小时内没有来过消息" in notice.reason
    board = await sim.text("E003", "未送达")
    assert "周经理 SO0312 发货通知" in board and "用户拒收" in board
    assert await shown(sim, "C001", "SF1") == 0


async def test_who_is_invalid_in_a_wecom_batch_is_reached_by_another_door_and_the_others_at_once(sim: Sim) -> None:
    await sim.text("E005", "我是谁", door="official")
    await Conversation.filter(door="work", external_id="zhoufu").update(external_id="gone")
    notices = await announced("盘点", "E003", "E004", "E005", "E006")
    for notice in notices:
        assert (await end_of(notice)).state == "accepted", notice.reason
    missed = next(notice for notice in notices if notice.receiver.number == "E005")
    assert [row[:2] for row in await tries(missed)] == [
        ("work_batch", "refused"), ("work_text", "refused"), ("customer_service", "accepted"),
    ]  # fmt: skip
    for person in ("E003", "E004", "E005", "E006"):
        assert await shown(sim, person, "盘点") == 1
    sent = [each for each in await calls(sim, "/cgi-bin/message/send") if "|" in str(each)]
    assert len(sent) == 1


async def test_who_has_no_licence_in_wecom_is_on_the_board_for_that_reason(
    simulate: Callable[..., Awaitable[Sim]],
) -> None:
    def unlicensed(config: dict[str, Any]) -> None:
        next(each for each in config["people"] if each["id"] == "E005")["licensed"] = False

    sim = await simulate(unlicensed)
    await Conversation.filter(person__number="E005", door="official").delete()
    notices = await announced("盘点", "E003", "E004", "E005")
    for notice in notices:
        await end_of(notice)
    missed = next(notice for notice in notices if notice.receiver.number == "E005")
    assert missed.state == "refused"
    assert missed.reason == "对方的企业微信帐号没有接口许可；接收人全部无效或无权限（81013）"
    assert {notice.state for notice in notices if notice is not missed} <= {"accepted"}
    assert "老周 盘点 公告" in await sim.text("E001", "未送达")


@pytest.mark.parametrize("code", [50002, 60011, 60021])
async def test_who_is_outside_the_applications_range_is_unreachable_and_administrators_hear_who(
    sim: Sim, code: int
) -> None:
    await seed_is_sent(sim)
    await sim.text("E005", "我是谁", door="official")
    await sim.post("fault", path="/cgi-bin/message/send", times=1, answer={"errcode": code, "errmsg": "no privilege"})
    (notice,) = await announced("盘点", "E005")
    assert (await end_of(notice)).state == "accepted"
    assert await tries(notice) == [("work_text", "refused", str(code)), ("customer_service", "accepted", "")]
    assert not (await Conversation.get(door="work", external_id="zhoufu")).reachable
    alarm = await Alarm.get()
    assert (alarm.door, alarm.code) == ("work", code) and "可见范围" in alarm.words and "老周（E005）" in alarm.words
    await until(partial(_told, sim, "E001", "老周（E005）"))


async def test_a_card_that_does_not_fit_is_said_to_be_that_and_goes_as_text(sim: Sim) -> None:
    await seed_is_sent(sim)
    approver = await Person.get(number="E001")
    facts = {"number": "A" * 200, "stage_text": "已发货", "customer": {"name": "宏达"}, "lines": [], "shipments": []}
    await tell("order.delivered", about="SO0312", facts=facts, salesperson=[approver.id])
    notice = await end_of(await Notice.get(kind="order.delivered", receiver=approver, about="SO0312"))
    assert await tries(notice) == [("work_card", "refused", "no_card"), ("work_text", "accepted", "")]
    words = await Attempt.get(notice=notice, way="work_card")
    assert words.words == "内容放不进卡片"


async def test_busy_twice_then_success_is_one_message_to_each(sim: Sim) -> None:
    await sim.post("fault", path="/cgi-bin/message/send", times=2, answer={"errcode": -1, "errmsg": "system error"})
    for notice in await announced("盘点", "E003", "E004"):
        assert (await end_of(notice)).state == "accepted"
    assert [await shown(sim, person, "盘点") for person in ("E003", "E004")] == [1, 1]


@pytest.mark.slow
async def test_a_batch_whose_answer_is_lost_is_asked_again_word_for_word(sim: Sim) -> None:
    await seed_is_sent(sim)
    await sim.post("fault", path="/cgi-bin/message/send", times=1, drop="after")
    for notice in await announced("盘点", "E003", "E004", "E005"):
        assert (await end_of(notice)).state == "accepted"
    for person in ("E003", "E004", "E005"):
        assert await shown(sim, person, "盘点") == 1


async def test_a_subscription_whose_answer_is_lost_is_in_doubt_and_not_repeated(sim: Sim) -> None:
    contact = await Person.get(number="C001")
    await sim.post("fault", path="/cgi-bin/message/subscribe/send", times=1, drop="after")
    await tell("order.shipped", about="SO0312", facts=SHIPPED, customer=[contact.id])
    notice = await end_of(await Notice.get(receiver=contact, about="SO0312", settled_at=None))
    assert (notice.state, await tries(notice)) == ("uncertain", [("subscription", "unknown", "no_answer")])
    assert "微信没有回应" in notice.reason
    assert await shown(sim, "C001", "SF1") == 1
    assert "不确定" in await sim.text("E003", "未送达")


@pytest.mark.slow
async def test_a_time_out_after_wechat_had_accepted_is_repeated_only_where_a_key_makes_it_harmless(sim: Sim) -> None:
    await seed_is_sent(sim)
    for path in ("/cgi-bin/message/send", "/cgi-bin/message/template/send", "/cgi-bin/message/subscribe/send"):
        # Longer than we wait for any answer: the platform has taken it, and we do not know.
        await sim.post("fault", path=path, times=1, hold=10)
    bought, other = await Person.get(number="C001"), await Person.get(number="C002")
    colleagues = await announced("盘点", "E003", "E004", "E005")
    for number, contact in (("SO0312", bought), ("SO0317", other)):
        await tell("order.shipped", about=number, facts={**SHIPPED, "number": number}, customer=[contact.id])
    by_template = await Notice.get(receiver=other, about="SO0317", kind="order.shipped")
    by_consent = await Notice.get(receiver=bought, about="SO0312", kind="order.shipped")
    for notice in (*colleagues, by_template, by_consent):
        await until(partial(ended, notice), within_s=40)
    # WeCom knows the same words again, and the Official Account our number of the message; consent is for one message.
    assert {notice.state for notice in colleagues} == {"accepted"}
    assert (by_template.state, by_consent.state) == ("accepted", "uncertain")
    assert await tries(by_consent) == [("subscription", "unknown", "no_answer")]
    for person, words in (("E003", "盘点"), ("E004", "盘点"), ("E005", "盘点"), ("C002", "SO0317"), ("C001", "SO0312")):
        assert await shown(sim, person, words) == 1, person
    assert await tries(by_template) == [
        ("official_template", "later", "no_answer"), ("official_template", "accepted", ""),
    ]  # fmt: skip
    assert await sim.get("faults") == []


async def test_a_card_tapped_after_its_code_ran_out_decides_and_the_others_are_told_by_a_message(sim: Sim) -> None:
    order, approval = await over_limit(sim)
    cards = {person: await card_of(sim, person, approval) for person in ("E001", "E009")}
    await sim.post("clock", forward=73 * 3600)
    await sim.post("card", door="work", person="E001", task_id=cards["E001"]["task_id"], button="同意")

    async def changed() -> bool:
        return (await card_of(sim, "E001", approval))["state"] == "decided"

    await until(changed)
    # Nobody can change the other card any more: its owner reads the result in a message, and a late tap decides nothing.
    await until(partial(_told, sim, "E009", "已同意 · 王总"))
    notice = await card_notice("E009")
    assert (notice.state, await tries(notice)) == ("accepted", [("work_text", "accepted", "")])
    assert (await card_of(sim, "E009", approval))["state"] == "open"
    await sim.post("card", door="work", person="E009", task_id=cards["E009"]["task_id"], button="驳回")
    await until(partial(_told, sim, "E009", "王总"))
    assert await sql.rows("SELECT state FROM approval WHERE number = $1", approval) == [{"state": "approved"}]
    assert await sql.rows("SELECT state FROM sales_order WHERE number = $1", order) == [{"state": "confirmed"}]


async def card_notice(person: str) -> Notice:
    """The notice that changes somebody's card, once it has come to an end."""
    receiver = await Person.get(number=person)
    return await end_of(await Notice.get(kind="approval.card", receiver=receiver))


@pytest.mark.parametrize("code", [60140, 42022, 42016])
async def test_who_has_a_card_that_cannot_be_changed_is_told_the_result_by_a_message(sim: Sim, code: int) -> None:
    _, approval = await over_limit(sim)
    for person in ("E001", "E009"):
        await card_of(sim, person, approval)
    path = "/cgi-bin/message/update_template_card"
    await sim.post("fault", path=path, times=-1, answer={"errcode": code, "errmsg": "invalid response_code"})
    assert "已驳回" in await sim.text("E009", f"驳回 {approval} 毛利太低")
    for person in ("E001", "E009"):
        notice = await card_notice(person)
        assert await tries(notice) == [("card_change", "refused", str(code)), ("work_text", "accepted", "")]
        assert await shown(sim, person, "已驳回 · 小吴") == 1
    assert len(await calls(sim, path)) == 2


async def test_a_card_that_could_not_be_changed_for_the_moment_is_changed_later_without_a_message(sim: Sim) -> None:
    _, approval = await over_limit(sim)
    for person in ("E001", "E009"):
        await card_of(sim, person, approval)
    path, often = "/cgi-bin/message/update_template_card", {"errcode": 45011, "errmsg": "api freq out of limit"}
    await sim.post("fault", path=path, times=2, answer=often)
    assert "已驳回" in await sim.text("E009", f"驳回 {approval} 毛利太低")
    owner = await Person.get(number="E001")
    notice = await Notice.get(kind="approval.card", receiver=owner)
    await until(Attempt.filter(way="card_change", outcome="later").exists)
    await until(Notice.filter(kind="approval.card", state="queued", due_at__gt=now()).exists)
    await sim.post("clock", forward=61)
    assert (await end_of(notice)).state == "accepted"
    assert await tries(notice) == [("card_change", "later", "45011"), ("card_change", "accepted", "")]
    assert (await card_of(sim, "E001", approval))["state"] == "decided"
    assert await shown(sim, "E001", "已驳回 · 小吴") == 0


async def test_whoever_was_asked_without_a_card_is_not_told_of_one(sim: Sim) -> None:
    await seed_is_sent(sim)
    await Conversation.filter(door="work", external_id="wujing").update(reachable=False)
    _, approval = await over_limit(sim)
    await card_of(sim, "E001", approval)
    assert "已驳回" in await sim.text("E001", f"驳回 {approval} 毛利太低")
    notice = await card_notice("E009")
    assert (notice.state, notice.reason, await tries(notice)) == ("accepted", "没有发过卡片，不用更新", [])


async def _told(sim: Sim, person: str, words: str) -> bool:
    return await shown(sim, person, words) > 0


async def test_a_login_code_used_twice_lets_in_once(sim: Sim) -> None:
    code = (await sim.post("login", person="C001"))["code"]
    answers = []
    for _ in range(2):
        async with sim.product.post("/api/login", json={"code": code}) as response:
            answers.append((response.status, (await response.json()).get("code")))
    assert answers == [(200, None), (422, "login_code_invalid")]
    assert len(await sql.rows("SELECT id FROM api_token WHERE conversation_id IS NOT NULL")) == 1


async def test_a_call_to_many_that_is_refused_is_made_once_more_for_each_alone_and_the_board_says_why(sim: Sim) -> None:
    refusal = {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 1.2.3.4"}
    await sim.post("fault", path="/cgi-bin/message/send", times=-1, answer=refusal)
    for notice in await announced("盘点", "E003", "E004", "E005"):
        assert (await end_of(notice)).state == "refused"
        assert "60020" in notice.reason, notice.reason
        assert [row[0] for row in await tries(notice)][:2] == ["work_batch", "work_text"]
    assert len([each for each in await calls(sim, "/cgi-bin/message/send") if "盘点" in str(each)]) == 1 + 3


async def test_a_subscription_that_is_reported_as_not_delivered_goes_to_the_next_door(sim: Sim) -> None:
    contact = await Person.get(number="C001")
    await sim.post("fault", path="/cgi-bin/message/subscribe/send", times=1, report="failed:user block")
    await tell("order.shipped", about="SO0312", facts=SHIPPED, customer=[contact.id])
    notice = await Notice.filter(receiver=contact).order_by("-id").first()
    assert notice is not None
    await until(partial(tried, notice, "official_template"))
    assert [row[:2] for row in await tries(notice)][-1] == ("official_template", "accepted")
    assert (await end_of(notice)).state == "accepted"


async def tried(notice: Notice, way: str) -> bool:
    return any(row[:2] == (way, "accepted") for row in await tries(notice))
