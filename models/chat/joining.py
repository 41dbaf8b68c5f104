"""Who a member of the address book is whom we do not know by their id: an employee that we have, or a new colleague."""

from dataclasses import dataclass
from typing import Any

from models import sql
from models.chat.tables import WorkParty
from models.party.tables import Person

# Whoever has a WeCom account already is somebody else, whatever their number and name.
ALIKE = """
SELECT p.id, p.number, p.name, p.phone, p.department_id,
  right(regexp_replace(p.phone, '\\D', '', 'g'), 11) = $1 AND $1 <> '' AS same_phone,
  EXISTS (SELECT FROM conversation c WHERE c.person_id = p.id AND c.door = 'work') AS bound
FROM person p
WHERE p.active AND p.customer_id IS NULL
  AND (p.name = $2 OR (right(regexp_replace(p.phone, '\\D', '', 'g'), 11) = $1 AND $1 <> ''))
ORDER BY p.id
"""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The employee a member is, and by what; or those it could be, where only a person can tell."""

    person: Person | None = None
    by: str = ""
    alike: tuple[str, ...] = ()


async def recognise(change: dict[str, Any]) -> Recognised:
    """Looks for the one employee without a WeCom account who has the mobile, else the name and the department."""
    phone = "".join(each for each in change["mobile"] if each.isdigit())[-11:]
    rows = await sql.rows(ALIKE, phone, change["name"])
    by_phone = [row for row in rows if row["same_phone"]]
    if by_phone:
        return await _only(by_phone, "phone")
    named = [row for row in rows if change["name"]]
    party = await WorkParty.get_or_none(party_id=change["department"]) if change["department"] is not None else None
    here = party is not None and all(row["department_id"] == party.department_id for row in named)  # type: ignore[attr-defined]
    # Two numbers that differ are two people, however alike the rest.
    contradicted = any(phone and row["phone"] for row in named)
    if here and not contradicted:
        return await _only(named, "name")
    return Recognised(alike=_names(named))


async def _only(rows: list[dict[str, Any]], by: str) -> Recognised:
    if len(rows) == 1 and not rows[0]["bound"]:
        return Recognised(await Person.get(id=rows[0]["id"]), by)
    return Recognised(alike=_names(rows))


def _names(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(f"{row['name']}（{row['number']}）" for row in rows)
