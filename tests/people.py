"""How tests speak: a line in chat, a JSON call, a phone of the emulator."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient

from bot.config import Settings
from bot.demo.company import COLLEAGUES, openid
from bot.demo.wechat import MINI, OFFICIAL, WORK, emulator_config
from bot.events import EVENTS
from bot.services import Services
from bot.turns import Turn, Turns
from models.chat.tokens import issue_token
from models.party.tables import Person
from tests.serving import Worker

_keys = itertools.count(1)

WORK_IDS = {each.number: each.work for each in COLLEAGUES}


def identity(person: str, door: str) -> str:
    """Who a person of the demo is at a door."""
    if door == "work":
        return WORK_IDS.get(person, person)
    return openid("o" if door == "official" else "m", person)


class Chat:
    """Lines typed at a door, without HTTP; the same turns, transactions and conversations as with it."""

    def __init__(self) -> None:
        self.turns = Turns(EVENTS)

    async def __call__(self, person: str, line: str, *, door: str = "", key: str = "", links: bool = False) -> str:
        where = door or ("work" if person in WORK_IDS else "official")
        turn = Turn(where, identity(person, where), key or f"test-{next(_keys)}", line=line)
        return await self.turns.run(turn, links=links)

    async def again(self, turn: Turn) -> str:
        """A push that is repeated."""
        return await self.turns.run(replace(turn), links=False)


class Api:
    """JSON calls as somebody."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._tokens: dict[str, str] = {}

    async def token(self, person: str) -> str:
        if person not in self._tokens:
            self._tokens[person] = (await issue_token(person_id=(await Person.get(number=person)).id))[0]
        return self._tokens[person]

    async def get(self, person: str, name: str, /, **inputs: Any) -> tuple[int, dict[str, Any]]:
        """A query: status and body."""
        headers = {"Authorization": f"Bearer {await self.token(person)}"}
        async with self.client.get(f"/api/{name.replace('.', '/', 1)}", params=inputs, headers=headers) as response:
            return response.status, await response.json()

    async def post(self, person: str, name: str, /, key: str = "", **inputs: Any) -> tuple[int, dict[str, Any]]:
        """A command: status and body."""
        headers = {
            "Authorization": f"Bearer {await self.token(person)}",
            "Idempotency-Key": key or f"test-{next(_keys)}",
        }
        async with self.client.post(f"/api/{name.replace('.', '/', 1)}", json=inputs, headers=headers) as response:
            return response.status, await response.json()


class Sim:
    """The emulator's phones, and the product behind them."""

    def __init__(self, emulator: TestClient, product: TestClient, services: Services) -> None:
        self.emulator, self.product, self.services = emulator, product, services
        self.api = Api(product)

    async def text(self, person: str, text: str, *, door: str = "work", **more: Any) -> str:
        """Types a line; what the phone shows for it."""
        return str((await self.post("text", door=door, person=person, text=text, **more))["reply"])

    async def post(self, gesture: str, **body: Any) -> dict[str, Any]:
        """Any gesture of the control API."""
        async with self.emulator.post(f"/sim/{gesture}", json=body) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status == 200, answer
            return answer

    async def get(self, path: str, **query: Any) -> Any:
        """Any look of the control API."""
        async with self.emulator.get(f"/sim/{path}", params=query) as response:
            assert response.status == 200
            return await response.json()

    async def deliveries(self, person: str) -> list[dict[str, Any]]:
        """Every message the platforms accepted for a person."""
        return list(await self.get("deliveries", person=person))


def product_settings(database: str, clock: Path, emulator_port: int) -> Settings:
    """Settings pointed at the emulator."""
    base = {"api_base": f"http://127.0.0.1:{emulator_port}"}
    return Settings(
        _env_file=None,
        database_url=database,
        clock_file=clock,
        official={**OFFICIAL, **base},
        work={**WORK, **base},
        miniprogram={**MINI, **base},
    )


def emulator_settings(product: str, clock: Path) -> dict[str, Any]:
    """The demo's emulator with short waits."""
    return {**emulator_config(product, str(clock)), "limits": {"retry_pause_s": 0, "reply_wait_s": 3}}


class Pair:
    """The emulator's phones with two workers behind them."""

    def __init__(self, emulator: TestClient, workers: list[Worker]) -> None:
        self.emulator, self.workers = emulator, workers

    def callback(self, door: str, start: int = 0) -> list[str]:
        """Both workers' addresses of a door, beginning with one of them."""
        addresses = [f"{worker.address}/wechat/{door}" for worker in self.workers]
        return addresses[start:] + addresses[:start]

    async def post(self, gesture: str, *, start: int = 0, **body: Any) -> dict[str, Any]:
        """A gesture whose copies and repeats go to the workers in turn."""
        door = body.get("door", "work")
        async with self.emulator.post(
            f"/sim/{gesture}", json={**body, "callback": self.callback(door, start)}
        ) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status == 200, answer
            return answer

    async def text(self, person: str, text: str, *, door: str = "work", **more: Any) -> str:
        """Types a line; what the phone shows for it."""
        return str((await self.post("text", door=door, person=person, text=text, **more))["reply"])

    async def get(self, path: str, **query: Any) -> Any:
        """Any look of the control API."""
        async with self.emulator.get(f"/sim/{path}", params=query) as response:
            assert response.status == 200
            return await response.json()

    async def control(self, name: str, **body: Any) -> None:
        """A fault, the clock, a reset."""
        async with self.emulator.post(f"/sim/{name}", json=body) as response:
            assert response.status == 200, await response.text()
