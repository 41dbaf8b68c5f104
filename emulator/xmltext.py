"""XML as WeChat writes it, and a strict reader for what a backend writes back."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

# XML 1.0 has no way to write these, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class BadXml(ValueError):
    """The text is not the XML that was expected."""


def write_xml(fields: Mapping[str, Any]) -> str:
    """Text goes into CDATA, numbers stand bare, a list repeats its element."""
    return f"<xml>{_children(fields)}</xml>"


def _children(fields: Mapping[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if isinstance(value, Mapping):
        return f"<{name}>{_children(value)}</{name}>"
    if isinstance(value, (int, float)):
        return f"<{name}>{value}</{name}>"
    # A "]]>" inside would end the section early: split it over two.
    text = _FORBIDDEN.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>"


def read_xml(text: str) -> dict[str, Any]:
    """The children of <xml>; repeated elements become a list, empty ones an empty text."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadXml("a document type is not allowed")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise BadXml(str(error)) from error
    if root.tag != "xml":
        raise BadXml(f"the root is <{root.tag}>, not <xml>")
    value = _value(root)
    return value if isinstance(value, dict) else {}


def _value(element: ElementTree.Element) -> Any:
    if len(element) == 0:
        return element.text or ""
    fields: dict[str, Any] = {}
    for child in element:
        value = _value(child)
        if child.tag not in fields:
            fields[child.tag] = value
        elif isinstance(fields[child.tag], list):
            fields[child.tag].append(value)
        else:
            fields[child.tag] = [fields[child.tag], value]
    return fields
