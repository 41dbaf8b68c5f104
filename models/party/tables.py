"""Rows of people and firms."""

from tortoise import fields
from tortoise.indexes import Index

from models.base import Row, money_field, time_field, to
from models.states import Labelled


class Role(Labelled):
    """What somebody does here; rights are given to roles."""

    salesperson = "salesperson", "销售"
    warehouse = "warehouse", "仓库"
    worker = "worker", "车间"
    customer = "customer", "客户"
    manager = "manager", "经理"
    finance = "finance", "财务"
    hr_office = "hr_office", "人事行政"
    quality = "quality", "质检"
    purchasing = "purchasing", "采购"
    service = "service", "售后"
    marketing = "marketing", "市场"
    admin = "admin", "管理员"
    system = "system", "系统"


class Department(Row):
    """A unit of staff; the head of the one without a parent is the general manager."""

    name = fields.CharField(max_length=40, unique=True)
    parent = to("Department", null=True)
    head = to("Person", null=True)

    class Meta:
        table = "department"


class CustomerGroup(Row):
    """Customers that share a credit limit each: NULL is no limit, 0 is no credit."""

    name = fields.CharField(max_length=40, unique=True)
    credit_limit = money_field(null=True)

    class Meta:
        table = "customer_group"


class Customer(Row):
    """A party that buys. A NULL limit is no limit; 0 is no credit; a frozen one gets no new order.

    `tax_title` and `tax_no` are what its invoices are made out to; `receiver` and `receiver_phone` take its goods in;
    customers of one `price_group` share price lists.
    Until the end of `dunning_paused_until` nobody reminds it of what is overdue.
    `own_limit` says that `credit_limit` is its own; else that of its group holds, and without a group the company's.
    """

    number = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=80, unique=True)
    address = fields.CharField(max_length=200, default="")
    terms_days = fields.IntField(default=30)
    month_end = fields.BooleanField(default=False)
    credit_limit = money_field(null=True)
    own_limit = fields.BooleanField(default=True, db_default=True)
    group = to("CustomerGroup", null=True)
    frozen = fields.BooleanField(default=False, db_default=False)
    tax_title = fields.CharField(max_length=80, default="", db_default="")
    tax_no = fields.CharField(max_length=30, default="", db_default="")
    receiver = fields.CharField(max_length=40, default="", db_default="")
    receiver_phone = fields.CharField(max_length=20, default="", db_default="")
    price_group = fields.CharField(max_length=40, default="", db_default="")
    dunning_paused_until = fields.DateField(null=True)
    owner = to("Person", null=True)
    keys = fields.TextField(default="")
    active = fields.BooleanField(default=True)

    class Meta:
        table = "customer"


class Supplier(Row):
    """A party we buy from; its invoices fall due `terms_days` after their day."""

    number = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=80, unique=True)
    terms_days = fields.IntField(default=30, db_default=30)
    keys = fields.TextField(default="")

    class Meta:
        table = "supplier"


class Person(Row):
    """An employee (E…) or a customer's contact (C…)."""

    number = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=40)
    nickname = fields.CharField(max_length=40, default="")
    phone = fields.CharField(max_length=20, default="", db_index=True)
    department = to("Department", null=True)
    superior = to("Person", null=True)
    customer = to("Customer", null=True)
    roles = fields.JSONField[list[str]](default=list)
    active = fields.BooleanField(default=True)
    created_at = time_field()

    class Meta:
        table = "person"
        indexes = (Index(fields=["name"], name="person_name"),)

    @property
    def called(self) -> str:
        """The name colleagues use."""
        return self.nickname or self.name
