"""What is set in the platforms' consoles: which secret opens what, who may call from where, which members bear a tag."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.emulator.simkit import MINI_ID, OFFICIAL_ID, WORK_ID, Sim
from tests.emulator.test_cards import BUTTON, UPDATE

MakeSim = Callable[..., Awaitable[Sim]]

SECRETS = {"contacts_secret": "c0ntacts", "customers_secret": "cust0mers"}
PEOPLE = [
    {"id": "P1", "name": "小李", "work": "liting", "tags": [3]},
    {"id": "P2", "name": "王总", "work": "wangzong", "tags": [3, 4]},
    {"id": "P3", "name": "老周", "work": "zhoufu"},
]


async def token(sim: Sim, secret: str) -> str:
    answer = await sim.get("/cgi-bin/gettoken", corpid=WORK_ID, corpsecret=secret)
    assert answer["errcode"] == 0, answer
    return str(answer["access_token"])


@pytest.mark.parametrize(
    ("secret", "opens", "refuses"),
    [
        ("c0ntacts", "/cgi-bin/department/list", "/cgi-bin/externalcontact/get_follow_user_list"),
        ("cust0mers", "/cgi-bin/externalcontact/get_follow_user_list", "/cgi-bin/department/list"),
    ],
)
async def test_a_secret_opens_what_it_was_given_for_and_nothing_else(
    make_sim: MakeSim, secret: str, opens: str, refuses: str
) -> None:
    sim = await make_sim(work=SECRETS)
    own = await token(sim, secret)
    assert (await sim.get(opens, access_token=own))["errcode"] == 0
    assert (await sim.get(refuses, access_token=own))["errcode"] == 48002
    message = {"touser": "liting", "msgtype": "text", "agentid": 1000002, "text": {"content": "在吗"}}
    assert (await sim.post("/cgi-bin/message/send", message, access_token=own))["errcode"] == 48002


async def test_each_secret_has_a_token_of_its_own_and_keeps_it(make_sim: MakeSim) -> None:
    sim = await make_sim(work=SECRETS)
    tokens = [await token(sim, secret) for secret in ("s3cret", "c0ntacts", "cust0mers")]
    assert len(set(tokens)) == 3
    assert tokens == [await token(sim, secret) for secret in ("s3cret", "c0ntacts", "cust0mers")]


async def test_without_further_secrets_there_is_only_the_applications(sim: Sim) -> None:
    assert (await sim.get("/cgi-bin/gettoken", corpid=WORK_ID, corpsecret="c0ntacts"))["errcode"] == 40001


@pytest.mark.parametrize(("app_id", "door"), [(OFFICIAL_ID, "official"), (MINI_ID, "miniprogram")])
async def test_a_token_is_refused_to_an_address_that_is_not_in_the_list(
    make_sim: MakeSim, app_id: str, door: str
) -> None:
    asked = {"grant_type": "client_credential", "appid": app_id, "secret": "s3cret"}
    sim = await make_sim(**{door: {"allowed_ips": ["203.0.113.0/24"]}})
    refused = await sim.post("/cgi-bin/stable_token", asked)
    assert refused["errcode"] == 40164
    assert refused["errmsg"].startswith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist")
    sim = await make_sim(**{door: {"allowed_ips": ["203.0.113.0/24", "127.0.0.1"]}})
    assert "access_token" in await sim.post("/cgi-bin/stable_token", asked)


async def test_wecom_gives_the_token_and_refuses_the_call_of_a_stranger(make_sim: MakeSim) -> None:
    sim = await make_sim(work={"allowed_ips": ["203.0.113.9"]})
    refused = await sim.get("/cgi-bin/department/list", access_token=await token(sim, "s3cret"))
    assert refused["errcode"] == 60020
    assert (
        refused["errmsg"].startswith("not allow to access from your ip") and "from ip: 127.0.0.1" in refused["errmsg"]
    )


def to_tags(tags: str, **more: Any) -> dict[str, Any]:
    return {"totag": tags, "msgtype": "text", "agentid": 1000002, "text": {"content": "开会"}, **more}


async def test_a_message_to_a_tag_reaches_who_bears_it_once(make_sim: MakeSim) -> None:
    sim = await make_sim(people=PEOPLE)
    answer = await sim.call("work", "/cgi-bin/message/send", to_tags("3|4|99", touser="zhoufu"))
    assert (answer["errcode"], answer["invalidtag"]) == (0, "99")
    assert [len(await sim.shown("work", person)) for person in ("P1", "P2", "P3")] == [1, 1, 1]
    assert (await sim.call("work", "/cgi-bin/message/send", to_tags("99")))["errcode"] == 81013
    many = "|".join(map(str, range(101)))
    assert (await sim.call("work", "/cgi-bin/message/send", to_tags(many)))["errcode"] == 82003


async def test_a_card_is_changed_for_who_bears_a_tag(make_sim: MakeSim) -> None:
    sim = await make_sim(people=PEOPLE)
    sent = await sim.work_card("liting|wangzong", BUTTON)
    change = {
        "tagids": [4],
        "agentid": 1000002,
        "response_code": sent["response_code"],
        "button": {"replace_name": "已同意"},
    }
    assert (await sim.call("work", UPDATE, change | {"tagids": list(range(101))}))["errcode"] == 40058
    assert (await sim.call("work", UPDATE, change))["errcode"] == 0
    states = [(await sim.get("/sim/cards", person=person))[0] for person in ("P1", "P2")]
    assert ["已同意" in str(each) for each in states] == [False, True]
