"""People of every department do at random, one after another, whatever there is from quotation to money."""

import sys
from collections import Counter

import pytest

from handlers.registry import load
from handlers.rights import RIGHTS
from models.party.tables import Role
from models.transactions import transaction
from tests.walks.money import MONEY
from tests.walks.reports import REPORTS
from tests.walks.sales import SALES
from tests.walks.stock import STOCK
from tests.walks.walking import Walk, disagreements

STEPS = 500

SEEDS = (1, 2, 3, 4)

WAYS = (*STOCK, *SALES, *MONEY, *REPORTS)

AREA = {
    "stock", "order", "quote", "price", "ship", "return", "payment", "invoice", "receivable", "payable", "credit",
    "statement", "count", "pick", "ledger", "dunning", "commission", "batch", "cost", "cash", "discount", "address", "label",
    "location", "report", "bill", "difference", "budget",
}  # fmt: skip

PEOPLE = frozenset(role.value for role in Role) - {Role.system.value}


class Undone(Exception):
    """Takes a walk back."""


def test_every_command_of_the_area_has_a_way() -> None:
    asked = {name for name in load() if name.split(".")[0] in AREA and RIGHTS.scope(name, PEOPLE).value}
    assert asked - {way.name for way in WAYS} == set()


@pytest.mark.slow
async def test_whatever_people_do_the_books_agree(database: str, capsys: pytest.CaptureFixture) -> None:
    accepted, refused, why = Counter[str](), Counter[str](), Counter[tuple[str, str]]()

    async def work(walk: Walk) -> None:
        await walk.steps(STEPS)
        assert await disagreements() == {}, walk.seed
        raise Undone

    for seed in SEEDS:
        walk = Walk(seed, WAYS)
        with pytest.raises(Undone):
            await transaction(work, walk)
        accepted, refused, why = accepted + walk.accepted, refused + walk.refused, why + walk.why
        assert len(walk.people) >= 4
    asked = accepted + refused
    told = "".join(f"\n{name}: {accepted[name]} of {asked[name]}" for name in sorted(asked))
    with capsys.disabled():
        sys.stdout.write(f"\naccepted of asked, {len(SEEDS)} times {STEPS} steps:{told}\n")
    # What is hardly ever accepted was hardly tried.
    assert [name for name in asked if asked[name] >= 5 and accepted[name] < 0.2 * asked[name]] == [], why
    assert {way.name for way in WAYS} == set(asked)
