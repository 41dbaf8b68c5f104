"""A ten-line bot made with wechatpy understands the emulator, and the emulator understands it."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise import parse_message as parse_work_message
from wechatpy.enterprise.crypto import WeChatCrypto as WorkCrypto
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

from emulator.app import make_app
from emulator.config import Config
from tests.emulator.simkit import AES_KEY, OFFICIAL_ID, TOKEN, WORK_ID, settings


async def official(request: web.Request) -> web.Response:
    query, crypto = request.query, WeChatCrypto(TOKEN, AES_KEY, OFFICIAL_ID)
    check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    if request.method == "GET":
        return web.Response(text=query["echostr"])
    inner = crypto.decrypt_message(await request.text(), query["msg_signature"], query["timestamp"], query["nonce"])
    message = parse_message(inner)
    reply = TextReply(message=message, content=f"回声：{message.content}", time=1)
    return web.Response(text=crypto.encrypt_message(reply.render(), query["nonce"], query["timestamp"]))


async def work(request: web.Request) -> web.Response:
    query, crypto = request.query, WorkCrypto(TOKEN, AES_KEY, WORK_ID)
    seal = (query["msg_signature"], query["timestamp"], query["nonce"])
    if request.method == "GET":
        return web.Response(text=crypto.check_signature(*seal, query["echostr"]))
    message = parse_work_message(crypto.decrypt_message(await request.text(), *seal))
    reply = TextReply(message=message, content=f"回声：{message.content}", time=1)
    return web.Response(text=crypto.encrypt_message(reply.render(), query["nonce"], query["timestamp"]))


async def test_it_echoes_in_both_chats(
    aiohttp_client: Callable[..., Awaitable[Any]], aiohttp_server: Callable[..., Awaitable[Any]]
) -> None:
    bot = web.Application()
    bot.router.add_route("*", "/wechat/official", official)
    bot.router.add_route("*", "/wechat/work", work)
    server = await aiohttp_server(bot)
    client = await aiohttp_client(make_app(Config.parse(settings(str(server.make_url("")).rstrip("/")))))
    for door in ("official", "work"):
        checked = await (await client.post("/sim/echo", json={"door": door})).json()
        assert checked == {"ok": True, "state": "HTTP 200"}
        for line in ("32S藏青 还有多少？", "x" * 500, "&<b>"):
            body = {"door": door, "person": "P1", "text": line}
            assert (await (await client.post("/sim/text", json=body)).json())["reply"] == f"回声：{line}"
