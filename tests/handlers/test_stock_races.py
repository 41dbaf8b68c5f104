"""Several keepers at once: the outcome is that of some order in which they might have come."""

import asyncio
from decimal import Decimal

import pytest

from handlers.actor import person
from handlers.call import Call
from handlers.dispatch import run
from models.errors import Refused
from models.purchase.tables import PurchaseOrderLine
from models.stock.tables import Hold
from tests.handlers.test_stock_documents import differences, on_hand

pytestmark = pytest.mark.commits


async def together(*calls: tuple[str, str, dict[str, object]]) -> list[str]:
    """Runs them all at once; what each came to: its number, or the code of its refusal."""
    people = {who: await person(who) for who, _, _ in calls}
    outcomes = await asyncio.gather(
        *(run(people[who], Call(name, inputs), key=f"{name}-{n}") for n, (who, name, inputs) in enumerate(calls)),
        return_exceptions=True,
    )
    return [each.code if isinstance(each, Refused) else each.facts.get("number", "ok") for each in outcomes]  # type: ignore[union-attr]


async def test_of_two_who_receive_more_than_is_ordered_one_is_refused(database: str) -> None:
    each = {"purchase": "PO0087", "quantity": "400"}
    assert sorted(await together(("E005", "stock.in", each), ("E013", "stock.in", each))) == ["GR0003", "over_received"]
    assert (await PurchaseOrderLine.get(order__number="PO0087")).received == 400
    assert await differences() == []


async def test_the_last_pieces_are_kept_for_as_many_as_there_are(database: str) -> None:
    wanted = {"items": [{"product": "SW86S", "quantity": "60"}]}
    customers = ("宏达建材", "建业工程", "宏达建材", "建业工程")
    outcomes = await together(*(("E003", "stock.reserve", {"customer": name, **wanted}) for name in customers))
    assert sorted(outcomes) == ["not_enough_stock", "not_enough_stock", "ok", "ok"]
    assert sum([hold.quantity for hold in await Hold.filter(state="active")], Decimal(0)) == 120
    assert await differences() == []


async def test_goods_that_leave_both_ways_at_once_never_cross_into_a_deadlock_or_below_zero(database: str) -> None:
    goods = [{"product": "AV15", "quantity": "300"}, {"product": "BRG6204", "quantity": "500"}]
    outcomes = await together(
        ("E005", "stock.out", {"items": goods, "reason": "打样"}),
        ("E013", "stock.transfer", {"source": "主仓", "target": "二号仓", "items": goods[::-1]}),
        ("E022", "stock.scrap", {"items": [{"product": "AV15", "quantity": "1"}]}),
    )
    assert sorted(outcomes)[-1] == "not_enough_stock" and len(set(outcomes)) == 3
    assert sum(int(each) for each in (await on_hand("AV15")).values()) in (119, 419)
    assert await differences() == []
