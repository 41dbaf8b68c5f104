"""The catalogue: what a product is, its pictures, and that what is no longer sold is no longer promised."""

from models.product.tables import Product
from models.sales.tables import SalesOrder
from tests.bot.test_photos import sends_photo
from tests.people import Api, Chat


async def test_the_card_of_a_product_says_what_the_asker_may_know(chat: Chat) -> None:
    card = await chat("E003", "角阀资料")
    assert card.splitlines() == [
        "角阀DN15", "编码：AV15", "单位：个，一箱 40 个", "标准价：¥22.00", "安全库存：200 个",
    ]  # fmt: skip
    assert "安全库存" not in await chat("C001", "角阀资料")


async def test_a_photo_lies_with_the_product_it_is_said_to_be_of(chat: Chat) -> None:
    await sends_photo(chat, "E002")
    assert "AV15" in await chat("E002", "附到AV15")
    assert "图片：1 张" in await chat("E003", "角阀图片")
    await sends_photo(chat, "C001", door="official")
    assert "没有找到" in await chat("C001", "附到AV15")


async def test_what_is_stopped_is_neither_offered_nor_ordered_until_it_is_sold_again(chat: Chat, api: Api) -> None:
    before = await SalesOrder.all().count()
    assert "没有权限" in await chat("E003", "停用角阀")
    assert (await chat("E002", "停用角阀")).startswith("角阀DN15\n已停用")
    for line in ("宏达要角阀DN15 10个", "给宏达报价角阀DN15 10个", "角阀DN15多少钱"):
        assert "“角阀DN15”已经停用" in await chat("E003", line), line
    status, body = await api.post("C001", "order.create", items=[{"product": "AV15", "quantity": "10"}])
    assert (status, body["code"], body["stopped"]) == (404, "not_found", "角阀DN15")
    assert await SalesOrder.all().count() == before
    assert "已经停用" in await chat("E002", "停用AV15")
    assert "没找到“角阀”" in await chat("E003", "角阀还有多少")
    assert (await chat("E002", "启用AV15")).startswith("角阀DN15\n已启用")
    assert "请确认订单" in await chat("E003", "宏达要角阀DN15 10个")


async def test_a_stop_is_taken_back_in_a_word(chat: Chat) -> None:
    await chat("E002", "停用角阀")
    assert (await chat("E002", "撤销")).startswith("角阀DN15\n已启用")
    assert (await Product.get(code="AV15")).active
