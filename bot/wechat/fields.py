"""Values of template and subscription messages, shaped so that WeChat does not answer 47003 (subscription docs)."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

FieldValue: TypeAlias = str | int | Decimal | date

SHANGHAI = ZoneInfo("Asia/Shanghai")

_HAN = "〇\u4e00-\u9fff"
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)\D*", re.ASCII)
_AMOUNT = re.compile(r"([¥$€£]?)([0-9]+(?:\.[0-9]+)?)元?", re.ASCII)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?", re.ASCII)
_DAY = re.compile(r"([0-9]{4})(?:-|/|年)([0-9]{1,2})(?:-|/|月)([0-9]{1,2})日?", re.ASCII)
_CAR = re.compile(f"[{_HAN}A-Z0-9][A-Z0-9]{{1,6}}[{_HAN}A-Z0-9]")
_TEMPLATE_LINE = re.compile(r"^(.*?)[:：]?\s*\{\{(\w+)\.DATA\}\}", re.MULTILINE)
_DIGITS_IN_HAN = str.maketrans("0123456789", "〇一二三四五六七八九")


class Unfit(ValueError):
    """The value cannot be put into this field without inventing something."""

    def __init__(self, key: str, value: object) -> None:
        super().__init__(f"{value!r} does not fit {key}")
        self.key = key
        self.value = value


Choices = Mapping[str, Collection[str]]
"""The only values of some fields."""

NO_CHOICES: Choices = {}


@dataclass(frozen=True)
class Template:
    """One template of the account; `labels` gives the words before each field key, `choices` its only values."""

    id: str
    title: str
    labels: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_template(row: Mapping[str, Any]) -> Template:
    """Read one row of get_all_private_template (`template_id`) or of newtmpl/gettemplate (`priTmplId`)."""
    lines = _TEMPLATE_LINE.findall(str(row.get("content", "")))
    enums = row.get("keywordEnumValueList") or ()
    return Template(
        id=str(row.get("template_id") or row.get("priTmplId") or ""),
        title=str(row.get("title", "")),
        labels={key: label.strip() for label, key in lines},
        # WeChat spells the code with its suffix, "phrase2.DATA".
        choices={str(e["keywordCode"]).removesuffix(".DATA"): tuple(e["enumValueList"]) for e in enums},
    )


def wrap(data: Mapping[str, FieldValue], choices: Choices = NO_CHOICES) -> dict[str, dict[str, str]]:
    """Shape a whole message's data as `{key: {"value": …}}`, each value fitted; raises Unfit."""
    return {key: {"value": fit(key, value, choices.get(key, ()))} for key, value in data.items()}


def fit(key: str, value: FieldValue, choices: Collection[str] = ()) -> str:
    """Shape one value for a field such as `thing1`; raises Unfit where nothing true would be accepted."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise Unfit(key, value)
    kind = key.rstrip("0123456789")
    if choices:
        if str(value) not in choices:
            raise Unfit(key, value)
        return str(value)
    # Keys of older templates (first, keyword1, remark) name no type; the limit of `thing` is safe for them.
    fitted = _SHAPES.get(kind, _thing)(_plain(value) if kind not in ("time", "date") else value)
    if not fitted:
        raise Unfit(key, value)
    return fitted


def _plain(value: FieldValue) -> str:
    if isinstance(value, datetime):
        return _show_moment(value)
    if isinstance(value, date):
        return _show_day(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    # A newline is refused; so are control characters, and half of an emoji.
    visible = "".join(char if unicodedata.category(char)[0] not in "CZ" else " " for char in str(value))
    return " ".join(visible.split())


def _thing(text: str) -> str:
    return _cut(text or "无", 20)


def _short_thing(text: str) -> str:
    return _cut(text or "无", 5)


def _cut(text: str, limit: int) -> str:
    """Cut to so many characters, counting one outside the basic plane as two as WeChat's clients do."""
    if _length(text) <= limit:
        return text
    kept = text[: limit - 1]
    while _length(kept) > limit - 1:
        kept = kept[:-1]
    return kept + "…"


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _number(text: str) -> str:
    match = _NUMBER.fullmatch(text.replace(",", ""))
    return match[1] if match and len(match[1]) <= 32 else ""


def _letter(text: str) -> str:
    return re.sub(r"[^A-Za-z]", "", text)[:32]


def _symbol(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char)[0] in "PS")[:5]


def _character_string(text: str) -> str:
    ascii_only = re.sub(r"[^\x20-\x7e]", "", unicodedata.normalize("NFKC", text))
    return "-".join(ascii_only.split())[:32] or "-"


def _amount(text: str) -> str:
    match = _AMOUNT.fullmatch(re.sub(r"[,\s]", "", text).replace("￥", "¥"))
    if match is None:
        return ""
    # At most ten digits are promised, so fen are given up before yuan.
    for places in ("0.01", "1"):
        try:
            amount = Decimal(match[2]).quantize(Decimal(places), ROUND_HALF_UP)
        except InvalidOperation:
            return ""
        if len(amount.as_tuple().digits) <= 10:
            return f"{match[1] or '¥'}{amount:f}"
    return ""


def _phone_number(text: str) -> str:
    kept = re.sub(r"[^0-9+\-]", "", text)
    return kept if re.search(r"[0-9]", kept) and len(kept) <= 17 else ""


def _car_number(text: str) -> str:
    plate = re.sub(r"[\s·.-]", "", text).upper()
    return plate if _CAR.fullmatch(plate) else ""


def _name(text: str) -> str:
    # Digits are not among what a name may hold; written in Chinese they are.
    text = re.sub(r"\s", "", text.translate(_DIGITS_IN_HAN)) if re.search(f"[{_HAN}0-9]", text) else text
    kept = re.sub(f"[^{_HAN}A-Za-z().,'·（）\\- ]", "", text).strip()
    return kept[: 10 if re.search(f"[{_HAN}]", kept) else 20].strip()


def _phrase(text: str) -> str:
    return re.sub(f"[^{_HAN}]", "", text.translate(_DIGITS_IN_HAN))[:5]


def _time(value: FieldValue) -> str:
    # The type wants an hour; a bare date is shown at its midnight.
    return _range(value, lambda text: _show_clock(text) or _show_text_moment(text, midnight=True))


def _date(value: FieldValue) -> str:
    return _range(value, lambda text: _show_text_moment(text, midnight=False))


def _range(value: FieldValue, show: Callable[[str], str]) -> str:
    if isinstance(value, datetime):
        return _show_moment(value)
    parts = [show(part.strip()) for part in _plain(value).split("~")]
    return "~".join(parts) if len(parts) <= 2 and all(parts) else ""


def _show_text_moment(text: str, midnight: bool) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return _show_moment(moment) if len(text) > len("2026-12-02") or midnight else _show_day(moment)
    except (ValueError, OverflowError):
        return _show_chinese_moment(text, midnight)


def _show_chinese_moment(text: str, midnight: bool) -> str:
    day = _DAY.match(text)
    if day is None:
        return ""
    rest = text[day.end() :].strip()
    clock = _show_clock(rest or ("00:00" if midnight else ""))
    if rest and not clock:
        return ""
    try:
        shown = _show_day(date(int(day[1]), int(day[2]), int(day[3])))
    except ValueError:
        return ""
    return f"{shown} {clock}".strip()


def _show_clock(text: str) -> str:
    clock = _CLOCK.fullmatch(text)
    try:
        return f"{time(int(clock[1]), int(clock[2])):%H:%M}" if clock else ""
    except ValueError:
        return ""


def _show_moment(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI) if moment.tzinfo else moment
    return f"{_show_day(local)} {local:%H:%M}"


def _show_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


_SHAPES: dict[str, Callable[[Any], str]] = {
    "thing": _thing,
    "short_thing": _short_thing,
    "number": _number,
    "letter": _letter,
    "symbol": _symbol,
    "character_string": _character_string,
    "time": _time,
    "date": _date,
    "amount": _amount,
    "phone_number": _phone_number,
    "car_number": _car_number,
    "name": _name,
    "phrase": _phrase,
}
