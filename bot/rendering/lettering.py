"""Letters of a picture: one font, how wide a text is, where its lines break, and how it is made to fit."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

FONT = Path(__file__).parent / "font" / "sans.ttf"
"""Both Chinese and Latin; what it lacks it draws as a box (`bot/rendering/font/make.py`)."""

BOLDER = 0.55
"""Pixels by which an outline is made heavier: a second weight of some seven thousand characters is another megabyte."""

SMALLEST = 16

# Latin words and figures stay together; between Chinese characters a line may break anywhere.
_PIECES = re.compile(r"[!-~\u00a0-\u024f]+|.", re.DOTALL)
_UNSEEN = re.compile("[\ufe00-\ufe0f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Letters:
    """How a text looks."""

    size: int
    colour: str
    bold: bool = False

    @property
    def line(self) -> int:
        """From one line to the next."""
        return round(self.size * 1.45)

    def width(self, text: str) -> float:
        """Pixels that a text takes on one line."""
        return _font(self.size).getlength(text)

    def draw(self, on: ImageDraw.ImageDraw, x: float, y: float, text: str, *, right: bool = False) -> None:
        """One line, its middle half a line below `y`; `x` is where it begins, or ends."""
        heavier = BOLDER if self.bold else 0
        at = (x, y + self.line / 2 + self.size * 0.36)
        on.text(at, text, self.colour, _font(self.size), "rs" if right else "ls", stroke_width=heavier)

    def fitted(self, text: str, width: float) -> tuple["Letters", str]:
        """The text on one line of so much room: smaller letters first, then less of it."""
        letters = self
        while letters.width(text) > width and letters.size > SMALLEST:
            letters = replace(letters, size=letters.size - 1)
        return letters, letters.cut(text, width)

    def cut(self, text: str, width: float) -> str:
        """As much of a text as has room, with … where something is missing."""
        if self.width(text) <= width:
            return text
        while text and self.width(f"{text}…") > width:
            text = text[:-1]
        return f"{text}…"

    def lines(self, text: str, width: float, most: int = 4) -> list[str]:
        """A text broken into lines, at most so many; the last says with … that there is more."""
        found = list(self._broken(text, width))
        if len(found) <= most:
            return found
        return [*found[: most - 1], self.cut(" ".join(found[most - 1 :]), width)]

    def _broken(self, text: str, width: float) -> Iterator[str]:
        line = ""
        for piece in _PIECES.findall(text):
            whole = self.width(piece) <= width
            for part in (piece,) if whole else piece:
                if line and self.width(line + part) > width:
                    yield line.rstrip()
                    line = ""
                line += part if line else part.lstrip()
        if line.strip():
            yield line.rstrip()


def drawable(text: str) -> str:
    """A text as it can be drawn: no control characters, nothing that only changes how its neighbours are shown."""
    seen = "".join(" " if letter in "\n\r\t" else letter for letter in _UNSEEN.sub("", text))
    return "".join(letter for letter in seen if unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)
