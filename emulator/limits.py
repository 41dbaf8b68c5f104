"""How often and how long: windows, rates and daily quotas, all by the emulator's clock."""

from collections import defaultdict, deque
from dataclasses import dataclass, field

from .clock import Clock
from .refusals import Refusal

TEXT_BYTES = 2048


@dataclass(frozen=True)
class Limits:
    """What the platforms allow; a test may narrow it to get there sooner."""

    callback_s: float = 5.0
    retry_pause_s: float = 0.1
    reply_wait_s: float = 6.0
    daily: dict[str, int] = field(
        default_factory=lambda: {
            "/cgi-bin/token": 2_000,
            "/cgi-bin/message/custom/send": 500_000,
            "/cgi-bin/message/template/send": 100_000,
            "/cgi-bin/message/subscribe/send": 10_000_000,
            "/cgi-bin/menu/create": 1_000,
            "/cgi-bin/qrcode/create": 100_000,
            "/cgi-bin/media/upload": 100_000,
            "/cgi-bin/user/info": 5_000_000,
        }
    )
    member_per_minute: int = 30
    member_per_hour: int = 1_000


class DailyQuotas:
    """Calls of one API by one app within a day of Shanghai."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self._daily = limits.daily
        self._used: dict[tuple[str, str, str], int] = defaultdict(int)

    def use(self, app: str, path: str) -> None:
        key = (app, path, self._clock.day())
        if path in self._daily and self._used[key] >= self._daily[path]:
            raise Refusal(45009, "reach max api daily quota limit")
        self._used[key] += 1


class RateLimit:
    """At most so many within a sliding time."""

    def __init__(self, clock: Clock, count: int, seconds: float) -> None:
        self._clock = clock
        self._count = count
        self._seconds = seconds
        self._at: dict[str, deque[float]] = defaultdict(deque)

    def allows(self, key: str) -> bool:
        times = self._at[key]
        while times and times[0] <= self._clock.now() - self._seconds:
            times.popleft()
        return len(times) < self._count

    def note(self, key: str) -> None:
        self._at[key].append(self._clock.now())


_ACTS = {"message": (48 * 3600, 5), "click": (60, 3), "follow": (60, 3), "scan": (60, 3), "enter": (60, 2)}


@dataclass
class _Right:
    until: float
    left: int


class ServiceWindows:
    """The right to send customer-service messages, which only the user's own acts give."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rights: dict[tuple[str, str], dict[str, _Right]] = defaultdict(dict)

    def open(self, door: str, person: str, act: str) -> None:
        seconds, count = _ACTS[act]
        self._rights[door, person][act] = _Right(self._clock.now() + seconds, count)

    def close(self, door: str, person: str) -> None:
        self._rights.pop((door, person), None)

    def check(self, door: str, person: str) -> None:
        self._usable(door, person)

    def use(self, door: str, person: str) -> None:
        self._usable(door, person).left -= 1

    def _usable(self, door: str, person: str) -> _Right:
        alive = [right for right in self._rights[door, person].values() if right.until > self._clock.now()]
        if not alive:
            raise Refusal(45015, "response out of time limit or subscription is canceled")
        usable = [right for right in alive if right.left > 0]
        if not usable:
            raise Refusal(45047, "out of response count limit")
        # What ends first is used first, so that a click's right does not eat the 48 hours'.
        return min(usable, key=lambda right: right.until)


def cut_bytes(text: str, limit: int) -> str:
    """The longest beginning of whole characters that fits."""
    return text.encode()[:limit].decode(errors="ignore")
