"""Items of an order as people say them: so much of a product, in the unit it was said in, or in two (1箱零20个)."""

import re
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NewType

from handlers.actor import Actor
from handlers.inputs import READERS, Ambiguous, Count, Day, Reader, reads
from handlers.reading.dates import DAY
from handlers.reading.figures import FIGURE, read_figure
from handlers.references import ProductReader
from models.errors import InvalidInput, NotFound
from models.product.tables import Pack, Product
from models.text import plain


@dataclass(frozen=True, slots=True)
class Item:
    """So much of a product, in the unit it was said in."""

    product: Product
    quantity: Decimal
    unit: str
    base_quantity: Decimal
    remark: str = ""
    said_unit: str = ""

    @property
    def told(self) -> str:
        """As `understand` shows it, with the unit only if it was said: 角阀DN15×2箱."""
        return f"{self.product.name}×{self.quantity.normalize():f}{self.said_unit}"


Unit = NewType("Unit", str)

NEEDED = {"product", "quantity"}


@reads(list[Item])
class ItemsReader(Reader[list[Item]]):
    """Products with quantities: `m8x30 5000个`, `角阀50 面板一箱`, or a list of objects in JSON."""

    slot = r".*?[\d零〇一二三四五六七八九十百千万两半].*?"
    schema = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "product": {"type": "string"},
                "quantity": {"type": "string", "format": "decimal"},
                "unit": {"type": "string"},
                "remark": {"type": "string"},
            },
            "required": ["product", "quantity"],
        },
    }

    async def read(self, me: Actor, text: str, name: str) -> list[Item]:
        if below := says_below_nothing(text):
            raise InvalidInput(input="quantity", given=below, why="too_small")
        said = split_items(text)
        if not said:
            raise InvalidInput(input=name, given=text, why="no_items")
        items: list[Item] = []
        for index, each in enumerate(said):
            try:
                items.append(await self._item(me, said, index, name))
            except NotFound:
                # What follows the goods, such as 月结 or 送到老地方, is a remark; the echo shows it.
                if not items or each.quantity is not None:
                    raise
                await _refuse_strange_day(me, each.product)
                items[-1] = replace(items[-1], remark=f"{items[-1].remark} {each.product}".strip())
        return items

    async def load(self, me: Actor, value: Any, name: str) -> list[Item]:
        if not isinstance(value, list) or not 1 <= len(value) <= 100:
            raise InvalidInput(input=name, given=value, why="items_1_to_100")
        items = []
        for each in value:
            if not isinstance(each, dict) or not NEEDED <= each.keys() <= {*NEEDED, "unit", "remark"}:
                raise InvalidInput(input=name, given=each, why="item_product_quantity_unit")
            made = await make_item(me, str(each["product"]), each["quantity"], str(each.get("unit") or ""), name)
            items.append(replace(made, remark=str(each.get("remark") or "")[:100]))
        return items

    def save(self, value: list[Item]) -> list[dict[str, str]]:
        return [
            {"product": item.product.code, "quantity": f"{item.quantity:f}", "unit": item.unit}
            | ({"remark": item.remark} if item.remark else {})
            for item in value
        ]

    def told(self, name: str, value: list[Item], said: str) -> dict[str, Any]:
        remark = " ".join(item.remark for item in value if item.remark)
        return {name: [item.told for item in value], **({"note": remark} if remark else {})}

    def untold(self, name: str, said: str) -> dict[str, Any]:
        parts = split_items(said)
        goods = [part.told for part in parts if part.quantity is not None and part.product]
        remark = " ".join(part.product for part in parts if part.quantity is None)
        return {name: goods, **({"note": remark} if remark else {})} if goods else {name: said}

    async def _item(self, me: Actor, said: "list[Said]", index: int, name: str) -> Item:
        """One item; if several products fit, each choice is the whole line with that one in its place."""
        each = said[index]
        if not each.product:
            raise InvalidInput(input=name, given=each.line, why="product_missing")
        try:
            item = await make_item(me, each.product, each.quantity, each.unit, name, each.rest is None)
            return item if each.rest is None else await _in_two_units(item, *each.rest)
        except Ambiguous as several:
            for choice in several.facts["choices"]:
                chosen = [*said[:index], replace(each, product=choice["code"]), *said[index + 1 :]]
                choice["line"] = "，".join(part.line for part in chosen)
            raise


@dataclass(frozen=True, slots=True)
class Said:
    """One item as it was said, before the product is looked up; `rest` is what was said in a second unit."""

    product: str
    quantity: Decimal | None
    unit: str
    rest: tuple[Decimal, str] | None = None

    @property
    def line(self) -> str:
        """As it would be typed."""
        figure = "" if self.quantity is None else f"{self.quantity:f}"
        rest = f"{self.rest[0]:f}{self.rest[1]}" if self.rest else ""
        return f"{self.product} {figure}{self.unit}{rest}".strip()

    @property
    def told(self) -> str:
        """As `understand` shows it."""
        return f"{self.product}×{self.quantity or 0:f}{self.unit}"


MEASURED = {"米", "公斤", "吨", "kg", "升", "平方米"}
"""Units of what is measured rather than counted."""

UNIT = r"(?:公斤|kg|KG|[个件只支根条卷箱盒米套台张把副双瓶桶袋包吨片])"
_ARABIC = r"(?<![A-Za-z×.\d\-])\d[\d,]*(?:\.\d+)?(?:[万千百wWkK]\d*)?"
_HAN = r"(?<![零〇一二三四五六七八九十百千万两俩])(?:[零〇一二三四五六七八九十百千万两俩]+|半)"
# With a unit it is a quantity wherever it stands; without one it must not be part of a name such as 86型 or 18W.
_QUANTITY = re.compile(rf"({_ARABIC}|{_HAN})\s*(?:({UNIT})|(?![A-Za-z×\d.\-型号寸]))")
# A dash inside a name such as DZ47-63 or A-03-2 is none; before so many of a unit it is.
_BELOW_NOTHING = re.compile(
    rf"(?:(?:^|(?<=[\s,，、;；。和\u4e00-\u9fff]))-\s*|负\s*)({FIGURE})\s*{UNIT}?(?![A-Za-z×\d.\-型号寸])"
    rf"|-\s*({FIGURE})\s*{UNIT}(?![A-Za-z\d])"
)
_DAY = re.compile(DAY)
_HALF_MORE = re.compile(rf"({_ARABIC}|{_HAN})\s*({UNIT})半(?!\s*{UNIT})")
_TWO_UNITS = re.compile(rf"({_ARABIC}|{_HAN})\s*({UNIT})\s*[零又]?\s*({FIGURE})\s*({UNIT})(?!\s*{UNIT})")
_ONLY_QUANTITY = re.compile(rf"({FIGURE})\s*({UNIT})?")
# `500 个` is said as often as `500个`; the 30 of M8×30 is no figure of its own.
_APART = re.compile(rf"({_ARABIC}|{_HAN})\s+(?={UNIT}(?![A-Za-z\d\u4e00-\u9fff]))")
_BREAK = re.compile(r"[\s,，、;；。和]+")


def says_below_nothing(text: str) -> str:
    """So many less than none, wherever they stand: they are no part of a name and no remark; empty without."""
    below = _BELOW_NOTHING.search(plain(text))
    return f"-{below[1] or below[2]}" if below else ""


async def _refuse_strange_day(me: Actor, remark: str) -> None:
    """Raises InvalidInput for a day in a remark that there is none of, or that is years off."""
    for found in _DAY.finditer(remark):
        try:
            await READERS[Day].read(me, found[0], "date")
        except InvalidInput as wrong:
            if wrong.facts["why"] != "not_a_day":
                raise


def halved(text: str) -> str:
    """两箱半 as 2.5箱."""
    return _HALF_MORE.sub(lambda said: f" {(read_figure(said[1]) or 0) + Decimal('0.5')}{said[2]}", text)


def split_items(text: str) -> list[Said]:
    """The items of a line in the order said; a product and its quantity may stand apart."""
    items: list[Said] = []
    waiting = token_before = ""
    for token in filter(None, _BREAK.split(halved(_APART.sub(r"\1", plain(text))))):
        said = _said(token)
        if said.quantity is not None and not said.product:
            if not waiting and items and not items[-1].unit:
                # Two figures in a row: the first was part of the name, as in PPR水管20 2.5米 and in M8 30 500个.
                name = items.pop().product
                waiting = f"{name} {token_before}" if _ONLY_QUANTITY.fullmatch(token_before) else token_before
            items.append(replace(said, product=waiting))
            waiting = ""
        elif said.quantity is not None:
            items.append(replace(said, product=f"{waiting} {said.product}".strip()))
            waiting = ""
        elif items and not items[-1].product:
            items[-1] = replace(items[-1], product=said.product)
        else:
            waiting = f"{waiting} {said.product}".strip()
        token_before = token
    return [*_joined(items), *([Said(waiting, None, "")] if waiting else [])]


def _joined(items: list[Said]) -> list[Said]:
    """A quantity of nothing in another unit than the one before it belongs to that: `灯管 1箱 20支`."""
    made: list[Said] = []
    for each in items:
        before = made[-1] if made else None
        if (
            before
            and not each.product
            and each.quantity
            and before.unit
            and before.rest is None
            and each.unit not in ("", before.unit)
        ):
            made[-1] = replace(before, rest=(each.quantity, each.unit))
        else:
            made.append(each)
    return made


def _said(token: str) -> Said:
    """Which figure of a token is the quantity: the last that has a unit, else the last that is not part of a name."""
    if whole := _ONLY_QUANTITY.fullmatch(token):
        return Said("", read_figure(whole[1]), whole[2] or "")
    if (both := _TWO_UNITS.search(token)) and both[2] != both[4]:
        first, second = read_figure(both[1]), read_figure(both[3])
        if first is not None and second is not None:
            return Said(
                (token[: both.start()] + token[both.end() :]).strip("×x*的 "), first, both[2], (second, both[4])
            )
    found = [match for match in _QUANTITY.finditer(token) if read_figure(match[1]) is not None]
    at_edge = [match for match in found if match[2] or match.end() == len(token)]
    if not at_edge:
        return Said(token, None, "")
    best = next((match for match in reversed(at_edge) if match[2]), at_edge[-1])
    rest = (token[: best.start()] + token[best.end() :]).strip("×x*的要 ")
    return Said(rest, read_figure(best[1]), best[2] or "")


@reads(Unit)
class UnitReader(Reader[Unit]):
    """A unit in which something comes; whether it does is for whoever asks for it."""

    slot = UNIT
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Unit:
        unit = plain(text).strip()
        if not unit or len(unit) > 10:
            raise InvalidInput(input=name, given=text[:20], why="not_a_unit")
        return Unit(unit)


async def make_item(me: Actor, product: str, quantity: Any, unit: str, name: str, whole: bool = True) -> Item:
    """An item with its product looked up and its quantity in the product's own unit, unless it is not yet the `whole`."""
    found = await ProductReader().read(me, product, name)
    if quantity is None:
        raise InvalidInput(input="quantity", given=product, why="quantity_missing", product=found.name)
    given = (
        quantity if isinstance(quantity, str | int) else f"{quantity:f}" if isinstance(quantity, Decimal) else quantity
    )
    figure: Decimal = await READERS[Count].load(me, given, "quantity")
    if figure <= 0:
        raise InvalidInput(input="quantity", given=str(quantity), why="too_small")
    said_unit, unit = unit, unit or found.unit
    base = figure * await unit_factor(found, unit)
    if whole:
        refuse_fractions(found.unit, base, "quantity", said=f"{figure.normalize():f}{unit}")
    return Item(found, figure, unit, base, said_unit=said_unit)


async def _in_two_units(item: Item, rest: Decimal, unit: str) -> Item:
    """A box and 20 pieces are so many pieces."""
    if rest <= 0:
        raise InvalidInput(input="quantity", given=f"{rest:f}{unit}", why="too_small")
    base = item.base_quantity + rest * await unit_factor(item.product, unit)
    refuse_fractions(
        item.product.unit, base, "quantity", said=f"{item.quantity.normalize():f}{item.unit}{rest:f}{unit}"
    )
    return Item(item.product, base, item.product.unit, base, said_unit=item.product.unit)


def refuse_fractions(unit: str, quantity: Decimal, name: str, *, said: str = "") -> None:
    """What is counted in pieces comes in whole ones; half a pack may not be. Raises InvalidInput."""
    if unit in MEASURED or quantity == quantity.to_integral_value():
        return
    exact = f"{quantity.normalize():f}{unit}"
    if said in ("", exact):
        raise InvalidInput(input=name, given=exact, why="whole_only")
    below = quantity.to_integral_value(ROUND_FLOOR)
    raise InvalidInput(
        input=name, given=said, why="half_a_piece", exact=exact, below=f"{below:f}{unit}", above=f"{below + 1:f}{unit}"
    )


async def unit_factor(product: Product, unit: str) -> Decimal:
    """How much of the product's own unit one of this unit holds. Raises InvalidInput for a unit it does not come in."""
    if unit == product.unit:
        return Decimal(1)
    packs = {pack.unit: pack.holds for pack in await Pack.filter(product_id=product.id)}
    if unit in packs:
        return Decimal(packs[unit])
    # People say 个 and 件 for whatever is counted in pieces.
    if unit in "个件只支":
        return Decimal(1)
    units = [product.unit, *packs]
    raise InvalidInput(input="unit", given=unit, why="no_such_unit", product=product.name, units=units)
