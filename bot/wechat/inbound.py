"""What a person or the platform sent, as one immutable value whatever door, format or type it came in."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.wechat.body import Malformed, Value, read_body

# Longer than any openid or userid, and what no such id has in it.
_SENDER = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")

_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)
# A barcode arrives as "CODE_128,1234"; a QR code's text may hold commas of its own.
_SYMBOLOGY = re.compile(r"(?:CODE|EAN|UPC|ITF|CODABAR|RSS|DATABAR|DATA_MATRIX|PDF|AZTEC|MAXICODE)[A-Z0-9_]*,")


@dataclass(frozen=True)
class Location:
    """A place; `name` is what the person's map calls it."""

    latitude: float
    longitude: float
    label: str = ""
    name: str = ""


@dataclass(frozen=True)
class CardClick:
    """A tap on a WeCom template card; `response_code` updates the card once within 72 hours (WeCom doc 90240)."""

    task_id: str
    event_key: str
    response_code: str
    card_type: str
    selected: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class SubscriptionChange:
    """One template of a subscription event: `status` is accept or reject, or how its sending ended."""

    template_id: str
    status: str
    scene: str = ""
    msg_id: str = ""
    error_code: str = ""


@dataclass(frozen=True)
class ApprovalChange:
    """The state of a WeCom approval after a change; form values have to be fetched (WeCom doc 91815)."""

    number: str
    template_id: str
    status: str
    change: str
    applicant: str


@dataclass(frozen=True)
class Inbound:
    """One message or event; `kind` is MsgType in lower case, `event` the event's name in lower case or ""."""

    door: str
    kind: str
    event: str
    sender: str
    account: str
    msg_id: str
    created_at: int
    fields: Mapping[str, Value] = field(hash=False)

    def get(self, *path: str) -> str:
        """The text at a path of field names; "" if it is absent or not text."""
        value = self._at(path)
        return value if isinstance(value, str) else ""

    def each(self, *path: str) -> tuple[Value, ...]:
        """Every value at a path: WeChat sends one element as an object and several as an array."""
        value = self._at(path)
        if isinstance(value, tuple):
            return value
        return (value,) if value else ()

    @property
    def key(self) -> str:
        """What stays the same when WeChat repeats a push, and differs between any two pushes."""
        if self.kind != "event" and self.msg_id:
            return f"{self.account}:{self.msg_id}"
        # Events share sender and second, those from "sys" all the time: only the whole of one tells it from another.
        digest = hashlib.sha256(json.dumps(_thawed(self.fields), sort_keys=True).encode()).hexdigest()
        return f"{self.event or self.kind}:{self.created_at}:{digest[:32]}"

    @property
    def text(self) -> str:
        """What the person said: typed, or recognised from voice."""
        return self.get("Recognition") if self.kind == "voice" else self.get("Content")

    @property
    def menu_id(self) -> str:
        """The id behind a tapped quick-reply link; a hint only, the text decides."""
        return self.get("bizmsgmenuid")

    @property
    def media_id(self) -> str:
        """The attachment, to be fetched within three days."""
        return self.get("MediaId")

    @property
    def event_key(self) -> str:
        """The menu key, URL, page path or button of an event."""
        return self.get("EventKey")

    @property
    def agent_id(self) -> str:
        """The WeCom app concerned; absent from callbacks that belong to no app."""
        return self.get("AgentID")

    @property
    def scene(self) -> str:
        """The scene of a scanned account QR code, the same for a new and an old follower."""
        if self.event == "scan":
            return self.event_key
        if self.event == "subscribe" and self.event_key.startswith("qrscene_"):
            return self.event_key.removeprefix("qrscene_")
        return ""

    @property
    def scanned(self) -> str:
        """What a menu scan read, without the barcode's symbology."""
        result = self.get("ScanCodeInfo", "ScanResult")
        if self.get("ScanCodeInfo", "ScanType").lower() == "qrcode":
            return result
        return _SYMBOLOGY.sub("", result, count=1) if _SYMBOLOGY.match(result) else result

    @property
    def location(self) -> Location | None:
        """The place sent, picked or reported; Location_X is the latitude."""
        for path in ((), ("SendLocationInfo",)):
            for latitude, longitude in (("Location_X", "Location_Y"), ("Latitude", "Longitude")):
                here = _degrees(self.get(*path, latitude), 90), _degrees(self.get(*path, longitude), 180)
                if here[0] is not None and here[1] is not None:
                    return Location(here[0], here[1], self.get(*path, "Label"), self.get(*path, "Poiname"))
        return None

    @property
    def card(self) -> CardClick | None:
        """The tap on a template card, if this is one."""
        if self.event not in ("template_card_event", "template_card_menu_event"):
            return None
        return CardClick(
            self.get("TaskId"), self.event_key, self.get("ResponseCode"), self.get("CardType"), self._selected()
        )

    @property
    def subscriptions(self) -> tuple[SubscriptionChange, ...]:
        """The templates of a subscribe_msg_* event, which JSON puts at the top and XML under a wrapper."""
        wrappers = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
        rows = self.each("List") + tuple(row for wrapper in wrappers for row in self.each(wrapper, "List"))
        return tuple(_subscription(row) for row in rows if isinstance(row, Mapping))

    @property
    def approval(self) -> ApprovalChange | None:
        """The change of a WeCom approval; SpNo can be missing, SpNoStr is the one to use."""
        if self.event != "sys_approval_change":
            return None
        info = ("ApprovalInfo",)
        return ApprovalChange(
            number=self.get(*info, "SpNoStr") or self.get(*info, "SpNo"),
            template_id=self.get(*info, "TemplateId"),
            status=self.get(*info, "SpStatus"),
            change=self.get(*info, "StatuChangeEvent"),
            applicant=self.get(*info, "Applyer", "UserId"),
        )

    def _at(self, path: tuple[str, ...]) -> Value:
        value: Value = self.fields
        for name in path:
            if not isinstance(value, Mapping):
                return ""
            value = value.get(name, "")
        return value

    def _selected(self) -> dict[str, tuple[str, ...]]:
        items = (item for item in self.each("SelectedItems", "SelectedItem") if isinstance(item, Mapping))
        return {_text(item.get("QuestionKey", "")): _options(item) for item in items}


def _thawed(value: Value) -> Any:
    if isinstance(value, Mapping):
        return {name: _thawed(part) for name, part in value.items()}
    return [_thawed(part) for part in value] if isinstance(value, tuple) else value


def parse(plaintext: bytes, door: str) -> Inbound:
    """Read an opened push; types and events that no one knows yet survive under their own names."""
    # wechatpy's parser is not used: it renames events, rewrites EventKey and fails on types it does not know.
    fields = read_body(plaintext)
    # WeCom's suite commands carry InfoType and TimeStamp where everything else has MsgType and CreateTime.
    command = _core(fields, "InfoType")
    kind = _core(fields, "MsgType").strip().lower() or ("event" if command else "")
    if not kind:
        raise Malformed("MsgType is missing")
    event = (_core(fields, "Event") or command).strip().lower()
    if kind == "event" and not event:
        raise Malformed("Event is missing")
    return Inbound(
        door=door,
        kind=kind,
        event=event,
        sender=_sender(fields, kind),
        account=_core(fields, "ToUserName"),
        msg_id=_core(fields, "MsgId") or _core(fields, "MsgID"),
        created_at=_seconds(_core(fields, "CreateTime") or _core(fields, "TimeStamp")),
        fields=fields,
    )


def _core(fields: Mapping[str, Value], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise Malformed(f"{name} is not text")
    return value


def _sender(fields: Mapping[str, Value], kind: str) -> str:
    """Who sent it. Only events may be of nobody; what is to be answered, or kept for somebody, may not."""
    sender = _core(fields, "FromUserName").strip()
    if not sender and kind == "event":
        return ""
    if not _SENDER.fullmatch(sender):
        raise Malformed("FromUserName is nobody")
    return sender


def _seconds(text: str) -> int:
    if not _NUMBER.fullmatch(text or "0"):
        raise Malformed("CreateTime is not a number")
    return int(text or "0")


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _degrees(text: str, limit: int) -> float | None:
    try:
        degrees = float(text)
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= limit else None


def _options(item: Mapping[str, Value]) -> tuple[str, ...]:
    # An older sample of the documents spells the element "Opiton", and SDKs copied it.
    for plural, singular in (("OptionIds", "OptionId"), ("OpitonIds", "OpitonId")):
        ids = item.get(plural, "")
        value = ids.get(singular, "") if isinstance(ids, Mapping) else ids
        if value:
            return tuple(_text(one) for one in (value if isinstance(value, tuple) else (value,)))
    return ()


def _subscription(row: Mapping[str, Value]) -> SubscriptionChange:
    return SubscriptionChange(
        template_id=_text(row.get("TemplateId", "")),
        status=_text(row.get("SubscribeStatusString", "")) or _text(row.get("ErrorStatus", "")),
        scene=_text(row.get("PopupScene", "")),
        msg_id=_text(row.get("MsgID", "")),
        error_code=_text(row.get("ErrorCode", "")),
    )
