"""One thing, typed in the many ways in which people type it, by those who type most."""

import pytest

from tests.people import Chat

ROLES = ("E003", "E005", "C001")


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(
    "line",
    [
        "M8X30", "m8x30", "M8*30", "M8×30", "Ｍ８Ｘ３０", "m8 30", "6901234567892", "M8x30库存", "kc m8x30", "cx m8x30 kc", "查一下m8x30",
        "M8×30不锈钢螺栓还有多少", "M8×30不鏽鋼螺栓還有多少", "查詢庫存 M8X30", "m8x30buxiugangluoshuan", "请问m8x30还有货吗？",
    ],
)  # fmt: skip
async def test_a_product_is_found_however_it_is_typed(chat: Chat, who: str, line: str) -> None:
    answer = await chat(who, line)
    assert answer.startswith("M8×30 不锈钢螺栓\n"), answer
    assert ("5,500" in answer) is (who != "C001")


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("line", ["jiaofa", "jf", "jiaofa还有多少", "角閥", "角閥還有多少", "AV15", "av15", "dn15角阀"])
async def test_a_name_is_found_by_its_sound_its_initials_and_in_traditional_characters(
    chat: Chat, who: str, line: str
) -> None:
    answer = await chat(who, line)
    assert answer.startswith("角阀DN15\n"), answer


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(
    "line",
    [
        "SO0316",
        "so0316",
        "so316",
        "SO 0316",
        "316",
        "ＳＯ０３１６",
        "SO0316發貨了嗎",
        "316那个单发货没有",
        "查订单SO0316",
        "SO0316什么情况",
    ],
)
async def test_an_order_is_found_by_its_number(chat: Chat, who: str, line: str) -> None:
    answer = await chat(who, line)
    assert answer.startswith("SO0316 · 已确认"), answer


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("line", ["DPK3620018877", "dpk3620018877", "DPK3620018877到哪了", "查快递DPK3620018877"])
async def test_a_parcel_is_found_by_the_number_of_its_carrier(chat: Chat, who: str, line: str) -> None:
    answer = await chat(who, line)
    assert answer.startswith("SO0310") and "德邦 DPK3620018877" in answer, answer


async def test_a_parcel_of_another_customer_reads_like_one_that_never_was(chat: Chat) -> None:
    assert await chat("C001", "DPK3620019025") == (await chat("C001", "DPK3620019999"))
    assert "SO0314" not in await chat("C001", "DPK3620019025")
