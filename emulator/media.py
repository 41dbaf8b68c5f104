"""Temporary media: what was uploaded or photographed, for three days."""

import secrets
from dataclasses import dataclass

from .clock import Clock
from .refusals import Refusal

LIFE_S = 3 * 86400
MAX_BYTES = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10, "file": 20 << 20}


@dataclass(frozen=True)
class Medium:
    """One file and what it is."""

    id: str
    kind: str
    name: str
    content_type: str
    data: bytes
    created: int


class MediaStore:
    """Files by media_id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, Medium] = {}

    def add(self, kind: str, name: str, content_type: str, data: bytes) -> Medium:
        if not data:
            raise Refusal(44001, "empty media data")
        if len(data) > MAX_BYTES[kind]:
            raise Refusal({"image": 40009, "voice": 40010, "video": 40011, "thumb": 40012}.get(kind, 40006), "oversize")
        medium = Medium(secrets.token_urlsafe(32), kind, name, content_type, data, self._clock.seconds())
        self._all[medium.id] = medium
        return medium

    def get(self, media_id: object) -> Medium:
        medium = self._all.get(media_id) if isinstance(media_id, str) else None
        if medium is None or medium.created + LIFE_S <= self._clock.now():
            raise Refusal(40007, "invalid media_id")
        return medium
