"""Access tokens: issued per app, expiring by the emulator's clock, superseded as each endpoint does it."""

import re
import secrets
from dataclasses import dataclass

from .clock import Clock
from .refusals import Refusal

LIFE_S = 7200
OVERLAP_S = 300
FORCED_PER_DAY = 20
FORCED_APART_S = 30


@dataclass
class _Token:
    text: str
    door: str
    expires: float
    superseded: float | None = None
    use: str = "app"


class Tokens:
    """Every token ever given out, and whether it is still good."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, _Token] = {}
        self._latest: dict[tuple[str, str], _Token] = {}
        self._forced: dict[str, list[float]] = {}
        self._tickets: dict[tuple[str, str], _Token] = {}

    def issue(self, door: str) -> tuple[str, int]:
        """Official /token: always a new one; the one before lives five minutes more."""
        self._supersede(door, "token", OVERLAP_S)
        return self._new(door, "token").text, LIFE_S

    def keep(self, door: str, use: str = "app") -> tuple[str, int]:
        """WeCom: the same one while it is valid; each secret has its own."""
        token = self._latest.get((door, use))
        if token is None or not self._alive(token):
            token = self._new(door, use)
            token.use = use
        return token.text, self._left(token)

    def stable(self, door: str, *, force: bool) -> tuple[str, int]:
        """The same one while it is valid, rotated in its last five minutes, or at once if forced."""
        if force:
            self._note_force(door)
            self._supersede(door, "stable", 0)
            return self._new(door, "stable").text, LIFE_S
        token = self._latest.get((door, "stable"))
        if token is None or not self._alive(token):
            token = self._new(door, "stable")
        elif self._left(token) < OVERLAP_S:
            self._supersede(door, "stable", OVERLAP_S)
            token = self._new(door, "stable")
        return token.text, self._left(token)

    def ticket(self, door: str, kind: str) -> tuple[str, int]:
        """A ticket of the JS-SDK, the same one while it is valid; it opens no API."""
        held = self._tickets.get((door, kind))
        if held is None or not self._alive(held):
            held = _Token(secrets.token_urlsafe(48), door, self._clock.now() + LIFE_S)
            self._tickets[door, kind] = held
        return held.text, self._left(held)

    def door_of(self, text: str | None, doors: tuple[str, ...]) -> str:
        """The platform whose token this is, if it is good and of one of these platforms."""
        work_only = doors == ("work",)
        if not text:
            raise Refusal(41001, "access_token missing")
        token = self._all.get(text)
        # One from before a restart is refused as its own platform would: only WeCom's have no figure in front.
        looks_work = "work" in doors and not _NUMBERED.match(text)
        if token is None and (looks_work or len(text) < 16):
            raise Refusal(40014, "invalid access_token")
        if token is None or token.door not in doors:
            code, words = (40014, "invalid access_token") if work_only else (40001, _NOT_LATEST)
            raise Refusal(code, words)
        if token.superseded is not None and token.superseded <= self._clock.now():
            raise Refusal(40001, _NOT_LATEST)
        if token.expires <= self._clock.now():
            raise Refusal(42001, "access_token expired")
        return token.door

    def use_of(self, text: str | None) -> str:
        """Which of a company's secrets a good token was got with."""
        return self._all[text or ""].use

    def door_of_any(self, text: str | None) -> str | None:
        """The platform a token belongs to, good or not; refusals are worded by it."""
        token = self._all.get(text or "")
        return token.door if token else None

    def _new(self, door: str, kind: str) -> _Token:
        text = secrets.token_hex(96) if door == "work" else f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(96)}"
        token = _Token(text, door, self._clock.now() + LIFE_S)
        self._all[token.text] = token
        self._latest[door, kind] = token
        return token

    def _supersede(self, door: str, kind: str, after_s: float) -> None:
        earlier = self._latest.get((door, kind))
        if earlier is not None:
            earlier.superseded = self._clock.now() + after_s

    def _note_force(self, door: str) -> None:
        now = self._clock.now()
        times = [at for at in self._forced.get(door, []) if at > now - 86400]
        if times and now - times[-1] < FORCED_APART_S:
            raise Refusal(45011, "api minute-quota reach limit, must slower, retry next minute")
        if len(times) >= FORCED_PER_DAY:
            raise Refusal(45009, "reach max api daily quota limit")
        self._forced[door] = [*times, now]

    def _alive(self, token: _Token) -> bool:
        return token.expires > self._clock.now()

    def _left(self, token: _Token) -> int:
        # After the clock went back a token could have more than its life left.
        return min(LIFE_S, max(1, int(token.expires - self._clock.now() + 0.5)))


_NUMBERED = re.compile(r"\d\d_")

_NOT_LATEST = "invalid credential, access_token is invalid or not latest"
