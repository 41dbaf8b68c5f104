"""`liaodan demo`: an embedded database, the demo company, the emulator and the backend, until Ctrl-C."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bot.config import Settings
from bot.demo.seed import seed_demo
from bot.demo.wechat import emulator_config, environment
from bot.trouble import Trouble
from models.database import open_database
from models.embedded import home_for, server
from models.migrating import migrate
from models.system.tables import Company

TRY = (
    "打开模拟器页面，选“小李”，在企业微信里发：m8x30还有多少",
    "再发：宏达要m8x30 5000个 下周三送，回复 1 确认，看库存怎么变",
    "选“王总”，发：待审批，点开 AP0018，点“同意”或“驳回”，小李马上收到结果",
)


def show(settings: Settings, *, emulator_port: int) -> int:
    """Shows everything; returns the exit status."""
    home = home_for(settings.data_dir)
    with contextlib.ExitStack() as stack:
        url = settings.database_url or _embedded(stack, home)
        _say("数据库已就绪，检查表结构和演示数据 …")
        asyncio.run(_prepare(url))
        product = f"http://127.0.0.1:{settings.port}"
        wechat = f"http://127.0.0.1:{emulator_port}"
        files = home / "demo"
        files.mkdir(parents=True, exist_ok=True)
        clock = files / "clock"
        clock.write_text("0")
        config = files / "emulator.json"
        config.write_text(json.dumps(emulator_config(product, str(clock)), ensure_ascii=False))
        variables = {
            **os.environ,
            **environment(wechat),
            "LIAODAN_DATABASE_URL": url,
            "LIAODAN_CLOCK_FILE": str(clock),
            "LIAODAN_PORT": str(settings.port),
            "LIAODAN_HOST": settings.host,
            "LIAODAN_PUBLIC_URL": settings.public_url or product,
            "LIAODAN_WORKERS": str(settings.workers),
        }
        stack.enter_context(
            _child([sys.executable, "-m", "emulator", "--config", str(config), "--port", str(emulator_port)], variables)
        )
        stack.enter_context(_child([sys.executable, "-m", "bot.cli", "serve"], variables))
        if not _wait_for(f"{product}/readyz") or not _wait_for(f"{wechat}/sim/people"):
            _say("没有启动成功，原因见上面的输出")
            return 1
        subprocess.run(
            [sys.executable, "-m", "bot.cli", "menu", "push"], env=variables, check=False, capture_output=True
        )
        _say(f"模拟器页面  {wechat}/")
        _say(f"客户小程序  {wechat}/miniprogram?person=C001")
        _say(f"后台接口    {product}/api/openapi.json")
        for sentence in TRY:
            _say(f"· {sentence}")
        _say("按 Ctrl-C 结束；数据会留着，make demo-reset 清空")
        addresses = {
            "emulator": wechat,
            "miniprogram": f"{wechat}/miniprogram",
            "backend": product,
            "openapi": f"{product}/api/openapi.json",
            "database": url,
            "clock_file": str(clock),
            "environment": environment(wechat)
            | {
                "LIAODAN_DATABASE_URL": url,
                "LIAODAN_CLOCK_FILE": str(clock),
                "LIAODAN_PUBLIC_URL": settings.public_url or product,
            },
        }
        sys.stdout.write(json.dumps(addresses, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        # Set by hand: a shell that starts us in the background has SIGINT ignored.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _interrupt)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
        _say("正在结束 …")
    return 0


def reset(settings: Settings) -> None:
    """Forgets the embedded database and what the demo wrote beside it, and nothing else. Raises Trouble."""
    if settings.database_url:
        raise Trouble("设置了 LIAODAN_DATABASE_URL：那里的数据不归演示管，没有清空")
    home = home_for(settings.data_dir)
    for name in ("data", "demo"):
        shutil.rmtree(home / name, ignore_errors=True)


def _embedded(stack: contextlib.ExitStack, home: Path) -> str:
    _say("启动内置数据库 …")
    return stack.enter_context(server(home)).format("postgres")


async def _prepare(url: str) -> None:
    await migrate(url)
    context = await open_database(url, pool=2)
    try:
        if not await Company.exists():
            _say("第一次启动：建立演示公司，约十秒 …")
            await seed_demo()
    finally:
        await context.connections.close_all()


@contextlib.contextmanager
def _child(command: list[str], variables: dict[str, str]) -> Iterator[None]:
    # In a group of its own, so that Ctrl-C reaches this process alone and children end in order.
    child = subprocess.Popen(command, env=variables, stdout=sys.stderr, start_new_session=True)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(timeout=25)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_for(address: str) -> bool:
    for _ in range(200):
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(address, timeout=2),
        ):
            return True
        time.sleep(0.1)
    return False


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
