"""Making links, finding what a token opens, noting who opened it, and taking links back."""

import hashlib
import secrets
import string
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models import sql
from models.clock import now
from models.errors import Refused
from models.pages.tables import PageLink, PageOpening
from models.system.numbers import next_number

LETTERS = string.ascii_letters + string.digits
"""No dash or underscore: a chat that makes a link of an address may leave one at its end out."""

LENGTH = 32
"""Characters of a token: 190 random bits."""


class NoPublicAddress(Refused):
    """Nobody has said under which address the world reaches this server, so there are no links to give."""

    code = "no_public_address"


class PublicAddress:
    """What the world calls this server; set once when the process starts."""

    url: str | None = None

    def of(self, token: str) -> str:
        """The whole address of a token. Raises NoPublicAddress."""
        if self.url is None:
            raise NoPublicAddress()
        return f"{self.url.rstrip('/')}/p/{token}"


PUBLIC = PublicAddress()


@dataclass(frozen=True, slots=True)
class LinkFile:
    """The file behind a link: its name for the one who saves it, and its bytes by their digest."""

    name: str
    content_type: str
    sha256: str


async def make_link(
    kind: str,
    inputs: dict[str, Any],
    *,
    heading: str,
    made_by_id: int,
    lives: timedelta,
    customer_id: int | None = None,
    file: LinkFile | None = None,
) -> tuple[PageLink, str]:
    """A new link and its whole address, which is said this once and kept only as a digest. Raises NoPublicAddress."""
    token = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    url = PUBLIC.of(token)
    moment = now()
    link = await PageLink.create(
        number=await next_number("PG"),
        digest=_digest(token),
        kind=kind,
        inputs=inputs,
        heading=heading[:120],
        customer_id=customer_id,
        made_by_id=made_by_id,
        file_name=file.name if file else "",
        content_type=file.content_type if file else "",
        sha256=file.sha256 if file else "",
        created_at=moment,
        expires_at=moment + lives,
    )
    return link, url


async def find_link(token: str) -> PageLink | None:
    """What a token opens now; None for one that never was, has expired or was taken back."""
    return await PageLink.filter(digest=_digest(token), revoked_at=None, expires_at__gt=now()).first()


async def note_opening(link: PageLink, *, address: str, agent: str, part: str = "") -> None:
    """Keeps that a link was opened, or a part of its page, when and from where."""
    await PageOpening.create(link=link, opened_at=now(), address=address[:64], agent=agent[:200], part=part[:20])


async def revoke(link: PageLink) -> bool:
    """Takes a link back at once; False if it no longer opened anything."""
    alive = PageLink.filter(id=link.id, revoked_at=None, expires_at__gt=now())
    return bool(await alive.update(revoked_at=now()))


OPENINGS = """
SELECT link_id, count(*)::int AS count, max(opened_at) AS last FROM page_opening
WHERE link_id = ANY($1::bigint[]) AND part = '' GROUP BY 1
"""


async def openings(links: list[int]) -> dict[int, dict[str, Any]]:
    """How often and when last each of these links was opened; the photos on a page are not counted again."""
    return {row["link_id"]: row for row in await sql.rows(OPENINGS, links)}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
