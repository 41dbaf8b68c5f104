"""Backup archives: the database as SQL beside the attachments, in one file; and bringing both back, or neither."""

import contextlib
import filecmp
import gzip
import io
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from bot.config import Settings
from bot.trouble import Trouble
from models.embedded import programs

SQL, FILES = "database.sql", "files"

MANY = 1 << 20

HALF = ".restoring"
"""How the name of an attachment ends that is still being copied."""

TABLES = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"


def backup(url: str, settings: Settings, file: Path) -> None:
    """Writes the archive; one that could not be finished leaves what was there. Raises Trouble."""
    dump = _said([str(programs() / "pg_dump"), "--no-owner", "--no-privileges", "-d", url], "备份失败")
    half = Path(f"{file}.part")
    try:
        with tarfile.open(half, "w:gz") as archive:
            entry = tarfile.TarInfo(SQL)
            entry.size = len(dump)
            archive.addfile(entry, io.BytesIO(dump))
            if settings.files.is_dir():
                archive.add(settings.files, FILES)
        half.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise Trouble(f"备份写不进 {file}：{_why(error)}。请换一个存在、可写、空间够的位置") from None


def restore(url: str, settings: Settings, file: Path) -> None:
    """Puts an archive into an empty database and its attachments into their folder. Raises Trouble, and then did neither.

    Everything is read before anything is written, and the database, which is all or nothing by itself, comes last.
    """
    psql = [str(programs() / "psql"), "-qXd", url, "-v", "ON_ERROR_STOP=1"]
    if _said([*psql, "-Atc", TABLES], "连不上数据库").strip() != b"0":
        raise Trouble("目标数据库不是空的，请恢复到一个新的数据库")
    with tempfile.TemporaryDirectory() as folder:
        _unpack(file, Path(folder))
        with _placed(Path(folder) / FILES, settings.files):
            _said([*psql, "-1", "-f", f"{folder}/{SQL}"], "恢复失败")


def _said(command: list[str], trouble: str) -> bytes:
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        raise Trouble(f"{trouble}：{done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _unpack(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
            # The checksum stands at the very end, where tarfile has no business.
            while archive.fileobj is not None and archive.fileobj.read(MANY):
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile):
        raise Trouble(f"{file} 读不出来：不是 liaodan backup 做的备份，或者没有传完整。什么都没有改动") from None
    except OSError as error:
        raise Trouble(f"{file} 读不出来：{_why(error)}。什么都没有改动") from None
    if not (folder / SQL).is_file():
        raise Trouble(f"{file} 里没有 {SQL}，不是 liaodan backup 做的备份。什么都没有改动")


@contextlib.contextmanager
def _placed(source: Path, target: Path) -> Iterator[None]:
    """The attachments in their folder, on whatever disk that is; taken out again if the block fails."""
    placed: list[Path] = []
    try:
        names = _wanted(source, target)
        for name in names:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            placed.append(target / name)
            # A name that is there in full is a file that is there in full, however sudden the end.
            half = target / f"{name}{HALF}"
            shutil.copyfile(source / name, half)
            half.replace(target / name)
        yield
    except BaseException as error:
        for path in placed:
            path.with_name(path.name + HALF).unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Trouble(f"附件放不进 {target}：{_why(error)}。数据库没有改动，改好以后可以再来一次") from None
        raise


def _wanted(source: Path, target: Path) -> list[Path]:
    """What is to be copied; what an attempt before left there in full is not. Raises Trouble for files of others."""
    ours = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    there = {path.relative_to(target) for path in target.rglob("*") if path.is_file() and path.suffix != HALF}
    if any(name not in ours or not filecmp.cmp(source / name, target / name, shallow=False) for name in there):
        raise Trouble(f"附件文件夹 {target} 不是空的，请清空它，或者把 LIAODAN_FILES_DIR 指到一个空的文件夹")
    return sorted(ours - there)


def _why(error: OSError) -> str:
    return f"{error.strerror or type(error).__name__}"
