"""The one clock of the product: aware, UTC; people are shown Asia/Shanghai."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Seconds by which this task's clock differs from the machine's; seeding lives through past days with it.
_shift: ContextVar[float | None] = ContextVar("clock shift", default=None)


class ClockFile:
    """A file of seconds by which the clock runs ahead, honoured by demo and tests only."""

    path: Path | None = None

    def seconds(self) -> float:
        if self.path is None:
            return 0.0
        try:
            return float(self.path.read_text() or 0)
        except FileNotFoundError:
            return 0.0


CLOCK_FILE = ClockFile()


def now() -> datetime:
    """This moment, in UTC."""
    shift = _shift.get()
    if shift is None and CLOCK_FILE.path is None:
        return datetime.now(UTC)
    ahead = CLOCK_FILE.seconds() if shift is None else shift
    return datetime.fromtimestamp(time.time() + ahead, UTC)


def today() -> date:
    """This day in Shanghai, where the company lives."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as people there read it off the wall."""
    return moment.astimezone(SHANGHAI)


def at_local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A wall-clock time of a day in Shanghai, as a moment."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Lets this task live at another moment; time goes on from there."""
    token = _shift.set((moment - datetime.now(UTC)).total_seconds())
    try:
        yield
    finally:
        _shift.reset(token)


def days(count: float) -> timedelta:
    """A span in days, for sums that read like a sentence."""
    return timedelta(days=count)
