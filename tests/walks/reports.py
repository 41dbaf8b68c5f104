"""What may be asked about it all: reports over whatever the walk has left behind, also where nothing came of it."""

from tests.walks.walking import Step, Walk, Way

PERIODS = ("本月", "上月", "今天", "今年")


def sums(asker: str, *dimensions: str):
    """Somebody asks by one of these, or for the whole, over some period."""

    def make(w: Walk, _: str) -> Step:
        by = {"by": w.dice.choice(dimensions)} if dimensions and w.dice.random() < 0.7 else {}
        return asker, {"period": w.dice.choice(PERIODS), **by}

    return make


REPORTS = (
    Way("report.sales", sums("E003", "product", "customer")),
    Way("report.top", sums("E001", "customer", "product")),
    Way("report.profit", sums("E009", "customer", "product")),
    Way("report.payment", sums("E001", "customer")),
    Way("report.receivable", lambda w, _: ("E001", {"days": str(w.dice.randint(1, 90))})),
    Way("report.shipment", sums("E005")),
    Way("report.stock", lambda w, _: ("E009", w.dice.choice(({}, {"kind": "slow"}, {"idle": "6"})))),
    Way("report.cashflow", sums("E009")),
    Way("report.today", lambda w, _: ("E001", {})),
)
