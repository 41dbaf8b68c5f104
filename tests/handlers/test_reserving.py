"""Reservations of orders: let go by order and by line, kept as demand, taken again; a pause keeps or frees by choice."""

from decimal import Decimal

from models.delivery.tables import Notice
from models.product.tables import Product
from models.sales.tables import SalesOrderLine
from models.stock.figures import stock_figures
from models.stock.reservation import held_by
from tests.books import clean
from tests.people import Api, Chat


async def free(code: str) -> tuple[Decimal, Decimal]:
    """What is free of a product now, and what of it nobody waits for."""
    figures = await stock_figures((await Product.get(code=code)).id)
    return figures.free, figures.projected


async def test_reservation_an_order_lets_go_of_is_free_and_stays_demand(chat: Chat) -> None:
    before = await free("M8X30")
    assert await chat("E003", "放掉SO0316的预留") == (
        "SO0316 的占用已放掉\n· M8×30 不锈钢螺栓 1,500 个\n订单照旧等着这些货，要再占上：SO0316重新备货\n回复 1 撤销"
    )
    assert await held_by("SO0316") == {}
    # Free for others, and yet waited for: what is projected has not changed.
    assert await free("M8X30") == (before[0] + 1500, before[1])
    assert (await SalesOrderLine.get(order__number="SO0316")).quantity == 1500
    assert await chat("E003", "放掉SO0316的预留") == "SO0316 没有占用这些货，不用放"
    assert await clean()
    assert await chat("E003", "SO0316重新备货") == "SO0316 备货\n· M8×30 不锈钢螺栓 已备 1,500 个"
    assert await held_by("SO0316") == {1: Decimal(1500)}
    assert await free("M8X30") == before
    assert await clean()


async def test_reservation_is_let_go_of_by_line_and_told_to_whoever_answers_for_the_order(chat: Chat, api: Api) -> None:
    items = [{"product": "M10X40", "quantity": "100"}, {"product": "AV15", "quantity": "20"}]
    _, made = await api.post("E003", "order.create", customer="宏达建材", items=items)
    number = made["number"]
    answer = await chat("E001", f"{number}的角阀预留放掉")
    assert answer.startswith(f"{number} 的占用已放掉\n· 角阀DN15 20 个\n")
    assert await held_by(number) == {1: Decimal(100)}
    told = await Notice.get(kind="stock.dropped", about=number, receiver__number="E003")
    assert told.facts["product"] == "角阀DN15" and told.facts["reason"] == "王总放掉"
    assert await chat("E001", f"{number}的轴承预留放掉") == "这张单里没有 轴承"
    assert await held_by(number) == {1: Decimal(100)}
    await chat("E001", "撤销")
    assert await clean()


async def test_reservation_of_goods_that_others_took_is_taken_again_as_far_as_there_are_any(chat: Chat) -> None:
    await chat("E003", "放掉SO0312的预留")
    await chat("E003", "建业要m8x30 10000个")
    await chat("E003", "确认")
    answer = await chat("E005", "SO0312重新备货")
    assert answer == "SO0312 备货\n· M8×30 不锈钢螺栓 已备 500 个，还差 4,500"
    assert await clean()


async def test_reservation_of_an_order_is_let_go_of_by_those_who_answer_for_it_only(chat: Chat) -> None:
    assert await chat("C001", "放掉SO0316的预留") == "没有权限查看"
    assert await chat("E005", "放掉SO0316的预留") == "没有权限查看"
    assert await held_by("SO0316") == {1: Decimal(1500)}


async def test_a_pause_keeps_what_is_held_and_a_pause_that_lets_go_frees_it(chat: Chat) -> None:
    assert "占用的库存留着；不留就发：放掉SO0316的预留" in await chat("E003", "SO0316暂停")
    assert await held_by("SO0316") == {1: Decimal(1500)}
    assert "没有占用库存" in await chat("E003", "SO0312暂停 放掉预留")
    assert await held_by("SO0312") == {}
    assert "现在是“暂停”" in await chat("E003", "SO0312重新备货")
    await chat("E003", "SO0312继续")
    await chat("E003", "确认")
    assert await held_by("SO0312") == {1: Decimal(5000)}
    assert await clean()


async def test_what_has_ended_holds_nothing_and_takes_nothing(api: Api) -> None:
    for name in ("stock.release", "stock.allocate"):
        status, body = await api.post("E001", name, order="SO0310")
        assert (status, body["code"]) == (409, "wrong_state"), name
