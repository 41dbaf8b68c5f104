"""Visits: written down in a line, taken back in a word, and seen on the customer's card."""

from bot.understanding.describing import describe
from handlers.actor import person
from models.crm.tables import Visit
from tests.days import ahead, shown, typed
from tests.people import Api, Chat


async def test_a_visit_to_a_lead_with_what_came_of_it_and_the_day_of_the_next(chat: Chat) -> None:
    line = f"今天拜访了城南水电,有意向角阀2000个,{typed(ahead(6))}再去"
    assert (await describe(await person("E003"), line))["slots"] == {
        "customer": "城南水电", "note": "有意向角阀2000个", "next_date": ahead(6).isoformat(),
    }  # fmt: skip
    answer = await chat("E003", line)
    assert answer.startswith(f"已记拜访 城南水电\n内容：有意向角阀2000个\n下次：{shown(ahead(6))}\n拜访人：小李")
    kept = await Visit.get().select_related("lead", "person")
    assert (kept.lead.company, kept.person.number, kept.customer_id) == ("城南水电", "E003", None)


async def test_the_card_shows_the_last_visit_of_those_whose_customer_it_is(chat: Chat) -> None:
    assert "最近拜访" not in await chat("E003", "宏达建材资料")
    await chat("E003", "拜访了宏达，问了货架的交期")
    await chat("E003", "拜访了宏达，对账")
    card = await chat("E003", "宏达建材资料")
    assert card.count("最近拜访") == 1 and "小李，对账" in card
    assert "小李，对账" in await chat("E009", "宏达建材资料")


async def test_a_visit_is_taken_back_by_whoever_wrote_it_down(chat: Chat, api: Api) -> None:
    await chat("E003", "拜访了宏达")
    number = (await Visit.get()).number
    assert (await api.post("E004", "visit.forget", visit=number))[0] == 404
    assert await chat("E003", "撤销") == "已撤销 宏达建材 的拜访记录"
    assert not await Visit.exists()


async def test_a_visit_that_cannot_be_is_refused(chat: Chat, api: Api) -> None:
    assert "没找到这个客户" in await chat("E003", "拜访了没有这家")
    status, body = await api.post("E003", "visit.log", customer="宏达建材", next_date=ahead(-1).isoformat())
    assert (status, body["input"], body["why"]) == (422, "next_date", "day_past")
    assert (await api.post("C001", "visit.log", customer="宏达建材"))[0] == 403
    assert not await Visit.exists()
