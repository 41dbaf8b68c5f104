"""Every message and event as an object of its own: what a push says once the wire format is read away."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.wechat.inbound import ApprovalChange, CardClick, Inbound, Location, SubscriptionChange


@dataclass(frozen=True, slots=True)
class Text:
    """A typed line; `menu_id` hints at the quick reply that was tapped."""

    content: str
    menu_id: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, voice, video or file; fetched by its id within three days (公众号 接收普通消息)."""

    kind: str
    media_id: str
    form: str
    name: str
    thumb_id: str
    recognition: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page that somebody shared."""

    title: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class MiniPage:
    """A card of a mini-program's page, sent from its customer-service session."""

    title: str
    app_id: str
    path: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody follows, scans the account's code or enters; `scene` is what the code held, or where they came from."""

    scene: str
    new: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody unfollowed, or left the range of the application."""


@dataclass(frozen=True, slots=True)
class MenuTap:
    """A menu button: the key of a click, or the page that opened."""

    key: str
    menu_id: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What the menu's camera read, without a barcode's symbology; `waits` if the phone shows a spinner."""

    kind: str
    text: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Pictures:
    """The menu's camera or album was used; the pictures follow as messages."""

    key: str
    count: int
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SendReport:
    """How the sending of a template, mass or subscription message ended."""

    msg_id: str
    delivered: bool
    words: str


@dataclass(frozen=True, slots=True)
class Consent:
    """Templates that somebody accepted, refused or switched off."""

    changes: tuple[SubscriptionChange, ...]


@dataclass(frozen=True, slots=True)
class Privacy:
    """Somebody changed or withdrew what we may know of them."""

    openid: str
    revoked: str


@dataclass(frozen=True, slots=True)
class ServiceSession:
    """WeChat's own customer-service desk: who took, closed or handed over a conversation."""

    account: str
    successor: str
    closed_by: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What WeChat's content check found out later (wxa_media_check)."""

    trace_id: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member of the address book came, changed or left (WeCom doc 90970); an empty field did not change."""

    userid: str
    new_userid: str
    name: str
    mobile: str
    department: int | None
    leader: str
    status: str


@dataclass(frozen=True, slots=True)
class PartyChange:
    """A department of the address book came, changed or went (WeCom doc 90971)."""

    id: int | None
    name: str
    parent: int | None


@dataclass(frozen=True, slots=True)
class TagChange:
    """A tag's members changed (WeCom doc 90972)."""

    id: str


@dataclass(frozen=True, slots=True)
class ContactChange:
    """A customer added or dropped a member; the welcome code lives 20 s (WeCom doc 92130)."""

    userid: str
    external_userid: str
    state: str
    welcome_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A customers' group or tag changed (WeCom doc 92130)."""

    id: str
    detail: str


@dataclass(frozen=True, slots=True)
class BatchJob:
    """An address-book job ended (WeCom doc 90973)."""

    id: str
    kind: str
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class OpenApproval:
    """A change of an approval that runs in WeCom's own-flow engine (WeCom doc 90269)."""

    number: str
    template_id: str
    status: str
    applicant: str


@dataclass(frozen=True, slots=True)
class ServiceMail:
    """Messages wait at WeChat customer service; they have to be fetched (WeCom doc 94670)."""

    token: str
    account: str


@dataclass(frozen=True, slots=True)
class AppChange:
    """The application was put to sleep, woken up or shared."""

    agent_id: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """WeChat's logistics helper moved a parcel along (小程序 物流助手)."""

    carrier: str
    waybill: str


@dataclass(frozen=True, slots=True)
class Suite:
    """A command for a provider of applications, which this product is not (WeCom doc 90628)."""

    command: str
    suite_id: str


def text(push: Inbound) -> Text:
    return Text(push.text, push.menu_id)


def media(push: Inbound) -> Media:
    return Media(
        kind="video" if push.kind == "shortvideo" else push.kind,
        media_id=push.media_id,
        form=push.get("Format"),
        name=push.get("FileName") or push.get("Title"),
        thumb_id=push.get("ThumbMediaId"),
        recognition=push.get("Recognition"),
    )


def place(push: Inbound) -> Location | None:
    return push.location


def link(push: Inbound) -> Link:
    return Link(push.get("Title"), push.get("Description"), push.get("Url"))


def mini_page(push: Inbound) -> MiniPage:
    return MiniPage(push.get("Title"), push.get("AppId"), push.get("PagePath"))


def arrival(push: Inbound) -> Arrival:
    return Arrival(push.scene or push.get("SessionFrom"), new=push.event == "subscribe")


def departure(push: Inbound) -> Departure:
    return Departure()


def menu_tap(push: Inbound) -> MenuTap:
    return MenuTap(push.event_key, push.get("MenuId"))


def scan(push: Inbound) -> Scan:
    return Scan(push.get("ScanCodeInfo", "ScanType"), push.scanned, waits=push.event == "scancode_waitmsg")


def pictures(push: Inbound) -> Pictures:
    # WeCom may repeat PicList itself; the Official Account repeats the item inside it.
    lists = [each for each in push.each("SendPicsInfo", "PicList") if isinstance(each, Mapping)]
    items = [item for each in lists for item in _several(each.get("item", ""))]
    digests = tuple(str(item.get("PicMd5Sum", "")) for item in items if isinstance(item, Mapping))
    return Pictures(push.event_key, _number(push.get("SendPicsInfo", "Count")) or 0, digests)


def send_report(push: Inbound) -> SendReport:
    words = push.get("Status") or push.get("status")
    return SendReport(push.msg_id, words.lower() in {"success", "send success", "sendsuccess"}, words)


def subscription_reports(push: Inbound) -> tuple[SendReport, ...]:
    return tuple(
        SendReport(each.msg_id, each.error_code in {"", "0"} and each.status == "success", each.status)
        for each in push.subscriptions
    )


def consent(push: Inbound) -> Consent:
    return Consent(push.subscriptions)


def privacy(push: Inbound) -> Privacy:
    return Privacy(push.get("OpenID"), push.get("RevokeInfo"))


def service_session(push: Inbound) -> ServiceSession:
    account = push.get("KfAccount") or push.get("FromKfAccount")
    return ServiceSession(account, push.get("ToKfAccount"), push.get("CloseType"))


def verdict(push: Inbound) -> Verdict:
    return Verdict(push.get("trace_id"), push.get("result", "suggest"))


def card(push: Inbound) -> CardClick | None:
    return push.card


def old_card(push: Inbound) -> CardClick:
    return CardClick(push.get("TaskId"), push.event_key, "", "taskcard", {})


def member_change(push: Inbound) -> MemberChange:
    main = push.get("MainDepartment") or push.get("Department").split(",")[0]
    return MemberChange(
        userid=push.get("UserID"),
        new_userid=push.get("NewUserID"),
        name=push.get("Name"),
        mobile=push.get("Mobile"),
        department=_number(main),
        leader=push.get("DirectLeader").split(",")[0],
        status=push.get("Status"),
    )


def party_change(push: Inbound) -> PartyChange:
    return PartyChange(_number(push.get("Id")), push.get("Name"), _number(push.get("ParentId")))


def tag_change(push: Inbound) -> TagChange:
    return TagChange(push.get("TagId") or push.get("Id"))


def contact_change(push: Inbound) -> ContactChange:
    return ContactChange(
        userid=push.get("UserID"),
        external_userid=push.get("ExternalUserID"),
        state=push.get("State"),
        welcome_code=push.get("WelcomeCode"),
        reason=push.get("FailReason"),
    )


def group_change(push: Inbound) -> GroupChange:
    return GroupChange(push.get("ChatId") or push.get("Id"), push.get("UpdateDetail"))


def batch_job(push: Inbound) -> BatchJob:
    return BatchJob(*(push.get("BatchJob", name) for name in ("JobId", "JobType", "ErrCode", "ErrMsg")))


def approval(push: Inbound) -> ApprovalChange | None:
    return push.approval


def open_approval(push: Inbound) -> OpenApproval:
    names = ("ThirdNo", "OpenTemplateId", "OpenSpStatus", "ApplyUserId")
    return OpenApproval(*(push.get("ApprovalInfo", name) for name in names))


def service_mail(push: Inbound) -> ServiceMail:
    return ServiceMail(push.get("Token"), push.get("OpenKfId"))


def app_change(push: Inbound) -> AppChange:
    return AppChange(push.agent_id)


def parcel(push: Inbound) -> Parcel:
    return Parcel(push.get("DeliveryID"), push.get("WayBillId"))


def suite(push: Inbound) -> Suite:
    return Suite(push.get("InfoType"), push.get("SuiteId"))


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _number(text: str) -> int | None:
    # A department's id is a small number; what else stands there is none of ours.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
