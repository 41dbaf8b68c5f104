"""What may be done with money: demanded, received, settled, given back, owed, allowed."""

from datetime import timedelta

from models.clock import today
from tests.walks.walking import BUYERS, GOODS, SUPPLIERS, Step, Walk, Way


def decide(w: Walk, n: str) -> Step:
    number, who = n.split(" ")
    return who, {"approval": number}


def limit(w: Walk, _: str) -> Step:
    """Mostly enough; now and then so little that what is confirmed may not leave."""
    enough = w.dice.random() < 0.6
    return "E001", {
        "customer": w.dice.choice(BUYERS),
        "amount": str(w.dice.randint(100, 400) * 1000) if enough else "1",
    }


def ask_money(w: Walk, _: str) -> Step:
    return "E012", {
        "supplier": w.dice.choice(SUPPLIERS),
        "amount": w.amount(900),
        "department": "采购",
        "purpose": "办公用品",
    }


def to_bill(w: Walk, _: str) -> Step:
    return "E019", {"supplier": w.dice.choice(SUPPLIERS), "amount": w.amount(900), "purpose": "运费"}


def clear(w: Walk, n: str) -> Step:
    """What was lost or found, whole or in part, where it may go or may not."""
    to = w.dice.choice(
        ({"kind": "expense"}, {"kind": "expense", "amount": "1"}, {"kind": "income"}, {"person": "E013"})
    )
    return "E009", {"document": n, "reason": "查明", **to}


def pay_somehow(w: Walk, _: str) -> Step:
    """In some way, a bill more often than others."""
    way = w.dice.choice(("cash", "wechat", "alipay", "bill", "bill", "bill"))
    return "E019", {"supplier": w.dice.choice(SUPPLIERS), "amount": w.amount(900), "way": way}


def paid_before(w: Walk, _: str) -> Step:
    """Some days ago, in some way."""
    way = w.dice.choice(("cash", "transfer", "wechat", "alipay", "bill"))
    day = today() - timedelta(days=w.dice.randint(0, 2))
    return "E019", {"customer": w.dice.choice(BUYERS), "amount": w.amount(900), "way": way, "date": day.isoformat()}


PENDING = "SELECT e.document AS number FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id AND a.code = '1901' WHERE e.document NOT LIKE 'CL%' AND NOT EXISTS (SELECT FROM clearing c WHERE c.source = e.document AND c.state = 'done') AND NOT EXISTS (SELECT FROM journal_entry r WHERE r.reverses_id = e.id)"

CLEARED = "SELECT number FROM clearing WHERE state = 'done'"

TAKEN = "SELECT number FROM payment WHERE way = 'bill' AND state <> 'cancelled' AND cashed_on IS NULL"

COLLECTED = "SELECT number FROM payment WHERE way = 'bill' AND cashed_on IS NOT NULL"

GIVEN = "SELECT number FROM payment_out WHERE way = 'bill' AND state = 'paid' AND cashed_on IS NULL"

HONOURED = "SELECT number FROM payment_out WHERE way = 'bill' AND cashed_on IS NOT NULL"

UNBILLED = "SELECT o.number FROM sales_order o WHERE EXISTS (SELECT FROM sales_order_line l WHERE l.order_id = o.id AND l.delivered > l.invoiced)"

OF_HONGDA = "SELECT o.number FROM sales_order o WHERE o.customer_id = (SELECT id FROM customer WHERE name = '宏达建材') AND EXISTS (SELECT FROM invoice i WHERE i.order_id = o.id AND i.total > i.paid)"

BILLED = "SELECT o.number FROM sales_order o WHERE EXISTS (SELECT FROM invoice i WHERE i.order_id = o.id AND i.state <> 'reversed')"

INVOICE = "SELECT number FROM invoice WHERE state <> 'reversed' AND total > 0 AND NOT EXISTS (SELECT FROM invoice r WHERE r.reverses_id = invoice.id)"

OWED = "SELECT number FROM invoice WHERE state IN ('posted', 'partially_paid') AND total > paid AND total > 0"

SMALL_REST = "SELECT number FROM invoice WHERE state = 'partially_paid' AND total - paid <= 100"

SETTLED = "SELECT number FROM payment WHERE state <> 'cancelled' AND allocated > 0"

GIVEN_UP = "SELECT i.number FROM invoice i WHERE (SELECT sum(amount) FROM allocation a WHERE a.invoice_id = i.id AND a.kind IN ('rounding', 'bad_debt')) > 0"

PAID_BACK = "SELECT c.name AS number FROM customer c WHERE EXISTS (SELECT FROM payment p WHERE p.customer_id = c.id AND p.refunded > 20)"

WITH_REST = "SELECT p.number FROM payment p WHERE p.state IN ('posted', 'partially_allocated') AND EXISTS (SELECT FROM invoice i WHERE i.customer_id = p.customer_id AND i.state IN ('posted', 'partially_paid') AND i.total > i.paid)"

PAYMENT = "SELECT number FROM payment WHERE state <> 'cancelled' AND refunded = 0"

ON_ACCOUNT = "SELECT c.name AS number FROM customer c WHERE (SELECT sum(amount - allocated - refunded) FROM payment p WHERE p.customer_id = c.id AND p.state <> 'cancelled') > 100"

RECEIVED = "SELECT o.number FROM purchase_order o WHERE EXISTS (SELECT FROM purchase_order_line l WHERE l.order_id = o.id AND l.received > l.invoiced)"

BILL = "SELECT number FROM supplier_invoice WHERE state <> 'reversed' AND purpose <> '期初'"

OUT = "SELECT number FROM payment_out WHERE state <> 'cancelled'"

AGREED = "SELECT number FROM payment_out WHERE state = 'approved'"

STOPPED = "SELECT name AS number FROM customer WHERE frozen"

FREE = "SELECT name AS number FROM customer WHERE name = '老王五金店' AND NOT frozen"

BLOCKED = "SELECT o.number FROM sales_order o WHERE o.state IN ('confirmed', 'in_progress') AND o.total - o.invoiced > (SELECT credit_limit FROM customer c WHERE c.id = o.customer_id AND c.own_limit)"

CLOSABLE = "SELECT to_char(d, 'YYYY-MM') AS number FROM generate_series(date_trunc('month', (SELECT min(booked_on) FROM journal_entry)), date_trunc('month', now()) - interval '1 month', interval '1 month') d WHERE to_char(d, 'YYYY-MM') = coalesce((SELECT to_char((max(month) || '-01')::date + interval '1 month', 'YYYY-MM') FROM closed_period), (SELECT to_char(min(booked_on), 'YYYY-MM') FROM journal_entry))"

LAST_CLOSED = "SELECT month AS number FROM closed_period WHERE month = (SELECT max(month) FROM closed_period)"

GROUP = "SELECT name AS number FROM customer_group WHERE name = '经销'"

UNDECIDED = "SELECT a.number || ' ' || p.number AS number FROM approval a JOIN approval_task t ON t.approval_id = a.id JOIN person p ON p.id = t.approver_id WHERE a.state = 'pending' AND t.state = 'pending' AND a.applicant_id <> p.id"

MONEY = (
    Way("invoice.issue", lambda w, n: ("E019", {"order": n}), UNBILLED, 4),
    Way("invoice.link", lambda w, n: ("E009", {"order": n, "e_number": str(w.dice.randint(10**19, 10**20 - 1))}), BILLED),
    Way("invoice.void", lambda w, n: ("E009", {"invoice": n}), INVOICE),
    Way("invoice.list", lambda w, _: ("E009", {})),
    Way("invoice.query", lambda w, _: ("C001", {})),
    Way("invoice.detail", lambda w, n: ("E009", {"invoice": n}), INVOICE),
    Way("invoice.request", lambda w, _: ("C001", {"title": "宏达建材有限公司", "tax_no": "91330100MA28ABCD12"})),
    Way("payment.record", lambda w, _: ("E009", {"customer": w.dice.choice(BUYERS), "amount": w.amount(900)}), often=2),
    Way("payment.record", lambda w, n: ("E019", {"order": n, "customer": "宏达建材", "amount": w.amount(900)}), OF_HONGDA),
    Way("payment.record", lambda w, _: ("E019", {"customer": w.dice.choice(BUYERS), "amount": w.amount(900), "kind": "prepay"}), often=2),
    Way("payment.allocate", lambda w, n: ("E009", {"payment": n}), WITH_REST, 2),
    Way("payment.unallocate", lambda w, n: ("E009", {"payment": n}), SETTLED),
    Way("payment.writeoff", lambda w, n: ("E009", {"invoice": n}), SMALL_REST, 2),
    Way("payment.writeoff", lambda w, n: ("E019", {"invoice": n, "reason": "客户已注销"}), OWED),
    Way("payment.reinstate", lambda w, n: ("E009", {"invoice": n}), GIVEN_UP),
    Way("payment.unrefund", lambda w, n: ("E009", {"customer": n, "amount": w.amount(20)}), PAID_BACK, often=4),
    Way("payment.refund", lambda w, n: ("E009", {"customer": n, "amount": w.amount(100)}), ON_ACCOUNT, often=2),
    Way("payment.cancel", lambda w, n: ("E009", {"payment": n}), PAYMENT),
    Way("payment.notify", lambda w, _: ("C001", {"amount": w.amount(900)})),
    Way("payment.account", lambda w, _: ("C001", {})),
    Way("receivable.query", lambda w, _: ("C001", {})),
    Way("receivable.aging", lambda w, _: ("E009", {})),
    Way("receivable.overdue", lambda w, _: ("E009", {})),
    Way("receivable.remind", lambda w, _: ("E009", {"customer": "建业工程"})),
    Way("statement.get", lambda w, _: ("C001", {})),
    Way("statement.send", lambda w, _: ("E009", {"customer": w.dice.choice(BUYERS)})),
    Way("payable.bill", lambda w, n: ("E009", {"purchase": n}), RECEIVED, 2),
    Way("payable.bill", to_bill),
    Way("payable.void", lambda w, n: ("E009", {"bill": n}), BILL),
    Way("payable.request", ask_money),
    Way("payable.pay", lambda w, _: ("E009", {"supplier": w.dice.choice(SUPPLIERS), "amount": w.amount(900)})),
    Way("payable.pay", lambda w, n: ("E019", {"payment": n}), AGREED, 2),
    Way("payable.cancel", lambda w, n: ("E009", {"payment": n}), OUT),
    Way("payable.pay", pay_somehow, often=2),
    Way("bill.collect", lambda w, n: ("E009", {"payment": n}), TAKEN, 2),
    Way("bill.uncollect", lambda w, n: ("E009", {"payment": n}), COLLECTED),
    Way("bill.honour", lambda w, n: ("E019", {"payment": n}), GIVEN, 2),
    Way("bill.unhonour", lambda w, n: ("E009", {"payment": n}), HONOURED),
    Way("bill.list", lambda w, _: ("E001", {})),
    Way("difference.clear", clear, PENDING, 3),
    Way("difference.revert", lambda w, n: ("E009", {"clearing": n}), CLEARED),
    Way("difference.query", lambda w, _: ("E001", {})),
    Way("budget.query", lambda w, _: ("E001", {})),
    Way("cash.query", lambda w, _: ("E009", {})),
    Way("cost.query", lambda w, _: ("E009", {"product": w.dice.choice(GOODS)})),
    Way("payable.query", lambda w, _: ("E012", {})),
    Way("credit.set", limit, often=2),
    Way("credit.unlimited", lambda w, _: ("E009", {"customer": "建业工程"})),
    Way("credit.inherit", lambda w, _: ("E009", {"customer": "建业工程"})),
    Way("credit.join", lambda w, n: ("E009", {"customer": "建业工程", "group": w.dice.choice((n, n, "没有"))}), GROUP),
    Way("credit.default", lambda w, _: ("E001", {"group": "经销", "amount": str(w.dice.randint(200, 400) * 1000)}), often=2),
    Way("credit.request", lambda w, n: ("E004", {"order": n, "reason": "老客户"}), BLOCKED, 2),
    Way("credit.freeze", lambda w, n: ("E009", {"customer": n}), FREE),
    Way("credit.unfreeze", lambda w, n: ("E009", {"customer": n}), STOPPED, 3),
    Way("budget.set", lambda w, _: ("E001", {"department": "采购", "purpose": "办公用品", "amount": w.amount(9000)})),
    Way("invoice.issue", lambda w, n: ("E009", {"order": n, "kind": "special", "title": "建材", "tax_no": "91330100MA28ABCD12"}), UNBILLED),
    Way("payment.record", paid_before, often=2),
    Way("ledger.close", lambda w, n: ("E009", {"period": n}), CLOSABLE),
    Way("ledger.reopen", lambda w, n: ("E009", {"period": n, "reason": "漏了一张票"}), LAST_CLOSED),
    Way("ledger.query", lambda w, _: ("E009", {})),
    Way("ledger.trial", lambda w, _: ("E009", {})),
    Way("ledger.balance", lambda w, _: ("E009", {})),
    Way("ledger.income", lambda w, _: ("E009", {})),
    Way("dunning.pause", lambda w, _: ("E009", {"customer": w.dice.choice(BUYERS), "until": (today() + timedelta(days=3)).isoformat()})),
    Way("dunning.resume", lambda w, _: ("E009", {"customer": w.dice.choice(BUYERS)})),
    Way("dunning.start", lambda w, _: ("E001", {})),
    Way("dunning.stop", lambda w, _: ("E009", {})),
    Way("commission.set", lambda w, _: ("E009", {"percent": w.dice.choice(("2", "1.5", "101"))})),
    Way("commission.query", lambda w, _: ("E003", {})),
    Way("approval.approve", decide, UNDECIDED, 3),
    Way("approval.reject", decide, UNDECIDED),
)  # fmt: skip
