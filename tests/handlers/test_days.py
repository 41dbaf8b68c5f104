"""Days as people say them: which Friday is meant depends on today, and on whether it is to come or has been."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.dates import WEEKDAYS, read_day
from handlers.reading.periods import Span, read_period
from models.clock import at_local, today, travel
from tests.days import shown
from tests.people import Chat

DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))
SATURDAY = date(2026, 11, 28)


def saturday() -> date:
    """The Saturday to come, so that what was seeded lies before it."""
    return today() + timedelta(days=(5 - today().weekday()) % 7)


async def test_on_a_saturday_friday_is_the_one_to_come(chat: Chat) -> None:
    with travel(at_local(saturday(), 10)):
        answer = await chat("E003", "先给宏达留200个m8x30 留到周五")
        friday = shown(saturday() + timedelta(days=6))
    assert answer.splitlines()[1] == f"· 宏达建材 M8×30 不锈钢螺栓 200 个，留到 {friday}（RS0001）"


async def test_this_friday_is_past_on_a_saturday_and_says_so(chat: Chat) -> None:
    with travel(at_local(saturday(), 10)):
        answer = await chat("E003", "先给宏达留200个m8x30 留到这周五")
        assert await chat("E003", "我的预留") == "预留 0 笔\n现在没有预留"
    assert answer.endswith("不对：已经过去了")


@pytest.mark.parametrize(
    ("text", "to_come", "been"),
    [
        ("周六", SATURDAY, SATURDAY),
        ("周五", date(2026, 12, 4), date(2026, 11, 27)),
        ("星期日", date(2026, 11, 29), date(2026, 11, 22)),
        ("上周五", date(2026, 11, 20), date(2026, 11, 20)),
        ("下周三", date(2026, 12, 2), date(2026, 12, 2)),
        ("5号", date(2026, 12, 5), date(2026, 11, 5)),
        ("30号", date(2026, 11, 30), date(2026, 10, 30)),
        ("28日", SATURDAY, SATURDAY),
    ],
)
def test_a_day_said_on_a_saturday(text: str, to_come: date, been: date) -> None:
    assert read_day(text, SATURDAY) == to_come
    assert read_period(text, SATURDAY) == Span(been, been)


@given(DAYS, st.sampled_from(sorted(WEEKDAYS)))
def test_a_bare_weekday_is_within_a_week(day: date, weekday: str) -> None:
    ahead, been = read_day(f"周{weekday}", day), read_day(f"周{weekday}", day, ahead=False)
    assert ahead is not None and been is not None
    assert ahead.weekday() == been.weekday() == WEEKDAYS[weekday]
    assert timedelta(0) <= ahead - day < timedelta(7)
    assert timedelta(0) <= day - been < timedelta(7)


def test_a_day_that_the_month_does_not_have_is_none() -> None:
    assert read_day("31号", date(2027, 2, 1)) is None
    assert read_day("30号", date(2027, 1, 31)) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3天后", date(2026, 12, 1)),
        ("两周后", date(2026, 12, 12)),
        ("半个月后", date(2026, 12, 13)),
        ("三个月以后", date(2027, 2, 28)),
        ("30年后", date(2056, 11, 28)),
        ("999999年后", date.max),
        ("去年", date(2025, 11, 28)),
        ("2月30号", None),
    ],
)
def test_so_long_from_now_is_a_day_however_far_off(text: str, day: date | None) -> None:
    assert read_day(text, SATURDAY) == day
