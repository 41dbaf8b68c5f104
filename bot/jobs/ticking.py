"""APScheduler ticks in every worker; the database decides which of them does what."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.delivery.claiming import Worker
from bot.delivery.sending import deliver
from bot.jobs.addressbook import begin_reading, read_book
from bot.jobs.due import run_deadlines, run_inbox, run_jobs
from bot.jobs.fetching import fetch_files
from bot.jobs.knowing import ask_unions, look_up_contacts
from bot.jobs.qrcodes import make_codes
from bot.jobs.recurring import run_recurring
from bot.jobs.welcomes import send_welcomes
from bot.services import SERVICES
from models.database import AWAY

log = structlog.get_logger()

EVERY_S = 0.3
SLOWLY_S = 2


async def ticking(app: web.Application) -> AsyncIterator[None]:
    """Ticks while the application serves; what runs when it ends is let finish."""
    services = app[SERVICES]
    worker = Worker(f"{os.getpid()}-{secrets.token_hex(3)}")
    scheduler = AsyncIOScheduler(
        timezone="Asia/Shanghai", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60}
    )
    running: set[asyncio.Task[None]] = set()

    def tick(name: str, work: Callable[[], Awaitable[int]], every_s: float | None = None) -> None:
        async def once() -> None:
            task = asyncio.create_task(_repeat(name, work))
            running.add(task)
            task.add_done_callback(running.discard)
            # The scheduler cancels its own jobs when it stops; the work itself goes on to its end.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(task)

        if every_s is None:
            scheduler.add_job(once, id=name)
        else:
            scheduler.add_job(once, "interval", seconds=every_s, id=name)

    tick("deliver", lambda: deliver(services, worker), EVERY_S)
    tick("jobs", run_jobs, EVERY_S)
    tick("deadlines", run_deadlines, EVERY_S)
    tick("inbox", lambda: run_inbox(services.turns), SLOWLY_S)
    tick("files", lambda: fetch_files(services), SLOWLY_S)
    tick("qrcodes", lambda: make_codes(services), EVERY_S)
    tick("welcomes", lambda: send_welcomes(services), EVERY_S)
    tick("contacts", lambda: look_up_contacts(services), EVERY_S)
    tick("unions", lambda: ask_unions(services), SLOWLY_S)
    tick("recurring", run_recurring, SLOWLY_S)
    tick("address book at the start", begin_reading)
    tick("address book", lambda: read_book(services), SLOWLY_S)
    scheduler.start()
    yield
    scheduler.shutdown(wait=False)
    if running:
        await asyncio.wait(running, timeout=20)


async def _repeat(name: str, work: Callable[[], Awaitable[int]]) -> None:
    """Works until nothing is left; the outer edge of jobs, where what fails is logged and tried at the next tick."""
    try:
        while await work():
            await asyncio.sleep(0)  # only lets others run; the condition is the database's
    except AWAY as away:
        log.error("database.away", tick=name, error=repr(away))
    except Exception as error:
        log.error("tick.failed", tick=name, exc_info=error)
