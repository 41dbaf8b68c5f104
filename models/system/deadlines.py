"""Calls that fall due: written by whoever must not forget, run by whichever worker ticks first."""

from datetime import datetime
from typing import Any

from models.system.tables import Deadline


async def set_deadline(about: str, call: dict[str, Any], due_at: datetime) -> None:
    """Has a Call run at a moment, as the product itself."""
    await Deadline.create(about=about, call=call, due_at=due_at)


async def drop_deadlines(about: str) -> None:
    """Forgets what was due about a document, once it no longer matters."""
    await Deadline.filter(about=about, state="waiting").update(state="dropped")
