"""Importing a file that was sent in chat: a preview first, and with 确认 all of it or nothing."""

import asyncio

from handlers.actor import Actor
from handlers.importing.engine import Imported, Kind, import_table
from handlers.importing.kinds import KINDS
from handlers.inputs import reads
from handlers.references import WordReader
from handlers.registry import command
from handlers.sheets.reading import UnreadableFile
from models.chat.tables import Attachment, AttachmentState
from models.system.files import STORE, where


@reads(Kind)
class KindReader(WordReader[Kind]):
    words = {
        **KINDS,
        **{kind.title: kind for kind in KINDS.values()},
        "产品资料": KINDS["products"], "客户资料": KINDS["customers"], "客户名单": KINDS["customers"],
        "价格表": KINDS["prices"], "价格": KINDS["prices"], "客户价": KINDS["prices"], "客户价格": KINDS["prices"], "库存": KINDS["stock"],
        "应收": KINDS["invoices"], "应收账款": KINDS["invoices"], "欠款": KINDS["invoices"],
    }  # fmt: skip
    slot = "|".join(sorted(words, key=len, reverse=True))

    async def offers(self, me: Actor) -> list[str]:
        return [kind.title for kind in KINDS.values()]

    def save(self, value: Kind) -> str:
        return value.name


@command(
    "import.file",
    says=["导入{what}", "导入{what}{file}", "导入{file}{what}", "把{file}导入{what}", "导入"],
    confirm=True,
)
async def import_file(me: Actor, *, what: Kind, file: Attachment) -> Imported:
    """导入刚发的 Excel 文件：产品、客户、价目表、供应商、期初库存、期初应收"""
    await file.refresh_from_db()
    if file.state != AttachmentState.stored.value:
        raise UnreadableFile(why="still_fetching" if file.state == AttachmentState.waiting.value else "not_kept")
    place = where(STORE.folder, file.sha256)
    data = await asyncio.to_thread(place.read_bytes)
    return await import_table(what, data, by=me.person_id)
