"""Days as tests type and read them, whatever day they run on."""

from datetime import date, timedelta

from bot.rendering.filters import day as _shown
from models.clock import today


def ahead(days: int) -> date:
    """The day so many days from now."""
    return today() + timedelta(days=days)


def typed(day: date) -> str:
    """12月3号."""
    return f"{day.month}月{day.day}号"


def shown(day: date) -> str:
    """12-03 周四; another year is named."""
    return _shown(day.isoformat())
