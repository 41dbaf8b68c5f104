"""`liaodan import`: a file read, checked and written, and said in lines for the one at the keyboard.

The file is kept, and an entry of the audit log names it, as when somebody sends it in chat.
"""

import asyncio
import secrets
from pathlib import Path

from bot.rendering import templates
from bot.rendering.text import whole_text
from bot.trouble import Trouble
from handlers.dispatch import write_down
from handlers.importing.engine import Imported, ImportRefused, Kind, import_table
from handlers.importing.kinds import KINDS
from handlers.result import plain_facts
from handlers.rights import RIGHTS
from handlers.sheets.reading import UnreadableFile
from handlers.sheets.writing import as_csv, as_xlsx
from models.system.files import STORE, write_file
from models.transactions import transaction


class _DryRun(Exception):
    """Rolls back what was only tried."""


async def import_file(name: str, file: Path, *, dry_run: bool) -> str:
    """Imports a file, or with `dry_run` says what would happen. Raises Trouble, with every fault on a line of its own."""
    kind = _kind(name)
    try:
        data = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise Trouble(f"打不开 {file}：{error.strerror}") from None
    done: list[Imported] = []

    async def work() -> None:
        done[:] = [await import_table(kind, data, by=None)]
        if dry_run:
            raise _DryRun()
        kept = await asyncio.to_thread(write_file, STORE.folder, data)
        inputs = {"what": kind.name, "file": file.name, "sha256": kept}
        facts = done[0].facts(RIGHTS.all_fields)
        await write_down(f"cli:{secrets.token_hex(16)}", door="cli", name="import.file", inputs=inputs, facts=facts)

    try:
        await transaction(work)
    except _DryRun:
        pass
    except (ImportRefused, UnreadableFile) as refused:
        raise Trouble(whole_text(templates.render(f"errors/{refused.code}", plain_facts(refused.facts)))) from None
    facts = done[0].facts(RIGHTS.all_fields)
    return whole_text(templates.render("answers/import.file", facts, preview=dry_run, pending=None))


def write_template(name: str, file: Path) -> str:
    """An empty file of a kind to fill in, with an example. Raises Trouble if there is such a file already."""
    kind = _kind(name)
    if file.exists():
        raise Trouble(f"{file} 已经有了，换一个名字，免得盖掉")
    file.write_bytes(as_csv(kind.template) if file.suffix.lower() == ".csv" else as_xlsx(kind.template))
    return f"{kind.title}的模板写在 {file}，第二行是例子，填的时候删掉"


def _kind(name: str) -> Kind:
    kind = KINDS.get(name)
    if kind is None:
        raise Trouble(
            f"不能导入“{name}”，可以是：{'、'.join(f'{each.name}（{each.title}）' for each in KINDS.values())}"
        )
    return kind
