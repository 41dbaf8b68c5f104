"""Several processes on one socket: what dies is replaced, and a stop lets everybody finish."""

import contextlib
import ctypes
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable

import uvloop
from aiohttp import web

from bot.listening import listen
from bot.understanding.patterns import patterns

DRAIN_S = 20

GARBAGE = 50_000


def serve(make_app: Callable[[], web.Application], host: str, port: int, count: int) -> None:
    """Serves until a signal: in this process, or under a supervisor with `count` workers."""
    sock = listen(host, port)
    if count == 1:
        _run(make_app, sock)
    else:
        _supervise(make_app, sock, count)


def _run(make_app: Callable[[], web.Application], sock: socket.socket) -> None:
    app = make_app()
    # Nobody's first line waits for the second or two that this takes.
    for pattern in patterns():
        _ = pattern.regex
    # What was loaded lives as long as the process: looking through it again and again for garbage finds none.
    # A turn makes some hundreds of things and drops them all; looking after every hundred turns is often enough.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    web.run_app(
        app,
        sock=sock,
        loop=uvloop.new_event_loop(),
        shutdown_timeout=DRAIN_S,
        print=lambda *words: None,
        access_log=None,
    )


def _work(make_app: Callable[[], web.Application], sock: socket.socket) -> None:
    # Linux: no orphan serves on.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    # Ctrl-C goes to the supervisor alone: a second signal would cut the drain short.
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _run(make_app, sock)


def _supervise(make_app: Callable[[], web.Application], sock: socket.socket, count: int) -> None:
    alive: dict[int, float] = {}
    stopping: list[bool] = []

    def stop(*_: object) -> None:
        stopping.append(True)
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while alive or not stopping:
        while len(alive) < count and not stopping:
            pid = os.fork()
            if pid == 0:
                try:
                    _work(make_app, sock)
                finally:
                    os._exit(0)
            alive[pid] = time.monotonic()
            if stopping:
                # The signal came between the fork and the line above.
                os.kill(pid, signal.SIGTERM)
        pid, status = os.wait()
        sys.stderr.write(f"worker {pid} ended with {os.waitstatus_to_exitcode(status)}\n")
        # One that dies at birth must not spin.
        time.sleep(1 if time.monotonic() - alive.pop(pid) < 1 and not stopping else 0)
