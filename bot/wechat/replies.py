"""Passive replies: the answer that travels back in the HTTP response to a push."""

from wechatpy.replies import TextReply

from bot.wechat.inbound import Inbound

# Both WeCom (doc 90241) and the Official Account show at most 2048 bytes of one text.
MAX_TEXT_BYTES = 2048


def text_reply(inbound: Inbound, content: str, now: float) -> str:
    """Render a text reply to whoever sent `inbound`; the two names change places."""
    # wechatpy takes its default time from when it was imported, and puts values into CDATA as they are.
    reply = TextReply(
        source=_inside_cdata(inbound.account),
        target=_inside_cdata(inbound.sender),
        content=_inside_cdata(cut_bytes(content)),
        time=int(now),
    )
    return str(reply.render())


def cut_bytes(text: str, limit: int = MAX_TEXT_BYTES) -> str:
    """Shorten text to so many UTF-8 bytes without splitting a character."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit:
        return raw.decode()
    return raw[: limit - len("…".encode())].decode("utf-8", "ignore") + "…"


def _inside_cdata(text: str) -> str:
    # Control characters are not allowed in XML even inside CDATA; the phone would get no reply at all.
    allowed = "".join(char for char in text if char >= " " or char in "\n\r\t")
    return allowed.replace("]]>", "]]]]><![CDATA[>")
