"""Ways in which people say what the product knows by another word, and lines that are no words at all."""

import pytest

from tests.people import Chat


@pytest.mark.parametrize(
    ("who", "line", "start"),
    [
        ("E003", "宏达还有多少额度", "宏达建材\n可用"),
        ("E003", "建业还有多少额度", "建业工程\n可用"),
        ("E009", "宏达的信用额度还剩多少", "宏达建材\n可用"),
        ("E003", "订单进度", "哪张订单？例如：SO0312"),
        ("C001", "订单进度", "SO0318"),
        ("C001", "查订单", "共 "),
        ("E003", "查订单", "共 "),
        ("E003", "m8 30", "M8×30 不锈钢螺栓\n可用 5,500 个"),
        ("E005", "M10 40还有多少", "M10×40 不锈钢螺栓\n可用 3,000 个"),
        ("C001", "m8x30要5000个", "请确认订单\n¥2,250.00"),
        ("E003", "m8x30要5000个", "给哪个客户？"),
        ("E003", "宏达要m8 30 500个", "请确认订单\n¥225.00"),
    ],
)
async def test_it_is_understood(chat: Chat, who: str, line: str, start: str) -> None:
    answer = await chat(who, line)
    assert answer.startswith(start), answer


@pytest.mark.parametrize("who", ["E003", "C001", "E005"])
@pytest.mark.parametrize("line", ["# h\n## x", "# h", "h x", "- a\n- b"])
async def test_signs_and_single_letters_name_no_product(chat: Chat, who: str, line: str) -> None:
    answer = await chat(who, line)
    assert answer.startswith("没听懂"), answer
    assert "库存" not in answer.splitlines()[0]


async def test_a_figure_beside_a_name_is_still_a_quantity(chat: Chat) -> None:
    assert (await chat("E003", "宏达 角阀 15")).startswith("请确认订单\n¥330.00")
    await chat("E003", "取消")
    assert "PPR水管20 × 2.5 米" in await chat("E003", "宏达要ppr水管20 2.5米")
