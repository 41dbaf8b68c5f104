"""Figures as people type them: 5,000, 3万5, 一千二, 两箱, 半箱."""

import re
from decimal import Decimal, InvalidOperation

DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"〇": 0, "两": 2, "俩": 2}
UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "K": 1000, "万": 10_000, "w": 10_000, "W": 10_000}
BIG = {"亿": 100_000_000}

FIGURE = r"(?:\d[\d,]*(?:\.\d+)?(?:[万千百亿wWkK](?:\d[千百])*\d*)?|[零〇一二三四五六七八九十百千万两俩亿]+|半)"
"""One figure, for use inside larger patterns."""

_WHOLE = re.compile(FIGURE)
_MIXED = re.compile(r"(\d[\d,]*(?:\.\d+)?)([万千百亿wWkK])((?:\d[千百])*)(\d*)")


def read_figure(text: str) -> Decimal | None:
    """The figure a text is, or None if it is not one. `3万5` is 35,000, `12万3千` 123,000 and `一千二` 1,200."""
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        return None
    if text == "半":
        return Decimal("0.5")
    if mixed := _MIXED.fullmatch(text):
        head, unit, middle, rest = mixed.groups()
        size = (UNITS | BIG)[unit]
        total = Decimal(head.replace(",", "")) * size
        for digit, unit in re.findall(r"(\d)([千百])", middle):
            size = UNITS[unit]
            total += int(digit) * size
        return total + (Decimal(rest) * size / 10 ** len(rest) if rest else 0)
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return _chinese(text)


def _chinese(text: str) -> Decimal | None:
    total, section, digit, last_unit = 0, 0, None, 1
    for letter in text:
        if letter in DIGITS:
            if digit is not None:
                return None
            digit = DIGITS[letter]
            if digit == 0:
                digit, last_unit = None, 1
        elif letter in BIG or UNITS[letter] >= 10_000:
            size = (UNITS | BIG)[letter]
            total, section, digit, last_unit = (total + section + (digit or 0)) * size, 0, None, size
        else:
            section += (1 if digit is None else digit) * UNITS[letter]
            digit, last_unit = None, UNITS[letter]
    if digit is not None:
        # 一千二 is 1,200: a last digit right after a unit counts in tenths of it.
        section += digit * (last_unit // 10) if last_unit >= 100 else digit
    return Decimal(total + section)
