"""What is written equals, byte for byte, the samples that [MS-PST] prints in its section 3."""

import io
import struct
from itertools import pairwise

import pytest

from saasbackup_desktop.providers.files.pst import columns
from saasbackup_desktop.providers.files.pst.blocks import Blocks
from saasbackup_desktop.providers.files.pst.contexts import layout
from saasbackup_desktop.providers.files.pst.heap import Heap
from saasbackup_desktop.providers.files.pst.model import Named
from saasbackup_desktop.providers.files.pst.names import Names
from saasbackup_desktop.providers.files.pst.pages import Pages, Root, State, head
from saasbackup_desktop.providers.files.pst.space import FIRST, Space
from saasbackup_desktop.providers.files.pst.sums import PERMUTED, crc, signature

_HEAP = bytes.fromhex(
    "ec00ecbc2000000000000000b502060040000000340e0201a0000000380e030000000000f90f02016000000001301f0080000000df35"
    "030089000000e0350201c0000000e335020100010000e7350201e000000033660b0001000000fa6603000d000e00ff67030000000000"
    "229db50adcd9944385de90aeb07d127055004e00490043004f0044004500310001000000f55ef6669569cc4c83d1d873989902850100"
    "000000000000229db50adcd9944385de90aeb07d12702280000000000000229db50adcd9944385de90aeb07d12704280000000000000"
    "229db50adcd9944385de90aeb07d127062800000080000000c0014006c007c008c00a400bc00d400ec00"
)
"""3.8: a heap with the properties of a store."""
_TABLE_INFO = bytes.fromhex(
    "7c0d34003400350037002000000080000000000000000201300e140004061400330e180008070201340e200004080300380e24000409"
    "1f00013008000402030002360c00040303000336100004040b000a36340001051f0013362800040a030035662c00040b030036663000"
    "040c0300f267000004000300f36704000401"
)
"""3.11: how a table of folders is built."""
_SUBNODES = bytes.fromhex("02000100000000007f8100000000000080130000000000000000000000000000")
"""3.4: one subnode (a tail that the sample has beyond it is left out)."""


def _blocks() -> tuple[Blocks, Space]:
    space = Space(io.BytesIO())
    return Blocks(space), space


def _written(space: Space, at: int, length: int) -> bytes:
    return bytes(space.section[at : at + length])


def test_crc_of_the_usual_check_word() -> None:
    assert crc(b"123456789") == 0x2DFD2D88


def test_permutation_is_one() -> None:
    assert sorted(PERMUTED) == list(range(256))
    assert PERMUTED[:4] == bytes((0x41, 0x36, 0x13, 0x62))
    assert PERMUTED[-1] == 0x3D


@pytest.mark.parametrize(
    ("place", "block", "expected"),
    [(0x4200, 0x17F, 0x437F), (0x53C0, 0x48, 0x5388)],
    ids=["page", "block"],
)
def test_signature_as_outlook_makes_it(place: int, block: int, expected: int) -> None:
    assert signature(place, block) == expected


def test_heap_of_the_specification() -> None:
    blocks, space = _blocks()
    start = space.at
    heap = Heap(blocks, 0xBC)
    place = int.from_bytes(_HEAP[:2], "little")
    count = int.from_bytes(_HEAP[place : place + 2], "little")
    offsets = struct.unpack_from(f"<{count + 1}H", _HEAP, place + 4)
    ids = [heap.add(_HEAP[start:end]) for start, end in pairwise(offsets)]
    assert ids == [0x20 * number for number in range(1, count + 1)]
    heap.finish(0x20)
    assert _written(space, start, len(_HEAP)) == _HEAP.translate(PERMUTED)


def test_heap_tells_its_size_before() -> None:
    blocks, _ = _blocks()
    heap = Heap(blocks, 0xBC)
    for size in (1, 3_580, 3_579, 3_000, 17):
        heap.add(bytes(size))
    told = heap.size()
    before = blocks.stored
    heap.finish(0x20)
    assert blocks.stored - before == told


def test_columns_of_the_specification() -> None:
    form = columns.HIERARCHY
    info = bytearray(form.info)
    struct.pack_into("<I", info, 14, 0x80)
    assert bytes(info) == _TABLE_INFO
    assert form.width == 55


def test_cells_by_size() -> None:
    form = layout(((0x8001, 0x000B), (0x8002, 0x0002), (0x8003, 0x0040), (0x8004, 0x001F)))
    assert {number: column.place for number, column in form.columns.items() if number >= 0x8000} == {
        0x8003: 8,
        0x8004: 16,
        0x8002: 20,
        0x8001: 22,
    }
    assert (form.cells, form.width) == (23, 24)


def test_subnodes_of_the_specification() -> None:
    blocks, space = _blocks()
    start = space.at
    block = blocks.subnodes([(0x817F, 0x1380, 0)])
    assert block == 6
    assert _written(space, start, len(_SUBNODES)) == _SUBNODES


def test_tree_of_data_of_the_specification() -> None:
    blocks, space = _blocks()
    start = space.at
    children = [0x15C, *range(0x164, 0x234, 4)]
    block = blocks.tree(children, 0x69C49)
    body = bytes.fromhex("01013500499c0600") + struct.pack("<53Q", *children)
    assert block & 2
    assert _written(space, start, len(body)) == body
    length, _, checked, own = struct.unpack_from("<HHIQ", space.section, space.at - 16)
    assert (length, checked, own) == (0x1B0, 0x3FEECD51, block)


def test_head_of_the_specification() -> None:
    numbers = [0x400, 0x400, 0x404, 0x4000, 0x10002, 0x404, 0x400, 0x400, 0x8000] + [0x400] * 4 + [0x404] * 3
    page = head(
        State(
            size=0x9F2400,
            last_map=0x9B4400,
            free=0x12F240,
            nodes=Root(0x24B, 0x905200),
            blocks=Root(0x253, 0x900A00),
            next_block=0x8C8,
            next_page=0x253,
            unique=0x45,
            runs=b"",
            high=dict(enumerate(numbers)),
        )
    )
    expected = "17001300010100000000000000000400000001000000540200000000000045000000"
    assert page[10:44].hex() == expected
    assert page[184:256].hex() == (
        "00249f000000000000449b000000000040f212000000000000000000000000004b020000000000000052900000000000"
        "5302000000000000000a9000000000000200000000000000"
    )
    assert page[256:512] == b"\xff" * 256
    assert page[512:514] == b"\x80\x01"
    assert struct.unpack_from("<16I", page, 44) == tuple(numbers)


def test_leaf_pages_of_the_specification() -> None:
    space = Space(io.BytesIO())
    space.align()
    pages = Pages(space)
    start = space.at
    rows = b"".join(struct.pack("<QQQII", number, 4 * number, 0, 0x122, 2) for number in range(1, 15))
    pages.nodes(rows)
    page = _written(space, start, 512)
    assert page[: len(rows)] == rows
    assert page[488:492] == bytes((14, 15, 32, 0))
    assert page[496:498] == b"\x81\x81"
    assert int.from_bytes(page[500:504], "little") == crc(page[:496])


@pytest.mark.parametrize("count", [1, 15, 16, 300, 301, 6_001])
def test_tree_pages_are_full_alike(count: int) -> None:
    space = Space(io.BytesIO())
    pages = Pages(space)
    start = space.at
    pages.nodes(b"".join(struct.pack("<QQQII", number, 4, 0, 0, 0) for number in range(count)))
    written = [space.section[at : at + 512] for at in range(start, space.at, 512)]
    by_level: dict[int, list[int]] = {}
    for page in written:
        by_level.setdefault(page[491], []).append(page[488])
    assert sum(by_level[0]) == count
    assert all(max(counts) - min(counts) <= 1 for counts in by_level.values())
    assert len(by_level[max(by_level)]) == 1


def test_room_is_never_handed_out_across_sections() -> None:
    blocks, space = _blocks()
    places = []
    for _ in range(70):
        blocks.block(bytes(8_176))
        places.append(space.end - 8_192)
    assert all((place - FIRST) // 253_952 == (place + 8_191 - FIRST) // 253_952 for place in places)
    assert space.number == 2


def test_names_as_outlook_files_them() -> None:
    names = Names()
    public = next(iter(names._numbers))
    assert public == Named(public.set, "Keywords")
    records = names.records()
    _, bucket = records[0x1065]
    assert isinstance(bucket, bytes)
    assert bucket.hex() == "3b4dda2e05000000"
    assert records[0x0001][1] == 251
