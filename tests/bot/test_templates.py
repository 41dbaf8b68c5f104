"""The platforms' templates: every kind that goes to customers can be carried by one, outside the 48 hours too."""

import csv
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.syncing import sync
from bot.delivery.ties import LABELS, TIES, Unsuited, tie
from bot.demo.templates import TEMPLATES
from models.chat.tables import Conversation
from models.delivery.tables import Attempt, Grant, Notice, PlatformTemplate
from models.delivery.telling import tell
from models.party.tables import Person
from tests.people import Sim, identity
from tests.waiting import until

AUDIENCES = Path(__file__).resolve().parents[2] / "models/delivery/audiences.csv"


def to_customers() -> list[str]:
    with AUDIENCES.open() as file:
        return [row["kind"] for row in csv.DictReader(file) if row["audience"] == "customer"]


@pytest.mark.parametrize("kind", to_customers())
def test_every_kind_for_customers_is_tied_and_the_demos_official_account_offers_it(kind: str) -> None:
    assert TIES[kind].titles
    offered = [each for each in TEMPLATES if each.door == "official"]
    assert [each.title for each in offered if tie(each.title, each.fields)[0] == kind]


def test_each_title_says_one_kind() -> None:
    for kind, each in TIES.items():
        for word in each.titles:
            assert tie(f"{word}通知", {})[0] == kind, word


def test_what_fits_nothing_is_said_in_words() -> None:
    with pytest.raises(Unsuited, match="没有对应的通知"):
        tie("生日祝福", {})
    with pytest.raises(Unsuited, match="不认识字段 星座、血型"):
        tie("收款通知", {"thing1": "星座", "thing2": "血型", "amount3": "收款金额"})
    assert tie("收款通知", {"amount1": "金额"}) == ("payment.received", {"amount1": "amount"})
    assert LABELS["金额"] == "total"


@pytest.mark.commits
async def test_syncing_ties_what_the_consoles_offer_and_says_what(sim: Sim) -> None:
    await PlatformTemplate.all().delete()
    said = await sync(sim.services)
    assert "“收款通知”用于 payment.received" in said
    assert len(said) == len(TEMPLATES)
    rows = await PlatformTemplate.filter(door="official").values_list("kind", "template_id")
    assert {kind for kind, _ in rows} == set(to_customers())


ASKED = {"id": "SUB_SHIPPED", "title": "订单发货提醒", "fields": {"thing1": "快递公司"}, "subscription": True}


async def shipped(simulate: Callable[..., Awaitable[Sim]], *, accepts: int) -> tuple[Sim, Person]:
    """王工's Official Account has a subscription notice, and template messages are refused there."""
    sim = await simulate(lambda config: config["official"]["templates"].append(ASKED))
    assert "“订单发货提醒”用于 order.shipped" in await sync(sim.services)
    for number in range(accepts):
        await sim.post("clock", forward=1)
        assert (
            number < (await sim.post("subscribe", door="official", person="C002", template="SUB_SHIPPED"))["attempts"]
        )
    refused = {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
    await sim.post("fault", path="/cgi-bin/message/template/send", times=-1, answer=refused)
    facts = {"number": "SO0315", "stage_text": "已发货", "customer": {"name": "建业工程"}, "lines": []}
    contact = await Person.get(number="C002")
    await tell(
        "order.shipped", about="SO0315", facts={**facts, "shipments": [{"carrier": "顺丰", "tracking_no": "SF1"}]},
        customer=[contact.id],
    )  # fmt: skip
    return sim, contact


async def tried(contact: Person) -> list[tuple[str, str, str]]:
    await until(partial(ended, contact, "order.shipped"))
    return list(await Attempt.filter(notice__receiver=contact).order_by("id").values_list("way", "outcome", "code"))


@pytest.mark.commits
async def test_an_accepted_notice_of_the_official_account_goes_before_the_48_hours_are_used(
    simulate: Callable[..., Awaitable[Sim]],
) -> None:
    sim, contact = await shipped(simulate, accepts=1)
    assert await tried(contact) == [
        ("official_template", "refused", "43101"),
        ("official_notice", "accepted", ""),
    ]
    assert [each.left for each in await Grant.filter(template_id="SUB_SHIPPED")] == [0]
    (sent,) = [each for each in await sim.deliveries("C002") if "SUB_SHIPPED" in str(each["payload"])]
    assert sent["payload"]["data"] == {"thing1": {"value": "顺丰"}}

    async def arrived() -> bool:
        return await Attempt.filter(way="official_notice", arrived_at__isnull=False).exists()

    await until(arrived)


@pytest.mark.commits
async def test_without_an_accept_it_is_not_tried(simulate: Callable[..., Awaitable[Sim]]) -> None:
    sim, contact = await shipped(simulate, accepts=0)
    assert await tried(contact) == [("official_template", "refused", "43101"), ("customer_service", "accepted", "")]
    calls = (await sim.get("calls", since=0, wait=0))["calls"]
    assert not [each for each in calls if each["path"].endswith("bizsend")]


@pytest.mark.commits
@pytest.mark.parametrize(("code", "left"), [(43101, 0), (47003, 1), (45009, 1)])
async def test_what_the_notice_did_not_use_up_is_given_back(
    simulate: Callable[..., Awaitable[Sim]], code: int, left: int
) -> None:
    sim = await simulate(lambda config: config["official"]["templates"].append(ASKED))
    await sim.post(
        "fault", path="/cgi-bin/message/subscribe/bizsend", times=1, answer={"errcode": code, "errmsg": "no"}
    )
    sim, contact = await shipped(partial(same, sim), accepts=1)
    assert [each[0] for each in await tried(contact)] == [
        "official_template",
        "official_notice",
        "customer_service",
    ]
    assert [each.left for each in await Grant.filter(template_id="SUB_SHIPPED")] == [left]


async def same(sim: Sim, change: object) -> Sim:
    return sim


async def done(sim: Sim, person: str, name: str, **inputs: Any) -> dict[str, Any]:
    status, body = await sim.api.post(person, name, **inputs)
    assert status == 200, body
    return body


async def ended(receiver: Person, kind: str) -> Notice | None:
    return await Notice.filter(receiver=receiver, kind=kind).exclude(state__in=["queued", "sending"]).last()


@pytest.mark.commits
@pytest.mark.slow
async def test_a_customer_outside_the_48_hours_is_told_everything_by_templates(sim: Sim) -> None:
    """王工 has not written for days: an order from offer to money, told step by step."""
    contact = await Person.get(number="C002")
    await Conversation.filter(external_id=identity("C002", "official")).update(window_left=0, window_until=None)
    goods = [{"product": "SW86W", "quantity": "20"}]
    quote = await done(sim, "E003", "quote.create", customer="建业工程", items=goods)
    await done(sim, "E003", "quote.send", quotation=quote["number"])
    order = (await done(sim, "E003", "order.create", customer="建业工程", items=goods))["number"]
    more = [{"product": "SW86W", "quantity": "30"}]
    await done(sim, "E003", "order.modify", order=order, items=more)
    dropped = (await done(sim, "E003", "order.create", customer="建业工程", items=goods))["number"]
    await done(sim, "E003", "order.cancel", order=dropped)
    sent = {"order": order, "carrier": "顺丰", "tracking_no": "SF20261128"}
    await done(sim, "E005", "ship.revert", delivery=(await done(sim, "E005", "ship.confirm", **sent))["number"])
    await done(sim, "E005", "ship.confirm", **sent)
    await done(sim, "E009", "invoice.issue", order=order)
    back = await done(sim, "E003", "return.create", order=order, items=[{"product": "SW86W", "quantity": "1"}])
    await done(sim, "E005", "return.receive", given=back["number"])
    await done(sim, "E003", "statement.send", customer="建业工程")
    await done(sim, "E009", "receivable.remind", customer="建业工程")
    await done(sim, "E009", "payment.record", customer="建业工程", amount="1000")
    for kind in sorted({*to_customers()} - {"order.production"}):
        notice = await until(partial(ended, contact, kind))
        assert notice is not None and notice.state == "accepted", (kind, notice)
        tried = await Attempt.filter(notice=notice).values_list("way", "outcome")
        assert tried == [("official_template", "accepted")], kind
    shown = [each["payload"]["data"] for each in await sim.deliveries("C002") if "data" in each["payload"]]
    values = [row["value"] for data in shown for row in data.values()]
    assert values and not {"无", "-", ""} & set(values)
