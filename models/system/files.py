"""Bytes in FILES_DIR, each under its digest: what is the same is kept once, and nothing there ever changes."""

import hashlib
import os
import secrets
from pathlib import Path


class Store:
    """Where the files of this process lie; set once when it starts."""

    folder: Path = Path(".liaodan/files")


STORE = Store()


def where(folder: Path, sha256: str) -> Path:
    """The place of a file's bytes."""
    return folder / sha256[:2] / sha256


def write_file(folder: Path, data: bytes) -> str:
    """Keeps bytes and says their digest. All of it or nothing: half a file must never stand under the whole's digest."""
    sha256 = hashlib.sha256(data).hexdigest()
    place = where(folder, sha256)
    if place.exists():
        return sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    with half.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    half.rename(place)
    return sha256
