"""Pages: one facts function and one template each; making a page is a command, opening its link asks for the facts anew.

A page that goes to a customer shows what that customer may see, whoever made it; any other, what its maker may see.
"""

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from handlers.actor import Actor, person_by_id
from handlers.call import Call
from handlers.dispatch import read_inputs
from handlers.registry import command, handler
from handlers.result import Result
from handlers.rights import NoRight, Scope
from handlers.sheets.writing import Table
from models.chat.files import digest_of
from models.errors import NotFound
from models.pages.linking import make_link
from models.pages.tables import PageLink
from models.party.tables import Customer, Role


class Sheet(Result):
    """The facts of a page; `heading` says what it is, such as 宏达建材 对账单 2026-10."""

    heading: str


class PageMade(Result):
    """A link that was made; its address is said only now."""

    number: str
    heading: str
    url: str
    expires_at: datetime


S = TypeVar("S", bound=Sheet)
Facts = Callable[..., Awaitable[Sheet]]


@dataclass(frozen=True, slots=True)
class Page:
    """A kind of page: its facts, how long its links live, whether it is made for a customer's eyes, its rows as a file."""

    name: str
    facts: Facts
    lives: timedelta
    outward: bool
    table: Callable[[dict[str, Any]], Table] | None = None


PAGES: dict[str, Page] = {}


def page(
    name: str,
    *,
    says: list[str],
    lives: timedelta,
    outward: bool,
    table: Callable[[dict[str, Any]], Table] | None = None,
) -> Callable[[Callable[..., Awaitable[S]]], Callable[..., Awaitable[S]]]:
    """Registers a kind of page, with the command `page.<name>` that makes a link to one."""

    def register(facts: Callable[..., Awaitable[S]]) -> Callable[..., Awaitable[S]]:
        PAGES[name] = found = Page(name, facts, lives, outward, table)

        @functools.wraps(facts)
        async def make(me: Actor, **values: Any) -> PageMade:
            return await _make(me, found, values)

        make.__annotations__ = {**facts.__annotations__, "return": PageMade}
        command(f"page.{name}", says=says)(make)
        return facts

    return register


async def link_to(me: Actor, name: str, **values: Any) -> str:
    """The address of a new page, for another command to send along. Raises NoPublicAddress."""
    return (await _make(me, PAGES[name], values)).url


async def open_page(link: PageLink) -> dict[str, Any]:
    """The facts of a page as they are now. Raises what its readers and its facts refuse."""
    found = handler(f"page.{link.kind}")
    customer_id: int | None = link.customer_id  # type: ignore[attr-defined]
    if customer_id is None:
        me = await person_by_id(link.made_by_id, door="page")  # type: ignore[attr-defined]
    else:
        me = _as_customer(customer_id)
    scope = me.reach(found.name)
    if scope is Scope.none:
        raise NoRight()
    me = me.at(scope)
    values = await read_inputs(me, found, Call(found.name, link.inputs))
    sheet = await PAGES[link.kind].facts(me, **values)
    return sheet.facts(me.rights)


async def open_table(link: PageLink) -> Table | None:
    """The same facts as a table, for a file; None for a kind that has none. Raises what its readers and its facts refuse."""
    table = PAGES[link.kind].table if link.kind in PAGES else None
    return table(await open_page(link)) if table else None


async def open_photo(link: PageLink, number: str) -> str:
    """The digest of a photo that a page shows now. Raises NotFound, and what opening the page does."""
    facts = await open_page(link)
    if number not in [photo["number"] for photo in facts.get("photos", ())]:
        raise NotFound(kind="attachment")
    return await digest_of(number)


async def _make(me: Actor, kind: Page, values: dict[str, Any]) -> PageMade:
    found = handler(f"page.{kind.name}")
    customer_id = await _receiver(values) if kind.outward else None
    reader = me if customer_id is None else _as_customer(customer_id)
    sheet = await kind.facts(reader, **values)
    given = {name: value for name, value in values.items() if value is not None}
    link, url = await make_link(
        kind.name,
        {name: found.inputs[name].reader.save(value) for name, value in given.items()},
        heading=sheet.heading,
        made_by_id=me.person_id,
        lives=kind.lives,
        customer_id=customer_id,
    )
    return PageMade(number=link.number, heading=link.heading, url=url, expires_at=link.expires_at)


def _as_customer(customer_id: int) -> Actor:
    """Whoever holds the link: nobody in particular of that customer."""
    return Actor(roles=frozenset({Role.customer.value}), customer_id=customer_id, door="page", scope=Scope.customer)


async def _receiver(values: dict[str, Any]) -> int:
    """The customer whom the document is for, read off whatever names it."""
    for value in values.values():
        if isinstance(value, Customer):
            return int(value.id)
        if hasattr(value, "customer_id"):
            return int(value.customer_id)
        if hasattr(value, "order_id"):
            order: Any = await value.order
            return int(order.customer_id)
    raise NotFound(kind="customer")
