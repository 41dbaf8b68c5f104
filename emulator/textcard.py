"""The description of a text card: up to three kinds of paragraphs in div tags, and text between them."""

import html
import re
from dataclasses import dataclass

_DIV = re.compile(
    r"""<div(?:\s+class\s*=\s*["']?(?P<kind>gray|normal|highlight)["']?)?\s*>(?P<text>.*?)</div>""", re.DOTALL
)
_BREAK = re.compile(r"<br\s*/?>")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph and how it is drawn: gray, normal or highlight."""

    text: str
    kind: str = "normal"


def paragraphs(description: str) -> list[Paragraph]:
    """The description in paragraphs; markup that WeCom does not know stays as it was written."""
    found, end = [], 0
    for match in _DIV.finditer(description):
        found.append(_paragraph(description[end : match.start()]))
        found.append(_paragraph(match["text"], match["kind"] or "normal"))
        end = match.end()
    found.append(_paragraph(description[end:]))
    return [each for each in found if each.text]


def _paragraph(text: str, kind: str = "normal") -> Paragraph:
    return Paragraph(html.unescape(_BREAK.sub("\n", text)).strip(), kind)
