"""The documents say what is there: commands, settings, pictures, files and dependencies that exist."""

import ast
import csv
import re
from pathlib import Path

import pytest
import typer

from bot.cli import cli
from bot.config import Account, Settings, Work
from handlers.registry import load

ROOT = Path(__file__).resolve().parents[2]

READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PICTURES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs/pictures").glob("*.png"))
DECISIONS = [page for page in PAGES if page.startswith("docs/decisions/")]


def text(name: str) -> str:
    return (ROOT / name).read_text()


def commands() -> set[str]:
    """Every command of the command line, with those below it."""

    def below(group: typer.Typer, before: str) -> set[str]:
        named = {before + (each.name or each.callback.__name__) for each in group.registered_commands if each.callback}
        for each in group.registered_groups:
            assert each.typer_instance is not None
            named |= below(each.typer_instance, f"{before}{each.name} ")
        return named

    return below(cli, "")


def settings() -> set[str]:
    """The name of every setting there is."""
    nested = {"official": Account, "miniprogram": Account, "work": Work}
    plain = {name for name in Settings.model_fields if name not in nested}
    deep = {f"{door}__{name}" for door, model in nested.items() for name in model.model_fields}
    return {f"LIAODAN_{name.upper()}" for name in plain | deep}


def named_settings(page: str) -> set[str]:
    return set(re.findall(r"LIAODAN_[A-Z0-9_]*[A-Z0-9]", page))


def named_commands(page: str) -> set[str]:
    """What follows `liaodan` in code, as far as it is a command."""
    said = re.findall(r"(?:^|`|bin/)liaodan ([a-z]+(?: [a-z]+)?)", page, re.MULTILINE)
    return {words if words in commands() else words.split()[0] for words in said}


def rows(page: str, heading: str) -> list[str]:
    """The first cells of the tables under a heading."""
    part = page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [line.split("|")[1].strip() for line in part.splitlines() if line.startswith("| `")]


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


@pytest.mark.parametrize("name", READMES)
def test_every_setting_is_in_the_table_and_every_one_named_exists(name: str) -> None:
    assert named_settings(text(name)) == settings()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_names_a_setting_that_does_not_exist(name: str) -> None:
    assert named_settings(text(name)) <= settings()


@pytest.mark.parametrize(("name", "heading"), [("README.md", "Command line"), ("README.zh-CN.md", "命令行")])
def test_the_table_of_commands_is_the_command_line(name: str, heading: str) -> None:
    assert {cell.strip("`").removeprefix("liaodan ") for cell in rows(text(name), heading)} == commands()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_names_a_command_that_does_not_exist(name: str) -> None:
    assert named_commands(text(name)) <= commands()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_names_a_make_target_that_does_not_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", text(name))) <= targets


def test_readme_names_every_make_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", text("Makefile"), re.MULTILINE))
    for name in READMES:
        assert set(re.findall(r"`make ([a-z-]+)`", text(name))) == targets


def test_both_readmes_have_the_same_code_commands_settings_and_pictures() -> None:
    english, chinese = (text(name) for name in READMES)
    for language in ("python", "jinja", "csv", "nginx"):
        assert blocks(english, language) == blocks(chinese, language)
    assert len(re.findall(r"^## ", english, re.MULTILINE)) == len(re.findall(r"^## ", chinese, re.MULTILINE))
    for pattern in (r"`make [a-z-]+`", r"`liaodan [a-z ]+`", r"LIAODAN_[A-Z0-9_]+", r"docs/[\w/.-]+\.(?:md|png)"):
        assert set(re.findall(pattern, english)) == set(re.findall(pattern, chinese))


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_picture_leads_to_a_file(name: str) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", re.sub(r"```.*?```|`[^`]*`", "", text(name), flags=re.DOTALL))
    missing = [target for target in targets if "://" not in target and not ((ROOT / name).parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("name", PAGES)
def test_every_source_file_named_exists(name: str) -> None:
    found = re.findall(r"`((?:bot|handlers|models|templates|emulator|docs|tests)/[\w/.*-]+)`", text(name))
    example = {"handlers/areas/minimum.py", "templates/answers/minimum.query.txt", "tests/handlers/test_minimum.py"}
    assert [file for file in found if file not in example and not list(ROOT.glob(file))] == []


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_small(name: str) -> None:
    assert (ROOT / name).stat().st_size < 400_000


def test_every_page_is_drawn_wide_and_narrow() -> None:
    names = {Path(name).stem for name in PICTURES}
    assert {name.removesuffix("-375") for name in names if name.endswith("-375")} == {
        name.removesuffix("-1280") for name in names if name.endswith("-1280")
    }


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_a_title_and_one_paragraph(name: str) -> None:
    number = Path(name).name[:4]
    title, *parts = text(name).strip().split("\n\n")
    assert title.startswith(f"# {number} ")
    assert "\n" not in title
    paragraphs = [part for part in parts if not part.startswith("|")]
    assert len(paragraphs) == 1
    assert "gave up" in " ".join(paragraphs[0].split())


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(Path(name).name[:4]) for name in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_is_defended(name: str) -> None:
    wanted = {
        re.split(r"[=<>\[ ]", line)[0] for line in text(name).splitlines() if line and not line.startswith(("#", "-"))
    }
    tables = text("docs/decisions/0002-dependencies.md").split("\n\n| ")
    (table,) = [each for each in tables if each.startswith(f"{name} |")]
    assert {line.split("|")[1].strip() for line in table.splitlines()[2:] if line.startswith("|")} == wanted


def test_the_example_of_a_new_command_fits_the_house() -> None:
    page = text("README.md")
    function, test = blocks(page, "python")
    ast.parse(test)
    imported = {node.module for node in ast.walk(ast.parse(function)) if isinstance(node, ast.ImportFrom)}
    for module in imported - {"typing"}:
        assert (ROOT / f"{module.replace('.', '/')}.py").exists()
    (name,) = re.findall(r'@query\("([a-z.]+)"', function)
    assert name not in load(), "the example has become real; show another"
    (row,) = csv.reader(blocks(page, "csv"))
    header, *_ = csv.reader(text("handlers/rights.csv").splitlines())
    assert row[0] == name
    assert len(row) == len(header)


def test_the_control_api_is_described_whole() -> None:
    from emulator.control import _LOOKS, _WISHES

    page = text("docs/emulator.md")
    described = set(re.findall(r"/sim/([a-z]+)", page))
    assert described == set(_WISHES) | {look.split("/")[0] for look in _LOOKS}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_left_undone(name: str) -> None:
    assert not re.search(r"\b(TODO|FIXME|XXX|TBD)\b", text(name))
