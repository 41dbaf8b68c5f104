"""A card as a WeCom template card, when it fits; what does not goes to text (WeCom doc 90236)."""

from typing import Any

from bot.rendering.card import Card
from bot.wechat.cardrules import fits
from bot.wechat.cards import Button, button_interaction

FACTS = 6
STYLES = {"同意": 1, "驳回": 2}


def as_work_card(card: Card, *, task_id: str, replace_text: str = "") -> dict[str, Any] | None:
    """The template card with a button for each action, or None if WeCom would refuse or cut it."""
    if not card.actions and not replace_text:
        return None
    buttons = [Button(action.label, action.line, STYLES.get(action.label, 1)) for action in card.actions]  # type: ignore[arg-type]
    made = button_interaction(
        title=card.title,
        desc=card.figure,
        task_id=task_id,
        source="聊单",
        buttons=buttons or [Button("已处理", "done", 2)],
        facts=card.facts[:FACTS],
        replace_text=replace_text,
    )
    return None if fits(made) else made
