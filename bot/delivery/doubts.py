"""Calls whose answer never came: how long the platform knows a repeat of one, and when nobody can tell any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.delivery.ways import DUPLICATE_CHECK_S
from models.delivery.tables import Attempt

CALL_TAKES = timedelta(seconds=30)
"""So long one call can take, from the decision to make it until the platform has it."""

KNOWN_FOR = {
    "work_card": timedelta.max,
    "work_text": timedelta(seconds=DUPLICATE_CHECK_S),
    "work_batch": timedelta(seconds=DUPLICATE_CHECK_S),
    "official_template": timedelta(minutes=10),
}
"""How long a way's platform recognises a repeat: by task_id always, by the duplicate check, by client_msg_id."""

TOO_LATE = "微信没有回应，隔得太久，再发可能重复，不知道有没有送到"

ANSWERED = {"accepted", "refused"}


def too_late(way: str, since: datetime, moment: datetime) -> bool:
    """Whether a repeat of what first went out `since` might reach a platform that has forgotten it."""
    return moment - since > KNOWN_FOR.get(way, timedelta(0)) - CALL_TAKES


@dataclass(frozen=True, slots=True)
class Doubt:
    """A notice may have gone out by this way, first at this moment: until that is known it goes by no other."""

    way: str
    since: datetime

    def is_lasting(self, moment: datetime) -> bool:
        """Whether it is too late to find out by sending the same again."""
        return too_late(self.way, self.since, moment)


def doubt_of(attempts: Sequence[Attempt]) -> Doubt | None:
    """The oldest call of a notice without an answer, unless its way has answered a repeat since."""
    first: dict[str, datetime] = {}
    for each in attempts:
        if each.outcome in ANSWERED:
            first.pop(each.way, None)
        elif _is_open(each):
            first.setdefault(each.way, each.started_at)
    return min((Doubt(way, since) for way, since in first.items()), key=lambda doubt: doubt.since, default=None)


def _is_open(attempt: Attempt) -> bool:
    """No answer came, or the worker died; one of which a person has been told so, `unknown` with a code, is closed."""
    return (attempt.outcome, attempt.code) in {("later", "no_answer"), ("unknown", "")}
