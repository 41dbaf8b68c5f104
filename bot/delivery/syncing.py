"""Tying the platforms' own templates to kinds of notices, by title and by the label of each field."""

from bot.services import Services
from bot.wechat.fields import Template
from models.delivery.tables import PlatformTemplate

TITLES = {
    "order.confirmed": ("订单确认", "下单成功", "订单提交"),
    "order.shipped": ("发货",),
    "order.production": ("生产进度", "订单进度"),
    "turn.reply": ("咨询回复", "留言回复"),
}
"""Words in a template's title that say which notice it carries."""

LABELS = {
    "订单号": "number",
    "订单编号": "number",
    "单号": "number",
    "客户": "customer.name",
    "金额": "total",
    "订单金额": "total",
    "快递公司": "shipments.0.carrier",
    "物流公司": "shipments.0.carrier",
    "快递单号": "shipments.0.tracking_no",
    "物流单号": "shipments.0.tracking_no",
    "状态": "stage_text",
    "订单状态": "stage_text",
    "进度": "percent",
    "商品": "lines.0.product.name",
    "商品名称": "lines.0.product.name",
    "回复内容": "text",
}
"""Field labels and the facts that fill them."""


async def sync(services: Services) -> list[str]:
    """Writes a row for each template that fits a kind; says what was tied to what, and what could not be."""
    said: list[str] = []
    for door, client in (("official", services.official), ("miniprogram", services.miniprogram)):
        if client is None:
            continue
        for template in await client.templates():
            said.append(await _tie(door, template))
    return said or ["没有打开的门，或平台上还没有模板"]


async def _tie(door: str, template: Template) -> str:
    kind = next((kind for kind, words in TITLES.items() if any(word in template.title for word in words)), None)
    if kind is None:
        return f"跳过“{template.title}”：没有对应的通知"
    unknown = [label for label in template.labels.values() if label not in LABELS]
    if unknown:
        return f"跳过“{template.title}”：不认识字段 {'、'.join(unknown)}"
    filled = {field: LABELS[label] for field, label in template.labels.items()}
    await PlatformTemplate.update_or_create({"template_id": template.id, "filled": filled}, kind=kind, door=door)
    return f"“{template.title}”用于 {kind}"
