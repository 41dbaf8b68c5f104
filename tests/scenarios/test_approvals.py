"""An order over its customer's limit waits for consent, by card or by line."""

import pytest

from models.approvals.tables import Delegation
from models.clock import days, now
from models.party.tables import Person
from tests.people import Sim
from tests.waiting import until

pytestmark = pytest.mark.commits


async def over_limit(sim: Sim) -> tuple[str, str]:
    """E003 orders beyond 建业工程's credit; says the order's and the approval's number."""
    assert "超额度" in await sim.text("E003", "建业工程要角阀4000个")
    held = await sim.text("E003", "确认")
    assert "超额度待放行" in held
    order = held.split(" ", 1)[0]
    status, waiting = await sim.api.get("E009", "approval.list")
    return order, next(each["number"] for each in waiting["items"] if each["subject"]["number"] == order)


async def card_of(sim: Sim, person: str, approval: str) -> dict:
    """The card on somebody's phone about an approval, once it has come."""

    async def look() -> dict:
        cards = await sim.get("cards", person=person)
        return next((card for card in cards if approval in card["title"]), {})

    return await until(look)


async def test_one_tap_decides_both_cards_show_it_and_the_salesperson_is_told(sim: Sim) -> None:
    order, approval = await over_limit(sim)
    cards = {person: await card_of(sim, person, approval) for person in ("E001", "E009")}
    await sim.post("card", door="work", person="E009", task_id=cards["E009"]["task_id"], button="同意")

    async def decided() -> bool:
        states = [(await card_of(sim, person, approval))["state"] for person in cards]
        return states == ["decided", "decided"]

    assert await until(decided)
    shown = {person: (await card_of(sim, person, approval))["decided"] for person in cards}
    assert all("已同意 · 小吴" in words for words in shown.values()), shown
    assert f"{order}，¥88,000.00" in (await card_of(sim, "E001", approval))["text"]
    assert await until(lambda: told(sim, "E003", f"{approval} 已同意"))
    status, body = await sim.api.get("E003", "order.status", order=order)
    assert body["state"] == "confirmed"
    status, credit = await sim.api.get("E009", "customer.credit", customer="建业工程")
    assert credit["exposure"] == "217450.00"


async def test_a_rejected_order_gives_stock_and_credit_back(sim: Sim) -> None:
    order, approval = await over_limit(sim)
    assert "已驳回" in await sim.text("E001", f"驳回 {approval} 毛利太低")
    assert await until(lambda: told(sim, "E003", f"{approval} 已驳回"))
    status, body = await sim.api.get("E003", "order.status", order=order)
    assert body["state"] == "cancelled"
    status, stock = await sim.api.get("E003", "stock.query", product="AV15")
    assert (stock["free"], stock["reserved"]) == ("420", "0")
    status, credit = await sim.api.get("E009", "customer.credit", customer="建业工程")
    assert credit["exposure"] == "129450.00"


async def test_a_late_decision_is_answered_with_who_was_faster(sim: Sim) -> None:
    order, approval = await over_limit(sim)
    late = await card_of(sim, "E001", approval)
    assert "已同意" in await sim.text("E009", f"同意 {approval}")
    answer = await sim.text("E001", f"驳回 {approval}")
    assert answer == f"{approval} 已由小吴处理：已通过"
    assert late["state"] == "open"


async def test_nobody_else_can_decide_and_nobody_can_release_directly(sim: Sim) -> None:
    order, approval = await over_limit(sim)
    for person in ("E003", "E002", "E008", "C002"):
        status, body = await sim.api.post(person, "approval.approve", approval=approval)
        assert status in (403, 404, 409), (person, body)
        status, body = await sim.api.post(person, "order.release", order=order)
        assert (status, body["code"]) == (403, "no_right")
    status, body = await sim.api.get("E003", "order.status", order=order)
    assert body["state"] == "credit_hold"


async def told(sim: Sim, person: str, words: str) -> bool:
    """Whether a message with these words has come."""
    return any(words in str(each["payload"]) for each in await sim.deliveries(person))


async def test_a_deputy_decides_in_anothers_stead_and_it_is_written_down(sim: Sim) -> None:
    _, approval = await over_limit(sim)
    moment = now()
    principal, deputy = await Person.get(number="E001"), await Person.get(number="E002")
    await Delegation.create(principal=principal, deputy=deputy, starts_at=moment, ends_at=moment + days(1))
    assert "已同意" in await sim.text("E002", f"同意 {approval}")
    status, body = await sim.api.get("E003", "approval.detail", approval=approval)
    assert (body["decided_by"]["name"], body["acting_for"]["name"]) == ("老陈", "王总")
    assert await until(lambda: told(sim, "E003", "老陈（代王总）"))


async def test_a_rejection_counts_at_once_and_is_explained_afterwards(sim: Sim) -> None:
    order, approval = await over_limit(sim)
    answer = await sim.text("E001", f"驳回 {approval}")
    assert answer.startswith(f"{approval} 已驳回\n")
    assert answer.endswith("为什么驳回？回复数字或写一句，不写也可以\n1 欠款没清\n2 先付款再发\n3 金额太大")
    status, body = await sim.api.get("E003", "order.status", order=order)
    assert body["state"] == "cancelled"
    assert await sim.text("E001", "2") == f"原因已告诉申请人\n{approval} 驳回：先付款再发"
    assert await until(lambda: told(sim, "E003", "王总：先付款再发"))
    status, body = await sim.api.get("E003", "approval.detail", approval=approval)
    assert (body["state"], body["reason"]) == ("rejected", "先付款再发")
    assert "不是您驳回的" in await sim.text("E009", f"{approval}原因 我也不同意")


async def test_a_tapped_rejection_is_asked_for_its_reason_and_need_not_give_one(sim: Sim) -> None:
    _, approval = await over_limit(sim)
    card = await card_of(sim, "E001", approval)
    await sim.post("card", door="work", person="E001", task_id=card["task_id"], button="驳回")
    assert await until(lambda: told(sim, "E001", "为什么驳回？"))
    assert (await sim.text("E001", "m8x30还有多少")).startswith("M8×30 不锈钢螺栓\n")
    status, body = await sim.api.get("E003", "approval.detail", approval=approval)
    assert (body["state"], body["reason"]) == ("rejected", "")


async def test_a_rejection_with_its_reason_asks_nothing(sim: Sim) -> None:
    _, approval = await over_limit(sim)
    assert "为什么驳回" not in await sim.text("E001", f"驳回 {approval} 毛利太低")
    status, body = await sim.api.get("E003", "approval.detail", approval=approval)
    assert body["reason"] == "毛利太低"
