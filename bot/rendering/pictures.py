"""Pictures: the facts of a page, drawn for a phone's album as wide as a phone and as long as it takes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import segno
from jinja2 import FileSystemLoader, StrictUndefined
from PIL.ImageDraw import ImageDraw

from bot.rendering.canvas import ACCENT, BOX, INK, LEFT, QUIET, RIGHT, ROOM, SOFT, TONES, Canvas
from bot.rendering.filters import FILTERS
from bot.rendering.lettering import Letters, drawable
from bot.rendering.pages import stamp
from bot.rendering.templates import ROOT, FactsEnvironment
from handlers.documents import called
from models.clock import now

FOLDER = ROOT / "pictures"

TITLE = Letters(52, INK, bold=True)
COMPANY = Letters(30, INK, bold=True)
TEXT = Letters(28, INK)
STRONG = Letters(28, INK, bold=True)
SUB = Letters(26, QUIET)
NAME = Letters(22, QUIET)
SMALL = Letters(20, QUIET)
TOTAL = Letters(42, ACCENT, bold=True)

COLUMNS = ((338, 140), (510, 162), (RIGHT, 180))
"""Of each figure of a line: where it ends, and how much room it has."""

BESIDE = COLUMNS[0][0] - COLUMNS[0][1] - LEFT - 12
"""Room for what stands left of the figures; what is longer gets a line of its own."""

CODE = 172

PNG = "image/png"

Element = ElementTree.Element


def _environment() -> FactsEnvironment:
    environment = FactsEnvironment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        finalize=lambda value: drawable(str(called(value))),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(FILTERS, stamp=stamp)
    environment.globals.update(clock=lambda: stamp(now()))
    return environment


ENVIRONMENT = _environment()
KINDS = frozenset(path.stem for path in FOLDER.glob("*.xml"))
"""The kinds of page that can be had as a picture."""


def render_picture(
    kind: str, facts: dict[str, Any], company: dict[str, Any], expires: datetime, address: str | None
) -> bytes:
    """A page of one kind as PNG, with a code that leads to its address if it has one."""
    template = ENVIRONMENT.get_template(f"{kind}.xml")
    source = template.render(r=facts, company=company, expires=expires, address=address)
    canvas = Canvas()
    for part in ElementTree.fromstring(source):
        PARTS[part.tag](canvas, part)
    return canvas.png()


def _words(part: Element) -> str:
    return " ".join((part.text or "").split())


def _from(canvas: Canvas, part: Element) -> None:
    """Whose paper it is, and what it is."""
    canvas.y += 40
    kind = part.get("kind", "")
    canvas.line(SUB, kind, RIGHT, right=True)
    canvas.lines(COMPANY, _words(part), ROOM - SUB.width(kind) - 24)
    canvas.y += 14
    canvas.rule(ACCENT, 4)


def _title(canvas: Canvas, part: Element) -> None:
    """What it is called, and its state beside it."""
    canvas.y += 36
    text, mark = _words(part), part.get("mark", "")
    canvas.line(TITLE, text)
    if mark:
        colour, ground = TONES[part.get("tone", "")]
        letters = replace(SMALL, colour=colour, size=23)
        left = LEFT + TITLE.width(text) + 22
        middle = canvas.y + TITLE.line / 2
        canvas.box(middle - 20, middle + 22, ground, left, left + letters.width(mark) + 36)
        canvas.line(letters, mark, left + 18, down=(TITLE.line - letters.line) / 2 + 1)
    canvas.y += TITLE.line


def _sub(canvas: Canvas, part: Element) -> None:
    canvas.lines(SUB, _words(part))


def _note(canvas: Canvas, part: Element) -> None:
    """A few words in a box, with what they are in front."""
    colour, ground = TONES[part.get("tone", "")] if "tone" in part.attrib else (INK, BOX)
    canvas.y += 28
    top = canvas.y
    canvas.y += 18
    canvas.lines(replace(NAME, colour=colour, bold=True, size=24), part.get("name", ""), ROOM - 56, LEFT + 28)
    canvas.lines(replace(SUB, colour=SOFT if ground == BOX else colour), _words(part), ROOM - 56, LEFT + 28)
    canvas.y += 18
    canvas.box(top, canvas.y, ground)


def _facts(canvas: Canvas, part: Element) -> None:
    """What matters most, two beside each other unless one is wide."""
    canvas.y += 30
    top = canvas.y
    canvas.y += 24
    half = (ROOM - 56 - 24) / 2
    column = 0
    for fact in part:
        wide = "wide" in fact.attrib
        if wide and column:
            canvas.y, column = canvas.y + _FACT, 0
        x = LEFT + 28 + column * (half + 24)
        canvas.line(NAME, fact.get("name", ""), x)
        if wide:
            canvas.y += NAME.line
            canvas.lines(TEXT, _words(fact), ROOM - 56, x)
            canvas.y += 14
            continue
        big = TOTAL if "big" in fact.attrib else TEXT
        letters, text = big.fitted(_words(fact), half)
        canvas.line(letters, text, x, down=NAME.line + (_VALUE - letters.line) / 2)
        canvas.y += _FACT * column
        column = 1 - column
    canvas.y += _FACT * column + 8
    canvas.box(top, canvas.y)


_VALUE = 46
_FACT = NAME.line + _VALUE + 14
"""How high a figure and how high a fact is."""


def _head(canvas: Canvas, part: Element) -> None:
    """What the columns of the following lines are."""
    canvas.y += 34
    first, *others = [_words(cell) for cell in part]
    canvas.line(NAME, first)
    for (right, _), text in zip(COLUMNS, others, strict=True):
        canvas.line(NAME, text, right, right=True)
    canvas.y += NAME.line + 8
    canvas.rule()


def _line(canvas: Canvas, part: Element) -> None:
    """One of many: its name, below it what more there is to say and its figures, and below these their own notes."""
    canvas.y += 16
    canvas.lines(TEXT, part.get("name", ""))
    sub = part.get("sub", "")
    if NAME.width(sub) > BESIDE:
        canvas.lines(NAME, sub)
    else:
        canvas.line(NAME, sub, down=(TEXT.line - NAME.line) / 2)
    noted = any(cell.get("small") for cell in part)
    for (right, room), cell, look in zip(COLUMNS, part, (TEXT, TEXT, STRONG), strict=True):
        letters, text = replace(look, size=26).fitted(_words(cell), room)
        canvas.line(letters, text, right, down=(TEXT.line - letters.line) / 2, right=True)
        letters, text = SMALL.fitted(cell.get("small", ""), room)
        canvas.line(letters, text, right, down=TEXT.line - 2, right=True)
    canvas.y += TEXT.line + (SMALL.line if noted else 0) + 16
    canvas.rule()


def _sum(canvas: Canvas, part: Element) -> None:
    """A figure below all lines."""
    big = "big" in part.attrib
    figure = TOTAL if big else TEXT
    canvas.y += 10 if big else 16
    letters, text = figure.fitted(_words(part), ROOM - 260)
    canvas.line(letters, text, RIGHT, down=(figure.line - letters.line) / 2, right=True)
    name = STRONG if big else SUB
    canvas.line(name, part.get("name", ""), down=(figure.line - name.line) / 2)
    canvas.y += figure.line


def _foot(canvas: Canvas, part: Element) -> None:
    """Who says so and as of when, beside a code that leads to the page."""
    canvas.y += 44
    canvas.rule()
    canvas.y += 28
    top, code = canvas.y, part.get("code")
    if code:
        _code(canvas, code)
    room = ROOM - CODE - 36 if code else ROOM
    for each, look in zip(part, (STRONG, *[NAME] * (len(part) - 1)), strict=True):
        canvas.lines(look, _words(each), room)
        canvas.y += 4
    canvas.y = max(canvas.y, top + CODE if code else 0)


def _code(canvas: Canvas, text: str) -> None:
    """A QR code at the right, of whole pixels so that its edges are sharp."""
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    size = CODE // len(rows)
    left, top = RIGHT - size * len(rows), canvas.y

    def stroke(on: ImageDraw) -> None:
        for down, row in enumerate(rows):
            for across, dark in enumerate(row):
                if dark:
                    x, y = left + across * size, top + down * size
                    on.rectangle((x, y, x + size - 1, y + size - 1), INK)

    canvas.put(stroke)


PARTS: dict[str, Callable[[Canvas, Element], None]] = {
    "from": _from, "title": _title, "sub": _sub, "note": _note, "facts": _facts, "head": _head, "line": _line,
    "sum": _sum, "foot": _foot,
}  # fmt: skip
"""What a template in `templates/pictures` is made of."""
