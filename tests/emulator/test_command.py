"""`python -m emulator` starts, says where it is, and stops when told to."""

import asyncio
import json
import socket
import sys
from pathlib import Path

from tests.emulator.simkit import settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "emulator", *arguments, stdout=pipe, stderr=pipe)


async def test_it_serves_until_it_is_stopped(tmp_path: Path) -> None:
    file, port = tmp_path / "sim.json", free_port()
    file.write_text(json.dumps(settings()), "utf-8")
    process = await run("--config", str(file), "--port", str(port))
    assert process.stdout is not None
    said = json.loads(await process.stdout.readline())
    assert said["page"] == f"http://127.0.0.1:{port}/"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /sim/stream HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in await reader.readline()
    process.terminate()
    async with asyncio.timeout(10):
        assert await process.wait() == 0
    writer.close()


async def test_a_wrong_configuration_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sim.json"
    file.write_text('{"peeple": []}', "utf-8")
    process = await run("--config", str(file))
    _, said = await process.communicate()
    assert process.returncode == 2 and b"peeple: is not known" in said
