"""Writing one stream into a vault."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Body, Edit, Head
from saasbackup_desktop.vault.format import contents
from saasbackup_desktop.vault.format.bodies import store_pieces, store_whole
from saasbackup_desktop.vault.format.trees import Trees
from saasbackup_desktop.vault.heads import Heads
from saasbackup_desktop.vault.loading import Loading
from saasbackup_desktop.vault.sharing.leases import Lease


class Writer:
    """One at a time for each stream. ``add`` may be called by several threads.

    Leaving it gives up what was not flushed; what was flushed but not sealed is not lost, only not yet reachable.
    """

    def __init__(
        self,
        stream: StreamId,
        loading: Loading,
        lease: Lease,
        trees: Trees,
        heads: Heads,
        seed: int,
        still_there: Callable[[], None],
    ) -> None:
        self._stream = stream
        self._loading = loading
        self._lease = lease
        self._trees = trees
        self._heads = heads
        self._seed = seed
        self._still_there = still_there
        self._sealed = 0

    @property
    def bytes_stored(self) -> int:
        """By how many bytes the vault grew."""
        return self._loading.bytes_stored + self._sealed

    def add(self, data: bytes) -> Body:
        """Store an item's bytes. They are durable after the next ``flush``. Raises VaultFault."""
        return store_whole(data, self._loading.add, self._seed)

    def add_pieces(self, pieces: Iterable[bytes]) -> Body:
        """The same in constant memory, for a large item that comes in pieces."""
        return store_pieces(pieces, self._loading.add, self._seed)

    def flush(self) -> None:
        """Make everything that was added durable. Raises VaultBusy if the lease was lost, VaultMissing, VaultFull."""
        self._lease.renew()
        self._still_there()
        self._loading.flush()

    def apply(self, root: str, edits: Iterable[Edit]) -> str:
        """Change a tree: the new root. Nodes are durable after the next ``flush``. Raises VaultDamaged."""
        changes = contents.changes_of(edits)
        return self._trees.changed(bytes.fromhex(root), changes, self._loading.add_node).hex()

    def seal(self, head: Head) -> None:
        """Write a point in time, after making durable what it stands on.

        Raises VaultBusy if the lease was lost: somebody who removes packs may not have seen that this one needs them,
        so it is not written, or taken back. What was sealed before stays.
        """
        if head.snapshot.stream != self._stream:
            raise ValueError("a head of another stream")
        self.flush()
        _, size = self._heads.append(head, confirm=self._lease.require)
        self._sealed += size

    def close(self) -> None:
        """Release the stream."""
        try:
            self._loading.close()
        finally:
            self._lease.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
