"""Rows of the books. An entry is never edited; what was wrong is reversed by another."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, money_field, time_field, to
from models.states import Labelled


class AccountKind(Labelled):
    """Which part of the reports an account belongs to."""

    asset = "asset", "资产"
    liability = "liability", "负债"
    equity = "equity", "所有者权益"
    cost = "cost", "成本"
    income = "income", "收入"
    expense = "expense", "费用"


class Account(Row):
    """A line of the chart of accounts, numbered as 企业会计准则 does."""

    code = fields.CharField(max_length=12, unique=True)
    name = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=12)

    class Meta:
        table = "account"


class JournalEntry(Row):
    """What one document did to the books: its lines' debits equal their credits.

    `closes` is the month whose income and expenses an entry carries to 本年利润, or whose year's profit it distributes.
    """

    document = fields.CharField(max_length=40)
    memo = fields.CharField(max_length=120, default="")
    booked_on = fields.DateField()
    reverses = to("JournalEntry", null=True)
    closes = fields.CharField(max_length=7, default="", db_default="")
    made_at = time_field()
    made_by = to("Person", null=True)

    class Meta:
        table = "journal_entry"
        indexes = (
            Index(fields=["document"], name="journal_entry_document"),
            Index(fields=["booked_on"], name="journal_entry_day"),
        )


class JournalLine(Row):
    """One debit (positive) or credit (negative) of an entry, and whose account it is where that matters."""

    entry = to("JournalEntry")
    account = to("Account")
    amount = money_field()
    customer = to("Customer", null=True)
    supplier = to("Supplier", null=True)

    class Meta:
        table = "journal_line"
        constraints = (CheckConstraint(check="amount <> 0", name="journal_line_amount"),)


class ClearedTo(Labelled):
    """Where goods that were found or lost go in the books in the end."""

    expense = "expense", "管理费用"
    person = "person", "其他应收款"
    loss = "loss", "营业外支出"
    income = "income", "营业外收入"


class ClearingState(Labelled):
    """Where a clearing stands."""

    done = "done", "已处理"
    cancelled = "cancelled", "已撤销"


class Clearing(Row):
    """So much of what a stock document left on 待处理财产损溢, and where it went: positive what was lost, negative what was found."""

    number = fields.CharField(max_length=20, unique=True)
    source = fields.CharField(max_length=20, db_index=True)
    amount = money_field()
    kind = fields.CharField(max_length=12)
    person = to("Person", null=True)
    reason = fields.CharField(max_length=120)
    state = fields.CharField(max_length=12, default=ClearingState.done.value)
    cleared_on = fields.DateField()
    made_at = time_field()
    made_by = to("Person")

    class Meta:
        table = "clearing"
        constraints = (
            CheckConstraint(check="amount <> 0", name="clearing_amount"),
            CheckConstraint(check="(kind = 'person') = (person_id IS NOT NULL)", name="clearing_payer"),
        )

    MOVES = {ClearingState.done: {ClearingState.cancelled}}


class ClosedPeriod(Row):
    """A month whose books are closed: nothing is booked into it any more."""

    month = fields.CharField(max_length=7, unique=True)
    closed_at = time_field()
    closed_by = to("Person", null=True)

    class Meta:
        table = "closed_period"
