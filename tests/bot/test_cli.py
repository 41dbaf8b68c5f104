"""The installer's path, as commands of their own process on a database of their own."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import read_moment
from bot.maintenance import bind_identity, init
from bot.trouble import Trouble
from models.clock import local
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


@pytest.mark.slow
def test_roles_are_given_and_taken_from_the_command_line_too(demo: str) -> None:
    given = liaodan(demo, "roles", "--person", "E003", "--give", "finance", "--give", "仓管")
    assert (given.returncode, given.stdout) == (0, "小李（E003）：销售、财务、仓库\n")
    taken = liaodan(demo, "roles", "--person", "小李", "--give", "市场", "--take", "财务", "--take", "warehouse")
    assert taken.stdout == "小李（E003）：销售、市场\n"
    last = liaodan(demo, "roles", "--person", "E001", "--give", "财务", "--take", "管理员")
    refusal = "王总是唯一的管理员，去掉就没人能给角色了。先给另一位同事管理员角色\n"
    assert (last.returncode, last.stdout, last.stderr) == (2, "", refusal)
    assert liaodan(demo, "roles", "--person", "E001", "--give", "国王").returncode == 2
    # What was refused has changed nothing.
    assert liaodan(demo, "roles", "--person", "E001").stdout == "王总（E001）：经理、管理员\n"


@pytest.mark.slow
def test_say_goes_on_from_call_to_call_and_numbers_its_actions(demo: str) -> None:
    echo = liaodan(demo, "say", "--as", "E003", f"宏达要m8x30 5000个 {typed(ahead(4))}送")
    assert echo.stdout.splitlines()[0] == "请确认订单"
    assert echo.stdout.splitlines()[-1] == "回复 1 确认 / 0 取消"
    assert liaodan(demo, "say", "--as", "E003", "1").stdout.startswith("SO0319 已下单")


@pytest.mark.slow
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


@pytest.mark.slow
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
        ("LIAODAN_LOG_LEVEL", "loud", "LIAODAN_LOG_LEVEL：应当是 debug、info、warning 或 error\n"),
        ("LIAODAN_HOST", "not a host", "LIAODAN_HOST：应当是 IP 地址或主机名，例如 127.0.0.1\n"),
        ("LIAODAN_DATABASE_URL", "postgres://h:port/x", "LIAODAN_DATABASE_URL：应当是 postgres:// 开头"),
        ("LIAODAN_OFFICAL__TOKEN", "x", "LIAODAN_OFFICAL__TOKEN：没有这个设置，是不是 LIAODAN_OFFICIAL__TOKEN？\n"),
        ("LIAODAN_OFFICIAL__TOKN", "x", "LIAODAN_OFFICIAL__TOKN：没有这个设置，是不是 LIAODAN_OFFICIAL__TOKEN？\n"),
        ("LIAODAN_WORKER", "2", "LIAODAN_WORKER：没有这个设置，是不是 LIAODAN_WORKERS？\n"),
        ("LIAODAN_OFFICIAL__APP_ID", "wx1", "LIAODAN_OFFICIAL__SECRET：没有设置"),
        ("LIAODAN_DATABASE_URL", "mysql://x", "LIAODAN_DATABASE_URL：应当是 postgres:// 开头"),
    ],
)
def test_wrong_settings_stop_serve_with_their_name_and_what_they_should_be(name: str, value: str, said: str) -> None:
    stopped = liaodan("", "serve", **{name: value})
    assert stopped.returncode == 2
    assert said in stopped.stderr
    assert "Traceback" not in stopped.stderr and "Value error" not in stopped.stderr


@pytest.mark.parametrize("host", ["nohost.invalid", "192.0.2.1"])
def test_serve_on_an_address_of_another_machine_says_so(host: str) -> None:
    stopped = liaodan("postgres://x@127.0.0.1:9/y", "serve", LIAODAN_HOST=host)
    assert (stopped.returncode, stopped.stderr) == (
        2,
        f"LIAODAN_HOST：“{host}”不是这台机器的地址，例如 127.0.0.1 或 0.0.0.0\n",
    )


def test_serve_on_a_port_that_is_taken_names_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stopped = liaodan("postgres://x@127.0.0.1:9/y", "serve", LIAODAN_PORT=str(port))
    assert (stopped.returncode, stopped.stderr) == (
        2,
        f"端口 {port} 已经有程序在用：结束它，或者用 LIAODAN_PORT 换一个端口\n",
    )


INIT = (
    "init",
    "--name",
    "大兴五金",
    "--admin",
    "张三",
    "--number",
    "E001",
    "--phone",
    "",
    "--warehouse",
    "主仓",
    "--tax",
    "13",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("token", "--as", "E001"), ("migrate",), ("audit",), ("say", "--as", "E001", "我是谁"), INIT, ("seed", "demo"),      ("bind", "--door", "work", "--id", "x", "--person", "E001"), ("understand", "--role", "worker", "x")],
    ids=lambda words: words[0],
)  # fmt: skip
def test_a_database_that_cannot_be_reached_is_one_sentence_and_exit_2(words: tuple[str, ...]) -> None:
    stopped = liaodan("postgres://postgres@/x?host=/nonexistent", *words)
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert re.fullmatch(r"连不上数据库：.*。请检查 LIAODAN_DATABASE_URL 和数据库服务\n", stopped.stderr), (
        stopped.stderr[-300:]
    )


def test_a_database_that_is_not_migrated_is_said_to_be(fresh: str) -> None:
    stopped = liaodan(fresh, "say", "--as", "E001", "我是谁")
    assert (stopped.returncode, stopped.stderr) == (2, "数据库没有升级，请运行 liaodan migrate\n")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--name", " ", "公司名称要写 1 到 80 个字\n"), ("--admin", "", "管理员姓名要写 1 到 40 个字\n"),
     ("--number", "", "管理员员工号要写 1 到 20 个字\n"), ("--warehouse", "", "仓库名称要写 1 到 40 个字\n"),
     ("--number", "9" * 21, "管理员员工号要写 1 到 20 个字\n"), ("--phone", "abc", "管理员手机“abc”不对，例如 13800001111，也可以不填\n"),
     ("--tax", "abc", "税率“abc”不对，例如 13\n"), ("--tax", "NaN", "税率“NaN”不对，例如 13\n")],
)  # fmt: skip
async def test_init_wants_a_name_for_everything(option: str, value: str, said: str) -> None:
    given = {**dict(zip(INIT[1::2], INIT[2::2], strict=True)), option: value}
    with pytest.raises(Trouble) as refused:
        await init(*given.values())
    assert f"{refused.value}\n" == said


def test_bind_says_from_whom_it_takes_an_identity(demo: str) -> None:
    bound = liaodan(demo, "bind", "--door", "work", "--id", "liting", "--person", "E004")
    assert bound.stdout == "已绑定 小赵（E004），它原来绑定的是 小李（E003），现在不再是了\n"


async def test_bind_wants_an_identity_that_can_be_one_and_says_nothing_of_whom_it_was_already(database: str) -> None:
    assert await bind_identity("work", "zhaolei", "E004") == await bind_identity("work", "zhaolei", "E004")
    for nobody in ("", " ", "a b", "x" * 65):
        with pytest.raises(Trouble):
            await bind_identity("work", nobody, "E004")


@pytest.mark.parametrize(
    ("now", "day"),
    [("2026-12-05T23:00:00+08:00", "2026-12-05"), ("2026-12-05T23:00:00Z", "2026-12-06"), ("2026-12-05T09:00:00.5-08:00", "2026-12-06"),
     ("2026-12-05", "2026-12-05"), ("2026-12-05 23:59", "2026-12-05"), ("2026-12-05T00:01", "2026-12-05")],
)  # fmt: skip
def test_now_is_a_day_a_time_or_rfc_3339(now: str, day: str) -> None:
    assert local(read_moment(now)).date().isoformat() == day


@pytest.mark.parametrize("never", ["soon", "2026-13-01", "0001-01-01", "9999-12-31T00:00:00Z", ""])
def test_a_now_that_cannot_be_is_refused_with_an_example(never: str) -> None:
    with pytest.raises(Trouble) as wrong:
        read_moment(never)
    assert str(wrong.value).startswith(f"--now “{never}”不对，例如 2026-12-05T09:00:00+08:00")


def test_now_moves_what_is_understood(demo: str) -> None:
    said = liaodan(demo, "understand", "--role", "salesperson", "--now", "2026-12-05T09:00:00+08:00", "本月销售额")
    assert json.loads(said.stdout)["slots"] == {"period": "2026-12"}, said.stderr


def test_understand_gives_a_line_for_each_line_whatever_is_wrong_with_it(demo: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    good = json.dumps({"role": "salesperson", "text": "m8x30还有多少"}).encode()
    lines.write_bytes(
        b"\n".join(
            [good, b"nonsense", b"", b'{"role": "worker"}', b'{"role": "pope", "text": "x"}', b"[1]", b"\xff\xfe", b'{"role": 1, "text": {}}',
             '{"role": "salesperson", "text": "m8x30\u2028还有多少"}'.encode(), b'{"role": "worker", "text": ""}', good]
        )
        + b"\n"
    )  # fmt: skip
    done = liaodan(demo, "understand", "--file", str(lines))
    found = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    assert (done.returncode, len(found)) == (0, 11), done.stderr
    assert found[0] == found[10] and found[0]["intent"] == "stock.query"
    assert [each.get("error") for each in found[1:8]] == [
        "这一行不是 JSON", "这一行不是 JSON", '这一行要写成 {"role": "salesperson", "text": "m8x30还有多少"}', "没有“pope”这个角色",
        '这一行要写成 {"role": "salesperson", "text": "m8x30还有多少"}', "这一行不是 JSON",
        '这一行要写成 {"role": "salesperson", "text": "m8x30还有多少"}',
    ]  # fmt: skip
    assert all(each["intent"] is None and each["score"] == 0 for each in found[1:8])
    assert "error" not in found[8] and "error" not in found[9]


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
