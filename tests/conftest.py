"""A real PostgreSQL for every test: pinned in a transaction, or, marked `commits`, a database of its own.

The template database holds the demo company, built by the product's own commands, so tests speak of SO0312 and E003.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, settings
from tortoise.backends.base.config_generator import expand_db_url

from bench import statements
from bot.app import make_app
from bot.config import Settings
from bot.jobs import ticking
from bot.jobs.recurring import CLAIM, RECURRING
from bot.services import SERVICES
from emulator.app import make_app as make_emulator
from emulator.config import Config
from models import embedded
from models.clock import CLOCK_FILE, now, today
from models.database import open_database
from tests.people import Api, Chat, Sim, emulator_settings, product_settings

# What waits for a tick in a test waits as short as what ticks often.
ticking.SLOWLY_S = ticking.EVERY_S

# How long an example takes says how busy the machine is, and nothing of what it shows.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

T = TypeVar("T")

# The tests start dozens of processes of the product: each would compile all of it anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).resolve().parents[1]

SOURCES = (
    "models/**/*.py",
    "models/**/*.csv",
    "handlers/**/*.py",
    "handlers/*.csv",
    "bot/demo/*.py",
    "bot/delivery/ties.py",
)

ENOUGH_MEMORY = 2**31


def apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs something in a loop of its own, also while a test's loop runs."""
    return ThreadPoolExecutor(1).submit(asyncio.run, coroutine).result()


async def admin(statement: str) -> None:
    """Says something to the server itself."""
    connection = await asyncpg.connect(os.environ["TEST_SERVER"].format("postgres"))
    await connection.execute(statement)
    await connection.close()


def pytest_configure(config: pytest.Config) -> None:
    if "TEST_SERVER" in os.environ:
        return
    # The only process, or xdist's controller: its workers inherit what stands in the environment.
    room = Path("/dev/shm").is_dir() and shutil.disk_usage("/dev/shm").free > ENOUGH_MEMORY
    stack = contextlib.ExitStack()
    config.add_cleanup(stack.close)
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liaodan-", dir="/dev/shm" if room else None)))
    home.chmod(0o711)
    os.environ["TEST_SERVER"] = stack.enter_context(
        embedded.server(home / "pg", **embedded.FRAGILE, **statements.SETTINGS)
    )
    build(ROOT / ".cache")


def build(cache: Path) -> None:
    """The template database: loaded from what an earlier run built today, as long as no source of it has changed."""
    files = sorted(file for pattern in SOURCES for file in ROOT.glob(pattern))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files) + today().isoformat().encode())
    kept = cache / f"{digest.hexdigest()[:16]}.sql"
    url, tools = os.environ["TEST_SERVER"].format("template_test"), embedded.programs()
    apart(admin("CREATE DATABASE template_test"))
    if kept.exists():
        subprocess.run([tools / "psql", "-qXd", url, "-f", kept], check=True, stdout=subprocess.DEVNULL)
    else:
        variables = {**os.environ, "LIAODAN_DATABASE_URL": url}
        subprocess.run([sys.executable, "-m", "bot.cli", "seed", "demo"], check=True, env=variables, cwd=ROOT)
        cache.mkdir(exist_ok=True)
        for old in cache.glob("*.sql"):
            old.unlink()
        subprocess.run([tools / "pg_dump", "-d", url, "-f", kept], check=True)
    apart(past_the_morning(url))


READ = "INSERT INTO book_reading (door, due_at, leased_until, read_at) VALUES ('work', $1, $2, $1)"


async def past_the_morning(url: str) -> None:
    """What comes round each day has come already, so that no test at eight o'clock is told what none at noon is."""
    connection = await asyncpg.connect(url)
    for moment in (now(), now() + timedelta(hours=1)):
        for job in RECURRING:
            await connection.execute(CLAIM, job.name, job.slot(moment).isoformat(), moment)
    # The whole address book is for the tests that ask for it, however long all of them take.
    await connection.execute(READ, now() + timedelta(days=9), now())
    await connection.close()


@pytest.fixture(scope="session")
def shared_database() -> str:
    apart(admin(f"CREATE DATABASE shared_{os.getpid()} TEMPLATE template_test STRATEGY file_copy"))
    return os.environ["TEST_SERVER"].format(f"shared_{os.getpid()}")


@pytest.fixture
async def database(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The demo company in a database that forgets everything afterwards; the URL is of use only to `commits`."""
    committing = request.node.get_closest_marker("commits") is not None
    own = f"own_{os.getpid()}"
    if committing:
        await admin(f"CREATE DATABASE {own} TEMPLATE template_test STRATEGY file_copy")
        url = os.environ["TEST_SERVER"].format(own)
        context = await open_database(url)
    else:
        url = request.getfixturevalue("shared_database")
        context = await open_database({**expand_db_url(url), "engine": "tests.pinned"})
    yield url
    await context.connections.close_all()
    if committing:
        await admin(f"DROP DATABASE {own} WITH (FORCE)")


@pytest.fixture
def clock(tmp_path: Path) -> AsyncIterator[Path]:
    """The file by which the product's clock runs ahead."""
    CLOCK_FILE.path = tmp_path / "clock"
    yield CLOCK_FILE.path  # type: ignore[misc]
    CLOCK_FILE.path = None


@pytest.fixture
def chat(database: str) -> Chat:
    """`await chat("E003", "m8x30还有多少")`: a typed line, and what the phone shows."""
    return Chat()


@pytest.fixture
async def api(database: str, aiohttp_client: Callable[..., Awaitable[TestClient]]) -> Api:
    """The JSON door, without WeChat behind it."""
    app = make_app(Settings(_env_file=None), database=False, jobs=False)
    return Api(await aiohttp_client(app))


@pytest.fixture
def simulate(
    database: str, clock: Path, aiohttp_client: Callable[..., Awaitable[TestClient]], unused_tcp_port_factory: Any
) -> Callable[..., Awaitable[Sim]]:
    """`await simulate(change)`: as `sim`, of a WeChat whose settings were changed first. Needs `commits`."""

    async def start(change: Callable[[dict[str, Any]], object] = lambda config: None) -> Sim:
        product_port, emulator_port = unused_tcp_port_factory(), unused_tcp_port_factory()
        settings = product_settings(database, clock, emulator_port)
        product = await aiohttp_client(make_app(settings), server_kwargs={"port": product_port})
        config = emulator_settings(f"http://127.0.0.1:{product_port}", clock)
        change(config)
        emulator = await aiohttp_client(make_emulator(Config.parse(config)), server_kwargs={"port": emulator_port})
        return Sim(emulator, product, product.app[SERVICES])

    return start


@pytest.fixture
async def sim(simulate: Callable[..., Awaitable[Sim]]) -> Sim:
    """The emulator and the product over HTTP: real envelopes, real tokens, real jobs. Needs `commits`."""
    return await simulate()
