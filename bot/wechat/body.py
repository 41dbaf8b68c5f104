"""Callback bodies, XML or JSON, read into one immutable shape in which every leaf is text."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias
from xml.parsers.expat import ExpatError

import xmltodict

Value: TypeAlias = "str | Mapping[str, Value] | tuple[Value, ...]"

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16

# Entities can only be declared in a DOCTYPE, and a DOCTYPE can only stand before the root element. Demanding that the
# root comes first therefore shuts out both, yet lets a person send "<!DOCTYPE html>" as the text of a message.
_XML_START = re.compile(r"\s*(?:<\?xml(?P<declaration>[^<>]*)\?>\s*)?<[A-Za-z_]")
_ENCODING = re.compile(r"encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_JSON_START = re.compile(r"\s*\{")


class Malformed(Exception):
    """The request cannot be read as what WeChat sends (HTTP 400)."""


def check_text(raw: bytes) -> str:
    """Refuse, before any parser sees it, a body that is neither UTF-8 XML without a DOCTYPE nor a JSON object."""
    if len(raw) > MAX_BYTES:
        raise Malformed("body too large")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("body is not UTF-8") from error
    start = _XML_START.match(text)
    if start is None:
        if not _JSON_START.match(text):
            raise Malformed("body is neither XML without a DOCTYPE nor a JSON object")
    elif _ENCODING.search(start["declaration"] or ""):
        raise Malformed("body declares another encoding than UTF-8")
    return text


def read_body(raw: bytes) -> Mapping[str, Value]:
    """Read the fields of one callback body; numbers become text, empty elements "", repeated elements a tuple."""
    text = check_text(raw)
    fields = _read_json(text) if _JSON_START.match(text) else _read_xml(text)
    frozen = _freeze(fields, depth=1)
    if not isinstance(frozen, Mapping):
        raise Malformed("body has no fields")
    return frozen


def _read_xml(text: str) -> Any:
    try:
        document = xmltodict.parse(text, xml_attribs=False)
    except (ExpatError, ValueError) as error:
        raise Malformed("body is not well-formed XML") from error
    if "xml" not in document:
        raise Malformed("root element is not xml")
    return document["xml"]


def _read_json(text: str) -> Any:
    try:
        # Numbers stay as they were written: a MsgId has 64 bits and a coordinate should not pass through a float.
        return json.loads(
            text, parse_int=str, parse_float=str, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("body is not well-formed JSON") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("repeated key")
    return fields


def _freeze(value: Any, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise Malformed("body is nested too deeply")
    if isinstance(value, dict):
        return MappingProxyType({name: _freeze(child, depth + 1) for name, child in value.items()})
    if isinstance(value, list):
        return tuple(_freeze(child, depth + 1) for child in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    # JSON can escape NUL and half characters, which neither the database nor a reply could hold.
    return str(value or "").replace("\0", "").encode("utf-8", "replace").decode()
