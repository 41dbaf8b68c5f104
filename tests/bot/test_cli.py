"""The installer's path, as commands of their own process on a database of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, admin, apart
from tests.days import ahead, typed

FRESH = f"fresh_{os.getpid()}"


@pytest.fixture
def fresh() -> Iterator[str]:
    """An empty database."""
    apart(admin(f"CREATE DATABASE {FRESH}"))
    yield os.environ["TEST_SERVER"].format(FRESH)
    apart(admin(f"DROP DATABASE {FRESH} WITH (FORCE)"))


@pytest.fixture
def demo() -> Iterator[str]:
    """The demo company, committed."""
    apart(admin(f"CREATE DATABASE {FRESH} TEMPLATE template_test STRATEGY file_copy"))
    yield os.environ["TEST_SERVER"].format(FRESH)
    apart(admin(f"DROP DATABASE {FRESH} WITH (FORCE)"))


def liaodan(database: str, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """One command."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LIAODAN_")}
    variables = {**clean, **settings, **({"LIAODAN_DATABASE_URL": database} if database else {})}
    command = [sys.executable, "-m", "bot.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_a_real_company_is_built_bound_and_speaks(fresh: str) -> None:
    words = ["init", "--name", "大兴五金", "--admin", "张三", "--number", "E001", "--phone", "13811112222"]
    made = liaodan(fresh, *words, "--warehouse", "一号仓", "--tax", "13")
    assert made.returncode == 0, made.stderr
    assert "liaodan bind --door work" in made.stdout
    again = liaodan(fresh, *words, "--warehouse", "一号仓", "--tax", "13")
    assert (again.returncode, again.stderr) == (2, "这个数据库里已经有一家公司\n")
    assert (
        liaodan(fresh, "bind", "--door", "work", "--id", "zhangsan", "--person", "张三").stdout
        == "已绑定 张三（E001）\n"
    )
    assert liaodan(fresh, "bind", "--door", "fax", "--id", "x", "--person", "E001").returncode == 2
    assert liaodan(fresh, "say", "--as", "E001", "我是谁").stdout.startswith("张三（E001）")
    assert liaodan(fresh, "audit").returncode == 0


def test_say_goes_on_from_call_to_call_and_numbers_its_actions(demo: str) -> None:
    echo = liaodan(demo, "say", "--as", "E003", f"宏达要m8x30 5000个 {typed(ahead(4))}送")
    assert echo.stdout.splitlines()[0] == "请确认订单"
    assert echo.stdout.splitlines()[-1] == "回复 1 确认 / 0 取消"
    assert liaodan(demo, "say", "--as", "E003", "1").stdout.startswith("SO0319 已下单")


def test_understand_names_the_intent_and_what_is_missing_and_does_nothing(demo: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text(
        '{"role": "salesperson", "text": "m8x30还有多少"}\n{"role": "worker", "text": "1105做到哪了"}\n'
        '{"role": "salesperson", "text": "下单"}\n{"role": "customer", "text": "今天天气怎么样"}\n'
    )
    found = [json.loads(line) for line in liaodan(demo, "understand", "--file", str(lines)).stdout.splitlines()]
    assert [each["intent"] for each in found] == ["stock.query", "task.progress", "order.create", "out_of_scope"]
    assert found[0]["slots"] == {"product": "M8×30 不锈钢螺栓"}
    assert found[1]["slots"] == {"work_order": "WO1105"}
    assert found[2]["missing"] == ["customer", "items"]
    assert liaodan(demo, "say", "--as", "E003", "我的订单").stdout.startswith("共 35 单")


def test_a_token_opens_the_json_door_as_that_person(demo: str) -> None:
    assert len(liaodan(demo, "token", "--as", "E003").stdout.strip()) >= 40
    assert liaodan(demo, "token", "--as", "E999").stderr == "没有“E999”这个人，请用员工号，例如 E001\n"


def test_a_file_is_tried_imported_and_refused_by_the_line(demo: str, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    assert liaodan("", "import", "products", str(file), "--template").returncode == 0
    file.write_bytes("产品编号,产品名称,单位\r\nZ1,测试螺丝,个\r\n".encode("gbk"))
    tried = liaodan(demo, "import", "products", str(file), "--dry-run")
    assert tried.stdout.startswith("产品预览：1 行都可以导入\n新增 1"), tried.stderr
    assert liaodan(demo, "import", "products", str(file)).stdout.startswith("产品导入好了：1 行\n新增 1")
    assert "新增 0，更新 0，不变 1" in liaodan(demo, "import", "products", str(file)).stdout
    file.write_text("产品编号,产品名称,单位\nZ2,,个\n")
    wrong = liaodan(demo, "import", "products", str(file))
    assert (wrong.returncode, wrong.stderr.splitlines()[1]) == (2, "· 第 2 行 产品名称：没有填")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LIAODAN_PORT", "eighty", "LIAODAN_PORT：应当是 0 到 65535"),
        ("LIAODAN_WORKERS", "0", "LIAODAN_WORKERS：应当是 1 到 64"),
        ("LIAODAN_LOG_LEVEL", "loud", "LIAODAN_LOG_LEVEL："),
        ("LIAODAN_OFFICIAL__APP_ID", "wx1", "LIAODAN_OFFICIAL__SECRET：没有设置"),
        ("LIAODAN_DATABASE_URL", "mysql://x", "LIAODAN_DATABASE_URL：应当是 postgres:// 开头"),
    ],
)
def test_wrong_settings_stop_serve_with_their_name_and_what_they_should_be(name: str, value: str, said: str) -> None:
    stopped = liaodan("", "serve", **{name: value})
    assert stopped.returncode == 2
    assert said in stopped.stderr
    assert "Traceback" not in stopped.stderr


def test_serve_without_a_database_says_which_setting_is_missing() -> None:
    stopped = liaodan("", "serve")
    assert (stopped.returncode, stopped.stderr) == (
        2,
        "LIAODAN_DATABASE_URL：没有设置，应当是 postgres:// 开头的地址\n",
    )


def test_doctor_says_in_chinese_what_to_do_where(demo: str) -> None:
    found = liaodan(demo, "doctor")
    assert found.returncode == 1
    assert "✓ 表结构" in found.stdout
    assert "✗ 微信：三个门都没有打开" in found.stdout


def test_openapi_is_printed() -> None:
    assert json.loads(liaodan("", "openapi").stdout)["openapi"].startswith("3.1")
