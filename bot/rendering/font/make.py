"""Makes `sans.ttf` anew: `pip install fonttools==4.68.0`, then `python bot/rendering/font/make.py HAN LATIN`.

HAN is DroidSansFallbackFull.ttf of Debian's fonts-droid-fallback, LATIN is Roboto-Regular.ttf of its
fonts-roboto-unhinted; both are under the Apache License 2.0 (`LICENSE`). What is changed: only the characters below
are kept, hinting and layout are dropped, Roboto is brought to the other's scale, both are one file under a name of its
own, and what it does not have is drawn as a box.
"""

import sys
from pathlib import Path

from fontTools.merge import Merger
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

MADE = Path(__file__).with_name("sans.ttf")
NAME = "Liaodan Sans"
LICENCE = "Licensed under the Apache License, Version 2.0"
UNITS = 256

LATIN = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x370, 0x460))}
SIGNS = set("–—‘’“”…‰′″€№™ℓ℃℉Ω℮∂∆∏∑−∕∙√∞∫≈≠≤≥⅓⅔⅛⅜⅝⅞ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ")
GB2312 = {bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF)}
BIG5 = {bytes((row, cell)).decode("big5", "ignore") for row in range(0xA4, 0xC7) for cell in range(0x40, 0xFF)}
NAMES = set("㎡㎥㎜㎝㎞㎎㎏㏄￥￠￡〇镕喆堃昇祎珺玥煊彧犇淼焱垚﹢﹣赟翀頔旻昉旸玘珅玚翯")
"""What GB2312 lacks: the frequent half of Big5 for those who write 繁體, units, and characters of people's names."""

HAN = GB2312 | BIG5 | NAMES


def main(han: str, latin: str) -> None:
    """Both fonts, cut and brought to one scale, as one file."""
    letters = _cut(latin, LATIN | SIGNS)
    scale_upem(letters, UNITS)
    characters = _cut(han, HAN - {chr(code) for code in letters.getBestCmap()})
    parts = [MADE.with_suffix(f".{name}") for name in ("han", "latin")]
    for font, part in zip((characters, letters), parts, strict=True):
        font.save(part)
    made = Merger().merge(parts)
    for part in parts:
        part.unlink()
    made.recalcTimestamp = False
    made["head"].created = made["head"].modified = 0
    _draw_missing(made)
    _name(made)
    made.save(MADE)


def _cut(path: str, wanted: set[str]) -> TTFont:
    """A font with nothing but the outlines of these characters, as far as it has them."""
    font = TTFont(path, recalcTimestamp=False)
    options = Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[0], glyph_names=False)
    options.drop_tables += [
        "GDEF",
        "GPOS",
        "GSUB",
        "vhea",
        "vmtx",
        "gasp",
        "hdmx",
        "VDMX",
        "LTSH",
        "kern",
        "DSIG",
        "meta",
    ]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(letter) for text in wanted for letter in text])
    subsetter.subset(font)
    return font


def _draw_missing(font: TTFont) -> None:
    """Glyph 0, which stands for every character that is not there: an empty box."""
    pen = TTGlyphPen(None)
    # The inner square runs the other way round, which makes it a hole.
    for square in (((20, 0), (20, 180), (200, 180), (200, 0)), ((36, 16), (184, 16), (184, 164), (36, 164))):
        pen.moveTo(square[0])
        for corner in square[1:]:
            pen.lineTo(corner)
        pen.closePath()
    font["glyf"][".notdef"] = pen.glyph()
    font["hmtx"][".notdef"] = (220, 20)


def _name(font: TTFont) -> None:
    names = font["name"]
    names.names = []
    origin = "From Droid Sans Fallback, (c) 2006 Google Corporation, and Roboto, (c) 2011 Google Inc."
    for number, text in ((0, origin), (1, NAME), (2, "Regular"), (4, NAME), (6, NAME.replace(" ", "")), (13, LICENCE)):
        names.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    main(*sys.argv[1:])
