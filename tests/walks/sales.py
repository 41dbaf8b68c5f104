"""What may be sold: quoted, ordered, changed, sent, taken back."""

from datetime import timedelta

from models.clock import today
from tests.walks.walking import BUYERS, GOODS, Step, Walk, Way

SHIPPED = {"carrier": "顺丰", "tracking_no": "SF1029384756"}


def one(w: Walk, most: int = 9) -> list[dict]:
    return w.items(most, kinds=(1,))


def buy(w: Walk, _: str) -> Step:
    return "E002", {"customer": w.dice.choice(BUYERS), "items": w.items(20)}


def change(w: Walk, n: str) -> Step:
    return "E002", {"order": n, **w.dice.choice(({"add": one(w)}, {"items": one(w)}, {"date": soon(w)}))}


def soon(w: Walk) -> str:
    return (today() + timedelta(days=w.dice.randint(1, 40))).isoformat()


def price(w: Walk, _: str) -> Step:
    whose = w.dice.choice(({}, {"customer": w.dice.choice(BUYERS)}, {"group": "批发"}))
    return "E001", {"product": "BRG6204", "price": f"{w.dice.randint(700, 900) / 100}", **whose}


def back(w: Walk, n: str) -> Step:
    order, code = n.split(" ")
    remedy = w.dice.choice(("退款", "换货"))
    return "E002", {"order": order, "items": [{"product": code, "quantity": "1"}], "remedy": remedy}


def move_to(w: Walk, n: str) -> Step:
    where = {"address": f"建设路{w.dice.randint(1, 99)}号", "contact": "王师傅", "phone": "13800001234"}
    return "E002", {"order": n, **where}


DRAFT = "SELECT number FROM sales_order WHERE state = 'draft'"

GOING = "SELECT number FROM sales_order WHERE state IN ('confirmed', 'in_progress') AND delivery_state <> 'delivered'"

PENDING = "SELECT number FROM sales_order WHERE state IN ('confirmed', 'credit_hold') AND delivery_state = 'pending'"

READY = "SELECT o.number FROM sales_order o WHERE o.state IN ('confirmed', 'in_progress') AND EXISTS (SELECT FROM reservation r WHERE r.document = o.number AND r.state IN ('active', 'partially_consumed'))"

ON_ITS_WAY = "SELECT number FROM delivery WHERE state = 'shipped'"

OF_HONGDA_ON_ITS_WAY = "SELECT d.number FROM delivery d JOIN sales_order o ON o.id = d.order_id JOIN customer c ON c.id = o.customer_id WHERE d.state = 'shipped' AND c.name = '宏达建材'"

PAUSED = "SELECT number FROM sales_order WHERE state IN ('on_hold', 'closed')"

DELIVERED = "SELECT number FROM sales_order WHERE state = 'in_progress' AND delivery_state = 'delivered' AND received_at IS NULL"

REVISED = "SELECT o.number FROM sales_order o WHERE o.state IN ('draft', 'confirmed') AND o.invoiced = 0 AND EXISTS (SELECT FROM order_revision r WHERE r.order_id = o.id AND r.revision = 1 AND r.total <> o.total AND r.reason NOT LIKE '折扣%')"

WAITING = "SELECT number FROM sales_order WHERE state = 'credit_hold'"

UNBILLED = "SELECT number FROM sales_order WHERE state IN ('draft', 'confirmed') AND invoiced = 0"

OFFER = "SELECT number FROM quotation WHERE state IN ('draft', 'sent')"

ANY_OFFER = "SELECT number FROM quotation WHERE true"

ANY_ORDER = "SELECT number FROM sales_order WHERE true"

GONE = "SELECT o.number || ' ' || p.code AS number FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id JOIN product p ON p.id = l.product_id WHERE l.delivered > l.returned AND o.state IN ('in_progress', 'done') AND NOT EXISTS (SELECT FROM sales_return r WHERE r.order_id = o.id AND r.state = 'requested')"

COMING_BACK = "SELECT number FROM sales_return WHERE state = 'requested'"

ANY_RETURN = "SELECT number FROM sales_return WHERE true"

SALES = (
    Way("order.create", buy, often=4),
    Way("order.create", lambda w, _: ("C001", {"items": w.items(20)}), often=3),
    Way("order.copy", lambda w, n: ("E002", {"order": n}), ANY_ORDER),
    Way("order.confirm", lambda w, n: ("E002", {"order": n}), DRAFT, 2),
    Way("order.modify", change, GOING, 2),
    Way("order.restore", lambda w, n: ("E002", {"order": n, "revision": "1"}), REVISED, 4),
    Way("order.hold", lambda w, n: ("E009", {"order": n}), GOING),
    Way("order.hold", lambda w, n: ("E009", {"order": n, "release": "true"}), GOING),
    Way("order.close", lambda w, n: ("E002", {"order": n}), GOING),
    Way("order.reopen", lambda w, n: ("E002", {"order": n}), PAUSED, 2),
    Way("order.cancel", lambda w, n: ("E002", {"order": n}), PENDING),
    Way("order.receive", lambda w, n: ("E002", {"order": n}), DELIVERED),
    Way("order.eta", lambda w, _: ("E003", {"items": one(w, 900)})),
    Way("order.status", lambda w, n: ("E002", {"order": n}), ANY_ORDER),
    Way("order.urge", lambda w, n: ("E003", {"order": n}), GOING),
    Way("order.list", lambda w, _: ("C001", {})),
    Way("reservation.expire", lambda w, n: ("system", {"order": n}), WAITING),
    Way("discount.request", lambda w, n: ("E002", {"order": n, "discount": w.dice.choice(("0.98", "0.93"))}), UNBILLED),
    Way("address.change", move_to, GOING),
    Way("address.change", lambda w, _: ("C001", {"address": f"建设路{w.dice.randint(1, 99)}号"})),
    Way("quote.create", lambda w, _: ("E003", {"customer": w.dice.choice(BUYERS[:2]), "items": w.items(20)}), often=3),
    Way("quote.modify", lambda w, n: ("E003", {"quotation": n, "items": one(w)}), OFFER),
    Way("quote.send", lambda w, n: ("E003", {"quotation": n}), OFFER),
    Way("quote.show", lambda w, n: ("E003", {"quotation": n}), ANY_OFFER),
    Way("quote.list", lambda w, _: ("E003", {})),
    Way("quote.accept", lambda w, n: ("E003", {"quotation": n}), OFFER),
    Way("quote.reject", lambda w, n: ("E003", {"quotation": n, "reason": "太贵"}), OFFER),
    Way("quote.cancel", lambda w, n: ("E003", {"quotation": n}), OFFER),
    Way("quote.expire", lambda w, n: ("system", {"quotation": n}), OFFER),
    Way("price.set", price),
    Way("price.group", lambda w, _: ("E001", {"customer": w.dice.choice(BUYERS), "group": w.dice.choice(("批发", "零售"))})),
    Way("price.query", lambda w, _: ("E003", {"product": w.dice.choice(GOODS), "customer": "宏达建材"})),
    Way("ship.confirm", lambda w, n: ("E005", {"order": n, **SHIPPED}), READY, 4),
    Way("ship.confirm", lambda w, n: ("E005", {"order": n, "carrier": w.dice.choice(("自提", "厂车"))}), READY, 2),
    Way("ship.revert", lambda w, n: ("E005", {"delivery": n}), ON_ITS_WAY, 2),
    Way("order.receive", lambda w, n: ("C001", {"delivery": n}), OF_HONGDA_ON_ITS_WAY),
    Way("ship.list", lambda w, _: ("E005", {})),
    Way("return.create", back, GONE, 2),
    Way("return.receive", lambda w, n: ("E005", {"given": n}), COMING_BACK),
    Way("return.cancel", lambda w, n: ("E002", {"given": n}), COMING_BACK),
    Way("return.show", lambda w, n: ("E002", {"given": n}), ANY_RETURN),
    Way("return.list", lambda w, _: ("E002", {})),
)  # fmt: skip
