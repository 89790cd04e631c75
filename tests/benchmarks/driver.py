"""Back up a folder of files through the vault's own interface, as a program by itself: what peers are compared with.

``python -m tests.benchmarks.driver create|backup|restore|check|read VAULT [FOLDER]``;
the passphrase stands in PASSPHRASE.
"""

import argparse
import hashlib
import os
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.ids import NodeId, SnapshotId
from saasbackup_desktop.core.model import (
    Account,
    Body,
    Edit,
    Folder,
    Head,
    Item,
    Provider,
    Service,
    Snapshot,
    SnapshotStatus,
    account_id,
    stream_id,
)
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault, Writer

_ACCOUNT = Account(id=account_id(Provider.IMAP, "bench", "bench"), provider=Provider.IMAP, address="bench")
_STREAM = stream_id(_ACCOUNT.id, Service.MAIL)
_LARGE = 8 << 20
_PIECE = 1 << 20
_CHECKPOINT = 4_000
_THREADS = 2
_AHEAD = 16 << 20
"""Bytes of files that are on their way into the vault together."""
_BATCH, _BATCH_FILES = 1 << 20, 64
"""Bytes and files that a thread takes at once."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """A file on its way into the vault."""

    path: str
    id: NodeId
    parent: NodeId | None
    name: str
    revision: str
    time: int
    size: int
    before: Item | None


class WallClock:
    """The time of day."""

    def now(self) -> int:
        """Seconds since 1970 UTC."""
        return int(time.time())


@dataclass(slots=True)
class _Backup:
    writer: Writer
    vault: Vault
    snapshot: str
    root: str
    old_root: str
    items: int
    size: int
    threads: ThreadPoolExecutor
    batch: list[_Coming] = field(default_factory=list)
    batched: int = 0
    coming: deque[tuple[list[_Coming], int, Future[list[Body]]]] = field(default_factory=deque)
    ahead: int = 0
    edits: list[Edit] = field(default_factory=list)
    changed: int = 0

    def tree(self, place: str, id: NodeId | None) -> None:
        """Compare a folder with what the last point in time holds of it, add what differs, and step down."""
        known = {node.id: node for node in self.vault.nodes(self.old_root, id)} if self.old_root else {}
        below = []
        with os.scandir(place) as entries:
            for entry in entries:
                node_id = NodeId(
                    hashlib.blake2b(entry.name.encode(), digest_size=8, key=(id or "").encode()).hexdigest()
                )
                before = known.pop(node_id, None)
                if entry.is_dir(follow_symlinks=False):
                    below.append((entry.path, node_id))
                    if before is None:
                        self.edits.append(Edit(None, Folder(id=node_id, parent=id, name=entry.name)))
                elif entry.is_file(follow_symlinks=False):
                    self._file(entry, node_id, id, before if isinstance(before, Item) else None)
        for node in known.values():
            self._gone(node)
        for path, node_id in below:
            self.tree(path, node_id)

    def _file(self, entry: os.DirEntry[str], id: NodeId, parent: NodeId | None, before: Item | None) -> None:
        found = entry.stat(follow_symlinks=False)
        revision = f"{found.st_mtime_ns}-{found.st_ctime_ns}-{found.st_size}"
        if before is not None and before.revision == revision:
            return
        made = _Coming(entry.path, id, parent, entry.name, revision, int(found.st_mtime), found.st_size, before)
        self.batch.append(made)
        self.batched += made.size
        if self.batched >= _BATCH or len(self.batch) >= _BATCH_FILES:
            self.send()
            self.take(_AHEAD)

    def send(self) -> None:
        """Let a thread store what was found."""
        batch, size = self.batch, self.batched
        self.batch, self.batched = [], 0
        self.coming.append((batch, size, self.threads.submit(self._stored_all, batch)))
        self.ahead += size

    def take(self, left: int) -> None:
        """Take what is in the vault by now, until no more than so many bytes are on their way."""
        while self.coming and (self.ahead > left or not left):
            batch, size, bodies = self.coming.popleft()
            self.ahead -= size
            for one, body in zip(batch, bodies.result(), strict=True):
                self._note(one, body)
            if len(self.edits) >= _CHECKPOINT:
                self.seal(final=False)

    def _note(self, one: _Coming, body: Body) -> None:
        item = Item(
            id=one.id,
            parent=one.parent or NodeId(""),
            name=one.name,
            revision=one.revision,
            size=body.size,
            time=one.time,
            body=body,
        )
        self.edits.append(Edit(one.before, item))
        self.items += one.before is None
        self.size += body.size - (one.before.size or 0 if one.before else 0)

    def _stored_all(self, batch: list[_Coming]) -> list[Body]:
        return [self._stored(one.path, one.size) for one in batch]

    def _stored(self, path: str, size: int) -> Body:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a hundred thousand times
            if size <= _LARGE:
                return self.writer.add(file.read())
            return self.writer.add_pieces(iter(lambda: file.read(_PIECE), b""))

    def _gone(self, node: Folder | Item) -> None:
        self.edits.append(Edit(node, None))
        if isinstance(node, Item):
            self.items -= 1
            self.size -= node.size or 0
            return
        for child in list(self.vault.nodes(self.old_root, node.id)):
            self._gone(child)

    def seal(self, *, final: bool) -> None:
        """Write a point in time."""
        self.root = self.writer.apply(self.root, self.edits)
        self.changed += len(self.edits)
        self.edits = []
        now = int(time.time())
        snapshot = Snapshot(
            id=SnapshotId(self.snapshot),
            stream=_STREAM,
            started=now,
            finished=now,
            status=SnapshotStatus.COMPLETE if final else SnapshotStatus.PARTIAL,
            items=self.items,
            folders=0,
            size=self.size,
            added=self.changed,
            changed=0,
            removed=0,
            owed=0,
        )
        self.writer.seal(
            Head(snapshot=snapshot, account=_ACCOUNT, service=Service.MAIL, root=self.root, cursor={}, final=final)
        )


def backup(vault: Vault, folder: Path) -> None:
    """Bring a folder's state into the vault."""
    last = vault.last_head(_STREAM)
    root = last.root if last else ""
    items, size = (last.snapshot.items, last.snapshot.size) if last else (0, 0)
    name = time.strftime("%Y%m%dT%H%M%SZ-") + os.urandom(4).hex()
    with vault.writer(_STREAM, "bench") as writer, ThreadPoolExecutor(_THREADS) as threads:
        run = _Backup(writer, vault, name, root, root, items, size, threads)
        run.tree(str(folder), None)
        run.send()
        run.take(0)
        run.seal(final=True)
    print(f"{run.changed} changes, {writer.bytes_stored} bytes")


def restore(vault: Vault, folder: Path) -> None:
    """Write the newest point in time into an empty folder."""
    head = vault.last_head(_STREAM)
    assert head is not None
    paths: dict[str | None, str] = {None: str(folder), "": str(folder)}
    nodes = vault.nodes(head.root)
    waiting: list[Folder] = []
    first: list[Item] = []
    for node in nodes:
        if isinstance(node, Item):
            first.append(node)
            break
        waiting.append(node)
    while waiting:
        left = [node for node in waiting if node.parent not in paths]
        for node in waiting:
            if node.parent in paths:
                paths[node.id] = f"{paths[node.parent]}/{node.name}"
        waiting = left
    for path in paths.values():
        os.makedirs(path, exist_ok=True)  # noqa: PTH103 - paths are texts here
    count = 0
    for item, data in vault.read_many(_small(vault, paths, _chained(first, nodes))):
        if isinstance(data, BodyDamaged):
            raise data
        _write(paths, item, [data])
        count += 1
    print(f"{count} files")


def _chained(first: list[Item], rest: Iterable[Folder | Item]) -> Iterator[Item]:
    yield from first
    for node in rest:
        assert isinstance(node, Item)
        yield node


def _small(vault: Vault, paths: Mapping[str | None, str], items: Iterable[Item]) -> Iterator[tuple[Item, Body]]:
    """Write the large files at once, piece by piece; give the others."""
    for item in items:
        assert item.body is not None
        if item.body.size > _LARGE:
            _write(paths, item, vault.pieces(item.body))
        else:
            yield item, item.body


def _write(paths: Mapping[str | None, str], item: Item, pieces: Iterable[bytes]) -> None:
    path = f"{paths[item.parent]}/{item.name}"
    with open(path, "wb", buffering=0) as file:  # noqa: PTH123 - a hundred thousand times
        for piece in pieces:
            file.write(piece)
    assert item.time is not None
    os.utime(path, (item.time, item.time))


def check(vault: Vault, percent: int) -> None:
    """Check; read so many percent of the packs."""
    found = list(vault.check(percent, _ignore, lambda: False))
    for damage in found:
        print(damage)
    sys.exit(1 if found else 0)


def _ignore(done: int, total: int) -> None:
    """Nobody looks at the progress."""


def main() -> None:
    """Do one thing and end."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.driver")
    parser.add_argument("what", choices=("create", "backup", "restore", "check", "read"))
    parser.add_argument("vault", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    chosen = parser.parse_args()
    store, passphrase = LocalStore(chosen.vault), os.environ["PASSPHRASE"]
    if chosen.what == "create":
        Vault.create(store, passphrase, WallClock())
        return
    vault = Vault.open(store, passphrase, WallClock())
    if chosen.what in ("check", "read"):
        check(vault, 100 if chosen.what == "read" else 0)
    else:
        {"backup": backup, "restore": restore}[chosen.what](vault, chosen.folder)


if __name__ == "__main__":
    main()
