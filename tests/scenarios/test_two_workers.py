"""Two processes, one database: what comes twice acts once, and the first decision stands."""

import asyncio
from decimal import Decimal
from functools import partial

import pytest

from handlers.actor import person
from handlers.call import Call
from handlers.dispatch import run
from models import sql
from models.clock import now
from models.finance.credit import credit_status
from tests.people import Pair
from tests.waiting import until

pytestmark = [pytest.mark.commits, pytest.mark.slow, pytest.mark.xdist_group("heavy")]


async def figure(statement: str, *values: object) -> str:
    row = await sql.row(statement, *values)
    assert row is not None
    return str(next(iter(row.values())))


RESERVED = "SELECT sum(reserved)::int FROM stock_balance b JOIN product p ON p.id = b.product_id WHERE p.code = $1"


CUSTOMER = "SELECT customer_id FROM sales_order WHERE number = $1"
DECISIONS = """
SELECT count(*) FROM audit_entry WHERE handler IN ('approval.approve', 'approval.reject') AND inputs->>'approval' = $1
"""


@pytest.mark.parametrize("lines", [("宏达要M8×30 5000个", "确认"), ("下单", "宏达建材", "M8×30 5000个", "确认")])
async def test_an_order_whose_every_push_comes_three_times_to_two_workers_is_placed_once(
    pair: Pair, lines: tuple[str, ...]
) -> None:
    began = now()
    for line in lines:
        answer = await pair.post("text", door="work", person="E003", text=line, deliver=3)
        assert len(set(answer["replies"])) == 1, answer
    assert await figure(RESERVED, "M8X30") == "11500"
    assert await figure("SELECT count(*) FROM sales_order WHERE created_at > $1", began) == "1"


async def test_what_one_process_has_moved_is_in_the_very_next_answer_of_the_other(pair: Pair) -> None:
    for moved in range(1, 11):
        asked, mover = moved % 2, 1 - moved % 2
        assert "已调拨" in await pair.text("E005", "从主仓调100个m8x30到二号仓", start=mover)
        answer = await pair.text("E003", "m8x30还有多少", start=asked)
        assert f"\n主仓：{9200 - 100 * moved:,} 个（预留 6,500）\n二号仓：{2800 + 100 * moved:,} 个\n" in answer


@pytest.mark.slow
async def test_of_two_taps_at_once_one_decides_in_each_of_twenty_rounds(pair: Pair) -> None:
    outcomes = [await _round(pair, number) for number in range(20)]
    assert set(outcomes) <= {"approved", "rejected"}


async def _round(pair: Pair, number: int) -> str:
    """An order over the limit, two opposite taps released together; says which stood, having checked all it means."""
    # A member takes only so many messages a minute.
    await pair.control("clock", forward=60)
    seller, key = await person("E003"), f"round-{number}"
    items = [{"product": "AV15", "quantity": "4000"}]
    held = await run(seller, Call("order.create", {"customer": "建业工程", "items": items}), key=key)
    order, approval = held.facts["number"], str(held.approval)
    cards = await asyncio.gather(*(_card(pair, who, approval) for who in ("E001", "E009")))
    first = number % 2
    await asyncio.gather(
        _tap(pair, "E001", cards[0], "同意", first),
        _tap(pair, "E009", cards[1], "驳回", 1 - first),
    )
    state = await figure("SELECT state FROM approval WHERE number = $1", approval)
    decided = {"approved": "已同意", "rejected": "已驳回"}[state]
    for who in ("E001", "E009"):
        assert decided in await until(partial(_decided, pair, who, approval))
    await until(partial(_told, pair, "E003", f"{approval} {decided}"))
    stands = {"approved": "confirmed", "rejected": "cancelled"}[state]
    assert await figure("SELECT state FROM sales_order WHERE number = $1", order) == stands
    assert await figure(RESERVED, "AV15") == {"approved": "420", "rejected": "0"}[state]
    assert await figure(DECISIONS, approval) == "1"
    assert (await credit_status(int(await figure(CUSTOMER, order)))).exposure == (
        Decimal("217450.00") if state == "approved" else Decimal("129450.00")
    )
    if state == "approved":
        await run(seller, Call("order.cancel", {"order": order}), key=f"{key}-cancel")
    return state


async def _tap(pair: Pair, who: str, card: dict, button: str, start: int) -> None:
    await pair.post("card", door="work", person=who, task_id=card["task_id"], button=button, start=start, wait=0)


async def _card(pair: Pair, who: str, approval: str) -> dict:
    async def look() -> dict:
        return next((card for card in await pair.get("cards", person=who) if approval in card["title"]), {})

    return await until(look)


async def _decided(pair: Pair, who: str, approval: str) -> str:
    return str((await _card(pair, who, approval)).get("decided") or "")


async def _told(pair: Pair, who: str, words: str) -> bool:
    return any(words in str(each["payload"]) for each in await pair.get("deliveries", person=who))
