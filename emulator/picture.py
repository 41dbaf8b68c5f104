"""Pictures drawn without a picture library: just enough of PNG."""

import hashlib
import struct
import zlib


def code_picture(text: str, width: int) -> bytes:
    """A square that looks like a code and is the same for the same text."""
    cells = 25
    scale = max(1, width // (cells + 2))
    bits = b"".join(hashlib.sha256(f"{text}{n}".encode()).digest() for n in range(3))
    size = scale * (cells + 2)
    rows = []
    for y in range(size):
        row = bytearray()
        for x in range(size):
            row.append(0 if _dark(x // scale - 1, y // scale - 1, cells, bits) else 255)
        rows.append(b"\0" + bytes(row))
    return _png(size, size, 0, b"".join(rows))


def photo(text: str, width: int) -> bytes:
    """A landscape in colours of its own for each text, as if somebody had been there."""
    seed = hashlib.sha256(text.encode()).digest()
    height, sky, ground = width * 3 // 4, tuple(seed[:3]), tuple(seed[3:6])
    ridge = [height // 2 + (seed[6 + x * 16 // width] % 32) * height // 160 for x in range(width)]
    rows = []
    for y in range(height):
        light = 150 + 90 * y // height
        row = bytearray()
        for x in range(width):
            colour, tone = (sky, light) if y < ridge[x] else (ground, 300 - light)
            row += bytes((each // 3 + tone * 2 // 3) & 255 for each in colour)
        rows.append(b"\0" + bytes(row))
    return _png(width, height, 2, b"".join(rows))


def picture_type(data: bytes) -> str:
    return "image/jpeg" if data.startswith(b"\xff\xd8") else "image/png"


def _dark(x: int, y: int, cells: int, bits: bytes) -> bool:
    if not (0 <= x < cells and 0 <= y < cells):
        return False
    for corner_x, corner_y in ((0, 0), (cells - 7, 0), (0, cells - 7)):
        inside_x, inside_y = x - corner_x, y - corner_y
        if 0 <= inside_x < 7 and 0 <= inside_y < 7:
            ring = max(abs(inside_x - 3), abs(inside_y - 3))
            return ring != 2
    index = y * cells + x
    return bool(bits[index // 8 % len(bits)] >> index % 8 & 1)


def _png(width: int, height: int, colours: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
