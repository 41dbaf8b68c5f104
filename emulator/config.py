"""What the emulator pretends to be: accounts, templates and people, read strictly from a table."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from .limits import Limits

DOORS = ("official", "work", "miniprogram")

_MISSING: Any = object()


class ConfigError(ValueError):
    """The configuration cannot be used; says where and why."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


class MissingKey(ConfigError):
    """A key that must be there is not."""


class UnknownKey(ConfigError):
    """A key nobody reads, most often a misspelling."""


class WrongValue(ConfigError):
    """A key holds something that cannot be meant."""


@dataclass(frozen=True)
class Template:
    """A template or subscription message as it stands in the platform's console; an account has both kinds.

    `choices` are the only values that a field takes.
    """

    id: str
    title: str
    fields: dict[str, str]
    subscription: bool = False
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Official:
    """A verified service account."""

    app_id: str
    secret: str
    token: str
    account: str
    callback: str
    aes_key: str | None
    mode: str
    name: str
    templates: tuple[Template, ...]
    menu: dict[str, Any] | None
    redirect_domain: str | None = None
    allowed_ips: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """A company in WeCom with one self-built application; the address book and customer contact may have secrets."""

    corp_id: str
    callback: str
    token: str
    aes_key: str
    agent_id: int
    secret: str
    name: str
    redirect_domain: str | None = None
    contacts_secret: str | None = None
    customers_secret: str | None = None
    allowed_ips: tuple[str, ...] = ()


@dataclass(frozen=True)
class MiniProgram:
    """A mini-program with message push switched on."""

    app_id: str
    secret: str
    token: str
    callback: str
    aes_key: str | None
    mode: str
    account: str
    format: str
    name: str
    templates: tuple[Template, ...]
    pages: tuple[str, ...] = ()
    folder: Path | None = None
    allowed_ips: tuple[str, ...] = ()


@dataclass(frozen=True)
class Department:
    """A department of the company in WeCom; the root is 1."""

    id: int
    name: str
    parent: int = 1


@dataclass(frozen=True)
class Person:
    """Someone with a phone; a platform's id is absent where they have no account.

    `wrote` has them write to the Official Account just before the start; `accepts` are subscription messages of the
    mini-program that they accepted earlier, by template. `external` is the id WeCom knows a customer by, `served_by`
    the members who have that customer; `leader` is a member's superior, `status` 1 active, 2 disabled, 5 gone. A person with a `robot` key is a group that this robot writes to.
    """

    id: str
    name: str
    official: str | None = None
    work: str | None = None
    miniprogram: str | None = None
    unionid: str | None = None
    phone: str | None = None
    follows: bool = True
    wrote: bool = False
    accepts: Mapping[str, int] = field(default_factory=dict, hash=False)
    departments: tuple[int, ...] = (1,)
    tags: tuple[int, ...] = ()
    position: str = ""
    leads: tuple[int, ...] = ()
    leader: str | None = None
    status: int = 1
    licensed: bool = True
    external: str | None = None
    served_by: tuple[str, ...] = ()
    robot: str | None = None

    def id_at(self, door: str) -> str | None:
        return {"official": self.official, "work": self.work or self.robot, "miniprogram": self.miniprogram}[door]


class _Table:
    """A mapping whose keys are taken one by one, so that what is left over was a mistake."""

    def __init__(self, where: str, data: object) -> None:
        if not isinstance(data, Mapping):
            raise WrongValue(where, "must be a table")
        self.where = where
        self._left = dict(data)

    def take(self, key: str, kind: type | tuple[type, ...], default: Any = _MISSING) -> Any:
        value = self._left.pop(key, None)
        if value is None:
            if default is _MISSING:
                raise MissingKey(self._at(key), "is missing")
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise WrongValue(self._at(key), f"has the wrong type, {type(value).__name__}")
        return value

    def text(self, key: str, default: Any = _MISSING, pattern: str = r".+") -> Any:
        value = self.take(key, str, default)
        if isinstance(value, str) and not re.fullmatch(pattern, value, re.DOTALL):
            raise WrongValue(self._at(key), f"does not look like {pattern}")
        return value

    def tables(self, key: str) -> list["_Table"]:
        items = self.take(key, list, [])
        return [_Table(f"{self._at(key)}[{number}]", item) for number, item in enumerate(items)]

    def end(self) -> None:
        for key in self._left:
            raise UnknownKey(self._at(key), "is not known")

    def _at(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key


_TOKEN = r"[0-9A-Za-z]{3,32}"
_AES_KEY = r"[0-9A-Za-z]{43}"
_URL = r"https?://.+"


@dataclass(frozen=True)
class Config:
    """Everything the emulator is told; a platform that is None does not exist."""

    people: tuple[Person, ...]
    departments: tuple[Department, ...] = ()
    official: Official | None = None
    work: Work | None = None
    miniprogram: MiniProgram | None = None
    clock_file: Path | None = None
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        table = _Table("", data)
        clock_file = table.text("clock_file", None)
        official = table.take("official", Mapping, None)
        work = table.take("work", Mapping, None)
        miniprogram = table.take("miniprogram", Mapping, None)
        limits = table.take("limits", Mapping, {})
        people = tuple(_person(each) for each in table.tables("people"))
        departments = tuple(_department(each) for each in table.tables("departments"))
        table.end()
        _refuse_doubles(people)
        return cls(
            people=people,
            departments=departments,
            official=None if official is None else _official(_Table("official", official)),
            work=None if work is None else _work(_Table("work", work)),
            miniprogram=None if miniprogram is None else _miniprogram(_Table("miniprogram", miniprogram)),
            clock_file=None if clock_file is None else Path(clock_file),
            limits=_limits(limits),
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        if path.suffix == ".toml":
            return cls.parse(tomllib.loads(path.read_text("utf-8")))
        if path.suffix == ".json":
            return cls.parse(json.loads(path.read_text("utf-8")))
        raise WrongValue(str(path), "must end in .toml or .json")

    def is_linked(self, app_id: object) -> bool:
        """Is this the mini-program that was linked to the account and the company in their consoles?"""
        return self.miniprogram is not None and app_id == self.miniprogram.app_id

    def doors(self) -> tuple[str, ...]:
        return tuple(door for door in DOORS if getattr(self, door) is not None)


def _official(table: _Table) -> Official:
    aes_key = table.text("aes_key", None, _AES_KEY)
    official = Official(
        app_id=table.text("app_id"),
        secret=table.text("secret"),
        token=table.text("token", pattern=_TOKEN),
        account=table.text("account"),
        callback=table.text("callback", pattern=_URL),
        aes_key=aes_key,
        mode=_mode(table, aes_key),
        name=table.text("name", "公众号"),
        templates=_templates(table),
        menu=table.take("menu", dict, None),
        redirect_domain=table.text("redirect_domain", None),
        allowed_ips=tuple(table.take("allowed_ips", list, [])),
    )
    table.end()
    return official


def _work(table: _Table) -> Work:
    work = Work(
        corp_id=table.text("corp_id"),
        callback=table.text("callback", pattern=_URL),
        token=table.text("token", pattern=_TOKEN),
        aes_key=table.text("aes_key", pattern=_AES_KEY),
        agent_id=table.take("agent_id", int),
        secret=table.text("secret"),
        name=table.text("name", "应用"),
        redirect_domain=table.text("redirect_domain", None),
        contacts_secret=table.text("contacts_secret", None),
        customers_secret=table.text("customers_secret", None),
        allowed_ips=tuple(table.take("allowed_ips", list, [])),
    )
    table.end()
    return work


def _miniprogram(table: _Table) -> MiniProgram:
    aes_key = table.text("aes_key", None, _AES_KEY)
    miniprogram = MiniProgram(
        app_id=table.text("app_id"),
        secret=table.text("secret"),
        token=table.text("token", pattern=_TOKEN),
        callback=table.text("callback", pattern=_URL),
        aes_key=aes_key,
        mode=_mode(table, aes_key),
        account=table.text("account", "gh_miniprogram"),
        format=table.text("format", "json", "json|xml"),
        name=table.text("name", "小程序"),
        templates=_templates(table),
        pages=tuple(table.take("pages", list, [])),
        folder=_folder(table),
        allowed_ips=tuple(table.take("allowed_ips", list, [])),
    )
    table.end()
    return miniprogram


def _folder(table: _Table) -> Path | None:
    """Where the mini-program itself lies, to be run in the browser."""
    folder = table.text("folder", None)
    if folder is not None and not (Path(folder) / "app.json").is_file():
        raise WrongValue(f"{table.where}.folder", "is no folder with an app.json")
    return None if folder is None else Path(folder)


def _mode(table: _Table, aes_key: str | None) -> str:
    mode = table.text("mode", "plain" if aes_key is None else "safe", "safe|compatible|plain")
    if aes_key is None and mode != "plain":
        raise MissingKey(f"{table.where}.aes_key", f"is needed in {mode} mode")
    return str(mode)


def _templates(table: _Table) -> tuple[Template, ...]:
    templates = []
    for each in table.tables("templates"):
        fields = each.take("fields", dict)
        shown = {str(key): str(label) for key, label in fields.items()}
        subscription = each.take("subscription", bool, False)
        choices = each.take("choices", dict, {})
        only = {str(key): tuple(map(str, values)) for key, values in choices.items() if isinstance(values, list)}
        if len(only) < len(choices) or not only.keys() <= shown.keys():
            raise WrongValue(f"{each.where}.choices", "is no list of values for each of some of its fields")
        templates.append(Template(each.text("id"), each.text("title"), shown, subscription, only))
        each.end()
    return tuple(templates)


def _person(table: _Table) -> Person:
    person = Person(
        id=table.text("id"),
        name=table.text("name"),
        official=table.text("official", None),
        work=table.text("work", None),
        miniprogram=table.text("miniprogram", None),
        unionid=table.text("unionid", None),
        phone=table.text("phone", None),
        follows=table.take("follows", bool, True),
        wrote=table.take("wrote", bool, False),
        accepts=table.take("accepts", dict, {}),
        departments=tuple(table.take("departments", list, [1])),
        tags=tuple(table.take("tags", list, [])),
        position=table.text("position", "", ".*"),
        leads=tuple(table.take("leads", list, [])),
        leader=table.text("leader", None),
        status=table.take("status", int, 1),
        licensed=table.take("licensed", bool, True),
        external=table.text("external", None),
        served_by=tuple(table.take("served_by", list, [])),
        robot=table.text("robot", None),
    )
    table.end()
    return person


def _department(table: _Table) -> Department:
    department = Department(table.take("id", int), table.text("name"), table.take("parent", int, 1))
    table.end()
    return department


def _refuse_doubles(people: tuple[Person, ...]) -> None:
    for key in ("id", *DOORS, "external", "robot"):
        seen: set[str] = set()
        for value in (getattr(person, key) for person in people):
            if value in seen:
                raise WrongValue(f"people.{key}", f"{value} is given twice")
            seen |= {value} if value is not None else set()


_COUNTS = (
    "member_per_minute",
    "member_per_hour",
    "person_times_per_day",
    "calls_kept",
    "codes_for_good",
    "menus_by_tag",
)


def _limits(data: Mapping[str, Any]) -> Limits:
    table = _Table("limits", data)
    defaults = Limits()
    limits = Limits(
        callback_s=float(table.take("callback_s", (int, float), defaults.callback_s)),
        retry_pause_s=float(table.take("retry_pause_s", (int, float), defaults.retry_pause_s)),
        reply_wait_s=float(table.take("reply_wait_s", (int, float), defaults.reply_wait_s)),
        daily=defaults.daily | table.take("daily", dict, {}),
        minute=defaults.minute | table.take("minute", dict, {}),
        **{name: table.take(name, int, getattr(defaults, name)) for name in _COUNTS},
    )
    table.end()
    return limits
