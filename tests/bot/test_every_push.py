"""Completeness: what the platforms' documents name, each through its door as it comes, encrypted, XML and JSON."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from bot.app import make_app
from bot.config import Settings
from bot.demo.wechat import MINI, OFFICIAL, WORK
from bot.doors.pushes import PUSHES, Fate
from docs.pushes import DOORS, PAGE
from models import sql
from tests.bot.effects import EFFECTS, Effect
from tests.bot.test_pushes import Door, attempted, everything, here
from tests.pushes import PAYLOADS, body

DOCUMENTED = {
    # 公众号 接收普通消息, 接收事件推送, 自定义菜单事件, 模板消息, 订阅通知, 客服会话
    "official": """
        text image voice video shortvideo location link file
        event subscribe, event unsubscribe, event scan, event location, event click, event view, event view_miniprogram,
        event scancode_push, event scancode_waitmsg, event pic_sysphoto, event pic_photo_or_album, event pic_weixin,
        event location_select, event templatesendjobfinish, event masssendjobfinish, event freepublishjobfinish,
        event subscribe_msg_popup_event, event subscribe_msg_change_event, event subscribe_msg_sent_event,
        event user_info_modified, event user_authorization_revoke,
        event kf_create_session, event kf_close_session, event kf_switch_session
    """,
    # 小程序 消息推送: the service desk's messages, and events
    "miniprogram": """
        text image miniprogrampage
        event user_enter_tempsession, event subscribe_msg_popup_event, event subscribe_msg_change_event,
        event subscribe_msg_sent_event, event wxa_media_check, event user_info_modified,
        event user_authorization_revoke, event add_express_path
    """,
    # 企业微信 接收消息与事件, 通讯录, 客户联系, 审批, 微信客服, 应用; and the commands of a provider's suite
    "work": """
        text image voice video location link file suite
        event subscribe, event unsubscribe, event enter_agent, event location, event click, event view,
        event view_miniprogram, event scancode_push, event scancode_waitmsg, event pic_sysphoto,
        event pic_photo_or_album, event pic_weixin, event location_select, event batch_job_result,
        event change_contact/create_user, event change_contact/update_user, event change_contact/delete_user,
        event change_contact/create_party, event change_contact/update_party, event change_contact/delete_party,
        event change_contact/update_tag, event template_card_event, event template_card_menu_event, event taskcard_click,
        event sys_approval_change, event open_approval_change,
        event change_external_contact/add_external_contact, event change_external_contact/add_half_external_contact,
        event change_external_contact/edit_external_contact, event change_external_contact/del_external_contact,
        event change_external_contact/del_follow_user, event change_external_contact/transfer_fail,
        event change_external_chat/create, event change_external_chat/update, event change_external_chat/dismiss,
        event change_external_tag/create, event change_external_tag/update, event change_external_tag/delete,
        event kf_msg_or_event, event close_inactive_agent, event reopen_inactive_agent, event share_agent_change
    """,
}


def _named(words: str) -> list[str]:
    messages, _, events = words.strip().partition("\n")
    return [*messages.split(), *(each.strip() for each in events.split(","))]


NAMED = [f"{door} {name}" for door, words in DOCUMENTED.items() for name in _named(words)]

FORMS = {"official": ["xml"], "work": ["xml"], "miniprogram": ["xml", "json"]}


@pytest.fixture
async def door(database: str, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> Door:
    made = Settings(_env_file=None, official=OFFICIAL, work=WORK, miniprogram=MINI)
    return Door(await aiohttp_client(make_app(made, database=False, jobs=False)))


def test_what_is_documented_is_what_is_handled_ignored_or_refused_and_nothing_else() -> None:
    assert len(set(NAMED)) == len(NAMED)
    assert set(NAMED) == set(PUSHES) == set(PAYLOADS)
    page = PAGE.read_text()
    parts = {door: page.split(f"\n## {title}\n")[1].split("\n## ")[0] for door, title in DOORS.items()}
    for key in NAMED:
        door, name = key.split(" ", 1)
        assert parts[door].count(f"\n| {name} |") == 1, key


@pytest.mark.parametrize(("key", "form"), [(key, form) for key in NAMED for form in FORMS[key.split()[0]]])
async def test_each_comes_through_its_door_as_it_is_documented(door: Door, key: str, form: str) -> None:
    fate = PUSHES[key].fate
    if fate is Fate.handled:
        await _shows_its_effect(door, key, EFFECTS[key], form)
        return
    before = await everything()
    answer = await door.raw(key, body(key, form=form), form=form)
    assert answer == ((403, "") if fate is Fate.refused else (200, "success"))
    assert await everything() == before


async def _shows_its_effect(door: Door, key: str, effect: Effect, form: str) -> None:
    if "sent_event" in key or "jobfinish" in key:
        await attempted("C001", "170")
    if effect.first:
        assert (await door.raw(effect.first, body(effect.first)))[0] == 200
    plaintext = body(key, who=effect.who, form=form, **effect.changed)
    if effect.sql:
        # What is found afterwards was not there before.
        assert await _found(effect) != effect.finds
    answer = await door.push(key, plaintext, form=form)
    assert effect.says in answer if effect.says else answer == "success"
    if effect.sql:
        assert await _found(effect) == effect.finds


async def _found(effect: Effect) -> Any:
    rows = await sql.rows(effect.sql)
    assert len(rows) <= 1
    return rows[0]["v"] if rows else None


def test_every_handled_push_has_an_effect_that_is_looked_for() -> None:
    assert set(EFFECTS) == {key for key, push in PUSHES.items() if push.fate is Fate.handled}


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("wrapper", ["", "SubscribeMsgPopupEvent"])
@pytest.mark.parametrize("count", [1, 3])
async def test_a_list_of_one_and_of_several_reads_alike_in_both_formats(
    door: Door, form: str, wrapper: str, count: int
) -> None:
    rows = [{"TemplateId": f"T{number}", "SubscribeStatusString": "accept"} for number in range(count)]
    given: dict[str, Any] = {"List": rows[0] if count == 1 else rows}
    key = "miniprogram event subscribe_msg_popup_event"
    plaintext = body(key, form=form, **{"List": "", **({wrapper: given} if wrapper else given)})
    assert plaintext.startswith("{" if form == "json" else "<xml>")
    assert (await door.raw(key, plaintext, form=form)) == (200, "success")
    mine = (await here("miniprogram")).id
    left = "SELECT template_id FROM grant_ledger WHERE conversation_id = $1 AND template_id LIKE 'T_' ORDER BY 1"
    assert [row["template_id"] for row in await sql.rows(left, mine)] == [f"T{number}" for number in range(count)]
    if form == "json" and not wrapper:
        assert isinstance(json.loads(plaintext)["List"], dict if count == 1 else list)
