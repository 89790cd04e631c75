"""The lower floor of a file: its pages, blocks, maps and the references between them ([MS-PST] 2.2 and 2.6)."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Self

from saasbackup_desktop.providers.files.pstcheck.blocks import MOST, Blocks, check_block
from saasbackup_desktop.providers.files.pstcheck.findings import Tell, nobody
from saasbackup_desktop.providers.files.pstcheck.image import PAGE, Header, Image, Ref, check_header, read_header
from saasbackup_desktop.providers.files.pstcheck.nodes import KINDS, Nodes, kind_of
from saasbackup_desktop.providers.files.pstcheck.space import SLOT, Space
from saasbackup_desktop.providers.files.pstcheck.tree import BLOCKS, NODES, Pages

_BLOCK_TRAILER = 16


class Structure:
    """Nodes and blocks of an open file; raises Unreadable if it is none that can be read."""

    def __init__(self, path: Path, tell: Tell = nobody, *, old: bool = False) -> None:
        self.image = Image(path)
        try:
            self.header: Header = read_header(self.image, old=old)
            form = self.header.form
            self._tell = tell
            self._pages: list[Ref] = []
            self.blocks = Blocks(self.image, self.header.method, form)
            for entry in Pages(self.image, BLOCKS, tell, self._pages.append, form).entries(self.header.blocks):
                self.blocks.add(*entry[:4])
            self.nodes = Nodes(self.blocks)
            for entry in Pages(self.image, NODES, tell, self._pages.append, form).entries(self.header.nodes):
                if entry[0] >> 32:
                    tell("node-type", f"node {entry[0]:#x}")
                self.nodes.add(*entry[:4])
        except BaseException:
            self.image.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.image.close()

    def check(self, counts: Counter[str], progress: Callable[[int, int], None], stop: Callable[[], bool]) -> None:
        """Check every page and block, what refers to them, and the maps."""
        tell, header = self._tell, self.header
        check_header(self.image, header, tell)
        counts.update(pages=len(self._pages), blocks=len(self.blocks), nodes=len(self.nodes))
        space = Space(self.image, header, tell)
        for page in self._pages:
            space.take(page.at, PAGE, f"page at {page.at:#x}")
            if page.bid >= header.next_page:
                tell("mark-pages", "header", found=header.next_page, page=page.bid)
        marks = self._check_blocks(space, counts, progress, stop)
        if stop():
            return
        self._check_nodes(marks)
        self._check_references()
        for kind, (mark, index) in enumerate(zip(header.marks, marks, strict=True)):
            if mark < index:
                tell("mark-nodes", "header", type=kind, expected=index, found=mark)
        space.check()

    def _check_blocks(
        self, space: Space, counts: Counter[str], progress: Callable[[int, int], None], stop: Callable[[], bool]
    ) -> list[int]:
        marks = [0] * 32
        total = len(self.blocks)
        for index in range(total):
            if not index % 512:
                progress(index, total)
                if stop():
                    return marks
            size = self.blocks.sizes[index]
            counts["bytes"] += size
            taken = -(-(min(size, MOST) + _BLOCK_TRAILER) // SLOT) * SLOT
            space.take(self.blocks.places[index], taken, f"block {self.blocks.bids[index]:#x}")
            check_block(self.image, self.blocks, index, marks, self._tell)
        if total and self.blocks.bids[-1] >= self.header.next_block:
            self._tell("mark-blocks", "header", found=self.header.next_block, block=self.blocks.bids[-1])
        return marks

    def _check_nodes(self, marks: list[int]) -> None:
        offline = self.header.client == b"SO"
        for index, nid in enumerate(self.nodes.nids):
            node = self.nodes.at(index)
            kind = kind_of(nid)
            if kind not in KINDS and not offline:
                self._tell("node-type", node.place, type=kind)
            marks[kind] = max(marks[kind], nid >> 5)
            for bid in (node.data_bid, node.subs_bid):
                if bid:
                    self.blocks.refer(bid, node.place, self._tell)
            if node.subs_bid and not node.subs_bid & 2:
                self._tell("sub-form", node.place, block=node.subs_bid)

    def _check_references(self) -> None:
        for index, refs in enumerate(self.blocks.refs):
            bid = self.blocks.bids[index]
            if not refs:
                self._tell("block-orphan", f"block {bid:#x}")
            elif self.blocks.counts[index] != refs + 1:
                self._tell("block-references", f"block {bid:#x}", expected=refs + 1, found=self.blocks.counts[index])
