"""The page: phones side by side and the wire beside them, drawn here and only put in place by the browser."""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .api import WORLD
from .bubbletext import menu_lines
from .config import DOORS, Person
from .journal import Entry
from .links import spans
from .markdown import lines
from .phones import Bubble
from .textcard import paragraphs
from .world import World

_HERE = Path(__file__).parent
_PING_S = 15
_QUIET_S = 300
_RECENT = 500
# Two phones always, up to four if asked for.
_SLOTS, _ALWAYS = "abcd", "ab"
_MOST_CHOICES = 300
_Change = dict[str, str]
_DOOR_NAMES = {"official": "公众号", "work": "企业微信", "miniprogram": "小程序"}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class _Phone:
    slot: str
    person: Person
    door: str


class Page:
    """Draws the page and its pieces, and sends each change to whoever looks."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lookers: set[asyncio.Queue[str | None]] = set()
        self._sent = 0
        self._recent: deque[tuple[int, Callable[[], _Change]]] = deque(maxlen=_RECENT)
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        mini = world.config.miniprogram
        self._templates.globals.update(
            markdown=lines,
            spans=spans,
            menu_lines=menu_lines,
            paragraphs=paragraphs,
            door_names=_DOOR_NAMES,
            runs_miniprogram=mini is not None and mini.folder is not None,
        )
        self._templates.filters["clock"] = lambda at: f"{world.clock.local(at):%H:%M:%S}"
        self._templates.filters["day"] = self._day
        world.phones.on_change.append(self._bubble_changed)
        world.journal.on_change.append(self._entry_changed)
        world.menus.on_change.append(self._menu_changed)
        world.reset_listeners.append(self._reload)

    async def show(self, request: web.Request) -> web.Response:
        slots = [slot for slot in _SLOTS if slot in _ALWAYS or slot in request.query]
        phones = [self._phone(slot, number, request.query) for number, slot in enumerate(slots)]
        free = next((slot for slot in _SLOTS if slot not in slots), None)
        html = self._templates.get_template("page.html").render(
            phones=[each for each in phones if each is not None],
            people=self._world.people,
            doors=self._world.config.doors(),
            world=self._world,
            bubbles={each.slot: self._bubbles(each) for each in phones if each is not None},
            others=list(itertools.islice(self._world.people.all, _MOST_CHOICES)),
            free=free,
            here=request.query,
            entries=reversed(self._world.journal.entries),
            sent=self._sent,
        )
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": _POLICY})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Changes as server-sent events; whoever missed some gets them first."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        seen = request.headers.get("Last-Event-ID") or request.query.get("seen")
        for missed in self._missed(seen):
            queue.put_nowait(missed)
        self._lookers.add(queue)
        try:
            await response.write(b": here\n\n")
            while (event := await self._next(queue)) is not None:
                await response.write(event.encode())
        except ConnectionResetError:
            return response
        finally:
            self._lookers.discard(queue)
        return response

    async def let_go(self, _: web.Application) -> None:
        """An open stream would hold the server back from closing."""
        for queue in self._lookers:
            queue.put_nowait(None)

    @staticmethod
    async def _next(queue: asyncio.Queue[str | None]) -> str | None:
        try:
            async with asyncio.timeout(_PING_S):
                return await queue.get()
        except TimeoutError:
            return ": ping\n\n"

    def _phone(self, slot: str, number: int, query: Mapping[str, str]) -> _Phone | None:
        if query.get(slot):
            person = self._world.people.find(query[slot])
        else:
            having = (each for each in self._world.people.all if self._doors_of(each))
            found = next(itertools.islice(having, number, None), None)
            if found is None:
                return None
            person = found
        doors = self._doors_of(person)
        door = query.get(f"{slot}d", "")
        return _Phone(slot, person, door if door in doors else doors[min(number, len(doors) - 1)])

    def _doors_of(self, person: Person) -> list[str]:
        return [door for door in DOORS if door in self._world.config.doors() and person.id_at(door) is not None]

    def _bubbles(self, phone: _Phone) -> list[str]:
        bubbles = self._world.phones.bubbles(phone.door, phone.person.id)
        before = [None, *bubbles[:-1]]
        return [self._draw_bubble(bubble, earlier) for bubble, earlier in zip(bubbles, before, strict=False)]

    def _draw_bubble(self, bubble: Bubble, earlier: Bubble | None) -> str:
        person = self._world.people.find(bubble.person)
        html = self._templates.get_template("bubble.html").render(
            bubble=bubble,
            me=person.name,
            account=self._world.account_name(bubble.door),
            timed=earlier is None or bubble.at - earlier.at > _QUIET_S,
        )
        # Made by an escaping template just now; the page must not escape it again.
        return Markup(html)

    def _day(self, at: float) -> str:
        then, now = self._world.clock.local(at), self._world.clock.local(self._world.clock.now())
        if then.date() == now.date():
            return f"今天 {then:%H:%M}"
        return f"{then.month}月{then.day}日 {then:%H:%M}"

    def _bubble_changed(self, bubble: Bubble, new: bool) -> None:
        self._publish(lambda: self._bubble_change(bubble, new))

    def _bubble_change(self, bubble: Bubble, new: bool) -> _Change:
        html = self._draw_bubble(bubble, self._world.phones.before(bubble))
        talk = f"{bubble.door}-{bubble.person}"
        return {"op": "append" if new else "replace", "to": talk, "id": f"b{bubble.id}", "html": html}

    def _entry_changed(self, entry: Entry, new: bool) -> None:
        self._publish(lambda: self._entry_change(entry, new))

    def _entry_change(self, entry: Entry, new: bool) -> _Change:
        html = self._templates.get_template("entry.html").render(entry=entry)
        return {"op": "prepend" if new else "replace", "to": "log", "id": f"e{entry.id}", "html": html}

    def _menu_changed(self, door: str) -> None:
        self._publish(lambda: self._menu_change(door))

    def _menu_change(self, door: str) -> _Change:
        if door == "official" and self._world.menus.conditional():
            # Everyone may have a menu of their own.
            return {"op": "reload"}
        html = self._templates.get_template("menu.html").render(menu=self._world.menus.default(door), door=door)
        return {"op": "fill", "to": f"menu-{door}", "html": html}

    def _reload(self) -> None:
        self._recent.clear()
        self._publish(lambda: {"op": "reload"})

    def _publish(self, draw: Callable[[], _Change]) -> None:
        """Draw and send a change, if anyone looks; whoever comes a little late can still have it drawn."""
        self._sent += 1
        self._recent.append((self._sent, draw))
        if self._lookers:
            event = _event(self._sent, draw())
            for queue in self._lookers:
                queue.put_nowait(event)

    def _missed(self, seen: str | None) -> list[str]:
        """The changes since the one that was seen last; if they are too many, load the page again."""
        if seen is None or seen == str(self._sent):
            return []
        missed = [(number, draw) for number, draw in self._recent if seen.isdigit() and number > int(seen)]
        if not missed or missed[0][0] != int(seen) + 1:
            return [_event(self._sent, {"op": "reload"})]
        return [_event(number, draw()) for number, draw in missed]


def _event(number: int, change: _Change) -> str:
    return f"id: {number}\ndata: {json.dumps(change, ensure_ascii=False)}\n\n"


def add_page(app: web.Application) -> None:
    page = Page(app[WORLD])
    app.router.add_get("/", page.show)
    app.router.add_get("/sim/stream", page.stream)
    app.router.add_static("/static/", _HERE / "static")
    app.on_shutdown.append(page.let_go)
