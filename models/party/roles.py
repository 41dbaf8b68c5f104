"""What colleagues do here; there is always somebody who can say so."""

import json

from models import sql
from models.errors import Refused, WrongState
from models.party.tables import Person, Role

# Two administrators who take each other's role would else both be the last but one.
ADMINS = "SELECT id FROM person WHERE active AND roles ? 'admin' ORDER BY id FOR UPDATE"

GIVE = "UPDATE person SET roles = $2::jsonb WHERE id = $1 AND active AND roles = $3::jsonb RETURNING id"


class LastAdministrator(Refused):
    """Nobody else could give roles any more."""

    code, status = "last_administrator", 409


async def give_roles(person: Person, roles: list[str]) -> None:
    """Has somebody do this and nothing else. Raises LastAdministrator and WrongState."""
    loses = Role.admin.value in person.roles and Role.admin.value not in roles
    if loses and not {row["id"] for row in await sql.rows(ADMINS)} - {person.id}:
        raise LastAdministrator(name=person.called)
    if not await sql.row(GIVE, person.id, json.dumps(roles), json.dumps(person.roles)):
        raise WrongState(kind="person", number=person.called)
