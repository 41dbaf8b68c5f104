"""The door of links: one page or file for whoever holds its token, and the same kind page for everybody else."""

import asyncio
import re
from urllib.parse import quote

from aiohttp import web

from bot.rendering.pages import POLICY, render_gone, render_page
from bot.rendering.photos import EDGES, JPEG, Unreadable, shrink
from bot.rendering.pictures import KINDS as PICTURES
from bot.rendering.pictures import PNG, render_picture
from bot.services import SERVICES
from handlers.pages import open_page, open_photo, open_table
from handlers.sheets.writing import XLSX, as_xlsx
from models.errors import Refused
from models.pages.linking import PUBLIC, find_link, note_opening
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
    """GET /p/<token>; with ?as=xlsx or ?as=png, what the page shows as a file or as a picture, with ?photo=AT0012 a photo on it."""
    token = request.match_info["token"]
    link = await find_link(token)
    if link is None:
        return _gone()
    proxies = request.app[SERVICES].settings.trusted_proxies
    agent = request.headers.get("User-Agent", "")
    shape, photo = request.query.get("as"), request.query.get("photo")
    await note_opening(link, address=client_address(request, proxies), agent=agent, part=_part(photo))
    if link.sha256:
        return await _file(request, link)
    try:
        if photo is not None:
            return await _photo(request, await open_photo(link, photo))
        if shape == "xlsx" and (table := await open_table(link)) is not None:
            return _download(f"{table.title}.xlsx".replace("/", " 至 "), XLSX, await asyncio.to_thread(as_xlsx, table))
        facts = await open_page(link)
    except Refused:
        # What it showed is no longer there, or no longer for whoever made it.
        return _gone()
    company, address = await letterhead(), PUBLIC.of(token) if PUBLIC.url else None
    if shape == "png" and link.kind in PICTURES:
        drawn = await asyncio.to_thread(render_picture, link.kind, facts, company, link.expires_at, address)
        # Shown, not downloaded: WeChat's browser keeps a picture by a long press, and lets nothing be downloaded.
        return _bytes(f"{facts['heading']}.png", PNG, drawn, "inline")
    page = render_page(link.kind, facts, company, link.expires_at, address)
    return web.Response(text=page, content_type="text/html", headers=HEADERS)


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


def _part(photo: str | None) -> str:
    """The number of a photo that is asked for, as the log keeps it; anything else asks for the whole."""
    return photo if photo is not None and re.fullmatch(r"AT\d{4,12}", photo) else ""


async def _photo(request: web.Request, sha256: str) -> web.Response:
    place = where(request.app[SERVICES].settings.files, sha256)
    edge = EDGES.get(request.query.get("size", ""), EDGES[""])
    try:
        shown = await asyncio.to_thread(lambda: shrink(place.read_bytes(), edge))
    except (FileNotFoundError, Unreadable):
        return _gone()
    return web.Response(body=shown, content_type=JPEG, headers=HEADERS)


def _download(name: str, content_type: str, data: bytes) -> web.Response:
    return _bytes(name, content_type, data, "attachment")


def _bytes(name: str, content_type: str, data: bytes, how: str) -> web.Response:
    disposition = f"{how}; filename*=UTF-8''{quote(name)}"
    return web.Response(
        body=data, headers={**HEADERS, "Content-Disposition": disposition, "Content-Type": content_type}
    )


def _gone() -> web.Response:
    return web.Response(text=render_gone(), status=404, content_type="text/html", headers=HEADERS)


ROUTES = [web.get("/p/{token}", open_link, allow_head=False)]
