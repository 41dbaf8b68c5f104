"""So much of something, as people say it before it is clear of what."""

from decimal import Decimal

import pytest

from handlers.actor import nobody
from handlers.measures import DeltaReader, Measure, MeasureReader, measured
from models.errors import InvalidInput
from models.product.tables import Product


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("300个", [("300", "个")]),
        ("4,980", [("4980", "")]),
        ("半箱", [("0.5", "箱")]),
        ("38箱零5支", [("38", "箱"), ("5", "支")]),
        ("两箱三支", [("2", "箱"), ("3", "支")]),
        ("一千二", [("1200", "")]),
        ("0", [("0", "")]),
    ],
)
def test_a_measure_is_read_in_the_units_it_was_said_in(text: str, parts: list[tuple[str, str]]) -> None:
    assert measured(text) == Measure(tuple((Decimal(figure), unit) for figure, unit in parts))


@pytest.mark.parametrize("text", ["", "个", "-5", "5 6", "1e12", "三箱两支一个", "M8"])
def test_what_is_no_measure_is_none(text: str) -> None:
    assert measured(text) is None


async def test_packs_count_as_what_they_hold_and_nothing_else_does(database: str) -> None:
    lamp = await Product.get(code="T8-18W")
    assert await Measure(((Decimal(38), "箱"), (Decimal(5), "支"))).of(lamp) == 955
    with pytest.raises(InvalidInput) as refused:
        await Measure(((Decimal("0.5"), "箱"),)).of(lamp)
    assert refused.value.facts["exact"] == "12.5支"
    with pytest.raises(InvalidInput) as refused:
        await Measure(((Decimal(1), "卷"),)).of(lamp)
    assert refused.value.facts["why"] == "no_such_unit"


@pytest.mark.parametrize(
    ("text", "sign", "saved"),
    [("多了20个", 1, "+20个"), ("少了3箱", -1, "-3箱"), ("盘亏2", -1, "-2"), ("+20", 1, "+20"), ("-7", -1, "-7")],
)
async def test_a_difference_has_a_sign_and_reads_back_as_it_was_saved(text: str, sign: int, saved: str) -> None:
    reader, me = DeltaReader(), nobody("work", "x")
    delta = await reader.read(me, text, "delta")
    assert (delta.sign, reader.save(delta)) == (sign, saved)
    assert await reader.load(me, saved, "delta") == delta


@pytest.mark.parametrize(("text", "why"), [("0", "too_small"), ("10000000000", "too_large"), ("些", "not_a_quantity")])
async def test_a_difference_that_cannot_be_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await DeltaReader().read(nobody("work", "x"), text, "delta")
    assert refused.value.facts["why"] == why


async def test_all_of_it_needs_no_figure() -> None:
    assert await MeasureReader().read(nobody("work", "x"), "全收", "quantity") == Measure(())
