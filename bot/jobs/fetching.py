"""Fetching what people sent: from the platform, which keeps it for three days, into FILES_DIR under its digest."""

import asyncio
import codecs
import re
from pathlib import Path

import structlog

from bot.delivery.alarms import raise_alarm
from bot.services import Services
from bot.wechat.errors import NoAnswer, NotSent, Reaction, WeChatError, patience
from models.chat.files import claim_file, keep_file, refuse_file
from models.chat.tables import Attachment, Conversation
from models.clock import days, now
from models.delivery.telling import reply_later
from models.system.files import write_file
from models.transactions import transaction

log = structlog.get_logger()

TRIES = 6

LARGEST = {"image": 10 << 20, "voice": 2 << 20, "video": 20 << 20, "file": 20 << 20}
"""Bytes that are kept of each kind, no more than the platforms take themselves (公众号 新增临时素材)."""

KINDS = {
    "image": {"image/jpeg", "image/png", "image/gif"},
    "voice": {"audio/amr", "audio/mpeg"},
    "video": {"video/mp4"},
    "file": {"application/pdf", "application/zip", "text/plain", "image/jpeg", "image/png", "video/mp4"},
}

# What the bytes say they are; a name or a header is only what the sender says.
BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)


# Photos of an iPhone are laid out as films are, and nothing here opens them.
STILLS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif"}

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


async def fetch_files(services: Services) -> int:
    """Fetches one file that waits; says how many were worked on."""
    file = await claim_file()
    if file is None:
        return 0
    try:
        data = await _fetched(file, services)
    except _Closed:
        await transaction(_refuse, file, "这个门没有打开")
    except (NoAnswer, NotSent) as error:
        await _later(file, f"微信没有回应：{error.why}")
    except WeChatError as error:
        await raise_alarm(error)
        words = f"{error.rule.meaning}（{error.code}）"
        if error.reaction.passing:
            await _later(file, words, error.reaction)
        else:
            await transaction(_refuse, file, words)
    else:
        await _keep(file, data, services.settings.files)
    return 1


class _Closed(Exception):
    """The door through which a file came is not open any more."""


async def _fetched(file: Attachment, services: Services) -> bytes:
    # Of a film, media/get of an Official Account only tells where it lies (公众号 获取临时素材).
    if file.door == "official" and services.official and file.kind == "video":
        return await services.official.film(file.media_id, LARGEST["video"])
    client = {"official": services.official, "work": services.work}.get(file.door)
    if client is None:
        raise _Closed()
    return await client.media(file.media_id)


def content_type(data: bytes) -> str:
    """What the first bytes say that a file is; "" for what is not kept."""
    for beginning, kind in BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data[4:8] == b"ftyp":
        return "" if data[8:12] in STILLS else "video/mp4"
    return "text/plain" if _is_text(data[:4096]) else ""


def _is_text(head: bytes) -> bool:
    """Words in a way that Chinese Excel and editors write them: UTF-8, GBK, or UTF-16 with its mark."""
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return _CONTROL.search(text) is None
    return False


async def _keep(file: Attachment, data: bytes, files: Path) -> None:
    found = content_type(data)
    if len(data) > LARGEST.get(file.kind, 0):
        await transaction(_refuse, file, "文件太大")
    elif found not in KINDS.get(file.kind, ()):
        await transaction(_refuse, file, "这种格式不能保存")
    else:
        sha256 = await asyncio.to_thread(write_file, files, data)
        await keep_file(file, sha256=sha256, size=len(data), content_type=found)


async def _later(file: Attachment, words: str, reaction: Reaction = Reaction.RETRY) -> None:
    if file.tries >= TRIES:
        await transaction(_refuse, file, words)
        return
    again = now() + days(patience(reaction, file.tries) / 86400)
    await Attachment.filter(id=file.id).update(due_at=again, reason=words[:200])


async def _refuse(file: Attachment, reason: str) -> None:
    """Says so to whoever sent it, where they sent it."""
    log.warning("file.refused", number=file.number, reason=reason)
    if not await refuse_file(file, reason):
        return
    here = await Conversation.get_or_none(person_id=file.owner_id, door=file.door)  # type: ignore[attr-defined]
    if here is not None:
        text = f"{file.number} 没能保存：{reason}。请换一个再发一次"
        await reply_later(here.id, door=file.door, text=text)
