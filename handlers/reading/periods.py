"""Spans of days as people type them: 本月, 上个月, 10月, 2026-10, 今年, 这周, 昨天."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.reading.dates import DAY, DAY_SIGNS, read_day
from handlers.reading.figures import read_figure

MONTHS = "(?:十一|十二|[一二三四五六七八九十])"

PERIOD = (
    r"(?:本月|这个月|当月|上个?月|今年|本年|去年|本周|这周|这个星期|上周|上个星期|本季度?|这个?季度|上个?季度|近?半年"
    rf"|\d{{4}}-\d{{2}}(?:-\d{{2}})?(?:/\d{{4}}-\d{{2}}-\d{{2}})?|\d{{4}}年(?:\d{{1,2}}月)?|\d{{1,2}}月份?|{MONTHS}月份?|{DAY})"
)
"""One span, for use inside larger patterns."""

PERIOD_SIGNS = f"季半{DAY_SIGNS}"
"""Characters of which every span has one."""

_MONTH = re.compile(r"(?:(\d{4})[-年])?(\d{1,2}|十一|十二|[一二三四五六七八九十])月?份?")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both included."""

    start: date
    end: date

    @property
    def text(self) -> str:
        """As JSON carries it: a year 2026, a month 2026-10, a day 2026-11-23, else a/b."""
        if self.start == self.end:
            return self.start.isoformat()
        if self == month_of(self.start):
            return f"{self.start:%Y-%m}"
        if self == _year(self.start.year):
            return f"{self.start:%Y}"
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def month_of(day: date) -> Span:
    """The month a day is in."""
    first = day.replace(day=1)
    return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def read_period(text: str, today: date) -> Span | None:
    """The span a text means, or None. A month without a year is the latest such that has begun, a bare weekday the last."""
    text = text.strip().removesuffix("的")
    month = month_of(today)
    monday = today - timedelta(days=today.weekday())
    named = {
        "本月": month, "这个月": month, "当月": month, "上月": month_of(month.start - timedelta(days=1)),
        "今年": _year(today.year), "本年": _year(today.year), "去年": _year(today.year - 1),
        "本周": _week(monday), "这周": _week(monday), "这个星期": _week(monday),
        "上周": _week(monday - timedelta(days=7)), "上个星期": _week(monday - timedelta(days=7)),
        "半年": Span(today - timedelta(days=182), today), "近半年": Span(today - timedelta(days=182), today),
    }  # fmt: skip
    if text.replace("上个月", "上月") in named:
        return named[text.replace("上个月", "上月")]
    if "季" in text:
        return _quarter(today if not text.startswith("上") else _quarter(today).start - timedelta(days=1))
    return _dated(text, today)


def _dated(text: str, today: date) -> Span | None:
    try:
        if found := _RANGE.fullmatch(text):
            start, end = date.fromisoformat(found[1]), date.fromisoformat(found[2])
            return Span(start, end) if start <= end else None
        if re.fullmatch(r"\d{4}年?", text):
            return _year(int(text[:4]))
        if found := _MONTH.fullmatch(text):
            return _month(found[1], found[2], today)
    except (ValueError, OverflowError):
        return None
    day = read_day(text, today, ahead=False)
    return Span(day, day) if day else None


def _month(year: str | None, month: str, today: date) -> Span | None:
    figure = read_figure(month)
    if figure is None:
        return None
    first = date(int(year) if year else today.year, int(figure), 1)
    if year is None and first > today:
        first = first.replace(year=first.year - 1)
    return month_of(first)


def _year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31))


def _week(monday: date) -> Span:
    return Span(monday, monday + timedelta(days=6))


def _quarter(day: date) -> Span:
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Span(first, month_of(first + timedelta(days=62)).end)
