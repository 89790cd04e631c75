"""Which items are lost: their blobs lie in no pack any more."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from saasbackup_desktop.core.model import Item
from saasbackup_desktop.vault.care.walks import entries, may_need
from saasbackup_desktop.vault.format import contents


def lost_items(fetch: Callable[[bytes], bytes], root: str, lost: AbstractSet[bytes]) -> Iterator[Item]:
    """Items of a tree that are made of lost blobs (beginnings of their ids); what cannot be read is left out."""
    if not root or not lost:
        return
    for entry in entries(fetch, bytes.fromhex(root)):
        if entry[0] > contents.LAST_FOLDER and may_need(entry, lost):
            node = contents.node_of(*entry)
            if isinstance(node, Item):
                yield node
