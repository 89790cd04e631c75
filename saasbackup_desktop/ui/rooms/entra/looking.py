"""What is looked at of a comparison: kinds, changes, words; and all keys of what matches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saasbackup_desktop.app.entra.views import Comparison, DifferenceQuery, DifferenceRow
from saasbackup_desktop.core.directory.difference import Change
from saasbackup_desktop.core.directory.objects import key_of
from saasbackup_desktop.ui.models.kinds import KindLine
from saasbackup_desktop.ui.models.picked import Marks
from saasbackup_desktop.ui.rooms.entra.door import Entra

CHANGES = (Change.ADDED, Change.REMOVED, Change.CHANGED)
_STRETCH = 5000


@dataclass(frozen=True, slots=True)
class Look:
    """What of the differences is looked at."""

    kinds: frozenset[str] = frozenset()
    changes: frozenset[Change] = frozenset()
    words: str = ""
    with_noise: bool = False

    def query(self, offset: int, limit: int) -> DifferenceQuery:
        """Say it in the application's words."""
        return DifferenceQuery(
            kinds=self.kinds,
            changes=self.changes,
            words=self.words,
            with_noise=self.with_noise,
            offset=offset,
            limit=limit,
        )

    @property
    def is_by_kind(self) -> bool:
        """Nothing but kinds narrows it."""
        return not self.changes and not self.words


def key(row: DifferenceRow) -> str:
    """What ticks a whole object."""
    return key_of(row.kind, row.id)


def differing(comparison: Comparison, kind: str, *, noise: bool = False) -> int:
    """How many objects of a kind differ."""
    return sum(of_change(comparison.counts.get(kind, {}), change, noise=noise) for change in CHANGES)


def of_change(counts: Mapping[str, int], change: Change, *, noise: bool = False) -> int:
    """How many objects of one kind differ in one way; what changes by itself is left out unless it is wanted."""
    quiet = counts.get("noise", 0) if change is Change.CHANGED and not noise else 0
    return max(0, counts.get(change.value, 0) - quiet)


def lines_of(
    comparison: Comparison, families: Mapping[str, str], beta: frozenset[str], look: Look
) -> Sequence[KindLine]:
    """The kinds in which something differs."""
    order = list(families)
    wanted = look.changes or frozenset(CHANGES)
    found = [
        KindLine(
            kind,
            families.get(kind, ""),
            sum(of_change(counts, change, noise=look.with_noise) for change in wanted),
            kind in beta,
        )
        for kind, counts in comparison.counts.items()
        if any(of_change(counts, change, noise=True) for change in CHANGES)
    ]
    return sorted(found, key=lambda line: order.index(line.kind) if line.kind in order else len(order))


async def put_all(
    door: Entra, comparison: str, look: Look, marks: Marks, on: bool, ranges: Sequence[range] | None = None
) -> Marks:
    """Tick or untick all rows that match, or those in some places; meant for the engine's thread."""
    offset = 0
    while True:
        page = await door.differences(comparison, look.query(offset, _STRETCH))
        marks.put_all(
            (
                key(row)
                for place, row in enumerate(page.rows, offset)
                if ranges is None or any(place in one for one in ranges)
            ),
            on,
        )
        offset += len(page.rows)
        if not page.rows or offset >= page.total:
            return marks
