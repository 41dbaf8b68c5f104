"""Customers with their contacts, and suppliers, known again by their names."""

from decimal import Decimal
from typing import Any

from handlers.importing.cells import figure, phone, tax_no, text, yes_or_no
from handlers.importing.engine import BadRow, Change, Field, Kind
from models import sql
from models.party.finding import colleagues_called, contact_called, customer_called, elsewhere_with
from models.party.keeping import add_customer, add_person, add_supplier
from models.party.tables import Customer, Person, Role, Supplier

ZERO = Decimal(0)

CHANGEABLE = ("address", "terms_days", "month_end", "credit_limit", "tax_title", "tax_no")

NEXT_CONTACT = """
SELECT coalesce(max(substring(number FROM 2)::int), 0) + 1 AS number FROM person WHERE number ~ '^C[0-9]{1,8}$'
"""


async def write_customer(row: dict[str, Any], by: int | None) -> Change:
    """A new customer or contact, or what the row says differently of one."""
    if "phone" in row and "contact" not in row:
        raise BadRow(why="填了电话，也要填联系人")
    owner = await _employee(row["owner"]) if "owner" in row else None
    if "terms_days" in row:
        row["terms_days"] = int(row["terms_days"])
    customer = await customer_called(row["name"])
    change = Change.same
    if customer is None:
        customer = await add_customer(
            row["name"], owner_id=owner, credit_limit=row.get("credit_limit"), terms_days=row.get("terms_days", 30),
            month_end=row.get("month_end", False), address=row.get("address", ""),
        )  # fmt: skip
        change = Change.new
    changes = {name: row[name] for name in CHANGEABLE if name in row and row[name] != getattr(customer, name)}
    # A limit that a file names is the customer's own, whatever its group has.
    if "credit_limit" in row and not customer.own_limit:
        changes |= {"credit_limit": row["credit_limit"], "own_limit": True}
    if owner is not None and owner != customer.owner_id:  # type: ignore[attr-defined]
        changes["owner_id"] = owner
    if changes:
        await Customer.filter(id=customer.id).update(**changes)
        change = change if change is Change.new else Change.changed
    added = await _contact(customer, row) if "contact" in row else False
    return Change.changed if added and change is Change.same else change


async def write_supplier(row: dict[str, Any], by: int | None) -> Change:
    """A new supplier."""
    if await Supplier.exists(name=row["name"]):
        return Change.same
    await add_supplier(row["name"])
    return Change.new


async def _contact(customer: Customer, row: dict[str, Any]) -> bool:
    """Whether a contact was added, or got another number."""
    number = row.get("phone", "")
    person = await contact_called(customer.id, row["contact"])
    if number and (other := await elsewhere_with(number, customer.id)):
        raise BadRow(why=f"电话 {number} 已经是 {other.name}（{other.number}）的了")
    if person is not None:
        if not number or person.phone == number:
            return False
        await Person.filter(id=person.id).update(phone=number)
        return True
    found = await sql.row(NEXT_CONTACT)
    assert found is not None
    await add_person(
        f"C{found['number']:03d}", row["contact"], phone=number, roles=[Role.customer.value], customer_id=customer.id
    )
    return True


async def _employee(said: str) -> int:
    found = await colleagues_called(said)
    if len(found) != 1:
        raise BadRow(
            why=f"业务员“{said}”{'有几个人，请写员工号' if found else '没有找到，请写员工号或姓名，例如 E003'}"
        )
    return int(found[0].id)


CUSTOMERS = Kind(
    "customers",
    "客户",
    (
        Field("name", "客户名称", text(80), ("客户", "名称", "公司", "公司名称", "单位名称"), True, "宏达建材"),
        Field("address", "地址", text(200), ("收货地址", "送货地址"), example="建设路88号"),
        Field("owner", "业务员", text(40), ("负责人", "销售", "销售员", "跟进人"), example="E003"),
        Field("terms_days", "账期天数", figure(0, least=ZERO), ("账期", "付款天数"), example="30"),
        Field("month_end", "月结", yes_or_no, ("是否月结",), example="否"),
        Field("credit_limit", "信用额度", figure(2, least=ZERO), ("额度", "授信额度"), example="50000"),
        Field("tax_title", "开票抬头", text(80), ("抬头", "发票抬头"), example="宏达建材有限公司"),
        Field("tax_no", "税号", tax_no, ("纳税人识别号", "统一社会信用代码"), example="91310000MA1FL0000X"),
        Field("contact", "联系人", text(40), ("联系人姓名",), example="周经理"),
        Field("phone", "电话", phone, ("手机", "联系电话", "手机号", "联系人电话"), example="13900001111"),
    ),
    ("name", "contact"),
    write_customer,
)

SUPPLIERS = Kind(
    "suppliers",
    "供应商",
    (Field("name", "供应商名称", text(80), ("供应商", "名称", "公司", "公司名称"), True, "宝钢贸易"),),
    ("name",),
    write_supplier,
)
