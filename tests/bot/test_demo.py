"""`liaodan demo` as a process: on ports of its own or not at all, its data safe while it runs, a second start like the first."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.conftest import ROOT
from tests.serving import free_port

pytestmark = pytest.mark.slow


def variables(home: Path, port: int) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LIAODAN_")}
    return {**clean, "LIAODAN_DATA_DIR": str(home), "LIAODAN_PORT": str(port)}


def demo(home: Path, port: int, *words: str) -> subprocess.CompletedProcess[str]:
    """A demo that does not get as far as to stay."""
    command = [sys.executable, "-m", "bot.cli", "demo", *words]
    return subprocess.run(command, cwd=ROOT, env=variables(home, port), capture_output=True, text=True, timeout=60)


@contextmanager
def running(home: Path) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """A demo that stays: its addresses, and what it said before them."""
    emulator = free_port()
    command = [sys.executable, "-m", "bot.cli", "demo", "--emulator-port", str(emulator)]
    settings = variables(home, free_port())
    child = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        said: list[str] = []
        for line in child.stdout:
            said.append(line.strip())
            if line.startswith("{"):
                break
        yield json.loads(said[-1]), said[:-1]
    finally:
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=60) == 0
        child.stdout.close()


def liaodan(addresses: dict[str, Any], words: list[str]) -> list[str]:
    settings = {**variables(ROOT, 1), **addresses["environment"]}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *words], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=60
    )
    return done.stdout.splitlines()


def test_a_demo_keeps_its_data_from_a_reset_and_its_menus_from_a_restart(tmp_path: Path) -> None:
    home = tmp_path if os.geteuid() else Path("/var/lib/liaodan-test") / str(os.getpid())
    try:
        for start in ("first", "second"):
            with running(home) as (addresses, said):
                assert not [line for line in said if "菜单" in line], said
                assert "企业微信菜单没有变化" in liaodan(addresses, ["menu", "push"]), start
                assert liaodan(addresses, ["say", "--as", "E001", "平台告警"])[0] == "没有平台告警", start
                refused = demo(home, free_port(), "--reset")
                assert (refused.returncode, refused.stderr) == (
                    2, "演示正在运行，数据没有清空。请先在它那里按 Ctrl-C，再来一次\n"
                )  # fmt: skip
                with urlopen(f"{addresses['backend']}/readyz") as response:
                    assert response.status == 200
        done = demo(home, free_port(), "--reset")
        assert (done.returncode, done.stdout) == (0, "演示数据已清空\n")
        assert not (home / "data").exists() and not (home / "demo").exists()
    finally:
        if os.geteuid() == 0:
            subprocess.run(["rm", "-rf", str(home)], check=True)


@pytest.mark.parametrize("which", ["backend", "emulator"])
def test_a_port_that_is_taken_stops_the_demo_before_anything_is_started(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ["--emulator-port", str(port)] if which == "emulator" else []
        stopped = demo(tmp_path, free_port() if words else port, *words)
    setting = "--emulator-port" if words else "LIAODAN_PORT"
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert stopped.stderr == f"端口 {port} 已经有程序在用：结束它，或者用 {setting} 换一个端口\n"
    assert list(tmp_path.iterdir()) == []
