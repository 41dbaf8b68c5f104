"""The little markdown that WeCom's client draws: headings, bold, links, code, quotes, three colours, mentions."""

import re
from dataclasses import dataclass

_INLINE = re.compile(
    r"\*\*(?P<bold>[^*\n]+)\*\*"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<url>https?://[^\s)]+)\)"
    r"|`(?P<code>[^`\n]+)`"
    r"|<font color=[\"']?(?P<colour>info|comment|warning)[\"']?>(?P<coloured>[^<\n]*)</font>"
    r"|<@(?P<member>[^>\n]+)>"
)
_HEADING = re.compile(r"(#{1,6}) +(.*)")


@dataclass(frozen=True)
class Piece:
    """A run of text drawn one way; `url` is where a link leads."""

    text: str
    kind: str = "text"
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A line and what it is: text, a quote or a heading."""

    kind: str
    pieces: list[Piece]


def lines(text: str) -> list[Line]:
    """The text as it is drawn; whatever is not known stays as it was written."""
    return [_line(each) for each in text.split("\n")]


def _line(text: str) -> Line:
    heading = _HEADING.fullmatch(text)
    if heading:
        return Line("heading", _pieces(heading[2]))
    if text.startswith(">"):
        return Line("quote", _pieces(text[1:].lstrip()))
    return Line("text", _pieces(text))


def _pieces(text: str) -> list[Piece]:
    pieces, end = [], 0
    for match in _INLINE.finditer(text):
        if match.start() > end:
            pieces.append(Piece(text[end : match.start()]))
        pieces.append(_piece(match))
        end = match.end()
    return pieces + ([Piece(text[end:])] if end < len(text) else [])


def _piece(match: re.Match[str]) -> Piece:
    if match["bold"]:
        return Piece(match["bold"], "bold")
    if match["url"]:
        return Piece(match["label"], "link", match["url"])
    if match["code"]:
        return Piece(match["code"], "code")
    if match["member"]:
        return Piece(f"@{match['member']}", "mention")
    return Piece(match["coloured"], match["colour"])
