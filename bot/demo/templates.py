"""The templates that the demo's accounts have in their consoles, as WeChat's library offers such."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoTemplate:
    """One template: its door, its number there, its title, and the label of each field."""

    door: str
    id: str
    title: str
    fields: dict[str, str]


SHIPPED = "TPL_SHIPPED_MINI"

_SHIPPED_FIELDS = {"character_string1": "订单号", "thing2": "快递公司", "character_string3": "快递单号"}


def _official(name: str, title: str, **fields: str) -> DemoTemplate:
    return DemoTemplate("official", f"TPL_{name}_OFFICIAL", title, fields)


TEMPLATES = (
    DemoTemplate("miniprogram", SHIPPED, "订单发货通知", _SHIPPED_FIELDS),
    DemoTemplate("official", "TPL_SHIPPED_OFFICIAL", "订单发货通知", _SHIPPED_FIELDS),
    _official("CONFIRMED", "订单确认通知", character_string1="订单号", amount2="金额"),
    _official("PROGRESS", "订单进度通知", character_string1="订单号", thing2="状态"),
    _official("CANCELLED", "订单取消通知", character_string1="订单号", thing2="客户名称"),
    _official("UNSHIPPED", "发货取消通知", character_string1="订单号", thing2="客户名称"),
    _official("CHANGED", "订单变更通知", character_string1="订单号", thing2="状态"),
    _official("RETURN", "退货签收通知", character_string1="退货单号", thing2="退货商品", thing3="状态"),
    _official("QUOTE", "报价单通知", character_string1="报价单号", amount2="报价金额", date3="有效期至"),
    _official("INVOICE", "开票成功通知", character_string1="发票号", amount2="开票金额", date3="开票日期"),
    _official("PAYMENT", "收款通知", amount1="收款金额", date2="收款日期", amount3="剩余欠款"),
    _official("OVERDUE", "欠款提醒", thing1="客户名称", amount2="欠款金额", number3="逾期天数"),
    _official("STATEMENT", "对账单通知", thing1="账单周期", amount2="账单金额"),
)


def offered(door: str) -> list[dict[str, object]]:
    """What the emulator's console of a door shows."""
    return [{"id": each.id, "title": each.title, "fields": each.fields} for each in TEMPLATES if each.door == door]
