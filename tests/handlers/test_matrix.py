"""The handler × role matrix, asked through JSON: a role without the right is refused before anything is read."""

import pytest

from handlers.registry import load
from handlers.rights import RIGHTS, Scope
from tests.people import Api

PEOPLE = {
    "salesperson": "E003", "warehouse": "E005", "worker": "E006", "customer": "C001", "manager": "E008",
    "finance": "E009", "hr_office": "E010", "quality": "E011", "purchasing": "E012", "service": "E020",
    "marketing": "E021",
}  # fmt: skip


@pytest.mark.parametrize("role", PEOPLE)
async def test_a_role_reaches_what_its_row_says_and_nothing_else(api: Api, role: str) -> None:
    for name, handler in load().items():
        call = api.get if handler.kind == "query" else api.post
        status, body = await call(PEOPLE[role], name, nonsense="x")
        allowed = RIGHTS.scope(name, frozenset({role})) is not Scope.none
        # An unknown input is only noticed once the right is there.
        expected = (422, "invalid_input") if allowed else (403, "no_right")
        assert (status, body["code"]) == expected, name
