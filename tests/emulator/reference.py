"""The tables of docs/emulator.md that are made from the code. `python -m tests.emulator.reference` writes them."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from emulator.api import Endpoint
from emulator.app import PAGES, endpoints
from tests.emulator.pushes import CAUSES, Cause

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/emulator.md"
BEGIN, END = "<!-- from the code -->\n", "<!-- end -->\n"
_DAY_S = 86400
_DOORS = {"official": "official", "work": "work", "miniprogram": "mini-program"}


def tables() -> str:
    """Every call, every push and every refusal."""
    return "\n".join(
        [
            "### Calls\n",
            "| path | door | what it does |\n|---|---|---|",
            *(_call_row(each) for each in endpoints()),
            *(f"| `GET {path}` | | {(page.__doc__ or '').splitlines()[0]} |" for path, page in PAGES.items()),
            "\n### Pushes\n",
            "| message or event | caused by |\n|---|---|",
            *_push_rows(),
            "\n### Refusals\n",
            "| code | words | refused by | shown by |\n|---|---|---|---|",
            *_refusal_rows(),
            "",
        ]
    )


def _call_row(endpoint: Endpoint) -> str:
    doors = ", ".join(_DOORS[door] for door in endpoint.handlers)
    effects = dict.fromkeys((handler.__doc__ or "").splitlines()[0] for handler in endpoint.handlers.values())
    return f"| `{endpoint.method} {endpoint.path}` | {doors} | {' '.join(effects)} |"


def _push_rows() -> Iterator[str]:
    causes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cause in CAUSES:
        causes[cause.what, cause.change].append(f"{_DOORS[cause.door]} {_gesture(cause)}")
    for (what, change), ways in causes.items():
        yield f"| `{what}`{f' `{change}`' if change else ''} | {'; '.join(dict.fromkeys(ways))} |"


def _gesture(cause: Cause) -> str:
    return f"`/sim/{cause.gesture}`"


def _refusal_rows() -> Iterator[str]:
    words: dict[int, dict[str, None]] = defaultdict(dict)
    refusers: dict[int, dict[str, None]] = defaultdict(dict)
    for path in sorted((ROOT / "emulator").glob("*.py")):
        for code, said in refusals(path):
            words[code][said] = None
            refusers[code][path.stem] = None
    tests = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "tests/emulator").glob("test_*.py"))}
    for code in sorted(words):
        shown = [name for name, text in tests.items() if re.search(rf"\b{code}\b", text)]
        known = [each for each in words[code] if each]
        said = "; ".join(known[:2]) + ("; …" if known[2:] else "") if known else "names what is wrong"
        yield f"| {code} | {said} | {', '.join(refusers[code])} | {', '.join(shown)} |"


def refusals(path: Path) -> Iterator[tuple[int, str]]:
    """The codes that a module refuses with, and the words beside them."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            words = [_words(each) for each in node.args] if _name(node.func) == "Refusal" else []
            for code in (each for argument in node.args for each in codes_of(argument)):
                yield code, words[-1] if words else ""
        elif isinstance(node, ast.Tuple | ast.Dict | ast.IfExp):
            for child in ast.iter_child_nodes(node):
                yield from ((code, "") for code in codes_of(child))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def codes_of(node: ast.AST) -> list[int]:
    """The error code that this very node is, if it is one."""
    value = node.value if isinstance(node, ast.Constant) else None
    is_code = isinstance(value, int) and (40000 <= value < 100000 or 300000 <= value < 302000) and value != _DAY_S
    return [value] if isinstance(value, int) and is_code else []


def _words(node: ast.expr) -> str:
    """A text as it stands, with … for what is filled in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(each) if isinstance(each, ast.Constant) else "…" for each in node.values)
    return ""


def written() -> str:
    """The tables as they stand in the page."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]


def main() -> None:
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{tables()}{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
