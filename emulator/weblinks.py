"""Web addresses in what a backend sends: they begin with http:// or https:// and name a host, or are refused."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .refusals import Refusal


def is_link(value: object) -> bool:
    """Would a phone open it as a page?"""
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def check_links(door: str, part: Mapping[str, Any], *names: str) -> None:
    """Refuse the first of these fields that is there and holds no address, in the words of that platform."""
    for name in names:
        if part.get(name) in (None, "") or is_link(part[name]):
            continue
        if door == "work":
            raise Refusal(45034, f"{name} lacks http:// or https://")
        raise Refusal(40048, "invalid url domain")
