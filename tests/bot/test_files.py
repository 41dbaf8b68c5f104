"""Files that people send: fetched from the platform, checked by their bytes, kept under their digest."""

import hashlib
from base64 import b64encode
from functools import partial
from pathlib import Path

import pytest

from bot.jobs.fetching import content_type
from models.chat.tables import Attachment
from tests.people import Sim
from tests.waiting import until

pytestmark = pytest.mark.commits


async def fetched() -> Attachment:
    async def look() -> Attachment | None:
        return await Attachment.exclude(state="waiting").order_by("-id").first()

    found = await until(look)
    assert found is not None
    return found


def contents(files: Path) -> dict[str, bytes]:
    """What lies in FILES_DIR, by name."""
    return {each.name: each.read_bytes() for each in files.rglob("*") if each.is_file()}


@pytest.fixture(autouse=True)
def files(sim: Sim, tmp_path: Path) -> Path:
    sim.services.settings.files_dir = tmp_path / "files"
    return tmp_path / "files"


@pytest.mark.parametrize(("door", "person"), [("work", "E003"), ("official", "C002")])
async def test_a_picture_is_fetched_and_kept_once_under_its_digest(
    sim: Sim, files: Path, door: str, person: str
) -> None:
    for count in (1, 2):
        answer = await sim.post("image", door=door, person=person)
        assert "图片收到了，编号 AT" in answer["reply"]
        await until(partial(stored, count))
    first, second = await Attachment.all().select_related("owner").order_by("id")
    assert (first.owner.number, first.content_type, first.sha256) == (person, "image/png", second.sha256)
    kept = contents(files)
    assert {digest: (hashlib.sha256(data).hexdigest(), len(data)) for digest, data in kept.items()} == {
        first.sha256: (first.sha256, first.size)
    }


@pytest.mark.parametrize(
    ("door", "person", "short"), [("work", "E003", False), ("official", "C002", False), ("official", "C002", True)]
)
async def test_a_film_is_fetched_from_where_the_platform_says_it_lies(
    sim: Sim, files: Path, door: str, person: str, short: bool
) -> None:
    await sim.post("video", door=door, person=person, short=short)
    film = await fetched()
    assert (film.state, film.kind, film.content_type) == ("stored", "video", "video/mp4")
    assert list(contents(files).values()) == [b"\0\0\0\x18ftypmp42"]


async def test_a_table_that_chinese_excel_wrote_is_kept(sim: Sim, files: Path) -> None:
    data = "编码,名称\r\nM8X30,M8×30 不锈钢螺栓\r\n".encode("gb18030")
    await sim.post("file", door="work", person="E012", name="产品.csv", base64=b64encode(data).decode())
    table = await fetched()
    assert (table.state, table.content_type) == ("stored", "text/plain")
    assert list(contents(files).values()) == [data]


async def stored(count: int) -> bool:
    return await Attachment.filter(state="stored").count() == count


@pytest.mark.slow
async def test_a_platform_that_is_busy_is_asked_again(sim: Sim) -> None:
    await sim.post("fault", path="/cgi-bin/media/get", times=4, answer={"errcode": -1, "errmsg": "system error"})
    await sim.post("image", door="work", person="E003")
    file = await Attachment.get()

    async def tried() -> bool:
        await file.refresh_from_db()
        return bool(file.reason)

    await until(tried)
    await sim.post("clock", forward=600)
    assert (await fetched()).state == "stored"


async def test_what_cannot_be_had_is_said_to_whoever_sent_it(sim: Sim, files: Path) -> None:
    await sim.post("fault", path="/cgi-bin/media/get", times=1, answer={"errcode": 40007, "errmsg": "invalid media_id"})
    await sim.post("image", door="work", person="E003")
    file = await fetched()
    assert (file.state, file.sha256) == ("refused", "")

    async def told() -> bool:
        return any("没能保存" in str(each["payload"]) for each in await sim.deliveries("E003"))

    await until(told)
    assert contents(files) == {}
    assert "还没有附件" in await sim.text("E003", "SO0312的附件")


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"\xff\xd8\xff\xe0", "image/jpeg"), (b"%PDF-1.7", "application/pdf"), (b"\0\0\0\x18ftypmp42", "video/mp4"),
     ("你好".encode() * 2000, "text/plain"), ("你好".encode("gbk") * 2049, "text/plain"), ("你好".encode("utf-16"), "text/plain"),
     (b"\0\0\0\x18ftypheic", ""), (b"abc\x01", ""), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", ""), (b"MZ\x90\0", ""), (b"\x7fELF\2\1\1\0", ""), (b"\xfe\xff\x00\x01", "")],
)  # fmt: skip
def test_the_bytes_say_what_a_file_is(data: bytes, kind: str) -> None:
    assert content_type(data) == kind
