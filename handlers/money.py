"""Inputs of finance: the day of something that has happened, how money came and what for, where losses go, a buyer's tax number."""

import re
from datetime import date
from typing import Any, NewType

from handlers.actor import Actor
from handlers.inputs import DayReader, Reader, SpanReader, reads
from handlers.reading.dates import read_day
from handlers.reading.periods import MONTHS, PERIOD, Span, month_of
from handlers.references import DocumentReader, WordReader
from models.books.tables import ClearedTo, Clearing
from models.books.ways import PaymentWay
from models.clock import days, today
from models.errors import InvalidInput
from models.party.keeping import tax_number
from models.states import Labelled
from models.text import plain

PastDay = NewType("PastDay", date)
Coming = NewType("Coming", Span)
TaxNo = NewType("TaxNo", str)

_WITHIN = re.compile(r"(\d{1,3})天(?:内|之内|以内)")
_MONTH = re.compile(rf"(?:\d{{1,2}}|{MONTHS.removesuffix('月')})月份?")

LAST_YEAR = days(300)
"""A day of the month without a year is last year's if that is no longer ago; else a day to come was meant, or mistyped."""


@reads(PastDay)
class PastDayReader(DayReader):
    """A day that has come: 20号 is the last such."""

    async def read(self, me: Actor, text: str, name: str) -> Any:
        day = read_day(plain(text), today(), ahead=False)
        if day is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_day")
        if day > today() and str(day.year) not in text:
            day = _a_year_before(day)
        if day > today():
            raise InvalidInput(input=name, given=text[:40], why="in_the_future")
        if (today() - day).days > 366 * self.years:
            raise InvalidInput(input=name, given=text[:40], why="day_too_far")
        return PastDay(day)


def _a_year_before(day: date) -> date:
    try:
        before = day.replace(year=day.year - 1)
    except ValueError:
        return day
    return before if today() - before <= LAST_YEAR else day


@reads(Coming)
class ComingReader(SpanReader):
    """A span of what is still to fall due: 12月 is the next December, and there is 下周 too."""

    slot = rf"(?:下周|下个?星期|下个?月|\d{{1,3}}天(?:内|之内|以内)|{PERIOD})"

    async def read(self, me: Actor, text: str, name: str) -> Span:
        said, day = plain(text).strip().removesuffix("的"), today()
        if said in ("下周", "下星期", "下个星期"):
            monday = day + days(7 - day.weekday())
            return Span(monday, monday + days(6))
        if said in ("下月", "下个月"):
            return month_of(month_of(day).end + days(1))
        if found := _WITHIN.fullmatch(said):
            return Span(day, day + days(int(found[1])))
        span: Span = await super().read(me, text, name)
        if span.end < day and _MONTH.fullmatch(said):
            return month_of(span.start.replace(year=span.start.year + 1))
        return span


class PaymentKind(Labelled):
    """What money is for that is not for what is owed."""

    prepay = "prepay", "预付款"


@reads(PaymentKind)
class PaymentKindReader(WordReader[PaymentKind]):
    slot = r"(?:预付款|预付|定金|订金|预收款|预收)"
    signs = "预定订"
    words = dict.fromkeys(("预付款", "预付", "定金", "订金", "预收款", "预收", "prepay"), PaymentKind.prepay)

    def save(self, value: PaymentKind) -> str:
        return value.value


@reads(PaymentWay)
class PaymentWayReader(WordReader[PaymentWay]):
    slot = r"(?:现金|银行转账|转账|微信|支付宝|银行承兑|承兑汇票|承兑)"
    words = {
        **{each.value: each for each in PaymentWay},
        **{each.text: each for each in PaymentWay},
        "银行转账": PaymentWay.transfer, "银行承兑": PaymentWay.bill, "承兑汇票": PaymentWay.bill,
    }  # fmt: skip

    def save(self, value: PaymentWay) -> str:
        return value.value


@reads(ClearedTo)
class ClearedToReader(WordReader[ClearedTo]):
    slot = r"(?:管理费用|营业外收入|营业外支出|其他应收款)"
    words = {**{each.value: each for each in ClearedTo}, **{each.text: each for each in ClearedTo}}

    def save(self, value: ClearedTo) -> str:
        return value.value


@reads(Clearing)
class ClearingReader(DocumentReader[Clearing]):
    slot = r"[cC][lL]\d{1,8}(?!\d)"
    table, prefix = Clearing, "CL"


@reads(TaxNo)
class TaxNoReader(Reader[TaxNo]):
    """A taxpayer's number of 15, 17, 18 or 20 letters and digits."""

    slot = r"[0-9A-Za-z]{6,30}"
    free = False

    async def read(self, me: Actor, text: str, name: str) -> TaxNo:
        number = tax_number(text)
        if number is None:
            raise InvalidInput(input=name, given=text[:40], why="not_a_tax_no")
        return TaxNo(number)
