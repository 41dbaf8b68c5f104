"""Who is in the company and who its customers are: members, departments, external contacts, the application."""

import secrets
from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .company import ROOT
from .config import Department, Person
from .menuapi import check_agent
from .refusals import OK, Refusal
from .weblinks import check_links

DISABLED = 2

_MOST_ATTACHMENTS = 9
_WELCOME_BYTES = 4000

_IDS_PER_PAGE = 10_000
"""The largest page of user/list_id (WeCom doc 96067)."""


async def member(call: Call) -> Mapping[str, Any]:
    """A member's name, departments and position."""
    return {**OK, **_about(_member(call, call.query.get("userid")))}


async def member_by_mobile(call: Call) -> Mapping[str, Any]:
    """The member with this number."""
    mobile = call.text("mobile", 40058)
    for person in call.world.people.members():
        if person.phone == mobile:
            return {**OK, "userid": person.work}
    raise Refusal(46004, "user no exist")


async def members(call: Call) -> Mapping[str, Any]:
    """A department's members with their particulars."""
    return {**OK, "userlist": [_about(person) for person in _listed(call)]}


async def members_in_short(call: Call) -> Mapping[str, Any]:
    """A department's members by userid and name."""
    short = [
        {"userid": each.work, "name": each.name, "department": list(each.departments), "open_userid": ""}
        for each in _listed(call)
    ]
    return {**OK, "userlist": short}


def _listed(call: Call) -> list[Person]:
    department = _department(call, call.query.get("department_id"))
    return call.world.company.members_of(department.id, deep=call.query.get("fetch_child") == "1")


def _department(call: Call, wanted: object) -> Department:
    department = call.world.company.department(wanted)
    if department is None:
        raise Refusal(60123, "invalid department id")
    return department


def _member(call: Call, userid: object) -> Person:
    person = call.world.people.member(userid) if isinstance(userid, str) else None
    if person is None:
        raise Refusal(60111, "userid not found")
    return person


def _about(person: Person) -> dict[str, Any]:
    return {
        "userid": person.work,
        "name": person.name,
        "department": list(person.departments),
        "order": [0] * len(person.departments),
        "position": person.position,
        "is_leader_in_dept": [int(each in person.leads) for each in person.departments],
        "direct_leader": [person.leader] if person.leader else [],
        "enable": int(person.status != DISABLED),
        "status": person.status,
        "isleader": int(bool(person.leads)),
        "main_department": person.departments[0],
    }


async def member_ids(call: Call) -> Mapping[str, Any]:
    """Every member with each of their departments, so many at a time; the cursor is where the next page begins."""
    rows = [
        {"userid": each.work, "department": department}
        for each in call.world.people.members()
        for department in each.departments
    ]
    start, limit = str(call.body.get("cursor") or "0"), call.body.get("limit", _IDS_PER_PAGE)
    if not start.isdigit() or not isinstance(limit, int) or not 0 < limit <= _IDS_PER_PAGE:
        raise Refusal(40058, "invalid parameter: cursor or limit")
    end = int(start) + limit
    return {**OK, "next_cursor": str(end) if end < len(rows) else "", "dept_user": rows[int(start) : end]}


async def departments(call: Call) -> Mapping[str, Any]:
    """The departments below one, itself among them."""
    wanted = call.query.get("id")
    top = ROOT if wanted is None else _department(call, wanted).id
    below = call.world.company.below(top)
    rows = [_row(call, each) for each in call.world.company.departments() if each.id in below]
    if call.path.endswith("simplelist"):
        return {**OK, "department_id": [{key: row[key] for key in ("id", "parentid", "order")} for row in rows]}
    return {**OK, "department": rows}


async def department(call: Call) -> Mapping[str, Any]:
    """One department."""
    return {**OK, "department": _row(call, _department(call, call.query.get("id")))}


def _row(call: Call, department: Department) -> dict[str, Any]:
    leaders = [each.work for each in call.world.people.members() if department.id in each.leads]
    return {
        "id": department.id,
        "name": department.name,
        "name_en": "",
        "department_leader": leaders,
        "parentid": department.parent,
        "order": 100000,
    }


async def agent(call: Call) -> Mapping[str, Any]:
    """The application and who may see it."""
    check_agent(call)
    work = call.world.config.work
    assert work is not None
    return {
        **OK,
        "agentid": work.agent_id,
        "name": work.name,
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": [{"userid": person.work} for person in call.world.people.members()]},
        "allow_partys": {"partyid": [ROOT]},
        "close": 0,
        "redirect_domain": work.redirect_domain or "",
        "report_location_flag": 0,
        "isreportenter": 0,
        "home_url": "",
    }


async def serving_members(call: Call) -> Mapping[str, Any]:
    """The members who have customers."""
    people = [call.world.people.member(userid) for userid in call.world.company.serving()]
    return {**OK, "follow_user": [person.work for person in people if person is not None]}


async def customers(call: Call) -> Mapping[str, Any]:
    """A member's customers."""
    person = _member(call, call.query.get("userid"))
    found = [each.external for each in call.world.company.customers_of(str(person.work))]
    if not found:
        raise Refusal(84061, "not external contact")
    return {**OK, "external_userid": found}


async def customer(call: Call) -> Mapping[str, Any]:
    """A customer and the members who have them."""
    person = call.world.people.customer(call.query.get("external_userid"))
    if person is None:
        raise Refusal(40096, "invalid external userid")
    relations = call.world.company.served_by(person)
    if not relations:
        raise Refusal(84061, "not external contact")
    contact = {"external_userid": person.external, "name": person.name, "type": 1, "avatar": "", "gender": 0}
    contact |= {"unionid": person.unionid} if person.unionid else {}
    followers: list[dict[str, Any]] = [
        {
            "userid": _member(call, userid).work,
            "remark": relation.remark or person.name,
            "description": "",
            "createtime": relation.since,
            "tags": [],
            "remark_mobiles": list(relation.mobiles),
            "state": relation.state,
            "add_way": 1,
        }
        for userid, relation in relations.items()
        if call.world.people.member(userid) is not None
    ]
    return {**OK, "external_contact": contact, "follow_user": followers}


async def customer_of_unionid(call: Call) -> Mapping[str, Any]:
    """The customer with this union id."""
    union, openid = call.text("unionid", 40058), call.text("openid", 40058)
    for person in call.world.people.all:
        if person.external and person.unionid == union and openid in (person.official, person.miniprogram):
            return {**OK, "external_userid": person.external}
    return {**OK, "external_userid": "", "pending_id": secrets.token_urlsafe(16)}


async def welcome(call: Call) -> Mapping[str, Any]:
    """The one message that greets a new customer, within twenty seconds."""
    code = call.world.codes.look("welcome", call.text("welcome_code", 40058))
    if code is None or code.used:
        raise Refusal(41050, "invalid welcome_code")
    relation = call.world.company.served_by(code.person).get(code.facts["userid"].lower())
    if relation is None or relation.has_written:
        raise Refusal(41051, "externaluser has started chatting")
    lines = _welcome_lines(call)
    code.used = True
    server = _member(call, code.facts["userid"])
    body = {"content": "\n".join(lines)}
    call.world.phones.deliver("work", server, call.path, "welcome", call.body, body=body | {"to": code.person.name})
    return OK


def _welcome_lines(call: Call) -> list[str]:
    text = call.body.get("text")
    content = text.get("content") if isinstance(text, dict) else None
    attachments = call.body.get("attachments") or []
    if not isinstance(attachments, list) or len(attachments) > _MOST_ATTACHMENTS:
        raise Refusal(40058, "attachments too many, at most 9, invalid parameter")
    if not content and not attachments:
        raise Refusal(40058, "text and attachments missing, invalid parameter")
    if content is not None and (not isinstance(content, str) or len(content.encode()) > _WELCOME_BYTES):
        raise Refusal(40058, "text.content too long, at most 4000 bytes, invalid parameter")
    lines = [content] if content else []
    return lines + [_attachment(call, each) for each in attachments]


def _attachment(call: Call, attachment: Any) -> str:
    kind = str(attachment.get("msgtype")) if isinstance(attachment, dict) else ""
    part = attachment.get(kind) if kind in _ATTACHED else None
    if not isinstance(part, dict):
        raise Refusal(40058, "attachments.msgtype invalid, invalid parameter")
    if kind in ("image", "video", "file") and not part.get("pic_url"):
        call.world.media.get(part.get("media_id"))
    if kind == "link" and not (part.get("title") and part.get("url")):
        raise Refusal(40058, "attachments.link.title or url missing, invalid parameter")
    if kind == "miniprogram" and not (part.get("title") and part.get("appid") and part.get("page")):
        raise Refusal(40058, "attachments.miniprogram.title, appid or page missing, invalid parameter")
    check_links("work", part, "url", "picurl", "pic_url")
    return f"[{_ATTACHED[kind]}] {part.get('title', '')}".strip()


_ATTACHED = {"image": "图片", "link": "链接", "miniprogram": "小程序", "video": "视频", "file": "文件"}

ENDPOINTS = [
    Endpoint("/cgi-bin/user/getuserid", "POST", {"work": member_by_mobile}),
    Endpoint("/cgi-bin/user/list", "GET", {"work": members}),
    Endpoint("/cgi-bin/user/list_id", "POST", {"work": member_ids}),
    Endpoint("/cgi-bin/user/simplelist", "GET", {"work": members_in_short}),
    Endpoint("/cgi-bin/department/list", "GET", {"work": departments}),
    Endpoint("/cgi-bin/department/simplelist", "GET", {"work": departments}),
    Endpoint("/cgi-bin/department/get", "GET", {"work": department}),
    Endpoint("/cgi-bin/agent/get", "GET", {"work": agent}),
    Endpoint("/cgi-bin/externalcontact/get_follow_user_list", "GET", {"work": serving_members}),
    Endpoint("/cgi-bin/externalcontact/list", "GET", {"work": customers}),
    Endpoint("/cgi-bin/externalcontact/get", "GET", {"work": customer}),
    Endpoint("/cgi-bin/externalcontact/send_welcome_msg", "POST", {"work": welcome}),
    Endpoint("/cgi-bin/idconvert/unionid_to_external_userid", "POST", {"work": customer_of_unionid}),
]
