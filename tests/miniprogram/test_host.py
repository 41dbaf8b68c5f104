"""The host by itself, with mini-programs made for the test: what WeChat refuses, it refuses."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import expect

import emulator.miniprogram_host
from emulator.app import make_app
from emulator.config import Config, WrongValue
from emulator.miniprogram_host.package import LARGEST
from tests.emulator.simkit import settings
from tests.miniprogram.phones import Phones, needs_browser

HOST = Path(emulator.miniprogram_host.__file__).parent

Open = Callable[..., Awaitable[TestClient[Any, Any]]]


def write(folder: Path, script: str, wxml: str = "<view>{{said}}</view>", **app: Any) -> Path:
    """A mini-program of one page, `a/a`, and a second one to go to."""
    files = {
        "app.json": json.dumps({"pages": ["a/a", "b/b"], **app}),
        "app.js": "App({})",
        "a/a.js": script,
        "a/a.wxml": wxml,
        "a/a.wxss": ".wide { width: 750rpx; color: rgb(1, 2, 3) }",
        "b/b.js": "Page({})",
        "b/b.wxml": '<view class="wide">second</view>',
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def start(
    aiohttp_client: Callable[..., Awaitable[TestClient[Any, Any]]],
    aiohttp_server: Callable[..., Awaitable[TestServer]],
) -> Open:
    async def make(folder: Path, backend: web.Application | None = None) -> TestClient[Any, Any]:
        callback = "http://127.0.0.1:9/wechat"
        if backend is not None:
            callback = str((await aiohttp_server(backend)).make_url("/wechat"))
        config = settings(miniprogram={"folder": str(folder), "callback": callback})
        return await aiohttp_client(make_app(Config.parse(config)))

    return make


def address(client: TestClient[Any, Any]) -> str:
    return str(client.make_url("/miniprogram?person=P1"))


@pytest.mark.browser
@needs_browser
async def test_page_code_sees_nothing_of_the_browser(tmp_path: Path, start: Open, phones: Phones) -> None:
    names = ["window", "document", "fetch", "localStorage", "location", "Function", "globalThis"]
    script = (
        f"Page({{ onLoad() {{ this.setData({{ said: [{', '.join(f'typeof {each}' for each in names)}].join() }}) }} }})"
    )
    page = await phones.open(address(await start(write(tmp_path, script))))
    await expect(page.locator("page")).to_have_text(",".join(["undefined"] * len(names)))


@pytest.mark.browser
@needs_browser
async def test_a_page_may_not_set_more_than_a_megabyte(tmp_path: Path, start: Open, phones: Phones) -> None:
    script = "Page({ onTap() { this.setData({ said: 'x'.repeat(1 << 20) }) } })"
    page = await phones.open(address(await start(write(tmp_path, script, '<view bind:tap="onTap">go</view>'))))
    async with page.expect_event("pageerror"):
        await page.get_by_text("go").click()
    assert ["setData" in error for error in phones.errors] == [True]
    phones.errors.clear()


@pytest.mark.browser
@needs_browser
async def test_a_subscription_may_be_asked_for_only_inside_a_tap(tmp_path: Path, start: Open, phones: Phones) -> None:
    script = """
    const ask = (page, tmplIds) => wx.requestSubscribeMessage({
      tmplIds,
      success: (answer) => page.setData({ said: answer.M1 }),
      fail: ({ errMsg }) => page.setData({ said: errMsg }),
    });
    Page({
      onLoad() { ask(this, ['M1']) },
      onAsk() { ask(this, ['M1']) },
      onLate() { Promise.resolve().then(() => ask(this, ['M1'])) },
      onUnknown() { ask(this, ['NOPE']) },
    })"""
    wxml = """<view class="said">{{said}}</view><button bind:tap="onAsk">ask</button>
    <button bind:tap="onLate">late</button><button bind:tap="onUnknown">unknown</button>"""
    client = await start(write(tmp_path, script, wxml))
    page = await phones.open(address(client))
    said = page.locator(".said")
    await expect(said).to_contain_text("can only be invoked by user TAP gesture")
    await page.get_by_text("unknown").click()
    await expect(said).to_contain_text("No template data return")
    await page.get_by_text("ask").click()
    await expect(page.get_by_role("dialog")).to_contain_text("订单状态")
    await page.get_by_role("checkbox").uncheck()
    await page.get_by_role("button", name="允许").click()
    await expect(said).to_have_text("reject")
    await page.get_by_text("late").click()
    await expect(said).to_contain_text("can only be invoked by user TAP gesture")


@pytest.mark.browser
@needs_browser
async def test_ten_pages_may_be_open_and_the_eleventh_is_refused(tmp_path: Path, start: Open, phones: Phones) -> None:
    script = """Page({ async onLoad() {
      let open = 1;
      try { for (;;) { await wx.navigateTo({ url: '/b/b' }); open += 1; } }
      catch ({ errMsg }) { this.setData({ said: `${open} ${errMsg}` }); }
    } })"""
    page = await phones.open(address(await start(write(tmp_path, script))))
    await expect(page.locator("page").first).to_have_text("10 navigateTo:fail webview count limit exceed")


@pytest.mark.browser
@needs_browser
async def test_a_pages_styles_stay_its_own_and_rpx_follow_the_screen(
    tmp_path: Path, start: Open, phones: Phones
) -> None:
    script = "Page({ onTap() { wx.navigateTo({ url: '/b/b' }) } })"
    page = await phones.open(
        address(await start(write(tmp_path, script, '<view class="wide" bind:tap="onTap">first</view>')))
    )
    look = "(each) => { const { width, color } = getComputedStyle(each); return [width, color] }"
    assert await page.get_by_text("first").evaluate(look) == ["375px", "rgb(1, 2, 3)"]
    await page.get_by_text("first").click()
    assert (await page.get_by_text("second").evaluate(look))[1] != "rgb(1, 2, 3)"


@pytest.mark.browser
@needs_browser
async def test_a_request_reaches_the_backend_with_its_headers_and_its_failure_is_told(
    tmp_path: Path, start: Open, phones: Phones
) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response({"key": request.headers.get("X-Key"), "q": request.query.get("q")}, status=418)

    backend = web.Application()
    backend.router.add_get("/echo", echo)
    script = """Page({
      say(facts) { this.setData({ said: JSON.stringify(facts) }) },
      onGood() { wx.request({ url: 'https://shop.example/echo', data: { q: '螺栓' }, header: { 'X-Key': 'k1' },
        success: ({ statusCode, data }) => this.say([statusCode, data]) }) },
      onPlain() { wx.request({ url: 'http://shop.example/echo', fail: ({ errMsg }) => this.say(errMsg) }) },
    })"""
    wxml = '<view class="said">{{said}}</view><view bind:tap="onGood">good</view><view bind:tap="onPlain">plain</view>'
    page = await phones.open(address(await start(write(tmp_path, script, wxml), backend)))
    await page.get_by_text("good").click()
    await expect(page.locator(".said")).to_have_text('[418,{"key":"k1","q":"螺栓"}]')
    await page.get_by_text("plain").click()
    await expect(page.locator(".said")).to_have_text('"request:fail url not in domain list"')


async def test_a_backend_that_is_away_is_a_failed_request(tmp_path: Path, start: Open) -> None:
    client = await start(write(tmp_path, "Page({})"))
    async with client.get("/miniprogram/backend/P1/api/anything") as response:
        assert (response.status, "X-Request-Failed" in response.headers) == (502, True)


async def test_a_phone_without_connection_reaches_no_backend(tmp_path: Path, start: Open) -> None:
    async def ping(_: web.Request) -> web.Response:
        return web.Response(text="pong")

    backend = web.Application()
    backend.router.add_get("/api/ping", ping)
    client = await start(write(tmp_path, "Page({})"), backend)
    for on, status in ((False, 502), (True, 200)):
        await client.post("/sim/network", json={"person": "P1", "on": on})
        async with client.get("/miniprogram/backend/P1/api/ping") as response:
            assert (response.status, response.headers.get("X-Request-Failed")) == (status, None if on else "offline")


async def test_another_sites_page_may_not_use_the_way_to_the_backend(tmp_path: Path, start: Open) -> None:
    client = await start(write(tmp_path, "Page({})"))
    headers = {"Origin": "https://elsewhere.example"}
    async with client.post("/miniprogram/backend/P1/api/anything", headers=headers) as response:
        assert response.status == 409


async def test_the_wire_shows_requests_without_their_tokens(tmp_path: Path, start: Open) -> None:
    async def login(_: web.Request) -> web.Response:
        return web.json_response({"token": "very-secret", "bound": True})

    backend = web.Application()
    backend.router.add_post("/api/login", login)
    client = await start(write(tmp_path, "Page({})"), backend)
    headers = {"Authorization": "Bearer other-secret"}
    async with client.post("/miniprogram/backend/P1/api/login", json={"code": "c"}, headers=headers) as response:
        assert (await response.json())["token"] == "very-secret"
    async with client.get("/") as response:
        page = await response.text()
    assert "wx.request POST /api/login" in page
    assert "secret" not in page


async def test_the_page_runs_only_its_own_scripts(tmp_path: Path, start: Open) -> None:
    client = await start(write(tmp_path, "Page({})"))
    async with client.get("/miniprogram?person=P1") as response:
        policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    scripts = policy["script-src"].split()
    assert [each for each in scripts if not each.startswith("'nonce-")] == ["'self'", "'wasm-unsafe-eval'"]
    assert (policy["default-src"], policy["style-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")


async def test_what_an_upload_would_be_refused_for_is_refused(tmp_path: Path, start: Open) -> None:
    client = await start(write(tmp_path, "Page({})"))
    (tmp_path / "large.png").write_bytes(b"x" * LARGEST)
    async with client.get("/miniprogram/parts.json") as response:
        assert response.status == 409
        assert str(LARGEST) in (await response.json())["message"]
    (tmp_path / "large.png").unlink()
    (tmp_path / "b/b.wxml").unlink()
    async with client.get("/miniprogram/code.js") as response:
        assert response.status == 409
        assert "b/b.wxml" in (await response.json())["message"]


async def test_without_a_folder_there_is_no_mini_program(aiohttp_client: Any) -> None:
    client = await aiohttp_client(make_app(Config.parse(settings())))
    async with client.get("/miniprogram?person=P1") as response:
        assert response.status == 404
    async with client.get("/?a=P1&ad=miniprogram") as response:
        assert "打开小程序" not in await response.text()


async def test_the_emulators_page_leads_to_the_mini_program(tmp_path: Path, start: Open) -> None:
    client = await start(write(tmp_path, "Page({})"))
    async with client.get("/?a=P1&ad=miniprogram") as response:
        assert '<a href="/miniprogram?person=P1">打开小程序</a>' in await response.text()


def test_a_folder_without_an_app_is_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(WrongValue, match=r"miniprogram\.folder"):
        Config.parse(settings(miniprogram={"folder": str(tmp_path)}))


def test_vendored_files_are_those_that_were_fetched_with_their_licences() -> None:
    lines = (HOST / "vendoring/SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split() for line in lines)}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (HOST / "static/vendor").iterdir()}
    assert found == listed
    packages = json.loads((HOST / "vendoring/package.json").read_text())["dependencies"]
    assert {f"{package}.LICENSE" for package in packages} <= set(found)


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((HOST / "vendoring/package-lock.json").read_text())
    assert [name for name, facts in lock["packages"].items() if "resolved" in facts] == []
