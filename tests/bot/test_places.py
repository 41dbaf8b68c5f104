"""A place of the map is an address: for the question that waits for one, and for whoever has just sent one."""

import re

from bot.turns import Turn
from models.party.tables import Customer
from models.people.tables import Checkin
from tests.people import Chat, identity

GATE = "广州市海珠区艺苑路88号"
MALL = "广州市天河区体育西路 天河城"


async def sends_place(chat: Chat, person: str, address: str, *, door: str = "official", key: str = "place") -> str:
    turn = Turn(door, identity(person, door), f"{key}-{address}", event="place", facts={"address": address})
    return await chat.turns.run(turn, links=False)


async def address_of(name: str) -> tuple[str, str, str]:
    customer = await Customer.get(name=name)
    return customer.address, customer.receiver, customer.receiver_phone


async def test_the_conversation_that_waits_for_an_address_takes_a_place(chat: Chat) -> None:
    assert "新地址是什么" in await chat("C001", "改收货地址")
    answer = await sends_place(chat, "C001", GATE)
    assert answer.startswith("请确认收货地址") and GATE in answer
    assert (await address_of("宏达建材"))[0] == "建设路88号"
    assert "收货地址已改" in await chat("C001", "确认")
    assert (await address_of("宏达建材"))[0] == GATE


async def test_a_place_that_names_no_door_is_asked_for_the_rest(chat: Chat) -> None:
    await chat("C001", "改收货地址")
    assert "门牌号和收货人是" in await sends_place(chat, "C001", MALL)
    answer = await chat("C001", "3号楼201 王工 13900005678")
    assert f"{MALL} 3号楼201" in answer and "王工 13900005678" in answer
    await chat("C001", "确认")
    assert await address_of("宏达建材") == (f"{MALL} 3号楼201", "王工", "13900005678")


async def test_a_place_out_of_the_blue_changes_nothing_until_it_is_said_what_it_is_for(chat: Chat) -> None:
    answer = await sends_place(chat, "C001", GATE)
    assert answer.startswith("位置收到了") and GATE in answer and "回复 1 设为收货地址" in answer
    assert "请确认收货地址" in await chat("C001", "1")
    assert "已取消" in await chat("C001", "取消")
    assert (await address_of("宏达建材"))[0] == "建设路88号"
    # It was used once; the next change asks again.
    assert "新地址是什么" in await chat("C001", "设为收货地址")


async def test_a_salespersons_place_is_some_customers_and_a_workers_is_nobodys(chat: Chat) -> None:
    assert "设为收货地址" in await sends_place(chat, "E003", GATE, door="work")
    assert "哪个客户" in await chat("E003", "设为收货地址")
    assert "宏达建材" in await chat("E003", "宏达建材")
    await chat("E003", "确认")
    assert (await address_of("宏达建材"))[0] == GATE
    assert "设为收货地址" not in await sends_place(chat, "E006", MALL, door="work")


async def test_another_command_is_not_taken_for_the_rest_of_a_place(chat: Chat) -> None:
    await chat("C001", "改收货地址")
    await sends_place(chat, "C001", MALL)
    assert "SO0312" in await chat("C001", "我的订单")
    await chat("C001", "改收货地址")
    assert MALL not in await chat("C001", "人民路1号")


async def checkins() -> list[tuple[str, str]]:
    rows = await Checkin.all().order_by("id").select_related("person")
    return [(each.person.number, each.place) for each in rows]


async def test_a_colleague_checks_in_with_a_place_and_typing_is_none(chat: Chat) -> None:
    assert (await chat("E006", "打卡")).startswith("在哪里？点输入框旁的 + 发一个位置")
    assert "打字不算" in await chat("E006", "在公司")
    assert await checkins() == []
    answer = await sends_place(chat, "E006", GATE, door="work")
    assert re.fullmatch(f"已打卡 [0-2][0-9]:[0-5][0-9]\n地点：{GATE}", answer)
    assert await checkins() == [("E006", GATE)]
    again = await sends_place(chat, "E006", GATE, door="work", key="later")
    assert again.startswith("位置收到了") and "打卡" in again
    assert (await chat("E006", "1")).splitlines()[-1].startswith("今天第 2 次，第一次 ")
    assert len(await checkins()) == 2


async def test_a_place_that_was_just_sent_is_where_one_checks_in_and_is_used_once(chat: Chat) -> None:
    await sends_place(chat, "E003", MALL, door="work")
    assert (await chat("E003", "签到")).startswith("已打卡")
    assert (await chat("E003", "签到")).startswith("在哪里？")
    assert await checkins() == [("E003", MALL)]


async def test_a_customer_checks_in_nowhere(chat: Chat) -> None:
    assert "打卡" not in await sends_place(chat, "C001", GATE)
    assert "没有权限" in await chat("C001", "打卡")
    assert await checkins() == []
