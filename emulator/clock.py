"""The emulator's clock: the machine's time plus what /sim/clock has added."""

import os
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

SHANGHAI = timezone(timedelta(hours=8))


class Clock:
    """Runs ahead of the machine, and tells others by a file how far."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def seconds(self) -> int:
        return int(self.now())

    def local(self, at: float) -> datetime:
        return datetime.fromtimestamp(at, SHANGHAI)

    def day(self) -> str:
        return self.local(self.now()).strftime("%Y-%m-%d")

    def forward(self, seconds: float) -> None:
        self._set(self.ahead + seconds)

    def reset(self) -> None:
        self._set(0.0)

    def _set(self, ahead: float) -> None:
        self.ahead = ahead
        if self._file is None:
            return
        # Written beside and renamed, so that a reader never sees half a number.
        self._file.parent.mkdir(parents=True, exist_ok=True)
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        beside.write_text(repr(ahead) if ahead % 1 else str(int(ahead)), "utf-8")
        beside.replace(self._file)
