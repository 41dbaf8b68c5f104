"""What clock time sets in motion, each thing once."""

import asyncio
from datetime import timedelta

import pytest

from bot.delivery.words import words_of
from bot.jobs.due import run_deadlines, run_inbox, run_jobs
from bot.jobs.recurring import run_recurring
from bot.rendering.text import as_text
from bot.turns import Answerer, Turn, Turns, park
from models import sql
from models.chat.tables import Inbox
from models.clock import at_local, now, today, travel
from models.delivery.tables import Notice
from models.system.deadlines import set_deadline
from models.system.jobs import claim_job, hold_job
from models.system.tables import Deadline, Job
from models.transactions import transaction
from tests.people import Chat


@pytest.mark.commits
async def test_the_morning_digest_goes_to_every_manager_once_however_many_workers_tick(database: str) -> None:
    with travel(at_local(today() + timedelta(days=1), 8, 5)):
        ran = await asyncio.gather(*(run_recurring() for _ in range(6)))
    assert sorted(ran) == [0, 0, 0, 0, 0, 1]
    told = await Notice.filter(kind="digest.morning").select_related("receiver")
    assert sorted(each.receiver.number for each in told) == ["E001", "E002", "E008"]


async def test_a_digest_that_is_hours_late_is_let_go(database: str) -> None:
    with travel(at_local(today() + timedelta(days=1), 15)):
        assert await run_recurring() == 0
    assert not await Notice.filter(kind="digest.morning").exists()


async def test_waiting_approvers_are_reminded_every_day_until_somebody_decides(chat: Chat) -> None:
    with travel(at_local(today() + timedelta(days=1), 12)):
        assert await run_deadlines() == 1
    reminded = await Notice.filter(kind="approval.reminder").select_related("receiver")
    assert sorted(each.receiver.number for each in reminded) == ["E001", "E009"]
    assert "已驳回" in await chat("E001", "驳回AP0018")
    with travel(at_local(today() + timedelta(days=3), 12)):
        assert await run_deadlines() == 0


@pytest.mark.commits
async def test_a_deadline_that_always_fails_lets_the_others_pass_and_administrators_are_told(database: str) -> None:
    broken = {"name": "approval.remind", "inputs": ["AP0018"]}
    await set_deadline("AP0018", broken, now() - timedelta(days=1))
    with travel(at_local(today() + timedelta(days=1), 12)):
        assert await run_deadlines() == 2
        assert await run_deadlines() == 0
        reminded = await Notice.filter(kind="approval.reminder").select_related("receiver")
        assert sorted(each.receiver.number for each in reminded) == ["E001", "E009"]
    failing = Deadline.filter(call=broken)
    assert await failing.values_list("state", "tries") == [("waiting", 1)]
    ran = 0
    for hour in range(13, 24):
        with travel(at_local(today() + timedelta(days=1), hour)):
            ran += await run_deadlines()
    assert ran == 5
    assert await failing.values_list("state", "tries") == [("failed", 6)]
    told = await Notice.filter(kind="job.failed").select_related("receiver")
    assert [(each.receiver.number, each.about) for each in told] == [("E001", "AP0018")]
    assert as_text(words_of(told[0]), links=False) == (
        "提醒还没处理的审批人（到期时执行） 没有办成\n单号：AP0018\n"
        "试了 5 次都出错，已停下，不再自动重试；原因在服务器日志里，请管理员看一下"
    )
    # The one that works goes on as ever.
    assert await Notice.filter(kind="approval.reminder").count() == 2


@pytest.mark.commits
async def test_the_pauses_of_a_deadline_that_fails_grow(database: str) -> None:
    await Deadline.all().delete()
    await set_deadline("AP0018", {"name": "approval.remind", "inputs": ["AP0018"]}, now())
    began, ran = now(), []
    for step in range(40):
        with travel(began + timedelta(seconds=70 * step)):
            ran += [step] * await run_deadlines()
    assert ran == [0, 1, 3, 7, 14, 28]


async def test_what_an_order_over_the_limit_holds_is_free_again_after_a_day(chat: Chat) -> None:
    await chat("E003", "建业工程要角阀4000个")
    assert "超额度待放行" in await chat("E003", "确认")
    assert "可用 0 个" in await chat("E003", "角阀DN15还有多少")
    with travel(at_local(today() + timedelta(days=2), 12)):
        await run_deadlines()
    assert "可用 420 个" in await chat("E003", "角阀DN15还有多少")
    assert await Notice.filter(kind="reservation.expired").exists()


async def test_a_long_command_is_done_in_chunks_and_says_when_it_is_finished(chat: Chat) -> None:
    assert "请确认通知全体同事" in await chat("E001", "通知全体 周五下午三点开会")
    assert "已开始" in await chat("E001", "确认")
    while await run_jobs():
        continue
    assert await Notice.filter(kind="announcement").count() == 25
    assert await sql.rows("SELECT state, done, total FROM job") == [{"state": "done", "done": 25, "total": 25}]
    assert await Notice.filter(kind="job.done").count() == 1


async def test_a_paused_command_waits_and_goes_on_where_it_stopped(chat: Chat) -> None:
    await chat("E001", "通知全体 周五下午三点开会")
    await chat("E001", "确认")
    assert "先停下了" in await chat("E001", "暂停JB0001")
    assert await run_jobs() == 0
    assert "已暂停" in await chat("E010", "JB0001")
    assert "继续了" in await chat("E001", "继续JB0001")
    while await run_jobs():
        continue
    # It is done, but nothing has gone out yet: that can be held back too.
    assert "待发：25" in await chat("E001", "JB0001")
    assert "先停下了" in await chat("E001", "暂停JB0001")
    assert await Notice.filter(kind="announcement", state="paused").count() == 25
    assert "继续了" in await chat("E001", "继续JB0001")
    assert await Notice.filter(kind="announcement", state="queued").count() == 25
    assert "没有找到" in await chat("E001", "暂停JB0009")
    assert "没有权限" in await chat("E003", "暂停JB0001")


@pytest.mark.commits
async def test_a_long_command_that_always_fails_stops_and_whoever_started_it_is_told(database: str) -> None:
    chat = Chat()
    await chat("E002", "通知全体 周五下午三点开会")
    await chat("E002", "确认")
    await Job.all().update(cursor=["of another version"])
    began, ran = now(), []
    for step in range(40):
        with travel(began + timedelta(seconds=70 * step)):
            ran += [step] * await run_jobs()
    assert ran == [0, 1, 3, 7, 14, 28]
    assert await Notice.filter(kind="announcement").count() == 0
    told = await Notice.filter(kind="job.failed").select_related("receiver").order_by("receiver_id")
    assert [(each.receiver.number, each.about) for each in told] == [("E001", "JB0001"), ("E002", "JB0001")]
    assert as_text(words_of(told[0]), links=False) == (
        "通知全体同事 没有办成\n任务：JB0001\n试了 5 次都出错，已停下，不再自动重试；原因在服务器日志里，请管理员看一下，"
        "修好后发“继续JB0001”接着做"
    )
    assert "JB0001 没有办成" in await chat("E002", "JB0001")
    assert await run_jobs() == 0
    await Job.all().update(cursor=None)
    assert "继续了" in await chat("E002", "继续JB0001")
    while await run_jobs():
        continue
    assert await Job.all().values_list("state", "done", "tries") == [("done", 25, 0)]
    assert await Notice.filter(kind="announcement").count() == 25


async def test_a_worker_that_was_slower_than_its_lease_does_not_repeat_a_chunk(chat: Chat) -> None:
    await chat("E001", "通知全体 周五下午三点开会")
    await chat("E001", "确认")
    slow = await claim_job()
    assert slow is not None
    with travel(now() + timedelta(minutes=2)):
        assert await run_jobs() == 1
    assert not await transaction(hold_job, slow)
    assert await Notice.filter(kind="announcement").count() == 25


@pytest.mark.commits
async def test_a_line_that_fails_every_time_is_given_up_and_its_sender_told_so(database: str) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    broken: dict[str, Answerer] = {"greet": fail}
    poison = Turn("work", "liting", "poison", line="查库存", event="greet")
    await park(poison)
    await park(Turn("work", "liting", "sound", line="M8×30还有多少"))
    with travel(now() + timedelta(minutes=1)):
        for _ in range(8):
            await run_inbox(Turns(broken))
    assert await Inbox.all().order_by("id").values_list("state", "tries") == [("answered", 6), ("answered", 1)]
    told = [each.facts["text"] for each in await Notice.filter(kind="turn.reply").order_by("id")]
    assert len(told) == 2 and told[0].startswith("M8×30") and "这条消息没有办成" in told[1]
    assert await Turns(broken).run(poison, links=False) == told[1]


@pytest.mark.commits
@pytest.mark.parametrize(("door", "who", "event"), [("work", "sys", "member"), ("official", "o_gone", "leave")])
async def test_a_report_that_fails_every_time_is_given_up_and_answered_to_nobody(
    database: str, door: str, who: str, event: str
) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    broken: dict[str, Answerer] = {event: fail}
    report = Turn(door, who, "report", event=event)
    before = await Notice.all().count()
    await park(report)
    with travel(now() + timedelta(minutes=1)):
        for _ in range(8):
            await run_inbox(Turns(broken))
    assert await Inbox.all().values_list("state", "tries") == [("answered", 6)]
    assert await Notice.all().count() == before
    # The same report, sent again by the platform, is done with.
    assert await Turns(broken).run(report, links=False) == ""
