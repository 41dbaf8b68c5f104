"""Figures as people read them say what the figures are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering.filters import price, quantity, yuan
from tests.people import Chat

FIGURES = st.decimals(-(10**9), 10**9, places=6, allow_nan=False)


@pytest.mark.parametrize(
    ("figure", "shown"),
    [("260", "¥260.00"), ("100", "¥100.00"), ("1000", "¥1,000.00"), ("0", "¥0.00"), ("0.450000", "¥0.45"), ("0.2635", "¥0.2635"),
     ("12.5", "¥12.50"), ("185.00", "¥185.00"), ("1E+3", "¥1,000.00")],
)  # fmt: skip
def test_a_price_has_two_decimals_or_as_many_as_it_needs(figure: str, shown: str) -> None:
    assert price(figure) == shown


@given(FIGURES)
def test_what_is_shown_is_the_figure(figure: Decimal) -> None:
    assert Decimal(price(figure).removeprefix("¥").replace(",", "")) == figure
    assert Decimal(quantity(figure).replace(",", "")) == figure
    assert Decimal(yuan(figure).replace("¥", "").replace(",", "")) == round(figure, 2)


async def test_a_price_of_whole_yuan_is_told_whole(chat: Chat) -> None:
    assert "¥260.00 / 件" in await chat("E003", "型材货架多少钱")
    assert "× 10 件 @¥260.00" in await chat("E003", "宏达要型材货架 10件")
