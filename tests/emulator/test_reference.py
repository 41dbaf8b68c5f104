"""The emulator's page names every call, push and refusal, and each refusal is provoked by a test."""

import re

from tests.emulator.reference import tables, written


def test_the_tables_are_those_of_the_code() -> None:
    assert written() == tables(), "run python -m tests.emulator.reference"


def test_every_call_says_what_it_does() -> None:
    calls = re.findall(r"^\| `(?:GET|POST) /[^|]+\|[^|]*\| (.*) \|$", tables(), re.MULTILINE)
    assert len(calls) > 70 and all(each.endswith((".", "?")) for each in calls)


def test_every_refusal_is_shown_by_a_test() -> None:
    shown = dict(re.findall(r"^\| (\d{5,7}) \|.*\| ([^|]*) \|$", tables(), re.MULTILINE))
    assert len(shown) > 100 and [code for code, tests in shown.items() if not tests.strip()] == []
