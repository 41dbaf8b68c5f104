"""What a handler answers: facts with names, of which each asker gets those they may see, alike in every face."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict

from handlers.documents import reference
from models.clock import local
from models.states import Labelled


@dataclass(frozen=True, slots=True)
class Needs:
    """Marks a field as absent for those without the right, in every face."""

    right: str


@dataclass(frozen=True, slots=True)
class Places:
    """How many decimals a figure always shows; None shows as many as it has."""

    count: int | None


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks text as a reference, which JSON carries as an object: the `number` of a document, or the `name` of what has only that."""

    by: str


Numbered = Annotated[str, Refers("number")]
Named = Annotated[str, Refers("name")]
Money = Annotated[Decimal, Places(2)]
Price = Annotated[Decimal, Places(None)]
Quantity = Annotated[Decimal, Places(None)]


class Result(BaseModel):
    """The facts of an answer. Decimals leave as strings, states with their `…_text`, None and hidden ones not."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    def facts(self, rights: frozenset[str]) -> dict[str, Any]:
        """The answer as JSON for someone who has these rights to see fields that need one."""
        shown: dict[str, Any] = {}
        values = self.__dict__
        for name, places, refers in _plan(type(self), rights):
            value = values[name]
            if value is None:
                continue
            kind = type(value)
            if kind is Decimal:
                shown[name] = figure(value, places)
            elif refers is not None:
                shown[name] = [reference(each, refers) for each in value] if kind is list else reference(value, refers)
            elif kind in _PLAIN:
                shown[name] = value
            else:
                if isinstance(value, Labelled):
                    shown[f"{name}_text"] = value.text
                shown[name] = _fact(value, places, rights)
        return shown


class Ref(Result):
    """A reference to a row: its number or code, and its name."""

    number: str | None = None
    code: str | None = None
    name: str = ""

    @classmethod
    def of(cls, row: Any) -> "Ref":
        """A person, a customer or a supplier: the number, and what they are called; a product by its code."""
        if hasattr(row, "code"):
            return cls(code=row.code, name=row.name)
        return cls(number=row.number or None, name=getattr(row, "called", None) or row.name)


class Listing(Result):
    """A page of a list: how many there are in all, and how to get the next."""

    PAGE: ClassVar[int] = 5

    total: int
    next: str | None = None

    def facts(self, rights: frozenset[str]) -> dict[str, Any]:
        return {**super().facts(rights), "next": self.next}


class Entire(Listing):
    """A list that comes whole: its total is what is in it, and nothing comes next."""

    total: int = 0

    def facts(self, rights: frozenset[str]) -> dict[str, Any]:
        shown = super().facts(rights)
        return {**shown, "total": len(shown["items"])}


_PLAIN = frozenset({str, bool, int})
"""What JSON has too: nothing is to be done about it, and to look closer costs more than all the rest."""

NO_RIGHTS: frozenset[str] = frozenset()

Step = tuple[str, int | None, str | None]


@cache
def _plan(kind: type[Result], rights: frozenset[str]) -> tuple[Step, ...]:
    """Name, decimals and way of referring of each field that these rights show; worked out once."""
    return tuple(
        (name, _places(field.metadata), refers_by(field.annotation, field.metadata))
        for name, field in kind.model_fields.items()
        if all(mark.right in rights for mark in field.metadata if isinstance(mark, Needs))
    )


def _places(metadata: list[Any]) -> int | None:
    return next((mark.count for mark in metadata if isinstance(mark, Places)), None)


def refers_by(annotation: Any, metadata: Iterable[Any] = ()) -> str | None:
    """How a field of text refers, also inside a union or a list; None if it does not."""
    marks = [mark.by for mark in (*metadata, *getattr(annotation, "__metadata__", ())) if isinstance(mark, Refers)]
    if marks:
        return str(marks[0])
    return next((by for part in get_args(annotation) if (by := refers_by(part)) is not None), None)


def plain_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of an error as JSON."""
    return {name: _fact(value, None, NO_RIGHTS) for name, value in facts.items() if value is not None}


def _fact(value: Any, places: int | None, rights: frozenset[str]) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is Decimal:
        return figure(value, places)
    if kind is list:
        return [_fact(part, places, rights) for part in value]
    if kind is dict:
        return {name: _fact(part, places, rights) for name, part in value.items()}
    if isinstance(value, Result):
        return value.facts(rights)
    if isinstance(value, Labelled):
        return value.value
    if isinstance(value, Decimal):
        return figure(value, places)
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_fact(part, places, rights) for part in value]
    return value


def figure(value: Decimal, places: int | None = None) -> str:
    """A decimal as JSON carries it: no exponent, and no zeros that say nothing."""
    if places is not None:
        return f"{value:.{places}f}"
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
