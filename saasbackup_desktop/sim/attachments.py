"""Bytes of attachments that open: pictures (PNG), documents (PDF), archives (ZIP), tables (CSV)."""

import math
import struct
import zlib
from collections.abc import Iterable
from functools import cache

from saasbackup_desktop.sim.dice import Dice

_STORED_MOST = 65_535


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(data: bytes) -> bytes:
    """Wrap bytes as a zlib stream without compressing: compressors differ, this does not."""
    blocks = [data[start : start + _STORED_MOST] for start in range(0, len(data), _STORED_MOST)]
    body = b"".join(
        struct.pack("<BHH", at == len(blocks) - 1, len(block), len(block) ^ 0xFFFF) + block
        for at, block in enumerate(blocks)
    )
    return b"\x78\x01" + body + struct.pack(">I", zlib.adler32(data))


def png(width: int, rows: Iterable[bytes]) -> bytes:
    """Write a picture from its rows of RGB bytes."""
    data = [b"\x00" + row for row in rows]
    header = struct.pack(">IIBBBBB", width, len(data), 8, 2, 0, 0, 0)
    body = _chunk(b"IDAT", _stored(b"".join(data)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + body + _chunk(b"IEND", b"")


_SKIES = (((70, 110, 190), (200, 215, 230)), ((40, 50, 90), (230, 150, 90)), ((120, 130, 140), (190, 195, 200)))
_GROUNDS = ((60, 90, 50), (110, 95, 70), (40, 70, 100))
_GRAIN = 24


@cache
def _shade(level: int) -> bytes:
    """Translate noise to a level with a little grain."""
    return bytes(level + noise * _GRAIN // 256 for noise in range(256))


def photograph(dice: Dice, size: int) -> bytes:
    """Make a picture of about ``size`` bytes: a sky, a horizon, and the grain of a poor camera."""
    width = max(8, math.isqrt(size * 4 // 9))
    height = max(1, size // (width * 3 + 1))
    (top, low), ground, horizon = dice.pick(_SKIES), dice.pick(_GROUNDS), max(1, height * dice.between(45, 80) // 100)
    noise = dice.bytes(width * height * 3)

    def row(number: int) -> bytes:
        grain, line = noise[number * width * 3 : (number + 1) * width * 3], bytearray(width * 3)
        for channel in range(3):
            sky = top[channel] + (low[channel] - top[channel]) * number // horizon
            level = sky if number < horizon else ground[channel]
            line[channel::3] = grain[channel * width : (channel + 1) * width].translate(_shade(level))
        return bytes(line)

    return png(width, map(row, range(height)))


@cache
def emblem(number: int, side: int = 24) -> bytes:
    """Make one of the small pictures of signatures and newsletters."""
    red, green, blue = number * 53 % 200, number * 97 % 200, number * 31 % 200
    rows = (
        b"".join(
            bytes((min(255, red + x * 2), min(255, green + y * 2), blue if (x // 4 + y // 4) % 2 else 255 - blue))
            for x in range(side)
        )
        for y in range(side)
    )
    return png(side, rows)


def pdf(lines: Iterable[str], filling: bytes = b"") -> bytes:
    """Write a document of one page with lines of Latin text; ``filling`` makes it as large as wished."""
    shown = b"".join(
        b"(" + line.replace("\\", "").replace("(", "").replace(")", "").encode("latin-1", "replace") + b") Tj T*\n"
        for line in lines
    )
    content = b"BT /F1 12 Tf 16 TL 60 780 Td\n" + shown + b"ET\n"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%bendstream" % (len(content), content),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(filling), filling),
    )
    parts, places, size = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"], [], 15
    for number, body in enumerate(objects, 1):
        places.append(size)
        part = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        parts.append(part)
        size += len(part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    parts.append(
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, size)
    )
    return b"".join(parts)


def archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Write a ZIP archive, its members stored as they are, all of the first of January 1980."""
    parts: list[bytes] = []
    directory: list[bytes] = []
    place = 0
    for name, data in members:
        raw, crc = name.encode(), zlib.crc32(data)
        facts = struct.pack("<HHHHHIIIHH", 20, 0x800, 0, 0, 33, crc, len(data), len(data), len(raw), 0)
        part = b"PK\x03\x04" + facts + raw + data
        directory.append(b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, place) + raw)
        parts.append(part)
        place += len(part)
    listing = b"".join(directory)
    end = struct.pack("<HHHHIIH", 0, 0, len(directory), len(directory), len(listing), place, 0)
    return b"".join([*parts, listing, b"PK\x05\x06", end])


def table(dice: Dice, size: int) -> bytes:
    """Write comma-separated readings of about ``size`` bytes."""
    rows = [b"station,day,millimetres,hectopascal\r\n"]
    for row in range(size // 24):
        rows.append(
            b"%d,%d,%d.%d,%d\r\n" % (dice.below(60), row, dice.below(40), dice.below(10), dice.between(960, 1050))
        )
    return b"".join(rows)
