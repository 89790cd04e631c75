"""Which points in time stay and which go: the policy, holds and trash put together with the heads that are there."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from saasbackup_desktop.core.ids import SnapshotId, StreamId
from saasbackup_desktop.core.retention import HELD, plan
from saasbackup_desktop.vault.heads import Heads, Link
from saasbackup_desktop.vault.retention.holds import Hold, is_held
from saasbackup_desktop.vault.retention.policy import Policy
from saasbackup_desktop.vault.retention.trash import RETENTION, Trash


@dataclass(frozen=True, slots=True)
class Staying:
    """A head that stays, and why."""

    link: Link
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of each head."""

    stay: Sequence[Staying] = ()
    go: Sequence[Link] = ()
    """Those that nothing wants any more; some may be in a trash already."""
    superseded: Sequence[Link] = ()
    """Earlier heads of snapshots that have a newer one."""

    @property
    def gone(self) -> set[str]:
        """Names of all that go."""
        return {link.name for link in (*self.go, *self.superseded)}


@dataclass(slots=True)
class History:
    """The heads of one stream."""

    links: list[Link] = field(default_factory=list)
    """Oldest first; of each snapshot the newest head."""
    superseded: list[Link] = field(default_factory=list)


def read_heads(heads: Heads) -> dict[StreamId, History]:
    """Read every head anew. Raises VaultDamaged if one cannot be read: nobody knows what it needs."""
    by_stream: dict[StreamId, dict[SnapshotId, Link]] = {}
    found: dict[StreamId, History] = {}
    for name in heads.names():
        try:
            link = heads.read(name)
        except FileNotFoundError:
            continue  # a checkpoint that was followed by a newer one in this moment
        snapshot = link.head.snapshot
        history = found.setdefault(snapshot.stream, History())
        newest = by_stream.setdefault(snapshot.stream, {})
        if snapshot.id in newest:
            history.superseded.append(newest[snapshot.id])
        newest[snapshot.id] = link
    for stream, newest in by_stream.items():
        found[stream].links = sorted(newest.values(), key=lambda link: link.order)
    return found


def all_links(histories: Mapping[StreamId, History]) -> list[Link]:
    """Every head."""
    return [link for history in histories.values() for link in (*history.links, *history.superseded)]


def judge(
    histories: Mapping[StreamId, History],
    policy: Policy,
    holds: Sequence[Hold],
    trash: Iterable[Trash],
    now: int,
    chosen: AbstractSet[str] = frozenset(),
) -> Verdict:
    """Decide about every head. What somebody chose to discard goes whatever the policy says, but not what is held."""
    discarded = chosen | {name for one in trash if one.why != RETENTION for name in one.heads}
    stay: list[Staying] = []
    go: list[Link] = []
    superseded: list[Link] = []
    for stream, history in histories.items():
        left = [link for link in history.links if link.name not in discarded]
        planned = plan([link.head.snapshot for link in left], policy.keep(stream), now)
        reasons = {kept.snapshot.id: kept.reasons for kept in planned.kept}
        for link in history.links:
            why = reasons.get(link.head.snapshot.id, ()) if link.name not in discarded else ()
            if is_held(holds, link.head.snapshot):
                why = (*why, HELD)
            if why:
                stay.append(Staying(link, why))
            else:
                go.append(link)
        superseded += history.superseded
    return Verdict(stay, go, superseded)
