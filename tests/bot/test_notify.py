"""What people want to be told and when: muted kinds, digests, quiet hours, and repeats that join."""

import csv
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.jobs.due import run_jobs
from bot.understanding.describing import describe
from handlers.actor import person
from handlers.result import Listing
from models import sql
from models.chat.tables import Conversation
from models.clock import at_local, days, now, today, travel
from models.delivery.kinds import KINDS
from models.delivery.tables import Notice
from models.delivery.telling import tell
from models.party.tables import Person
from tests.people import Chat, Sim
from tests.waiting import until

NIGHT = at_local(today() + timedelta(days=1), 23)
MORNING = at_local(today() + timedelta(days=2), 7, 30)

SHIPPED = {"number": "SO0312", "stage_text": "已发货", "customer": {"name": "宏达建材"}, "lines": [], "shipments": []}


async def told(who: str, kind: str, about: str, **facts: object) -> list[Notice]:
    """Tells a colleague of something; the notices about it that they have since then."""
    receiver = await Person.get(number=who)
    audience = {"order.shipped": "salesperson", "approval.decided": "applicant", "announcement": "everyone"}[kind]
    await tell(kind, about=about, facts={**SHIPPED, **facts}, **{audience: [receiver.id]})
    return await Notice.filter(receiver=receiver, kind=kind, about=about).order_by("id")


@pytest.mark.parametrize(
    ("who", "line", "words"),
    [
        ("C001", "别老给我发消息", "全部通知不再发了"),
        ("C001", "发货了提醒我", "发货了就通知您"),
        ("E001", "晚上10点以后别推了", "免打扰 22:00 到 07:30"),
        ("E001", "晚上10点半到早上6点别推", "免打扰 22:30 到 06:00"),
        ("E003", "发货汇总发给我", "发货通知，每天早上 8 点汇总成一条"),
        ("E003", "关闭公告通知", "公告通知不再发了"),
    ],
)
async def test_what_people_say_about_notices_is_understood(chat: Chat, who: str, line: str, words: str) -> None:
    assert words in await chat(who, line)


async def test_what_is_named_is_the_topic_and_not_the_word(chat: Chat) -> None:
    said = await describe(await person("C001"), "发货了提醒我")
    assert (said["intent"], said["slots"]) == ("notify.subscribe", {"event": "shipped"})


async def test_who_muted_a_kind_gets_none_of_it_but_what_is_urgent(chat: Chat) -> None:
    await chat("E003", "别老给我发消息")
    assert "全部不发" in await chat("E003", "通知设置")
    assert await told("E003", "order.shipped", "SO1001") == []
    assert len(await told("E003", "approval.decided", "AP1001")) == 1
    assert len(await told("E004", "order.shipped", "SO1001")) == 1
    await chat("E003", "撤销")
    assert "都是有了就发" in await chat("E003", "通知设置")
    assert len(await told("E003", "order.shipped", "SO1001")) == 1


async def test_one_kind_muted_leaves_the_others(chat: Chat) -> None:
    await chat("E003", "关闭发货通知")
    assert await told("E003", "order.shipped", "SO1001") == []
    assert len(await told("E003", "announcement", "JB1001")) == 1
    await chat("E003", "恢复发货通知")
    assert len(await told("E003", "order.shipped", "SO1001")) == 1


def rules() -> list[dict[str, str]]:
    with (Path(__file__).resolve().parents[2] / "models/delivery/audiences.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", sorted({each["kind"] for each in rules() if each["urgent"] == "no"}))
async def test_every_kind_that_can_wait_is_muted_and_gathered_by_each_of_its_names(chat: Chat, kind: str) -> None:
    receiver = await Person.get(number="E001")
    (audience, *_) = [each["audience"] for each in rules() if each["kind"] == kind and each["urgent"] == "no"]
    words = KINDS[kind].words
    assert words

    async def told_of_it() -> list[Notice]:
        before = set(await Notice.filter(receiver=receiver).values_list("id", flat=True))
        await tell(kind, about="X1", facts={}, **{audience: [receiver.id]})
        return [each for each in await Notice.filter(receiver=receiver) if each.id not in before]

    for word in words:
        assert (await chat("E001", f"关闭{word}通知")).startswith(f"{words[0]}通知不再发了"), word
        assert await told_of_it() == []
        assert (await chat("E001", f"恢复{word}通知")).startswith(f"{words[0]}通知，有了就发给您"), word
    assert (await chat("E001", f"{words[0]}通知汇总")).startswith(f"{words[0]}通知，每天早上 8 点汇总成一条")
    assert [each.digest for each in await told_of_it()] == [True]
    assert f"{words[0]}每天早上 8 点汇总" in await chat("E001", "通知设置")


@pytest.mark.parametrize(
    "line", ["关闭收款通知", "关闭审批提醒", "关闭对账单通知", "不要催款提醒", "关闭报价通知", "关闭开票通知"]
)
async def test_what_people_would_type_is_understood(chat: Chat, line: str) -> None:
    assert "不再发了" in await chat("E001", line)


def test_a_kind_without_a_name_to_mute_it_by_is_always_urgent() -> None:
    urgent = {each["kind"] for each in rules()} - {each["kind"] for each in rules() if each["urgent"] == "no"}
    assert {each.kind for each in KINDS.values() if not each.words} == urgent | {"notice.digest"}
    assert {each["kind"] for each in rules()} <= set(KINDS)
    words = [word for each in KINDS.values() for word in each.words]
    assert len(words) == len(set(words))


async def test_the_board_calls_every_kind_by_its_name(chat: Chat) -> None:
    receiver = await Person.get(number="E003")
    await Notice.all().update(state="accepted")
    for each in KINDS.values():
        moment = now()
        await Notice.create(
            kind=each.kind, receiver=receiver, about="SO0312", facts={}, state="refused", reason="没有绑定",
            created_at=moment, due_at=moment,
        )  # fmt: skip
    shown = await chat("E001", "未送达")
    for _ in range(len(KINDS) // Listing.PAGE):
        shown += "\n" + await chat("E001", "下一页")
    for each in KINDS.values():
        assert f"小李 SO0312 {each.title} 未送达，没有绑定" in shown, each.kind
        assert each.kind not in shown


async def test_quiet_hours_hold_what_can_wait_until_they_end(chat: Chat) -> None:
    await chat("E003", "晚上10点以后别推了")
    with travel(NIGHT):
        assert [each.due_at for each in await told("E003", "order.shipped", "SO1001")] == [MORNING]
        urgent = (await told("E003", "approval.decided", "AP1001"))[0]
        assert urgent.due_at < now()
    with travel(MORNING - days(1 / 1440)):
        assert [each.due_at for each in await told("E003", "order.shipped", "SO1002")] == [MORNING]
    with travel(MORNING):
        assert (await told("E003", "order.shipped", "SO1003"))[0].due_at < now()
    await chat("E003", "取消免打扰")
    with travel(NIGHT):
        assert (await told("E003", "order.shipped", "SO1004"))[0].due_at < now()


async def test_a_held_notice_lives_until_it_can_be_told(chat: Chat) -> None:
    await chat("E009", "晚上10点以后别推了")
    with travel(NIGHT):
        receiver = await Person.get(number="E009")
        await tell("digest.morning", about="", facts={}, managers=[receiver.id])
        held = await Notice.get(receiver=receiver, due_at=MORNING)
        assert held.expires_at is not None and held.expires_at >= MORNING + days(1 / 24)


async def test_repeats_join_the_one_that_waits_with_the_newest_facts(chat: Chat) -> None:
    await told("E003", "order.shipped", "SO1001", stage_text="部分发货")
    (only,) = await told("E003", "order.shipped", "SO1001", stage_text="已发货")
    assert (only.repeats, only.facts["stage_text"]) == (2, "已发货")
    # Another document, and another person, are another matter.
    assert (await told("E003", "order.shipped", "SO1002"))[0].repeats == 1
    assert (await told("E004", "order.shipped", "SO1001"))[0].repeats == 1
    await Notice.filter(id=only.id).update(state="accepted")
    *_, later = await told("E003", "order.shipped", "SO1001")
    assert later.id != only.id and later.due_at == only.created_at + timedelta(minutes=1)
    assert [each.repeats for each in await told("E003", "order.shipped", "SO1001")] == [2, 2]


async def test_what_is_urgent_never_joins(chat: Chat) -> None:
    await told("E003", "approval.decided", "AP1001")
    assert [each.repeats for each in await told("E003", "approval.decided", "AP1001")] == [1, 1]


@pytest.mark.commits
async def test_a_digest_is_one_message_in_the_morning(sim: Sim) -> None:
    await sim.text("E003", "发货汇总发给我")
    for about in ("SO1001", "SO1002", "SO1003"):
        await told("E003", "order.shipped", about, number=about)
    await told("E003", "announcement", "JB1001", text="开会", **{"from": "王总"})
    await until(partial(shown, sim, "开会", 1))
    assert await shown(sim, "SO1001", 0)
    await sim.post("clock", forward=86400)
    await until(partial(shown, sim, "汇总 3 条", 1))
    assert await shown(sim, "SO1002", 1)

    async def settled() -> bool:
        states = await sql.rows(
            "SELECT state, count(*)::int AS n FROM notice WHERE about LIKE 'SO100_' GROUP BY 1 ORDER BY 1"
        )
        return bool(states == [{"state": "accepted", "n": 1}, {"state": "merged", "n": 2}])

    await until(settled)


@pytest.mark.commits
async def test_what_is_urgent_overtakes_what_is_held_and_what_failed(sim: Sim) -> None:
    await Conversation.filter(external_id="liting").update(reachable=False)
    await sim.post(
        "fault", path="/cgi-bin/message/template/send", times=-1, answer={"errcode": 45009, "errmsg": "quota"}
    )
    (stuck,) = await told("E003", "order.shipped", "SO1001")

    async def tried() -> bool:
        await stuck.refresh_from_db()
        return stuck.attempts > 0 and stuck.state == "queued"

    await until(tried)
    await Conversation.filter(external_id="liting").update(reachable=True)
    facts = {"number": "AP1001", "state": "approved", "customer": "宏达", "order": "SO1", "amount": "1", "reason": "",
             "decided_by": "王总", "decided_at": now().isoformat()}  # fmt: skip
    (urgent,) = await told("E003", "approval.decided", "AP1001", **facts)

    async def over() -> bool:
        await urgent.refresh_from_db()
        return urgent.state in ("accepted", "refused")

    await until(over)
    await stuck.refresh_from_db()
    assert stuck.state == "queued"


async def shown(sim: Sim, words: str, count: int) -> bool:
    rows = [each for each in await sim.deliveries("E003") if words in str(each["payload"]) and not each["dropped"]]
    return len(rows) == count


async def test_a_broadcast_counts_everybody_also_who_wants_none_of_it_or_a_digest(chat: Chat) -> None:
    await chat("E003", "关闭公告通知")
    await chat("E004", "公告汇总发给我")
    await chat("E001", "发公告 周五开会")
    await chat("E001", "确认")
    while await run_jobs():
        continue
    states = {row["state"]: row["n"] for row in await sql.rows(EVERYBODY)}
    assert states == {"queued": 24, "muted": 1}
    muted = await Notice.get(kind="announcement", state="muted").select_related("receiver")
    assert (muted.receiver.number, muted.reason) == ("E003", "对方已关闭此类通知")
    status = await chat("E001", "JB0001")
    assert "未送达：1（1 人关了这类通知）" in status and "待发：24" in status
    # Nobody is told against their wish: neither by trying again nor by going on after a pause.
    assert "没有未送达的通知" in await chat("E001", "重发JB0001")
    await chat("E001", "暂停JB0001")
    await chat("E001", "继续JB0001")
    digest = await Notice.get(kind="announcement", digest=True).select_related("receiver")
    assert (digest.receiver.number, digest.state, digest.due_at > now()) == ("E004", "queued", True)
    assert await Notice.filter(kind="announcement", state="muted").count() == 1


EVERYBODY = "SELECT state, count(*)::int AS n FROM notice WHERE kind = 'announcement' GROUP BY state"
