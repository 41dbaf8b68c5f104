"""The approval calls of WeCom, and the event that tells of a change; both write the same facts with other names."""

from collections.abc import Mapping
from typing import Any

from .api import Call, Endpoint
from .approvals import ALL, ANY, IN_TURN, SUBMITTED_CHANGE, Approval, Node, Step
from .callbacks import CALLBACKS
from .pushfields import system_fields
from .refusals import OK, Refusal
from .world import World

_MOST_DAYS = 31
_MOST_AT_ONCE = 100
_SUMMARY_CHARS = 20
# The old field counts the other way round: 1 is any and 2 is all. In turn has no old number of its own.
_OLD_RELATION = {ALL: 2, ANY: 1, IN_TURN: 2}
_APPROVER = 1


async def apply(call: Call) -> Mapping[str, Any]:
    """Hands an approval in."""
    world, body = call.world, call.body
    applicant = world.people.member(str(body.get("creator_userid", "")))
    if applicant is None:
        raise Refusal(301055, "no permission to use approval, or creator_userid is out of the range")
    template = call.text("template_id", 301025, "template_id missing, invalid approval parameter")
    contents = (body.get("apply_data") or {}).get("contents")
    if not isinstance(contents, list) or any(not isinstance(each, dict) or "value" not in each for each in contents):
        raise Refusal(301025, "apply_data.contents missing, invalid approval parameter")
    _check_summary(body.get("summary_list"))
    nodes = [] if body.get("use_template_approver") == 1 else _nodes(call)
    notified = [str(each) for each in body.get("notifyer") or []]
    approval = world.approvals.submit(applicant, "审批", template, nodes, notified, contents)
    call.request.app[CALLBACKS].report("work", applicant, change_fields(world, approval, SUBMITTED_CHANGE))
    return {**OK, "sp_no": approval.sp_no}


def _check_summary(summary: Any) -> None:
    if not isinstance(summary, list) or not 1 <= len(summary) <= 3:
        raise Refusal(301025, "summary_list must have 1 to 3 lines, invalid approval parameter")
    for line in summary:
        for info in line.get("summary_info") or [{}]:
            if not info.get("text") or len(info["text"]) > _SUMMARY_CHARS or not info.get("lang"):
                raise Refusal(301025, "summary_info.text or lang invalid, invalid approval parameter")


def _nodes(call: Call) -> list[Node]:
    nodes = []
    for each in (call.body.get("process") or {}).get("node_list") or []:
        if each.get("type") != _APPROVER:
            continue
        if each.get("apv_rel") not in (ALL, ANY, IN_TURN) or not each.get("userid"):
            raise Refusal(301025, "node_list.apv_rel or userid invalid, invalid approval parameter")
        nodes.append(Node([Step(str(userid)) for userid in each["userid"]], each["apv_rel"]))
    for each in call.body.get("approver") or []:
        relation = {1: ANY, 2: ALL}.get(each.get("attr"))
        if relation is None or not each.get("userid"):
            raise Refusal(301025, "approver.attr or userid invalid, invalid approval parameter")
        nodes.append(Node([Step(str(userid)) for userid in each["userid"]], relation))
    if not nodes:
        raise Refusal(301025, "process.node_list missing, invalid approval parameter")
    for node in nodes:
        for step in node.steps:
            if call.world.people.member(step.userid) is None:
                raise Refusal(60111, "userid not found")
    return nodes


async def numbers(call: Call) -> Mapping[str, Any]:
    """The numbers of approvals within at most 31 days."""
    body = call.body
    try:
        start, end = int(body.get("starttime", "")), int(body.get("endtime", ""))
        cursor, size = int(body.get("new_cursor") or 0), int(body.get("size") or _MOST_AT_ONCE)
    except (TypeError, ValueError) as error:
        raise Refusal(301025, "starttime, endtime, new_cursor or size invalid, invalid approval parameter") from error
    if end <= start or end - start > _MOST_DAYS * 86400:
        raise Refusal(301025, "starttime to endtime must be within 31 days, invalid approval parameter")
    if not 1 <= size <= _MOST_AT_ONCE:
        raise Refusal(301025, "size must be 1 to 100, invalid approval parameter")
    found = [each for each in call.world.approvals.between(start, end) if _matches(each, body.get("filters") or [])]
    page = found[cursor : cursor + size]
    more = {"new_next_cursor": str(cursor + size)} if cursor + size < len(found) else {}
    return {**OK, "sp_no_list": [each.sp_no for each in page], **more}


def _matches(approval: Approval, filters: list[dict[str, Any]]) -> bool:
    facts = {
        "template_id": approval.template_id,
        "creator": str(approval.applicant.work),
        "sp_status": str(approval.status),
    }
    for each in filters:
        if each.get("key") not in facts:
            raise Refusal(301025, "filters.key invalid, invalid approval parameter")
        if str(each.get("value")) != facts[each["key"]]:
            return False
    return True


async def detail(call: Call) -> Mapping[str, Any]:
    """An approval with its form, its nodes and its comments."""
    approval = call.world.approvals.get(call.body.get("sp_no"))
    if approval is None:
        raise Refusal(301025, "sp_no invalid, invalid approval parameter")
    records = [
        {
            "sp_status": node.status,
            "approverattr": _OLD_RELATION[node.relation],
            "details": [
                {
                    "approver": {"userid": step.userid},
                    "speech": step.speech,
                    "sp_status": step.status,
                    "sptime": step.at,
                    "media_id": [],
                }
                for step in node.steps
            ],
        }
        for node in approval.nodes
    ]
    nodes = [
        {
            "node_type": _APPROVER,
            "sp_status": node.status,
            "apv_rel": node.relation,
            "sub_node_list": [
                {
                    "userid": step.userid,
                    "speech": step.speech,
                    "sp_yj": step.status,
                    "sptime": step.at,
                    "media_ids": [],
                }
                for step in node.steps
            ],
        }
        for node in approval.nodes
    ]
    comments = [
        {
            "commentUserInfo": {"userid": each["userid"]},
            "commenttime": each["at"],
            "commentcontent": each["content"],
            "commentid": each["id"],
            "media_id": [],
        }
        for each in approval.comments
    ]
    info = {
        "sp_no": approval.sp_no,
        "sp_name": approval.name,
        "sp_status": approval.status,
        "template_id": approval.template_id,
        "apply_time": approval.at,
        "applyer": {"userid": approval.applicant.work, "partyid": str(approval.applicant.departments[0])},
        "sp_record": records,
        "notifyer": [{"userid": userid} for userid in approval.notified],
        "apply_data": {"contents": approval.contents},
        "comments": comments,
        "process_list": {"node_list": nodes},
    }
    return {**OK, "info": info}


def change_fields(world: World, approval: Approval, change: int) -> dict[str, Any]:
    """The event sys_approval_change; it carries no values of the form."""
    records = [
        {
            "SpStatus": node.status,
            "ApproverAttr": _OLD_RELATION[node.relation],
            "Details": [
                {
                    "Approver": {"UserId": step.userid},
                    "Speech": step.speech,
                    "SpStatus": step.status,
                    "SpTime": step.at,
                }
                for step in node.steps
            ],
        }
        for node in approval.nodes
    ]
    nodes = [
        {
            "NodeType": _APPROVER,
            "SpStatus": node.status,
            "ApvRel": node.relation,
            "SubNodeList": [
                {
                    "UserInfo": {"UserId": step.userid},
                    "Speech": step.speech,
                    "SpYj": step.status,
                    "Sptime": step.at,
                }
                for step in node.steps
            ],
        }
        for node in approval.nodes
    ]
    comments = [
        {
            "CommentUserInfo": {"UserId": each["userid"]},
            "CommentTime": each["at"],
            "CommentContent": each["content"],
            "CommentId": each["id"],
        }
        for each in approval.comments
    ]
    info = {
        "SpNo": int(approval.sp_no),
        "SpNoStr": approval.sp_no,
        "SpName": approval.name,
        "SpStatus": approval.status,
        "TemplateId": approval.template_id,
        "ApplyTime": approval.at,
        "Applyer": {"UserId": approval.applicant.work, "Party": str(approval.applicant.departments[0])},
        "SpRecord": records,
        "Notifyer": [{"UserId": userid} for userid in approval.notified],
        "ProcessList": {"NodeList": nodes},
        "Comments": comments,
        "StatuChangeEvent": change,
    }
    return system_fields(world, "sys_approval_change", {"ApprovalInfo": info})


ENDPOINTS = [
    Endpoint("/cgi-bin/oa/applyevent", "POST", {"work": apply}),
    Endpoint("/cgi-bin/oa/getapprovalinfo", "POST", {"work": numbers}),
    Endpoint("/cgi-bin/oa/getapprovaldetail", "POST", {"work": detail}),
]
