"""The door of links: one page or file for whoever holds its token, and the same kind page for everybody else."""

import asyncio
from urllib.parse import quote

from aiohttp import web

from bot.rendering.pages import POLICY, render_gone, render_page
from bot.services import SERVICES
from handlers.pages import open_page, open_table
from handlers.sheets.writing import XLSX, as_xlsx
from models.errors import Refused
from models.pages.linking import find_link, note_opening
from models.pages.tables import PageLink
from models.system.company import letterhead
from models.system.files import where

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": POLICY,
}


async def open_link(request: web.Request) -> web.Response:
    """GET /p/<token>; with ?as=xlsx, what the page shows as a file, where there is one."""
    link = await find_link(request.match_info["token"])
    if link is None:
        return _gone()
    proxies = request.app[SERVICES].settings.trusted_proxies
    agent = request.headers.get("User-Agent", "")
    await note_opening(link, address=client_address(request, proxies), agent=agent)
    if link.sha256:
        return await _file(request, link)
    try:
        if request.query.get("as") == "xlsx" and (table := await open_table(link)) is not None:
            return _download(f"{table.title}.xlsx".replace("/", " 至 "), XLSX, await asyncio.to_thread(as_xlsx, table))
        facts = await open_page(link)
    except Refused:
        # What it showed is no longer there, or no longer for whoever made it.
        return _gone()
    drawn = render_page(link.kind, facts, await letterhead(), link.expires_at)
    return web.Response(text=drawn, content_type="text/html", headers=HEADERS)


def client_address(request: web.Request, proxies: int) -> str:
    """Who asks: what the outermost of our own proxies saw. Anything further left in the header is hearsay."""
    seen = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return request.remote or ""


async def _file(request: web.Request, link: PageLink) -> web.Response:
    place = where(request.app[SERVICES].settings.files, link.sha256)
    try:
        data = await asyncio.to_thread(place.read_bytes)
    except FileNotFoundError:
        return _gone()
    return _download(link.file_name, link.content_type, data)


def _download(name: str, content_type: str, data: bytes) -> web.Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return web.Response(
        body=data, headers={**HEADERS, "Content-Disposition": disposition, "Content-Type": content_type}
    )


def _gone() -> web.Response:
    return web.Response(text=render_gone(), status=404, content_type="text/html", headers=HEADERS)


ROUTES = [web.get("/p/{token}", open_link, allow_head=False)]
