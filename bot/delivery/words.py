"""A notice in words."""

from bot.rendering import templates
from bot.rendering.card import ROW, Card
from models.delivery.tables import Notice


def words_of(notice: Notice) -> Card:
    """The card of a notice, with a remark when it stands for several; a late reply was rendered when its turn ran."""
    if notice.kind == "turn.reply":
        return Card()
    card = templates.render(f"notices/{notice.kind}", notice.facts)
    if notice.repeats > 1:
        card.body.append((ROW, f"（这段时间有 {notice.repeats} 次更新，只发最新的）"))
    return card
