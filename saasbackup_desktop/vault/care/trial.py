"""A trial of one stream: read from the store itself, as somebody would who has nothing but the store and a key."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from saasbackup_desktop.core.errors import VaultDamaged, VaultKeysChanged
from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.model import Body, Folder, Head, Node
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.blobs import Blobs
from saasbackup_desktop.vault.care.findings import Damage, Findings
from saasbackup_desktop.vault.care.walks import named
from saasbackup_desktop.vault.care.wholes import Wholes
from saasbackup_desktop.vault.format import contents
from saasbackup_desktop.vault.format.bodies import pieces_of
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.format.names import numbered
from saasbackup_desktop.vault.format.packs import Pack
from saasbackup_desktop.vault.format.trees import decode
from saasbackup_desktop.vault.heads import Heads, Link
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.retention.removed import removed, removed_points

_STEP: Final = 256
"""Entries between two looks at whether somebody wants it to end."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A stream's points in time as they lie in the store."""

    heads: tuple[Head, ...]
    """Oldest first; of each snapshot its newest head."""
    links: int
    """So many heads were read, and their links followed."""
    removed: frozenset[SnapshotId]
    """What was removed on purpose."""
    damages: tuple[Damage, ...]


@dataclass(slots=True)
class Walked:
    """What was found on the way through one point in time."""

    nodes: int = 0
    """Nodes of the tree that were read."""
    items: int = 0
    folders: int = 0
    damages: tuple[Damage, ...] = ()


class Trial:
    """Relies on nothing that was read before, in this process or by another, and on no copy that is kept near."""

    def __init__(self, store: BlobStore, keys: Keys) -> None:
        self._store = store
        self._keys = keys
        self._index = Index(store, keys)
        self._blobs = Blobs(Wholes(store), keys, self._index)
        self._heads = Heads(store, keys)
        self._index.refresh()

    def chain(self, stream: StreamId, remembered: tuple[str, str] | None) -> Chain:
        """Read all heads of a stream and follow their links.

        ``remembered``: name and SHA-256 of its newest head, as somebody outside the vault knows it. Raises
        VaultKeysChanged.
        """
        findings = Findings()
        links: dict[str, Link] = {}
        for name in numbered(self._store.list(self._heads.folder(stream))):
            try:
                links[name] = self._heads.read(name)
            except FileNotFoundError:
                continue  # followed by a newer one in this moment
            except VaultKeysChanged:
                raise
            except VaultDamaged as damage:
                findings.note_fault(damage)
        gone = removed(self._store, self._keys)  # after the heads: what is removed meanwhile is noted before
        for link in links.values():
            for name, digest in link.previous:
                self._follow(name, digest, links, gone, findings, named(link.head))
        if remembered is not None and remembered[0] not in gone and self._digest(remembered[0]) != remembered[1]:
            findings.note(remembered[0], "rolled-back")
        newest = {link.head.snapshot.id: link for link in sorted(links.values(), key=lambda link: link.name)}
        ordered = sorted(newest.values(), key=lambda link: link.order)
        points = {SnapshotId(id) for of, id in removed_points(self._store, self._keys) if of == stream}
        return Chain(tuple(link.head for link in ordered), len(links), frozenset(points), tuple(findings.damages()))

    def is_there(self, head: Head) -> bool:
        """Is a point in time still in the store? It may have been removed on purpose meanwhile."""
        for name in numbered(self._store.list(self._heads.folder(head.snapshot.stream))):
            with contextlib.suppress(FileNotFoundError, VaultDamaged):
                if self._heads.read(name).head.snapshot.id == head.snapshot.id:
                    return True
        return False

    def walk(self, head: Head, on_node: Callable[[Node, Walked], None], stop: Callable[[], bool]) -> Walked:
        """Read a point in time's tree from the top to the last leaf; give every folder and item, folders first.

        Each comes with what was found up to it, itself included.
        """
        findings = Findings()
        walked = Walked()
        for number, node in enumerate(self._below(head.root, walked, findings, named(head)), 1):
            if number % _STEP == 0 and stop():
                break
            if isinstance(node, Folder):
                walked.folders += 1
            else:
                walked.items += 1
            on_node(node, walked)
        walked.damages = tuple(findings.damages())
        return walked

    def packs_of(self, body: Body) -> set[Pack] | None:
        """The packs that its blobs are read from; None if one of them lies in no pack that is there."""
        found: set[Pack] = set()
        for one in body.recipe:
            places = self._index.places(bytes.fromhex(one.blob))
            pack = next((pack for pack, _ in places if pack.size and not self._index.is_gone(pack)), None)
            if pack is None:
                return None
            found.add(pack)
        return found

    def read(self, pack: Pack) -> Damage | None:
        """Read a pack to its last byte: what is wrong with it, if anything is."""
        name = name_of(pack)
        try:
            whole = self._store.get(name)
        except FileNotFoundError:
            return Damage(name, "missing")
        if hashlib.sha256(whole).digest() == pack.digest:
            return None
        return Damage(name, "cut" if len(whole) < pack.size else "altered")

    def pieces(self, body: Body) -> Iterator[bytes]:
        """A body's bytes, piece by piece; do not trust them before the end. Raises BodyDamaged."""
        return pieces_of(body, self._blobs.get)

    def _below(self, root: str, walked: Walked, findings: Findings, when: str) -> Iterator[Node]:
        if not root:
            return
        try:
            level, entries = decode(self._blobs.get(bytes.fromhex(root)))
        except VaultDamaged as damage:
            findings.note_fault(damage, when)
            return
        walked.nodes += 1
        for key, value in entries:
            if level:
                yield from self._below(value.hex(), walked, findings, when)
            else:
                yield contents.node_of(key, value)

    def _follow(
        self,
        name: str,
        digest: str,
        links: Mapping[str, Link],
        gone: Mapping[str, set[str]],
        findings: Findings,
        affected: str,
    ) -> None:
        known = links.get(name)
        found = known.digest if known is not None else self._digest(name)
        if found is None and name not in gone:
            findings.note(name, "missing", affected)
        elif found is not None and found != digest:
            findings.note(name, "altered", affected)

    def _digest(self, name: str) -> str | None:
        try:
            return hashlib.sha256(self._store.get(name)).hexdigest()
        except FileNotFoundError:
            return None
