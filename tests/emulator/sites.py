"""Every place in the emulator that names an error code, and which of them were reached while tests ran."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.emulator.provoking import EMULATOR, Place
from tests.emulator.reference import codes_of


@dataclass(frozen=True)
class Site:
    """A code and the call that is given it; without a call, the code stands in a table of its module."""

    module: str
    code: int
    line: int
    place: Place | None

    def __str__(self) -> str:
        return f"emulator/{self.module}.py:{self.line} {self.code}"


def sites() -> Iterator[Site]:
    """All of them, module by module."""
    for path in sorted(EMULATOR.glob("*.py")):
        yield from _sites(path.stem, ast.parse(path.read_text("utf-8")), None)


def _sites(module: str, node: ast.AST, place: Place | None) -> Iterator[Site]:
    if isinstance(node, ast.stmt):
        place = None
    elif isinstance(node, ast.Call) and not _looks_up(node):
        place = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
    for code in codes_of(node):
        yield Site(module, code, getattr(node, "lineno", 0), place)
    for child in ast.iter_child_nodes(node):
        yield from _sites(module, child, place)


def _looks_up(call: ast.Call) -> bool:
    """A code that stands for want of another in a table is raised by the call around it."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "get"


def never_reached(noted: Path) -> list[Site]:
    """The places of which the plugin noted nothing."""
    reached = {(module, code, tuple(place)) for module, code, place in json.loads(noted.read_text())}
    in_tables = {(module, code) for module, code, _ in reached}
    return [
        site
        for site in sites()
        if ((site.module, site.code) not in in_tables)
        or (site.place is not None and (site.module, site.code, site.place) not in reached)
    ]
