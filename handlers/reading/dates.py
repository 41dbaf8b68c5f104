"""Days as people type them, seen from today in Shanghai: 明天, 下周三, 11月28号, 12-02, 3天后, 两周后."""

import re
from calendar import monthrange
from datetime import date, timedelta

from handlers.reading.figures import read_figure

WEEKDAYS = {name: index for index, name in enumerate("一二三四五六")} | {"日": 6, "天": 6}
RELATIVE = {"大后天": 3, "后天": 2, "明天": 1, "明日": 1, "今天": 0, "今日": 0, "前天": -2, "昨天": -1}

AFTER = r"(?:\d{1,6}|[一二三四五六七八九十百千两半]{1,5})(?:天|日|周|个?星期|个?礼拜|个?月|年)(?:以后|之后|后)"

DAY = (
    rf"(?:{AFTER}|大后天|后天|明天|明日|今天|今日|前天|昨天|去年|前年"
    r"|(?:下下|下|这|本|上)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天]"
    r"|\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}[日号]?"
    r"|\d{1,2}月\d{1,2}[日号]?"
    r"|\d{1,2}[-/]\d{1,2}(?!\d)"
    r"|\d{1,2}[号日])"
)
"""One day, for use inside larger patterns."""

DAY_SIGNS = "天日周星礼月年号后-/."
"""Characters of which every day has one."""

_WEEK = re.compile(r"(下下|下|这|本|上)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_YMD = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})[日号]?")
_MD = re.compile(r"(\d{1,2})(?:月|[-/])(\d{1,2})[日号]?")
_D = re.compile(r"(\d{1,2})[号日]")
_AFTER = re.compile(r"(\d+|[^天日周年月个星礼]+)(天|日|周|个?星期|个?礼拜|个?月|年)(?:以后|之后|后)")
_YEARS_AGO = {"去年": 1, "前年": 2}

_IN_MONTHS = {"月": 1, "个月": 1, "年": 12}
_IN_DAYS = {"天": 1, "日": 1}
_WEEK_DAYS = 7
_HALF = {"月": 15, "个月": 15}


def read_day(text: str, today: date, *, ahead: bool = True) -> date | None:
    """The day a text means, or None. A bare weekday or day of the month is the one to come, or, not `ahead`, the last."""
    text = text.strip()
    if text in RELATIVE:
        return today + timedelta(days=RELATIVE[text])
    if text in _YEARS_AGO:
        return _months_on(today, -12 * _YEARS_AGO[text])
    if found := _AFTER.fullmatch(text):
        return _after(found[1], found[2], today)
    if found := _WEEK.fullmatch(text):
        return _weekday(found[1] or "", WEEKDAYS[found[2]], today, ahead)
    try:
        if found := _YMD.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MD.fullmatch(text):
            day = date(today.year, int(found[1]), int(found[2]))
            # In November, 1月5日 is next year's; a day some weeks back is still this year's.
            return day if day >= today - timedelta(days=180) else day.replace(year=today.year + 1)
        if found := _D.fullmatch(text):
            return _day_of_month(int(found[1]), today, ahead)
    except ValueError:
        return None
    return None


def _after(figure: str, unit: str, today: date) -> date | None:
    """So long from today; what is further off than there are days is the last there is."""
    count = read_figure(figure)
    if count is None:
        return None
    if figure == "半" and unit in _HALF:
        return today + timedelta(days=_HALF[unit])
    try:
        if unit in _IN_MONTHS:
            return _months_on(today, int(count * _IN_MONTHS[unit]))
        return today + timedelta(days=int(count * _IN_DAYS.get(unit, _WEEK_DAYS)))
    except (ValueError, OverflowError):
        return date.max


def _months_on(day: date, months: int) -> date:
    """The same day of a later month, or that month's last. Raises ValueError beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _weekday(week: str, weekday: int, today: date, ahead: bool) -> date:
    """On a Saturday, 周五 of something to come is next week's; 这周五 is yesterday whatever it is said of."""
    day = today - timedelta(days=today.weekday()) + timedelta(days=weekday)
    if not week and (day < today if ahead else day > today):
        return day + timedelta(weeks=1 if ahead else -1)
    return day + timedelta(weeks={"下下": 2, "下": 1, "上": -1}.get(week, 0))


def _day_of_month(day: int, today: date, ahead: bool) -> date:
    """On the 28th, 5号 of something to come is next month's. Raises ValueError where that month has no such day."""
    if ahead and day < today.day:
        return (today.replace(day=1) + timedelta(days=31)).replace(day=day)
    if not ahead and day > today.day:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=day)
    return today.replace(day=day)
