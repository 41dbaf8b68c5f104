"""Notices: what could not be delivered and why, trying again, and telling everybody something."""

from datetime import datetime

from handlers.actor import Actor
from handlers.inputs import Cursor, Text, cursor_after
from handlers.registry import command, query
from handlers.result import Listing, Ref, Result
from handlers.visible import visible
from models.clock import now
from models.delivery.doubts import close_doubts
from models.delivery.kinds import title_of
from models.delivery.tables import Notice, NoticeState
from models.delivery.telling import measure_notices, tell
from models.errors import WrongState
from models.party.tables import Person
from models.rows import matching
from models.system.jobs import Chunk

CHUNK = 2000

STUCK = [NoticeState.refused.value, NoticeState.uncertain.value, NoticeState.expired.value]


class NoticeRow(Result):
    """A notice that did not surely arrive."""

    kind: str
    kind_text: str
    about: str
    receiver: Ref
    state: NoticeState
    reason: str
    created_at: datetime


class NoticeBoard(Listing):
    """What could not be delivered, newest first."""

    items: list[NoticeRow]


class Retried(Result):
    """Notices that are due again."""

    about: str
    queued: int


class JobStarted(Result):
    """A long command that goes on by itself."""

    text: str


@query("notice.list", says=["未送达", "没送到的通知", "没送达的通知", "通知看板"])
async def list_undelivered(me: Actor, *, cursor: Cursor | None = None) -> NoticeBoard:
    """没送到的通知和原因"""
    rows = visible(me, Notice).filter(state__in=STUCK)
    total = await rows.count()
    if cursor is not None:
        rows = rows.filter(id__lt=int(cursor))
    page = await rows.order_by("-id").limit(Listing.PAGE + 1).select_related("receiver")
    more = cursor_after(page[Listing.PAGE - 1].id) if len(page) > Listing.PAGE else None
    return NoticeBoard(total=total, next=more, items=[_row(notice) for notice in page[: Listing.PAGE]])


@command("notice.retry", says=["重发{about}", "重新通知{about}"])
async def retry_notices(me: Actor, *, about: Text) -> Retried:
    """重发某个单号没送到的通知"""
    rows = visible(me, Notice).filter(about=about.upper(), state__in=STUCK)
    found = [notice.id for notice in await matching(rows)]
    if not found:
        raise WrongState(kind="notice", number=about, state="settled", state_text="没有未送达的通知")
    await Notice.filter(id__in=found).update(
        state=NoticeState.queued.value, due_at=now(), attempts=0, expires_at=None, settled_at=None, reason=""
    )
    # Whoever sends it anew has decided that it may come twice.
    await close_doubts(found)
    return Retried(about=about.upper(), queued=len(found))


@command(
    "announce.send",
    says=["通知全体{text}", "通知大家{text}", "公告{text}", "发通知{text}", "发个通告{text}", "发公告{text}"],
    confirm=True,
    long=True,
)
async def send_announcement(me: Actor, chunk: Chunk, *, text: Text) -> JobStarted | Chunk:
    """通知全体同事"""
    staff = visible(me, Person).filter(active=True, customer_id=None)
    total = chunk.total or await staff.count()
    page = await staff.filter(id__gt=chunk.cursor or 0).order_by("id").limit(CHUNK)
    await tell(
        "announcement",
        about=chunk.number,
        facts={"text": text, "from": me.called},
        counted=True,
        everyone=[person.id for person in page],
    )
    chunks = chunk.done // CHUNK + 1
    if len(page) == CHUNK and chunks & (chunks - 1) == 0:
        # Whenever the broadcast has doubled.
        await measure_notices()
    last = page[-1].id if len(page) == CHUNK else None
    return Chunk(last, chunk.done + len(page), total)


def _row(notice: Notice) -> NoticeRow:
    return NoticeRow(
        kind=notice.kind,
        kind_text=title_of(notice.kind),
        about=notice.about,
        receiver=Ref(number=notice.receiver.number, name=notice.receiver.called),
        state=next(state for state in NoticeState if state.value == notice.state),
        reason=notice.reason,
        created_at=notice.created_at,
    )
