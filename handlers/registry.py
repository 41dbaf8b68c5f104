"""Every handler by name, with what can be read off its signature: inputs, result, help."""

import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from handlers import carriers, files, items, measures, money, notices, places, references, sales
from handlers.inputs import READERS, Reader
from handlers.result import Result
from models.errors import Refused

GOES_ON = "…"
"""Begins a phrase that is about what was spoken of before: `…还差多少个`."""

Function = Callable[..., Awaitable[Any]]


class UnknownHandler(Refused):
    """There is no such thing to ask for."""

    code, status = "unknown_handler", 404


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a handler."""

    name: str
    reader: Reader[Any]
    required: bool
    default: Any = None


@dataclass(frozen=True, slots=True)
class Handler:
    """One thing a person can ask for, with every face derived from its function."""

    name: str
    kind: Literal["query", "command"]
    run: Function
    says: tuple[str, ...]
    inputs: dict[str, Input]
    result: type[Result]
    confirm: bool
    long: bool
    help: str = field(default="")


REGISTRY: dict[str, Handler] = {}

# Importing the kinds of inputs is what registers their readers.
KINDS = (carriers, files, items, measures, money, notices, places, references, sales)


def query(name: str, *, says: tuple[str, ...] | list[str] = ()) -> Callable[[Function], Function]:
    """Registers a handler that only reads."""
    return _register(name, "query", says, confirm=False, long=False)


def command(
    name: str, *, says: tuple[str, ...] | list[str] = (), confirm: bool = False, long: bool = False
) -> Callable[[Function], Function]:
    """Registers a handler that writes: one transaction, idempotent, audited.

    `confirm` has chat echo first; `long` runs it as a job in chunks.
    """
    return _register(name, "command", says, confirm=confirm, long=long)


def handler(name: str) -> Handler:
    """A handler by name. Raises UnknownHandler."""
    try:
        return load()[name]
    except KeyError:
        raise UnknownHandler(handler=name) from None


@lru_cache(maxsize=1)
def load() -> dict[str, Handler]:
    """The registry with every area's module imported, whoever imported one of them before."""
    import handlers.areas

    for module in pkgutil.walk_packages(handlers.areas.__path__, "handlers.areas."):
        importlib.import_module(module.name)
    return REGISTRY


def _register(
    name: str, kind: Literal["query", "command"], says: tuple[str, ...] | list[str], *, confirm: bool, long: bool
) -> Callable[[Function], Function]:
    def register(run: Function) -> Function:
        if name in REGISTRY:
            raise ValueError(f"two handlers are called {name}")
        hints = typing.get_type_hints(run, include_extras=True)
        REGISTRY[name] = Handler(
            name=name,
            kind=kind,
            run=run,
            says=tuple(says),
            inputs={
                parameter.name: _input(parameter, hints[parameter.name])
                for parameter in inspect.signature(run).parameters.values()
                if parameter.kind is inspect.Parameter.KEYWORD_ONLY
            },
            result=_result(hints["return"]),
            confirm=confirm,
            long=long,
            help=inspect.getdoc(run) or "",
        )
        return run

    return register


def _input(parameter: inspect.Parameter, hint: Any) -> Input:
    required = parameter.default is inspect.Parameter.empty
    return Input(parameter.name, READERS[_bare(hint)], required, None if required else parameter.default)


def _bare(hint: Any) -> Any:
    """The type itself, where None is only for leaving it out."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        kinds = [part for part in typing.get_args(hint) if part is not type(None)]
        return kinds[0]
    return hint


def _result(hint: Any) -> type[Result]:
    """The Result a handler answers with, also inside Done[…]."""
    inner = typing.get_args(hint)  # of Done[…], or of what a long command answers first
    return typing.cast(type[Result], inner[0] if inner else hint)
