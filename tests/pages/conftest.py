"""Pages behind a public address, and links made in chat."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from bot.app import make_app
from bot.config import Settings
from models.pages.linking import PUBLIC
from tests.people import Chat

PUBLIC_URL = "https://chat.example.com"


class Site:
    """A browser at the public address, and the addresses that people are told."""

    def __init__(self, client: TestClient, chat: Chat) -> None:
        self.client, self.chat = client, chat

    async def link(self, person: str, line: str) -> str:
        """The path that a line makes."""
        said = await self.chat(person, line)
        found = re.search(rf"{re.escape(PUBLIC_URL)}(/p/\S+)", said)
        assert found, said
        return found[1]

    async def page(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and text of a page."""
        async with self.client.get(path, headers=headers) as response:
            return response.status, await response.text()

    async def shows(self, person: str, line: str) -> str:
        """The page that a line leads to."""
        status, text = await self.page(await self.link(person, line))
        assert status == 200
        return text


@pytest.fixture
async def site(
    database: str, chat: Chat, tmp_path: Path, aiohttp_client: Callable[..., Awaitable[TestClient]]
) -> AsyncIterator[Site]:
    settings = Settings(_env_file=None, public_url=PUBLIC_URL, files_dir=tmp_path / "files", trusted_proxies=1)
    yield Site(await aiohttp_client(make_app(settings, database=False, jobs=False)), chat)
    PUBLIC.url = None
