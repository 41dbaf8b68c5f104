"""The address the server listens on: free and ours, or a word on the setting that moves it."""

import errno
import socket

from bot.trouble import Trouble

BACKLOG = 1024


def listen(host: str, port: int, *, setting: str = "LIAODAN_PORT") -> socket.socket:
    """A socket that takes connections. Raises Trouble that names the setting."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        # What resolving a name comes back with has a number below nothing.
        number = error.errno or 0 if isinstance(error, OSError) else -1
        if number < 0 or number == errno.EADDRNOTAVAIL:
            raise Trouble(f"LIAODAN_HOST：“{host}”不是这台机器的地址，例如 127.0.0.1 或 0.0.0.0") from None
        if number == errno.EADDRINUSE:
            raise Trouble(f"端口 {port} 已经有程序在用：结束它，或者用 {setting} 换一个端口") from None
        raise Trouble(f"{setting}：不能用 {host} 的端口 {port}：{error}") from None


def refuse_taken(host: str, port: int, setting: str) -> None:
    """Raises Trouble where somebody listens already."""
    listen(host, port, setting=setting).close()
