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


@pytest.mark.parametrize(
    ("who", "line", "starts", "has"),
    [
        ("E003", "宏达要m10x40 500 个 明天送", "请确认订单", "· M10×40 不锈钢螺栓 × 500 个"),
        ("E003", "宏达建材 m8x30 1000 个", "请确认订单", "· M8×30 不锈钢螺栓 × 1,000 个"),
        ("E003", "宏达建材 角阀 两百 个", "请确认订单", "· 角阀DN15 × 200 个"),
        ("E003", "给宏达报价 m10x40 500 个", "请确认报价", "× 500 个"),
        ("E003", "给宏达报价 m10x40 500个 打95折", "请确认报价", "备注里的折扣没有算进价格；报价做好后再说，例如：QU"),
        ("E003", "宏达建材 m8x30 1000个 打9折", "请确认订单", "备注里的折扣没有算进价格"),
        ("E003", "SO0318打 95 折", "请确认打折", "¥6,600.00 → ¥6,270.00"),
        ("E003", "宏达这个月的订单", "共 4 单", "SO0312"),
        ("E003", "帮宏达留500个m8x30到12月25号", "已预留", "500 个，留到 12-25"),
        ("E009", "收宏达5000 转账", "请确认登记收款", "¥5,000.00"),
        ("E009", "收到宏达 5000元 微信", "请确认登记收款", "，微信"),
        ("E009", "今天收了宏达 5000 转账", "请确认登记收款", "，转账"),
        ("E009", "本月利润", "利润表", "收入"),
        ("E009", "这个月赚了多少", "利润表", "收入"),
        ("E009", "谁欠钱最多", "欠款", "1. 建业工程"),
        ("E009", "宏达开票SO0310", "没有可以开票的", "SO0310"),
        ("E005", "调拨 m8x30 100个 到二号仓", "从哪里调", "1 主仓"),
        ("E009", "建业的额度调到30万", "请确认", "300,000.00"),
        ("E009", "宏达对账单 上个月", "宏达建材 对账单", "期初"),
        ("E003", "给宏达留的货", "预留 0 笔", "现在没有预留"),
        ("E009", "付宝钢 1000 承兑", "请确认付款", "承兑"),
        ("E009", "现金还有多少", "", "现金"),
        ("E009", "待处理差异", "待处理财产损溢", ""),
        ("E009", "催一下建业的款", "请确认", "建业工程"),
        ("E005", "今天要发的货", "", "SO0316 宏达建材"),
        ("E005", "m8x30 在哪", "M8×30", "A-03-2"),
        ("E003", "SO0317现在什么情况", "SO0317 · ", "建业工程"),
        ("E003", "宏达建材 最近怎么样", "宏达建材", "负责人：小李"),
        ("C001", "我要下单 角阀 50个", "请确认订单", "· 角阀DN15 × 50 个"),
        ("C001", "SO0312 我不要了", "请业务员取消 SO0312 吗", "整单不要了"),
        ("C001", "欠多少钱", "宏达建材 欠款", "¥12,860.50"),
        ("C001", "退 SO0310 的 10个角阀 有锈", "请确认退货", "角阀DN15"),
    ],
)
async def test_a_wish_is_understood_in_the_order_of_words_it_comes_in(
    chat: Chat, who: str, line: str, starts: str, has: str
) -> None:
    answer = await chat(who, line)
    assert answer.startswith(starts) and has in answer, answer
