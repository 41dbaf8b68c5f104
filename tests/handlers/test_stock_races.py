"""Several keepers at once: the outcome is that of some order in which they might have come."""

import asyncio
import itertools
from decimal import Decimal

import pytest

from handlers.actor import person
from handlers.call import Call
from handlers.dispatch import run
from models.errors import Refused
from models.purchase.tables import PurchaseOrderLine
from models.stock.reservation import held_by
from models.stock.tables import Adjustment, Hold, StockMove
from tests.days import ahead
from tests.handlers.test_stock_documents import differences, on_hand

pytestmark = pytest.mark.commits

_keys = itertools.count()


async def together(*calls: tuple[str, str, dict[str, object]]) -> list[str]:
    """Runs them all at once; what each came to: its number, or the code of its refusal."""
    people = {who: await person(who) for who, _, _ in calls}
    outcomes = await asyncio.gather(
        *(run(people[who], Call(name, inputs), key=f"{name}-{next(_keys)}") for who, name, inputs in calls),
        return_exceptions=True,
    )
    return [each.code if isinstance(each, Refused) else each.facts.get("number", "ok") for each in outcomes]  # type: ignore[union-attr]


def lamps(quantity: int) -> list[dict[str, str]]:
    """So many of a product of which there are 40."""
    return [{"product": "HB200W", "quantity": str(quantity)}]


async def test_of_two_who_receive_more_than_is_ordered_one_is_refused(database: str) -> None:
    each = {"purchase": "PO0087", "quantity": "400"}
    assert sorted(await together(("E005", "stock.in", each), ("E013", "stock.in", each))) == ["GR0003", "over_received"]
    assert (await PurchaseOrderLine.get(order__number="PO0087")).received == 400
    assert await differences() == []


async def test_of_two_who_say_when_a_new_lot_expires_one_is_refused(database: str) -> None:
    lot = {"items": [{"product": "BV25R", "quantity": "1"}], "lot": "B261201", "reason": "退料"}
    said = (("E005", f"{ahead(100)}"), ("E013", f"{ahead(400)}"))
    outcomes = await together(*((who, "stock.in", {**lot, "expires": day}) for who, day in said))
    assert outcomes.count("expiry_known") == 1
    assert await StockMove.filter(lot="B261201").count() == 1
    assert await differences() == []


async def test_of_many_small_losses_at_once_no_more_go_through_than_one_may_lose(database: str) -> None:
    lost = ("E005", "stock.adjust", {"product": "HB200W", "delta": "-2", "reason": "盘亏"})
    outcomes = await together(*[lost] * 6)
    assert sorted(outcomes) == [f"SA000{nth}" for nth in range(1, 7)]
    # Two lamps are 410.00: with a third such loss it would be more than 1,000.00.
    assert await Adjustment.filter(state="done").count() == 2
    assert await Adjustment.filter(state="pending_approval").count() == 4
    assert await on_hand("HB200W") == {"主仓": "36"}
    assert await differences() == []


async def test_goods_that_come_in_while_an_order_grows_give_it_no_more_than_it_lacks(database: str) -> None:
    await run(await person("E003"), Call("order.create", {"customer": "建业工程", "items": lamps(44)}), key="waits")
    # Each keeper's first of the day: what one finds in several goes is summed, and needs consent.
    for nth, keeper in enumerate(("E005", "E013", "E008", "E001"), 45):
        # Both look for what the order lacks at the same time.
        grown = ("E003", "order.modify", {"order": "SO0319", "items": lamps(nth)})
        assert len(await together(grown, (keeper, "stock.in", {"items": lamps(4), "reason": "盘盈"}))) == 2
        assert await held_by("SO0319") == {1: Decimal(min(nth, 4 * nth - 136))}, nth
    assert await differences() == []


async def test_the_last_pieces_are_kept_for_as_many_as_there_are(database: str) -> None:
    wanted = {"items": [{"product": "SW86S", "quantity": "60"}]}
    customers = ("宏达建材", "建业工程", "宏达建材", "建业工程")
    outcomes = await together(*(("E003", "stock.reserve", {"customer": name, **wanted}) for name in customers))
    assert sorted(outcomes) == ["not_enough_stock", "not_enough_stock", "ok", "ok"]
    assert sum([hold.quantity for hold in await Hold.filter(state="active")], Decimal(0)) == 120
    assert await differences() == []


async def test_goods_that_leave_both_ways_at_once_never_cross_into_a_deadlock_or_below_zero(database: str) -> None:
    goods = [{"product": "M10X40", "quantity": "1600"}, {"product": "AV15", "quantity": "1"}]
    outcomes = await together(
        ("E005", "stock.out", {"items": goods, "reason": "打样"}),
        ("E013", "stock.transfer", {"source": "主仓", "target": "二号仓", "items": goods[::-1]}),
        ("E022", "stock.scrap", {"items": [{"product": "M10X40", "quantity": "1"}], "reason": "坏了"}),
    )
    assert sorted(outcomes)[-1] == "not_enough_stock" and len(set(outcomes)) == 3
    assert sum(int(each) for each in (await on_hand("M10X40")).values()) in (1399, 2999)
    assert await differences() == []
