"""Everything there is in one running emulator, built from its configuration."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp

from .approvals import Approvals
from .cards import Cards
from .clock import Clock
from .codes import Accepts, Codes
from .company import Company
from .config import Config, Person
from .faults import Faults
from .journal import Journal
from .limits import Quotas, RateLimit, ServiceWindows
from .media import MediaStore
from .menus import Menus
from .people import People
from .phones import Phones
from .qrcodes import QrCodes
from .replies import ReplyReader
from .tags import Tags
from .tape import Tape
from .tokens import Tokens


class World:
    """The state of servers and phones; what a reset empties is made anew by `_begin`."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = config.limits
        self.clock = Clock(config.clock_file)
        self.tokens = Tokens(self.clock)
        self.media = MediaStore(self.clock)
        self.replies = ReplyReader(self.media)
        self.phones = Phones(self.clock)
        self.tape = Tape()
        self.phones.on_said.append(self.tape.said)
        self.journal = Journal(self.clock, config.limits.calls_kept)
        self.people = People(config, self.clock)
        self.faults = Faults()
        self.cards = Cards(self.clock)
        self.menus = Menus(config)
        self.tags = Tags()
        self.qrcodes = QrCodes(self.clock, config.limits.codes_for_good)
        self.reset_listeners: list[Callable[[], None]] = []
        self.session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._begin()

    def _begin(self) -> None:
        self.quotas = Quotas(self.clock, self.limits)
        self.windows = ServiceWindows(self.clock)
        self.member_minute = RateLimit(self.clock, self.limits.member_per_minute, 60)
        self.member_hour = RateLimit(self.clock, self.limits.member_per_hour, 3600)
        self.login_minute = RateLimit(self.clock, 100, 60)
        self.codes = Codes(self.clock)
        self.accepts = Accepts()
        self.sessions: dict[str, tuple[str, float]] = {}
        self.approvals = Approvals(self.clock)
        self.company = Company(self.config, self.people, self.clock)
        self.sent_once: dict[tuple[str, ...], tuple[float, Any]] = {}
        self.messages: dict[str, tuple[float, list[Any]]] = {}
        for person in self.config.people:
            if person.wrote:
                self.windows.open("official", person.id, "message")
            for template, count in person.accepts.items():
                self.accepts.add("miniprogram", person.id, template, count)

    def reset(self) -> None:
        """Empty phones, no faults, the machine's time. Tokens, menus and media are the account's and stay."""
        for task in self._tasks:
            task.cancel()
        self.phones.clear()
        self.tape.clear()
        self.journal.clear()
        self.people.reset()
        self.faults.clear()
        self.cards.clear()
        self.clock.reset()
        self._begin()
        for listener in self.reset_listeners:
            listener()

    def menu_of(self, door: str, person: Person) -> dict[str, Any]:
        """The menu at the foot of this person's conversation."""
        return self.menus.seen_by(door, self.tags.of(person.id))

    def account_name(self, door: str) -> str:
        return str(getattr(self.config, door).name)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something happen by itself, such as a report that follows a message."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def let_go(self) -> None:
        """Let everything go that goes on by itself or waits, so that the server can stop."""
        self.journal.close()
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.session is not None:
            await self.session.close()
