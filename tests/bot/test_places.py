"""A place of the map is an address: for the question that waits for one, and for whoever has just sent one."""

from bot.turns import Turn
from models.party.tables import Customer
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
