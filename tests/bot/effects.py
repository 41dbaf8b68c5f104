"""What each handled push must do: the words it is answered with, and what is then found in the tables."""

from dataclasses import dataclass, field
from typing import Any

from bot.demo.seed import GRANTS
from bot.demo.templates import SHIPPED as SHIPPED_TEMPLATE
from tests.pushes import WHO


@dataclass(frozen=True)
class Effect:
    """`says` is part of the answer, nothing of it means `success`; `sql` asks for one value, which is then `finds`.

    `changed` are fields other than those of the payload, `who` is another sender, `first` a push that comes before.
    """

    says: str = ""
    sql: str = ""
    finds: Any = None
    who: str = ""
    changed: dict[str, Any] = field(default_factory=dict)
    first: str = ""


def _here(column: str, door: str, who: str = "") -> str:
    return f"SELECT {column} AS v FROM conversation WHERE door = '{door}' AND external_id = '{who or WHO[door]}'"


def _owned(door: str, kind: str) -> Effect:
    """A file that is kept for whoever sent it, and can be put to a document."""
    kept = "SELECT p.number || ' ' || a.media_id || ' ' || a.kind || ' ' || a.state AS v FROM attachment a JOIN person p ON p.id = a.owner_id"
    return Effect("附到 SO0312", kept, f"{_SENDER[door]} M1 {kind} waiting")


_SENDER = {"official": "C001", "work": "E003"}
_NAME = {"official": "周经理", "work": "小李"}
_TURNER = {"official": "o_E006".ljust(28, "0"), "work": "zhangwei"}
_OUTCOME = "SELECT outcome || ' ' || (arrived_at IS NOT NULL) AS v FROM attempt WHERE platform_id = '170'"
_CONTACT = "SELECT e.number || ' ' || c.external_id || ' ' || (c.ended_at IS NULL) AS v FROM external_contact c JOIN person e ON e.id = c.employee_id"


def _left(door: str, template: str) -> str:
    return f"SELECT \"left\" AS v FROM grant_ledger WHERE template_id = '{template}' AND conversation_id = ({_here('id', door)})"


def _chat(door: str) -> dict[str, Effect]:
    report = _here("state -> 'pending' ->> 'name'", door, _TURNER[door])
    return {
        "text": Effect(_NAME[door]),
        "voice": Effect(_NAME[door]),
        "image": _owned(door, "image"),
        "video": _owned(door, "video"),
        "file": _owned(door, "file"),
        "location": Effect("设为收货地址", _here("state ->> 'place'", door), "广州市海珠区"),
        "link": Effect("链接收到了"),
        "event unsubscribe": Effect("", _here("reachable", door), False),
        "event click": Effect(_NAME[door]),
        "event scancode_push": Effect("M8×30"),
        "event scancode_waitmsg": Effect("合格多少", report, "task.report", who=_TURNER[door]),
        "event location_select": Effect("设为收货地址", _here("state ->> 'place'", door), "广州市海珠区 仓库"),
    }


_APPROVED = Effect(
    "",
    "SELECT state AS v FROM approval WHERE number = 'AP0018'",
    "approved",
    who="wangjianguo",
    changed={"EventKey": "同意 AP0018"},
)
_ADDED = Effect("", _CONTACT, "E003 wmEXT1 true")
_MEMBER = "SELECT p.name || ' ' || p.active AS v FROM conversation c JOIN person p ON p.id = c.person_id WHERE c.external_id = 'newbie'"
_AT_WORK = "SELECT p.number || ' ' || p.active AS v FROM conversation c JOIN person p ON p.id = c.person_id WHERE c.external_id = 'lt'"
_LEFT = "SELECT p.active || ' ' || count(c.id) AS v FROM person p LEFT JOIN conversation c ON c.person_id = p.id WHERE p.number = 'E003' GROUP BY p.active"
_PARTY = "SELECT d.name AS v FROM work_party w JOIN department d ON d.id = w.department_id WHERE w.party_id = 7"
_FOUNDED = "work event change_contact/create_party"
_ADD, _DROPPED = "work event change_external_contact/add_external_contact", "E003 wmEXT1 false"
_ACCEPT = {door: f"{door} event subscribe_msg_popup_event" for door in ("official", "miniprogram")}

_OWN: dict[str, Effect] = {
    "official shortvideo": _owned("official", "video"),
    "official event subscribe": Effect("SO0312", _here("scene", "official"), "order_SO0312"),
    "official event scan": Effect("SO0312", _here("scene", "official"), "order_SO0312"),
    "official event templatesendjobfinish": Effect("", _OUTCOME, "refused false"),
    "official event subscribe_msg_popup_event": Effect("", _left("official", "A"), 1),
    "official event subscribe_msg_change_event": Effect("", _left("official", "A"), 0, first=_ACCEPT["official"]),
    "official event subscribe_msg_sent_event": Effect("", _OUTCOME, "accepted true"),
    "work event subscribe": Effect("您好"),
    "work event enter_agent": Effect("AP0018", who="wangjianguo"),
    "work event template_card_event": _APPROVED,
    "work event template_card_menu_event": _APPROVED,
    "work event change_contact/create_user": Effect("", _MEMBER, "新人 true"),
    "work event change_contact/update_user": Effect("", _AT_WORK, "E003 true"),
    "work event change_contact/delete_user": Effect("", _LEFT, "false 0"),
    _FOUNDED: Effect("", _PARTY, "外贸部"),
    "work event change_contact/update_party": Effect("", _PARTY, "国际部", first=_FOUNDED),
    "work event change_contact/delete_party": Effect("", _PARTY, None, first=_FOUNDED),
    _ADD: _ADDED,
    "work event change_external_contact/add_half_external_contact": _ADDED,
    "work event change_external_contact/del_external_contact": Effect("", _CONTACT, _DROPPED, first=_ADD),
    "work event change_external_contact/del_follow_user": Effect("", _CONTACT, _DROPPED, first=_ADD),
    "miniprogram event subscribe_msg_popup_event": Effect("", _left("miniprogram", SHIPPED_TEMPLATE), GRANTS + 1),
    "miniprogram event subscribe_msg_change_event": Effect("", _left("miniprogram", SHIPPED_TEMPLATE), 0),
    "miniprogram event subscribe_msg_sent_event": Effect("", _OUTCOME, "accepted true"),
}

EFFECTS: dict[str, Effect] = {
    **{f"{door} {name}": effect for door in ("official", "work") for name, effect in _chat(door).items()},
    **_OWN,
}
