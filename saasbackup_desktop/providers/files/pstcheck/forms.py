"""How numbers, pages and blocks are laid out: in files since 2003 (Unicode), and in those before (ANSI)."""

import struct
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Form:
    """Sizes and layouts of one kind of file ([MS-PST] 2.2.2)."""

    entries: int
    """Bytes of a page that its entries take; how many there are stands behind them."""
    index: struct.Struct
    """Entry of an upper page: key, page, place."""
    block: struct.Struct
    """Entry of the tree of blocks: id, place, size, references."""
    node: struct.Struct
    """Entry of the tree of nodes: id, data, nodes within, parent."""
    child: str
    """A block in a list of blocks."""
    nested_head: int
    """Bytes before the entries of a list of nodes within a node."""
    sub: struct.Struct
    sub_index: struct.Struct
    row: struct.Struct
    """Entry of a table's index of rows."""


WIDE: Final = Form(
    488,
    struct.Struct("<QQQ"),
    struct.Struct("<QQHHI"),
    struct.Struct("<QQQII"),
    "Q",
    8,
    struct.Struct("<QQQ"),
    struct.Struct("<QQ"),
    struct.Struct("<II"),
)
NARROW: Final = Form(
    496,
    struct.Struct("<III"),
    struct.Struct("<IIHH"),
    struct.Struct("<IIII"),
    "I",
    4,
    struct.Struct("<III"),
    struct.Struct("<II"),
    struct.Struct("<IH"),
)
