"""The check: is everything there that the points in time stand on, and is it what was written?"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.model import Folder, Head, Item
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault import contents, slots
from saasbackup_desktop.vault.blobs import Blobs, blob_id
from saasbackup_desktop.vault.config import require_there
from saasbackup_desktop.vault.heads import Heads
from saasbackup_desktop.vault.index import Index, name_of
from saasbackup_desktop.vault.keys import Keys
from saasbackup_desktop.vault.names import KEYS, META, PACKS
from saasbackup_desktop.vault.packs import Pack, Place, read_table
from saasbackup_desktop.vault.trees import Entry, decode


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not as it was written."""

    file: str
    code: str
    """``missing``, ``altered`` or ``cut``."""
    items: tuple[str, ...] = ()
    """Names of what is affected: items as ``folder/subfolder/subject``, or points in time."""


class Check:
    """One walk through a vault."""

    def __init__(self, store: BlobStore, keys: Keys, index: Index, blobs: Blobs, heads: Heads) -> None:
        self._store = store
        self._keys = keys
        self._index = index
        self._blobs = blobs
        self._heads = heads
        self._suspects: dict[bytes, str] = {}
        """Digests of packs that failed, and how."""
        self._verdicts: dict[bytes, tuple[str, str] | None] = {}
        self._affected: dict[tuple[str, str], dict[str, None]] = {}
        self._seen: set[bytes] = set()

    def damages(
        self, read_percent: int, now: int, progress: Callable[[int, int], None], stop: Callable[[], bool]
    ) -> Iterator[Damage]:
        """Find everything that is wrong; what is affected is named."""
        require_there(self._store)
        self._index.refresh()
        for damage in self._index.damages:
            self._note(damage, "")
        self._check_slots()
        packs, heads = self._index.packs(), self._heads.names()
        total = len(packs) + len(heads)
        for done, pack in enumerate(packs):
            if stop():
                return
            progress(done, total)
            self._check_pack(pack, _is_due(pack, read_percent, now))
        for done, name in enumerate(heads, len(packs)):
            if stop():
                return
            progress(done, total)
            self._check_head(name)
        progress(total, total)
        for (file, code), names in sorted(self._affected.items()):
            yield Damage(file, code, tuple(name for name in names if name))

    def _note(self, damage: VaultDamaged, name: str) -> None:
        key = str(damage.facts.get("file", PACKS)), str(damage.facts.get("reason", "altered"))
        self._affected.setdefault(key, {})[name] = None

    def _check_slots(self) -> None:
        for name in self._store.list(KEYS):
            try:
                slots.parse(name, self._store.get(name))
            except VaultDamaged as damage:
                self._note(damage, "")

    def _check_pack(self, pack: Pack, is_due: bool) -> None:
        name = name_of(pack)
        try:
            code = self._pack_code(pack, name, is_due)
        except FileNotFoundError:
            self._index.mark_gone(pack)
            code = "missing"
        if code:
            self._suspects[pack.digest] = code
            if code != "missing":  # what nothing misses, or what was stored again since, is no loss
                self._note(VaultDamaged(file=name, reason=code), "")

    def _pack_code(self, pack: Pack, name: str, is_due: bool) -> str:
        size = self._store.size(name)
        if size != pack.size:
            return "cut" if size < pack.size else "altered"
        if not is_due:
            return ""
        data = self._store.get(name)
        if hashlib.sha256(data).digest() != pack.digest:
            return "altered"
        try:
            _, places = read_table(self._store, self._keys, pack.folder, name, pack.digest)
            return "" if all(self._is_sound(pack, place, data) for place in places) else "altered"
        except VaultDamaged:
            return "altered"

    def _is_sound(self, pack: Pack, place: Place, data: bytes) -> bool:
        plain = self._blobs.unseal(pack, place, data[place.offset : place.offset + place.length])
        key = self._keys.node_id if pack.folder == META else self._keys.blob_id
        return blob_id(key, plain) == place.id

    def _check_head(self, name: str) -> None:
        try:
            link = self._heads.read(name)
        except FileNotFoundError:
            return  # followed by a newer one in this moment
        except VaultDamaged as damage:
            self._note(damage, "")
            return
        when = _described(link.head)
        for previous in link.previous:
            self._check_link(*previous, when)
        if link.head.root:
            root = bytes.fromhex(link.head.root)
            self._walk(root, self._paths(root), when)

    def _check_link(self, previous: str, digest: str, when: str) -> None:
        try:
            if hashlib.sha256(self._store.get(previous)).hexdigest() != digest:
                self._note(VaultDamaged(file=previous, reason="altered"), f"before {when}")
        except FileNotFoundError:
            self._note(VaultDamaged(file=previous, reason="missing"), f"before {when}")

    def _walk(self, id: bytes, paths: dict[str, str], when: str) -> None:
        if id in self._seen:
            return
        self._seen.add(id)
        try:
            level, entries = decode(self._blobs.get(id))
        except VaultDamaged as damage:
            self._note(damage, when)
            return
        for key, value in entries:
            if level:
                self._walk(value, paths, when)
            else:
                self._check_entry((key, value), paths)

    def _check_entry(self, entry: Entry, paths: dict[str, str]) -> None:
        node = contents.node_of(*entry)
        if not isinstance(node, Item) or node.body is None:
            return
        for id in {segment.blob for segment in node.body.recipe}:
            verdict = self._verdict(bytes.fromhex(id))
            if verdict is not None:
                file, code = verdict
                name = f"{paths.get(node.parent, node.parent)}/{node.name or node.id}"
                self._note(VaultDamaged(file=file, reason=code), name)

    def _verdict(self, id: bytes) -> tuple[str, str] | None:
        """What is wrong with a blob: file and code; None if it can be had."""
        if self._suspects:
            known = self._verdicts.get(id, ("", ""))
            if known != ("", ""):
                return known
        verdict: tuple[str, str] | None = (PACKS, "missing")
        for pack, place in self._index.places(id):
            code = self._suspects.get(pack.digest, "")
            if not code or (code != "missing" and self._opens(pack, place)):
                verdict = None
                break
            verdict = (name_of(pack), code)
        if self._suspects:
            self._verdicts[id] = verdict
        return verdict

    def _opens(self, pack: Pack, place: Place) -> bool:
        try:
            self._blobs.open(pack, place)
        except VaultDamaged:
            return False
        return True

    def _paths(self, root: bytes) -> dict[str, str]:
        """Every folder's path, as far as the folders can be read."""
        folders: dict[str, Folder] = {}
        self._collect_folders(root, folders)
        return {id: _path(folder, folders) for id, folder in folders.items()}

    def _collect_folders(self, id: bytes, folders: dict[str, Folder]) -> None:
        try:
            level, entries = decode(self._blobs.get(id))
        except VaultDamaged:
            return  # the walk notes it
        before = b"f"
        for key, value in entries:
            if level and before <= contents.LAST_FOLDER:
                self._collect_folders(value, folders)
            elif not level and key <= contents.LAST_FOLDER:
                node = contents.node_of(key, value)
                if isinstance(node, Folder):
                    folders[node.id] = node
            before = key


def _is_due(pack: Pack, percent: int, now: int) -> bool:
    """Choose a share of all packs, another one every day."""
    share = int.from_bytes(pack.digest[:4], "big") % 100
    return (share - now // 86400 * percent) % 100 < percent


def _path(folder: Folder, folders: dict[str, Folder]) -> str:
    names, at, seen = [folder.name], folder, {folder.id}
    while at.parent is not None and at.parent in folders and at.parent not in seen:
        at = folders[at.parent]
        seen.add(at.id)
        names.append(at.name)
    return "/".join(reversed(names))


def _described(head: Head) -> str:
    return f"{head.account.address} {head.snapshot.id}"
