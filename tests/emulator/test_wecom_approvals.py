"""Approvals of WeCom: by all, by any, in turn; the same facts in the event and in the detail."""

from typing import Any

import pytest

from tests.emulator.simkit import Sim

INFO, DETAIL, APPLY = (f"/cgi-bin/oa/{name}" for name in ("getapprovalinfo", "getapprovaldetail", "applyevent"))
BOTH = ["liting", "wangzong"]


async def submit(sim: Sim, *nodes: dict[str, Any]) -> str:
    return str((await sim.sim("approval", person="P1", name="请假", template="T-LEAVE", nodes=nodes))["sp_no"])


async def act(sim: Sim, sp_no: str, person: str, what: str = "agree", **more: Any) -> Any:
    return (await sim.sim("approval", sp_no=sp_no, person=person, act=what, **more)).get("sp_status")


def told(sim: Sim) -> dict[str, Any]:
    fields = sim.backend.pushes[-1].fields
    assert fields["Event"] == "sys_approval_change"
    return dict(fields["ApprovalInfo"])


async def test_by_all_means_everyone(sim: Sim) -> None:
    sp_no = await submit(sim, {"userid": BOTH, "apv_rel": 1})
    assert [await act(sim, sp_no, person) for person in ("P1", "P2")] == [1, 2]


async def test_by_any_one_is_enough(sim: Sim) -> None:
    sp_no = await submit(sim, {"userid": BOTH, "apv_rel": 2})
    assert await act(sim, sp_no, "P2") == 2
    assert await sim.status("approval", sp_no=sp_no, person="P1", act="agree") == 409


async def test_in_turn_the_second_has_to_wait(sim: Sim) -> None:
    sp_no = await submit(sim, {"userid": BOTH, "apv_rel": 3})
    assert await sim.status("approval", sp_no=sp_no, person="P2", act="agree") == 409
    assert [await act(sim, sp_no, person) for person in ("P1", "P2")] == [1, 2]


async def test_one_refusal_ends_it(sim: Sim) -> None:
    sp_no = await submit(sim, {"userid": BOTH}, {"userid": ["wangzong"]})
    assert await act(sim, sp_no, "P2", "refuse", speech="太久") == 3
    assert told(sim)["StatuChangeEvent"] == "3"


async def test_an_agreement_is_not_yet_approval_while_nodes_remain(sim: Sim) -> None:
    sp_no = await submit(sim, {"userid": ["liting"]}, {"userid": ["wangzong"]})
    await act(sim, sp_no, "P1", speech="同意")
    info = told(sim)
    assert (info["StatuChangeEvent"], info["SpStatus"], info["SpNoStr"]) == ("2", "1", sp_no)
    await act(sim, sp_no, "P2")
    assert told(sim)["SpStatus"] == "2"


async def test_the_two_numbers_of_a_relation_are_reversed(sim: Sim) -> None:
    sp_no = await submit(sim, {"userid": BOTH, "apv_rel": 1}, {"userid": BOTH, "apv_rel": 2})
    info = told(sim)
    assert [each["ApproverAttr"] for each in info["SpRecord"]] == ["2", "1"]
    assert [each["ApvRel"] for each in info["ProcessList"]["NodeList"]] == ["1", "2"]
    detail = (await sim.call("work", DETAIL, {"sp_no": sp_no}))["info"]
    assert [each["approverattr"] for each in detail["sp_record"]] == [2, 1]
    assert [each["apv_rel"] for each in detail["process_list"]["node_list"]] == [1, 2]


async def test_comments_urging_and_withdrawing(sim: Sim) -> None:
    sp_no = await submit(sim, {"userid": ["wangzong"]})
    await act(sim, sp_no, "P2", "comment", speech="补材料")
    assert told(sim)["Comments"]["CommentContent"] == "补材料"
    await act(sim, sp_no, "P1", "urge")
    assert told(sim)["StatuChangeEvent"] == "5"
    assert await sim.status("approval", sp_no=sp_no, person="P2", act="withdraw") == 409
    assert await act(sim, sp_no, "P1", "withdraw") == 4
    assert await sim.status("approval", sp_no=sp_no, person="P2", act="agree") == 409


async def test_what_was_approved_can_be_undone(sim: Sim) -> None:
    sp_no = await submit(sim, {"userid": ["wangzong"]})
    await act(sim, sp_no, "P2")
    assert await act(sim, sp_no, "P1", "undo") == 6
    assert told(sim)["StatuChangeEvent"] == "8"


SUMMARY = [{"summary_info": [{"text": "出差", "lang": "zh_CN"}]}]
FORM: dict[str, Any] = {
    "creator_userid": "LiTing",
    "template_id": "T-TRIP",
    "use_template_approver": 0,
    "process": {"node_list": [{"type": 1, "apv_rel": 2, "userid": ["wangzong"]}]},
    "apply_data": {"contents": [{"control": "Text", "id": "Text-1", "value": {"text": "杭州"}}]},
    "summary_list": SUMMARY,
}


async def test_a_backend_submits_one_and_reads_it_back(sim: Sim) -> None:
    sp_no = (await sim.call("work", APPLY, FORM))["sp_no"]
    push = await sim.backend.next(lambda push: push.fields.get("Event") == "sys_approval_change")
    assert push.fields["ApprovalInfo"]["StatuChangeEvent"] == "1"
    info = (await sim.call("work", DETAIL, {"sp_no": sp_no}))["info"]
    assert (info["sp_status"], info["applyer"]["userid"]) == (1, "LiTing")
    assert info["apply_data"]["contents"][0]["value"] == {"text": "杭州"}


async def test_the_old_form_of_approvers_is_read_too(sim: Sim) -> None:
    old = {key: value for key, value in FORM.items() if key != "process"}
    sp_no = (await sim.call("work", APPLY, old | {"approver": [{"attr": 1, "userid": BOTH}]}))["sp_no"]
    assert await act(sim, sp_no, "P2") == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"creator_userid": "ghost"}, 301055),
        ({"template_id": ""}, 301025),
        ({"apply_data": {}}, 301025),
        ({"summary_list": []}, 301025),
        ({"summary_list": [{"summary_info": [{"text": "字" * 21, "lang": "zh_CN"}]}]}, 301025),
        ({"process": {}}, 301025),
        ({"process": {"node_list": [{"type": 1, "apv_rel": 4, "userid": ["wangzong"]}]}}, 301025),
        ({"process": {"node_list": [{"type": 1, "apv_rel": 1, "userid": ["ghost"]}]}}, 60111),
    ],
)
async def test_applications_that_are_refused(sim: Sim, changes: dict[str, Any], code: int) -> None:
    assert (await sim.call("work", APPLY, FORM | changes))["errcode"] == code


async def test_numbers_are_listed_page_by_page_and_filtered(sim: Sim) -> None:
    made = [await submit(sim, {"userid": ["wangzong"]}) for _ in range(3)]
    await act(sim, made[0], "P2")
    now = await start(sim, made[0])
    span = {"starttime": now - 60, "endtime": now + 60, "new_cursor": "", "size": 2}
    page = await sim.call("work", INFO, span)
    assert page["sp_no_list"] == made[:2]
    rest = await sim.call("work", INFO, span | {"new_cursor": page["new_next_cursor"]})
    assert rest["sp_no_list"] == made[2:] and "new_next_cursor" not in rest
    approved = await sim.call("work", INFO, span | {"filters": [{"key": "sp_status", "value": "2"}]})
    assert approved["sp_no_list"] == made[:1]


async def start(sim: Sim, sp_no: str) -> int:
    return int((await sim.call("work", DETAIL, {"sp_no": sp_no}))["info"]["apply_time"])


@pytest.mark.parametrize(
    "body",
    [
        {"starttime": 0, "endtime": 32 * 86400},
        {"starttime": 9, "endtime": 9},
        {"starttime": "x", "endtime": 9},
        {"starttime": 0, "endtime": 9, "size": 101},
    ],
)
async def test_spans_that_are_refused(sim: Sim, body: dict[str, Any]) -> None:
    assert (await sim.call("work", INFO, body))["errcode"] == 301025


async def test_an_unknown_number_has_no_detail(sim: Sim) -> None:
    assert (await sim.call("work", DETAIL, {"sp_no": "1"}))["errcode"] == 301025
