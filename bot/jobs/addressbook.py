"""Reading WeCom's address book whole, and bringing what was never pushed, or lost, in step as its pushes would."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.delivery.alarms import raise_alarm
from bot.services import Services
from bot.wechat.errors import Reaction, Unanswered, WeChatError, patience
from bot.wechat.workcontacts import ContactsClient, Member, WorkDepartment
from models.chat.directory import member_changed
from models.chat.parties import TOP, party_changed
from models.chat.reading import begin_with_book, book_read, claim_book, employees, missing, put_off_book, unlisted
from models.transactions import transaction

log = structlog.get_logger()

LATER_S = 600

MOST_GONE = 0.2
"""More of the colleagues than this do not leave in a day: a list without them is not to be believed."""


@dataclass(frozen=True, slots=True)
class Book:
    """The address book as it was listed; parents stand before what is below them."""

    departments: list[WorkDepartment]
    members: list[Member]


async def begin_reading() -> int:
    """Has the address book read when the product starts."""
    await transaction(begin_with_book)
    return 0


async def read_book(services: Services) -> int:
    """Reads the address book if it is due; says whether it was."""
    if services.contacts is None or (since := await transaction(claim_book)) is None:
        return 0
    try:
        book = await _listed(services.contacts)
    except (WeChatError, Unanswered) as error:
        if isinstance(error, WeChatError):
            await raise_alarm(error)
        reaction = error.reaction if isinstance(error, WeChatError) else Reaction.RETRY
        log.warning("address_book.unread", error=str(error))
        await transaction(put_off_book, max(LATER_S, patience(reaction, 0)))
        return 1
    await _keep(book, since)
    await transaction(book_read, since)
    log.info("address_book.read", departments=len(book.departments), members=len(book.members))
    return 1


async def _listed(contacts: ContactsClient) -> Book:
    """Everybody by id, with what may be seen of them: some secrets see the ids alone."""
    departments = _downwards(await contacts.departments())
    seen: dict[str, Member] = {}
    for department in departments:
        try:
            members = await contacts.members(department.id)
        except WeChatError as error:
            if error.reaction.passing:
                raise
            log.warning("address_book.particulars", error=str(error))
            break
        seen.update((member.userid, member) for member in members)
    ids = await contacts.ids()
    return Book(departments, [seen.get(userid) or _bare(userid, where) for userid, where in ids.items()])


def _bare(userid: str, departments: tuple[int, ...]) -> Member:
    """A member of whom no more may be seen; which of several departments is the main one is not known."""
    return Member(userid, "", departments, True, departments[0] if len(departments) == 1 else None)


def _downwards(departments: list[WorkDepartment]) -> list[WorkDepartment]:
    """The topmost first; what hangs under nothing that is listed comes with it."""
    there = {each.id for each in departments}
    below: dict[int, list[WorkDepartment]] = defaultdict(list)
    for each in departments:
        below[each.parent if each.parent in there else TOP].append(each)
    ordered = below.pop(TOP, [])
    for each in ordered:
        # What is added here is gone through here, too; a ring of departments hangs under nothing, and is left out.
        ordered += below.pop(each.id, [])
    return ordered


async def _keep(book: Book, since: datetime) -> None:
    for department in book.departments:
        await transaction(party_changed, _party("listed", department.id, department.name, department.parent))
    before = await employees()
    for member in book.members:
        await transaction(member_changed, _member("listed", member))
    for member in book.members:
        # Whose superior came after them in the list did not find them there.
        if member.leader and member.leader not in before:
            await transaction(member_changed, _member("listed", member))
    if any(department.parent == TOP for department in book.departments) and book.members:
        await _let_go(book, since)


async def _let_go(book: Book, since: datetime) -> None:
    """Who was there before and is not any more, if the list came whole."""
    for party in await unlisted({department.id for department in book.departments}):
        await transaction(party_changed, _party("delete_party", party, "", None))
    left = await missing({member.userid for member in book.members}, since)
    if len(left) > max(1, MOST_GONE * len(book.members)):
        log.error("address_book.too_many_gone", gone=len(left), listed=len(book.members))
        return
    for userid in left:
        await transaction(member_changed, _member("delete_user", Member(userid, "", (), False)))


def _party(change: str, number: int, name: str, parent: int | None) -> dict[str, Any]:
    return {"change": change, "id": number, "name": name[:40], "parent": parent}


def _member(change: str, member: Member) -> dict[str, Any]:
    return {
        "change": change,
        "userid": member.userid,
        "new_userid": "",
        "name": member.name[:40],
        "mobile": "",
        "department": member.main,
        "leader": member.leader,
        "status": member.status,
    }
