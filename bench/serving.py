"""The servers that are measured, each a process of its own: the product, its JSON, and its door answering a constant."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.app import make_app
from bot.config import Account, Settings
from bot.demo.wechat import OFFICIAL
from bot.doors.callback import callback
from bot.logs import set_up_logs
from bot.services import SERVICES
from bot.wechat.inbound import Inbound
from bot.wechat.replies import text_reply
from bot.workers import serve
from models.clock import now

HOST = "127.0.0.1"
READY_S = 30

# As long as the answer about a product is, so that both doors encrypt as much.
CONSTANT = """M8×30 304不锈钢六角螺栓
可用 810 个
在手 890 − 预留 80
主仓：670 个（预留 40）
二号仓：220 个（预留 40）
在途：300 个，12-02 周三 到（PO00001）
安全库存：300 个
截至 09:41"""


@dataclass(frozen=True, slots=True)
class Server:
    """A process that serves one of the doors."""

    door: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        """Seconds of processor time it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def serving(door: str, database: str, cores: set[int]) -> Iterator[Server]:
    """A door as a process on these cores, ready when the block begins and gone when it ends."""
    port = _free_port()
    variables = {**os.environ, "BENCH_DATABASE_URL": database}
    process = subprocess.Popen([sys.executable, "-m", "bench.serving", door, str(port)], env=variables)
    os.sched_setaffinity(process.pid, cores)
    try:
        _await_ready(process, port)
        yield Server(door, port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _await_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers at port {port}")


def official() -> web.Application:
    """The product as it runs in production, its jobs too."""
    return make_app(_settings(os.environ["BENCH_DATABASE_URL"]))


def json() -> web.Application:
    """The product's JSON door alone: nothing is delivered while it is measured what is decided."""
    return make_app(Settings(_env_file=None, database_url=os.environ["BENCH_DATABASE_URL"]), jobs=False)  # type: ignore[call-arg]


def constant() -> web.Application:
    """The same application with a door that answers everybody alike; there is no database behind it."""
    app = make_app(_settings(None), database=False, jobs=False)
    app.add_routes(callback("constant", _answer))
    app.cleanup_ctx.append(_open_constant)
    return app


def _settings(database: str | None) -> Settings:
    return Settings(_env_file=None, database_url=database, official=Account(**OFFICIAL))  # type: ignore[call-arg]


async def _answer(request: web.Request, inbound: Inbound) -> str:
    return text_reply(inbound, CONSTANT, now().timestamp())


async def _open_constant(app: web.Application) -> AsyncIterator[None]:
    envelopes = app[SERVICES].envelopes
    assert envelopes is not None
    envelopes["constant"] = envelopes["official"]
    yield


if __name__ == "__main__":
    set_up_logs("error")
    serve({"official": official, "json": json, "constant": constant}[sys.argv[1]], HOST, int(sys.argv[2]), 1)
