"""How figures, days and moments read in Chinese."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from handlers.documents import called
from models.clock import local, today

WEEKDAYS = "一二三四五六日"


def yuan(value: str | Decimal) -> str:
    """An amount of money: ¥12,860.50."""
    amount = Decimal(value)
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


def price(value: str | Decimal) -> str:
    """A unit price: at least two decimals, more if it has them."""
    whole, _, cents = f"{Decimal(value):,f}".partition(".")
    return f"¥{whole}.{cents.rstrip('0'):0<2}"


@lru_cache(maxsize=512)
def quantity(value: str | Decimal) -> str:
    """A quantity with thousands commas and no zeros that say nothing."""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: str) -> str:
    """A day with its weekday: 12-02 周三; another year is named."""
    return _day(value[:10], today().year)


@lru_cache(maxsize=1024)
def _day(value: str, year: int) -> str:
    when = date.fromisoformat(value)
    form = f"{when:%m-%d}" if when.year == year else f"{when:%Y-%m-%d}"
    return f"{form} 周{WEEKDAYS[when.weekday()]}"


def moment(value: str) -> str:
    """A moment as the wall clock showed it: 09:41 today, else 11-23 09:41."""
    when = local(datetime.fromisoformat(value))
    return f"{when:%H:%M}" if when.date() == today() else f"{when:%m-%d %H:%M}"


def clock_of(when: datetime) -> str:
    """The time of day there: 09:41."""
    there = local(when)
    return f"{there.hour:02}:{there.minute:02}"


def joined(values: Iterable[Any], between: str = "") -> str:
    """Words after one another; references by what they are called."""
    return between.join(str(called(value)) for value in values)


FILTERS = {"join": joined, "dec": Decimal, "yuan": yuan, "price": price, "qty": quantity, "day": day, "moment": moment}
