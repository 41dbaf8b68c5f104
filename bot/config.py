"""Settings from the environment, prefix LIAODAN_; wrong ones stop the start, with what they should be."""

import difflib
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict

PREFIX = "LIAODAN_"

AesKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{43}$", description="43 个字母或数字")]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{3,32}$", description="3 到 32 个字母或数字")]
Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+(?:/.*)?$", description="http:// 或 https:// 开头的地址")]
Required = Annotated[str, Field(min_length=1, description="不能为空")]
Limit = Annotated[int, Field(ge=1, le=2_000_000_000, description="1 或更大的整数")]

OFFICIAL_BASE = "https://api.weixin.qq.com"
WORK_BASE = "https://qyapi.weixin.qq.com"


class Account(BaseModel):
    """The credentials of an Official Account or a mini-program."""

    app_id: Required
    secret: Required
    token: Token
    aes_key: AesKey | None = None
    api_base: Url = OFFICIAL_BASE
    customer_service_per_day: Limit = 500_000
    template_per_day: Limit = 100_000
    subscription_per_day: Limit = 10_000_000


class Work(BaseModel):
    """The credentials of a WeCom application; address book and customer contact are optional."""

    corp_id: Required
    agent_id: Annotated[int, Field(description="应用的 AgentId，整数")]
    secret: Required
    token: Token
    aes_key: AesKey
    api_base: Url = WORK_BASE
    members: Annotated[int, Field(ge=0, description="帐号数上限，0 表示不按天限制")] = 0
    member_per_minute: Limit = 30
    member_per_hour: Limit = 1000
    calls_per_minute: Limit = 10_000
    contacts_secret: str | None = None
    contacts_token: Token | None = None
    contacts_aes_key: AesKey | None = None
    customers_secret: str | None = None
    customers_token: Token | None = None
    customers_aes_key: AesKey | None = None


class Settings(BaseSettings):
    """Everything that can be set. A door whose settings are absent is off."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_file=".env", extra="ignore", env_ignore_empty=True
    )

    database_url: Annotated[str | None, Field(pattern=r"^postgres(ql)?://", description="postgres:// 开头")] = None
    data_dir: Path = Path(".liaodan")
    files_dir: Path | None = None
    host: Annotated[str, Field(pattern=r"^[^\s/]+$", description="IP 地址或主机名，例如 127.0.0.1")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="0 到 65535")] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="1 到 64")] = 1
    public_url: Url | None = None
    secret_key: str | None = None
    trusted_proxies: Annotated[int, Field(ge=0, le=8, description="前面有几层反向代理，0 到 8")] = 0
    metrics_token: str | None = None
    log_level: Annotated[str, Field(description="debug、info、warning 或 error")] = "info"
    clock_file: Path | None = None
    official: Account | None = None
    work: Work | None = None
    miniprogram: Account | None = None

    @field_validator("database_url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        # Reading the port is what finds out whether it is one.
        _ = urlsplit(url or "").port
        return url

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.lower() not in {"debug", "info", "warning", "error"}:
            raise ValueError("debug、info、warning 或 error")
        return level.lower()

    @property
    def clock(self) -> Path | None:
        """The clock file, which only a demo or a test may have: one whose WeChat is on this machine."""
        bases = [door.api_base for door in (self.official, self.work, self.miniprogram) if door is not None]
        local = bases and all(re.match(r"http://(127\.0\.0\.1|localhost)[:/]?", base) for base in bases)
        return self.clock_file if local else None

    @property
    def files(self) -> Path:
        """Where attachments lie, shared by all workers."""
        return self.files_dir or self.data_dir / "files"


DOORS: dict[str, type[BaseModel]] = {"official": Account, "miniprogram": Account, "work": Work}


class WrongSettings(Exception):
    """Settings that cannot work; each line of the message names one and says what it should look like."""


def load_settings() -> Settings:
    """The settings of this process. Raises WrongSettings, also for names that are none, which would change nothing."""
    if strange := sorted(_given() - _known()):
        raise WrongSettings("\n".join(_unknown(name) for name in strange))
    try:
        return Settings()
    except ValidationError as wrong:
        raise WrongSettings("\n".join(sorted({_explain(dict(error)) for error in wrong.errors()}))) from None


def _given() -> set[str]:
    """The names that are set here, in capitals."""
    given = {**DotEnvSettingsSource(Settings).env_vars, **EnvSettingsSource(Settings).env_vars}
    return {name.upper() for name, value in given.items() if name.upper().startswith(PREFIX) and value}


def _known() -> set[str]:
    names = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for door, model in DOORS.items():
        names |= {f"{PREFIX}{door.upper()}__{name.upper()}" for name in model.model_fields}
    return names


def _unknown(name: str) -> str:
    alike = sorted(known for known in _known() if ("__" in known) == ("__" in name))
    nearest = difflib.get_close_matches(name, alike, n=1, cutoff=0)
    return f"{name}：没有这个设置，是不是 {nearest[0]}？"


def _explain(error: dict[str, object]) -> str:
    location = [str(part) for part in error["loc"]]  # type: ignore[attr-defined]
    name = "LIAODAN_" + "__".join(location).upper()
    if error["type"] == "missing":
        return f"{name}：没有设置"
    wanted = _description(location)
    return f"{name}：{wanted or error['msg']}"


def _description(location: list[str]) -> str:
    model = DOORS.get(location[0], Settings)
    field = model.model_fields.get(location[-1])
    if field is None:
        return ""
    if field.description:
        return f"应当是 {field.description}"
    # Optional ones keep their description inside the union.
    for part in getattr(field.annotation, "__args__", ()):
        for mark in getattr(part, "__metadata__", ()):
            if getattr(mark, "description", None):
                return f"应当是 {mark.description}"
    return ""
