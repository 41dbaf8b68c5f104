"""What stands in a cell, as a value: text, figures, days, yes and no."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from handlers.inputs import LARGEST
from handlers.reading.dates import read_day
from handlers.reading.figures import read_figure
from models.clock import today
from models.errors import Refused
from models.party.keeping import tax_number
from models.text import plain

YES, NO = {"是", "y", "yes", "true", "1", "√", "有", "月结"}, {"否", "n", "no", "false", "0", "×", "x", "无"}

EXACT = 15
"""Digits that Excel keeps of a number; longer codes must be text there."""

Read = Callable[[Any], Any]


class BadCell(Refused):
    """What stands there cannot be; `why` says in Chinese what it should be."""

    code = "bad_cell"


def text(longest: int) -> Read:
    """Text of at most so many letters; a code that Excel took for a number comes back as it was typed."""

    def read(cell: Any) -> str:
        if isinstance(cell, date | time | timedelta):
            raise BadCell(why="Excel 把它当成了日期或时间，请把这一列设成文本再填")
        if isinstance(cell, float) and cell.is_integer():
            if abs(cell) >= 10**EXACT:
                raise BadCell(why=f"Excel 只保留 {EXACT} 位数字，请把这一列设成文本再填")
            cell = int(cell)
        found = " ".join(str(cell).split())
        # What we ourselves write before text that looks like a formula.
        found = found[1:] if found.startswith(("'=", "'+", "'-", "'@")) else found
        if len(found) > longest:
            raise BadCell(why=f"最多 {longest} 个字")
        if not found.isprintable():
            raise BadCell(why="有看不见的字符，请重新输入")
        return found

    return read


def figure(places: int, *, least: Decimal | None = None) -> Read:
    """A figure with at most so many decimals, above zero, or at least `least`."""

    def read(cell: Any) -> Decimal:
        found = _figure(cell)
        if found is None or not found.is_finite():
            raise BadCell(why="要写数字，例如 5000")
        if least is None and found <= 0:
            raise BadCell(why="要大于 0")
        if least is not None and found < least:
            raise BadCell(why=f"不能小于 {least}")
        if found > LARGEST:
            raise BadCell(why="太大了，请核对")
        if found != round(found, places):
            raise BadCell(why=f"最多 {places} 位小数")
        return found

    return read


def _figure(cell: Any) -> Decimal | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return Decimal(cell)
    if isinstance(cell, float):
        # As it was typed: the shortest text that is this number.
        return Decimal(repr(cell))
    typed = plain(str(cell)).lstrip("¥").removesuffix("元").replace(",", "").strip()
    try:
        return Decimal(typed)
    except InvalidOperation:
        return read_figure(typed)


def day(past: int, ahead: int) -> Read:
    """A day, at most so many years ago and so many ahead."""

    def read(cell: Any) -> date:
        found = cell.date() if isinstance(cell, datetime) else cell
        if not isinstance(found, date):
            found = read_day(plain(str(cell)), today())
        if found is None:
            raise BadCell(why="要写日期，例如 2026-10-31")
        if not today() - timedelta(days=366 * past) <= found <= today() + timedelta(days=366 * ahead):
            raise BadCell(why="太远了，请核对" if ahead else "不能是将来，也不能太早，请核对")
        return found

    return read


def yes_or_no(cell: Any) -> bool:
    """是 or 否, and what else people write for them."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    said = plain(str(cell)).lower()
    if said in YES:
        return True
    if said in NO:
        return False
    raise BadCell(why="要写 是 或 否")


def tax_no(cell: Any) -> str:
    """A taxpayer's number."""
    number = tax_number(text(30)(cell))
    if number is None:
        raise BadCell(why="要 15、17、18 或 20 位字母和数字")
    return number


def phone(cell: Any) -> str:
    """A telephone number, its digits only."""
    digits = "".join(letter for letter in text(30)(cell) if letter.isdigit()).removeprefix("86")
    if not 7 <= len(digits) <= 12:
        raise BadCell(why="要写电话号码，例如 13800001234")
    return digits
