"""The kinds of inputs, and how each is read from text, from JSON, and from a choice: plain values here."""

import base64
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Generic, NewType, TypeVar

from handlers.actor import Actor
from handlers.reading.dates import DAY, DAY_SIGNS, read_day
from handlers.reading.figures import FIGURE, read_figure
from handlers.reading.periods import PERIOD, PERIOD_SIGNS, Span, read_period
from models.clock import today
from models.errors import InvalidInput, Refused
from models.text import plain

T = TypeVar("T")

Text = NewType("Text", str)
Name = NewType("Name", str)
Remark = NewType("Remark", str)
Address = NewType("Address", str)
Spot = NewType("Spot", str)
Receiver = NewType("Receiver", str)
Phone = NewType("Phone", str)
TrackingNo = NewType("TrackingNo", str)
Count = NewType("Count", Decimal)
Amount = NewType("Amount", Decimal)
Day = NewType("Day", date)
Percent = NewType("Percent", Decimal)
Months = NewType("Months", Decimal)
Flag = NewType("Flag", int)
Cursor = NewType("Cursor", int)

LARGEST = Decimal(10) ** 9

YEARS = 2000, 2100
"""Between which anything is asked about."""

_DOOR = re.compile(r"[\d一二三四五六七八九十百]\s*(?:号|栋|幢|楼|座|室|单元|层|弄|门|#)")


class Ambiguous(Refused):
    """Several rows fit; `choices` are what they are called."""

    code = "ambiguous"


class Reader(ABC, Generic[T]):
    """How one kind of input is read.

    `slot` is the pattern it has inside a line of chat, and `signs` are characters of which whatever fits it has one;
    `free` says that the pattern takes anything, and `worded` that any words at all can be its value, so that a question
    for it would swallow whatever is said next.
    """

    slot: ClassVar[str] = r".+?"
    signs: ClassVar[str] = ""
    free: ClassVar[bool] = True
    worded: ClassVar[bool] = False
    schema: ClassVar[dict[str, Any]] = {"type": "string"}

    @abstractmethod
    async def read(self, me: Actor, text: str, name: str) -> T:
        """The value that typed text means. Raises InvalidInput, NotFound or Ambiguous."""

    async def load(self, me: Actor, value: Any, name: str) -> T:
        """The value that JSON holds."""
        if not isinstance(value, str | int):
            raise InvalidInput(input=name, given=value, why="not_text")
        return await self.read(me, str(value), name)

    async def default(self, me: Actor) -> T | None:
        """What it is for an asker who need not say it."""
        return None

    async def offers(self, me: Actor) -> list[str]:
        """What the asker most likely means, when they are asked for it."""
        return []

    def save(self, value: T) -> Any:
        """The value as JSON that `load` reads back."""
        return str(value)

    def told(self, name: str, value: T, said: str) -> dict[str, Any]:
        """What `understand` shows of it; `said` are the words it was read from."""
        return {name: self.save(value)}

    def untold(self, name: str, said: str) -> dict[str, Any]:
        """What `understand` shows of words that could not be read."""
        return {name: said}


READERS: dict[Any, Reader[Any]] = {}


def reads(kind: Any) -> Any:
    """Registers the one reader for a kind of input."""

    def register(reader: type[Reader[Any]]) -> type[Reader[Any]]:
        if kind in READERS:
            raise ValueError(f"{kind} has a reader already: {type(READERS[kind]).__name__}")
        READERS[kind] = reader()
        return reader

    return register


@reads(Text)
class TextReader(Reader[Text]):
    worded = True
    longest: ClassVar[int] = 200

    async def read(self, me: Actor, text: str, name: str) -> Text:
        text = text.strip()
        if not text or len(text) > self.longest:
            raise InvalidInput(input=name, given=text[:40], why=f"text_1_to_{self.longest}")
        return Text(text)


@reads(Name)
class NameReader(TextReader):
    """What something is called that has nothing but its name."""

    longest = 40


@reads(Remark)
class RemarkReader(TextReader):
    """A reason or a note that a document has little room for."""

    longest = 120


@reads(Address)
class AddressReader(Reader[Address]):
    """Where goods go, with the receiver and their phone if they are said; a place of the map begins one."""

    worded = True

    async def read(self, me: Actor, text: str, name: str) -> Address:
        return Address(await TextReader().read(me, " ".join(text.split()), name))


@reads(Spot)
class SpotReader(Reader[Spot]):
    """Where somebody is: a place of the map, never what was typed."""

    async def read(self, me: Actor, text: str, name: str) -> Spot:
        raise InvalidInput(input=name, given=text[:40], why="not_from_the_map")

    async def load(self, me: Actor, value: Any, name: str) -> Spot:
        return Spot(await RemarkReader().load(me, value, name))


@reads(Receiver)
class ReceiverReader(TextReader):
    """Who takes the goods: one word, or it would be the end of the address."""

    slot = r"[^\s\d]{1,8}"


def names_a_door(address: str) -> bool:
    """Whether goods could be brought there: a label of the map often ends with the street or the district."""
    return _DOOR.search(address) is not None


@reads(Phone)
class PhoneReader(Reader[Phone]):
    slot = r"(?<!\d)\+?\d[\d\- ]{6,18}\d"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Phone:
        digits = re.sub(r"^(?:\+?86)?", "", re.sub(r"[\s\-]", "", plain(text)))
        if not re.fullmatch(r"1\d{10}|0\d{9,11}|\d{7,8}", digits):
            raise InvalidInput(input=name, given=text, why="not_a_phone")
        return Phone(digits)


@reads(TrackingNo)
class TrackingNoReader(Reader[TrackingNo]):
    slot = r"[A-Za-z0-9\-]{6,40}"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> TrackingNo:
        number = plain(text).replace(" ", "").upper()
        if not re.fullmatch(self.slot, number):
            raise InvalidInput(input=name, given=text[:40], why="not_a_tracking_no")
        return TrackingNo(number)


_MONTHS = re.compile(rf"({FIGURE})(个?月|年)?(半)?")
_CALLED = re.compile(r"^(?:合格|良品|不良|报废|数量|金额|一共|总共|共|大概|约)[是:：]?\s*")


class FigureReader(Reader[Decimal]):
    # A dash after a blank or a Chinese word is a sign, so that what is wrong with -5 can be said.
    slot = rf"(?:(?<=[\s\u4e00-\u9fff])-|(?<![\d.\-])){FIGURE}(?![\d.])"
    free = False
    schema = {"type": "string", "format": "decimal"}
    least: ClassVar[Decimal] = Decimal(0)
    places: ClassVar[int] = 6

    async def read(self, me: Actor, text: str, name: str) -> Decimal:
        # Who is asked how many often says what of, too.
        bare = _CALLED.sub("", plain(text).strip())
        bare = re.sub(r"[元块个件只支根条卷箱盒¥￥]+$", "", bare)
        if bare.startswith("-") and read_figure(bare[1:]) is not None:
            raise InvalidInput(input=name, given=text, why="too_small")
        figure = read_figure(bare)
        if figure is None:
            raise InvalidInput(input=name, given=text, why="not_a_figure")
        return self._checked(figure, text, name)

    async def load(self, me: Actor, value: Any, name: str) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise InvalidInput(input=name, given=value, why="not_a_decimal_string")
        try:
            return self._checked(Decimal(value), value, name)
        except InvalidOperation:
            raise InvalidInput(input=name, given=value, why="not_a_figure") from None

    def _checked(self, figure: Decimal, given: Any, name: str) -> Decimal:
        if not figure.is_finite() or figure < self.least:
            raise InvalidInput(input=name, given=str(given), why="too_small")
        if figure > LARGEST:
            raise InvalidInput(input=name, given=str(given), why="too_large")
        if figure != round(figure, self.places):
            raise InvalidInput(input=name, given=str(given), why="too_fine")
        return figure

    def save(self, value: Decimal) -> str:
        return f"{value:f}"

    def told(self, name: str, value: Decimal, said: str) -> dict[str, Any]:
        return {name: number(value)}


def number(value: Decimal) -> int | float:
    """A figure as a number of JSON, where nothing is reckoned with it any more."""
    return int(value) if value == value.to_integral_value() else float(value)


@reads(Count)
class CountReader(FigureReader):
    """A quantity in the unit of whatever it belongs to."""


@reads(Amount)
class AmountReader(FigureReader):
    """An amount of money in CNY."""

    slot = rf"{FigureReader.slot}(?:元|块(?!钱))?"
    places = 2


def refuse_nothing(amount: Decimal) -> None:
    """Money that is moved is more than nothing. Raises InvalidInput."""
    if amount <= 0:
        raise InvalidInput(input="amount", given=f"{amount:f}", why="too_small")


@reads(Percent)
class PercentReader(FigureReader):
    """So many per cent, as people say it; told as the share that it is."""

    slot = rf"{FigureReader.slot}(?:%|个点)?"

    async def read(self, me: Actor, text: str, name: str) -> Decimal:
        return await super().read(me, plain(text).strip().removesuffix("%").removesuffix("个点"), name)

    def told(self, name: str, value: Decimal, said: str) -> dict[str, Any]:
        return {name: number(value / 100)}


@reads(Months)
class MonthsReader(FigureReader):
    """A span of months: 3个月, 半年, 一年半."""

    slot = rf"(?:{FIGURE}个?月|{FIGURE}年半?)"

    async def read(self, me: Actor, text: str, name: str) -> Decimal:
        found = _MONTHS.fullmatch(plain(text).strip())
        figure = read_figure(found[1]) if found else None
        if found is None or figure is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_figure")
        years = found[2] == "年"
        return self._checked(figure * 12 + 6 * bool(found[3]) if years else figure, text, name)


@reads(Flag)
class FlagReader(FigureReader):
    schema = {"type": "integer"}
    places = 0


@reads(Cursor)
class CursorReader(Reader[Cursor]):
    """Where a list goes on; what it holds is nobody's business but the list's."""

    async def read(self, me: Actor, text: str, name: str) -> Cursor:
        try:
            after = int(base64.urlsafe_b64decode(text.encode()).decode().removeprefix("after:"))
        except (ValueError, UnicodeError):
            raise InvalidInput(input=name, given=text[:40], why="not_a_cursor") from None
        if not 0 <= after < 2**63:
            raise InvalidInput(input=name, given=text[:40], why="not_a_cursor")
        return Cursor(after)


def cursor_after(row_id: int) -> str:
    """The cursor of a page that ended with this row."""
    return base64.urlsafe_b64encode(f"after:{row_id}".encode()).decode()


def page_of(rows: Sequence[T], cursor: Cursor | None, size: int) -> tuple[list[T], str | None]:
    """A page of rows that had to be read whole anyway, and where the next begins: their place is the cursor."""
    start = int(cursor or 0)
    end = start + size
    return list(rows[start:end]), cursor_after(end) if end < len(rows) else None


_MEANT = re.compile(r"[年月日号]|\d{4}")
"""What shows that a day was meant: 20-25 may be a product as well."""


@reads(Day)
class DayReader(Reader[Day]):
    slot = rf"(?<!\d){DAY}"
    signs = DAY_SIGNS
    free = False
    schema = {"type": "string", "format": "date"}
    years = 3

    async def read(self, me: Actor, text: str, name: str) -> Any:
        day = read_day(plain(text), today())
        if day is None:
            raise InvalidInput(input=name, given=text, why="no_such_day" if _MEANT.search(text) else "not_a_day")
        if abs((day - today()).days) > 366 * self.years:
            raise InvalidInput(input=name, given=text, why="day_too_far")
        return Day(day)

    async def load(self, me: Actor, value: Any, name: str) -> Any:
        try:
            date.fromisoformat(value)
        except (TypeError, ValueError):
            raise InvalidInput(input=name, given=value, why="not_an_iso_date") from None
        return await self.read(me, value, name)

    def save(self, value: Day) -> str:
        return value.isoformat()


@reads(Span)
class SpanReader(Reader[Span]):
    """A span of days: a day, a week, a month, a quarter, a year."""

    slot = PERIOD
    signs = PERIOD_SIGNS
    free = False

    async def read(self, me: Actor, text: str, name: str) -> Span:
        span = read_period(plain(text), today())
        if span is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_period")
        if not YEARS[0] <= span.start.year <= span.end.year <= YEARS[1]:
            raise InvalidInput(input=name, given=text[:40], why="day_too_far")
        return span

    def save(self, value: Span) -> str:
        return value.text

    def told(self, name: str, value: Span, said: str) -> dict[str, Any]:
        return {"date" if name == "period" and value.start == value.end else name: value.text}
