"""What a push becomes: the Turn of whoever sent it, or None when there is nothing to do."""

import secrets
from dataclasses import replace
from typing import Any

from bot.turns import Turn, Window
from bot.wechat.inbound import CardClick, Inbound, Location, SubscriptionChange
from bot.wechat.typed import (
    Arrival,
    Consent,
    ContactChange,
    Departure,
    Link,
    Media,
    MemberChange,
    MenuTap,
    MiniPage,
    PartyChange,
    Scan,
    SendReport,
    Text,
)

LONGEST_ID = 64
LONGEST_TASK = 128
LONGEST_MEDIA = 200
"""How long what a platform gives a name to may be called; what is longer is nothing of theirs."""

MESSAGE = Window(5, 48 * 3600)
TOUCH = Window(3, 60)
"""A menu click, a follow or a scan opens less than a message does (公众号 客服消息)."""


def line(push: Inbound, said: Text) -> Turn | None:
    """A typed line; a tapped quick reply is one, and opens no more than a menu click does."""
    if not said.content.strip():
        return None
    return _turn(push, line=said.content, window=TOUCH if said.menu_id else MESSAGE)


def voice(push: Inbound, said: Media) -> Turn:
    """Recognised voice is a line; what was not recognised gets a kind answer."""
    if said.recognition.strip():
        return _turn(push, line=said.recognition, window=MESSAGE)
    return _turn(push, event="unheard", facts={"kind": "voice"}, window=MESSAGE)


def media(push: Inbound, sent: Media) -> Turn | None:
    """A picture, video or file, for the conversation that waits for one or to be kept."""
    if not 0 < len(sent.media_id) <= LONGEST_MEDIA:
        return None
    facts = {"kind": sent.kind, "media_id": sent.media_id, "name": sent.name[:120]}
    return _turn(push, event="media", facts=facts, window=MESSAGE)


def place(push: Inbound, here: Location | None) -> Turn | None:
    """A place that was sent or picked."""
    if here is None:
        return None
    facts = {"address": _address(here)}
    return _turn(push, event="place", facts=facts, window=MESSAGE if push.kind == "location" else None)


def unheard(push: Inbound, shared: Link | MiniPage) -> Turn:
    """What we cannot read is answered with what we can."""
    return _turn(push, event="unheard", facts={"kind": push.kind}, window=MESSAGE)


def menu_key(push: Inbound, tap: MenuTap) -> Turn | None:
    """A menu key is the line it stands for."""
    return _turn(push, line=tap.key, window=TOUCH) if tap.key else None


def scan(push: Inbound, read: Scan) -> Turn | None:
    """A barcode or a code on paper is what it says."""
    return _turn(push, event="scan", facts={"text": read.text}, window=TOUCH) if read.text else None


def greet(push: Inbound, came: Arrival) -> Turn:
    """A welcome, or, with a scene, the conversation that its code stands for."""
    return _turn(push, event="greet", facts={"scene": came.scene[:64], "new": came.new}, window=TOUCH)


def enter(push: Inbound, came: Arrival) -> Turn:
    """The day's first look into the application.

    Nothing in the push tells a repeat from a second look within the same second, and a saved reply would greet twice. So each
    is a turn of its own: that the day was greeted stands in the conversation's row.
    """
    turn = _turn(push, event="greet", facts={"daily": True})
    return replace(turn, key=f"{turn.key}:{secrets.token_hex(8)}")


def leave(push: Inbound, left: Departure) -> Turn:
    """Whoever unfollows cannot be reached there."""
    return _turn(push, event="leave")


def consent(push: Inbound, given: Consent) -> Turn | None:
    """An accept in the popup is one more message; a refusal there only gives none."""
    changes = [[each.template_id, "accept"] for each in _known(given) if each.status == "accept"]
    return _turn(push, event="grants", facts={"changes": changes}) if changes else None


def switched_off(push: Inbound, given: Consent) -> Turn | None:
    """A refusal in the settings ends what was left; only refusals are pushed."""
    changes = [[each.template_id, "reject"] for each in _known(given)]
    return _turn(push, event="grants", facts={"changes": changes}) if changes else None


def _known(given: Consent) -> list[SubscriptionChange]:
    """What can be a template of ours: an id has 43 characters, and there is room for no more than 64."""
    return [each for each in given.changes if 0 < len(each.template_id) <= 64]


def sent(push: Inbound, report: SendReport) -> Turn | None:
    """How one message ended."""
    return sent_several(push, (report,))


def sent_several(push: Inbound, reports: tuple[SendReport, ...]) -> Turn | None:
    """How some messages ended."""
    known = [[each.msg_id, each.delivered, each.words[:80]] for each in reports if each.msg_id]
    return _turn(push, event="sent", facts={"reports": known}) if known else None


def card(push: Inbound, tap: CardClick | None) -> Turn | None:
    """A tap is the line on the button."""
    if tap is None or len(tap.task_id) > LONGEST_TASK:
        return None
    facts = {"task_id": tap.task_id, "line": tap.event_key, "response_code": tap.response_code[:LONGEST_MEDIA]}
    return _turn(push, event="card", facts=facts)


def member(push: Inbound, change: MemberChange) -> Turn | None:
    """A colleague came, changed or left."""
    if not 0 < len(change.userid) <= LONGEST_ID or len(change.new_userid) > LONGEST_ID:
        return None
    facts = {
        "change": push.get("ChangeType"),
        "userid": change.userid,
        "new_userid": change.new_userid,
        "name": change.name[:40],
        "mobile": change.mobile[:20],
        "department": change.department,
        "leader": change.leader,
        "status": change.status,
    }
    return _turn(push, event="member", facts=facts)


def party(push: Inbound, change: PartyChange) -> Turn | None:
    """A department came, changed or went."""
    if change.id is None:
        return None
    facts = {"change": push.get("ChangeType"), "id": change.id, "name": change.name[:40], "parent": change.parent}
    return _turn(push, event="party", facts=facts)


def contact(push: Inbound, change: ContactChange) -> Turn | None:
    """A customer added or dropped an employee."""
    if not 0 < len(change.userid) <= LONGEST_ID or not 0 < len(change.external_userid) <= LONGEST_ID:
        return None
    facts = {
        "change": push.get("ChangeType"),
        "userid": change.userid,
        "external": change.external_userid,
        "state": change.state[:64],
        "welcome": change.welcome_code[:200],
    }
    return _turn(push, event="contact", facts=facts)


def _address(here: Location) -> str:
    """What the map calls the place; its name is often the end of the label already."""
    label, name = here.label.strip(), here.name.strip()
    return (label if name in label else f"{label} {name}".strip())[:120]


def _turn(
    push: Inbound, *, line: str = "", event: str = "", facts: dict[str, Any] | None = None, window: Window | None = None
) -> Turn:
    # Only the Official Account counts what may be sent back.
    opened = window if push.door == "official" else None
    return Turn(push.door, push.sender, push.key, line=line, event=event, facts=facts or {}, window=opened)
