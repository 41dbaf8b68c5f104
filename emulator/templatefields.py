"""What each field of a template or subscription message may hold."""

import re
from collections.abc import Callable
from typing import Any

from .config import MiniProgram, Official, Template
from .refusals import Refusal

_DATE = r"\d{4}年\d{1,2}月\d{1,2}日"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2})?"
_TIME = rf"({_DATE} ?)?{_CLOCK}|{_DATE}"
_HAN = r"[\u3400-\u9fff]"


def _pattern(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _name(value: str) -> bool:
    return len(value) <= (10 if re.search(_HAN, value) else 20)


_TYPES: dict[str, Callable[[str], bool]] = {
    "thing": lambda value: len(value) <= 20,
    "short_thing": lambda value: len(value) <= 5,
    "number": lambda value: len(value) <= 32 and re.fullmatch(r"-?\d+(\.\d+)?", value) is not None,
    "letter": _pattern(r"[A-Za-z]{1,32}"),
    "symbol": _pattern(r"[^\w\s]{1,5}"),
    "character_string": _pattern(r"[\x21-\x7e]{1,32}"),
    "time": _pattern(rf"({_TIME})( ?~ ?({_TIME}))?"),
    "date": _pattern(rf"{_DATE}( ?{_CLOCK})?( ?~ ?{_DATE}( ?{_CLOCK})?)?"),
    "amount": _pattern(r"[^\d\s.,\w]?\d{1,10}(\.\d+)?元?"),
    "phone_number": _pattern(r"[\d\-+() #*]{1,17}"),
    "car_number": lambda value: len(value) <= 8,
    "name": _name,
    "phrase": _pattern(rf"{_HAN}{{1,5}}"),
    "enum": lambda value: True,
    "const": lambda value: True,
}


def find_template(account: Official | MiniProgram, template_id: object) -> Template:
    for template in account.templates:
        if template.id == template_id:
            return template
    raise Refusal(40037, "invalid template_id")


def subscription_row(template: Template) -> dict[str, Any]:
    """How newtmpl/gettemplate lists one."""
    listed = [{"keywordCode": f"{key}.DATA", "enumValueList": list(values)} for key, values in template.choices.items()]
    return {
        "priTmplId": template.id,
        "title": template.title,
        "content": "".join(f"{label}:{{{{{key}.DATA}}}}\n" for key, label in template.fields.items()),
        "example": "",
        "type": 2,
        **({"keywordEnumValueList": listed} if listed else {}),
    }


def check_fields(template: Template, data: object, *, exact: bool) -> list[dict[str, str]]:
    """The rows to show; refused for the first field that is missing, unknown or does not fit its type."""
    if not isinstance(data, dict):
        raise Refusal(47003, "argument invalid! data is empty")
    if exact:
        for key in data:
            if key not in template.fields:
                raise Refusal(47003, f"argument invalid! data.{key} is not in the template")
    for key, values in template.choices.items():
        if _value(key, data.get(key)) not in values:
            raise Refusal(47003, f"argument invalid! data.{key}.value invalid")
    return [{"label": label, "value": _value(key, data.get(key))} for key, label in template.fields.items()]


def _value(key: str, item: Any) -> str:
    value = item.get("value") if isinstance(item, dict) else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise Refusal(47003, f"argument invalid! data.{key}.value is empty")
    fits = _TYPES.get(re.sub(r"\d+$", "", key))
    if fits is None or "\n" in value or not fits(value):
        raise Refusal(47003, f"argument invalid! data.{key}.value invalid")
    return value
