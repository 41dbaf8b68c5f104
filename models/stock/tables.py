"""Rows of stock. Moves are the ledger; balances are kept beside them and never fall below zero."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row, money_field, price_field, quantity_field, time_field, to
from models.states import Labelled


class ReservationState(Labelled):
    """Where a reservation stands."""

    active = "active", "占用中"
    partially_consumed = "partially_consumed", "部分出库"
    consumed = "consumed", "已出库"
    released = "released", "已释放"
    expired = "expired", "已到期"


HOLDING = (ReservationState.active, ReservationState.partially_consumed)


class Warehouse(Row):
    """A place with its own stock; goods are reserved in the order of `rank`."""

    name = fields.CharField(max_length=40, unique=True)
    rank = fields.IntField(default=0)

    class Meta:
        table = "warehouse"


class StockBalance(Row):
    """What one warehouse holds of one product: physical, and held for documents."""

    product = to("Product")
    warehouse = to("Warehouse")
    on_hand = quantity_field(default=0)
    reserved = quantity_field(default=0)

    class Meta:
        table = "stock_balance"
        unique_together = (("product", "warehouse"),)
        constraints = (CheckConstraint(check="reserved >= 0 AND reserved <= on_hand", name="stock_never_negative"),)


class StockWorth(Row):
    """What all there is of one product cost us: its quantity in every warehouse, and their value."""

    product = to("Product")
    quantity = quantity_field(default=0)
    value = money_field(default=0)

    class Meta:
        table = "stock_worth"
        unique_together = (("product",),)
        constraints = (CheckConstraint(check="quantity >= 0 AND value >= 0", name="stock_worth_never_negative"),)


class StockMove(Row):
    """One movement, never edited; `document` says why, `value` by how much it changed what stock is worth."""

    product = to("Product")
    warehouse = to("Warehouse")
    quantity = quantity_field()
    unit_cost = price_field()
    value = money_field(default=0, db_default=0)
    document = fields.CharField(max_length=40)
    lot = fields.CharField(max_length=40, default="")
    moved_at = time_field()
    moved_by = to("Person", null=True)

    class Meta:
        table = "stock_move"
        indexes = (Index(fields=["document"], name="stock_move_document"),)


class Reservation(Row):
    """Stock held for one line of a document, per product and warehouse."""

    document = fields.CharField(max_length=20)
    position = fields.IntField()
    product = to("Product")
    warehouse = to("Warehouse")
    quantity = quantity_field()
    consumed = quantity_field(default=0)
    state = fields.CharField(max_length=20, default=ReservationState.active.value)
    created_at = time_field()

    class Meta:
        table = "reservation"
        indexes = (Index(fields=["document", "position"], name="reservation_document"),)
        constraints = (CheckConstraint(check="consumed >= 0 AND consumed <= quantity", name="reservation_consumed"),)
