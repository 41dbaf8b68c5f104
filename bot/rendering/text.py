"""A card as text: lines that fit a phone, and actions as links where the door has them, else as numbers."""

from bot.rendering import templates
from bot.rendering.card import Action, Card
from bot.wechat.replies import MAX_TEXT_BYTES, cut_bytes

CONFIRM, CANCEL = "确认", "取消"

# What the person would read as markup becomes its full-width twin.
_TAGS = (("<", "＜"), (">", "＞"))
_ATTRIBUTE = str.maketrans({"<": "＜", ">": "＞", '"': "＂", "&": "＆", "\n": " "})


def numbered(actions: list[Action]) -> dict[str, Action]:
    """The digit that stands for each action: 0 for the one that cancels, 1 and up for the others."""
    digits: dict[str, Action] = {}
    for action in actions:
        digits["0" if action.line == CANCEL else str(sum(digit != "0" for digit in digits) + 1)] = action
    return digits


def as_text(card: Card, *, links: bool) -> str:
    """The card's equal in text; with `links`, actions can be tapped (Official Account), and typed as digits anyway."""
    text = _untagged("\n".join(card.words(lambda: _how(links))))
    choices = [
        _link(action, digit) if links else f"{digit} {_untagged(action.label)}"
        for digit, action in numbered(card.actions).items()
    ]
    if not choices:
        return cut_bytes(text)
    foot = _foot(card, choices, links=links)
    # What can be done next is never what is cut away.
    return f"{cut_bytes(text, MAX_TEXT_BYTES - len(foot.encode()) - 2)}\n{foot}"


def whole_text(card: Card) -> str:
    """All of a card's words, however long, for a terminal; what can be tapped is left out."""
    return "\n".join(card.words())


def _how(links: bool) -> str:
    """What one can do to choose: tap where text has links, type a digit everywhere."""
    return "".join(templates.render("talk/how", {"links": links}).words())


def _foot(card: Card, choices: list[str], *, links: bool) -> str:
    """A few short ones fit a line; names to choose from want one each."""
    if len(choices) > 3 or sum(len(action.label) for action in card.actions) > 12:
        return "\n".join(choices)
    return "  ".join(choices) if links else f"回复 {' / '.join(choices)}"


def _link(action: Action, digit: str) -> str:
    """The name is the link; the digit before it and what is told of it in brackets are text."""
    line = action.line.translate(_ATTRIBUTE)
    name, bracket, told = _untagged(action.label).partition("（")
    name, told = (name, bracket + told) if name else (bracket + told, "")
    return f'{digit} <a href="weixin://bizmsgmenu?msgmenucontent={line}&msgmenuid={digit}">{name}</a>{told}'


def _untagged(text: str) -> str:
    for tag, twin in _TAGS:
        text = text.replace(tag, twin)
    return text
