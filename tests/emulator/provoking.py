"""A plugin of pytest that notes where refusals are raised while tests run: `-p tests.emulator.provoking --provoked FILE`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from emulator import refusals

EMULATOR = Path(refusals.__file__).parent

Place = tuple[int, int, int, int]
"""First line and column, last line and column."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--provoked", type=Path, help="where the refusals that were raised are written")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_NOTED] = noted = set()
    plain = refusals.Refusal.__init__

    def noting(self: refusals.Refusal, code: int, message: str) -> None:
        plain(self, code, message)
        noted.update((module, code, place) for module, place in _places(sys._getframe(1)))

    refusals.Refusal.__init__ = noting  # type: ignore[method-assign]


def pytest_unconfigure(config: pytest.Config) -> None:
    config.getoption("--provoked").write_text(json.dumps(sorted(config.stash[_NOTED])))


_NOTED = pytest.StashKey[set[tuple[str, int, Place]]]()


def _places(frame: FrameType | None) -> Iterator[tuple[str, Place]]:
    """The calls within the emulator that led here."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.parent == EMULATOR:
            first, last, begin, end = list(frame.f_code.co_positions())[frame.f_lasti // 2]
            yield path.stem, (first or 0, begin or 0, last or 0, end or 0)
        frame = frame.f_back
