"""Notices: by the best door that is open, over to the next when refused, on the board when none is left."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.delivery.syncing import sync
from bot.demo.templates import SHIPPED as SHIPPED_TEMPLATE
from models import sql
from models.chat.tables import Conversation
from models.clock import now
from models.delivery.tables import Alarm, Attempt, Batch, Notice, PlatformTemplate
from models.delivery.telling import tell
from models.party.tables import Person
from models.transactions import transaction
from tests.people import Sim
from tests.waiting import until

pytestmark = pytest.mark.commits

SHIPPED = {
    "number": "SO0312",
    "stage_text": "已发货",
    "customer": {"name": "宏达建材"},
    "lines": [],
    "shipments": [{"carrier": "顺丰", "tracking_no": "SF1"}],
}


async def shipped_to(person: str, answerable: str | None = None) -> Notice:
    """Tells a contact of a shipment; the notice, once it has come to an end."""
    receiver = await Person.get(number=person)
    colleague = (await Person.get(number=answerable)).id if answerable else None
    await tell("order.shipped", about="SO0312", facts=SHIPPED, answerable=colleague, customer=[receiver.id])
    notice = await Notice.filter(receiver=receiver).order_by("-id").first()
    assert notice is not None
    return notice


async def settled(notice: Notice) -> Notice:
    async def look() -> Notice | None:
        await notice.refresh_from_db()
        return notice if notice.state not in ("queued", "sending") else None

    found = await until(look)
    assert found is not None
    return found


async def tries(notice: Notice) -> list[tuple[str, str, str]]:
    rows = await Attempt.filter(notice=notice).order_by("id")
    return [(row.way, row.outcome, row.code) for row in rows]


async def seed_is_sent(sim: Sim) -> None:
    """Lets the cards go first that the demo left to be sent, so that a fault is not theirs."""
    for each in ("E001", "E009"):
        await until(partial(_has_card, sim, each))


async def _has_card(sim: Sim, person: str) -> bool:
    return bool(await sim.get("cards", person=person))


async def test_a_subscription_goes_first_and_uses_one_accept_up(sim: Sim) -> None:
    notice = await settled(await shipped_to("C001"))
    assert notice.state == "accepted"
    assert await tries(notice) == [("subscription", "accepted", "")]
    assert await sql.rows('SELECT "left" FROM grant_ledger') == [{"left": 19}]


async def test_a_refused_subscription_falls_over_to_the_official_account_and_empties_the_ledger(sim: Sim) -> None:
    await sim.post(
        "fault", path="/cgi-bin/message/subscribe/send", times=1, answer={"errcode": 43101, "errmsg": "refuse"}
    )
    notice = await settled(await shipped_to("C001"))
    assert notice.state == "accepted"
    assert await tries(notice) == [("subscription", "refused", "43101"), ("official_template", "accepted", "")]
    assert await sql.rows('SELECT "left" FROM grant_ledger') == [{"left": 0}]


@pytest.mark.parametrize("takes", [["顺丰", "京东"], ["德邦", "京东"]], ids=["ours too", "others only"])
async def test_a_field_that_takes_only_some_values_is_filled_with_one_of_them_or_another_way_is_taken(
    simulate: Callable[..., Awaitable[Sim]], takes: list[str]
) -> None:
    def change(config: dict[str, Any]) -> None:
        template = next(each for each in config["miniprogram"]["templates"] if each["id"] == SHIPPED_TEMPLATE)
        template["choices"] = {"thing2": takes}

    sim = await simulate(change)
    await sync(sim.services)
    notice = await settled(await shipped_to("C001"))
    if "顺丰" in takes:
        assert await tries(notice) == [("subscription", "accepted", "")]
        return
    assert await tries(notice) == [("subscription", "refused", "unfit"), ("official_template", "accepted", "")]
    assert await accepts_left() == [20]
    # The platform was not asked what it would refuse.
    assert await calls(sim, "/cgi-bin/message/subscribe/send") == 0


TOO_OFTEN = {"errcode": 45011, "errmsg": "api freq out of limit"}


async def accepts_left(left: int | None = None) -> list[int]:
    if left is not None:
        await sql.rows('UPDATE grant_ledger SET "left" = $1', left)
    return [row["left"] for row in await sql.rows('SELECT "left" FROM grant_ledger')]


async def window_left() -> int:
    rows = await sql.rows("SELECT window_left FROM conversation WHERE external_id = $1", "o_C002".ljust(28, "0"))
    return int(rows[0]["window_left"])


async def tried(notice: Notice) -> Attempt | None:
    return await Attempt.get_or_none(notice=notice, ended_at__isnull=False)


@pytest.mark.parametrize("left", [20, 1])
async def test_a_subscription_that_was_not_taken_uses_no_accept_up(sim: Sim, left: int) -> None:
    await accepts_left(left)
    await sim.post("fault", path="/cgi-bin/message/subscribe/send", times=1, answer=TOO_OFTEN)
    notice = await shipped_to("C001")
    await until(partial(tried, notice))
    assert await accepts_left() == [left]
    await sim.post("clock", forward=120)
    assert (await settled(notice)).state == "accepted"
    assert await tries(notice) == [("subscription", "later", "45011"), ("subscription", "accepted", "")]
    assert await accepts_left() == [left - 1]


async def test_a_message_that_was_not_taken_leaves_the_window_as_it_was(sim: Sim) -> None:
    await Conversation.filter(external_id="m_C002".ljust(28, "0")).update(reachable=False)
    refused = {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
    await sim.post("fault", path="/cgi-bin/message/template/send", times=-1, answer=refused)
    await sim.post("fault", path="/cgi-bin/message/custom/send", times=1, answer=TOO_OFTEN)
    before = await window_left()
    notice = await shipped_to("C002")
    await until(partial(customer_service_tried, notice))
    assert await window_left() == before
    await sim.post("clock", forward=120)
    assert (await settled(notice)).state == "accepted"
    assert await window_left() == before - 1


async def customer_service_tried(notice: Notice) -> bool:
    return await Attempt.filter(notice=notice, way="customer_service", ended_at__isnull=False).exists()


@pytest.mark.parametrize(("code", "left"), [(45047, 0), (45015, 0), (47003, 5)])
async def test_a_window_that_the_platform_says_is_used_up_is_so_for_us_too(sim: Sim, code: int, left: int) -> None:
    await Conversation.filter(external_id="o_C002".ljust(28, "0")).update(window_left=5)
    for path, errcode in (("template", 43101), ("custom", code)):
        answer = {"errcode": errcode, "errmsg": "refused"}
        await sim.post("fault", path=f"/cgi-bin/message/{path}/send", times=1, answer=answer)
    assert (await settled(await shipped_to("C002"))).state == "refused"
    assert await window_left() == left


async def test_a_connection_that_broke_may_have_brought_it_so_its_accept_stays_used(sim: Sim) -> None:
    await sim.post("fault", path="/cgi-bin/message/subscribe/send", times=1, drop="before")
    assert (await settled(await shipped_to("C001"))).state == "uncertain"
    assert await accepts_left() == [19]


async def test_what_does_not_fit_into_the_fields_uses_no_accept_up(sim: Sim) -> None:
    await PlatformTemplate.filter(door="miniprogram").update(filled={"amount1": "stage_text"})
    notice = await settled(await shipped_to("C001"))
    assert (await tries(notice))[0] == ("subscription", "refused", "unfit")
    assert await accepts_left() == [20]


@pytest.mark.parametrize(("path", "person"), [("template", "C002"), ("subscribe", "C001")])
@pytest.mark.slow
async def test_busy_twice_then_success_is_sent_once(sim: Sim, path: str, person: str) -> None:
    """With a key that makes a repeat harmless, and without one: the platform itself asks for it (decision 0033)."""
    busy = {"errcode": -1, "errmsg": "system error"}
    await sim.post("fault", path=f"/cgi-bin/message/{path}/send", times=2, answer=busy)
    notice = await settled(await shipped_to(person))
    assert notice.state == "accepted"
    assert await shown(sim, person) == 1


async def test_who_unfollowed_is_marked_and_put_on_the_board_with_the_reason(sim: Sim) -> None:
    await sim.post(
        "fault",
        path="/cgi-bin/message/template/send",
        times=1,
        answer={"errcode": 43004, "errmsg": "require subscribe"},
    )
    await sim.post(
        "fault", path="/cgi-bin/message/custom/send", times=1, answer={"errcode": 45015, "errmsg": "out of time"}
    )
    notice = await settled(await shipped_to("C002", answerable="E003"))
    assert notice.state == "refused"
    assert "没有关注公众号（43004）" in notice.reason
    assert await sql.rows("SELECT reachable FROM conversation WHERE external_id = $1", "o_C002".ljust(28, "0")) == [
        {"reachable": False}
    ]
    told = await Notice.filter(kind="notice.undelivered").select_related("receiver")
    assert [each.receiver.number for each in told] == ["E003"]


@pytest.mark.parametrize("report", ["", "failed:user block"])
async def test_a_report_that_overtakes_the_answer_to_its_call_is_not_lost(sim: Sim, report: str) -> None:
    path = "/cgi-bin/message/template/send"
    await sim.post("fault", path=path, times=1, hold=1, **({"report": report} if report else {}))
    notice = await shipped_to("C002")

    async def reported() -> bool:
        return bool(await sql.rows("SELECT id FROM early_report WHERE delivered = $1", not report))

    await until(reported)
    assert await tries(notice) == [("official_template", "sending", "")]

    async def told() -> Attempt | None:
        return await Attempt.get_or_none(notice=notice, way="official_template", **_end(report))

    assert await until(told)
    assert await sql.rows("SELECT id FROM early_report") == []
    if report:
        # The next way is tried.
        assert (await settled(notice)).state in ("accepted", "refused")
        assert (await tries(notice))[0] == ("official_template", "refused", "reported")
        assert all(way != "official_template" for way, _, _ in (await tries(notice))[1:])
    else:
        assert (await settled(notice)).state == "accepted"


def _end(report: str) -> dict[str, object]:
    return (
        {"outcome": "refused", "code": "reported"} if report else {"outcome": "accepted", "arrived_at__isnull": False}
    )


async def test_an_answer_that_is_lost_leaves_a_keyless_notice_uncertain_and_not_sent_again(sim: Sim) -> None:
    await sim.post("fault", path="/cgi-bin/message/subscribe/send", times=1, drop="after")
    notice = await settled(await shipped_to("C001"))
    assert notice.state == "uncertain"
    assert len([each for each in await sim.deliveries("C001") if "SHIPPED" in str(each["payload"])]) == 1


async def test_an_answer_that_is_lost_is_asked_again_where_the_platform_knows_the_key(sim: Sim) -> None:
    await sim.post("fault", path="/cgi-bin/message/template/send", times=1, drop="after")
    notice = await settled(await shipped_to("C002"))
    assert notice.state == "accepted"
    shown = [each for each in await sim.deliveries("C002") if "SHIPPED" in str(each["payload"]) and not each["dropped"]]
    assert len(shown) == 1


SLOW = (
    ("/cgi-bin/message/template/send", "C002", "official_template", 600),
    ("/cgi-bin/message/send", "E003", "work_text", 1800),
)
"""Where a repeat is recognised, and for how many seconds."""


async def shown(sim: Sim, person: str, words: str = "SHIPPED") -> int:
    rows = await sim.deliveries(person)
    return len([each for each in rows if words in str(each["payload"]) and not each["dropped"]])


async def unanswered(sim: Sim, path: str, person: str) -> Notice:
    """A notice that arrived, though no answer said so, and that is to be repeated."""
    await seed_is_sent(sim)
    await sim.post("fault", path=path, times=1, drop="after")
    if person.startswith("C"):
        notice = await shipped_to(person)
    else:
        receiver = await Person.get(number=person)
        await tell("announcement", about="", facts={"text": "SHIPPED", "from": "王总"}, everyone=[receiver.id])
        notice = await Notice.get(kind="announcement")

    async def put_off() -> bool:
        await notice.refresh_from_db()
        return notice.state == "queued" and notice.attempts > 0

    await until(put_off)
    return notice


@pytest.mark.parametrize(("path", "person", "way", "known_s"), SLOW)
async def test_what_was_not_answered_is_repeated_while_the_platform_knows_it(
    sim: Sim, path: str, person: str, way: str, known_s: int
) -> None:
    notice = await unanswered(sim, path, person)
    await sim.post("clock", forward=known_s - 60)
    assert (await settled(notice)).state == "accepted"
    assert await tries(notice) == [(way, "later", "no_answer"), (way, "accepted", "")]
    assert await shown(sim, person) == 1


@pytest.mark.parametrize("forward", ["just too late", "long after"])
@pytest.mark.parametrize(("path", "person", "way", "known_s"), SLOW)
async def test_what_was_not_answered_is_not_repeated_once_the_platform_may_have_forgotten_it(
    sim: Sim, path: str, person: str, way: str, known_s: int, forward: str
) -> None:
    notice = await unanswered(sim, path, person)
    await sim.post("clock", forward=known_s - 25 if forward == "just too late" else known_s + 300)
    assert (await settled(notice)).state == "uncertain"
    assert notice.reason == "微信没有回应，隔得太久，再发可能重复，不知道有没有送到"
    assert await tries(notice) == [(way, "later", "no_answer")]
    assert await shown(sim, person) == 1
    assert await calls(sim, path, "SHIPPED") == 1


async def test_what_is_urgent_is_repeated_whatever_the_platform_still_knows(sim: Sim) -> None:
    path, person, way, known_s = SLOW[1]
    await seed_is_sent(sim)
    await sim.post("fault", path=path, times=1, drop="after")
    receiver = await Person.get(number=person)
    moment = now()
    notice = await Notice.create(
        kind="announcement", receiver=receiver, facts={"text": "SHIPPED", "from": "王总"}, urgent=True,
        created_at=moment, due_at=moment,
    )  # fmt: skip
    await until(partial(tried, notice))
    await sim.post("clock", forward=known_s + 300)
    assert (await settled(notice)).state == "accepted"
    assert await tries(notice) == [(way, "later", "no_answer"), (way, "accepted", "")]
    assert await shown(sim, person) == 2


@pytest.mark.parametrize(("ago", "end", "made"), [(500, "accepted", 1), (900, "uncertain", 0)])
async def test_what_a_dead_worker_was_sending_is_repeated_only_while_the_platform_knows_it(
    sim: Sim, ago: int, end: str, made: int
) -> None:
    await seed_is_sent(sim)
    began = now() - timedelta(seconds=ago)

    async def left() -> Notice:
        notice = await Notice.create(
            kind="order.shipped", receiver=await Person.get(number="C002"), about="SO0312", facts=SHIPPED,
            state="sending", worker="gone", attempts=1, created_at=began, due_at=began + timedelta(seconds=30),
        )  # fmt: skip
        await Attempt.create(notice=notice, door="official", way="official_template", started_at=began)
        return notice

    notice = await transaction(left)
    assert (await settled(notice)).state == end
    assert await calls(sim, "/cgi-bin/message/template/send", "SHIPPED") == made
    again = [("official_template", "accepted", "")] if made else []
    assert await tries(notice) == [("official_template", "unknown", ""), *again]


async def test_what_is_in_doubt_goes_by_no_other_way_and_a_colleague_may_send_it_anew(sim: Sim) -> None:
    notice = await unanswered(sim, "/cgi-bin/message/template/send", "C002")
    await Conversation.filter(external_id="o_C002".ljust(28, "0")).update(reachable=False)
    await Conversation.filter(external_id="m_C002".ljust(28, "0")).update(reachable=True)
    await sim.post("clock", forward=120)
    assert (await settled(notice)).state == "uncertain"
    assert await tries(notice) == [("official_template", "later", "no_answer")]
    await Conversation.filter(external_id="o_C002".ljust(28, "0")).update(reachable=True)
    await sim.post("clock", forward=900)
    assert "SO0312 重发 1 条" in await sim.text("E001", "重发SO0312")
    assert (await settled(notice)).state == "accepted"
    assert await shown(sim, "C002") == 2


@pytest.mark.parametrize(
    ("forward", "end", "made"), [(1740, "accepted", 2), (1775, "uncertain", 1), (2100, "uncertain", 1)]
)
async def test_a_broadcast_without_an_answer_is_repeated_only_while_wecom_knows_it(
    sim: Sim, forward: int, end: str, made: int
) -> None:
    await seed_is_sent(sim)
    path, people = "/cgi-bin/message/send", ("E003", "E004", "E005")
    await sim.post("fault", path=path, times=1, drop="after")
    receivers = [(await Person.get(number=number)).id for number in people]
    await tell("announcement", about="", facts={"text": "开会", "from": "王总"}, everyone=receivers)
    await until(Notice.filter(kind="announcement", reason__contains="没有回应").exists)
    await sim.post("clock", forward=forward)
    for notice in await Notice.filter(kind="announcement"):
        assert (await settled(notice)).state == end
    assert await calls(sim, path, "开会") == made
    assert [await shown(sim, person, "开会") for person in people] == [1, 1, 1]


async def test_a_card_is_known_by_its_task_id_however_late_it_is_sent_again(sim: Sim) -> None:
    await seed_is_sent(sim)
    await sim.post("fault", path="/cgi-bin/message/send", times=1, drop="after")
    receiver = await Person.get(number="E003")
    await tell("order.delivered", about="SO0312", facts={**SHIPPED, "number": "SHIPPED"}, salesperson=[receiver.id])
    notice = await Notice.get(kind="order.delivered", receiver=receiver, settled_at=None)
    await until(Attempt.filter(notice=notice, code="no_answer").exists)
    await sim.post("clock", forward=2 * 3600)
    assert (await settled(notice)).state == "accepted"
    assert [each[:2] for each in await tries(notice)] == [("work_card", "later"), ("work_card", "accepted")]
    assert await shown(sim, "E003") == 1


@pytest.mark.parametrize(("ago", "urgent", "end", "made"), [
    (1700, False, "accepted", 1), (1775, False, "uncertain", 0), (2100, False, "uncertain", 0), (2100, True, "accepted", 2),
])  # fmt: skip
async def test_a_broadcast_that_a_dead_worker_was_sending_is_made_again_only_while_wecom_knows_it(
    sim: Sim, ago: int, urgent: bool, end: str, made: int
) -> None:
    await seed_is_sent(sim)
    began, userids = now() - timedelta(seconds=ago), ("liting", "zhaomin")

    async def left() -> None:
        await Batch.create(token="of the dead", userids=list(userids), text="盘点", tries=1, sent_at=began)
        for number in ("E003", "E004"):
            notice = await Notice.create(
                kind="announcement", receiver=await Person.get(number=number), facts={"text": "盘点", "from": "王总"},
                state="sending", worker="gone", attempts=1, batch="of the dead", urgent=urgent, created_at=began,
                due_at=began + timedelta(seconds=30),
            )  # fmt: skip
            await Attempt.create(notice=notice, door="work", way="work_batch", started_at=began)

    await transaction(left)
    for notice in await Notice.filter(kind="announcement"):
        assert (await settled(notice)).state == end
    assert await calls(sim, "/cgi-bin/message/send", "盘点") == made
    # What is urgent goes to each by itself, though it may be the second time.
    first = ("work_batch", "unknown", "no_answer") if made != 1 else ("work_batch", "accepted", "")
    again = [("work_text", "accepted", "")] if urgent else []
    for notice in await Notice.filter(kind="announcement"):
        assert await tries(notice) == [first, *again]


async def test_html_instead_of_json_is_no_answer_and_does_not_stop_others(sim: Sim) -> None:
    await sim.post("fault", path="/cgi-bin/message/send", times=1, answer={"status": 502, "text": "<html>bad</html>"})
    people = [(await Person.get(number=number)).id for number in ("E003", "E004")]
    await tell("announcement", about="", facts={"text": "开会", "from": "王总"}, everyone=people)
    notices = await Notice.filter(kind="announcement")
    assert {(await settled(notice)).state for notice in notices} == {"accepted"}
    for person in ("E003", "E004"):
        assert any("开会" in str(each["payload"]) for each in await sim.deliveries(person))


async def test_one_persons_notices_come_in_order(sim: Sim) -> None:
    person = await Person.get(number="E003")
    for number in range(12):
        await tell("announcement", about="", facts={"text": f"第{number}条", "from": "王总"}, everyone=[person.id])
    for notice in await Notice.filter(kind="announcement"):
        await settled(notice)
    texts = [str(each["payload"]) for each in await sim.deliveries("E003") if "通知" in str(each["payload"])]
    found = [next(number for number in range(12) if f"第{number}条" in text) for text in texts]
    assert found == sorted(found)
    assert len(found) == 12


async def test_the_token_is_fetched_once_however_many_ask(sim: Sim) -> None:
    everyone = [person.id for person in await Person.filter(customer_id=None)]
    await tell("announcement", about="", facts={"text": "开会", "from": "王总"}, everyone=everyone)
    for notice in await Notice.filter(kind="announcement"):
        await settled(notice)
    calls = (await sim.get("calls", since=0, wait=0))["calls"]
    assert len([call for call in calls if call["path"] == "/cgi-bin/gettoken"]) == 1


async def test_a_token_that_expired_is_refreshed_once_and_the_message_goes_out(sim: Sim) -> None:
    await sim.text("E003", "m8x30还有多少")
    await shipped_to("C002")
    await sim.post(
        "fault", path="/cgi-bin/message/template/send", times=1, answer={"errcode": 42001, "errmsg": "expired"}
    )
    notice = await settled(await shipped_to("C002"))
    assert notice.state == "accepted"


OUT = {"errcode": 45009, "errmsg": "reach max api daily quota limit"}


async def calls(sim: Sim, path: str, words: str = "") -> int:
    rows = (await sim.get("calls", since=0, wait=0))["calls"]
    return len([each for each in rows if each["path"] == path and words in str(each)])


async def test_a_stale_notice_is_not_sent(sim: Sim) -> None:
    for path in ("template", "custom"):
        await sim.post("fault", path=f"/cgi-bin/message/{path}/send", times=-1, answer=OUT)
    notice = await shipped_to("C002")
    await until(partial(customer_service_tried, notice))
    await sim.post("clock", forward=80 * 3600)
    assert (await settled(notice)).state == "expired"


async def test_a_quota_that_is_out_sends_the_notice_on_at_once_and_closes_the_way_for_all_for_a_minute(
    sim: Sim,
) -> None:
    path = "/cgi-bin/message/subscribe/send"
    await sim.post("fault", path=path, times=1, answer=OUT)
    first = await settled(await shipped_to("C001"))
    assert await tries(first) == [("subscription", "stopped", "45009"), ("official_template", "accepted", "")]
    assert await accepts_left() == [20]
    alarm = await Alarm.get()
    assert (alarm.door, alarm.code, alarm.times) == ("miniprogram", 45009, 1)
    # Another worker's notice does not even ask.
    other = await Notice.filter(kind="wechat.alarm").select_related("receiver")
    assert [each.receiver.number for each in other] == ["E001"]
    second = await shipped_to("C001")
    await Notice.filter(id=second.id).update(due_at=now())
    assert await tries(await settled(second)) == [("official_template", "accepted", "")]
    assert await calls(sim, path) == 1
    await sim.post("clock", forward=61)
    assert await tries(await settled(await shipped_to("C001"))) == [("subscription", "accepted", "")]


async def test_who_has_no_other_way_waits_until_the_quota_may_be_asked_again(sim: Sim) -> None:
    await seed_is_sent(sim)
    await sim.post("fault", path="/cgi-bin/message/send", times=1, answer=OUT)
    began, colleague = now(), await Person.get(number="E003")
    await tell("announcement", about="", facts={"text": "开会", "from": "王总"}, everyone=[colleague.id])
    notice = await Notice.get(kind="announcement")
    await until(partial(tried, notice))

    async def held() -> bool:
        await notice.refresh_from_db()
        return notice.state == "queued"

    await until(held)
    assert (notice.attempts, notice.due_at >= began + timedelta(seconds=60)) == (1, True)
    await sim.post("clock", forward=61)
    assert (await settled(notice)).state == "accepted"
    assert await tries(notice) == [("work_text", "stopped", "45009"), ("work_text", "accepted", "")]


async def test_who_was_asked_too_often_is_left_alone_for_a_minute(sim: Sim) -> None:
    await sim.post("fault", path="/cgi-bin/message/template/send", times=1, answer=TOO_OFTEN)
    began, notice = now(), await shipped_to("C002")
    await until(partial(tried, notice))

    async def put_off() -> bool:
        await notice.refresh_from_db()
        return notice.state == "queued"

    await until(put_off)
    assert notice.due_at >= began + timedelta(seconds=60)
    assert await tries(notice) == [("official_template", "later", "45011")]
    assert await Alarm.all().count() == 0


@pytest.mark.parametrize("answer", [OUT, TOO_OFTEN], ids=["45009", "45011"])
async def test_a_broadcast_stops_for_a_minute_and_goes_on_as_one_call(sim: Sim, answer: dict[str, object]) -> None:
    await seed_is_sent(sim)
    path = "/cgi-bin/message/send"
    await sim.post("fault", path=path, times=1, answer=answer)
    people = [(await Person.get(number=number)).id for number in ("E003", "E004", "E005")]
    began = now()
    await tell("announcement", about="", facts={"text": "开会", "from": "王总"}, everyone=people)

    async def put_off() -> bool:
        due = began + timedelta(seconds=60)
        return await Notice.filter(kind="announcement", state="queued", attempts=0, due_at__gte=due).count() == 3

    await until(put_off)
    if answer is OUT:
        await tell("announcement", about="", facts={"text": "散会", "from": "王总"}, everyone=people)
        await until(partial(waits_without_a_call, sim))
    await sim.post("clock", forward=61)
    for notice in await Notice.filter(kind="announcement"):
        assert (await settled(notice)).state == "accepted"
    # Refused once, then all in one call again; what came meanwhile goes in one call too, and was not tried before.
    assert [await calls(sim, path, words) for words in ("开会", "散会")] == [2, 1 if answer is OUT else 0]
    for person in ("E003", "E004", "E005"):
        assert len([each for each in await sim.deliveries(person) if "开会" in str(each["payload"])]) == 1


@pytest.mark.parametrize(("deaths", "made"), [(1, 1), (3, 3)], ids=["once", "again and again"])
async def test_what_a_dead_worker_had_only_claimed_still_goes_together(sim: Sim, deaths: int, made: int) -> None:
    await seed_is_sent(sim)

    async def left() -> None:
        for number in ("E003", "E004", "E005"):
            await Notice.create(
                kind="announcement", receiver=await Person.get(number=number), facts={"text": "盘点", "from": "王总"},
                state="sending", worker="gone", attempts=deaths, orphaned=deaths - 1, created_at=now(),
                due_at=now() - timedelta(seconds=1),
            )  # fmt: skip

    # At once, or a worker finds the first alone.
    await transaction(left)
    for notice in await Notice.filter(kind="announcement"):
        assert (await settled(notice)).state == "accepted"
        assert notice.orphaned == deaths
    # What kills every worker that claims it must not take the others along for ever.
    assert await calls(sim, "/cgi-bin/message/send", "盘点") == made
    for person in ("E003", "E004", "E005"):
        assert len([each for each in await sim.deliveries(person) if "盘点" in str(each["payload"])]) == 1


async def waits_without_a_call(sim: Sim) -> bool:
    held = await Notice.filter(kind="announcement", state="queued", reason__contains="过一分钟再发")
    assert await calls(sim, "/cgi-bin/message/send", "散会") == 0
    return len(held) == 3
