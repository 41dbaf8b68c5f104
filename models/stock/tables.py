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


class Location(Row):
    """A place inside a warehouse, such as A-03-2; its code is unique in the company."""

    code = fields.CharField(max_length=20, unique=True)
    warehouse = to("Warehouse")

    class Meta:
        table = "location"


class Lot(Row):
    """Goods of one product with one origin; what expires first leaves first."""

    product = to("Product")
    number = fields.CharField(max_length=40, db_index=True)
    expires_on = fields.DateField(null=True)

    class Meta:
        table = "lot"
        unique_together = (("product", "number"),)


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


class StockBin(Row):
    """Where in a warehouse goods lie and of which lot they are; empty is: not put away, of no lot."""

    product = to("Product")
    warehouse = to("Warehouse")
    location = fields.CharField(max_length=20, default="")
    lot = fields.CharField(max_length=40, default="")
    on_hand = quantity_field(default=0)

    class Meta:
        table = "stock_bin"
        unique_together = (("product", "warehouse", "location", "lot"),)
        indexes = (Index(fields=["location"], name="stock_bin_location"), Index(fields=["lot"], name="stock_bin_lot"))
        constraints = (CheckConstraint(check="on_hand >= 0", name="stock_bin_never_negative"),)


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
    location = fields.CharField(max_length=20, default="", db_default="")
    lot = fields.CharField(max_length=40, default="")
    memo = fields.CharField(max_length=120, default="", db_default="")
    moved_at = time_field()
    moved_by = to("Person", null=True)

    class Meta:
        table = "stock_move"
        indexes = (
            Index(fields=["document"], name="stock_move_document"),
            Index(fields=["moved_at"], name="stock_move_moved_at"),
            Index(fields=["lot"], name="stock_move_lot"),
        )


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


class HoldState(Labelled):
    """Where a salesperson's reservation for a customer stands."""

    active = "active", "占用中"
    ordered = "ordered", "已转订单"
    released = "released", "已释放"
    expired = "expired", "已到期"


class Hold(Row):
    """Goods that a salesperson keeps for a customer until the end of a day, before there is an order."""

    number = fields.CharField(max_length=20, unique=True)
    customer = to("Customer")
    product = to("Product")
    quantity = quantity_field()
    until = fields.DateField()
    state = fields.CharField(max_length=12, default=HoldState.active.value)
    made_by = to("Person")
    made_at = time_field()

    class Meta:
        table = "stock_hold"
        indexes = (Index(fields=["customer_id", "state"], name="stock_hold_customer"),)
        constraints = (CheckConstraint(check="quantity > 0", name="stock_hold_quantity"),)

    MOVES = {HoldState.active: {HoldState.ordered, HoldState.released, HoldState.expired}}


class AdjustmentKind(Labelled):
    """Why stock changes without a customer's or supplier's document."""

    adjust = "adjust", "库存调整"
    scrap = "scrap", "报废"
    issue = "issue", "其他出库"
    material = "material", "生产领料"


class AdjustmentState(Labelled):
    """Where an adjustment stands; stock moves only when it is done."""

    pending_approval = "pending_approval", "审批中"
    done = "done", "已完成"
    rejected = "rejected", "已驳回"
    cancelled = "cancelled", "已撤销"


class Adjustment(Row):
    """Goods found, lost, scrapped or used up; `about` is the document they were used for, `amount` their worth in CNY."""

    number = fields.CharField(max_length=20, unique=True)
    kind = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=120, default="")
    about = fields.CharField(max_length=20, default="", db_index=True)
    amount = money_field(default=0)
    state = fields.CharField(max_length=20)
    made_by = to("Person")
    made_at = time_field()

    class Meta:
        table = "stock_adjustment"

    MOVES = {
        AdjustmentState.pending_approval: {AdjustmentState.done, AdjustmentState.rejected, AdjustmentState.cancelled},
        AdjustmentState.done: {AdjustmentState.cancelled},
    }


class AdjustmentLine(Row):
    """So much more (positive) or less of one product in one warehouse; without location and lot, wherever it lies."""

    adjustment = to("Adjustment")
    product = to("Product")
    warehouse = to("Warehouse")
    location = fields.CharField(max_length=20, default="")
    lot = fields.CharField(max_length=40, default="")
    quantity = quantity_field()

    class Meta:
        table = "stock_adjustment_line"
        constraints = (CheckConstraint(check="quantity <> 0", name="stock_adjustment_line_quantity"),)


class TransferState(Labelled):
    """Where a transfer stands."""

    in_transit = "in_transit", "在途"
    done = "done", "已到"
    cancelled = "cancelled", "已撤销"


class Transfer(Row):
    """Goods on their way from one place of ours to another; received at once unless it was only sent."""

    number = fields.CharField(max_length=20, unique=True)
    source = to("Warehouse")
    target = to("Warehouse")
    target_location = fields.CharField(max_length=20, default="")
    state = fields.CharField(max_length=12)
    sent_at = time_field()
    sent_by = to("Person")
    received_at = time_field(null=True)
    received_by = to("Person", null=True)

    class Meta:
        table = "stock_transfer"

    MOVES = {
        TransferState.in_transit: {TransferState.done, TransferState.cancelled},
        TransferState.done: {TransferState.cancelled},
    }


class TransferLine(Row):
    """How much of one product a transfer carries."""

    transfer = to("Transfer")
    product = to("Product")
    quantity = quantity_field()

    class Meta:
        table = "stock_transfer_line"
        constraints = (CheckConstraint(check="quantity > 0", name="stock_transfer_line_quantity"),)


class StocktakeState(Labelled):
    """Where a stocktake stands."""

    counting = "counting", "盘点中"
    review = "review", "待复核"
    done = "done", "已完成"
    cancelled = "cancelled", "已取消"


class Stocktake(Row):
    """A count of one warehouse against the books."""

    number = fields.CharField(max_length=20, unique=True)
    warehouse = to("Warehouse")
    state = fields.CharField(max_length=12, default=StocktakeState.counting.value)
    started_at = time_field()
    started_by = to("Person")
    finished_at = time_field(null=True)

    class Meta:
        table = "stocktake"

    MOVES = {
        StocktakeState.counting: {StocktakeState.review, StocktakeState.done, StocktakeState.cancelled},
        StocktakeState.review: {StocktakeState.done, StocktakeState.counting},
    }


class StocktakeLine(Row):
    """What was counted of a product, and what the books said at that moment; never edited, the latest standing one counts.

    Goods may come and go during the count: the difference is that of the moment, and it is what is posted later.
    """

    stocktake = to("Stocktake")
    product = to("Product")
    location = fields.CharField(max_length=20, default="")
    lot = fields.CharField(max_length=40, default="")
    booked = quantity_field()
    counted = quantity_field()
    withdrawn = fields.BooleanField(default=False)
    counted_at = time_field()
    counted_by = to("Person")

    class Meta:
        table = "stocktake_line"
        constraints = (CheckConstraint(check="counted >= 0", name="stocktake_line_counted"),)
