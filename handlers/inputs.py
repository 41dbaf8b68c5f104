"""The kinds of inputs, and how each is read from text, from JSON, and from a choice: plain values here."""

import base64
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Generic, NewType, TypeVar

from handlers.actor import Actor
from handlers.reading.dates import DAY, read_day
from handlers.reading.figures import FIGURE, read_figure
from handlers.reading.periods import PERIOD, Span, read_period
from models.clock import today
from models.errors import InvalidInput, Refused
from models.text import plain

T = TypeVar("T")

Text = NewType("Text", str)
Name = NewType("Name", str)
Remark = NewType("Remark", str)
Address = NewType("Address", str)
Phone = NewType("Phone", str)
TrackingNo = NewType("TrackingNo", str)
Count = NewType("Count", Decimal)
Amount = NewType("Amount", Decimal)
Day = NewType("Day", date)
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

    `slot` is the pattern it has inside a line of chat; `free` says that the pattern takes anything.
    """

    slot: ClassVar[str] = r".+?"
    free: ClassVar[bool] = True
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

    async def read(self, me: Actor, text: str, name: str) -> Address:
        return Address(await TextReader().read(me, " ".join(text.split()), name))


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


_CALLED = re.compile(r"^(?:合格|良品|不良|报废|数量|金额|一共|总共|共|大概|约)[是:：]?\s*")


class FigureReader(Reader[Decimal]):
    slot = rf"(?<![\d.\-]){FIGURE}(?![\d.])"
    free = False
    schema = {"type": "string", "format": "decimal"}
    least: ClassVar[Decimal] = Decimal(0)
    places: ClassVar[int] = 6

    async def read(self, me: Actor, text: str, name: str) -> Decimal:
        # Who is asked how many often says what of, too.
        bare = _CALLED.sub("", plain(text).strip())
        figure = read_figure(re.sub(r"[元块个件只支根条卷箱盒¥￥]+$", "", bare))
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


@reads(Count)
class CountReader(FigureReader):
    """A quantity in the unit of whatever it belongs to."""


@reads(Amount)
class AmountReader(FigureReader):
    """An amount of money in CNY."""

    slot = rf"{FigureReader.slot}(?:元|块(?!钱))?"
    places = 2


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


@reads(Day)
class DayReader(Reader[Day]):
    slot = rf"(?<!\d){DAY}"
    free = False
    schema = {"type": "string", "format": "date"}
    years = 3

    async def read(self, me: Actor, text: str, name: str) -> Day:
        day = read_day(plain(text), today())
        if day is None:
            raise InvalidInput(input=name, given=text, why="not_a_day")
        if abs((day - today()).days) > 366 * self.years:
            raise InvalidInput(input=name, given=text, why="day_too_far")
        return Day(day)

    async def load(self, me: Actor, value: Any, name: str) -> Day:
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
