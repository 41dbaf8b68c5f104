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
            "/wxa/generatescheme": 500_000,
            "/wxa/generate_urllink": 500_000,
            "/wxa/msg_sec_check": 2_000_000,
        }
    )
    minute: dict[str, int] = field(
        default_factory=lambda: {
            "/cgi-bin/stable_token": 10_000,
            "/wxa/getwxacodeunlimit": 5_000,
            "/wxa/msg_sec_check": 4_000,
            "/cgi-bin/oa/getapprovalinfo": 600,
            "/cgi-bin/oa/applyevent": 600,
            "/cgi-bin/webhook/send": 20,
        }
    )
    member_per_minute: int = 30
    member_per_hour: int = 1_000
    # WeCom: two hundred for each account the company may have.
    person_times_per_day: int = 1_000_000
    calls_kept: int = 20_000
    codes_for_good: int = 100_000
    menus_by_tag: int = 3_000


CLEARS_PER_MONTH = 10
# WeCom's base limit of every API by a company; sending messages has limits of its own.
_WORK_PER_MINUTE = 10_000
_WORK_FREE = {"/cgi-bin/message/send", "/cgi-bin/message/update_template_card"}


class Quotas:
    """Calls of one API by one app within a day of Shanghai and within a minute."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self._limits = limits
        self._day = ""
        self._used: dict[tuple[str, str], int] = defaultdict(int)
        self._minute = 0
        self._minute_used: dict[tuple[str, str], int] = defaultdict(int)
        self._cleared: dict[tuple[str, str], int] = defaultdict(int)

    def use(self, app: str, path: str) -> None:
        self.use_minute(app, path)
        self._begin_day()
        key = (app, path)
        if path in self._limits.daily and self._used[key] >= self._limits.daily[path]:
            raise Refusal(45009, "reach max api daily quota limit")
        self._used[key] += 1

    def use_minute(self, app: str, path: str) -> None:
        """Count a call against its minute alone."""
        minute = self._clock.seconds() // 60
        if minute != self._minute:
            self._minute = minute
            self._minute_used.clear()
        allowed = self._limits.minute.get(path)
        if allowed is None and app == "work" and path not in _WORK_FREE:
            allowed = _WORK_PER_MINUTE
        if allowed is not None and self._minute_used[app, path] >= allowed:
            words = "api freq out of limit" if path.startswith("/cgi-bin/webhook") or app == "work" else _MINUTE_WORDS
            raise Refusal(45009, words)
        self._minute_used[app, path] += 1

    def use_person_times(self, count: int) -> None:
        """WeCom counts a message once for each member it goes to."""
        self._begin_day()
        key = ("work", "person times")
        if self._used[key] + count > self._limits.person_times_per_day:
            raise Refusal(45009, "api freq out of limit")
        self._used[key] += count

    def left(self, app: str, path: str) -> dict[str, int] | None:
        """What quota/get answers; nothing for an API without a daily limit."""
        self._begin_day()
        allowed = self._limits.daily.get(path)
        if allowed is None:
            return None
        used = self._used[app, path]
        return {"daily_limit": allowed, "used": used, "remain": max(0, allowed - used)}

    def clear(self, app: str) -> None:
        month = self._clock.day()[:7]
        if self._cleared[app, month] >= CLEARS_PER_MONTH:
            raise Refusal(48006, "forbid to clear quota because of reaching the limit")
        self._cleared[app, month] += 1
        for key in [key for key in self._used if key[0] == app]:
            del self._used[key]

    def _begin_day(self) -> None:
        day = self._clock.day()
        if day != self._day:
            self._day = day
            self._used.clear()


_MINUTE_WORDS = "api minute-quota reach limit, must slower, retry next minute"


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
