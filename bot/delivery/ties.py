"""Which kind of notice a platform's template carries, and which fact fills which of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Unsuited(Exception):
    """A template that carries nothing of ours; says why, in words for whoever looks after the account."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Words in a template's title that say that it carries this kind, and labels that mean something of its own."""

    titles: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


LABELS = {
    "订单号": "number",
    "订单编号": "number",
    "单号": "number",
    "编号": "number",
    "客户": "customer.name",
    "客户名称": "customer.name",
    "公司名称": "customer.name",
    "金额": "total",
    "订单金额": "total",
    "订单总额": "total",
    "状态": "stage_text",
    "订单状态": "stage_text",
    "进度": "percent",
    "商品": "lines.0.product.name",
    "商品名称": "lines.0.product.name",
}
"""Field labels and the facts that fill them, where a kind has none of its own."""

_SHIPPED = {
    "快递公司": "shipments.0.carrier",
    "物流公司": "shipments.0.carrier",
    "快递单号": "shipments.0.tracking_no",
    "物流单号": "shipments.0.tracking_no",
}
_RETURN = {
    "退货单号": "number",
    "订单号": "order",
    "订单编号": "order",
    "状态": "state_text",
    "退货状态": "state_text",
    "退货原因": "reason",
    "退货商品": "lines.0.product.name",
    "收货时间": "received_at",
}
_QUOTE = {
    "报价单号": "number",
    "报价金额": "total",
    "有效期": "valid_until",
    "有效期至": "valid_until",
    "状态": "state_text",
}
_INVOICE = {
    "发票号": "number",
    "发票号码": "number",
    "开票金额": "total",
    "发票金额": "total",
    "开票日期": "issued_on",
    "开票时间": "issued_on",
    "发票类型": "kind_text",
    "订单号": "order",
    "订单编号": "order",
}
_PAYMENT = {
    "金额": "amount",
    "收款金额": "amount",
    "到账金额": "amount",
    "付款金额": "amount",
    "收款日期": "received_on",
    "收款时间": "received_on",
    "到账时间": "received_on",
    "待付金额": "still_owed",
    "剩余欠款": "still_owed",
}
_OWED = {
    "金额": "amount",
    "欠款金额": "amount",
    "逾期金额": "amount",
    "应付金额": "amount",
    "逾期天数": "days",
}
_STATEMENT = {
    "金额": "closing",
    "账单金额": "closing",
    "应付金额": "closing",
    "期末欠款": "closing",
    "本期金额": "invoiced",
    "账单周期": "period",
    "对账周期": "period",
    "账期": "period",
}

TIES = {
    "order.confirmed": Tie(("订单确认", "下单成功", "订单提交")),
    "order.unshipped": Tie(("发货取消", "发货撤回", "取消发货")),
    "order.shipped": Tie(("发货",), _SHIPPED),
    "order.production": Tie(("生产进度", "订单进度")),
    "order.cancelled": Tie(("订单取消", "取消订单")),
    "order.changed": Tie(("订单变更", "订单修改", "订单更新")),
    "return.received": Tie(("退货",), _RETURN),
    "quote.sent": Tie(("报价",), _QUOTE),
    "invoice.issued": Tie(("开票", "发票"), _INVOICE),
    "payment.received": Tie(("收款", "到账", "付款成功", "支付成功"), _PAYMENT),
    "receivable.reminder": Tie(("欠款", "催款", "逾期", "应收", "付款提醒", "还款提醒"), _OWED),
    "statement.sent": Tie(("对账", "账单"), _STATEMENT),
    "turn.reply": Tie(("咨询回复", "留言回复"), {"回复内容": "text"}),
}
"""Every kind that goes to customers; the first that fits a title is taken."""


def tie(title: str, labels: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The kind that a template carries, and the fact that fills each field. Raises Unsuited."""
    kind = next((kind for kind, each in TIES.items() if any(word in title for word in each.titles)), None)
    if kind is None:
        raise Unsuited("没有对应的通知")
    known = {**LABELS, **TIES[kind].labels}
    unknown = [label for label in labels.values() if label not in known]
    if unknown:
        raise Unsuited(f"不认识字段 {'、'.join(unknown)}")
    return kind, {name: known[label] for name, label in labels.items()}
