"""What a backup stores again because the vault has lost it, whatever the source says of it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from saasbackup_desktop.catalog.catalog import Position
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Edit, Item, Node
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.memory import is_set_back
from saasbackup_desktop.vault.vault import Writer

_AT_ONCE: Final = 10_000


async def heal(bench: Bench, stream: StreamId, position: Position | None, writer: Writer) -> tuple[str, Iterator[Item]]:
    """Find the tree to go on from, and the items of it whose bytes are to be fetched again; reading them takes a while.

    If the vault was set back to a state before the catalog's, the tree is grown again from the catalog.
    """
    if position is None:
        return "", iter(())
    heads = await bench.offload.on_disk(bench.vault.heads, stream)
    is_there = any(head.snapshot.id == position.snapshot for head in heads)
    if not is_there and await is_set_back(bench, stream):
        root = await bench.offload.on_disk(_regrow, bench, stream, position, writer)
        lost = _not_held(bench, stream, position)
    else:
        root = position.root
        lost = bench.vault.lost(root) if bench.vault.has_losses() else iter(())
    # A walk from the beginning meets every item, and finds out by itself what is not held.
    return root, map(_bare, lost) if position.cursor is not None else iter(())


def _not_held(bench: Bench, stream: StreamId, position: Position) -> Iterator[Item]:
    """Items that the catalog knows and the vault has no bytes of: of this its index says nothing."""
    for node in bench.catalog.nodes_at(stream, position.snapshot):
        if not isinstance(node, Item) or node.body is None:
            continue
        if not all(map(bench.vault.holds, (node.body, *node.parts.values()))):
            yield node


def _bare(item: Item) -> Item:
    return replace(item, body=None, parts={})


def _regrow(bench: Bench, stream: StreamId, position: Position, writer: Writer) -> str:
    root = ""
    nodes: Iterator[Node] = bench.catalog.nodes_at(stream, position.snapshot)
    while some := list(islice(nodes, _AT_ONCE)):
        root = writer.apply(root, [Edit(None, node) for node in some])
        writer.flush()
    return root
