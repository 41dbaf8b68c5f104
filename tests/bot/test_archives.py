"""Backup and restore, as an installer meets them: from one disk to another, twice, and with archives that are none."""

import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.test_cli import FRESH, demo, liaodan
from tests.conftest import admin, apart

__all__ = ["demo"]

OTHER = f"{FRESH}_other"

ELSEWHERE = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
"""Where things are unpacked: another file system than the attachments', wherever there is one."""


@pytest.fixture
def empty() -> Iterator[str]:
    """A database for what is restored."""
    apart(admin(f"CREATE DATABASE {OTHER}"))
    yield os.environ["TEST_SERVER"].format(OTHER)
    apart(admin(f"DROP DATABASE {OTHER} WITH (FORCE)"))


@pytest.fixture
def archive(demo: str, tmp_path: Path) -> Path:
    """A backup of the demo company with one attachment."""
    files = tmp_path / "files" / "ab"
    files.mkdir(parents=True)
    (files / "photo.jpg").write_bytes(b"jpg")
    made = liaodan(demo, "backup", str(tmp_path / "backup.tar.gz"), LIAODAN_FILES_DIR=str(tmp_path / "files"))
    assert made.returncode == 0, made.stderr
    return tmp_path / "backup.tar.gz"


def restored(database: str, archive: Path, files: Path) -> subprocess.CompletedProcess[str]:
    return liaodan(database, "restore", str(archive), LIAODAN_FILES_DIR=str(files), TMPDIR=ELSEWHERE)


@pytest.mark.slow
def test_a_backup_comes_back_on_another_disk_into_a_folder_that_is_there(
    demo: str, empty: str, archive: Path, tmp_path: Path
) -> None:
    refused = liaodan(demo, "restore", str(archive))
    assert (refused.returncode, refused.stderr) == (2, "目标数据库不是空的，请恢复到一个新的数据库\n")
    back = tmp_path / "back" / "files"
    (back / "ab").mkdir(parents=True)
    done = restored(empty, archive, back)
    assert (done.returncode, done.stdout, done.stderr) == (0, "已恢复\n", "")
    said = liaodan(empty, "say", "--as", "E003", "m8x30还有多少").stdout
    assert said.startswith("M8×30 不锈钢螺栓\n可用 5,500 个")
    assert [str(path.relative_to(back)) for path in back.rglob("*") if path.is_file()] == ["ab/photo.jpg"]
    assert (back / "ab" / "photo.jpg").read_bytes() == b"jpg"
    assert liaodan(empty, "audit").returncode == 0


@pytest.mark.slow
def test_a_restore_that_fails_changes_nothing_and_can_be_tried_again(empty: str, archive: Path, tmp_path: Path) -> None:
    back = tmp_path / "back"
    back.mkdir()
    (back / "strange.txt").write_text("mine")
    refused = restored(empty, archive, back)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"附件文件夹 {back} 不是空的")
    assert [path.name for path in back.rglob("*")] == ["strange.txt"]
    (back / "strange.txt").unlink()

    broken = tmp_path / "broken.tar.gz"
    with tarfile.open(archive) as good, tarfile.open(broken, "w:gz") as bad:
        for entry in good:
            content = good.extractfile(entry)
            if entry.name == "database.sql":
                content = io.BytesIO(content.read() + b"SELECT nonsense;\n")  # type: ignore[union-attr]
                entry.size += len(b"SELECT nonsense;\n")
            bad.addfile(entry, content)
    failed = restored(empty, broken, back)
    assert failed.returncode == 2 and failed.stderr.startswith("恢复失败："), failed.stderr
    assert not [path for path in back.rglob("*") if path.is_file()]

    # As a sudden end leaves it: one attachment is there, another half.
    (back / "ab").mkdir(exist_ok=True)
    (back / "ab" / "photo.jpg").write_bytes(b"jpg")
    (back / "ab" / "photo.jpg.restoring").write_bytes(b"j")
    assert restored(empty, archive, back).returncode == 0
    assert (back / "ab" / "photo.jpg").read_bytes() == b"jpg"


def test_an_archive_that_is_none_is_refused_in_words(empty: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole.tar.gz"
    with tarfile.open(whole, "w:gz") as made:
        entry = tarfile.TarInfo("database.sql")
        entry.size = 200_000
        made.addfile(entry, io.BytesIO(os.urandom(200_000)))
    bytes_ = whole.read_bytes()
    cases = {
        "cut.tar.gz": (bytes_[: len(bytes_) // 2], "不是 liaodan backup 做的备份，或者没有传完整"),
        "rotten.tar.gz": (
            bytes_[:9000] + b"\0" * 5000 + bytes_[14000:],
            "不是 liaodan backup 做的备份，或者没有传完整",
        ),
        "junk.tar.gz": (b"junk" * 1000, "不是 liaodan backup 做的备份，或者没有传完整"),
        "empty.tar.gz": (b"", "不是 liaodan backup 做的备份，或者没有传完整"),
    }
    for name, (content, said) in cases.items():
        (tmp_path / name).write_bytes(content)
        refused = restored(empty, tmp_path / name, tmp_path / "back")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert said in refused.stderr and "Traceback" not in refused.stderr and "Aborted" not in refused.stderr
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as made:
        made.addfile(tarfile.TarInfo("readme.txt"), io.BytesIO(b""))
    assert "里没有 database.sql" in restored(empty, tmp_path / "other.tar.gz", tmp_path / "back").stderr
    gone = restored(empty, tmp_path / "gone.tar.gz", tmp_path / "back")
    assert (gone.returncode, gone.stderr) == (
        2, f"{tmp_path / 'gone.tar.gz'} 读不出来：No such file or directory。什么都没有改动\n"
    )  # fmt: skip
    assert not (tmp_path / "back").exists()


def test_a_backup_that_cannot_be_written_says_so_and_leaves_what_was_there(demo: str, tmp_path: Path) -> None:
    nowhere = liaodan(demo, "backup", str(tmp_path / "nonexist" / "x"))
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert nowhere.stderr.startswith(f"备份写不进 {tmp_path / 'nonexist' / 'x'}：")
    (tmp_path / "folder").mkdir()
    assert liaodan(demo, "backup", str(tmp_path / "folder")).returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
