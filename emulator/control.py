"""The control API under /sim: what tests and the page do with phones, faults and the clock."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from .api import WORLD
from .bubbletext import as_text
from .callbacks import CALLBACKS, Answer
from .config import Person
from .gestures import Gestures, Happening, How
from .picture import code_picture
from .refusals import Refusal
from .simerrors import NoSuchThing, SimError, number
from .world import World

GESTURES = web.AppKey("gestures", Gestures)
_LONG_POLL_S = 20.0


class Wish:
    """The JSON body of a request to /sim."""

    def __init__(self, request: web.Request, body: dict[str, Any]) -> None:
        self.body = body
        self.world: World = request.app[WORLD]
        self.gestures: Gestures = request.app[GESTURES]
        self.callbacks = request.app[CALLBACKS]
        self.base = str(request.url.origin())

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise SimError(f"{name} must be a text")
        return value

    @property
    def door(self) -> str:
        return _door(self.world, self.text("door"))

    def person(self, door: str | None = None) -> Person:
        return self.world.people.at(door or self.door, self.text("person"))

    @property
    def how(self) -> How:
        urls = self.body.get("callback") or []
        return How(
            wait_s=number(self.body["wait"], "wait") if "wait" in self.body else None,
            copies=int(number(self.body.get("deliver", 1), "deliver")),
            urls=[urls] if isinstance(urls, str) else list(urls),
        )


def _door(world: World, door: str) -> str:
    if door not in world.config.doors():
        raise SimError(f"no platform {door!r} is configured", doors=list(world.config.doors()))
    return door


def _answer(wish: Wish, happening: Happening) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "msg_id": happening.msg_id,
        "attempts": happening.outcome.attempts,
        "reply": happening.bubble.text if happening.bubble else None,
    }
    if happening.bubble is not None:
        answer["bubble"] = happening.bubble.as_json(wish.world.clock)
    if len(happening.outcome.answers) > 1:
        answer["replies"] = [_reply_text(each) for each in happening.outcome.answers]
    failures = [each.failure for each in happening.outcome.answers if each.failure]
    return answer | ({"failures": failures} if failures else {})


def _reply_text(answer: Answer) -> str | None:
    return None if answer.reply is None else as_text(answer.reply.kind, answer.reply.body)


async def text(wish: Wish) -> dict[str, Any]:
    menu_id = wish.body.get("menu_id")
    menu_id = None if menu_id is None else str(menu_id)
    return _answer(wish, await wish.gestures.text(wish.door, wish.person(), wish.text("text"), menu_id, wish.how))


async def event(wish: Wish) -> dict[str, Any]:
    name, how = wish.text("event"), wish.how
    if name == "subscribe" and wish.door == "official":
        return _answer(wish, await wish.gestures.follow(wish.person(), how, wish.body.get("scene")))
    if name == "unsubscribe" and wish.door == "official":
        return _answer(wish, await wish.gestures.unfollow(wish.person(), how))
    known = {"door", "person", "event", "wait", "deliver", "callback"}
    parts = {key: value for key, value in wish.body.items() if key not in known}
    return _answer(wish, await wish.gestures.event(wish.door, wish.person(), name, parts, how))


async def menu(wish: Wish) -> dict[str, Any]:
    return _answer(wish, await wish.gestures.menu(wish.door, wish.person(), wish.text("key"), wish.how))


async def card(wish: Wish) -> dict[str, Any]:
    selected = wish.body.get("selected")
    if selected is not None and not isinstance(selected, dict):
        raise SimError("selected must map question keys to option ids")
    chosen = {key: [ids] if isinstance(ids, str) else ids for key, ids in (selected or {}).items()}
    person = wish.person("work")
    return _answer(wish, await wish.gestures.card(person, wish.text("task_id"), wish.text("button"), chosen, wish.how))


async def link(wish: Wish) -> dict[str, Any]:
    """Tap a link on the screen, the newest that reads so."""
    door, person, label = wish.door, wish.person(), wish.text("label")
    for bubble in reversed(wish.world.phones.bubbles(door, person.id)):
        for span in bubble.links:
            if label == span.text and span.kind == "send":
                happening = await wish.gestures.text(door, person, span.target, span.menu_id, wish.how)
                return _answer(wish, happening)
            if label == span.text:
                return {"url": span.target, "kind": span.kind}
    raise NoSuchThing(f"no link reads {label!r}")


async def scan(wish: Wish) -> dict[str, Any]:
    if "text" not in wish.body and "scene" not in wish.body:
        raise SimError("text or scene is needed")
    return _answer(wish, await wish.gestures.scan(wish.door, wish.person(), wish.body, wish.how))


async def voice(wish: Wish) -> dict[str, Any]:
    medium = wish.world.media.add("voice", "voice.amr", "audio/amr", b"#!AMR\n")
    happening = await wish.gestures.voice(wish.door, wish.person(), medium, wish.text("recognition"), wish.how)
    return _answer(wish, happening)


async def location(wish: Wish) -> dict[str, Any]:
    return _answer(wish, await wish.gestures.location(wish.door, wish.person(), wish.body, wish.how))


async def image(wish: Wish) -> dict[str, Any]:
    medium = wish.world.media.add("image", "photo.png", "image/png", code_picture(wish.body.get("text", "photo"), 280))
    url = f"{wish.base}/sim/media/{medium.id}"
    return _answer(wish, await wish.gestures.image(wish.door, wish.person(), medium, url, wish.how))


async def follow(wish: Wish) -> dict[str, Any]:
    return _answer(wish, await wish.gestures.follow(wish.person("official"), wish.how, wish.body.get("scene")))


async def unfollow(wish: Wish) -> dict[str, Any]:
    return _answer(wish, await wish.gestures.unfollow(wish.person("official"), wish.how))


async def subscribe(wish: Wish) -> dict[str, Any]:
    door = _door(wish.world, wish.body.get("door", "miniprogram"))
    wanted = wish.body.get("template")
    templates = [wanted] if isinstance(wanted, str) else list(wanted or [])
    if not 1 <= len(templates) <= 3 or door == "work":
        raise SimError("template is one id or a list of up to three, and the door not WeCom")
    accept = bool(wish.body.get("accept", True))
    return _answer(wish, await wish.gestures.subscribe(door, wish.person(door), templates, accept, wish.how))


async def login(wish: Wish) -> dict[str, Any]:
    return {"code": wish.world.codes.issue("login", wish.person("miniprogram"))}


async def phone(wish: Wish) -> dict[str, Any]:
    return {"code": wish.world.codes.issue("phone", wish.person("miniprogram"))}


async def fault(wish: Wish) -> dict[str, Any]:
    wish.world.faults.add(wish.body)
    return {}


async def clock(wish: Wish) -> dict[str, Any]:
    wish.world.clock.forward(number(wish.body.get("forward"), "forward"))
    return _time(wish.world)


async def reset(wish: Wish) -> dict[str, Any]:
    wish.world.reset()
    return _time(wish.world)


async def echo(wish: Wish) -> dict[str, Any]:
    good, state = await wish.callbacks.echo(wish.door)
    return {"ok": good, "state": state}


def _time(world: World) -> dict[str, Any]:
    now = world.clock.local(world.clock.now()).isoformat(timespec="seconds")
    return {"now": now, "ahead": world.clock.ahead}


async def transcript(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    door = _door(world, request.query.get("door", ""))
    person = world.people.at(door, request.query.get("person", ""))
    if request.query.get("format", "text") == "json":
        return _json([bubble.as_json(world.clock) for bubble in world.phones.bubbles(door, person.id)])
    return web.Response(text=world.phones.transcript(door, person, world.account_name(door)))


async def calls(request: web.Request) -> web.Response:
    since = int(number(request.query.get("since", "0"), "since"))
    wait = number(request.query.get("wait", str(_LONG_POLL_S)), "wait")
    return _json(await request.app[WORLD].journal.calls(since, wait))


async def people(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    rows = [asdict(person) | {"follows": world.people.follows(person)} for person in world.people.all]
    return _json(rows)


async def cards_of(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    person = world.people.find(request.query.get("person", ""))
    rows = []
    for sent, bubble in world.cards.of(person):
        card = bubble.body["card"]
        rows.append(
            {
                "task_id": card.get("task_id", sent.task_id),
                "card_type": card["card_type"],
                "title": card.get("main_title", {}).get("title", ""),
                "state": "recalled" if bubble.recalled else "decided" if bubble.body.get("decided") else "open",
                "decided": bubble.body.get("decided"),
                "buttons": _buttons(card),
                "text": bubble.text,
                "card": card,
            }
        )
    return _json(rows)


def _buttons(card: dict[str, Any]) -> list[dict[str, Any]]:
    buttons = [*card.get("button_list", []), *([card["submit_button"]] if "submit_button" in card else [])]
    return [{"text": each["text"], "key": each.get("key"), "url": each.get("url")} for each in buttons]


async def deliveries(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    who = request.query.get("person")
    only = world.people.find(who).id if who else None
    rows = [asdict(each) for each in world.phones.deliveries if only in (None, each.person)]
    return _json([row | {"at": world.clock.local(row["at"]).isoformat(timespec="milliseconds")} for row in rows])


async def medium(request: web.Request) -> web.Response:
    try:
        found = request.app[WORLD].media.get(request.match_info["id"])
    except Refusal as refusal:
        raise NoSuchThing(refusal.message) from refusal
    return web.Response(body=found.data, content_type=found.content_type.split(";")[0])


def _json(value: Any) -> web.Response:
    return web.json_response(value, dumps=lambda data: json.dumps(data, ensure_ascii=False))


_WISHES: dict[str, Callable[[Wish], Awaitable[dict[str, Any]]]] = {
    "text": text,
    "event": event,
    "menu": menu,
    "card": card,
    "link": link,
    "scan": scan,
    "voice": voice,
    "location": location,
    "image": image,
    "follow": follow,
    "unfollow": unfollow,
    "subscribe": subscribe,
    "login": login,
    "phone": phone,
    "fault": fault,
    "clock": clock,
    "reset": reset,
    "echo": echo,
}

_LOOKS = {
    "transcript": transcript,
    "calls": calls,
    "people": people,
    "cards": cards_of,
    "deliveries": deliveries,
    "media/{id}": medium,
}


async def _grant(request: web.Request) -> web.Response:
    raw = await request.read()
    try:
        body = json.loads(raw or b"{}")
    except ValueError as error:
        raise SimError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise SimError("the body is not a JSON object")
    return _json(await _WISHES[request.path.removeprefix("/sim/")](Wish(request, body)))


@web.middleware
async def control_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """Errors as JSON, and no entry for other sites' pages: the emulator often runs beside a browser."""
    origin = request.headers.get("Origin")
    if request.path.startswith("/sim/") and origin not in (None, str(request.url.origin())):
        return web.json_response({"error": "other_origin", "message": "this page may not do that"}, status=403)
    try:
        response: web.StreamResponse = await handler(request)
    except SimError as error:
        facts = {"error": error.code, "message": error.message, **error.facts}
        return web.json_response(facts, status=error.status)
    return response


def add_control(app: web.Application) -> None:
    for name in _WISHES:
        app.router.add_post(f"/sim/{name}", _grant)
    for name, look in _LOOKS.items():
        app.router.add_get(f"/sim/{name}", look)
