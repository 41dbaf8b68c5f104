"""How the platforms say no: an error code, a text, and a trace."""

import secrets


class Refusal(Exception):
    """A call is refused; the answer is JSON with this code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


def answer_of(refusal: Refusal, door: str | None, at: int) -> dict[str, object]:
    """The body in the words of the platform that was asked."""
    trace = secrets.token_hex(4)
    if door == "work":
        hint = f"hint: [{at}{trace}], from ip: 127.0.0.1"
        more = f"more info at https://open.work.weixin.qq.com/devtool/query?e={refusal.code}"
        return {"errcode": refusal.code, "errmsg": f"{refusal.message}, {hint}, {more}"}
    rid = f"{at:x}-{trace}-{secrets.token_hex(4)}"
    return {"errcode": refusal.code, "errmsg": f"{refusal.message} rid: {rid}"}


OK: dict[str, object] = {"errcode": 0, "errmsg": "ok"}
