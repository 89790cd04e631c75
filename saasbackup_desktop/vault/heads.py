"""Heads: one sealed file for each point in time of a stream, chained to the one before."""

import contextlib
import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.errors import Fault, VaultDamaged
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Account, Head, Provider, Service, Snapshot, SnapshotStatus
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import SNAPSHOTS, number_of, numbered
from saasbackup_desktop.vault.format.sealing import seal, unseal
from saasbackup_desktop.vault.retention.removed import note_removed


@dataclass(frozen=True, slots=True)
class Link:
    """A head and its place in the chain."""

    name: str
    head: Head
    digest: str
    """SHA-256 of the file."""
    previous: tuple[tuple[str, str], ...]
    """Names and SHA-256 of the heads that this one follows: one, or more where writers came side by side."""
    place: str = ""
    """Name of the head whose place in the order this one takes."""

    @property
    def order(self) -> str:
        """Where it stands among its stream's heads."""
        return self.place or self.name


class Heads:
    """Thread-safe."""

    def __init__(self, store: BlobStore, keys: Keys) -> None:
        self._store = store
        self._keys = keys
        self._lock = threading.Lock()
        self._links: dict[str, Link] = {}

    def streams(self) -> list[StreamId]:
        """Streams of which at least one head can be read."""
        folders = sorted({name.rpartition("/")[0] for name in self.names()})
        found = (next(self._readable(folder), None) for folder in folders)
        return sorted(link.head.snapshot.stream for link in found if link is not None)

    def links(self, stream: StreamId) -> list[Link]:
        """Oldest first; of each snapshot only its newest head. Heads that cannot be read are left out."""
        newest = {link.head.snapshot.id: link for link in self._readable(self.folder(stream))}
        return sorted(newest.values(), key=lambda link: link.order)

    def has_any(self, stream: StreamId) -> bool:
        """Is there a head of this stream, be it readable or not?"""
        return bool(numbered(self._store.list(self.folder(stream))))

    def names(self) -> Sequence[str]:
        """All head files."""
        return numbered(self._store.list(SNAPSHOTS))

    def link(self, name: str) -> Link:
        """Read one head. Raises VaultDamaged, FileNotFoundError."""
        with self._lock:
            known = self._links.get(name)
        if known is not None:
            return known
        link = self.read(name)
        with self._lock:
            self._links[name] = link
        return link

    def read(self, name: str) -> Link:
        """Read one head from the store, even if it is known already."""
        return self._parsed(name, self._store.get(name))

    def is_finished(self, name: str, data: bytes) -> bool:
        """Are these the bytes of a head of this name that ended a run?"""
        try:
            return self._parsed(name, data).head.final
        except VaultDamaged:
            return False

    def _parsed(self, name: str, data: bytes) -> Link:
        plain = unseal(self._keys, "head", name, data, name)
        try:
            record = codec.loads(plain)
            previous = tuple((str(before), str(digest)) for before, digest in record["previous"])
            place = str(record.get("place", ""))
            head = _head_from_plain(record["head"])
        except (ValueError, KeyError, TypeError) as error:
            raise VaultDamaged("head is not understood", file=name, reason="altered") from error
        if self.folder(head.snapshot.stream) != name.rpartition("/")[0]:
            raise VaultDamaged("head of another stream", file=name, reason="altered")
        return Link(name, head, hashlib.sha256(data).hexdigest(), previous, place)

    def append(self, head: Head, place: str = "", confirm: Callable[[], None] = lambda: None) -> tuple[str, int]:
        """Write the next head of its stream: its name, and how many bytes that took.

        Its name is like no other, so that it overwrites nothing even if somebody writes the same stream in this
        moment. If ``confirm``, called once it is durable, raises a fault, it is taken back. Earlier heads of the same
        snapshot are removed after that.
        """
        folder = self.folder(head.snapshot.stream)
        names = numbered(self._store.list(folder))
        links = list(self._readable(folder))
        same = {link.name for link in links if link.head.snapshot.id == head.snapshot.id and not link.head.final}
        followed = {before for link in links if link.name not in same for before, _ in link.previous}
        tips = [name for name in names if name not in same and name not in followed]
        digests = {link.name: link.digest for link in links}
        number = number_of(names[-1]) + 1 if names else 1
        name = f"{folder}/{number:08d}-{os.urandom(8).hex()}"
        record = {
            "head": _head_to_plain(head),
            "previous": [[tip, digest] for tip in tips if (digest := digests.get(tip) or self._digest(tip))],
        }
        if place:
            record["place"] = place
        data = seal(self._keys, "head", name, codec.dumps(record).encode("utf-8", "surrogatepass"))
        self._store.put(name, data, fleeting=not head.final)
        try:
            confirm()
        except Fault:
            self._take_back(name, data)
            raise
        if same & followed:  # somebody wrote side by side with this run, and would be thought to have lost them
            note_removed(self._store, self._keys, [(old, digests[old]) for old in same & followed])
        for old in same:
            self._store.delete(old)
        return name, len(data)

    def _take_back(self, name: str, data: bytes) -> None:
        """Remove a head that may stand on what is gone; another one may have named it as the one before meanwhile."""
        with contextlib.suppress(Fault):  # what cannot be removed is named by the next check
            note_removed(self._store, self._keys, [(name, hashlib.sha256(data).hexdigest())])
            self._store.delete(name)

    def _digest(self, name: str) -> str | None:
        try:
            return hashlib.sha256(self._store.get(name)).hexdigest()
        except FileNotFoundError:
            return None  # a checkpoint of somebody else, that was followed by a newer one in this moment

    def folder(self, stream: StreamId) -> str:
        """A stream's folder: its id would let addresses be guessed."""
        return f"{SNAPSHOTS}/{hmac.digest(self._keys.name, stream.encode(), 'sha256')[:16].hex()}"

    def _readable(self, folder: str) -> Iterator[Link]:
        for name in numbered(self._store.list(folder)):
            try:
                yield self.link(name)
            except (VaultDamaged, FileNotFoundError):
                continue  # the check names it; the others are as good as ever


def _head_to_plain(head: Head) -> dict[str, Any]:
    return {
        "snapshot": codec.plain_fields(head.snapshot),
        "account": codec.plain_fields(head.account),
        "service": head.service.value,
        "root": head.root,
        "cursor": head.cursor,
        "owed": [codec.owed_to_plain(owed) for owed in head.owed],
        "final": head.final,
        "program": head.program,
    }


def _head_from_plain(plain: Any) -> Head:
    snapshot, account = dict(plain["snapshot"]), dict(plain["account"])
    return Head(
        snapshot=Snapshot(**{**snapshot, "status": SnapshotStatus(snapshot["status"])}),
        account=Account(**{**account, "provider": Provider(account["provider"])}),
        service=Service(plain["service"]),
        root=plain["root"],
        cursor=plain["cursor"],
        owed=tuple(codec.owed_from_plain(owed) for owed in plain["owed"]),
        final=plain["final"],
        program=plain["program"],
    )
