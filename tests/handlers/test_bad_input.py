"""Every command from quotation to money with figures, units and days that cannot be: refused, and nothing is changed.

`GOOD` has a call of each that would go through; then one input after the other is made impossible, as its kind allows.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from handlers.actor import person
from handlers.call import Call
from handlers.dispatch import run
from handlers.registry import handler, load
from handlers.rights import RIGHTS
from models import sql
from models.books.tables import ClosedPeriod
from models.clock import now, today
from models.errors import Refused
from models.party.tables import Customer, Role
from models.product.tables import Product
from models.transactions import transaction
from tests.people import Api, Chat

STORY = (
    ("E003", "给宏达报价 m8x30 1000个"), ("E003", "确认"), ("E005", "316发了顺丰 单号SF1029384756"), ("E005", "确认"),
    ("E009", "宏达抬头宏达建材有限公司 税号91330100MA28ABCD12"), ("E009", "开票 SO0316 专票"), ("E009", "确认"), ("E003", "SO0316退m8x30 20个 生锈"), ("E003", "确认"), ("E009", "宏达付了SO0316的674"), ("E009", "确认"), ("E009", "宏达预付款500"), ("E009", "确认"), ("E009", "退宏达100"), ("E009", "确认"), ("E009", "宏达预付款300"),
    ("E009", "确认"), ("E005", "PO0087到了100个"), ("E005", "开始盘点二号仓"), ("E012", "申请付款 佛照 300"), ("E012", "确认"),
    ("E005", "从主仓发10个m10x40到二号仓"), ("E003", "给宏达留5个m10x40"), ("E005", "报废角阀1个 坏了"),
    ("E005", "灯管实盘99"), ("E009", "正泰来票113运费"), ("E009", "确认"), ("E009", "付宝钢贸易 100"), ("E009", "确认"),
    ("E005", "SO0312先发100个"), ("E005", "顺丰"), ("E005", "SF1029384700"), ("E005", "确认"), ("E002", "暂停SO0315"),
    ("E003", "SO0312交期改到下下周五"), ("E003", "确认"),
)  # fmt: skip
"""Something of every kind that a command can be about."""

SOON = (today() + timedelta(days=5)).isoformat()

GOODS = [{"product": "M10X40", "quantity": "5"}]

SHIPPED = {"order": "SO0312", "carrier": "顺丰", "tracking_no": "SF1029384756"}

GOOD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "E005",
        "stock.in",
        {"items": GOODS, "place": "二号仓", "lot": "B260101", "expires": SOON, "cost": "0.6", "reason": "盘盈"},
    ),
    ("E005", "stock.in", {"purchase": "PO0087", "quantity": "5"}),
    ("E005", "stock.out", {"items": GOODS, "reason": "打样"}),
    ("E005", "stock.scrap", {"items": GOODS, "reason": "坏了"}),
    ("E005", "stock.scrap", {"product": "M10X40", "quantity": "5", "reason": "坏了"}),
    ("E005", "stock.adjust", {"product": "M10X40", "delta": "+5", "reason": "对账"}),
    ("E005", "stock.transfer", {"source": "主仓", "target": "二号仓", "items": GOODS}),
    ("E005", "stock.send", {"source": "主仓", "target": "二号仓", "items": GOODS}),
    ("E005", "stock.arrive", {"transfer": "TR0002"}),
    ("E005", "stock.revert", {"document": "SA0001"}),
    ("E003", "stock.reserve", {"customer": "宏达建材", "items": GOODS, "date": SOON}),
    ("E003", "stock.release", {"holds": "RS0001"}),
    ("E005", "count.finish", {"warehouse": "二号仓"}),
    ("E005", "count.record", {"product": "T8-18W", "quantity": "99", "warehouse": "二号仓"}),
    ("E005", "label.print", {"product": "M10X40", "copies": "2"}),
    ("E003", "order.create", {"customer": "宏达建材", "items": GOODS, "date": SOON}),
    ("E003", "order.copy", {"order": "SO0312"}),
    ("E003", "order.confirm", {"order": "SO0318"}),
    ("E003", "order.modify", {"order": "SO0312", "add": GOODS}),
    ("E003", "order.modify", {"order": "SO0312", "items": [{"product": "M8X30", "quantity": "5100"}]}),
    ("E003", "order.modify", {"order": "SO0312", "product": "M8X30", "quantity": "5100"}),
    ("E003", "order.modify", {"order": "SO0312", "date": SOON}),
    ("E003", "order.restore", {"order": "SO0312", "revision": "1"}),
    ("E002", "order.reopen", {"order": "SO0315"}),
    ("E003", "order.eta", {"items": GOODS, "by": SOON}),
    ("E003", "quote.create", {"customer": "宏达建材", "items": GOODS, "days": "9"}),
    ("E003", "quote.create", {"customer": "宏达建材", "items": GOODS, "until": SOON}),
    ("E003", "quote.modify", {"quotation": "QU0003", "items": GOODS, "days": "9"}),
    ("E003", "quote.modify", {"quotation": "QU0003", "until": SOON}),
    ("E003", "quote.accept", {"quotation": "QU0003", "date": SOON}),
    ("E002", "discount.request", {"order": "SO0312", "discount": "0.96"}),
    (
        "E001",
        "price.set",
        {"product": "M10X40", "price": "0.99", "min_quantity": "10", "without_tax": "1", "start": SOON, "until": SOON},
    ),
    ("E003", "price.query", {"product": "M10X40", "quantity": "10"}),
    ("E001", "product.terms", {"product": "M10X40", "tax": "9", "tolerance": "5"}),
    ("E001", "commission.set", {"percent": "2"}),
    ("E005", "ship.confirm", {**SHIPPED, "items": [{"product": "M8X30", "quantity": "10"}]}),
    ("E005", "ship.confirm", {**SHIPPED, "quantity": "10"}),
    ("E003", "return.create", {"order": "SO0316", "items": [{"product": "M8X30", "quantity": "10"}]}),
    ("E005", "return.receive", {"given": "RT0003", "product": "M8X30", "quantity": "10"}),
    ("E005", "return.receive", {"given": "RT0003", "items": [{"product": "M8X30", "quantity": "10"}]}),
    ("E009", "invoice.void", {"invoice": "IV{last_invoice}"}),
    ("E009", "payment.record", {"customer": "宏达建材", "amount": "100"}),
    ("E009", "payment.record", {"customer": "宏达建材", "amount": "100", "kind": "prepay"}),
    ("E009", "payment.allocate", {"payment": "RC{last_payment}"}),
    ("E009", "payment.refund", {"customer": "宏达建材", "amount": "100"}),
    ("E009", "payment.unrefund", {"customer": "宏达建材", "amount": "100"}),
    ("E009", "payment.cancel", {"payment": "RC{last_payment}"}),
    ("E009", "payment.writeoff", {"invoice": "IV{last_invoice}", "amount": "1", "owed": "675", "paid": "674"}),
    ("C001", "payment.notify", {"amount": "100"}),
    ("E009", "invoice.issue", {"order": "SO0312"}),
    ("E009", "payable.void", {"bill": "SI{last_supplier_invoice}"}),
    ("E009", "payable.cancel", {"payment": "PM{last_payment_out}"}),
    ("E009", "receivable.overdue", {"days": "30"}),
    ("E001", "stock.idle", {"months": "6"}),
    ("E001", "stock.idle", {"months": "12"}),
    ("E005", "ship.list", {"date": SOON}),
    ("E009", "payable.bill", {"purchase": "PO0087", "amount": "23165", "tax": "2665"}),
    ("E009", "payable.bill", {"supplier": "正泰", "amount": "113", "purpose": "运费", "tax": "13"}),
    ("E012", "payable.request", {"supplier": "正泰", "amount": "100"}),
    ("E009", "payable.pay", {"supplier": "正泰", "amount": "100"}),
    ("E001", "credit.set", {"customer": "宏达建材", "amount": "60000"}),
    ("E001", "credit.default", {"amount": "60000"}),
    ("E001", "budget.set", {"department": "采购", "purpose": "办公用品", "amount": "1000"}),
)

FIGURES = ("0", "-5", "1000000000000", "0.0000001", "abc", "NaN", "1e400")

FAR = tuple((today() + timedelta(days=days)).isoformat() for days in (-10958, 10958))

MAY_BE_ZERO = {
    ("count.record", "quantity"),  # nothing of it is there any more
    ("credit.set", "amount"),  # no credit
    ("credit.default", "amount"),
    ("stock.in", "cost"),  # a present
    ("receivable.overdue", "days"),
    ("price.set", "without_tax"),  # no
    ("payment.writeoff", "paid"),
    ("payable.bill", "tax"),  # an invoice without tax
    ("price.set", "min_quantity"),  # from the first piece
    ("product.terms", "tax"),
    ("product.terms", "tolerance"),
    ("commission.set", "percent"),
    ("budget.set", "amount"),  # nothing may be spent
}

POSTS = {
    "stock.in", "stock.out", "stock.scrap", "stock.adjust", "stock.revert", "ship.confirm", "return.receive", "invoice.void",
    "payment.record", "payment.allocate", "payment.refund", "payment.cancel", "payment.writeoff", "payment.unrefund",
    "payable.bill", "payable.pay", "payable.void", "payable.cancel", "invoice.issue", "count.finish",
}  # fmt: skip
"""What books something: none of it into a month that is closed."""

PROMISES = {
    "order.create", "order.copy", "order.confirm", "stock.reserve", "ship.confirm", "quote.accept",
    "order.reopen",
}  # fmt: skip
"""What gives a customer something: nothing to one that finance has stopped."""

AREA = {
    "stock", "order", "quote", "price", "ship", "return", "payment", "invoice", "receivable", "payable", "credit",
    "statement", "count", "pick", "discount", "budget",
}  # fmt: skip

FIGURED = ("ItemsReader", "DayReader", "MeasureReader", "DeltaReader", "CountReader", "AmountReader", "UnitPriceReader",
           "DiscountReader", "FlagReader")  # fmt: skip

PEOPLE = frozenset(role.value for role in Role) - {Role.system.value}

CODE = re.compile(r"[a-z_]+")

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class Undone(Exception):
    """Takes back what went through."""


async def fingerprint() -> dict[str, Any]:
    """Rows and a checksum of every table."""
    tables = [row["tablename"] for row in await sql.rows(TABLES)]
    each = " UNION ALL ".join(
        f"SELECT '{name}' AS name, count(*) AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum FROM \"{name}\" t"
        for name in tables
    )
    return {row["name"]: (row["rows"], row["sum"]) for row in await sql.rows(each)}


@pytest.fixture
async def good(chat: Chat) -> list[tuple[str, str, dict[str, Any]]]:
    """The calls, with the documents of the story in them."""
    for who, line in STORY:
        await chat(who, line)
    last = {
        f"{{last_{table}}}": (await sql.rows(f"SELECT substr(number, 3) AS n FROM {table} ORDER BY id DESC LIMIT 1"))[0]["n"]
        for table in ("invoice", "payment", "supplier_invoice", "payment_out")
    }  # fmt: skip

    def named(value: Any) -> Any:
        for placeholder, number in last.items():
            value = value.replace(placeholder, number) if isinstance(value, str) else value
        return value

    return [(who, name, {key: named(value) for key, value in inputs.items()}) for who, name, inputs in GOOD]


def impossible(name: str, inputs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same call with one input that cannot be, each in turn."""
    for key, value in inputs.items():
        kind = type(handler(name).inputs[key].reader).__name__
        figures = (*(FIGURES[1:] if (name, key) in MAY_BE_ZERO else FIGURES), *(("1.5",) if key == "quantity" else ()))
        if kind == "ItemsReader":
            for wrong in (
                *({"quantity": figure} for figure in FIGURES),
                {"unit": "吨"},
                {"quantity": "1.5"},
                {"product": "NOSUCH"},
            ):
                yield {**inputs, key: [{**value[0], **wrong}]}
            yield from ({**inputs, key: wrong} for wrong in ([], "M10X40 5", [{}], [None]))
        elif kind == "DayReader":
            yield from ({**inputs, key: wrong} for wrong in (*FAR, "2026-02-30", "x", 7))
        elif kind in ("MeasureReader", "DeltaReader"):
            sign = value[0] if kind == "DeltaReader" else ""
            yield from ({**inputs, key: f"{sign}{figure}"} for figure in (*figures, "5吨"))
        elif kind.endswith(("CountReader", "AmountReader", "PriceReader", "DiscountReader", "FlagReader")):
            yield from ({**inputs, key: figure} for figure in (*figures, True, [], {}))
        elif kind == "TextReader":
            yield from ({**inputs, key: wrong} for wrong in (" ", "字" * 201))


async def refused(api: Api, who: str, name: str, inputs: dict[str, Any], key: str) -> str:
    """The code with which a call is refused, in words too; or what is wrong with that."""
    query = handler(name).kind == "query"
    if query and not all(isinstance(value, str) for value in inputs.values()):
        return "invalid_input"
    status, body = await (api.get(who, name, **inputs) if query else api.post(who, name, key, **inputs))
    said = str(body.get("message", ""))
    if not 400 <= status < 500 or not CODE.fullmatch(body.get("code", "")) or not re.search(r"[\u4e00-\u9fff]", said):
        return f"{status}: {str(body)[:160]}"
    return str(body["code"])


def test_every_command_that_takes_a_figure_or_a_day_is_tried() -> None:
    wanted = {
        (name, key)
        for name, each in load().items()
        if name.split(".")[0] in AREA and RIGHTS.scope(name, PEOPLE).value
        for key, known in each.inputs.items()
        if type(known.reader).__name__ in FIGURED
    }
    assert wanted - {(name, key) for _, name, inputs in GOOD for key in inputs} == set()


async def test_every_call_would_go_through_as_it_is(good: list) -> None:
    wrong: list[Any] = []
    for who, name, inputs in good:
        with pytest.raises(Undone):
            await transaction(_tried, who, name, inputs, wrong)
    assert not wrong, "\n".join(map(str, wrong))


async def _tried(who: str, name: str, inputs: dict[str, Any], wrong: list[Any]) -> None:
    try:
        await run(await person(who), Call(name, inputs), key=f"good-{name}")
    except Refused as no:
        wrong.append((name, inputs, no.code, no.facts))
    raise Undone


async def test_what_cannot_be_is_refused_and_changes_nothing(api: Api, good: list) -> None:
    before, wrong = await fingerprint(), []
    for nth, (who, name, inputs) in enumerate(good):
        for bad, given in enumerate(impossible(name, inputs)):
            code = await refused(api, who, name, given, f"bad-{nth}-{bad}")
            if code not in {"invalid_input", "not_found", "too_much", "nothing_open", "not_enough_stock"}:
                wrong.append((name, given, code))
    assert not wrong, "\n".join(map(str, wrong))
    # Tokens are what the asking itself wrote.
    after = await fingerprint()
    assert {name for name in after if after[name] != before[name]} <= {"api_token"}


async def test_an_inactive_product_is_refused_by_every_command_that_names_one(api: Api, good: list) -> None:
    await Product.filter(code="M10X40").update(active=False)
    wrong = []
    for nth, (who, name, inputs) in enumerate(good):
        if "M10X40" in str(inputs):
            code = await refused(api, who, name, inputs, f"inactive-{nth}")
            if code not in {"not_found", "invalid_input"}:
                wrong.append((name, inputs, code))
    assert not wrong, "\n".join(map(str, wrong))


async def test_a_closed_month_is_refused_by_every_command_that_books(api: Api, good: list) -> None:
    await ClosedPeriod.create(month=f"{today():%Y-%m}", closed_at=now())
    before = await fingerprint()
    codes = [
        (name, inputs, await refused(api, who, name, inputs, f"closed-{nth}"))
        for nth, (who, name, inputs) in enumerate(good)
        if name in POSTS
    ]
    assert {name for name, _, _ in codes} == POSTS
    wrong = [each for each in codes if each[2] != "period_closed"]
    assert not wrong, "\n".join(map(str, wrong))
    after = await fingerprint()
    assert {name for name in after if after[name] != before[name]} <= {"api_token"}


async def test_a_stopped_customer_is_promised_and_sent_nothing(api: Api, good: list) -> None:
    await Customer.all().update(frozen=True)
    before = await fingerprint()
    codes = [
        (name, inputs, await refused(api, who, name, inputs, f"stopped-{nth}"))
        for nth, (who, name, inputs) in enumerate(good)
        if name in PROMISES
    ]
    assert {name for name, _, _ in codes} == PROMISES
    wrong = [each for each in codes if each[2] != "customer_frozen"]
    assert not wrong, "\n".join(map(str, wrong))
    after = await fingerprint()
    assert {name for name in after if after[name] != before[name]} <= {"api_token"}
