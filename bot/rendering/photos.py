"""Photos that people sent, as a page shows them: as large as a screen, and without what a camera adds to them."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

JPEG = "image/jpeg"

EDGES = {"small": 240, "": 1280}
"""Pixels of the longer edge: beside a line, and by itself."""

MOST = 30_000_000
"""Pixels that are unpacked: beyond these a small file may be made to fill the memory."""


class Unreadable(Exception):
    """Bytes that begin like a picture and are none, or too large a one."""


def shrink(data: bytes, edge: int) -> bytes:
    """A photo as JPEG with edges of at most so many pixels, upright; nothing in it says where and when it was taken. Raises Unreadable."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF")) as photo:
            # A JPEG is unpacked at an eighth, a quarter or a half of its size, if that is enough.
            photo.draft("RGB", (edge, edge))
            if photo.width * photo.height > MOST:
                raise Unreadable()
            upright = ImageOps.exif_transpose(photo).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise Unreadable() from error
    upright.thumbnail((edge, edge))
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=84, progressive=True)
    return out.getvalue()
