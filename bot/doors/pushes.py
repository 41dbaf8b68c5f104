"""Everything WeChat can send, and what becomes of it: one entry for each type and event of each door."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import structlog

from bot.doors import turning
from bot.turns import Turn
from bot.wechat import typed
from bot.wechat.inbound import Inbound

log = structlog.get_logger()

Reads = Callable[[Inbound], Any]
Becomes = Callable[[Inbound, Any], Turn | None]


class Fate(Enum):
    """What becomes of a push."""

    handled = "handled"
    ignored = "ignored"
    refused = "refused"


@dataclass(frozen=True, slots=True)
class Push:
    """One type or event at one door: how it reads, and what that does; or why it does nothing."""

    door: str
    name: str
    reads: Reads
    effect: str
    becomes: Becomes | None = None
    fate: Fate = Fate.handled

    @property
    def key(self) -> str:
        """The entry's name in documents and tests."""
        return f"{self.door} {self.name}"


class RefusedPush(Exception):
    """A push that is none of this product's business; the door refuses it (HTTP 403)."""

    def __init__(self, push: Push, info_type: str) -> None:
        super().__init__(push.key)
        self.push = push
        self.info_type = info_type[:40]


def turn_of(push: Inbound) -> Turn | None:
    """The Turn that a push becomes; None when nothing is to be done. Raises RefusedPush."""
    entry = PUSHES.get(f"{push.door} {name_of(push)}")
    if entry is None:
        _note_unknown(push)
        return None
    if entry.fate is Fate.refused:
        raise RefusedPush(entry, push.get("InfoType"))
    # An event of nobody belongs to no conversation.
    return entry.becomes(push, entry.reads(push)) if entry.becomes and push.sender else None


def name_of(push: Inbound) -> str:
    """The type of a message; of an event its name, with the ChangeType where that says what happened."""
    if push.get("InfoType"):
        return "suite"
    if push.kind != "event":
        return push.kind
    change = push.get("ChangeType").lower() if push.event.startswith("change_") else ""
    return f"event {push.event}/{change}" if change else f"event {push.event}"


_UNKNOWN: set[str] = set()
_MOST_UNKNOWN = 200


def _note_unknown(push: Inbound) -> None:
    """Once for each type: what comes every minute must not drown what else there is to read."""
    name = f"{push.door} {name_of(push)}"[:80]
    if name not in _UNKNOWN and len(_UNKNOWN) < _MOST_UNKNOWN:
        _UNKNOWN.add(name)
        log.warning("push.unknown", type=name)


def _at(door: str, *rows: tuple[str, Reads, str, Becomes]) -> list[Push]:
    return [Push(door, name, reads, effect, becomes) for name, reads, effect, becomes in rows]


def _ignored(door: str, *rows: tuple[str, Reads, str]) -> list[Push]:
    return [Push(door, name, reads, because, fate=Fate.ignored) for name, reads, because in rows]


_KEPT = "goes to the conversation that waits for a file; else it is fetched, checked, kept for its sender and answered"
_OFF = "unreachable at this door from now on; nothing is deleted, and other doors are tried for what is due"

_PLACE = (
    "the answer where an address or a place to check in is asked for; else it is asked which of the two it is to be"
)

_CHAT = (
    ("text", typed.text, "a line of the conversation", turning.line),
    ("voice", typed.media, "a line, if it was recognised; else a kind answer asks to type it", turning.voice),
    ("image", typed.media, _KEPT, turning.media),
    ("video", typed.media, _KEPT, turning.media),
    ("file", typed.media, _KEPT, turning.media),
    ("location", typed.place, _PLACE, turning.place),
    ("link", typed.link, "a kind answer says what can be read instead", turning.unheard),
    ("event unsubscribe", typed.departure, _OFF, turning.leave),
    ("event click", typed.menu_tap, "the key is a line", turning.menu_key),
    ("event scancode_push", typed.scan, "a product answers its stock, a work order opens its report", turning.scan),
    ("event scancode_waitmsg", typed.scan, "as scancode_push", turning.scan),
    ("event location_select", typed.place, "as a location that was sent", turning.place),
)

_OPENED = "the page that opened speaks for itself"
_FOLLOW = "the pictures follow as messages of their own"
_WHEREABOUTS = "nothing here depends on where somebody is; a place that matters is sent by hand"

_CHAT_IGNORED = (
    ("event view", typed.menu_tap, _OPENED),
    ("event view_miniprogram", typed.menu_tap, _OPENED),
    ("event location", typed.place, _WHEREABOUTS),
    ("event pic_sysphoto", typed.pictures, _FOLLOW),
    ("event pic_photo_or_album", typed.pictures, _FOLLOW),
    ("event pic_weixin", typed.pictures, _FOLLOW),
)

_NO_MASS = "the product sends no mass messages and publishes no articles"
_NO_DESK = "conversations are answered here, not at WeChat's own service desk"
_NO_PROFILE = "neither names nor pictures are taken from WeChat, so that none is kept that could be withdrawn"
_LEDGER = "the ledger of messages that may still be sent counts one more for each accept"
_OFF_LEDGER = "what was left of the template is gone from the ledger"
_REPORT = "the attempt is marked as arrived, or the notice goes on to the next door"

_OFFICIAL = [
    *_at("official", *_CHAT),
    *_at(
        "official",
        ("shortvideo", typed.media, _KEPT, turning.media),
        (
            "event subscribe",
            typed.arrival,
            "a welcome; with a scene, the conversation its code stands for",
            turning.greet,
        ),
        ("event scan", typed.arrival, "as subscribe with a scene", turning.greet),
        ("event templatesendjobfinish", typed.send_report, _REPORT, turning.sent),
        ("event subscribe_msg_popup_event", typed.consent, _LEDGER, turning.consent),
        ("event subscribe_msg_change_event", typed.consent, _OFF_LEDGER, turning.switched_off),
        ("event subscribe_msg_sent_event", typed.subscription_reports, _REPORT, turning.sent_several),
    ),
    *_ignored("official", *_CHAT_IGNORED),
    *_ignored(
        "official",
        ("event masssendjobfinish", typed.send_report, _NO_MASS),
        ("event freepublishjobfinish", typed.send_report, _NO_MASS),
        ("event user_info_modified", typed.privacy, _NO_PROFILE),
        ("event user_authorization_revoke", typed.privacy, _NO_PROFILE),
        ("event kf_create_session", typed.service_session, _NO_DESK),
        ("event kf_close_session", typed.service_session, _NO_DESK),
        ("event kf_switch_session", typed.service_session, _NO_DESK),
    ),
]

_CAME = (
    "the one employee without WeCom who has the mobile, or the name and department, is the member; "
    "else a new one, without roles until an administrator gives some; administrators are told which"
)
_CHANGED = (
    "department, superior, user id and state follow the address book; an unknown member is as in create_user, unless "
    "they have left; a department that nobody told us of has the whole address book read"
)
_PARTY = "the department's name, which stands behind its parent's where another has it, and its place"
_LEFT = "inactive; every conversation unbound, every token dead; what was due to them goes on the board"
_CONTACT = (
    "WeCom is asked who it is: by union id, mobile or code they are a contact of ours, whose ownerless customer is the "
    "employee's from now on; of a stranger the employee is told; they get the one welcome"
)
_ENDED = "the contact is no longer the employee's; its customer stays whose it was"
_TAGS = "roles are given here, not by tags of the address book"
_NO_GROUPS = "customers are kept one by one; groups and their tags stand in no document of ours"
_OWN_APPROVALS = "approvals are documents of ours, decided on our own cards; one of WeCom's is none of them"
_NO_JOBS = "the product starts no jobs on the address book"
_NO_EDIT = "it carries no fact that we keep"
_APP = "nothing is decided by it: a message that cannot be sent says so itself"

_WORK = [
    *_at("work", *_CHAT),
    *_at(
        "work",
        ("event subscribe", typed.arrival, "a welcome", turning.greet),
        ("event enter_agent", typed.arrival, "today's to-dos, at most once a day", turning.enter),
        ("event template_card_event", typed.card, "the line on the button; the card changes afterwards", turning.card),
        ("event template_card_menu_event", typed.card, "the line of the menu's entry", turning.card),
        ("event change_contact/create_user", typed.member_change, _CAME, turning.member),
        ("event change_contact/update_user", typed.member_change, _CHANGED, turning.member),
        ("event change_contact/delete_user", typed.member_change, _LEFT, turning.member),
        (
            "event change_contact/create_party",
            typed.party_change,
            "a department of its own, or ours of that name",
            turning.party,
        ),
        ("event change_contact/update_party", typed.party_change, _PARTY, turning.party),
        ("event change_contact/delete_party", typed.party_change, "the department no longer follows", turning.party),
        ("event change_external_contact/add_external_contact", typed.contact_change, _CONTACT, turning.contact),
        ("event change_external_contact/add_half_external_contact", typed.contact_change, _CONTACT, turning.contact),
        ("event change_external_contact/del_external_contact", typed.contact_change, _ENDED, turning.contact),
        ("event change_external_contact/del_follow_user", typed.contact_change, _ENDED, turning.contact),
    ),
    *_ignored("work", *_CHAT_IGNORED),
    *_ignored(
        "work",
        ("event taskcard_click", typed.old_card, "the product sends template cards only"),
        ("event change_contact/update_tag", typed.tag_change, _TAGS),
        ("event change_external_contact/edit_external_contact", typed.contact_change, _NO_EDIT),
        ("event change_external_contact/transfer_fail", typed.contact_change, "the product hands no contacts over"),
        ("event change_external_chat/create", typed.group_change, _NO_GROUPS),
        ("event change_external_chat/update", typed.group_change, _NO_GROUPS),
        ("event change_external_chat/dismiss", typed.group_change, _NO_GROUPS),
        ("event change_external_tag/create", typed.group_change, _NO_GROUPS),
        ("event change_external_tag/update", typed.group_change, _NO_GROUPS),
        ("event change_external_tag/delete", typed.group_change, _NO_GROUPS),
        ("event sys_approval_change", typed.approval, _OWN_APPROVALS),
        ("event open_approval_change", typed.open_approval, _OWN_APPROVALS),
        ("event batch_job_result", typed.batch_job, _NO_JOBS),
        ("event kf_msg_or_event", typed.service_mail, _NO_DESK),
        ("event close_inactive_agent", typed.app_change, _APP),
        ("event reopen_inactive_agent", typed.app_change, _APP),
        ("event share_agent_change", typed.app_change, _APP),
    ),
    Push("work", "suite", typed.suite, "an event of a provider's suite, and this is no suite", fate=Fate.refused),
]

_NO_TEXT = "a mini-program cannot answer with text; its pages have a way to ask a person"

_MINIPROGRAM = [
    *_at(
        "miniprogram",
        ("event subscribe_msg_popup_event", typed.consent, _LEDGER, turning.consent),
        ("event subscribe_msg_change_event", typed.consent, _OFF_LEDGER, turning.switched_off),
        ("event subscribe_msg_sent_event", typed.subscription_reports, _REPORT, turning.sent_several),
    ),
    *_ignored(
        "miniprogram",
        ("text", typed.text, _NO_TEXT),
        ("image", typed.media, _NO_TEXT),
        ("miniprogrampage", typed.mini_page, _NO_TEXT),
        ("event user_enter_tempsession", typed.arrival, _NO_TEXT),
        ("event wxa_media_check", typed.verdict, "nothing that customers send is published, so nothing is checked"),
        ("event user_info_modified", typed.privacy, _NO_PROFILE),
        ("event user_authorization_revoke", typed.privacy, _NO_PROFILE),
        ("event add_express_path", typed.parcel, "shipments are told by whoever ships"),
    ),
]

PUSHES: dict[str, Push] = {each.key: each for each in (*_OFFICIAL, *_WORK, *_MINIPROGRAM)}
