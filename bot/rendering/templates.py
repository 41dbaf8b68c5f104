"""The words: one template for each handler, notice, error and question."""

from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from bot.rendering.card import Card, neutral, neutral_text, read_card
from bot.rendering.filters import FILTERS, clock_of
from handlers.documents import called
from models.clock import now

ROOT = Path(__file__).resolve().parents[2] / "templates"


class FactsEnvironment(Environment):
    """Facts as a template sees them: `r.items` is the fact of that name, absent where the asker may not look."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict:
            if attribute in obj:
                return obj[attribute]
            # The small tables of words inside templates are looked up with get(); facts never are.
            return obj.get if attribute == "get" else _absent(attribute)
        return super().getattr(obj, attribute)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One flat table: the chain of two that Jinja makes is walked anew at every rendering."""
        return {**self.globals, **(d or {})}


@cache
def _absent(name: str) -> StrictUndefined:
    """One for each name: most answers lack some facts, and what templates ask of these is whether they are there."""
    return StrictUndefined(name=name)


def _environment() -> Environment:
    environment = FactsEnvironment(
        loader=FileSystemLoader(ROOT),
        undefined=StrictUndefined,
        finalize=lambda value: neutral_text(value) if type(value) is str else neutral(called(value)),
        # These templates are lines of chat, not markup; what a door must escape, it escapes itself.
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Asking the disk for a newer template takes as long as rendering a third of one.
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    environment.globals["clock"] = lambda: clock_of(now())
    return environment


ENVIRONMENT = _environment()

# Jinja's own store of templates takes a lock and moves what it gives to the front; here nothing is ever thrown out.
_template = cache(ENVIRONMENT.get_template)


def render(name: str, facts: dict[str, Any], **more: Any) -> Card:
    """The card of a template, such as `answers/stock.query`. Raises TemplateNotFound."""
    return read_card(_template(f"{name}.txt").render(r=facts, **more))


def exists(name: str) -> bool:
    """Whether there is such a template."""
    try:
        _template(f"{name}.txt")
    except TemplateNotFound:
        return False
    return True
