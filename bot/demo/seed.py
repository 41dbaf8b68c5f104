"""Building the demo company: the same every time, by the product's own commands, as the people who would, day by day."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from bot.delivery.ties import tie
from bot.demo.company import (
    BUYERS,
    COLLEAGUES,
    CONTACTS,
    DEPARTMENTS,
    E_INVOICE,
    GOODS,
    LOCATIONS,
    LOTS,
    MORE_BUYERS,
    MORE_GOODS,
    NAME,
    OLD_DEBTS,
    SUPPLIERS,
    WAREHOUSES,
    Buyer,
    Goods,
    openid,
)
from bot.demo.doing import carry, do
from bot.demo.life import go_on
from bot.demo.templates import SHIPPED, TEMPLATES
from handlers.actor import Actor, person, system
from handlers.call import Call
from handlers.dispatch import run
from models.chat.binding import bind
from models.chat.tables import Conversation, Door
from models.clock import at_local, now, today, travel
from models.delivery.tables import Grant, Notice, NoticeState, PlatformTemplate
from models.finance.invoicing import open_receivable
from models.finance.tables import Invoice, InvoiceKind
from models.party.keeping import add_customer, add_person, add_supplier
from models.party.tables import Customer, Department, Person, Supplier
from models.payables.billing import open_payable
from models.product.keeping import add_product
from models.product.tables import Product
from models.production.orders import release_work_order
from models.production.tables import BomLine
from models.purchase.orders import place_purchase
from models.sales.earning import set_rate
from models.stock.moving import add_move
from models.stock.tables import Location, Warehouse
from models.system.tables import Company, Deadline, Sequence

HISTORY = 100
FIRST_ORDER = 212
OPENED = 200
BEFORE = 91
"""Which of the old orders is 老王五金店's: panels that can be ordered again, tracked and brought back."""

CAPITAL = "4001"

OWED = (("正泰", "18650.00", 27), ("宝钢贸易", "42300.00", 36))
"""What the company owes its suppliers: who, how much, and the days since they invoiced it."""

COMMISSION = Decimal("0.02")

GRANTS = 20
"""Accepted 发货 messages that C001 has; the emulator's phone is given as many."""


class AlreadySeeded(Exception):
    """There is a company in this database; the demo is built in an empty one."""


async def seed_demo() -> None:
    """Builds 宏远五金 in an empty, migrated database, ending today. Raises AlreadySeeded."""
    if await Company.exists():
        raise AlreadySeeded
    # What is never sold has lain there for more than half a year.
    began = at_local(today() - timedelta(days=OPENED), 9)
    with travel(began):
        await _company()
        goods = [*GOODS, *_more_goods()]
        orders = _history(goods)
        await _stock(goods, orders)
    for order in orders:
        await _live(order)
    await _recent()
    await go_on()
    await _close(began.date())
    await _past_is_past()


async def _company() -> None:
    await Company.create(
        name=NAME, bank="中国工商银行城东支行", bank_account="6222 0210 0100 1234 567", created_at=now()
    )
    departments: dict[str, Department] = {}
    for name, parent, _ in DEPARTMENTS:
        departments[name] = await Department.create(name=name, parent=departments.get(parent or ""))
    people: dict[str, Person] = {}
    for each in COLLEAGUES:
        people[each.number] = await add_person(
            each.number, each.name, nickname=each.nickname, roles=list(each.roles),
            department_id=departments[each.department].id,
            superior_id=people[each.superior].id if each.superior in people else None,
        )  # fmt: skip
    # Some report to colleagues with a higher number.
    for each in COLLEAGUES:
        await Person.filter(number=each.number).update(superior_id=people[each.superior].id if each.superior else None)
        await bind(Door.work.value, each.work, people[each.number].id)
        await bind(Door.official.value, openid("o", each.number), people[each.number].id)
        await bind(Door.miniprogram.value, openid("m", each.number), people[each.number].id)
    for name, _, head in DEPARTMENTS:
        await Department.filter(name=name).update(head_id=people[head].id)
    for name in SUPPLIERS:
        await add_supplier(name)
    for rank, name in enumerate(WAREHOUSES):
        await Warehouse.create(name=name, rank=rank)
    await _customers(people)
    await set_rate(None, COMMISSION)
    for template in TEMPLATES:
        kind, filled = tie(template.title, template.fields)
        await PlatformTemplate.create(
            kind=kind,
            door=template.door,
            subscribed=template.door == Door.miniprogram.value,
            template_id=template.id,
            filled=filled,
        )


async def _customers(people: dict[str, Person]) -> None:
    owners = ["E003", "E004", "E014", "E015"]
    more = [Buyer(name, owners[index % 4], "80000", 30) for index, name in enumerate(MORE_BUYERS)]
    customers = {}
    for each in (*BUYERS, *more):
        customers[each.name] = await add_customer(
            each.name,
            owner_id=people[each.owner].id,
            credit_limit=Decimal(each.limit) if each.limit else None,
            terms_days=each.terms_days,
            month_end=each.month_end,
            address=each.address,
        )
    for number, name, phone, customer in CONTACTS:
        contact = await add_person(number, name, phone=phone, roles=["customer"], customer_id=customers[customer].id)
        await bind(Door.official.value, openid("o", number), contact.id)
    await bind(Door.miniprogram.value, openid("m", "C001"), (await Person.get(number="C001")).id)
    await Conversation.filter(external_id=openid("o", "C003")).update(reachable=False)


def _more_goods() -> list[Goods]:
    dice = random.Random(6)
    made = []
    for index, (name, unit, price, cost) in enumerate(MORE_GOODS, start=1):
        held = dice.randrange(2, 30) * 50
        made.append(Goods(f"H{index:03d}", name, unit, None, price, cost, str(held), "0", str(held // 5)))
    return made


class Past:
    """An order of the last three months: when, who for, what, and whether it was paid."""

    def __init__(self, number: int, dice: random.Random, goods: list[Goods], customers: list[str]) -> None:
        self.number = number
        self.days_ago = 90 - (number * 88) // HISTORY
        self.customer = dice.choice(customers)
        sold = [each for each in goods if each.price and Decimal(each.main) > 0]
        self.items = {each.code: dice.randrange(1, 9) * 10 for each in dice.sample(sold, dice.randrange(1, 4))}
        self.paid = self.days_ago > 40 or dice.random() < 0.5
        self.tracking = f"SF{dice.randrange(10**9, 10**10)}"
        self.carrier = "顺丰"


def _history(goods: list[Goods]) -> list[Past]:
    dice = random.Random(7)
    orders = [Past(index, dice, goods, list(MORE_BUYERS)) for index in range(HISTORY)]
    last = orders[-2]
    last.customer, last.carrier, last.tracking, last.paid = "宏达建材", "德邦", "DPK3620018877", True
    last.items = {"AV15": 100, "SW86W": 50}
    # On the Wednesday of last week, whatever day it is.
    last.days_ago = today().weekday() + 5
    panels = orders[BEFORE]
    panels.customer, panels.items, panels.paid = "老王五金店", {"AV15": 10, "SW86W": 50}, True
    return orders


async def _stock(goods: list[Goods], orders: list[Past]) -> None:
    """Opening stock: what is there today, and what has left since."""
    left: dict[str, int] = defaultdict(int)
    for order in orders:
        for code, sold in order.items.items():
            left[code] += sold
    main, second = await Warehouse.get(name="主仓"), await Warehouse.get(name="二号仓")
    keeper = (await Person.get(number="E005")).id
    lies: dict[str, str] = {}
    for code, products in LOCATIONS.items():
        await Location.create(code=code, warehouse=main)
        lies.update(dict.fromkeys(products, code))
    for each in goods:
        product = await add_product(
            each.code, each.name, unit=each.unit, barcode=each.barcode, cost=Decimal(each.cost),
            list_price=Decimal(each.price) if each.price else None,
            min_stock=Decimal(each.minimum) if each.minimum else None,
            packs={each.pack[0]: Decimal(each.pack[1])} if each.pack else {},
        )  # fmt: skip
        lot, in_lot = LOTS.get(each.code, ("", "0"))
        opening = Decimal(each.main) + left[each.code]
        for warehouse, quantity, batch in (
            (main, opening - Decimal(in_lot), ""),
            (main, Decimal(in_lot), lot),
            (second, Decimal(each.second), ""),
        ):
            if quantity > 0:
                await add_move(
                    product_id=product.id, warehouse_id=warehouse.id, quantity=quantity, document="OPENING",
                    against=CAPITAL, unit_cost=Decimal(each.cost), by=keeper, lot=batch, memo="期初库存",
                    location=lies.get(each.code, "") if warehouse is main else "",
                )  # fmt: skip
    for whole, component, factor in (
        ("M8X30", "M8BAR", "0.0333"),
        ("RACK1", "AL4040", "2.4"),
        ("RACK1", "M8X30", "16"),
    ):
        made, part = await Product.get(code=whole), await Product.get(code=component)
        await BomLine.create(product=made, component=part, factor=Decimal(factor))
    await Sequence.create(prefix="SO", following=FIRST_ORDER)


async def _live(past: Past) -> None:
    """One old order from the line that ordered it to its payment."""
    ordered = at_local(today() - timedelta(days=past.days_ago), 10)
    with travel(ordered):
        customer = await Customer.get(name=past.customer).select_related("owner")
        seller = await person(customer.owner.number)
        items = [{"product": code, "quantity": str(quantity)} for code, quantity in past.items.items()]
        placed = await do(seller, "order.create", customer=customer.number, items=items)
    number = placed.facts["number"]
    with travel(ordered + timedelta(days=1, hours=5)):
        await do(await person("E005"), "ship.confirm", order=number, carrier=past.carrier, tracking_no=past.tracking)
    with travel(ordered + timedelta(days=2)):
        await do(seller, "order.receive", order=number)
        clerk = await person("E009")
        issued = await do(clerk, "invoice.issue", order=number, kind="普票")
    if past.paid:
        with travel(min(ordered + timedelta(days=2 + past.number % 25), at_local(today(), 9))):
            await do(clerk, "payment.record", customer=customer.number, amount=issued.facts["amount"], order=number)


async def _recent() -> None:
    """What is open today: the fixed documents that everybody knows by number."""
    moment = now()
    for buyer in BUYERS:
        customer = await Customer.get(name=buyer.name)
        for amount, ago in buyer.owes:
            await open_receivable(customer, Decimal(amount), issued_on=today() - timedelta(days=ago))
    for name, amount, ago in OLD_DEBTS:
        await open_receivable(await Customer.get(name=name), Decimal(amount), issued_on=today() - timedelta(days=ago))
    owner, number = E_INVOICE
    await Invoice.filter(customer__name=owner, kind=InvoiceKind.opening.value).update(e_number=number)
    for name, amount, ago in OWED:
        await open_payable(await Supplier.get(name=name), Decimal(amount), issued_on=today() - timedelta(days=ago))
    due = today() + timedelta(days=9)
    seller, worker = await person("E003"), await person("E006")
    with travel(moment - timedelta(days=4)):
        await _order(seller, 312, "宏达建材", [("M8X30", 5000)], due)
        await place_purchase("PO0087", "佛照", [("HB200W", Decimal(600), Decimal("205.00"))], due=due)
        await release_work_order(
            "WO1105", "RACK1", Decimal(1000), due=today() + timedelta(days=14),
            steps=[("车削", 3), ("攻丝", 2), ("质检", 1), ("包装", 1)],
        )  # fmt: skip
        await release_work_order(
            "WO1108", "M8X30", Decimal(20000), due=today() + timedelta(days=10),
            steps=[("下料", 1), ("搓丝", 2), ("质检", 1)],
        )  # fmt: skip
    with travel(moment - timedelta(days=3)):
        await _order(seller, 315, "建业工程", [("BRG6204", 100)], None)
        await _order(seller, 316, "宏达建材", [("M8X30", 1500)], None)
        await do(worker, "task.report", work_order="WO1105", operation="车削", good="260")
    held_at = moment - timedelta(days=2)
    with travel(held_at):
        await carry("AP", 18)
        await _order(seller, 317, "建业工程", [("AV15", 4000)], None)
        await do(worker, "task.report", work_order="WO1105", operation="车削", good="160")
    with travel(held_at + timedelta(days=1)):
        # Nobody decided within a day, so what the order held is free again.
        key = "deadline:SO0317"
        await run(system(key), Call("reservation.expire", {"order": "SO0317"}), key=key)
        await Deadline.filter(about="SO0317").update(state="done")
    with travel(moment - timedelta(hours=20)):
        await carry("SO", 318)
        await do(await person("C001"), "order.create", items=[{"product": "AV15", "quantity": "300"}])
        await do(seller, "lead.create", company="城南水电", contact="李老板", phone="13800001234", note="有意向角阀")
    mini = await Conversation.get(external_id=openid("m", "C001"))
    await Grant.create(conversation=mini, template_id=SHIPPED, left=GRANTS)
    await Conversation.filter(external_id=openid("o", "C002")).update(
        window_until=moment + timedelta(hours=47), window_left=5
    )


async def _order(seller: Actor, number: int, customer: str, items: list[tuple[str, int]], due: date | None) -> None:
    await carry("SO", number)
    inputs: dict[str, object] = {
        "customer": customer,
        "items": [{"product": code, "quantity": str(quantity)} for code, quantity in items],
    }
    if due:
        inputs["date"] = due.isoformat()
    await do(seller, "order.create", **inputs)


async def _close(began: date) -> None:
    """The first two months are closed: nothing of them is open any more."""
    clerk, first = await person("E009"), began.replace(day=1)
    for month in (first, (first + timedelta(days=31)).replace(day=1)):
        await do(clerk, "ledger.close", period=f"{month:%Y-%m}")


async def _past_is_past() -> None:
    """What was told in those months has long been read, and who followed has been asked about."""
    await Conversation.all().update(ask_union_at=None)
    await Notice.filter(state=NoticeState.queued.value).update(state=NoticeState.accepted.value, settled_at=now())
