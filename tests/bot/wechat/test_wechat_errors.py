"""The table of error codes against what the platform documents."""

import pytest

from bot.wechat.errors import OFFICIAL, WORK, Reaction, WeChatError, rule

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
    ("official", Reaction.WAIT): {45009, 45011},
    ("official", Reaction.OTHER_DOOR): {43101, 45015, 45047},
    ("official", Reaction.UNREACHABLE): {43004, 48002},
    ("official", Reaction.DONE): {45065},
    ("work", Reaction.OK): {0},
    ("work", Reaction.REFRESH_TOKEN): {40014, 42001},
    ("work", Reaction.RETRY): {-1, 45033, 45035, 301057},
    ("work", Reaction.WAIT): {45009},
    ("work", Reaction.OTHER_DOOR): {84061},
    ("work", Reaction.UNREACHABLE): {40003, 46004, 50002, 60011, 60021, 60111, 81013},
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
