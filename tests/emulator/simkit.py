"""A small company with all three platforms, and backends that answer as a test wants."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import FormData, web
from aiohttp.test_utils import TestClient

from emulator.envelope import Envelope, signature
from emulator.xmltext import read_xml, write_xml

TOKEN = "tokentoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OFFICIAL_ID, WORK_ID, MINI_ID = "wxofficial000000", "wwcorp0000000000", "wxmini0000000000"
Answer = Callable[["Pushed"], Awaitable[str | web.StreamResponse | None]]


def settings(callback: str = "http://127.0.0.1:9", **changes: Any) -> dict[str, Any]:
    """The configuration of the tests; `official={"mode": "plain"}` and so on change a platform."""
    common = {"secret": "s3cret", "token": TOKEN, "aes_key": AES_KEY}
    data: dict[str, Any] = {
        "official": {
            **common,
            "app_id": OFFICIAL_ID,
            "account": "gh_account",
            "callback": f"{callback}/wechat/official",
            "name": "宏远五金",
            "templates": [{"id": "T1", "title": "发货通知", "fields": {"thing1": "商品", "time2": "时间"}}],
        },
        "work": {
            **common,
            "corp_id": WORK_ID,
            "agent_id": 1000002,
            "callback": f"{callback}/wechat/work",
            "name": "助手",
        },
        "miniprogram": {
            **common,
            "app_id": MINI_ID,
            "callback": f"{callback}/wechat/miniprogram",
            "format": "json",
            "name": "小店",
            "templates": [
                {"id": "M1", "title": "订单状态", "fields": {"character_string1": "单号", "phrase2": "状态"}}
            ],
        },
        "people": [
            {
                "id": "P1",
                "name": "小李",
                "official": "o_1",
                "work": "LiTing",
                "miniprogram": "m_1",
                "unionid": "u_1",
                "phone": "13800000001",
            },
            {"id": "P2", "name": "王总", "official": "o_2", "work": "wangzong", "miniprogram": "m_2"},
            {"id": "P3", "name": "路人", "official": "o_3", "follows": False},
        ],
        "limits": {"callback_s": 3, "retry_pause_s": 0, "reply_wait_s": 0.3},
    }
    for key, change in changes.items():
        data[key] = data[key] | change if isinstance(change, dict) else change
    return data


class Pushed:
    """A push as a backend saw it, opened."""

    def __init__(self, door: str, query: dict[str, str], body: str, fields: dict[str, Any]) -> None:
        self.door = door
        self.query = query
        self.body = body
        self.fields = fields

    def text_reply(self, content: str, **changes: Any) -> str:
        """An encrypted text reply to this push."""
        inner = {
            "ToUserName": self.fields["FromUserName"],
            "FromUserName": self.fields["ToUserName"],
            "CreateTime": 1700000000,
            "MsgType": "text",
            "Content": content,
        } | changes
        return seal(self.door, write_xml({k: v for k, v in inner.items() if v is not None}))


def envelope(door: str) -> Envelope:
    return Envelope(TOKEN, AES_KEY, {"official": OFFICIAL_ID, "work": WORK_ID, "miniprogram": MINI_ID}[door])


def seal(door: str, inner: str) -> str:
    return write_xml(_sealed(door, inner))


def seal_json(door: str, inner: dict[str, Any]) -> str:
    return json.dumps(_sealed(door, json.dumps(inner)))


def _sealed(door: str, inner: str) -> dict[str, Any]:
    encrypted = envelope(door).encrypt(inner)
    made = signature(TOKEN, "1700000000", "n1", encrypted)
    return {"Encrypt": encrypted, "MsgSignature": made, "TimeStamp": 1700000000, "Nonce": "n1"}


class Backend:
    """Records every push and answers what the test told it to."""

    def __init__(self) -> None:
        self.pushes: list[Pushed] = []
        self.answer: Answer | None = None
        self._came = asyncio.Event()

        self.most_at_once = 0
        self._at_once = 0
        self._both: asyncio.Event | None = None

    def wait_for_two(self) -> None:
        """Answer no push before a second one is here."""
        self._both = asyncio.Event()

    async def next(self, wanted: Callable[[Pushed], bool]) -> Pushed:
        """The first push that is wanted, waiting for it if it is still on its way."""
        async with asyncio.timeout(5):
            while True:
                for push in self.pushes:
                    if wanted(push):
                        return push
                self._came.clear()
                await self._came.wait()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        door = request.match_info["door"]
        body = await request.text()
        outer = json.loads(body) if body.startswith("{") else read_xml(body)
        inner = body
        if "Encrypt" in outer:
            query = request.query
            envelope(door).check(query["msg_signature"], query["timestamp"], query["nonce"], outer["Encrypt"])
            inner = envelope(door).decrypt(outer["Encrypt"])
        fields = json.loads(inner) if inner.startswith("{") else read_xml(inner)
        pushed = Pushed(door, dict(request.query), body, fields)
        self.pushes.append(pushed)
        self._came.set()
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        if self._both is not None:
            if self._at_once == 2:
                self._both.set()
            await self._both.wait()
        answer = await self.answer(pushed) if self.answer else None
        self._at_once -= 1
        return answer if isinstance(answer, web.StreamResponse) else web.Response(text=answer or "success")

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/wechat/{door}", self.serve)
        return app


class Sim:
    """The emulator through HTTP, and the backend behind it."""

    def __init__(self, client: TestClient[Any, Any], backend: Backend, callback: str) -> None:
        self.client = client
        self.backend = backend
        self.callback = callback
        self._tokens: dict[str, str] = {}

    async def post(self, path: str, body: Any = None, **query: str) -> Any:
        async with self.client.post(path, json=body, params=query) as response:
            return await response.json(content_type=None)

    async def get(self, path: str, **query: str) -> Any:
        async with self.client.get(path, params=query) as response:
            return await response.json(content_type=None)

    async def sim(self, path: str, /, **body: Any) -> Any:
        return await self.post(f"/sim/{path}", body)

    async def taps_at_once(self, taps: list[dict[str, Any]]) -> list[Any]:
        self.backend.wait_for_two()
        return await asyncio.gather(*(self.sim("card", **tap, wait=0) for tap in taps))

    async def status(self, path: str, /, **body: Any) -> int:
        async with self.client.post(f"/sim/{path}", json=body) as response:
            return response.status

    async def text(self, door: str, person: str, text: str, **more: Any) -> Any:
        return await self.sim("text", door=door, person=person, text=text, **more)

    def forget_tokens(self) -> None:
        """As after the clock was moved beyond their life."""
        self._tokens.clear()

    async def token(self, door: str) -> str:
        if door not in self._tokens:
            if door == "work":
                answer = await self.get("/cgi-bin/gettoken", corpid=WORK_ID, corpsecret="s3cret")
            else:
                app_id = OFFICIAL_ID if door == "official" else MINI_ID
                wanted = {"grant_type": "client_credential", "appid": app_id, "secret": "s3cret"}
                answer = await self.post("/cgi-bin/stable_token", wanted)
            self._tokens[door] = answer["access_token"]
        return self._tokens[door]

    async def call(self, door: str, path: str, body: Any = None, **query: str) -> Any:
        """A POST with this platform's token."""
        return await self.post(path, body, access_token=await self.token(door), **query)

    async def ask(self, door: str, path: str, **query: str) -> Any:
        return await self.get(path, access_token=await self.token(door), **query)

    async def upload(self, door: str, kind: str, data: bytes = b"12345") -> str:
        """A file of this platform, by its media id."""
        form = FormData()
        form.add_field("media", data, filename="a.bin")
        address = f"/cgi-bin/media/upload?access_token={await self.token(door)}&type={kind}"
        async with self.client.post(address, data=form) as response:
            return str((await response.json())["media_id"])

    async def say(self, openid: str, content: str, door: str = "official") -> Any:
        body = {"touser": openid, "msgtype": "text", "text": {"content": content}}
        return await self.call(door, "/cgi-bin/message/custom/send", body)

    async def work_text(self, users: str, content: str, **more: Any) -> Any:
        body = {"touser": users, "msgtype": "text", "agentid": 1000002, "text": {"content": content}, **more}
        return await self.call("work", "/cgi-bin/message/send", body)

    async def work_card(self, users: str, card: dict[str, Any]) -> Any:
        body = {"touser": users, "msgtype": "template_card", "agentid": 1000002, "template_card": card}
        return await self.call("work", "/cgi-bin/message/send", body)

    async def shown(self, door: str, person: str) -> list[str]:
        return [bubble["text"] for bubble in await self.get("/sim/transcript", door=door, person=person, format="json")]
