"""Points in time that should be there and are not: as long as one is missed, nobody knows what it needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from saasbackup_desktop.core.errors import VaultDamaged
from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.ports import BlobStore
from saasbackup_desktop.vault.care.walks import named
from saasbackup_desktop.vault.format.keys import Keys
from saasbackup_desktop.vault.heads import Heads, Link
from saasbackup_desktop.vault.retention.holds import Hold
from saasbackup_desktop.vault.retention.removed import removed, removed_points

Remembered = Mapping[StreamId, tuple[str, str]]
"""Name and SHA-256 of each stream's newest finished head, as somebody outside the vault knows it."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A point in time of which the head is missing."""

    file: str
    """The head; of what is only held, its folder."""
    name: str
    """What tells of it, for people."""
    point: tuple[str, str] | None = None
    """For what is only held: stream, and id of the point in time, or of the hold if that is for the whole stream."""


def absent(
    store: BlobStore,
    keys: Keys,
    heads: Heads,
    links: Sequence[Link],
    holds: Iterable[Hold],
    remembered: Remembered,
) -> list[Absent]:
    """Find what a head follows, what is remembered or what is held, and is neither there nor noted as removed.

    ``links``: every head, read before this. The checkpoint of a run is not missed by that run's own next head; where
    another writer followed it, its removal is noted first.
    """
    there = {link.name for link in links}
    missed = {name: f"before {named(link.head)}" for link in links for name, _ in link.previous}
    newest = {link.head.snapshot.stream: link for link in sorted(links, key=lambda link: link.order)}
    for stream, (name, _) in remembered.items():
        missed[name] = f"after {named(newest[stream].head)}" if stream in newest else f"the newest of {stream}"
    missed = {name: why for name, why in missed.items() if name not in there}
    gone = removed(store, keys) if missed else {}
    found = [Absent(name, why) for name, why in missed.items() if name not in gone and not _is_there(store, name)]
    held = list(_held(heads, links, holds))
    points = removed_points(store, keys) if held else set()
    return found + [one for one in held if one.point not in points]


def require_none(found: Sequence[Absent]) -> None:
    """Raise VaultDamaged for the first."""
    for one in found:
        reason = "point-missing" if one.point is None else "held-missing"
        raise VaultDamaged("a point in time is missing", file=one.file, name=one.name, count=len(found), reason=reason)


def _held(heads: Heads, links: Sequence[Link], holds: Iterable[Hold]) -> Iterator[Absent]:
    for hold in holds:
        if hold.stream is None or hold.was_empty or any(hold.covers(link.head.snapshot) for link in links):
            continue
        what = hold.snapshot or hold.id
        name = f"{hold.stream} {hold.snapshot}" if hold.snapshot else str(hold.stream)
        yield Absent(heads.folder(hold.stream), name, (str(hold.stream), str(what)))


def _is_there(store: BlobStore, name: str) -> bool:
    """It may have come since the heads were listed."""
    try:
        store.get(name)
    except FileNotFoundError:
        return False
    return True
