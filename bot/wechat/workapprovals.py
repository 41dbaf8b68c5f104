"""WeCom's own approvals: which there were and how they stand (WeCom docs 91983, 91816)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from bot.wechat.client import Client
from bot.wechat.errors import NoAnswer, WeChatError

MAX_SPAN_S = 31 * 86_400
TOO_MANY = 301112
PAGE = 100


class ApprovalStatus(Enum):
    """How an approval stands."""

    PENDING = 1
    APPROVED = 2
    REFUSED = 3
    WITHDRAWN = 4
    WITHDRAWN_AFTER_APPROVAL = 6
    DELETED = 7
    PAID = 10


class Relation(Enum):
    """How many of a step's people must agree."""

    ANY = "any"
    ALL = "all"
    IN_TURN = "in_turn"


# The older fields count the other way round than the newer ones.
_OLD_RELATIONS = {1: Relation.ANY, 2: Relation.ALL}
_NEW_RELATIONS = {1: Relation.ALL, 2: Relation.ANY, 3: Relation.IN_TURN}


@dataclass(frozen=True)
class Decision:
    """What one person did in a step; `code` is WeCom's: 1 not yet, 2 agreed, 3 refused, 4 forwarded, 11 to 15 other."""

    userid: str
    code: int
    speech: str
    at: datetime | None


@dataclass(frozen=True)
class Step:
    """One step: `kind` is 1 for approving, 2 for being told, 3 for handling."""

    kind: int
    relation: Relation | None
    code: int
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class ApprovalDetail:
    """An approval as WeCom has it now; `contents` are the fields of its form as they were filled in."""

    number: str
    name: str
    status: ApprovalStatus
    template_id: str
    applicant: str
    applied_at: datetime
    steps: tuple[Step, ...]
    contents: tuple[Mapping[str, Any], ...]


class Approvals(Client):
    """Calls of one application, which must be listed in 审批 → 可调用接口的应用."""

    async def numbers(self, since: datetime, until: datetime) -> list[str]:
        """Every approval applied for in that time, in spans that WeCom takes (oa/getapprovalinfo)."""
        start, end = int(since.timestamp()), int(until.timestamp())
        found: list[str] = []
        while start < end:
            found += await self._span(start, min(start + MAX_SPAN_S, end))
            start += MAX_SPAN_S
        # An approval of the very second between two spans is in both.
        return list(dict.fromkeys(found))

    async def detail(self, number: str) -> ApprovalDetail:
        """One approval; the place to ask what became of it, since events come late, twice or never (oa/getapprovaldetail)."""
        answer = await self._post("/cgi-bin/oa/getapprovaldetail", {"sp_no": number}, idempotent=True)
        info = answer.get("info") or {}
        if str(info.get("sp_no", "")) != number:
            raise NoAnswer(self._app.name, "/cgi-bin/oa/getapprovaldetail", "no such approval in the answer")
        try:
            return read_detail(info)
        except (KeyError, TypeError, ValueError) as wrong:
            raise NoAnswer(self._app.name, "/cgi-bin/oa/getapprovaldetail", f"unreadable: {wrong!r}") from None

    async def _span(self, start: int, end: int) -> list[str]:
        try:
            return await self._pages(start, end)
        except WeChatError as error:
            if error.code != TOO_MANY or end - start < 2:
                raise
        middle = (start + end) // 2
        return [*await self._span(start, middle), *await self._span(middle, end)]

    async def _pages(self, start: int, end: int) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            body = {"starttime": str(start), "endtime": str(end), "new_cursor": cursor, "size": PAGE, "filters": []}
            answer = await self._post("/cgi-bin/oa/getapprovalinfo", body, idempotent=True)
            found += [str(each) for each in answer.get("sp_no_list", ())]
            cursor = str(answer.get("new_next_cursor", ""))
            if not cursor:
                return found


def relation(node: Mapping[str, Any]) -> Relation | None:
    """How many must agree, in whichever field and spelling it stands; the two fields mean opposite things by 1 and 2."""
    for names, meanings in (
        (("apv_rel", "ApvRel"), _NEW_RELATIONS),
        (("approverattr", "ApproverAttr"), _OLD_RELATIONS),
    ):
        for name in names:
            if node.get(name) not in (None, ""):
                return meanings.get(int(node[name]))
    return None


def read_detail(info: Mapping[str, Any]) -> ApprovalDetail:
    """Read `info` of getapprovaldetail."""
    applicant = info.get("applyer") or info.get("batch_applyer") or {}
    if isinstance(applicant, list):
        applicant = applicant[0]
    nodes = (info.get("process_list") or {}).get("node_list") or ()
    return ApprovalDetail(
        number=str(info["sp_no"]),
        name=str(info.get("sp_name", "")),
        status=ApprovalStatus(int(info["sp_status"])),
        template_id=str(info.get("template_id", "")),
        applicant=str(applicant.get("userid", "")),
        applied_at=datetime.fromtimestamp(int(info["apply_time"]), UTC),
        # The newer list says the same and more.
        steps=tuple(map(_node, nodes)) if nodes else tuple(map(_record, info.get("sp_record") or ())),
        contents=tuple((info.get("apply_data") or {}).get("contents") or ()),
    )


def _node(node: Mapping[str, Any]) -> Step:
    people: Sequence[Mapping[str, Any]] = node.get("sub_node_list") or ()
    decisions = [
        _decision(each.get("userid") or (each.get("user_info") or {}).get("userid"), each, "sp_yj") for each in people
    ]
    return Step(int(node.get("node_type", 1)), relation(node), int(node.get("sp_status", 1)), tuple(decisions))


def _record(record: Mapping[str, Any]) -> Step:
    people: Sequence[Mapping[str, Any]] = record.get("details") or ()
    decisions = [_decision((each.get("approver") or {}).get("userid"), each, "sp_status") for each in people]
    return Step(1, relation(record), int(record.get("sp_status", 1)), tuple(decisions))


def _decision(userid: Any, row: Mapping[str, Any], code: str) -> Decision:
    # 0, and in an old sample an empty text, stand for "not yet".
    seconds = int(row.get("sptime") or 0)
    at = datetime.fromtimestamp(seconds, UTC) if seconds else None
    return Decision(str(userid or ""), int(row.get(code) or 1), str(row.get("speech", "")), at)
