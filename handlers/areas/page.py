"""Links that the asker gave away: who opened them, and taking them back."""

from datetime import datetime

from handlers.actor import Actor
from handlers.inputs import Cursor, cursor_after, reads
from handlers.references import DocumentReader
from handlers.registry import command, query
from handlers.result import Listing, Result
from handlers.visible import visible
from models.clock import now
from models.errors import WrongState
from models.pages.linking import openings, revoke
from models.pages.tables import PageLink


@reads(PageLink)
class PageLinkReader(DocumentReader[PageLink]):
    slot = r"[pP][gG]\d{1,8}(?!\d)"
    table, prefix = PageLink, "PG"


class LinkRow(Result):
    """A link: what it shows, until when, and how often it was opened."""

    number: str
    heading: str
    made_at: datetime
    expires_at: datetime
    open: bool
    count: int
    opened_at: datetime | None


class LinkList(Listing):
    """The asker's links, newest first."""

    items: list[LinkRow]


class Revoked(Result):
    """A link that opens nothing any more."""

    number: str
    heading: str


@query("page.list", says=["我的链接", "发出的链接", "我发的链接", "链接列表"])
async def list_links(me: Actor, *, cursor: Cursor | None = None) -> LinkList:
    """我发出的网页链接，谁打开过"""
    links = visible(me, PageLink)
    total = await links.count()
    page = await (links.filter(id__lt=int(cursor)) if cursor else links).order_by("-id").limit(Listing.PAGE + 1)
    shown = page[: Listing.PAGE]
    opened = await openings([link.id for link in shown])
    more = cursor_after(shown[-1].id) if len(page) > Listing.PAGE else None
    return LinkList(total=total, next=more, items=[_row(link, opened.get(link.id, {})) for link in shown])


@command("page.revoke", says=["撤回链接{link}", "作废链接{link}", "{link}作废", "关闭链接{link}", "撤回{link}"])
async def revoke_link(me: Actor, *, link: PageLink) -> Revoked:
    """撤回一个链接，马上打不开"""
    if not await revoke(link):
        raise WrongState(kind="page", number=link.number, state="closed", state_text="已失效")
    return Revoked(number=link.number, heading=link.heading)


def _row(link: PageLink, opened: dict[str, object]) -> LinkRow:
    return LinkRow(
        number=link.number,
        heading=link.heading,
        made_at=link.created_at,
        expires_at=link.expires_at,
        open=link.revoked_at is None and link.expires_at > now(),
        count=opened.get("count", 0),  # type: ignore[arg-type]
        opened_at=opened.get("last"),  # type: ignore[arg-type]
    )
