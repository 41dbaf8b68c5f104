"""Tying the platforms' own templates to kinds of notices, by title and by the label of each field."""

from bot.delivery.ties import Unsuited, tie
from bot.services import Services
from bot.wechat.fields import Template
from models.delivery.tables import PlatformTemplate


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
    try:
        kind, filled = tie(template.title, template.labels)
    except Unsuited as why:
        return f"跳过“{template.title}”：{why}"
    await PlatformTemplate.update_or_create({"template_id": template.id, "filled": filled}, kind=kind, door=door)
    return f"“{template.title}”用于 {kind}"
