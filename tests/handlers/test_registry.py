"""What every handler must have: rights, words, prompts, a face in JSON, and the same facts in every face."""

import csv
import re
from pathlib import Path

import pytest

from bot.openapi import document
from bot.rendering import templates
from bot.rendering.templates import ENVIRONMENT
from bot.understanding.patterns import patterns
from handlers.registry import Handler, load
from handlers.rights import HERE, RIGHTS, Scope
from models.errors import Refused
from models.party.tables import Role
from tests.people import Api

HANDLERS = sorted(load().values(), key=lambda handler: handler.name)
CHINESE = re.compile("[\u4e00-\u9fff]")
ROLES = [role.value for role in Role]


def each(handler: Handler) -> str:
    return handler.name


@pytest.mark.parametrize("handler", HANDLERS, ids=each)
def test_a_handler_has_rights_help_words_prompts_and_a_path(handler: Handler) -> None:
    assert handler.name in RIGHTS.handlers, "add a row to handlers/rights.csv"
    assert any(scope is not Scope.none for scope in RIGHTS.handlers[handler.name].values())
    assert handler.help and "\n" not in handler.help
    assert templates.exists(f"{'confirm' if handler.long else 'answers'}/{handler.name}")
    if handler.says:
        for name, wanted in handler.inputs.items():
            assert not wanted.required or templates.exists(f"ask/{name}"), f"templates/ask/{name}.txt is missing"
    path = document()["paths"][f"/api/{handler.name.replace('.', '/', 1)}"]
    assert path["get" if handler.kind == "query" else "post"]["x-handler"] == handler.name


def test_every_row_of_rights_belongs_to_a_handler() -> None:
    assert set(RIGHTS.handlers) == set(load())


def test_rights_name_only_known_roles_and_scopes() -> None:
    with (HERE / "rights.csv").open() as file:
        columns = set(next(csv.reader(file))[1:])
    assert columns == {*ROLES, "anyone", "newcomer"}


@pytest.mark.parametrize("handler", [h for h in HANDLERS if not h.says], ids=each)
def test_what_nobody_says_is_for_the_product_or_the_undo(handler: Handler) -> None:
    reach = {role for role in ROLES if RIGHTS.scope(handler.name, frozenset({role})) is not Scope.none}
    assert handler.name in {"task.unreport", "bind.phone", "visit.forget"} or reach == {"system"}


def test_no_two_handlers_say_the_same_line() -> None:
    seen: dict[str, str] = {}
    for pattern in patterns():
        # A bare number is read by role; everything else must be told apart.
        if pattern.weight:
            assert seen.setdefault(pattern.source, pattern.handler.name) == pattern.handler.name


def test_no_two_refusals_share_a_code() -> None:
    seen: dict[str, type[Refused]] = {}
    waiting = Refused.__subclasses__()
    while waiting:
        refused = waiting.pop()
        waiting += refused.__subclasses__()
        assert seen.setdefault(refused.code, refused) is refused, refused.code
    assert len(seen) > 40


def test_internal_handlers_cannot_be_reached_by_people() -> None:
    for name in ("order.release", "order.refuse", "approval.remind", "reservation.expire"):
        assert all(RIGHTS.scope(name, frozenset({role})) is Scope.none for role in ROLES if role != "system")


def test_customers_see_no_field_of_the_house() -> None:
    for right in ("stock.detail", "order.internal", "cost", "credit.detail"):
        assert right not in RIGHTS.fields_of(frozenset({"customer"}))


def test_templates_without_a_handler_are_gone() -> None:
    folder = Path(templates.ROOT)
    names = {path.stem for path in (folder / "answers").glob("*.txt") if path.suffixes[-2:-1] != [".facts"]}
    assert names <= set(load())


def test_every_input_has_a_chinese_name_where_it_is_wrong_and_where_it_is_missing() -> None:
    words = ENVIRONMENT.get_template("words/inputs.txt").module
    for table in (words.WRONG, words.MISSING):
        nameless = {name for each in load().values() for name in each.inputs if not CHINESE.search(table.get(name, ""))}
        assert nameless == set()


async def test_no_refusal_of_an_input_shows_its_raw_name(api: Api) -> None:
    _, body = await api.post("E005", "ship.confirm", order="SO0312", carrier="顺丰", tracking_no="1")
    assert body["message"].startswith("物流单号“1”不对")
    _, body = await api.get("E003", "order.list", state="飞了")
    assert body["message"].startswith("状态“飞了”不对")
