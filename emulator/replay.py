"""`python -m emulator.replay FILE` plays a saved tape against the backend and reports the first difference."""

import argparse
import asyncio
import re
import sys
from collections import defaultdict, deque
from pathlib import Path
from typing import Any

import aiohttp

from .tape import BadTape, Did, Line, Said, read

_OPEN = re.compile(r"(…|⟨\w+⟩)")
_PAUSE_S = 0.05


class Difference(Exception):
    """What came was not what stands in the file."""

    def __init__(self, line: int, where: str, expected: str, got: str) -> None:
        super().__init__(f"line {line}, {where}\nexpected: {expected}\ngot:      {got}")


class Player:
    """Does what a tape says on a running emulator, and listens to its phones."""

    def __init__(self, session: aiohttp.ClientSession, base: str, wait_s: float) -> None:
        self._session = session
        self._base = base.rstrip("/")
        self._wait_s = wait_s
        self._since = 0
        self._heard: dict[tuple[str, str], deque[str]] = defaultdict(deque)
        self._named: dict[str, str] = {}

    async def play(self, lines: list[tuple[int, Line]]) -> None:
        """Phones are emptied first; ends with a Difference at the first line that is not as it was."""
        await self._do(0, Did("reset", {}))
        for number, line in lines:
            if isinstance(line, Did):
                await self._do(number, line)
            else:
                await self._expect(number, line)
        await self._listen()
        for (door, person), texts in self._heard.items():
            if texts:
                raise Difference(len(lines), f"{door} {person}", "the end", texts[0])

    async def _do(self, number: int, did: Did) -> None:
        given = self._filled(did.body)
        body = given if did.gesture in ("reset", "clock", "fault") else {**given, "wait": 0}
        async with self._session.post(f"{self._base}/sim/{did.gesture}", json=body) as response:
            if response.status != 200:
                raise Difference(number, did.gesture, "done", await response.text())

    async def _expect(self, number: int, said: Said) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._wait_s
        texts = self._heard[said.door, said.person]
        while not texts:
            await self._listen()
            if texts:
                break
            if loop.time() > deadline:
                raise Difference(number, f"{said.door} {said.person}", said.text, f"nothing within {self._wait_s:g} s")
            await asyncio.sleep(_PAUSE_S)
        got = texts.popleft()
        expected = self._filled(said.text)
        found = _fits(expected, got)
        if found is None:
            raise Difference(number, f"{said.door} {said.person}", expected, got)
        self._named |= {f"⟨{name}⟩": value for name, value in found.groupdict().items()}

    def _filled(self, value: Any) -> Any:
        """With what is known by now of what has a name."""
        if isinstance(value, dict):
            return {key: self._filled(each) for key, each in value.items()}
        if isinstance(value, str):
            return _OPEN.sub(lambda part: self._named.get(part[0], part[0]), value)
        return value

    async def _listen(self) -> None:
        query = {"format": "json", "since": str(self._since)}
        async with self._session.get(f"{self._base}/sim/tape", params=query) as response:
            rows: list[dict[str, Any]] = await response.json()
        for row in rows:
            self._since = row["n"]
            if "text" in row:
                self._heard[row["door"], row["person"]].append(row["text"])


def _fits(expected: str, got: str) -> re.Match[str] | None:
    """… stands for anything, so that times may differ from day to day; ⟨code⟩ too, and is the same from then on."""
    pattern = ""
    for part in _OPEN.split(expected):
        if part == "…":
            pattern += ".*"
        elif _OPEN.fullmatch(part):
            again, name = f"(?P<{part[1:-1]}>" in pattern, part[1:-1]
            pattern += f"(?P={name})" if again else f"(?P<{name}>.+?)"
        else:
            pattern += re.escape(part)
    return re.fullmatch(pattern, got, re.DOTALL)


async def replay(text: str, base: str, wait_s: float) -> None:
    """Play a saved tape on the emulator at this address."""
    lines = list(read(text))
    async with aiohttp.ClientSession() as session:
        await Player(session, base, wait_s).play(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="emulator.replay", description="Plays what /sim/tape has saved.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--sim", default="http://127.0.0.1:8001", help="a running emulator; its phones are emptied")
    parser.add_argument("--wait", type=float, default=6.0, help="seconds to wait for each answer")
    wanted = parser.parse_args()
    try:
        asyncio.run(replay(wanted.file.read_text("utf-8"), wanted.sim, wanted.wait))
    except (Difference, BadTape, OSError, aiohttp.ClientError) as error:
        sys.stderr.write(f"{wanted.file}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
