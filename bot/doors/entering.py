"""What enters as JSON, as a query or in a header, read once: from here on it is text that a database takes."""

import json
import math
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from models.errors import Refused

MAX_DEPTH = 32

LONGEST_KEY = 120

_BEARER = "bearer "


class MalformedRequest(Refused):
    """The body or the query is not of the form it should have."""

    code, status = "malformed", 400


class KeyRequired(Refused):
    """A command came without an Idempotency-Key that could be one."""

    code, status = "idempotency_key_required", 400


async def read_object(request: web.Request) -> dict[str, Any]:
    """The JSON object of a body; no body is an empty one. Raises MalformedRequest."""
    return parse_object(await request.read() or b"{}")


def parse_object(raw: bytes) -> dict[str, Any]:
    """A JSON object out of bytes. Raises MalformedRequest."""
    try:
        body = json.loads(raw, parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        raise MalformedRequest() from None
    if not isinstance(body, dict):
        raise MalformedRequest()
    _check(body, 1)
    return body


def read_query(query: MultiMapping[str]) -> dict[str, Any]:
    """The inputs of a query; repeated keys make lists. Raises MalformedRequest."""
    inputs = {name: values[0] if len(values := query.getall(name)) == 1 else values for name in query}
    _check(inputs, 1)
    return inputs


def bearer(headers: Mapping[str, str]) -> str:
    """The token of a request; "" where there is none that could be one."""
    given = headers.get("Authorization", "")
    token = given[len(_BEARER) :].strip() if given[: len(_BEARER)].lower() == _BEARER else ""
    return token if token.isascii() else ""


def idempotency_key(headers: Mapping[str, str]) -> str:
    """The key of a command. Raises KeyRequired."""
    key = headers.get("Idempotency-Key", "").strip()
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise KeyRequired()
    return key


def _check(value: Any, depth: int) -> None:
    """Refuses what PostgreSQL's text, bigint and jsonb cannot hold, and what nests deeper than anything that is meant."""
    if isinstance(value, str):
        if "\0" in value or not _encodable(value):
            raise MalformedRequest()
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise MalformedRequest()
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            raise MalformedRequest()
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            _check(part, depth + 1)


def _encodable(text: str) -> bool:
    """Whether it is free of halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _finite(figure: str) -> float:
    """A number with a point; 1e999 would be read as infinity."""
    value = float(figure)
    if not math.isfinite(value):
        raise ValueError(figure)
    return value
