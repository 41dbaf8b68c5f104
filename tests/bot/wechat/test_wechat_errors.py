"""The table of error codes against what the platform documents."""

import logging

import pytest
from wechat_server import wechat

from bot.wechat.errors import (
    OFFICIAL,
    REFUSED_WHEN_BUSY,
    RETRY,
    TABLES,
    WORK,
    NoAnswer,
    NotSent,
    Reaction,
    WeChatError,
    in_words,
    rule,
)
from bot.wechat.transport import Platform

DOCUMENTED = {
    "official": """-1 0 40001 40014 42001 41001 40003 40013 40125 40029 40163 40037 40164 40226 41030 42007 43004 43101
        44002 45002 45009 45011 45015 45047 45065 47001 47003 48001 48002 50002 61004 85079 87014""",
    "work": """-1 40001 40091 40003 60111 40008 40058 40013 40056 40014 42001 41001 40029 42022 42007 42009 40082 40083
        40084 40085 42014 42016 60140 44004 45002 45009 45033 45035 45034 46003 46004 48002 50001 50002 50003 60011
        60021 60031 60020 60123 81013 82001 82002 82003 84014 84015 84061 84074 86001 86003 86004 86005 86006 86007
        86008 86216 86217 86220 93000 93004 93008 301002 301025 301055 301056 301057 301112 2000002""",
}
REACTIONS = {
    ("official", Reaction.OK): {0},
    ("official", Reaction.REFRESH_TOKEN): {40001, 40014, 42001},
    ("official", Reaction.RETRY): {-1},
    ("official", Reaction.WAIT): {45011},
    ("official", Reaction.QUOTA): {45009},
    ("official", Reaction.OTHER_DOOR): {43101, 45015, 45047},
    ("official", Reaction.UNREACHABLE): {43004, 48002},
    ("official", Reaction.DONE): {45065, 45157},
    ("work", Reaction.OK): {0},
    ("work", Reaction.REFRESH_TOKEN): {40014, 42001},
    ("work", Reaction.RETRY): {-1, 45033, 45035, 301057},
    ("work", Reaction.WAIT): {45011},
    ("work", Reaction.QUOTA): {45009},
    ("work", Reaction.OTHER_DOOR): {42016, 42022, 60140, 84061},
    ("work", Reaction.UNREACHABLE): {40003, 46004, 60111, 81013},
    ("work", Reaction.OUTSIDE): {50002, 60011, 60021},
    ("work", Reaction.DONE): {42014},
}


@pytest.mark.parametrize(("platform", "codes"), DOCUMENTED.items())
def test_every_documented_code_has_a_row(platform: str, codes: str) -> None:
    table = OFFICIAL if platform == "official" else WORK
    assert {int(code) for code in codes.split()} <= table.keys()
    assert set(range(42027, 42052)) <= WORK.keys()


@pytest.mark.parametrize(("platform", "reaction"), REACTIONS)
def test_each_reaction_has_exactly_the_codes_it_is_for(platform: str, reaction: Reaction) -> None:
    table = OFFICIAL if platform == "official" else WORK
    found = {code for code, row in table.items() if row.reaction is reaction}
    assert found == REACTIONS[platform, reaction]


def test_wrong_configuration_is_an_alarm_that_says_what_to_do() -> None:
    for platform, code in (("official", 40164), ("official", 40013), ("work", 60020), ("work", 40001), ("work", 50003)):
        row = rule(platform, code)
        assert row.reaction is Reaction.ALARM
        assert row.fix
    assert "IP" in rule("work", 60020).fix


def test_mini_program_shares_the_official_table() -> None:
    assert rule("miniprogram", 43101) == rule("official", 43101)


def test_unknown_codes_give_up_and_name_the_code() -> None:
    error = WeChatError("work", "/cgi-bin/message/send", 99999, "strange")
    assert error.reaction is Reaction.GIVE_UP
    assert "99999" in error.rule.meaning
    assert str(error) == "work /cgi-bin/message/send: 99999 strange"


def test_invalid_credential_on_the_token_call_is_about_the_secret() -> None:
    assert rule("official", 40001, "/cgi-bin/stable_token").reaction is Reaction.ALARM
    assert rule("official", 40001, "/cgi-bin/message/custom/send").reaction is Reaction.REFRESH_TOKEN


CODES = [(platform, code) for platform, table in TABLES.items() for code in table if code]


@pytest.mark.parametrize(("platform", "code"), CODES)
async def test_each_code_over_the_wire_has_the_effect_that_the_table_says(platform: Platform, code: int) -> None:
    """A call that may not be repeated; what is refreshed or repeated all the same, the table says."""
    path, reaction = "/cgi-bin/message/send", TABLES[platform][code].reaction
    async with wechat() as world:
        await world.transport.call(world.app(platform), "GET", "/cgi-bin/warm")
        world.server.put(path, {"errcode": code, "errmsg": "refused rid: 6a01-02"})
        call = world.transport.call(world.app(platform), "POST", path, json={})
        if reaction is Reaction.REFRESH_TOKEN or code in REFUSED_WHEN_BUSY:
            assert (await call)["errcode"] == 0
            assert len(world.server.to(path)) == 2
            assert len(world.server.fetches) == (2 if reaction is Reaction.REFRESH_TOKEN else 1)
            return
        with pytest.raises(WeChatError) as caught:
            await call
        assert (caught.value.reaction, caught.value.code, caught.value.rid) == (reaction, code, "6a01-02")
        assert (len(world.server.to(path)), len(world.server.fetches)) == (1, 1)


@pytest.mark.parametrize(("platform", "code"), [case for case in CODES if TABLES[case[0]][case[1]].reaction is RETRY])
async def test_whatever_is_busy_is_tried_again_where_that_is_harmless(platform: Platform, code: int) -> None:
    async with wechat() as world:
        world.server.put("/cgi-bin/x", *[{"errcode": code, "errmsg": "busy"}] * 2)
        answer = await world.transport.call(world.app(platform), "POST", "/cgi-bin/x", json={}, idempotent=True)
        assert (answer["errcode"], len(world.server.to("/cgi-bin/x"))) == (0, 3)


async def test_every_refusal_is_logged_with_its_rid_and_an_alarm_louder(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with wechat() as world:
        for code, said in ((40164, "invalid ip 1.2.3.4, not in whitelist rid: 6a-1"), (43101, "refuse rid: 6a-2")):
            world.server.put("/cgi-bin/x", {"errcode": code, "errmsg": said})
            with pytest.raises(WeChatError):
                await world.transport.call(world.app(), "POST", "/cgi-bin/x", json={})
    seen = [(each.levelname, each.getMessage()) for each in caplog.records if "rid=" in each.getMessage()]
    assert seen == [
        ("ERROR", "official /cgi-bin/x: 40164 alarm rid=6a-1"),
        ("INFO", "official /cgi-bin/x: 43101 other_door rid=6a-2"),
    ]


@pytest.mark.parametrize(
    ("platform", "code", "message", "address"),
    [
        ("official", 40164, "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 6a-1", "1.2.3.4"),
        ("work", 60020, "not allow to access from your ip, hint: [17-2], from ip: 9.8.7.6, more info at …", "9.8.7.6"),
    ],
)
def test_an_unlisted_address_is_named(platform: str, code: int, message: str, address: str) -> None:
    error = WeChatError(platform, "/cgi-bin/gettoken", code, message)
    assert error.address == address
    assert error.rid in ("6a-1", "17-2")
    assert address in in_words(error)
    assert "白名单" in in_words(error) or "可信 IP" in in_words(error)


def test_silence_is_told_in_words_too() -> None:
    assert "连不上微信（TimeoutError）" in in_words(NoAnswer("work", "/cgi-bin/gettoken", "TimeoutError"))
    assert "LIAODAN_WORK__API_BASE" in in_words(NotSent("work", "/cgi-bin/gettoken", "ClientConnectorError"))
