"""So much of something, before it is known of what: 300个, 半箱, 38箱零5支, and what it is in the product's own unit."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from handlers.actor import Actor
from handlers.inputs import LARGEST, Reader, number, reads
from handlers.items import UNIT, halved, refuse_fractions, unit_factor
from handlers.reading.figures import FIGURE, read_figure
from handlers.references import WordReader
from models.base import ZERO
from models.errors import InvalidInput
from models.product.tables import Product
from models.text import plain

_PART = re.compile(rf"({FIGURE})\s*({UNIT})?")
_AND = re.compile(r"(?<=[^\d\s])[零又]\s*(?=[\d一二三四五六七八九十百千万两半])")

# The unit belongs to the figure before it, however much the rest of a line would like to have it.
MEASURE = (
    rf"(?:{FIGURE}\s*{UNIT}半|{FIGURE}\s*{UNIT}?(?:\s*[零又]?\s*{FIGURE}\s*{UNIT})?)"
    rf"(?!半|\s*{UNIT})(?!\s*[零又]\s*{FIGURE})(?![\d.])"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """Figures with the units they were said in; an empty unit is the product's own, and no figure at all is 全部."""

    parts: tuple[tuple[Decimal, str], ...]

    @property
    def text(self) -> str:
        """As it would be typed."""
        return "全部" if not self.parts else "".join(f"{figure.normalize():f}{unit}" for figure, unit in self.parts)

    async def of(self, product: Product, name: str = "quantity") -> Decimal:
        """In the product's own unit. Raises InvalidInput for a unit it does not come in, or half a piece."""
        if not self.parts:
            raise InvalidInput(input=name, given=self.text, why="not_a_quantity")
        whole = ZERO
        for figure, unit in self.parts:
            whole += figure * await unit_factor(product, unit or product.unit)
        refuse_fractions(product.unit, whole, name, said=self.text if self.parts[-1][1] else "")
        return whole


@dataclass(frozen=True, slots=True)
class Delta:
    """So much more, or less."""

    sign: int
    measure: Measure


class Whole:
    """All there is; said so, it needs no figure."""


@reads(Measure)
class MeasureReader(Reader[Measure]):
    slot = rf"(?<![\d.\-A-Za-z×]){MEASURE}"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Measure:
        found = Measure(()) if plain(text).strip() in WholeReader.words else measured(text)
        if found is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_quantity")
        if any(figure > LARGEST for figure, _ in found.parts):
            raise InvalidInput(input=name, given=text[:40], why="too_large")
        if any(figure != round(figure, 6) for figure, _ in found.parts):
            raise InvalidInput(input=name, given=text[:40], why="too_fine")
        return found

    def save(self, value: Measure) -> str:
        return value.text

    def told(self, name: str, value: Measure, said: str) -> dict[str, Any]:
        if len(value.parts) != 1:
            return {name: value.text}
        figure, unit = value.parts[0]
        return {name: number(figure), **({"unit": unit} if unit else {})}


@reads(Delta)
class DeltaReader(Reader[Delta]):
    """`多了20个` or +20; `少了3箱` or -3箱."""

    slot = rf"(?:[多少]了?|盘[盈亏]|[+\-])\s*{MEASURE}"
    signs = "多少盘+-"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Delta:
        found = re.fullmatch(r"(多了?|少了?|盘盈|盘亏|[+\-])?\s*(.+)", plain(text))
        if found is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_delta")
        measure: Measure = await MeasureReader().read(me, found[2], name)
        if not any(figure for figure, _ in measure.parts):
            raise InvalidInput(input=name, given=text[:40], why="too_small")
        return Delta(-1 if (found[1] or "+")[0] in "少-" or found[1] == "盘亏" else 1, measure)

    def save(self, value: Delta) -> str:
        return f"{'+' if value.sign > 0 else '-'}{value.measure.text}"

    def told(self, name: str, value: Delta, said: str) -> dict[str, Any]:
        if len(value.measure.parts) != 1:
            return {name: self.save(value)}
        figure, unit = value.measure.parts[0]
        # 个 is whatever is counted in pieces.
        return {name: value.sign * number(figure), **({"unit": unit} if unit not in ("", "个") else {})}


@reads(Whole)
class WholeReader(WordReader[Whole]):
    slot = r"(?:全收|全部|都收|全到了|全到|全)"
    words: ClassVar[dict[str, Any]] = dict.fromkeys(("全收", "全部", "都收", "全到了", "全到", "全", "true"), Whole())
    schema: ClassVar[dict[str, Any]] = {"type": "string", "enum": ["true"]}

    def save(self, value: Whole) -> str:
        return "true"

    def told(self, name: str, value: Whole, said: str) -> dict[str, Any]:
        return {name: True}


def measured(text: str) -> Measure | None:
    """What a text measures, or None if it is no measure."""
    said = _AND.sub("", halved(plain(text))).strip()
    parts, place = [], 0
    while place < len(said):
        found = _PART.match(said, place)
        figure = read_figure(found[1]) if found else None
        if found is None or figure is None:
            return None
        parts.append((figure, found[2] or ""))
        place = found.end()
        while place < len(said) and said[place] == " ":
            place += 1
    # Two figures without units between them are not one measure.
    if not parts or (len(parts) > 1 and not all(unit for _, unit in parts)) or len(parts) > 2:
        return None
    return Measure(tuple(parts))


def in_packs(quantity: Decimal, unit: str, pack: str | None, holds: Decimal | None) -> str | None:
    """A quantity in whole packs and what is left over, such as 5 箱 + 20 个; None for less than one pack."""
    if pack is None or not holds or holds == 1 or quantity < holds:
        return None
    whole, rest = divmod(quantity, holds)
    return f"{whole:,.0f} {pack}" + (f" + {rest.normalize():,f} {unit}" if rest else "")
