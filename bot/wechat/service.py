"""Customer service, which the Official Account and the mini-program offer in the same way (客服消息)."""

from bot.wechat.client import Client
from bot.wechat.messages import Message, text


class ServiceClient(Client):
    """Messages to somebody who wrote first."""

    async def send_text(self, openid: str, content: str) -> None:
        """Send text within 48 h of the person's last message, five at most (message/custom/send)."""
        await self.send(openid, text(content))

    async def send(self, openid: str, message: Message, *, speaker: str = "") -> None:
        """Send a message of any kind under the same conditions; `speaker` is a customer-service account's name."""
        body = {"touser": openid, **message.wire()}
        if speaker:
            body["customservice"] = {"kf_account": speaker}
        await self._post("/cgi-bin/message/custom/send", body)

    async def typing(self, openid: str, *, on: bool = True) -> None:
        """Show or hide that an answer is being written (message/custom/typing)."""
        body = {"touser": openid, "command": "Typing" if on else "CancelTyping"}
        await self._post("/cgi-bin/message/custom/typing", body, idempotent=True)
