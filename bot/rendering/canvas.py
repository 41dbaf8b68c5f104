"""A canvas as wide as a phone, which grows with what is put on it and becomes a PNG."""

import io
from collections.abc import Callable
from itertools import chain

from PIL import Image, ImageColor, ImageDraw

from bot.rendering.lettering import Letters

WIDTH, MARGIN = 750, 48
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
ROOM = RIGHT - LEFT

# The colours of `templates/pages/page.css`.
INK, QUIET, SOFT, ACCENT = "#2b2622", "#8d857b", "#5d564e", "#2f6b57"
PAPER, BOX, RULE = "#ffffff", "#f8f6f2", "#e4ddd2"
TONES = {
    "": ("#4d6479", "#eef1f4"),
    "good": (ACCENT, "#e9f2ee"),
    "warm": ("#a8661c", "#faf1e5"),
    "idle": ("#857b70", "#f2efea"),
}
"""Letters and ground of what is marked."""

STEPS = 8
"""From one colour to the ground it stands on: the soft edges of letters."""


def _palette() -> Image.Image:
    """Every colour there is, with its soft edges: fewer than a hundred make a third of the bytes that all would take.

    Grounds come exactly; a step too near to one of them would be taken in its place.
    """
    inks = [(ink, ground) for ground in (PAPER, BOX) for ink in (INK, QUIET, SOFT, ACCENT)] + list(TONES.values())
    grounds = {PAPER, BOX, RULE, *(ground for _, ground in TONES.values())}
    colours: list[tuple[int, ...]] = [ImageColor.getrgb(each) for each in sorted(grounds)]
    for ink, ground in inks:
        pairs = list(zip(ImageColor.getrgb(ink), ImageColor.getrgb(ground), strict=True))
        colours += [tuple(round(a + (b - a) * step / STEPS) for a, b in pairs) for step in range(STEPS)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(list(chain.from_iterable(dict.fromkeys(colours))))
    return palette


PALETTE = _palette()


class Canvas:
    """What has been put down so far, and how far down that reaches; drawn only when its length is known."""

    def __init__(self) -> None:
        self.y = 0
        self._strokes: list[Callable[[ImageDraw.ImageDraw], None]] = []

    def put(self, stroke: Callable[[ImageDraw.ImageDraw], None]) -> None:
        """Something to be drawn, above what came before."""
        self._strokes.append(stroke)

    def line(self, letters: Letters, text: str, x: float = LEFT, *, down: float = 0, right: bool = False) -> None:
        """One line of text."""
        y = self.y + down
        self.put(lambda on: letters.draw(on, x, y, text, right=right))

    def lines(self, letters: Letters, text: str, width: float = ROOM, x: float = LEFT) -> None:
        """A text as long as it is, and below it."""
        for each in letters.lines(text, width):
            self.line(letters, each, x)
            self.y += letters.line

    def rule(self, colour: str = RULE, thick: int = 2) -> None:
        """A line across, and below it."""
        y = self.y
        self.put(lambda on: on.rectangle((LEFT, y, RIGHT - 1, y + thick - 1), colour))
        self.y += thick

    def box(self, top: float, bottom: float, colour: str = BOX, left: float = LEFT, right: float = RIGHT) -> None:
        """A coloured ground, beneath everything that has been put down."""
        radius = min(18, (bottom - top) / 2)
        self._strokes.insert(0, lambda on: on.rounded_rectangle((left, top, right, bottom), radius, colour))

    def png(self) -> bytes:
        """The whole of it."""
        image = Image.new("RGB", (WIDTH, self.y + MARGIN), PAPER)
        on = ImageDraw.Draw(image)
        for stroke in self._strokes:
            stroke(on)
        out = io.BytesIO()
        image.quantize(palette=PALETTE, dither=Image.Dither.NONE).save(out, "PNG")
        return out.getvalue()
