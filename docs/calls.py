"""`python -m docs.calls`: writes docs/calls.md, every call and every error code with its effect and its test."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.wechat.client import Client
from bot.wechat.errors import OFFICIAL, REFUSED_WHEN_BUSY, WORK, Reaction, Rule
from bot.wechat.miniprogram import MiniProgramClient
from bot.wechat.official import OfficialClient
from bot.wechat.officialmenus import OfficialMenus, OfficialTags
from bot.wechat.officialweb import OfficialWeb
from bot.wechat.transport import Transport
from bot.wechat.work import WorkClient
from bot.wechat.workapprovals import Approvals
from bot.wechat.workcontacts import ContactsClient
from bot.wechat.workcustomers import CustomersClient
from bot.wechat.workrobot import Robot
from bot.wechat.workweb import WorkWeb

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/calls.md"
TESTS = ROOT / "tests/bot/wechat"

CLIENTS: dict[str, tuple[type, ...]] = {
    "Tokens and tickets, all platforms": (Transport,),
    "Official Account": (OfficialClient, OfficialMenus, OfficialTags, OfficialWeb),
    "WeCom": (WorkClient, WorkWeb, Approvals, ContactsClient, CustomersClient, Robot),
    "Mini-program": (MiniProgramClient,),
}

HELD = {
    "OfficialClient": "official",
    "OfficialMenus": "menus",
    "OfficialTags": "tags",
    "OfficialWeb": r"official\.web",
    "WorkClient": "work",
    "WorkWeb": r"work\.web",
    "ContactsClient": "contacts",
    "CustomersClient": "customers",
    "MiniProgramClient": "miniprogram",
}
"""By what name the product holds each client."""

CALLED_CLIENT = {
    "bot/checking.py": ("OfficialClient", "WorkClient", "MiniProgramClient"),
    "bot/delivery/syncing.py": ("OfficialClient",),
    "bot/doors/api.py": ("MiniProgramClient",),
    "bot/jobs/fetching.py": ("OfficialClient", "WorkClient"),
}
"""Where one is held as `client`, whichever it is."""

CLIENT_ONLY = "client only"

CASES = "test_a_call_is_on_the_wire_what_the_platform_documents"
CODES = "test_each_code_over_the_wire_has_the_effect_that_the_table_says"
REACTIONS = ROOT / "tests/scenarios/test_reactions.py"
WALK = "test_every_code_of_a_reaction_has_its_effect"
"""Answers every code to a notice, and looks at the attempts, the alarms and the receiver."""

EFFECTS = {
    Reaction.OK: "Success.",
    Reaction.REFRESH_TOKEN: "The token is fetched anew, by one worker for all, and the call made once more; not twice.",
    Reaction.RETRY: "Up to three more tries with growing pauses if a repeat is harmless; a notice is postponed.",
    Reaction.WAIT: "Nothing was done; the notice, or the whole broadcast, is left alone for a minute.",
    Reaction.QUOTA: "The way is out of use for all workers for a minute; the notice goes on to the next at once, a broadcast waits. Administrators are told.",
    Reaction.OTHER_DOOR: "The next way to this person is taken.",
    Reaction.UNREACHABLE: "The person is marked unreachable at this door; the next way is taken.",
    Reaction.OUTSIDE: "The person is marked unreachable at this door; the next way is taken, and administrators are told who is missing.",
    Reaction.GIVE_UP: "Never repeated: this way is given up, the next is taken.",
    Reaction.ALARM: "Never repeated: a setting must be mended. Administrators are told the remedy, at most once an hour; `平台告警` lists it.",
    Reaction.DONE: "It was carried out before: counts as success.",
}
BUSY = "Nothing was done: up to three more tries with growing pauses, of any call."

HEAD = """# Calls and error codes

Made by `python -m docs.calls` from the code and the tests; a test fails when it is stale. What the columns name: the method,
the address it asks, what it does, and the tests that show it, in `tests/bot/wechat`. Of each code, `tests/scenarios/test_reactions.py`
shows the effect on a notice that meets it: what is tried next, who is marked, who is told. How much may be sent is asked of
`bot/quotas.py` first; what cannot be read (a time-out, a page of HTML, half an answer) is `NoAnswer`, and what certainly never
left is `NotSent`. What is used by nothing in the product yet says `client only`: it is typed and tried, no more. Both have names and neither is taken for success.
"""


def page() -> str:
    """The whole page."""
    tests = list(_tests())
    parts = [HEAD, "\n"]
    for title, clients in CLIENTS.items():
        parts.append(f"## {title}\n\n| Call | Asks | Effect | Used by | Shown by |\n| --- | --- | --- | --- | --- |\n")
        parts += [_call(client, name, tests) for client in clients for name in _names(client)]
        parts.append("\n")
    for title, platform, table in (
        ("Error codes: Official Account and mini-program", "official", OFFICIAL),
        ("Error codes: WeCom", "work", WORK),
    ):
        parts.append(f"## {title}\n\n| Code | Meaning | Effect | What a person does | Shown by |\n")
        parts.append("| --- | --- | --- | --- | --- |\n")
        parts += [_code(platform, code, row) for code, row in sorted(table.items()) if code]
        parts.append("\n")
    return "".join(parts).rstrip("\n") + "\n"


def _names(client: type) -> Iterator[str]:
    """Public methods in the order of the source, those that all clients share first."""
    seen: set[str] = set()
    for owner in reversed(client.__mro__):
        for name, value in vars(owner).items():
            if inspect.isfunction(value) and not name.startswith("_") and name not in seen:
                seen.add(name)
                if not (owner is Client and client not in (OfficialClient, WorkClient, MiniProgramClient)):
                    yield name


def _call(client: type, name: str, tests: list[ast.AST]) -> str:
    method = getattr(client, name)
    words = " ".join((inspect.getdoc(method) or "").split("\n\n")[0].split())
    asked = ", ".join(f"`{path}`" for path in dict.fromkeys(_paths(client, name, set()))) or "nothing"
    return (
        f"| `{client.__name__}.{name}` | {asked} | {words} | {_used(client, name)} | {_shown(client, name, tests)} |\n"
    )


def _used(client: type, name: str) -> str:
    """The modules of the product that make this call; the clients' calls of one another do not count."""
    if client is Transport:
        return "the clients below"
    users = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        where = str(path.relative_to(ROOT))
        held = [HELD.get(client.__name__, client.__name__)]
        held += ["client"] if client.__name__ in CALLED_CLIENT.get(where, ()) else []
        if path.parent.name != "wechat" and re.search(rf"\b(?:{'|'.join(held)})\.{name}\b", path.read_text()):
            users.append(f"`{where}`")
    return ", ".join(users) or CLIENT_ONLY


def _paths(client: type, name: str, seen: set[str]) -> Iterator[str]:
    """The addresses that a method asks, itself or through what it calls."""
    source = inspect.getsource(getattr(client, name))
    yield from re.findall(r'"(/(?:cgi-bin|wxa|wxaapi|sns)/[^"]+)"', source)
    for called in re.findall(r"self\.(\w+)\(", source):
        if called not in seen and inspect.isfunction(getattr(client, called, None)):
            seen.add(called)
            yield from _paths(client, called, seen)
    if "_transport.jsapi_ticket(" in source:
        yield from _paths(Transport, "jsapi_ticket", {"call"})


def _shown(client: type, name: str, tests: list[Any]) -> str:
    whole = f"{client.__name__}.{name}"
    if whole in _cases():
        return f"`{CASES}[{whole}]`"
    # The mini-program's share of what others show too.
    twin = next((case for case in sorted(_cases()) if case.endswith(f"Client.{name}")), "")
    made = rf"\.{client.__name__.lower()}\.{name}\(" if client is Transport else rf"\b{client.__name__}\b"
    sources = {test.name: ast.unparse(test) for test in tests}
    own = [each for each, text in sources.items() if re.search(made, text) and re.search(rf"\.{name}\(", text)]
    found = own[:2] or ([f"{CASES}[{twin}]"] if twin else [])
    if not found:
        raise LookupError(f"no test shows {whole}")
    return ", ".join(f"`{each}`" for each in found)


def _cases() -> set[str]:
    source = (TESTS / "test_wechat_calls.py").read_text()
    return set(re.findall(r'(?:Case|robot)\(\s*"(\w+\.\w+)"', source))


def _code(platform: str, code: int, row: Rule) -> str:
    if row.reaction.name not in _walked():
        raise LookupError(f"no test shows what {row.reaction} does to a notice")
    shown = [f"{WALK}[{platform}-{row.reaction.value}]"]
    if code in REFUSED_WHEN_BUSY or row.reaction is Reaction.REFRESH_TOKEN:
        shown.append(f"{CODES}[{platform}-{code}]")
    effect = BUSY if code in REFUSED_WHEN_BUSY else EFFECTS[row.reaction]
    names = ", ".join(f"`{each}`" for each in shown)
    return f"| {code} | {row.meaning} | {effect} | {row.fix or '—'} | {names} |\n"


def _walked() -> set[str]:
    """The reactions of which the walk over all codes looks at the effect."""
    return set(re.findall(r"Reaction\.(\w+): ", REACTIONS.read_text()))


def _tests() -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for path in sorted(TESTS.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield node


if __name__ == "__main__":
    PAGE.write_text(page())
