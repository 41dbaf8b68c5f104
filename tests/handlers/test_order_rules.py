"""Rules of availability, reservation and orders that hold across documents, each named as the rule says it."""

from decimal import Decimal
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from models import sql
from models.finance.credit import credit_status
from models.party.tables import Customer
from models.product.tables import Product
from models.sales.tables import Delivery
from models.stock.figures import stock_figures
from models.transactions import savepoint
from tests.books import clean
from tests.people import Api

SUMS = """
SELECT sum(on_hand)::int AS on_hand, sum(reserved)::int AS reserved FROM stock_balance b JOIN product p ON p.id = b.product_id
WHERE p.code = $1
"""

SHIPPED = {"carrier": "顺丰", "tracking_no": "SF1029384756"}


async def projected(code: str) -> Decimal:
    return (await stock_figures((await Product.get(code=code)).id)).projected


async def done(api: Api, who: str, name: str, **inputs: Any) -> dict[str, Any]:
    """A command that goes through."""
    status, body = await api.post(who, name, **inputs)
    assert status in (200, 202), body
    return body


async def ordered(api: Api, code: str, quantity: int, customer: str = "建业工程") -> dict[str, Any]:
    return await done(
        api, "E003", "order.create", customer=customer, items=[{"product": code, "quantity": str(quantity)}]
    )


async def test_free_is_on_hand_less_reserved_over_all_warehouses(api: Api) -> None:
    sums = (await sql.rows(SUMS, "M8X30"))[0]
    _, told = await api.get("E003", "stock.query", product="M8X30")
    assert (told["on_hand"], told["reserved"]) == (str(sums["on_hand"]), str(sums["reserved"])) == ("12000", "6500")
    assert told["free"] == str(sums["on_hand"] - sums["reserved"])


async def test_demand_is_what_was_ordered_and_a_reservation_what_is_held_of_it(api: Api) -> None:
    order = await ordered(api, "AV15", 500)
    assert (order["lines"][0]["quantity"], order["lines"][0]["reserved"], order["short"]) == ("500", "420", True)
    # Eighty are lacking: inside that is less than nothing, to askers it is nothing.
    assert await projected("AV15") == -80
    assert (await api.get("E003", "stock.query", product="AV15"))[1]["free"] == "0"
    # The next one holds nothing, and nothing is taken from the first.
    assert (await ordered(api, "AV15", 5, "宏达建材"))["lines"][0]["reserved"] == "0"
    assert (await api.get("E003", "order.status", order=order["number"]))[1]["lines"][0]["reserved"] == "420"
    assert await clean()


async def test_a_closed_order_demands_nothing_and_one_that_is_taken_up_again_demands_it_again(api: Api) -> None:
    order = (await ordered(api, "AV15", 500))["number"]
    await done(api, "E002", "order.close", order=order)
    assert await projected("AV15") == 420
    await done(api, "E002", "order.reopen", order=order)
    assert await projected("AV15") == -80
    assert await clean()


async def test_a_delivery_takes_from_demand_and_reservation_alike(api: Api) -> None:
    order = (await ordered(api, "AV15", 500))["number"]
    await done(api, "E005", "ship.confirm", order=order, items=[{"product": "AV15", "quantity": "100"}], **SHIPPED)
    assert (await sql.rows(SUMS, "AV15"))[0] == {"on_hand": 320, "reserved": 320}
    assert await projected("AV15") == -80


@pytest.mark.parametrize(
    "impossible",
    [
        "UPDATE stock_balance SET reserved = on_hand + 1",
        "UPDATE stock_balance SET on_hand = -1, reserved = 0",
        "UPDATE stock_balance SET reserved = -1",
        "UPDATE stock_bin SET on_hand = -1",
        "UPDATE payment SET allocated = amount + 1",
        "UPDATE invoice SET paid = total + 1",
    ],
)
async def test_the_database_itself_refuses_what_must_never_be(database: str, impossible: str) -> None:
    with pytest.raises(IntegrityError):
        async with savepoint():
            await sql.rows(impossible)


async def test_tax_is_in_the_exposure_before_and_after_the_invoice(api: Api) -> None:
    await done(api, "E001", "price.set", product="AV15", price="20", customer="建业工程", without_tax=1)
    customer = await Customer.get(name="建业工程")
    before = (await credit_status(customer.id)).exposure
    order = await ordered(api, "AV15", 10)
    # 10 × 20.00 and 13 %.
    assert order["total"] == "226.00"
    assert (await credit_status(customer.id)).exposure == before + 226
    await done(api, "E005", "ship.confirm", order=order["number"], **SHIPPED)
    assert (await credit_status(customer.id)).exposure == before + 226
    await done(api, "E009", "invoice.issue", order=order["number"])
    assert (await credit_status(customer.id)).exposure == before + 226
    assert await clean()


async def test_order_delivery_and_invoice_are_three_facts_with_their_own_percentages(api: Api) -> None:
    order = (await ordered(api, "AV15", 100))["number"]

    async def facts() -> tuple[str, int, int]:
        _, shown = await api.get("E009", "order.status", order=order)
        return shown["state"], shown["delivered_percent"], shown["invoiced_percent"]

    assert await facts() == ("confirmed", 0, 0)
    await done(api, "E005", "ship.confirm", order=order, items=[{"product": "AV15", "quantity": "40"}], **SHIPPED)
    assert await facts() == ("in_progress", 40, 0)
    await done(api, "E009", "invoice.issue", order=order)
    assert await facts() == ("in_progress", 40, 40)
    await done(api, "E005", "ship.confirm", order=order, **SHIPPED)
    assert await facts() == ("in_progress", 100, 40)
    await done(api, "E003", "order.receive", order=order)
    assert await facts() == ("done", 100, 40)
    await done(api, "E009", "invoice.issue", order=order)
    assert await facts() == ("done", 100, 100)
    assert await clean()


async def test_the_rest_of_a_part_is_a_second_delivery_of_the_same_order(api: Api) -> None:
    order = (await ordered(api, "AV15", 100))["number"]
    first = await done(
        api, "E005", "ship.confirm", order=order, items=[{"product": "AV15", "quantity": "40"}], **SHIPPED
    )
    assert first["backorder"] == [{"product": {"code": "AV15", "name": "角阀DN15"}, "quantity": "60", "unit": "个"}]
    second = await done(api, "E005", "ship.confirm", order=order, **SHIPPED)
    assert (second["lines"], second["backorder"]) == (
        [{"product": {"code": "AV15", "name": "角阀DN15"}, "quantity": "60", "unit": "个"}],
        [],
    )
    assert await Delivery.filter(order__number=order).order_by("id").values_list("number", flat=True) == [
        first["number"], second["number"],
    ]  # fmt: skip


async def test_what_was_delivered_is_not_cancelled_but_comes_back(api: Api) -> None:
    order = (await ordered(api, "AV15", 100))["number"]
    part = [{"product": "AV15", "quantity": "40"}]
    await done(api, "E005", "ship.confirm", order=order, items=part, **SHIPPED)
    status, body = await api.post("E003", "order.cancel", order=order)
    assert (status, body["code"]) == (409, "wrong_state")
    back = (await done(api, "E003", "return.create", order=order, items=part))["number"]
    await done(api, "E005", "return.receive", given=back)
    assert (await sql.rows(SUMS, "AV15"))[0]["on_hand"] == 420
    assert await clean()
