"""Whom employees have as contacts in WeCom, and which of our customers' contacts each of them is."""

from collections.abc import Sequence

from models import sql
from models.chat.binding import contact_by_phone
from models.chat.tables import ExternalContact
from models.chat.unions import contact_of_union
from models.clock import days, now
from models.delivery.telling import tell
from models.party.tables import Customer, Person

LEASE = days(1 / 1440)

CLAIM = """
UPDATE external_contact SET look_up_at = $2, tries = tries + 1 WHERE id = (
  SELECT id FROM external_contact WHERE look_up_at <= $1 AND ended_at IS NULL
  ORDER BY look_up_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""

DONE = "UPDATE external_contact SET look_up_at = NULL, name = $2, person_id = $3 WHERE id = $1 AND look_up_at IS NOT NULL RETURNING id"


async def claim_contact() -> ExternalContact | None:
    """The next contact to be looked up in WeCom, leased for a minute; its worker may die."""
    moment = now()
    found = await sql.row(CLAIM, moment, moment + LEASE)
    if found is None:
        return None
    return await ExternalContact.get(id=found["id"]).select_related("employee", "person")


async def put_off_contact(contact: ExternalContact, seconds: int) -> None:
    """Looks again after a while."""
    again = now() + days(seconds / 86400)
    await ExternalContact.filter(id=contact.id, look_up_at__not_isnull=True).update(look_up_at=again)


async def know_contact(contact: ExternalContact, *, name: str, unionid: str, mobiles: Sequence[str]) -> None:
    """Settles who a contact is, in a transaction: by union id, else by mobile, else by the code they came through.

    Whom nobody knows the employee is told of, for they can ask.
    """
    person_id = await contact_of_union(unionid) or await _by_mobile(mobiles) or contact.person_id  # type: ignore[attr-defined]
    if not await sql.row(DONE, contact.id, name[:80], person_id):
        return
    if person_id is None:
        employee = contact.employee_id  # type: ignore[attr-defined]
        await tell("contact.added", about="contact", facts={"name": name}, employee=[employee])
    else:
        await give_owner(person_id, contact.employee_id)  # type: ignore[attr-defined]


async def give_owner(person_id: int, employee_id: int) -> None:
    """A customer without an owner is that of the employee whom their contact has added."""
    person = await Person.get(id=person_id)
    await Customer.filter(id=person.customer_id, owner_id=None).update(owner_id=employee_id)  # type: ignore[attr-defined]


async def _by_mobile(mobiles: Sequence[str]) -> int | None:
    found = [await contact_by_phone("".join(each for each in mobile if each.isdigit())[-11:]) for mobile in mobiles]
    known = {person.id for person in found if person}
    return known.pop() if len(known) == 1 else None
