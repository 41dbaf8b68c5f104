"""Days as people type them, seen from today in Shanghai: 明天, 下周三, 11月28号, 12-02."""

import re
from datetime import date, timedelta

WEEKDAYS = {name: index for index, name in enumerate("一二三四五六")} | {"日": 6, "天": 6}
RELATIVE = {"大后天": 3, "后天": 2, "明天": 1, "明日": 1, "今天": 0, "今日": 0, "前天": -2, "昨天": -1}

DAY = (
    r"(?:大后天|后天|明天|明日|今天|今日|前天|昨天"
    r"|(?:下下|下|这|本|上)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天]"
    r"|\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}[日号]?"
    r"|\d{1,2}月\d{1,2}[日号]?"
    r"|\d{1,2}[-/]\d{1,2}(?!\d)"
    r"|\d{1,2}[号日])"
)
"""One day, for use inside larger patterns."""

_WEEK = re.compile(r"(下下|下|这|本|上)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_YMD = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})[日号]?")
_MD = re.compile(r"(\d{1,2})(?:月|[-/])(\d{1,2})[日号]?")
_D = re.compile(r"(\d{1,2})[号日]")


def read_day(text: str, today: date, *, ahead: bool = True) -> date | None:
    """The day a text means, or None. A bare weekday or day of the month is the one to come, or, not `ahead`, the last."""
    text = text.strip()
    if text in RELATIVE:
        return today + timedelta(days=RELATIVE[text])
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
