"""Values of template messages, which must never earn a 47003."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.fields import Unfit, fit, wrap

HAN = "〇\u4e00-\u9fff"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
DAY = r"\d{1,4}年\d{1,2}月\d{1,2}日"
MOMENT = f"({DAY} )?{CLOCK}"
ACCEPTED = {
    "short_thing": r".{1,5}",
    "number": r"[0-9.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^A-Za-z0-9\s]{1,5}",
    "character_string": r"[\x21-\x7e]{1,32}",
    "time": f"{MOMENT}(~{MOMENT})?",
    "date": f"{DAY}( {CLOCK})?(~{DAY}( {CLOCK})?)?",
    "amount": r"[¥$€£]\d{1,10}(\.\d\d)?",
    "phone_number": r"[0-9+\-]{1,17}",
    "car_number": f"[{HAN}A-Z0-9]{{3,8}}",
    "name": f"[{HAN}A-Za-z().,'·（）\\- ]{{1,20}}",
    "phrase": f"[{HAN}]{{1,5}}",
    "thing": r".{1,20}",
}
TEXT = (
    st.text()
    | st.text("0123456789.,:~年月日元¥ -中文aZ。", max_size=30)
    | st.from_regex(f"{DAY} {CLOCK}", fullmatch=True)
)
VALUES = TEXT | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.dates() | st.datetimes()


@given(st.sampled_from(sorted(ACCEPTED)), VALUES)
def test_whatever_goes_in_what_comes_out_is_accepted(kind: str, value: Any) -> None:
    try:
        fitted = fit(f"{kind}3", value)
    except Unfit:
        assert "thing" not in kind
        return
    assert re.fullmatch(ACCEPTED[kind], fitted, re.ASCII)
    assert len(fitted.encode("utf-16-le")) // 2 <= (5 if kind == "short_thing" else 40)


@pytest.mark.parametrize(
    ("key", "value", "fitted"),
    [
        ("thing1", "宁波宏达机械有限公司", "宁波宏达机械有限公司"),
        ("thing1", "一" * 21, "一" * 19 + "…"),
        ("thing1", "第一行\n第二行\t尾", "第一行 第二行 尾"),
        ("thing1", "", "无"),
        ("thing1", "😀" * 11, "😀" * 9 + "…"),
        ("thing1", Decimal("3.500000"), "3.5"),
        ("keyword1", "旧模板", "旧模板"),
        ("short_thing2", "已经发货完成", "已经发货…"),
        ("number3", Decimal("1200.000000"), "1200"),
        ("number3", Decimal("1E+3"), "1000"),
        ("number3", "1,200 件", "1200"),
        ("character_string4", "SO1105", "SO1105"),
        ("character_string4", "订单 SO1105 共３单", "SO1105-3"),
        ("character_string4", "订单", "-"),
        ("amount5", Decimal("1234.5"), "¥1234.50"),
        ("amount5", "¥1,234.50 元", "¥1234.50"),
        ("amount5", "$5", "$5.00"),
        ("amount5", Decimal("123456789.37"), "¥123456789"),
        ("time6", datetime(2026, 12, 2, 1, 5, tzinfo=UTC), "2026年12月2日 09:05"),
        ("time6", date(2026, 12, 2), "2026年12月2日 00:00"),
        ("time6", "2026-12-02T09:05:00+08:00", "2026年12月2日 09:05"),
        ("time6", "9:05", "09:05"),
        ("time6", "9:00~17:30", "09:00~17:30"),
        ("time6", "2026年12月2日 9:05", "2026年12月2日 09:05"),
        ("date7", date(2026, 12, 2), "2026年12月2日"),
        ("date7", "2026-12-02", "2026年12月2日"),
        ("date7", "2026/12/2", "2026年12月2日"),
        ("date7", "2026-12-02~2026-12-05", "2026年12月2日~2026年12月5日"),
        (
            "date7",
            datetime(2026, 12, 2, 9, 5),  # noqa: DTZ001 - a naive time is taken as local
            "2026年12月2日 09:05",
        ),
        ("phone_number8", "0574-8765 4321", "0574-87654321"),
        ("car_number9", "浙B·12345", "浙B12345"),
        ("name10", "王小明", "王小明"),
        ("name10", "宁波宏达机械有限公司三厂", "宁波宏达机械有限公司"),
        ("name10", "宏达3号店", "宏达三号店"),
        ("name10", "John Smith", "John Smith"),
        ("phrase11", "已发货!", "已发货"),
        ("phrase11", "等待财务确认", "等待财务确"),
        ("letter12", "ab-C1", "abC"),
        ("symbol13", "a→b ※", "→※"),
    ],
)
def test_known_values_take_their_shape(key: str, value: Any, fitted: str) -> None:
    assert fit(key, value) == fitted


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number1", "很多"),
        ("number1", Decimal("-1")),
        ("number1", Decimal("sNaN")),
        ("thing1", Decimal("Infinity")),
        ("time1", "0001-01-01T00:00+14:00"),
        ("amount1", "面议"),
        ("amount1", Decimal("-5")),
        ("amount1", Decimal("12345678901")),
        ("time1", "明天"),
        ("time1", "25:00"),
        ("date1", "12月2日"),
        ("date1", "2026-02-30"),
        ("date1", "2026年2月30日"),
        ("date1", "2026年2月3日 下午"),
        ("phrase1", "OK"),
        ("letter1", "中"),
        ("symbol1", "a"),
        ("phone_number1", "无"),
        ("car_number1", "没有车"),
        ("name1", "！"),
    ],
)
def test_nothing_is_invented(key: str, value: Any) -> None:
    with pytest.raises(Unfit):
        fit(key, value)


def test_listed_values_are_kept_as_they_are() -> None:
    assert fit("phrase1", "A 已发货", choices=["A 已发货"]) == "A 已发货"
    # As a field of that type it would lose what is no Chinese word.
    assert wrap({"phrase1": "A 已发货"}, {"phrase1": ["A 已发货"]}) == {"phrase1": {"value": "A 已发货"}}
    with pytest.raises(Unfit):
        fit("phrase1", "已发货", choices=["A 已发货"])
