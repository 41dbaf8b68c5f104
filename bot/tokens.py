"""Platform tokens in the database: one worker fetches while the others wait for what it brings."""

import asyncio
from collections.abc import Awaitable, Callable

from models import sql
from models.clock import days, now

LEASE_S = 15
POLL_S = 0.05
MARGIN_S = 120

CURRENT = "SELECT token FROM access_token WHERE app = $1 AND token <> '' AND expires_at > $2"

LEASE = """
INSERT INTO access_token (app, token, leased_until) VALUES ($1, '', $3)
ON CONFLICT (app) DO UPDATE SET leased_until = $3
WHERE (access_token.leased_until IS NULL OR access_token.leased_until < $2)
  AND (access_token.token = $4 OR access_token.expires_at IS NULL OR access_token.expires_at <= $2)
RETURNING id
"""

STORE = "UPDATE access_token SET token = $2, expires_at = $3, leased_until = NULL WHERE app = $1"

GIVE_BACK = "UPDATE access_token SET leased_until = NULL WHERE app = $1"


class DatabaseTokens:
    """The token store that all workers share; no transaction is open while a token is fetched."""

    async def get(self, app_key: str) -> str | None:
        """The token as it stands, or None when there is none that will live long enough."""
        found = await sql.row(CURRENT, app_key, now())
        return found["token"] if found else None

    async def refresh(self, app_key: str, bad: str | None, fetch: Callable[[], Awaitable[tuple[str, int]]]) -> str:
        """A token other than `bad`: fetched by whoever holds the lease, waited for by the others."""
        while True:
            current = await self.get(app_key)
            if current is not None and current != bad:
                return current
            moment = now()
            if await sql.row(LEASE, app_key, moment, moment + days(LEASE_S / 86400), bad or ""):
                return await self._fetch(app_key, fetch)
            await asyncio.sleep(POLL_S)

    async def _fetch(self, app_key: str, fetch: Callable[[], Awaitable[tuple[str, int]]]) -> str:
        try:
            token, lives_s = await fetch()
        except BaseException:
            await sql.rows(GIVE_BACK, app_key)
            raise
        await sql.rows(STORE, app_key, token, now() + days(max(lives_s - MARGIN_S, 1) / 86400))
        return token
