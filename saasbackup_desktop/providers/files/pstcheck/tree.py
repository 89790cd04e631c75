"""The two trees of pages in which nodes and blocks are found ([MS-PST] 2.2.2.7.7)."""

import itertools
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from saasbackup_desktop.providers.files.pstcheck.findings import Tell, Unreadable, nobody
from saasbackup_desktop.providers.files.pstcheck.forms import WIDE, Form
from saasbackup_desktop.providers.files.pstcheck.image import PAGE, Image, Ref, checksum, signature

BLOCKS, NODES = 0x80, 0x81
_TRAILER = struct.Struct("<BBHIQ")
_BODY = PAGE - _TRAILER.size
_DEEPEST = 8


def check_page(data: bytes, at: int, kind: int, bid: int | None, tell: Tell, *, tied: bool = True) -> None:
    """Check what a page says of itself after its contents ([MS-PST] 2.2.2.7.1)."""
    place = f"page at {at:#x}"
    type_, again, sign, crc, own = _TRAILER.unpack_from(data, _BODY)
    if type_ != kind or again != kind:
        tell("page-type", place, expected=kind, found=type_, again=again)
    if bid is not None and own != bid:
        tell("page-bid", place, expected=bid, found=own)
    if sign != (signature(at, own) if tied else 0):
        tell("page-signature", place, expected=signature(at, own) if tied else 0, found=sign)
    if crc != checksum(data[:_BODY]):
        tell("page-crc", place, expected=checksum(data[:_BODY]), found=crc)


@dataclass(slots=True)
class Pages:
    """One tree, walked from its root to its leaves in the order of keys."""

    image: Image
    kind: int
    tell: Tell = nobody
    at_page: Callable[[Ref], None] = lambda _: None
    form: Form = WIDE
    _seen: set[int] = field(default_factory=set)

    def entries(self, root: Ref) -> Iterator[tuple[int, ...]]:
        """Give the entries of all leaves."""
        yield from self._below(root, None, 0, 1 << 64)

    def _below(self, page: Ref, level: int | None, low: int, high: int) -> Iterator[tuple[int, ...]]:
        place = f"page at {page.at:#x}"
        if page.at in self._seen or page.at % PAGE:
            self.tell("tree-page-twice" if page.at in self._seen else "tree-page-place", place)
            return
        self._seen.add(page.at)
        try:
            data = self.image.read(page.at, PAGE)
        except Unreadable as unreadable:
            self.tell("tree-page-place", place, bytes=int(unreadable.facts.get("bytes", 0)))
            return
        self.at_page(page)
        room = self.form.entries
        if self.form is WIDE:
            check_page(data, page.at, self.kind, page.bid, self.tell)
        count, most, size, own_level = data[room : room + 4]
        if (level is not None and own_level != level) or own_level > _DEEPEST:
            self.tell("tree-level", place, expected=level if level is not None else -1, found=own_level)
            return
        layout = self.form.index if own_level else self.form.block if self.kind == BLOCKS else self.form.node
        if size != layout.size or most != room // size or count > most:
            self.tell("tree-count", place, size=size, most=most, count=count)
            if size != layout.size or count * size > room:
                return
        if not count and level is not None:
            self.tell("tree-empty", place)
        entries = list(layout.iter_unpack(data[: count * size]))
        self._check_keys(entries, place, low if level is not None else None, high)
        if not own_level:
            yield from entries
            return
        for number, (key, bid, at) in enumerate(entries):
            beyond = entries[number + 1][0] if number + 1 < len(entries) else high
            yield from self._below(Ref(bid, at), own_level - 1, key, beyond)

    def _check_keys(self, entries: list[tuple[int, ...]], place: str, low: int | None, high: int) -> None:
        keys = [entry[0] for entry in entries]
        if any(after <= before for before, after in itertools.pairwise(keys)):
            self.tell("tree-order", place)
        if low is not None and keys and keys[0] != low:
            self.tell("tree-key", place, expected=low, found=keys[0])
        if keys and keys[-1] >= high:
            self.tell("tree-key", place, below=high, found=keys[-1])
