"""Codes that colleagues ask for: written down at once, made by a worker, kept as long as they can be scanned."""

from datetime import timedelta

from models import sql
from models.chat.scenes import Scene, scene_of
from models.chat.tables import QrCode, QrCodeState
from models.clock import days, now

LEASE = days(1 / 1440)

LASTS = days(30)
"""The longest that a code may live that is not for good (公众号 生成带参数的二维码)."""

CLAIM = """
UPDATE qr_code SET due_at = $2, tries = tries + 1 WHERE id = (
  SELECT id FROM qr_code WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


async def ask_for_code(kind: Scene, value: str, *, title: str, asked_by: int, lasts: timedelta = LASTS) -> QrCode:
    """The code for this scene: one of the asker's that still lives half its time, or a new one that a worker makes."""
    scene, moment = scene_of(kind, value), now()
    known = QrCode.filter(scene=scene, asked_by_id=asked_by, expires_at__gt=moment + lasts / 2)
    if found := await known.exclude(state=QrCodeState.refused.value).first():
        return found
    return await QrCode.create(
        kind=kind.value,
        scene=scene,
        title=title,
        asked_by_id=asked_by,
        created_at=moment,
        due_at=moment,
        expires_at=moment + lasts,
    )


async def claim_code() -> QrCode | None:
    """The next code to be made, leased for a minute; its worker may die."""
    moment = now()
    found = await sql.row(CLAIM, moment, moment + LEASE)
    return await QrCode.get(id=found["id"]) if found else None


async def settle_code(code: QrCode, *, picture: str = "", reason: str = "") -> bool:
    """Notes that a code is there, or why it is not; False if that had been said before."""
    state = QrCodeState.made if picture else QrCodeState.refused
    changes = {"state": state.value, "picture": picture[:300], "reason": reason[:200]}
    if code.kind == Scene.bind.value:
        # The bind code itself is kept nowhere; the picture is what is left of it.
        changes["scene"] = Scene.bind.value
    waiting = QrCode.filter(id=code.id, state=QrCodeState.waiting.value)
    return bool(await waiting.update(**changes))
