"""The official account's own codes: for a while or for good, each with a scene that comes back when it is scanned."""

import secrets
from dataclasses import dataclass

from .clock import Clock
from .refusals import Refusal


@dataclass(frozen=True)
class QrCode:
    """What a ticket stands for; without an end it is for good."""

    ticket: str
    scene: str
    expires: float | None


class QrCodes:
    """Codes by their tickets and by their scenes."""

    def __init__(self, clock: Clock, most_for_good: int) -> None:
        self._clock = clock
        self._most_for_good = most_for_good
        self._by_ticket: dict[str, QrCode] = {}
        self._by_scene: dict[str, QrCode] = {}
        self._for_good = 0

    def add(self, scene: str, life_s: float | None) -> QrCode:
        if life_s is None:
            if self._for_good >= self._most_for_good:
                raise Refusal(45029, "qrcode count out of limit")
            self._for_good += 1
        expires = None if life_s is None else self._clock.now() + life_s
        code = QrCode(secrets.token_urlsafe(48), scene, expires)
        self._by_ticket[code.ticket] = self._by_scene[scene] = code
        return code

    def of_ticket(self, ticket: str) -> QrCode | None:
        return self._by_ticket.get(ticket)

    def of_scene(self, scene: str) -> QrCode | None:
        return self._by_scene.get(scene)

    def is_over(self, code: QrCode) -> bool:
        return code.expires is not None and code.expires <= self._clock.now()
