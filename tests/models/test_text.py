"""How companies are told apart, however they are written."""

import pytest

from models.text import company


@pytest.mark.parametrize(
    "name",
    ["甲公司测试", "甲公司测试有限公司", "甲公司测试有限责任公司", "甲公司测试股份有限公司", "甲公司测试股份", "甲公司测试公司", "（广东）甲公司测试有限公司",
     "(上海) 甲公司测试", "甲公司测试 有限公司", "甲公司測試有限公司"],
)  # fmt: skip
def test_one_company_is_one_however_its_place_and_form_are_written(name: str) -> None:
    assert company(name) == "甲公司测试"


def test_what_differs_in_more_than_that_is_another() -> None:
    others = ["甲公司测试二", "乙公司测试", "甲公司", "公司", "有限公司", "甲公司测试（广东）分店", "测试有限公司"]
    assert "甲公司测试" not in {company(name) for name in others}
    assert all(company(name) for name in others)
