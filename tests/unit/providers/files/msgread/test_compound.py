"""Compound files, sound and damaged."""

import io
import re
import struct

import pytest

from saasbackup_desktop.providers.files.msgread.compound import Compound, Storage
from saasbackup_desktop.providers.files.pstcheck import Unreadable
from tests.unit.providers.files.msgread.building import File

SMALL, LARGE, HUGE = b"small" * 9, bytes(range(251)) * 60, bytes(range(251)) * 29_000
"""The last makes tables of sectors need a list beyond the header's."""


def opened(data: bytes) -> Compound:
    return Compound(io.BytesIO(data), len(data))


def made(*contents: bytes) -> bytes:
    file = File()
    for number, content in enumerate(contents):
        file.stream(file.storage(file.root, f"Part{number}"), "Content", content)
    return file.written()


def contents(compound: Compound) -> list[bytes | str]:
    found: list[bytes | str] = []
    for _, storage in sorted(compound.root.storages.items()):
        try:
            found.append(compound.read(storage.streams["CONTENT"]))
        except Unreadable as unreadable:
            found.append(unreadable.code)
    return found


def test_what_is_written_is_read() -> None:
    wanted = [b"", SMALL, LARGE, HUGE, SMALL[:64], bytes(4096), bytes(4095)]
    compound = opened(made(*wanted))
    assert contents(compound) == wanted
    assert compound.root.names["PART1"] == "Part1"
    many = [b"%d" % number * 20 for number in range(500)]
    assert sorted(map(str, contents(opened(made(*many))))) == sorted(map(str, many))


def test_what_is_damaged_costs_nothing_but_itself() -> None:
    data = made(LARGE, LARGE, SMALL)
    table = bytearray(data)
    table[-512 + 4 : -512 + 8] = b"\xff\xff\xff\xff"  # after the second sector of the first stream
    assert sorted(map(str, contents(opened(bytes(table))))) == sorted(map(str, ("compound-chain", LARGE, SMALL)))
    place = data.index("Content".encode("utf-16-le"))
    size = bytearray(data)
    size[place + 120 : place + 124] = b"\xff\xff\xff\x7f"  # longer than the file
    assert sorted(map(str, contents(opened(bytes(size)))))[-1] == "compound-overlap"
    assert sum(isinstance(one, bytes) for one in contents(opened(bytes(size)))) == 2
    with pytest.raises(Unreadable, match="compound-root"):
        opened(data[:1024])


def test_chains_that_lead_round_end() -> None:
    data = bytearray(made(LARGE, SMALL))
    table = list(struct.unpack("<128I", data[-512:]))
    table[10] = 2
    data[-512:] = struct.pack("<128I", *table)
    first, second = contents(opened(bytes(data)))
    assert (len(first), second) == (len(LARGE), SMALL)
    assert first != LARGE


def test_many_streams_at_one_place_take_no_more_room_than_the_file() -> None:
    data = bytearray(made(*[LARGE] * 80))
    place = data.index(LARGE)
    first = (place - 512) // 512
    streams = [found.start() for found in re.finditer("Content".encode("utf-16-le"), data)]
    assert len(streams) == 80
    wide = len(data) // 2 // 512 * 512
    for at in streams:  # each says that it is the first one
        data[at + 116 : at + 124] = struct.pack("<II", first, wide)
    found = contents(opened(bytes(data)))
    assert sum(len(one) for one in found if isinstance(one, bytes)) <= len(data) + (1 << 20)
    assert "compound-overlap" in found


def test_entries_that_claim_one_another_are_told_once() -> None:
    data = bytearray(made(SMALL, LARGE))
    for at in range(0, len(data) - 128, 128):
        if data[at : at + 10] == "Part0".encode("utf-16-le"):
            data[at + 76 : at + 80] = struct.pack("<I", 0)  # what lies in it is all of the file
    compound = opened(bytes(data))
    assert compound.root.storages["PART0"] == Storage()


@pytest.mark.parametrize("data", [b"", b"no", bytes(600), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_what_is_no_such_file_is_told(data: bytes) -> None:
    with pytest.raises(Unreadable):
        opened(data)


def test_sectors_of_4096_bytes_are_read() -> None:
    """As files of more than 2 GB have them."""
    size = 4096
    wanted = bytes(range(250)) * 40
    sectors = -(-len(wanted) // size)
    names = ("Root Entry", 5, 0xFFFFFFFF, 1, 0xFFFFFFFE, 0), ("Part0", 1, 0xFFFFFFFF, 2, 0, 0)
    directory = b""
    for name, kind, left, child, start, length in (*names, ("Content", 2, 0xFFFFFFFF, 0xFFFFFFFF, 2, len(wanted))):
        encoded = name.encode("utf-16-le")
        directory += struct.pack("<64sHBB3I", encoded, len(encoded) + 2, kind, 1, left, 0xFFFFFFFF, child)
        directory += bytes(36) + struct.pack("<IQ", start, length)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 4, 0xFFFE, 12, 6) + bytes(6)
    head += struct.pack("<9I", 1, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    data = (head + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)).ljust(size, b"\0")
    data += struct.pack(f"<{len(table)}I", *table).ljust(size, b"\xff") + directory.ljust(size, b"\0") + wanted
    assert contents(opened(data)) == [wanted]
