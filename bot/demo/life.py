"""What else is going on in the demo: quotations, returns, purchases, prices, a budget, and what happened today.

None of it touches what everybody knows by heart: the products, customers and documents that are fixed.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from bot.demo.doing import carry, do
from handlers.actor import person
from models.clock import at_local, now, today, travel
from models.finance.invoicing import open_receivable
from models.party.tables import Customer
from models.purchase.orders import place_purchase

NEXT_ORDER = 319

SHORT = ("隆昌五金", "35000", "34998")
"""Who paid nearly all of an invoice."""


async def go_on() -> None:
    """Everything, each at its moment."""
    await _purchases()
    await _goods_come_back()
    await _goods_move()
    await _offers()
    await _prices()
    await _money()
    await _today()
    await carry("SO", NEXT_ORDER)


async def _purchases() -> None:
    """One that has come and been invoiced, one that is on its way in part."""
    keeper, clerk = await person("E005"), await person("E009")
    pipes = [("H016", Decimal(600), Decimal("1.28")), ("H017", Decimal(100), Decimal("11.40"))]
    with travel(_ago(days=26)):
        await place_purchase("PO0085", "联塑", pipes, due=today() + timedelta(days=5))
    with travel(_ago(days=20)):
        await do(keeper, "stock.in", purchase="PO0085", all="true")
        await do(clerk, "payable.bill", purchase="PO0085")
    with travel(_ago(days=4)):
        await do(clerk, "payable.pay", supplier="联塑", amount="1000")
    with travel(_ago(days=8)):
        await place_purchase(
            "PO0086", "远东电缆", [("H024", Decimal(40), Decimal("221.00"))], due=today() + timedelta(days=12)
        )
    with travel(_ago(days=2)):
        await do(keeper, "stock.in", purchase="PO0086", quantity="15")


async def _goods_come_back() -> None:
    """A return that was received and credited, and one that is on its way."""
    with travel(_ago(days=6)):
        await do(
            await person("E014"),
            "return.create",
            order="SO0298",
            items=[{"product": "H016", "quantity": "10"}],
            reason="有裂",
        )
    with travel(_ago(days=5)):
        await do(await person("E005"), "return.receive", given="RT0001")
    with travel(_ago(days=1)):
        await do(
            await person("E004"), "return.create", order="SO0299", items=[{"product": "H020", "quantity": "2"}],
            remedy="换货", reason="不亮",
        )  # fmt: skip


async def _goods_move() -> None:
    with travel(_ago(days=12)):
        await do(
            await person("E013"),
            "stock.transfer",
            source="主仓",
            target="二号仓",
            items=[{"product": "H018", "quantity": "20"}],
        )


async def _offers() -> None:
    """A quotation that waits for its customer, and one that was accepted and has left in part."""
    seller, other, keeper = await person("E004"), await person("E014"), await person("E005")
    with travel(_ago(days=3)):
        await do(other, "quote.create", customer="永兴五金", items=[{"product": "H012", "quantity": "60"}], days="20")
        await do(other, "quote.send", quotation="QU0001")
        await do(
            seller, "quote.create", customer="老王五金店", items=[{"product": "BRG6204", "quantity": "40"}], days="15"
        )
        await do(seller, "quote.send", quotation="QU0002")
    with travel(_ago(days=2)):
        await carry("SO", 314)
        await do(other, "quote.accept", quotation="QU0001", date=(today() + timedelta(days=1)).isoformat())
    with travel(_ago(days=1)):
        await do(keeper, "ship.confirm", order="SO0314", quantity="40", carrier="德邦", tracking_no="DPK3620019025")


async def _prices() -> None:
    """A price for one customer, one for a group, one from a quantity on."""
    boss, since = await person("E002"), (today() - timedelta(days=30)).isoformat()
    for name in ("华泰装饰", "万家灯饰"):
        await do(boss, "price.group", customer=name, group="批发")
    await do(boss, "price.set", product="H023", customer="盛世建设", price="45", start=since)
    await do(boss, "price.set", product="H029", group="批发", price="41.5", start=since)
    await do(boss, "price.set", product="H031", min_quantity="500", price="2.9", start=since)


async def _money() -> None:
    """A group with a limit of its own, what the office may spend this month, and two yuan that nobody will pay."""
    clerk, (payer, owed, paid) = await person("E009"), SHORT
    await open_receivable(await Customer.get(name=payer), Decimal(owed), issued_on=today() - timedelta(days=22))
    with travel(_ago(days=2)):
        await do(clerk, "payment.record", customer=payer, amount=paid)
    await do(clerk, "credit.default", amount="300000", group="建筑集团")
    await do(clerk, "credit.join", customer="盛世建设", group="建筑集团")
    await do(clerk, "budget.set", department="人事行政", purpose="办公用品", amount="5000")


async def _today() -> None:
    """An order and a shipment, earlier on the day the demo is built."""
    with travel(_earlier(hours=3)):
        await carry("SO", 313)
        await do(
            await person("E004"), "order.create", customer="恒通物资", items=[{"product": "H026", "quantity": "2"}]
        )
    with travel(_earlier(hours=1)):
        await do(await person("E005"), "ship.confirm", order="SO0313", carrier="顺丰", tracking_no="SF1029384012")


def _ago(*, days: int) -> datetime:
    return now() - timedelta(days=days)


def _earlier(*, hours: int) -> datetime:
    """So many hours ago, or, just after midnight, the beginning of the day."""
    return max(at_local(today()), now() - timedelta(hours=hours))
