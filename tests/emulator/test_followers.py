"""Followers of the official account: what is known of them, their tags, menus of their own, codes they scan."""

from typing import Any

import pytest

from tests.emulator.simkit import Sim

BUTTON = {"type": "click", "name": "待办", "key": "todo"}
OTHER = {"type": "click", "name": "审批", "key": "approve"}
MENU = "/cgi-bin/menu"
TAGGING = "/cgi-bin/tags/members/batchtagging"


async def tag(sim: Sim, name: str = "经理", *openids: str) -> int:
    made = (await sim.call("official", "/cgi-bin/tags/create", {"tag": {"name": name}}))["tag"]["id"]
    if openids:
        body = {"openid_list": list(openids), "tagid": made}
        assert (await sim.call("official", TAGGING, body))["errcode"] == 0
    return int(made)


async def test_several_followers_are_asked_for_at_once(sim: Sim) -> None:
    wanted = {"user_list": [{"openid": "o_1", "lang": "zh_CN"}, {"openid": "o_3"}]}
    first, second = (await sim.call("official", "/cgi-bin/user/info/batchget", wanted))["user_info_list"]
    assert (first["unionid"], first["subscribe"], second["subscribe"]) == ("u_1", 1, 0)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"user_list": []}, 40032),
        ({"user_list": [{"openid": "o_1"}] * 101}, 40032),
        ({"user_list": [{"openid": "o_9"}]}, 40003),
    ],
)
async def test_lists_of_followers_that_are_refused(sim: Sim, wanted: dict[str, Any], code: int) -> None:
    assert (await sim.call("official", "/cgi-bin/user/info/batchget", wanted))["errcode"] == code


async def test_the_scene_of_a_follow_and_a_remark_are_remembered(sim: Sim) -> None:
    await sim.sim("follow", person="P3", scene="sales-7", wait=0)
    await sim.call("official", "/cgi-bin/user/info/updateremark", {"openid": "o_3", "remark": "展会"})
    known = await sim.ask("official", "/cgi-bin/user/info", openid="o_3")
    assert (known["qr_scene_str"], known["subscribe_scene"], known["remark"]) == (
        "sales-7",
        "ADD_SCENE_QR_CODE",
        "展会",
    )


async def test_tags_are_made_given_taken_and_deleted(sim: Sim) -> None:
    made = await tag(sim, "经理", "o_1", "o_2")
    assert (await sim.ask("official", "/cgi-bin/tags/get"))["tags"] == [{"id": made, "name": "经理", "count": 2}]
    assert (await sim.call("official", "/cgi-bin/user/tag/get", {"tagid": made}))["data"]["openid"] == ["o_1", "o_2"]
    await sim.call("official", "/cgi-bin/tags/members/batchuntagging", {"openid_list": ["o_2"], "tagid": made})
    assert (await sim.call("official", "/cgi-bin/tags/getidlist", {"openid": "o_1"}))["tagid_list"] == [made]
    assert (await sim.call("official", "/cgi-bin/tags/getidlist", {"openid": "o_2"}))["tagid_list"] == []
    await sim.call("official", "/cgi-bin/tags/update", {"tag": {"id": made, "name": "主管"}})
    assert (await sim.ask("official", "/cgi-bin/tags/get"))["tags"][0]["name"] == "主管"
    await sim.call("official", "/cgi-bin/tags/delete", {"tag": {"id": made}})
    assert (await sim.ask("official", "/cgi-bin/user/info", openid="o_1"))["tagid_list"] == []


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/cgi-bin/tags/create", {"tag": {"name": "已有"}}, 45157),
        ("/cgi-bin/tags/create", {"tag": {}}, 45157),
        ("/cgi-bin/tags/create", {"tag": {"name": "字" * 11}}, 45158),
        ("/cgi-bin/tags/delete", {"tag": {"id": 2}}, 45058),
        ("/cgi-bin/tags/delete", {"tag": {"id": 999}}, 45159),
        (TAGGING, {"openid_list": ["o_1"] * 51, "tagid": 100}, 40032),
        (TAGGING, {"openid_list": ["o_9"], "tagid": 100}, 40003),
        (TAGGING, {"openid_list": ["o_3"], "tagid": 100}, 43004),
    ],
)
async def test_tags_that_are_refused(sim: Sim, path: str, body: dict[str, Any], code: int) -> None:
    assert await tag(sim, "已有") == 100
    assert (await sim.call("official", path, body))["errcode"] == code


async def test_there_are_a_hundred_tags_and_twenty_for_one_follower(sim: Sim) -> None:
    tags = [await tag(sim, f"t{n}") for n in range(100)]
    assert (await sim.call("official", "/cgi-bin/tags/create", {"tag": {"name": "多"}}))["errcode"] == 45056
    codes = [
        (await sim.call("official", TAGGING, {"openid_list": ["o_1"], "tagid": each}))["errcode"] for each in tags[:21]
    ]
    assert codes == [0] * 20 + [45059]


async def test_those_with_a_tag_see_a_menu_of_their_own(sim: Sim) -> None:
    made = await tag(sim, "经理", "o_2")
    await sim.call("official", f"{MENU}/create", {"button": [BUTTON]})
    own = {"button": [OTHER], "matchrule": {"tag_id": str(made)}}
    menu_id = (await sim.call("official", f"{MENU}/addconditional", own))["menuid"]
    tried = [(await sim.call("official", f"{MENU}/trymatch", {"user_id": each}))["button"] for each in ("o_1", "o_2")]
    assert tried == [[BUTTON], [OTHER]]
    assert await sim.status("menu", door="official", person="P1", key="approve") == 404
    await sim.sim("menu", door="official", person="P2", key="审批", wait=0)
    assert sim.backend.pushes[-1].fields["EventKey"] == "approve"
    listed = (await sim.ask("official", f"{MENU}/get"))["conditionalmenu"]
    assert [str(each["menuid"]) for each in listed] == [menu_id]
    assert (await sim.call("official", f"{MENU}/delconditional", {"menuid": menu_id}))["errcode"] == 0
    assert (await sim.call("official", f"{MENU}/trymatch", {"user_id": "o_2"}))["button"] == [BUTTON]


async def test_deleting_the_menu_deletes_the_personal_ones(sim: Sim) -> None:
    made = await tag(sim, "经理", "o_2")
    await sim.call("official", f"{MENU}/create", {"button": [BUTTON]})
    await sim.call("official", f"{MENU}/addconditional", {"button": [OTHER], "matchrule": {"tag_id": made}})
    await sim.ask("official", f"{MENU}/delete")
    assert (await sim.call("official", f"{MENU}/trymatch", {"user_id": "o_2"}))["errcode"] == 46003


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("addconditional", {"button": [OTHER]}, 65304),
        ("addconditional", {"button": [OTHER], "matchrule": {"tag_id": 999}}, 45159),
        ("addconditional", {"button": [], "matchrule": {"client_platform_type": "2"}}, 40016),
        ("addconditional", {"button": [OTHER], "matchrule": {"client_platform_type": "2"}}, 65303),
        ("delconditional", {"menuid": "7"}, 65301),
        ("trymatch", {"user_id": "o_9"}, 65302),
        ("trymatch", {"user_id": "o_3"}, 65302),
    ],
)
async def test_personal_menus_that_are_refused(sim: Sim, path: str, body: dict[str, Any], code: int) -> None:
    assert (await sim.call("official", f"{MENU}/{path}", body))["errcode"] == code


async def test_a_code_is_a_picture_until_it_expires(sim: Sim) -> None:
    wanted = {"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 7}}, "expire_seconds": 60}
    ticket = (await sim.call("official", "/cgi-bin/qrcode/create", wanted))["ticket"]
    async with sim.client.get("/cgi-bin/showqrcode", params={"ticket": ticket}) as response:
        assert response.content_type == "image/png" and (await response.read()).startswith(b"\x89PNG")
    await sim.sim("clock", forward=60)
    async with sim.client.get("/cgi-bin/showqrcode", params={"ticket": ticket}) as response:
        assert response.status == 404
    assert await sim.status("scan", door="official", person="P1", scene=ticket) == 409
    assert sim.backend.pushes == []


async def test_a_code_for_good_does_not_expire(sim: Sim) -> None:
    wanted = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "shop"}}}
    made = await sim.call("official", "/cgi-bin/qrcode/create", wanted)
    assert "expire_seconds" not in made
    await sim.sim("clock", forward=10 * 365 * 86400)
    await sim.sim("scan", door="official", person="P1", scene=made["ticket"], wait=0)
    assert sim.backend.pushes[-1].fields["EventKey"] == "shop"


async def test_codes_for_good_and_menus_by_tag_are_limited(make_sim: Any) -> None:
    sim = await make_sim(limits={"codes_for_good": 1, "menus_by_tag": 1})
    wanted = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "shop"}}}
    codes = [(await sim.call("official", "/cgi-bin/qrcode/create", wanted)).get("errcode", 0) for _ in range(2)]
    assert codes == [0, 45029]
    await sim.call("official", f"{MENU}/create", {"button": [BUTTON]})
    own = {"button": [OTHER], "matchrule": {"client_platform_type": "2"}}
    codes = [(await sim.call("official", f"{MENU}/addconditional", own)).get("errcode", 0) for _ in range(2)]
    assert codes == [0, 65305]
