"""The links a phone makes of a bot's text: an allow-list, everything else stays text."""

import html
import re
from dataclasses import dataclass
from urllib.parse import unquote

_ANCHOR = re.compile(r"<a\s+([^<>]*)>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_QUICK_REPLY = "weixin://bizmsgmenu?"


@dataclass(frozen=True)
class Span:
    """A piece of text and what a tap on it does: nothing, send a line, open a page or a mini-program."""

    text: str
    kind: str = "text"
    target: str = ""
    menu_id: str = ""
    app_id: str = ""


def spans(text: str) -> list[Span]:
    """The text in pieces; an anchor that is not on the allow-list stays as it was written."""
    pieces: list[Span] = []
    end = 0
    for match in _ANCHOR.finditer(text):
        link = _link(match[1], match[2])
        if link is None:
            continue
        if match.start() > end:
            pieces.append(Span(text[end : match.start()]))
        pieces.append(link)
        end = match.end()
    if end < len(text):
        pieces.append(Span(text[end:]))
    return pieces


def plain(text: str) -> str:
    """What the phone shows, without what lies behind it."""
    return "".join(span.text for span in spans(text))


def quick_reply(label: str, line: str, menu_id: str) -> Span:
    return Span(label, "send", line, menu_id)


def _link(attributes: str, label: str) -> Span | None:
    # A label with markup in it is not one WeChat would draw.
    if "<" in label:
        return None
    given = {name.lower(): html.unescape(one or two) for name, one, two in _ATTRIBUTE.findall(attributes)}
    if given.get("data-miniprogram-appid"):
        path = given.get("data-miniprogram-path", "")
        return Span(label, "miniprogram", path, app_id=given["data-miniprogram-appid"])
    href = given.get("href", "")
    if href.startswith(_QUICK_REPLY):
        query = dict(part.partition("=")[::2] for part in href[len(_QUICK_REPLY) :].split("&"))
        return quick_reply(label, unquote(query.get("msgmenucontent", "")), unquote(query.get("msgmenuid", "")))
    if href.startswith(("http://", "https://")):
        return Span(label, "url", href)
    return None
