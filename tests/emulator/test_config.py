"""The configuration is read strictly."""

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.config import Config, MissingKey, UnknownKey, WrongValue
from tests.emulator.simkit import settings


def without(data: dict[str, Any], table: str, key: str) -> dict[str, Any]:
    data[table].pop(key)
    return data


def test_all_platforms_are_read() -> None:
    config = Config.parse(settings())
    assert config.doors() == ("official", "work", "miniprogram")
    assert config.official is not None and config.official.mode == "safe"
    assert config.people[2].follows is False


def test_a_platform_may_be_absent() -> None:
    data = settings()
    del data["work"], data["miniprogram"]
    assert Config.parse(data).doors() == ("official",)


def test_no_aes_key_means_plain() -> None:
    config = Config.parse(without(settings(), "official", "aes_key"))
    assert config.official is not None and config.official.mode == "plain"


def test_safe_mode_needs_an_aes_key() -> None:
    with pytest.raises(MissingKey, match=r"official\.aes_key"):
        Config.parse(without(settings(official={"mode": "safe"}), "official", "aes_key"))


def test_a_missing_key_is_named() -> None:
    with pytest.raises(MissingKey, match=r"work\.secret"):
        Config.parse(without(settings(), "work", "secret"))


def test_a_misspelt_key_is_named() -> None:
    with pytest.raises(UnknownKey, match=r"official\.apid"):
        Config.parse(settings(official={"apid": "x"}))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("official", {"aes_key": "short"}),
        ("official", {"mode": "open"}),
        ("official", {"callback": "/wechat"}),
        ("official", {"token": "no spaces"}),
        ("work", {"agent_id": "1000002"}),
        ("miniprogram", {"format": "yaml"}),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(table: str, change: dict[str, Any]) -> None:
    with pytest.raises(WrongValue):
        Config.parse(settings(**{table: change}))


def test_two_people_with_one_id_are_refused() -> None:
    with pytest.raises(WrongValue, match="twice"):
        Config.parse(settings(people=[{"id": "A", "name": "a"}, {"id": "A", "name": "b"}]))


def test_toml_and_json_are_told_apart_by_suffix(tmp_path: Path) -> None:
    toml, plain_json = tmp_path / "sim.toml", tmp_path / "sim.json"
    toml.write_text('[[people]]\nid = "P1"\nname = "小李"\n', "utf-8")
    plain_json.write_text(json.dumps({"people": [{"id": "P1", "name": "小李"}]}), "utf-8")
    assert Config.load(toml) == Config.load(plain_json)
    with pytest.raises(WrongValue):
        Config.load(tmp_path / "sim.yaml")
