"""What may be done with goods: taken in, given out, moved, counted, kept."""

from datetime import timedelta
from typing import Any

from models.clock import today
from tests.walks.walking import GOODS, Step, Walk, Way

MATERIAL = "AL4040"

PLACES = ("主仓", "二号仓")


def receive(w: Walk, _: str) -> Step:
    more: dict[str, Any] = w.dice.choice(({}, {"supplier": "佛照"}, {"place": "二号仓"}, {"place": "B-01-1"}))
    return "E005", {"items": w.items(60), "reason": "盘盈", **more}


def receive_lot(w: Walk, _: str) -> Step:
    expires = (today() + timedelta(days=w.dice.randint(1, 900))).isoformat()
    lot = f"B26{w.dice.randint(1, 4)}00"
    return "E005", {"items": [{"product": "BV25R", "quantity": "3"}], "lot": lot, "expires": expires, "reason": "退料"}


def between(w: Walk, _: str) -> Step:
    source, target = w.dice.sample(PLACES, 2)
    return "E013", {"source": source, "target": w.dice.choice((target, "B-01-1")), "items": w.items(9)}


def adjust(w: Walk, _: str) -> Step:
    delta = f"{w.dice.choice('+-')}{w.dice.randint(1, 40)}"
    return "E005", {"product": w.dice.choice(GOODS), "delta": delta, "reason": "对账"}


def record(w: Walk, _: str) -> Step:
    """A count of the second warehouse, where there is little, so that most of it needs no consent."""
    return "E013", {"warehouse": "二号仓", "product": w.dice.choice(GOODS), "quantity": str(w.dice.randint(0, 90))}


def report(w: Walk, _: str) -> Step:
    """Mostly the first open operation, so that the later ones have something to go on with."""
    operation = w.dice.choice(("攻丝", "攻丝", "质检", "包装"))
    good = {"攻丝": 30, "质检": 9, "包装": 3}[operation]
    return "E006", {"work_order": "WO1105", "operation": operation, "good": str(w.dice.randint(1, good))}


def keep(w: Walk, _: str) -> Step:
    return "E003", {"customer": "宏达建材", "items": w.items(20, kinds=(1,))}


def place(w: Walk, _: str) -> Step:
    code = f"{w.dice.choice('CDE')}-0{w.dice.randint(1, 9)}-{w.dice.randint(1, 9)}"
    return "E005", {"location": code, "warehouse": w.dice.choice(PLACES)}


def label(w: Walk, _: str) -> Step:
    more: dict[str, Any] = w.dice.choice(({}, {"copies": str(w.dice.randint(1, 20))}))
    return "E013", {"product": w.dice.choice(GOODS), **more}


LOT = "SELECT l.number || '@' || p.code AS number FROM lot l JOIN product p ON p.id = l.product_id WHERE true"

LOCATION = "SELECT code AS number FROM location WHERE true"

OPEN_COUNT = "SELECT number FROM stocktake WHERE state = 'counting'"

NO_COUNT = "SELECT name AS number FROM warehouse WHERE name = '二号仓' AND NOT EXISTS (SELECT FROM stocktake WHERE state IN ('counting', 'review'))"

COUNTED = "SELECT DISTINCT p.code AS number FROM stocktake_line l JOIN product p ON p.id = l.product_id WHERE NOT l.withdrawn AND EXISTS (SELECT FROM stocktake s WHERE s.id = l.stocktake_id AND s.state = 'counting')"

RECEIPT = "SELECT number FROM goods_receipt WHERE state = 'done'"

ADJUSTED = "SELECT number FROM stock_adjustment WHERE state = 'done'"

SENT = "SELECT number FROM stock_transfer WHERE state = 'in_transit'"

HELD = "SELECT number FROM stock_hold WHERE state = 'active'"

HOLDING = (
    "SELECT document AS number FROM reservation WHERE state IN ('active', 'partially_consumed') AND document LIKE 'SO%'"
)

CONFIRMED = "SELECT number FROM sales_order WHERE state IN ('confirmed', 'in_progress')"

EXPECTED = "SELECT number FROM purchase_order WHERE state IN ('confirmed', 'partially_received') AND number = 'PO0087'"

STOCK = (
    Way("stock.in", receive, often=3),
    Way("stock.in", receive_lot),
    Way("stock.in", lambda w, n: ("E005", {"purchase": n, "quantity": str(w.dice.randint(1, 30))}), EXPECTED, 2),
    Way("stock.out", lambda w, _: ("E005", {"items": w.items(20), "reason": "打样"})),
    Way("stock.out", lambda w, _: ("E013", {"items": [{"product": MATERIAL, "quantity": "3"}], "work_order": "WO1105"})),
    Way("task.report", report, often=2),
    Way("stock.scrap", lambda w, _: ("E005", {"items": w.items(12), "reason": "损坏"})),
    Way("stock.adjust", adjust),
    Way("stock.transfer", between),
    Way("stock.send", lambda w, _: ("E013", {"source": "主仓", "target": "二号仓", "items": w.items(9)})),
    Way("stock.arrive", lambda w, n: ("E005", {"transfer": n}), SENT),
    Way("stock.revert", lambda w, n: ("E005", {"document": n}), RECEIPT),
    Way("stock.revert", lambda w, n: ("E005", {"document": n}), ADJUSTED),
    Way("stock.reserve", keep),
    Way("stock.release", lambda w, n: ("E003", {"holds": n}), HELD),
    Way("stock.release", lambda w, n: ("E003", {"order": n}), HOLDING, 2),
    Way("stock.allocate", lambda w, n: ("E005", {"order": n}), CONFIRMED, 2),
    Way("stock.expire", lambda w, n: ("system", {"hold": n}), HELD),
    Way("stock.query", lambda w, _: ("E003", {"product": w.dice.choice(GOODS)})),
    Way("stock.holds", lambda w, _: ("E003", {"customer": "宏达建材"})),
    Way("stock.log", lambda w, _: ("E005", {"product": w.dice.choice(GOODS)})),
    Way("stock.idle", lambda w, _: ("E001", {"months": "6"})),
    Way("count.start", lambda w, n: ("E013", {"warehouse": n}), NO_COUNT, 3),
    Way("count.record", record, OPEN_COUNT, 3),
    Way("count.withdraw", lambda w, n: ("E013", {"product": n}), COUNTED),
    Way("count.diff", lambda w, n: ("E009", {"count": n}), OPEN_COUNT),
    Way("count.finish", lambda w, n: ("E013", {"count": n}), OPEN_COUNT),
    Way("count.cancel", lambda w, n: ("E013", {"count": n}), OPEN_COUNT),
    Way("batch.query", lambda w, n: ("E005", {"batch": n}), LOT),
    Way("batch.expiring", lambda w, _: ("E011", {"days": str(w.dice.randint(1, 365))})),
    Way("location.create", place),
    Way("location.query", lambda w, n: ("E013", {"location": n}), LOCATION),
    Way("label.print", label),
    Way("pick.list", lambda w, n: ("E005", {"order": n}), CONFIRMED),
)  # fmt: skip
