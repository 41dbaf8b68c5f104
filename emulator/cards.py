"""Template cards on their phones, and the codes by which each may be changed once."""

import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from .cardrules import INTERACTIVE, Card, check_card, check_task_id, has_response_code
from .clock import Clock
from .config import Person
from .phones import Bubble
from .refusals import Refusal
from .simerrors import NoSuchThing, NotNow

CODE_LIFE_S = 72 * 3600


@dataclass
class SentCard:
    """One message with a card; everyone who got it has a bubble of their own."""

    task_id: str
    bubbles: dict[str, Bubble] = field(default_factory=dict)


@dataclass
class _Code:
    sent: SentCard
    expires: float
    used: bool = False


@dataclass(frozen=True)
class Tap:
    """What a tap on a card tells the backend."""

    event: str
    key: str
    card: Card
    selected: dict[str, list[str]]


class Cards:
    """All cards, their task ids and their response codes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._task_ids: set[str] = set()
        self._of: dict[str, list[SentCard]] = defaultdict(list)
        self._codes: dict[str, _Code] = {}

    def check_new(self, card: Any) -> None:
        """Refuse a card that cannot be sent; nothing is noted yet."""
        check_card(card)
        if card["card_type"] in INTERACTIVE or "task_id" in card:
            check_task_id(card.get("task_id"))
            if card["task_id"] in self._task_ids:
                raise Refusal(42014, "task_id repeated")

    def send(self, card: Card) -> tuple[SentCard, str | None]:
        """Note a card that passed; a code comes with it if it can be changed."""
        sent = SentCard(card.get("task_id", ""))
        if sent.task_id:
            self._task_ids.add(sent.task_id)
        return sent, self.new_code(sent) if has_response_code(card) else None

    def shown(self, sent: SentCard, bubble: Bubble) -> None:
        """The card has arrived on a phone."""
        sent.bubbles[bubble.person] = bubble
        self._of[bubble.person].append(sent)

    def new_code(self, sent: SentCard) -> str:
        text = secrets.token_urlsafe(32)
        self._codes[text] = _Code(sent, self._clock.now() + CODE_LIFE_S)
        return text

    def sent_by(self, code: object) -> SentCard:
        """The card a code may change, if it still may."""
        found = self._codes.get(code) if isinstance(code, str) else None
        if found is None:
            raise Refusal(60140, "invalid response_code")
        if found.used:
            raise Refusal(42022, "response_code already used")
        if found.expires <= self._clock.now():
            raise Refusal(60140, "response_code expired")
        return found.sent

    def use(self, code: str) -> None:
        self._codes[code].used = True

    def of(self, person: Person) -> list[tuple[SentCard, Bubble]]:
        """The cards on this phone, newest first."""
        return [(sent, sent.bubbles[person.id]) for sent in reversed(self._of[person.id])]

    def newest_with(self, person: Person, button: str) -> tuple[SentCard, Bubble]:
        """The newest open card that has this button."""
        for sent, bubble in self.of(person):
            if not bubble.body.get("decided") and button in _tappable(bubble.body["card"]):
                return sent, bubble
        raise NoSuchThing(f"{person.name} has no card with a button {button!r}")

    def find(self, person: Person, task_id: str) -> tuple[SentCard, Bubble]:
        for sent, bubble in self.of(person):
            if task_id in (sent.task_id, bubble.body["card"].get("task_id")):
                return sent, bubble
        raise NoSuchThing(f"{person.name} has no card {task_id!r}", cards=[sent.task_id for sent, _ in self.of(person)])

    def clear(self) -> None:
        self._of.clear()
        self._codes.clear()
        self._task_ids.clear()


def _tappable(card: Card) -> set[str]:
    """The names a finger may call the buttons by."""
    parts = [*card.get("button_list", []), *card.get("action_menu", {}).get("action_list", [])]
    parts += [card["submit_button"]] if "submit_button" in card else []
    return {str(each[name]) for each in parts for name in ("key", "text") if name in each}


def changed(body: dict[str, Any], change: Card) -> dict[str, Any]:
    """The bubble's content after an update: a grey button, or another card."""
    if "button" in change:
        return body | {"decided": change["button"]["replace_name"]}
    card = change["template_card"]
    kept = {"task_id": body["card"]["task_id"]} if body["card"].get("task_id") else {}
    return {"card": kept | card, "decided": card.get("replace_text"), "chosen": None}


def tap(body: dict[str, Any], button: str, selected: dict[str, list[str]] | None) -> Tap:
    """What a finger on that button does; the button is named by its key or by its words."""
    card = body["card"]
    for action in card.get("action_menu", {}).get("action_list", []):
        if button in (action["key"], action["text"]):
            return Tap("template_card_menu_event", action["key"], card, {})
    if body.get("decided"):
        raise NotNow("the card is decided, its button is grey", decided=body["decided"])
    labels = []
    for each in [*card.get("button_list", []), *([card["submit_button"]] if "submit_button" in card else [])]:
        labels.append(each["text"])
        if each.get("type", 0) == 0 and button in (each["key"], each["text"]):
            return Tap("template_card_event", each["key"], card, _selected(card, selected or {}))
    raise NoSuchThing(f"the card has no button {button!r}", buttons=labels)


def _selected(card: Card, given: dict[str, list[str]]) -> dict[str, list[str]]:
    """The chosen options of each question; what was not touched stays as the card came."""
    answers = {}
    single = [card["button_selection"]] if "button_selection" in card else []
    for choice in [*single, *card.get("select_list", [])]:
        first = choice.get("selected_id") or choice["option_list"][0]["id"]
        answers[choice["question_key"]] = given.get(choice["question_key"], [first])
    if "checkbox" in card:
        box = card["checkbox"]
        checked = [option["id"] for option in box["option_list"] if option.get("is_checked")]
        answers[box["question_key"]] = given.get(box["question_key"], checked)
    return answers
