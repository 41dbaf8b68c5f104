"""The product as separate processes, which can be killed at any instant."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from bot.demo.wechat import environment

ROOT = Path(__file__).resolve().parents[1]


class Worker:
    """One `serve` process on a port of its own."""

    def __init__(self, port: int, variables: dict[str, str], processes: int = 1) -> None:
        self.port = port
        self.variables = {**variables, "LIAODAN_PORT": str(port), "LIAODAN_WORKERS": str(processes)}
        self.process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Starts it and waits until it is ready."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli", "serve", cwd=ROOT, env=self.variables, stderr=sys.stderr
        )
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.address}/readyz") as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.05)

    def children(self) -> list[int]:
        """The processes that a supervisor has now."""
        assert self.process is not None
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    async def kill(self) -> None:
        """SIGKILL: nothing of it goes on."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: it finishes what it has begun."""
        await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)
            await self.process.wait()


@contextlib.asynccontextmanager
async def serving(
    count: int, database: str, clock: Path, wechat: str | None, *, processes: int = 1
) -> AsyncIterator[list[Worker]]:
    """So many servers on one database, each of so many processes, with the emulator's address as WeChat's.

    Without one they speak JSON only.
    """
    variables = {
        **os.environ,
        **(environment(wechat) if wechat else {}),
        "LIAODAN_DATABASE_URL": database,
        "LIAODAN_CLOCK_FILE": str(clock),
        "LIAODAN_LOG_LEVEL": "error",
    }
    workers = [Worker(free_port(), variables, processes) for _ in range(count)]
    await asyncio.gather(*(worker.start() for worker in workers))
    try:
        yield workers
    finally:
        await asyncio.gather(*(worker.stop() if processes > 1 else worker.kill() for worker in workers))


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
