"""What clock time sets in motion, each thing once."""

import asyncio
from datetime import timedelta

import pytest

from bot.jobs.due import run_deadlines, run_jobs
from bot.jobs.recurring import run_recurring
from models import sql
from models.clock import at_local, today, travel
from models.delivery.tables import Notice
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
