"""Undo: the Call that a command left behind, for ten minutes, for whoever ran it."""

from models.clock import days, now
from models.errors import WrongState
from models.system.tables import AuditEntry

UNDO_FOR = days(10 / 1440)


async def last_undoable(person_id: int) -> AuditEntry | None:
    """The latest command of somebody that can still be taken back."""
    recent = AuditEntry.filter(person_id=person_id, undo__not_isnull=True, undone_by=None, ran_at__gt=now() - UNDO_FOR)
    return await recent.order_by("-id").first()


async def mark_undone(entry: AuditEntry) -> None:
    """Notes that a command was taken back. Raises WrongState if somebody was faster."""
    if not await AuditEntry.filter(id=entry.id, undone_by=None).update(undone_by=entry.id):
        raise WrongState(kind="undo", number="", state="undone", state_text="已撤销")
