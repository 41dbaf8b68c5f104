"""The page of calls and codes is what the code and the tests are now."""

import re

import pytest

from bot.wechat.errors import OFFICIAL, WORK
from docs import calls


def test_the_page_of_calls_is_fresh() -> None:
    assert calls.PAGE.read_text() == calls.page(), "run `python -m docs.calls`"


@pytest.mark.parametrize("code", [code for table in (OFFICIAL, WORK) for code in table if code])
def test_every_code_is_on_the_page(code: int) -> None:
    assert f"\n| {code} | " in calls.PAGE.read_text()


def test_every_test_that_is_named_exists() -> None:
    there = {test.name for test in calls._tests()} | {calls.WALK}
    assert f"async def {calls.WALK}(" in calls.REACTIONS.read_text()
    named = set(re.findall(r"`(test_\w+)(?:\[[^\]]*\])?`", calls.PAGE.read_text()))
    assert named <= there
    assert {calls.CASES, calls.CODES, calls.WALK} <= named


def test_the_walk_over_all_codes_looks_at_every_reaction_there_is() -> None:
    there = {row.reaction.name for table in (OFFICIAL, WORK) for code, row in table.items() if code}
    assert calls._walked() == there


def test_every_address_in_the_code_is_on_the_page() -> None:
    page = calls.PAGE.read_text()
    for module in (calls.ROOT / "bot/wechat").glob("*.py"):
        for path in re.findall(r'"(/(?:cgi-bin|wxa|wxaapi|sns)/\w[\w/]+)"', module.read_text()):
            if path != "/cgi-bin/token":  # named only because its errors mean what those of stable_token mean
                assert f"`{path}`" in page, path
