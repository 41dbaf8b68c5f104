"""The running balance, against an independent walk day by day."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.clock import today
from models.product.tables import Product
from models.stock.figures import Arrival, Demand, Figures, Place, stock_figures
from tests.people import Chat

DAYS = st.integers(-5, 30)
QUANTITIES = st.integers(1, 500).map(Decimal)


def walk(free: Decimal, coming: list[tuple[int, Decimal]], going: list[tuple[int, Decimal]], start: int) -> Decimal:
    """The lowest balance on any day from `start` to well after everything has happened."""
    lowest, balance = None, free
    for day in range(40):
        balance += sum((q for d, q in coming if max(d, 0) == day), Decimal(0))
        balance -= sum((q for d, q in going if max(d, 0) == day), Decimal(0))
        if day >= start:
            lowest = balance if lowest is None else min(lowest, balance)
    assert lowest is not None
    return max(Decimal(0), lowest)


@given(
    st.integers(0, 1000).map(Decimal),
    st.lists(st.tuples(DAYS, QUANTITIES), max_size=6),
    st.lists(st.tuples(DAYS, QUANTITIES), max_size=6),
    st.integers(0, 35),
    QUANTITIES,
)
def test_what_can_be_promised_is_the_lowest_balance_from_a_day_on(
    free: Decimal, coming: list[tuple[int, Decimal]], going: list[tuple[int, Decimal]], start: int, wanted: Decimal
) -> None:
    first = today()

    def on(day: int) -> date:
        return first + timedelta(days=day)

    figures = Figures(
        [Place("主仓", free, Decimal(0))],
        [Arrival("PO", quantity, max(on(day), first), day < 0) for day, quantity in coming],
        [Demand("SO", quantity, on(day)) for day, quantity in going],
    )
    assert figures.available_from(on(start)) == walk(free, coming, going, start)
    days = [day for day in range(40) if walk(free, coming, going, day) >= wanted]
    assert figures.earliest(wanted) == (on(days[0]) if days else None)
    assert figures.projected == free + sum((q for _, q in coming), Decimal(0)) - sum((q for _, q in going), Decimal(0))


async def test_what_orders_wait_for_cannot_be_promised_again(chat: Chat) -> None:
    await chat("E003", "建业要工矿灯200W 140个")
    await chat("E003", "确认")
    figures = await stock_figures((await Product.get(code="HB200W")).id)
    assert (figures.free, figures.projected) == (Decimal(0), Decimal(500))
    # The purchase of 600 comes in nine days; 100 of it are waited for.
    assert figures.available_from(today() + timedelta(days=8)) == 0
    assert figures.available_from(today() + timedelta(days=9)) == 500
    assert figures.earliest(Decimal(500)) == today() + timedelta(days=9)
    assert figures.earliest(Decimal(501)) is None


async def test_the_answer_says_what_is_free_but_waited_for(chat: Chat) -> None:
    await chat("E003", "建业要角阀 430个")
    await chat("E003", "确认")
    await chat("E005", "角阀多了5个 盘盈")
    answer = await chat("E003", "角阀还有多少")
    assert "可用 5 个" in answer and "可承诺：0 个，其余有订单或工单等着" in answer
