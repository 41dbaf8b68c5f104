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


def read_day(text: str, today: date) -> date | None:
    """The day a text means, or None. A bare weekday is of this week; a day without a year is the next such."""
    text = text.strip()
    if text in RELATIVE:
        return today + timedelta(days=RELATIVE[text])
    if found := _WEEK.fullmatch(text):
        weeks = {"下下": 2, "下": 1, "上": -1}.get(found[1] or "", 0)
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(weeks=weeks, days=WEEKDAYS[found[2]])
    try:
        if found := _YMD.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _MD.fullmatch(text):
            day = date(today.year, int(found[1]), int(found[2]))
            # In November, 1月5日 is next year's; a day some weeks back is still this year's.
            return day if day >= today - timedelta(days=180) else day.replace(year=today.year + 1)
        if found := _D.fullmatch(text):
            return today.replace(day=int(found[1]))
    except ValueError:
        return None
    return None
