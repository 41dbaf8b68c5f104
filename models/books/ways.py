"""Ways in which money comes and goes, and the account that each of them moves."""

from models.states import Labelled

BANK, BILLS, OUR_BILLS = "1002", "1121", "2201"


class PaymentWay(Labelled):
    """How money comes in or goes out."""

    transfer = "transfer", "转账"
    cash = "cash", "现金"
    wechat = "wechat", "微信"
    alipay = "alipay", "支付宝"
    bill = "bill", "承兑"


LIES = {
    PaymentWay.transfer: BANK,
    PaymentWay.cash: "1001",
    PaymentWay.wechat: "1012",
    PaymentWay.alipay: "1012",
    PaymentWay.bill: BILLS,
}
"""The account on which money lies that came in so."""

LEAVES = {**LIES, PaymentWay.bill: OUR_BILLS}
"""The account that money leaves so; a bill of our own is owed until the bank pays it."""
