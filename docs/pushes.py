"""`python -m docs.pushes` writes docs/pushes.md: every push, what becomes of it, and the test that shows it."""

import ast
import sys
from collections import defaultdict
from pathlib import Path

from bot.doors.pushes import PUSHES, Fate, Push

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/pushes.md"

DOORS = {"official": "Official Account", "work": "WeCom", "miniprogram": "Mini-program"}

HEAD = """# Pushes

Everything that WeChat sends, as `bot/doors/pushes.py` has it; written by `python -m docs.pushes`, and checked by a test.
A push that is none of these is answered `success` and noted in the log once for each type. What is ignored is parsed and
answered `success`, and changes nothing.
"""

_BEFORE = {
    Fate.handled: "",
    Fate.ignored: "ignored, because ",
    Fate.refused: "refused (403) and logged with its InfoType: ",
}

MARK = "pytest.mark.push"

IGNORED = "tests/bot/test_pushes.py::test_what_is_ignored_is_answered_success_and_changes_nothing"


def page() -> str:
    """The page as it should be."""
    shown = shown_by()
    parts = [HEAD]
    for door, title in DOORS.items():
        parts += [
            f"\n## {title}\n",
            "| push | becomes | what it does, or why nothing | shown by |",
            "|---|---|---|---|",
        ]
        parts += [_row(push, shown) for push in PUSHES.values() if push.door == door]
    return "\n".join(parts) + "\n"


def shown_by() -> dict[str, list[str]]:
    """Of each push, the tests that say they show it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                for key in _marked(node):
                    found[key].append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def _marked(function: ast.AsyncFunctionDef | ast.FunctionDef) -> list[str]:
    marks = [each for each in function.decorator_list if isinstance(each, ast.Call) and ast.unparse(each.func) == MARK]
    return [argument.value for mark in marks for argument in mark.args if isinstance(argument, ast.Constant)]


def _row(push: Push, shown: dict[str, list[str]]) -> str:
    proofs = [IGNORED] if push.fate is Fate.ignored else shown.get(push.key, [])
    names = "<br>".join(f"`{proof.rsplit('::', 1)[1]}`" for proof in proofs)
    said = f"{_BEFORE[push.fate]}{push.effect}"
    return f"| {push.name} | {push.fate.value} | {said} | {names} |"


if __name__ == "__main__":
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
