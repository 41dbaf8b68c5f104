"""Commission: a share of the money that came in, without tax."""

from decimal import ROUND_HALF_UP, Decimal

from models.clock import at_local, today
from models.finance.tables import Allocation
from tests.people import Api, Chat

CENT = Decimal("0.01")


async def test_commission_is_the_rate_of_what_was_matched_without_tax_summed_from_the_documents(
    chat: Chat, api: Api
) -> None:
    assert "回款未税金额的 2%" in await chat("E003", "我的提成")
    await chat("E001", "小赵提成比例3%")
    assert "小赵：3%" in await chat("E001", "确认")
    assert "回款未税金额的 3%" in await chat("E004", "我的提成")
    start = at_local(today().replace(month=1, day=1))
    expected: dict[int, Decimal] = {}
    rows = Allocation.filter(payment_id__isnull=False, made_at__gte=start, invoice__order__salesperson__number="E003")
    for each in await rows.select_related("invoice"):
        net = each.amount * (each.invoice.total - each.invoice.tax) / each.invoice.total
        expected[each.invoice.id] = expected.get(each.invoice.id, Decimal(0)) + net
    total = sum(
        (
            (net.quantize(CENT, ROUND_HALF_UP) * Decimal("0.02")).quantize(CENT, ROUND_HALF_UP)
            for net in expected.values()
        ),
        Decimal(0),
    )
    status, body = await api.get("E003", "commission.query", period=str(today().year))
    assert (status, body["commission"], len(body["rows"])) == (200, str(total), len(expected))
    assert total > 0


async def test_a_payment_taken_back_takes_its_commission_back(api: Api) -> None:
    before = (await api.get("E003", "commission.query"))[1]["commission"]
    await api.post("E005", "ship.confirm", order="SO0312", carrier="顺丰", tracking_no="SF700001")
    await api.post("E009", "invoice.issue", order="SO0312")
    _, paid = await api.post("E009", "payment.record", customer="宏达建材", amount="2250.00", order="SO0312")
    gained = (await api.get("E003", "commission.query"))[1]["commission"]
    assert Decimal(gained) - Decimal(before) == Decimal("39.82")
    await api.post("E009", "payment.cancel", payment=paid["number"])
    assert (await api.get("E003", "commission.query"))[1]["commission"] == before


async def test_ones_own_is_ones_own(chat: Chat, api: Api) -> None:
    assert "没有找到" in await chat("E003", "小赵的提成")
    assert "小赵" in await chat("E001", "小赵的提成")
    assert (await api.post("E003", "commission.set", percent="9"))[0] == 403
    assert (await api.post("E001", "commission.set", percent="51"))[0] == 422
