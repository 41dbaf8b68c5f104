"""Halves and two units at once: what is read is what plain arithmetic with the pack makes of it, in goods and in measures."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.actor import person
from handlers.items import ItemsReader
from handlers.measures import measured
from models.errors import InvalidInput
from models.product.tables import Pack, Product
from models.transactions import transaction
from tests.people import Api, Chat

LOOSE = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

HAN = "零一二三四五六七八九十"

BOXES = st.integers(1, 400).map(lambda n: (str(n), n)) | st.integers(1, 10).map(lambda n: (HAN[n], n))

JOINED = ("{product}{boxes}{box}{and_}{pieces}{piece}", "{product} {boxes}{box}{and_}{pieces}{piece}", "{boxes}{box}{and_}{pieces}{piece}{product}",
          "{product} {boxes}{box} {pieces}{piece}")  # fmt: skip


class Undone(Exception):
    """Takes an example's pack size back."""


@LOOSE
@given(
    boxes=BOXES,
    pieces=st.integers(1, 999),
    holds=st.integers(2, 500),
    and_=st.sampled_from(["", "零", "又"]),
    form=st.sampled_from(JOINED),
)
async def test_boxes_and_pieces_are_so_many_pieces(
    database: str, boxes: tuple[str, int], pieces: int, holds: int, and_: str, form: str
) -> None:
    said, count = boxes
    quantity = f"{said}箱{and_}{pieces}支"
    line = form.format(product="灯管", boxes=said, box="箱", and_=and_, pieces=pieces, piece="支")
    assert await read(line, quantity, holds) == [("T8-18W", count * holds + pieces)] * 2


@LOOSE
@given(boxes=BOXES, holds=st.integers(2, 500), apart=st.sampled_from(["", " "]))
async def test_half_a_box_more_is_half_of_what_a_box_holds(
    database: str, boxes: tuple[str, int], holds: int, apart: str
) -> None:
    said, count = boxes
    exact = Decimal(holds) * count + Decimal(holds) / 2
    line, quantity = f"灯管{apart}{said}箱半", f"{said}箱半"
    if apart == "" and said.isdigit():
        # Digits right after a name are part of it; a blank says where it ends, or a Chinese numeral.
        line = f"灯管 {said}箱半"
    if exact == exact.to_integral_value():
        assert await read(line, quantity, holds) == [("T8-18W", exact)] * 2
        return
    with pytest.raises(InvalidInput) as refused:
        await read(line, quantity, holds)
    assert refused.value.facts["why"] == "half_a_piece" and refused.value.facts["exact"] == f"{exact}支"


async def read(line: str, quantity: str, holds: int) -> list[tuple[str, Decimal]]:
    """What a line of goods and a quantity alone come to, when a box holds so many."""
    found: list[tuple[str, Decimal]] = []

    async def work() -> None:
        product = await Product.get(code="T8-18W")
        await Pack.filter(product_id=product.id, unit="箱").update(holds=holds)
        (item,) = await ItemsReader().read(await person("E003"), line, "items")
        found.append((item.product.code, item.base_quantity))
        measure = measured(quantity)
        assert measure is not None, quantity
        found.append((product.code, await measure.of(product)))
        raise Undone

    with pytest.raises(Undone):
        await transaction(work)
    return found


async def test_a_half_is_no_remark_and_no_reason(chat: Chat) -> None:
    assert "M8×30 不锈钢螺栓 × 2.5 箱（2,500 个）" in await chat("E003", "宏达要m8x30两箱半")
    assert await chat("E003", "宏达要铝型材4040 3根半") == "数量“3.5根”不对：要整数"
    assert "PPR水管20 × 3.5 米" in await chat("E003", "宏达要PPR水管20 3米半")
    assert await chat("E005", "灯管坏了1箱半") == "1.5箱是 37.5支，要整数：37支还是38支？"
    assert "1.5箱 = 1,500 个" in await chat("E005", "从主仓调1箱半m8x30到二号仓")


async def test_two_units_are_told_and_stored_in_pieces(chat: Chat, api: Api) -> None:
    echo = await chat("E003", "宏达要m8x30 1箱零20个，灯管 2箱 3支")
    assert "M8×30 不锈钢螺栓 × 1,020 个" in echo and "T8灯管18W × 53 支" in echo
    # A quantity with a product of its own stays that product's.
    apart = await chat("E003", "宏达要角阀 5个 20个灯管")
    assert "角阀DN15 × 5 个" in apart and "T8灯管18W × 20 个" in apart
    # Among several products the choice keeps both parts.
    assert "有 3 个匹配" in await chat("E003", "宏达要面板 1箱20个")
    assert "86型开关面板 银 × 70 个" in await chat("E003", "2")
    # JSON takes one quantity in one unit, as before.
    items = [{"product": "M8X30", "quantity": "2.5", "unit": "箱"}]
    _, made = await api.post("E003", "order.create", customer="宏达建材", items=items)
    assert (made["lines"][0]["quantity"], made["lines"][0]["base_quantity"]) == ("2.5", "2500")
