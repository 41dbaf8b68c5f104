"""The one greeting that a new contact of WeCom may get: written down with the contact, sent by a worker at once."""

from models import sql
from models.chat.tables import Welcome, WelcomeState
from models.clock import days, now

LASTS = days(20 / 86400)
"""So long a welcome code lives (WeCom doc 92137)."""

LEASE = days(13 / 86400)
"""Longer than a worker that lives takes for it: the picture of a code and the call itself."""

AGAIN = days(1 / 86400)

ASK = """
INSERT INTO welcome (contact_id, code, state, reason, created_at, due_at, expires_at)
VALUES ($1, $2, 'waiting', '', $3, $3, $4) ON CONFLICT (code) DO NOTHING
"""

CLAIM = """
UPDATE welcome SET due_at = $2 WHERE id = (
  SELECT id FROM welcome WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


async def ask_for_welcome(contact_id: int, code: str) -> None:
    """The greeting that this code allows; the same code again asks for nothing."""
    moment = now()
    await sql.rows(ASK, contact_id, code, moment, moment + LASTS)


async def claim_welcome() -> Welcome | None:
    """The next greeting to be sent, leased for some seconds; its worker may die."""
    moment = now()
    found = await sql.row(CLAIM, moment, moment + LEASE)
    return await Welcome.get(id=found["id"]).select_related("contact__employee", "contact__person") if found else None


async def put_off_welcome(welcome: Welcome) -> None:
    """Tries it once more in a second; there is no time for more patience."""
    await Welcome.filter(id=welcome.id, state=WelcomeState.waiting.value).update(due_at=now() + AGAIN)


async def settle_welcome(welcome: Welcome, *, reason: str = "") -> None:
    """Notes that a greeting was sent, or why it was not."""
    state = WelcomeState.refused if reason else WelcomeState.sent
    waiting = Welcome.filter(id=welcome.id, state=WelcomeState.waiting.value)
    await waiting.update(state=state.value, reason=reason[:200])
