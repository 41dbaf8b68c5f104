"""`那张发票`, `那单`, `这个`: the document that was just spoken of in this conversation."""

import re
from typing import Any

import orjson

from handlers.call import Call
from handlers.references import DocumentReader
from handlers.registry import handler

MOST = 5
"""Documents of one kind that are remembered; of more, nobody means just one."""

_WORDS = {
    "IV": "发票|票", "SO": "订单|单子|单", "QU": "报价单|报价", "RC": "收款", "PM": "付款", "SI": "进项票", "PO": "采购单", "DN": "发货单",
    "RT": "退货单|退货", "AP": "审批",
}  # fmt: skip
_PREFIXES = {word: prefix for prefix, words in _WORDS.items() for word in words.split("|")}
_WHAT = "|".join(sorted(_PREFIXES, key=len, reverse=True))
_POINT = re.compile(
    rf"[那这](?:[张笔份]|个(?={_WHAT}))?(?P<what>{_WHAT})|[那这][张笔份]|[那这]个(?![年月日周季星礼客产人半])"
)
_NUMBER = re.compile(r"[A-Z]{2,3}\d{4,8}")
# In JSON, to look through the facts at once.
_QUOTED = re.compile(rf'"({_NUMBER.pattern})"'.encode())


def spoken_of(facts: dict[str, Any]) -> dict[str, list[str]]:
    """The documents an answer is about, by their prefix; the one that it is about itself stands alone."""
    found: dict[str, list[str]] = {}
    for value in map(bytes.decode, dict.fromkeys(_QUOTED.findall(orjson.dumps(facts)))):
        found.setdefault(_prefix(value), []).append(value)
    own = facts.get("number")
    if isinstance(own, str) and _NUMBER.fullmatch(own):
        found[_prefix(own)] = [own]
    return {kind: each[:MOST] for kind, each in found.items()}


def pointed_at(line: str, call: Call, spoken: dict[str, list[str]]) -> tuple[str, list[str]] | None:
    """The input that a line points at without naming it, and which documents it can mean; None if it does not point."""
    point = _POINT.search(line)
    # 老王上周那单 is one of 老王's of last week, whatever was spoken of.
    if point is None or {"customer", "period"} & call.inputs.keys():
        return None
    wanted = _PREFIXES.get(point["what"] or "")
    for name, each in handler(call.name).inputs.items():
        if name in call.inputs or not isinstance(each.reader, DocumentReader):
            continue
        kind = each.reader.prefix
        if wanted == kind or (wanted is None and kind in spoken):
            return name, spoken.get(kind, [])
    return None


def named(line: str, spoken: dict[str, list[str]]) -> str | None:
    """The line with the number of the one document it points at; None if it points at none, or at one of several."""
    point = _POINT.search(line)
    if point is None or not spoken:
        return None
    kind = _PREFIXES.get(point["what"] or "") or next(reversed(spoken))
    numbers = spoken.get(kind, [])
    return line[: point.start()] + numbers[0] + line[point.end() :] if len(numbers) == 1 else None


def _prefix(number: str) -> str:
    return number.rstrip("0123456789")
