"""A request to /sim: its body read strictly, and the answer every gesture gives."""

import base64
import binascii
from typing import Any

from aiohttp import web

from .api import WORLD
from .bubbletext import as_text
from .callbacks import CALLBACKS, Answer
from .config import Person
from .gestures import Gestures, Happening, How
from .office import Office
from .simerrors import NotNow, SimError, number
from .weblinks import is_link
from .world import World

GESTURES = web.AppKey("gestures", Gestures)
OFFICE = web.AppKey("office", Office)


class Wish:
    """The JSON body of a request to /sim."""

    def __init__(self, request: web.Request, body: dict[str, Any]) -> None:
        self.body = body
        self.world: World = request.app[WORLD]
        self.gestures: Gestures = request.app[GESTURES]
        self.office: Office = request.app[OFFICE]
        self.callbacks = request.app[CALLBACKS]
        self.base = str(request.url.origin())

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise SimError(f"{name} must be a text")
        return value

    def link(self, name: str) -> str:
        if not is_link(self.text(name)):
            raise SimError(f"{name} must begin with http:// or https://")
        return self.text(name)

    def optional(self, name: str, default: str = "") -> str:
        return self.text(name) if self.body.get(name) not in (None, "") else default

    def texts(self, name: str) -> list[str]:
        """One text or a list of them."""
        value = self.body.get(name) or []
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise SimError(f"{name} must be a text or a list of texts")
        return values

    def data(self, otherwise: bytes) -> bytes:
        """The file that was given as base64."""
        try:
            given = base64.b64decode(self.body.get("base64") or "", validate=True)
        except (binascii.Error, TypeError) as error:
            raise SimError("base64 is none") from error
        return given or otherwise

    @property
    def door(self) -> str:
        return door_of(self.world, self.text("door"))

    def person(self, door: str | None = None) -> Person:
        """Whose phone it is, which must have a connection to do anything with."""
        person = self.world.people.at(door or self.door, self.text("person"))
        if self.world.phones.is_cut(person):
            raise NotNow(f"{person.name}的手机没有网络")
        return person

    @property
    def how(self) -> How:
        urls = self.body.get("callback") or []
        return How(
            wait_s=number(self.body["wait"], "wait") if "wait" in self.body else None,
            copies=int(number(self.body.get("deliver", 1), "deliver")),
            urls=[urls] if isinstance(urls, str) else list(urls),
        )


def door_of(world: World, door: str) -> str:
    if door not in world.config.doors():
        raise SimError(f"no platform {door!r} is configured", doors=list(world.config.doors()))
    return door


def answer(wish: Wish, happening: Happening) -> dict[str, Any]:
    told: dict[str, Any] = {
        "msg_id": happening.msg_id,
        "attempts": happening.outcome.attempts,
        "reply": happening.bubble.text if happening.bubble else None,
    }
    if happening.bubble is not None:
        told["bubble"] = happening.bubble.as_json(wish.world.clock)
    if len(happening.outcome.answers) > 1:
        told["replies"] = [_reply_text(each) for each in happening.outcome.answers]
    failures = [each.failure for each in happening.outcome.answers if each.failure]
    return told | ({"failures": failures} if failures else {})


def _reply_text(answer: Answer) -> str | None:
    return None if answer.reply is None else as_text(answer.reply.kind, answer.reply.body)
