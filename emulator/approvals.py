"""Approvals of WeCom: nodes in a row, each by all, by any or in turn, and the state that follows from them."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock
from .config import Person
from .simerrors import NoSuchThing, NotNow, SimError

PENDING, AGREED, REFUSED, WITHDRAWN, UNDONE = 1, 2, 3, 4, 6
ALL, ANY, IN_TURN = 1, 2, 3
SUBMITTED_CHANGE, COMMENT_CHANGE = 1, 10
_CHANGES = {"agree": 2, "refuse": 3, "urge": 5, "withdraw": 6, "undo": 8, "comment": COMMENT_CHANGE}


@dataclass
class Step:
    """One person's part in a node."""

    userid: str
    status: int = PENDING
    speech: str = ""
    at: int = 0


@dataclass
class Node:
    """People who decide together; `relation` is 1 all, 2 any, 3 in turn."""

    steps: list[Step]
    relation: int = ALL

    @property
    def status(self) -> int:
        states = [step.status for step in self.steps]
        if REFUSED in states:
            return REFUSED
        enough = any if self.relation == ANY else all
        return AGREED if enough(state == AGREED for state in states) else PENDING

    @property
    def waiting(self) -> list[Step]:
        """Whose turn it is."""
        open_ones = [step for step in self.steps if step.status == PENDING] if self.status == PENDING else []
        return open_ones[:1] if self.relation == IN_TURN else open_ones


@dataclass
class Approval:
    """One request and what has become of it."""

    sp_no: str
    name: str
    template_id: str
    applicant: Person
    at: int
    nodes: list[Node]
    notified: list[str] = field(default_factory=list)
    contents: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    status: int = PENDING


class Approvals:
    """All approvals by number, and what may be done to them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, Approval] = {}
        self._numbers = itertools.count(1)
        self._comment_ids = itertools.count(1)

    def submit(
        self,
        applicant: Person,
        name: str,
        template_id: str,
        nodes: list[Node],
        notified: list[str],
        contents: list[dict[str, Any]],
    ) -> Approval:
        day = self._clock.day().replace("-", "")
        sp_no = f"{day}{next(self._numbers):04d}"
        approval = Approval(sp_no, name, template_id, applicant, self._clock.seconds(), nodes, notified, contents)
        self._all[sp_no] = approval
        return approval

    def get(self, sp_no: object) -> Approval | None:
        return self._all.get(str(sp_no))

    def between(self, start: int, end: int) -> list[Approval]:
        return [approval for approval in self._all.values() if start <= approval.at <= end]

    def act(self, sp_no: str, userid: str, act: str, speech: str) -> tuple[Approval, int]:
        """What a person does to it; the number says what changed, as StatuChangeEvent does."""
        approval = self._all.get(sp_no)
        if approval is None:
            raise NoSuchThing(f"there is no approval {sp_no!r}", approvals=list(self._all))
        if act not in _CHANGES:
            raise SimError(f"act is one of {sorted(_CHANGES)}")
        if act in ("agree", "refuse"):
            self._decide(approval, userid, AGREED if act == "agree" else REFUSED, speech)
        elif act == "comment":
            approval.comments.append(
                {
                    "userid": userid,
                    "content": speech,
                    "at": self._clock.seconds(),
                    "id": str(next(self._comment_ids)),
                }
            )
        else:
            self._by_applicant(approval, userid, act)
        return approval, _CHANGES[act]

    def _decide(self, approval: Approval, userid: str, status: int, speech: str) -> None:
        node = next((node for node in approval.nodes if node.status == PENDING), None)
        waiting = [] if node is None or approval.status != PENDING else node.waiting
        step = next((step for step in waiting if step.userid.lower() == userid.lower()), None)
        if step is None or node is None:
            raise NotNow(f"{userid} has nothing to decide", waiting=[step.userid for step in waiting])
        step.status, step.speech, step.at = status, speech, self._clock.seconds()
        if node.status == REFUSED:
            approval.status = REFUSED
        elif all(node.status == AGREED for node in approval.nodes):
            approval.status = AGREED

    def _by_applicant(self, approval: Approval, userid: str, act: str) -> None:
        due = AGREED if act == "undo" else PENDING
        if approval.status != due or str(approval.applicant.work).lower() != userid.lower():
            raise NotNow(f"only the applicant can {act} it, and only in its time", status=approval.status)
        if act != "urge":
            approval.status = UNDONE if act == "undo" else WITHDRAWN
