"""Files that people send: noted at once, fetched afterwards, kept under their digest."""

from models import sql
from models.chat.tables import Attachment, AttachmentState
from models.clock import days, now
from models.system.numbers import next_number

LEASE = days(1 / 1440)

CLAIM = """
UPDATE attachment SET due_at = $2, tries = tries + 1 WHERE id = (
  SELECT id FROM attachment WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


async def receive(owner_id: int, door: str, kind: str, media_id: str, *, name: str = "") -> str:
    """Notes a file that was sent; its number. A worker fetches it, for the platform keeps it three days only."""
    made = await Attachment.create(
        number=await next_number("AT"),
        kind=kind,
        name=name,
        owner_id=owner_id,
        door=door,
        media_id=media_id,
        created_at=now(),
        due_at=now(),
    )
    return made.number


async def claim_file() -> Attachment | None:
    """The next file to be fetched, leased for a minute; its worker may die."""
    moment = now()
    found = await sql.row(CLAIM, moment, moment + LEASE)
    return await Attachment.get(id=found["id"]) if found else None


async def keep_file(attachment: Attachment, *, sha256: str, size: int, content_type: str) -> None:
    """Notes that the bytes lie in their place."""
    await Attachment.filter(id=attachment.id).update(
        state=AttachmentState.stored.value, sha256=sha256, size=size, content_type=content_type, reason=""
    )


async def refuse_file(attachment: Attachment, reason: str) -> bool:
    """Notes why a file is not kept; False if that had been said before."""
    waiting = Attachment.filter(id=attachment.id, state=AttachmentState.waiting.value)
    return bool(await waiting.update(state=AttachmentState.refused.value, reason=reason[:200]))


async def kept_images(about: list[str]) -> list[Attachment]:
    """The pictures about these, oldest first: those that lie in their place and were found to be pictures."""
    found = Attachment.filter(about__in=about, kind="image", state=AttachmentState.stored.value)
    return await found.order_by("id")


async def digest_of(number: str) -> str:
    """Under which digest the bytes of a file lie that is kept."""
    found = await Attachment.get(number=number, state=AttachmentState.stored.value)
    return str(found.sha256)


async def latest_loose(owner_id: int) -> Attachment | None:
    """The last file that somebody sent in the last ten minutes and that is about nothing yet."""
    recent = Attachment.filter(owner_id=owner_id, about="", created_at__gt=now() - days(10 / 1440))
    return await recent.exclude(state=AttachmentState.refused.value).order_by("-id").first()
