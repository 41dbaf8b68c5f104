"""Raising an alarm: in the log, in the figures, on the board, and to the administrators by whatever door works."""

import structlog
from prometheus_client import Counter

from bot.wechat.errors import WeChatError, in_words
from models.delivery.alarms import note_alarm
from models.transactions import transaction

log = structlog.get_logger()

ALARMS = Counter("liaodan_wechat_alarms_total", "Answers of a platform that a person must see to", ["door", "code"])


async def raise_alarm(error: WeChatError, *, whom: str = "") -> None:
    """Raises the alarm that the error table asks for, and says whom it is about; of other errors nothing is said."""
    if not error.reaction.alarms:
        return
    log.error("wechat.alarm", door=error.platform, code=error.code, fix=error.rule.fix)
    ALARMS.labels(error.platform, str(error.code)).inc()
    words = f"{in_words(error)}（{whom}）" if whom else in_words(error)
    await transaction(note_alarm, error.platform, error.code, words)
