"""`不是5000是3000`: another figure for what waits to be confirmed."""

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from handlers.call import Call
from handlers.reading.figures import FIGURE, read_figure

_UNIT = r"[个件只支根条卷箱盒元块]?"
_SAID = (
    re.compile(rf"(?:错了)?[\s,，]*不是(?P<old>{FIGURE}){_UNIT}[\s,，]*(?:是|要)(?P<new>{FIGURE}){_UNIT}"),
    re.compile(rf"(?:错了)?[\s,，]*是(?P<new>{FIGURE}){_UNIT}[\s,，]*不是(?P<old>{FIGURE}){_UNIT}"),
)


def read_correction(line: str) -> tuple[Decimal, Decimal] | None:
    """The figure that was wrong and the one that is right; None if a line says no such thing."""
    for pattern in _SAID:
        if found := pattern.fullmatch(line):
            old, new = read_figure(found["old"]), read_figure(found["new"])
            if old is not None and new is not None:
                return old, new
    return None


def corrected(call: Call, old: Decimal, new: Decimal) -> Call | None:
    """The Call with the one figure changed that was wrong; None if it holds none such, or several."""
    places: list[None] = []

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: changed(each) for name, each in value.items()}
        if isinstance(value, list):
            return [changed(each) for each in value]
        if isinstance(value, str) and _figure(value) == old:
            places.append(None)
            return f"{new:f}"
        return value

    inputs = changed(call.inputs)
    return replace(call, inputs=inputs, ready={}) if len(places) == 1 else None


def _figure(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
