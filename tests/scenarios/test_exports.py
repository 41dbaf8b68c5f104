"""An export asked for in WeCom comes as a file, once, and as words where the platform takes none."""

import io
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from models import sql
from models.clock import today
from models.delivery.tables import Attempt, Notice
from models.system.files import STORE, where
from tests.people import Sim
from tests.waiting import until

pytestmark = pytest.mark.commits


@pytest.fixture(autouse=True)
def files(sim: Sim, tmp_path: Path) -> None:
    """Files of this test, and no others."""
    STORE.folder = tmp_path / "files"


async def settled() -> Notice:
    """The notice that carries the file, once it is settled."""
    return await until(lambda: Notice.filter(kind="export.file", settled_at__isnull=False).first())


async def test_an_export_arrives_as_a_file_that_the_phone_opens(sim: Sim) -> None:
    name = f"库存 {today():%Y-%m-%d}.xlsx"
    said = await sim.text("E009", "导出库存")
    assert said.startswith(name) and said.endswith("文件马上单独发给您")
    notice = await settled()
    assert notice.state == "accepted"
    assert await files_shown(sim) == [name]
    rows = CalamineWorkbook.from_filelike(
        io.BytesIO(where(STORE.folder, notice.facts["file"]["sha256"]).read_bytes())
    ).get_sheet_by_index(0)
    assert rows.to_python()[0][:2] == ["仓库", "产品编号"]


async def test_a_file_that_the_platform_refuses_is_said_in_words(sim: Sim) -> None:
    await sim.post("fault", path="/cgi-bin/media/upload", times=3, answer={"errcode": 40006, "errmsg": "too large"})
    await sim.text("E009", "导出库存")
    notice = await settled()
    assert [each.way for each in await Attempt.filter(notice_id=notice.id).order_by("id")] == ["work_file", "work_text"]
    shown = await sim.get("transcript", door="work", person="E009", format="json")
    assert "文件没有发成，请再导出一次" in str(shown) and await files_shown(sim) == []


async def test_a_long_export_sends_its_file_when_it_is_done(sim: Sim) -> None:
    await sql.rows(
        "INSERT INTO customer (number, name, address, terms_days, month_end, keys, active) "
        "SELECT 'CU9' || n, '客户' || n, '', 30, false, '', true FROM generate_series(1, 2100) n RETURNING id"
    )
    assert "正在后台导出" in await sim.text("E009", "导出客户")
    done = await until(lambda: Notice.filter(kind="job.done", settled_at__isnull=False).first())
    assert [each.way for each in await Attempt.filter(notice_id=done.id)] == ["work_file"]
    assert await files_shown(sim) == [f"客户 {today():%Y-%m-%d}.xlsx"]


async def files_shown(sim: Sim) -> list[str]:
    """The names of the files on the accountant's phone."""
    seen: Any = await sim.get("transcript", door="work", person="E009", format="json")
    return [each["body"]["name"] for each in seen if each["kind"] == "file"]
