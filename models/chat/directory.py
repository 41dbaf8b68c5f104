"""Following WeCom's address book: who is a colleague, in which department, and whom customers have added."""

from typing import Any

from models import sql
from models.chat.binding import bind
from models.chat.contacts import give_owner
from models.chat.joining import recognise
from models.chat.reading import ask_for_book, gone, has_gone, heard_of
from models.chat.tables import ApiToken, Conversation, ExternalContact, WorkParty
from models.chat.welcomes import ask_for_welcome
from models.clock import now
from models.delivery.tables import Notice, NoticeState
from models.delivery.telling import tell
from models.party.finding import people_with
from models.party.keeping import add_person
from models.party.tables import Person, Role
from models.rows import first

WORK = "work"

DISABLED, DEPARTED = "2", "5"

NEXT_NUMBER = """
SELECT 'E' || lpad((coalesce(max(substr(number, 2)::int), 0) + 1)::text, 3, '0') AS number
FROM person WHERE number ~ '^E[0-9]{3,8}$'
"""

ADD_CONTACT = """
INSERT INTO external_contact (external_id, employee_id, person_id, state, added_at, look_up_at)
VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (external_id, employee_id) DO UPDATE SET ended_at = NULL, state = $4, tries = 0, look_up_at = $5,
  person_id = coalesce($3, external_contact.person_id) RETURNING id
"""


async def member_changed(change: dict[str, Any]) -> None:
    """Brings an employee in step with a member of the address book."""
    if change["change"] == "delete_user" or change["status"] == DEPARTED:
        await gone(change["userid"])
        await _left(change["userid"])
        return
    # A change of the id may be told twice.
    person = await _employee(change["userid"]) or await _employee(change["new_userid"])
    if person is None:
        # Pushes overtake one another: who has left comes back as somebody new, or in the list.
        if change["change"] == "update_user" and await has_gone(change["userid"]):
            return
        person = await _joined(change)
    if new := change["new_userid"]:
        await _renamed(person, change["userid"], new)
    await heard_of(new or change["userid"])
    await _update(person, change)


async def _renamed(person: Person, old: str, new: str) -> None:
    """Whoever is called otherwise goes on with the conversation that has the new id, which notices may point to."""
    await gone(old)
    mine = Conversation.filter(door=WORK, external_id=old, person_id=person.id)
    there = await first(Conversation.filter(door=WORK, external_id=new))
    if there is None:
        await mine.update(external_id=new)
    elif there.person_id is None and await mine.update(person_id=None, state={}):  # type: ignore[attr-defined]
        # An id that is somebody else's by now stays theirs.
        await Conversation.filter(id=there.id).update(person_id=person.id, state={})


async def contact_changed(change: dict[str, Any]) -> None:
    """Notes whom a customer added, who is greeted once, or dropped; a customer without an owner is that employee's."""
    employee = await _employee(change["userid"])
    if employee is None:
        return
    if change["change"].startswith("del_"):
        ended = ExternalContact.filter(external_id=change["external"], employee=employee, ended_at=None)
        await ended.update(ended_at=now())
        return
    # The state is what our own code for adding an employee carried: the number of a contact we know.
    person = await first(Person.filter(number=change["state"], active=True, customer_id__not_isnull=True))
    person_id = person.id if person else None
    added = await sql.row(ADD_CONTACT, change["external"], employee.id, person_id, change["state"], now())
    if added and change["welcome"]:
        await ask_for_welcome(added["id"], change["welcome"])
    if person is not None:
        await give_owner(person.id, employee.id)


async def _employee(userid: str) -> Person | None:
    found = await first(Conversation.filter(door=WORK, external_id=userid).select_related("person"))
    return found.person if found else None


async def _joined(change: dict[str, Any]) -> Person:
    """An employee whom we have without WeCom, or one whom only the address book knows: who may do nothing as yet."""
    known = await recognise(change)
    person = known.person or await _added(change)
    await bind(WORK, change["userid"], person.id)
    facts = {"number": person.number, "name": person.name, "by": known.by, "alike": "、".join(known.alike)}
    await tell("staff.joined", about=person.number, facts=facts, admins=await people_with(Role.admin))
    return person


async def _added(change: dict[str, Any]) -> Person:
    row = await sql.row(NEXT_NUMBER)
    assert row is not None
    # Applications made since 2022 are told neither names nor numbers.
    name = change["name"] or change["userid"][:40]
    return await add_person(row["number"], name, phone=change["mobile"], roles=[])


async def _update(person: Person, change: dict[str, Any]) -> None:
    changes: dict[str, Any] = {}
    if change["name"]:
        changes["name"] = change["name"]
    if change["mobile"]:
        changes["phone"] = change["mobile"]
    if change["department"] is not None:
        party = await WorkParty.get_or_none(party_id=change["department"])
        if party is None:
            await ask_for_book()
        else:
            changes["department_id"] = party.department_id  # type: ignore[attr-defined]
    leader = await _employee(change["leader"]) if change["leader"] else None
    if leader is not None and leader.id != person.id:
        changes["superior_id"] = leader.id
    if changes:
        await Person.filter(id=person.id).update(**changes)
    if change["status"]:
        reachable = change["status"] != DISABLED
        await Conversation.filter(door=WORK, person_id=person.id).update(reachable=reachable)


async def _left(userid: str) -> None:
    """Nobody speaks as them any more; what was due to them is told to whoever answers for it."""
    person = await _employee(userid)
    if person is None:
        return
    await Person.filter(id=person.id).update(active=False)
    mine = await Conversation.filter(person_id=person.id).values_list("id", flat=True)
    await Conversation.filter(id__in=list(mine)).update(person_id=None, state={})
    await ApiToken.filter(person_id=person.id).update(expires_at=now())
    await ApiToken.filter(conversation_id__in=list(mine)).update(expires_at=now())
    waiting = Notice.filter(receiver_id=person.id, state=NoticeState.queued.value)
    await waiting.filter(answerable_id=None).update(answerable_id=person.superior_id)  # type: ignore[attr-defined]
    await waiting.update(due_at=now())
