"""`make screenshots`: plays a short story in the demo company and draws the emulator's page, the mini-program and the pages behind links."""

import asyncio
import contextlib
import json
import math
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from bot.demo.wechat import emulator_config, environment
from docs.screenshots_miniprogram import draw_miniprogram
from docs.screenshots_pages import draw_pages
from models.clock import SHANGHAI
from models.embedded import server

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs/pictures"

_NOW = datetime.now(SHANGHAI)
_MORNING = _NOW.replace(hour=10, minute=30, second=0, microsecond=0)
MOMENT = _MORNING if _MORNING > _NOW else _MORNING + timedelta(days=1)
"""When the story plays: clocks only go forward, and the mini-program looks at the browser's own."""
APART = timedelta(minutes=6)
"""Between two scenes."""

BROWSER = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {375: 780, 1280: 860}

READY_S = 60

Step = Callable[["Phones"], Awaitable[None]]


class Phones:
    """The control API of the emulator that runs for this story."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def post(self, gesture: str, **body: Any) -> dict[str, Any]:
        """A gesture, and what came of it."""
        return await asyncio.to_thread(self._ask, f"/sim/{gesture}", json.dumps(body).encode())

    async def get(self, look: str) -> Any:
        """What there is to see."""
        return await asyncio.to_thread(self._ask, f"/sim/{look}", None)

    async def set_clock(self, moment: datetime) -> None:
        """Puts the clock of both, emulator and product, to a moment."""
        await self.post("clock", forward=_seconds_to(moment) - (await self.post("clock", forward=0))["ahead"])

    async def says(self, person: str, door: str, *lines: str) -> None:
        """Lines typed one after another."""
        for line in lines:
            await self.post("text", person=person, door=door, text=line)

    async def until(self, look: str, true: Callable[[Any], bool]) -> Any:
        """Waits for what must come by itself, such as a notice."""
        ends = time.monotonic() + READY_S
        while not true(found := await self.get(look)):
            if time.monotonic() > ends:
                raise TimeoutError(f"{look} did not come to show what it should: {found}")
            await asyncio.sleep(0.1)
        return found

    def _ask(self, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(self.address + path, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


async def stock(phones: Phones) -> None:
    """A salesperson learns four figures, her customer one word."""
    await phones.says("E003", "work", "m8x30还有多少", "那M10×40的呢")
    await phones.says("C001", "official", "m8x30还有多少", "SO0312什么时候发货")


async def order(phones: Phones) -> None:
    """An order over its limit goes to the general manager as a card."""
    await phones.says("E003", "work", "建业额度够下88000吗", "建业要角阀 4000个", "1")
    await phones.until("cards?person=E001", lambda cards: _card(cards) is not None)


async def decided(phones: Phones) -> None:
    """He taps 同意; the card says so, and so does her phone."""
    before = len(await phones.get("deliveries?person=E003"))
    card = _card(await phones.get("cards?person=E001"))
    assert card is not None
    await phones.post("card", person="E001", door="work", task_id=card["task_id"], button=card["buttons"][0]["key"])
    await phones.until("cards?person=E001", lambda cards: _card(cards, "decided") is not None)
    await phones.until("deliveries?person=E003", lambda sent: len(sent) > before)


def _card(cards: list[dict[str, Any]], state: str = "open") -> dict[str, Any] | None:
    """The card about the order of this story, beside the reminders of what waited before."""
    return next((card for card in cards if "AP0019" in card["title"] and card["state"] == state), None)


async def shipped(phones: Phones) -> None:
    """The keeper ships; the customer reads it in the mini-program and asks on in the Official Account."""
    await phones.says("C001", "official", "我的订单")
    await phones.says("E005", "work", "SO0316发了顺丰 单号SF1029384756")
    await phones.says("E005", "work", "1")
    await phones.until("deliveries?person=C001", bool)
    await phones.says("C001", "official", "SO0316到哪了")


async def workshop(phones: Phones) -> None:
    """A turner reports and corrects himself; his superior looks."""
    await phones.says("E006", "work", "1105做到哪了", "WO1105 攻丝 150件 不良2", "撤销")
    await phones.says("E001", "work", "今天怎么样")


SCENES: tuple[tuple[str, Step, str, str], ...] = (
    ("stock", stock, "a=E003&ad=work&b=C001&bd=official", "a"),
    ("approval", order, "a=E003&ad=work&b=E001&bd=work", "b"),
    ("decided", decided, "a=E003&ad=work&b=E001&bd=work", "b"),
    ("shipped", shipped, "a=C001&ad=official&b=C001&bd=miniprogram", "b"),
    ("workshop", workshop, "a=E006&ad=work&b=E001&bd=work", "a"),
)
"""Name, what happens, whose phones are shown, and which of them fits a small screen."""


async def draw(browser: Browser, phones: Phones) -> None:
    """Every scene at every size; of the last one also the log and the camera."""
    for number, (name, step, query, slot) in enumerate(SCENES):
        await phones.set_clock(MOMENT + (number + 1) * APART)
        await step(phones)
        for width in SIZES:
            async with _page(browser, phones, width, query) as page:
                if width < 760:
                    await page.locator(f"[data-show={slot}]").click()
                await _save(page, f"{name}-{width}")
    for width in SIZES:
        async with _page(browser, phones, width, SCENES[0][2]) as page:
            if width < 760:
                await page.locator("[data-show=log]").click()
            await page.locator("#log .entry.push summary").first.click()
            await _save(page, f"log-{width}")
        async with _page(browser, phones, width, SCENES[0][2]) as page:
            await page.locator("[data-act=scan]:visible").first.click()
            await _save(page, f"scan-{width}")


def _seconds_to(moment: datetime) -> int:
    return math.ceil(moment.timestamp() - time.time())


@contextlib.asynccontextmanager
async def _page(browser: Browser, phones: Phones, width: int, query: str) -> Any:
    page = await browser.new_page(viewport={"width": width, "height": SIZES[width]}, locale="zh-CN")
    await page.goto(f"{phones.address}/?{query}")
    yield page
    await page.close()


async def _save(page: Page, name: str) -> None:
    await page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")


async def play(address: str) -> None:
    """The story, in front of a camera."""
    phones = Phones(address)
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=_chromium(), args=BROWSER)
        await draw(browser, phones)
        await draw_miniprogram(browser, phones)
        await draw_pages(browser, phones)
        await browser.close()


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        sys.exit("Chromium is missing: apt install chromium fonts-noto-cjk")
    return found


@contextlib.contextmanager
def company() -> Iterator[str]:
    """A demo company of its own with backend and emulator; yields the emulator's address."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liaodan-pictures-")))
        home.chmod(0o711)
        clock = home / "clock"
        clock.write_text(str(_seconds_to(MOMENT)))
        product, wechat = (f"http://127.0.0.1:{port}" for port in _free_ports(2))
        config = home / "emulator.json"
        config.write_text(json.dumps(emulator_config(product, str(clock)), ensure_ascii=False))
        variables = {
            **os.environ,
            **environment(wechat),
            "LIAODAN_DATABASE_URL": stack.enter_context(server(home / "pg")).format("postgres"),
            "LIAODAN_CLOCK_FILE": str(clock),
            "LIAODAN_PORT": product.rpartition(":")[2],
            "LIAODAN_HOST": "127.0.0.1",
            "LIAODAN_PUBLIC_URL": product,
            "LIAODAN_WORKERS": "1",
        }
        subprocess.run([sys.executable, "-m", "bot.cli", "seed", "demo"], check=True, env=variables, cwd=ROOT)
        port = wechat.rpartition(":")[2]
        stack.enter_context(_child("emulator", "--config", str(config), "--port", port, variables=variables))
        _await(f"{wechat}/sim/people")
        asyncio.run(Phones(wechat).set_clock(MOMENT))
        stack.enter_context(_child("bot.cli", "serve", variables=variables))
        _await(f"{product}/readyz")
        subprocess.run([sys.executable, "-m", "bot.cli", "menu", "push"], check=True, env=variables, cwd=ROOT)
        yield wechat


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [sock.getsockname()[1] for sock in socks]


@contextlib.contextmanager
def _child(module: str, *arguments: str, variables: dict[str, str]) -> Iterator[None]:
    child = subprocess.Popen([sys.executable, "-m", module, *arguments], env=variables, cwd=ROOT)
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=30)


def _await(address: str) -> None:
    ends = time.monotonic() + READY_S
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.1)
    raise TimeoutError(f"{address} does not answer")


def main() -> None:
    """Draws everything anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with company() as address:
        asyncio.run(play(address))
    for picture in sorted(PICTURES.glob("*.png")):
        print(f"{picture.relative_to(ROOT)}  {picture.stat().st_size // 1024} KB")  # noqa: T201  # a command's output


if __name__ == "__main__":
    main()
