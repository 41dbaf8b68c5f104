"""The project's own lints: what a review has said twice. `python -m tests.lints` prints each with what to do instead."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from handlers.visible import RULES

ROOT = Path(__file__).resolve().parents[1]

ROWS = {"get", "get_or_none", "filter", "all", "first"}
READ_ELSEWHERE = (
    "handlers read rows that not everybody sees through find(me, …) or visible(me, …), which decide whose they are, "
    "or, where a row of ours names another, through a function of models"
)

OWNED = frozenset(model.__name__ for model in RULES)
"""Every table of which not everybody sees every row."""


def lint() -> Iterator[str]:
    """Every finding as `path:line: what to do`."""
    for path in sorted((ROOT / "handlers").rglob("*.py")):
        yield from _rows(path)
    for folder in ("bot", "handlers", "models", "emulator", "tests", "bench", "docs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from _text(path)
    yield from _templates()


def _rows(path: Path) -> Iterator[str]:
    """Model.get/filter/all on a table somebody owns, in a handler that somebody asks."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            continue
        for call in ast.walk(node):
            if _reads_owned(call) and not _writes(node, call):
                yield f"{path.relative_to(ROOT)}:{call.lineno}: {READ_ELSEWHERE}"


def _reads_owned(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ROWS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in OWNED
    )


def _writes(function: ast.AST, call: ast.AST) -> bool:
    """A guarded update starts from filter() too; so does what only the product itself runs."""
    if getattr(function, "name", "") in {
        "expire_reservation",
        "visible_to_system",
        "_refuse_duplicate",
        "_reversed",
        "_undelivered",
        "_order_of",
    }:
        return True
    return any(
        isinstance(outer, ast.Attribute) and outer.attr in {"update", "exists"} and outer.value is call
        for outer in ast.walk(function)
    )


def _text(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if re.search(r"#.*\b(TODO|FIXME|XXX)\b", line) and path.name not in {"lints.py", "waiting.py", "serving.py"}:
            yield f"{path.relative_to(ROOT)}:{number}: finish it, or say in an issue what is missing"
        if (
            re.search(r"time\.sleep|asyncio\.sleep", line)
            and "tests/" in str(path)
            and path.name not in {"lints.py", "waiting.py", "serving.py"}
        ):
            yield f"{path.relative_to(ROOT)}:{number}: wait for what should happen, not for time to pass"
    if path.name == "utils.py":
        yield f"{path.relative_to(ROOT)}:1: name the module after the one thing it holds"


def _templates() -> Iterator[str]:
    """Every handler has its answer, every notice its words."""
    from handlers.registry import load

    for name, handler in load().items():
        kind = "confirm" if handler.long else "answers"
        if not (ROOT / f"templates/{kind}/{name}.txt").exists():
            yield f"templates/{kind}/{name}.txt: is missing; a handler answers in words too"
    audiences = (ROOT / "models/delivery/audiences.csv").read_text().splitlines()[1:]
    for kind in sorted({line.split(",")[0] for line in audiences}):
        if not (ROOT / f"templates/notices/{kind}.txt").exists():
            yield f"templates/notices/{kind}.txt: is missing; a notice says what happened"


def main() -> int:
    """Prints every finding; 1 if there is any."""
    findings = list(lint())
    sys.stdout.write("".join(f"{finding}\n" for finding in findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
