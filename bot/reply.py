"""What a turn answers, before any door has given it its form."""

from dataclasses import dataclass

from bot.rendering.card import Card


@dataclass(frozen=True, slots=True)
class Reply:
    """A card to show, or None where nothing is to be said."""

    card: Card | None = None


SILENCE = Reply()
