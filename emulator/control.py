"""The control API under /sim: what tests and the page do with phones, faults and the clock."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from . import officecontrol, phonecontrol
from .api import WORLD
from .refusals import Refusal
from .simerrors import NoSuchThing, SimError, number
from .wish import Wish, door_of
from .world import World

_LONG_POLL_S = 20.0

FURTHEST_S = 50 * 365 * 86400


async def fault(wish: Wish) -> dict[str, Any]:
    wish.world.faults.add(wish.body)
    return {}


async def clock(wish: Wish) -> dict[str, Any]:
    forward, moved = number(wish.body.get("forward"), "forward"), wish.world.clock
    if not 0 <= moved.ahead + forward <= FURTHEST_S or forward < 0:
        raise SimError("forward must be seconds to go on, 50 years at most in all; /sim/reset goes back to now")
    moved.forward(forward)
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
    door = door_of(world, request.query.get("door", ""))
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
    since = int(number(request.query.get("since", "0"), "since"))
    found = world.phones.deliveries.of(world.people.find(who).id if who else None, since)
    # vars, not asdict: a copy of every payload would make a long list slow.
    rows = [vars(each) | {"at": world.clock.local(each.at).isoformat(timespec="milliseconds")} for each in found]
    return _json(rows)


async def delivery_count(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    door = request.query.get("door")
    return _json(world.phones.deliveries.count(door_of(world, door) if door else None))


async def tape(request: web.Request) -> web.Response:
    """What was done and shown since the last reset, to be saved and played again."""
    tape = request.app[WORLD].tape
    if request.query.get("format", "text") == "text":
        return web.Response(text=tape.text())
    since = int(number(request.query.get("since", "0"), "since"))
    return _json([{"n": n, **asdict(line)} for n, line in tape.after(since)])


async def faults(request: web.Request) -> web.Response:
    return _json(request.app[WORLD].faults.pending())


async def medium(request: web.Request) -> web.Response:
    try:
        found = request.app[WORLD].media.get(request.match_info["id"])
    except Refusal as refusal:
        raise NoSuchThing(refusal.message) from refusal
    return web.Response(body=found.data, content_type=found.content_type.split(";")[0])


def _json(value: Any) -> web.Response:
    return web.json_response(value, dumps=lambda data: json.dumps(data, ensure_ascii=False))


_WISHES: dict[str, Callable[[Wish], Awaitable[dict[str, Any]]]] = {
    **phonecontrol.WISHES,
    **officecontrol.WISHES,
    "fault": fault,
    "clock": clock,
    "reset": reset,
    "echo": echo,
}

# What changes a phone or the time, and so belongs to what can be played again.
_TAPED = ({*phonecontrol.WISHES, *officecontrol.WISHES} - {"login", "phone"}) | {"fault", "clock"}

_LOOKS = {
    "transcript": transcript,
    "calls": calls,
    "people": people,
    "cards": cards_of,
    "deliveries": deliveries,
    "deliveries/count": delivery_count,
    "faults": faults,
    "tape": tape,
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
    name = request.path.removeprefix("/sim/")
    if name in _TAPED:
        request.app[WORLD].tape.did(name, body)
    return _json(await _WISHES[name](Wish(request, body)))


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
