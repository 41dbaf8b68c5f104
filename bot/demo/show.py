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
from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings
from bot.demo.seed import seed_demo
from bot.demo.wechat import emulator_config, environment
from bot.listening import refuse_taken
from bot.trouble import Trouble
from models.database import open_database
from models.embedded import NoServer, alone, home_for, server
from models.migrating import migrate
from models.system.tables import Company

TRY = (
    "打开模拟器页面，选“小李”，在企业微信里发：m8x30还有多少",
    "再发：宏达要m8x30 5000个 下周三送，回复 1 确认，看库存怎么变",
    "选“王总”，发：待审批，点开 AP0018，点“同意”或“驳回”，小李马上收到结果",
)


def show(settings: Settings, *, emulator_port: int) -> int:
    """Shows everything; returns the exit status. Raises Trouble, before anything is started, for ports that are taken."""
    refuse_taken(settings.host, settings.port, "LIAODAN_PORT")
    refuse_taken("127.0.0.1", emulator_port, "--emulator-port")
    home = home_for(settings.data_dir)
    with contextlib.ExitStack() as stack:
        url = settings.database_url or _embedded(stack, home)
        _say("数据库已就绪，检查表结构和演示数据 …")
        asyncio.run(_prepare(url))
        place = Place.of(settings, home / "demo", url, emulator_port)
        if not _started(stack, place):
            _say("没有启动成功，原因见上面的输出")
            return 1
        _push_menu(place)
        _introduce(place)
        # Set by hand: a shell that starts us in the background has SIGINT ignored.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _interrupt)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
        _say("正在结束 …")
    return 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything of one demo is."""

    product: str
    wechat: str
    database: str
    clock: Path
    config: Path
    settings: dict[str, str]

    @classmethod
    def of(cls, settings: Settings, files: Path, url: str, emulator_port: int) -> "Place":
        """The addresses, with the files that the emulator reads written."""
        product, wechat = f"http://127.0.0.1:{settings.port}", f"http://127.0.0.1:{emulator_port}"
        files.mkdir(parents=True, exist_ok=True)
        clock, config = files / "clock", files / "emulator.json"
        clock.write_text("0")
        config.write_text(json.dumps(emulator_config(product, str(clock)), ensure_ascii=False))
        told = {
            **environment(wechat),
            "LIAODAN_DATABASE_URL": url,
            "LIAODAN_CLOCK_FILE": str(clock),
            "LIAODAN_PUBLIC_URL": settings.public_url or product,
        }
        return cls(product, wechat, url, clock, config, told)


def _started(stack: contextlib.ExitStack, place: Place) -> bool:
    """Both servers as children of this process; False if one of them ends before it answers."""
    port = place.wechat.rsplit(":", 1)[1]
    emulator = [sys.executable, "-m", "emulator", "--config", str(place.config), "--port", port]
    children = {
        f"{place.wechat}/sim/people": stack.enter_context(_child(emulator, place)),
        f"{place.product}/readyz": stack.enter_context(_child([sys.executable, "-m", "bot.cli", "serve"], place)),
    }
    return all(_wait_for(address, child) for address, child in children.items())


def _push_menu(place: Place) -> None:
    pushed = subprocess.run(
        [sys.executable, "-m", "bot.cli", "menu", "push"], env=_variables(place), capture_output=True, text=True
    )
    if pushed.returncode:
        _say(f"菜单没有发布：{pushed.stderr.strip() or pushed.stdout.strip()}")


def _introduce(place: Place) -> None:
    _say(f"模拟器页面  {place.wechat}/")
    _say(f"客户小程序  {place.wechat}/miniprogram?person=C001")
    _say(f"后台接口    {place.product}/api/openapi.json")
    for sentence in TRY:
        _say(f"· {sentence}")
    _say("按 Ctrl-C 结束；数据会留着，make demo-reset 清空")
    addresses = {
        "emulator": place.wechat,
        "miniprogram": f"{place.wechat}/miniprogram",
        "backend": place.product,
        "openapi": f"{place.product}/api/openapi.json",
        "database": place.database,
        "clock_file": str(place.clock),
        "environment": place.settings,
    }
    sys.stdout.write(json.dumps(addresses, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def reset(settings: Settings) -> None:
    """Forgets the embedded database and what the demo wrote beside it, and nothing else. Raises Trouble."""
    if settings.database_url:
        raise Trouble("设置了 LIAODAN_DATABASE_URL：那里的数据不归演示管，没有清空")
    home = home_for(settings.data_dir)
    if not home.is_dir():
        return
    try:
        with alone(home):
            for name in ("data", "demo"):
                shutil.rmtree(home / name, ignore_errors=True)
    except NoServer:
        raise Trouble("演示正在运行，数据没有清空。请先在它那里按 Ctrl-C，再来一次") from None


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
def _child(command: list[str], place: Place) -> Iterator["subprocess.Popen[bytes]"]:
    # In a group of its own, so that Ctrl-C reaches this process alone and children end in order.
    child = subprocess.Popen(command, env=_variables(place), stdout=sys.stderr, start_new_session=True)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(timeout=25)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _variables(place: Place) -> dict[str, str]:
    return {**os.environ, **place.settings}


def _wait_for(address: str, child: "subprocess.Popen[bytes]") -> bool:
    """Whether it answers while the child lives: another's answer at its address is none."""
    for _ in range(200):
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(address, timeout=2),
        ):
            return child.poll() is None
        if child.poll() is not None:
            return False
        time.sleep(0.1)
    return False


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
