"""Walks through the trees of points in time: every node once, every item with its blobs."""

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.model import Folder, Head
from saasbackup_desktop.vault.format import contents
from saasbackup_desktop.vault.format.trees import Entry, decode

Fetch = Callable[[bytes], bytes]
_KEY: Final = 16
_HEX: Final = re.compile(rb'"([0-9a-f]{64})"')


class Walk:
    """What several trees have in common is walked once."""

    def __init__(
        self,
        fetch: Fetch,
        on_item: Callable[[Entry, "Paths"], None],
        on_damage: Callable[[VaultDamaged, str], None],
        on_node: Callable[[bytes, bytes], None],
    ) -> None:
        """``on_item`` is told each item's entry, ``on_damage`` each node that cannot be read and for which point in
        time, ``on_node`` each node that can, by id and content. All may raise, which ends the walk.
        """
        self._fetch = fetch
        self._on_item = on_item
        self._on_damage = on_damage
        self._on_node = on_node
        self._seen: set[bytes] = set()
        self._below: dict[bytes, list[VaultDamaged]] = {}
        """Damages below nodes that were walked, so that the next tree that has them is told, too."""

    def tree(self, root: str, when: str, whose: str = "") -> bool:
        """Walk one point in time; tell whether its tree is whole. ``when`` names it, ``whose`` its account."""
        if not root:
            return True
        id = bytes.fromhex(root)
        damages = self._walk(id, Paths(self._fetch, id, whose))
        for damage in damages:
            self._on_damage(damage, when)
        return not damages

    def _walk(self, id: bytes, paths: "Paths") -> list[VaultDamaged]:
        key = id[:_KEY]
        if key in self._seen:
            return self._below.get(key, [])
        try:
            plain = self._fetch(id)
            level, entries = decode(plain)
        except VaultDamaged as damage:
            damages = [damage]
        else:
            damages = []
            self._on_node(id, plain)
            for entry in entries:
                if level:
                    damages += self._walk(entry[1], paths)
                elif entry[0] > contents.LAST_FOLDER:
                    self._on_item(entry, paths)
        self._seen.add(key)
        if damages:
            # Told again for every tree that shares this node: each damaged file once is enough.
            damages = list({str(damage.facts.get("file")): damage for damage in damages}.values())
            self._below[key] = damages
        return damages


class Paths:
    """Names of what lies in one tree, found out when somebody asks."""

    def __init__(self, fetch: Fetch, root: bytes, whose: str = "") -> None:
        self._fetch = fetch
        self._root = root
        self._whose = whose
        self._folders: dict[str, Folder] | None = None

    def of(self, entry: Entry) -> str:
        """An item's name: ``account:folder/subfolder/subject``."""
        node = contents.node_of(*entry)
        path = "/".join(part for part in (self.folder(node.parent or ""), node.name or node.id) if part)
        return f"{self._whose}:{path}" if self._whose else path

    def folder(self, id: str) -> str:
        """A folder's path; its id if it cannot be read."""
        if self._folders is None:
            self._folders = {folder.id: folder for folder in _folders(self._fetch, self._root)}
        found = self._folders.get(id)
        return _path(found, self._folders) if found is not None else id


def may_need(entry: Entry, keys: AbstractSet[bytes]) -> bool:
    """Quickly: can an item be made of one of these blobs (beginnings of their ids)?"""
    return any(bytes.fromhex(found.decode())[:_KEY] in keys for found in _HEX.findall(entry[1]))


def named(head: Head) -> str:
    """A point in time, for people."""
    return f"{head.account.address} {head.snapshot.id}"


def entries(fetch: Fetch, id: bytes) -> Iterator[Entry]:
    """All entries of a tree that can be read, in order."""
    try:
        level, found = decode(fetch(id))
    except VaultDamaged:
        return
    for entry in found:
        if level:
            yield from entries(fetch, entry[1])
        else:
            yield entry


def _folders(fetch: Fetch, id: bytes) -> Iterator[Folder]:
    try:
        level, found = decode(fetch(id))
    except VaultDamaged:
        return
    before = b"f"
    for key, value in found:
        if level and before <= contents.LAST_FOLDER:
            yield from _folders(fetch, value)
        elif not level and key <= contents.LAST_FOLDER:
            node = contents.node_of(key, value)
            if isinstance(node, Folder):
                yield node
        before = key


def _path(folder: Folder, folders: dict[str, Folder]) -> str:
    names, at, seen = [folder.name], folder, {folder.id}
    while at.parent is not None and at.parent in folders and at.parent not in seen:
        at = folders[at.parent]
        seen.add(at.id)
        names.append(at.name)
    return "/".join(reversed(names))
