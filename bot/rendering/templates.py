"""The words: one template for each handler, notice, error and question."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from bot.rendering.card import Card, neutral, read_card
from bot.rendering.filters import FILTERS
from models.clock import local, now

ROOT = Path(__file__).resolve().parents[2] / "templates"


class View:
    """Facts as a template sees them: by attribute, and absent where the asker may not look."""

    __slots__ = ("_facts",)

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def __getattr__(self, name: str) -> Any:
        try:
            return view(self._facts[name])
        except KeyError:
            raise AttributeError(name) from None


def view(value: Any) -> Any:
    """Facts, and the facts in them, by attribute."""
    if isinstance(value, dict):
        return View(value)
    if isinstance(value, list):
        return [view(each) for each in value]
    return value


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        finalize=neutral,
        # These templates are lines of chat, not markup; what a door must escape, it escapes itself.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Asking the disk for a newer template takes as long as rendering a third of one.
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    environment.globals["clock"] = lambda: f"{local(now()):%H:%M}"
    return environment


ENVIRONMENT = _environment()


def render(name: str, facts: dict[str, Any], **more: Any) -> Card:
    """The card of a template, such as `answers/stock.query`. Raises TemplateNotFound."""
    return read_card(ENVIRONMENT.get_template(f"{name}.txt").render(r=View(facts), **more))


def exists(name: str) -> bool:
    """Whether there is such a template."""
    try:
        ENVIRONMENT.get_template(f"{name}.txt")
    except TemplateNotFound:
        return False
    return True
