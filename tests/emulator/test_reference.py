"""The emulator's page names every call, push and refusal, and each refusal is provoked by a test."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.reference import ROOT, tables, written
from tests.emulator.sites import never_reached, sites


def test_the_tables_are_those_of_the_code() -> None:
    assert written() == tables(), "run python -m tests.emulator.reference"


def test_every_call_says_what_it_does() -> None:
    calls = re.findall(r"^\| `(?:GET|POST) /[^|]+\|[^|]*\| (.*) \|$", tables(), re.MULTILINE)
    assert len(calls) > 70 and all(each.endswith((".", "?")) for each in calls)


def test_every_refusal_is_shown_by_a_test() -> None:
    shown = dict(re.findall(r"^\| (\d{5,7}) \|.*\| ([^|]*) \|$", tables(), re.MULTILINE))
    assert len(shown) > 100 and [code for code, tests in shown.items() if not tests.strip()] == []


@pytest.mark.slow
def test_every_place_that_refuses_is_reached_by_the_emulators_own_tests(tmp_path: Path) -> None:
    noted = tmp_path / "provoked.json"
    # The emulator's tests need nothing of the product, so nothing of it is set up for them.
    own = ["tests/emulator", "--confcutdir=tests/emulator", "-m", "not browser and not slow", "-p", "no:cacheprovider"]
    asked = [sys.executable, "-m", "pytest", "-q", "-p", "tests.emulator.provoking", "--provoked", str(noted), *own]
    run = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert noted.exists(), run.stdout + run.stderr
    assert len(list(sites())) > 250
    assert [str(site) for site in never_reached(noted)] == []
