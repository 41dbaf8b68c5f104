"""Tying the platforms' own templates to kinds of notices, by title and by the label of each field."""

from bot.delivery.ties import Unsuited, tie
from bot.services import Services
from bot.wechat.fields import Template
from models.delivery.tables import PlatformTemplate


async def sync(services: Services) -> list[str]:
    """Writes a row for each template that fits a kind; says what was tied to what, and what could not be."""
    said: list[str] = []
    if client := services.official:
        said += [await _tie("official", each) for each in await client.templates()]
        said += [await _tie("official", each, subscribed=True) for each in await client.subscriptions()]
    if services.miniprogram:
        said += [await _tie("miniprogram", each, subscribed=True) for each in await services.miniprogram.templates()]
    return said or ["没有打开的门，或平台上还没有模板"]


async def _tie(door: str, template: Template, *, subscribed: bool = False) -> str:
    try:
        kind, filled = tie(template.title, template.labels)
    except Unsuited as why:
        return f"跳过“{template.title}”：{why}"
    choices = {key: list(values) for key, values in template.choices.items()}
    row = {"template_id": template.id, "filled": filled, "choices": choices}
    await PlatformTemplate.update_or_create(row, kind=kind, door=door, subscribed=subscribed)
    return f"“{template.title}”用于 {kind}"
