"""What a comparison has found so far: one small row for each object that differs, and the stretches of them that are
asked for.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from heapq import merge
from itertools import chain
from time import monotonic
from typing import Final, NamedTuple

from saasbackup_desktop.core.directory.comparison import DifferencePage, DifferenceQuery, DifferenceRow
from saasbackup_desktop.core.directory.difference import Change, ObjectDifference, names_in
from saasbackup_desktop.core.directory.objects import key_of

NOISE: Final = "noise"
UNREAD: Final = "unread"
"""Keys of counts, beside those that changes have."""
_PIECE: Final = 2_000
_PATIENCE: Final = 10
"""An answer serves for so many times the time that it took."""
_QUESTIONS: Final = 4
"""Answers that are kept for further stretches."""
DIFFERS: Final = frozenset({Change.ADDED, Change.REMOVED, Change.CHANGED})


class Entry(NamedTuple):
    """One object that differs, and the other words by which it is found."""

    row: DifferenceRow
    words: str
    """Names of what differs in it, without case."""


class _Answer(NamedTuple):
    """Rows that were asked for, in order."""

    version: int
    rows: list[DifferenceRow]
    until: float
    """While there is more to come: the moment up to which they serve."""


def entry_of(difference: ObjectDifference) -> Entry:
    """Put a difference in brief."""
    words = ""
    if difference.change is Change.CHANGED:  # everything differs of what came or went
        names = {_outermost(one.path) for one in difference.attributes}
        names |= {one.link.relation for one in difference.links}
        words = " ".join(sorted(names)).casefold()
    row = DifferenceRow(
        kind=difference.kind,
        id=difference.id,
        name=difference.name,
        change=difference.change,
        attributes=sum(not one.trait.is_noise for one in difference.attributes),
        links=sum(not one.trait.is_noise for one in difference.links),
        is_noise=difference.is_noise,
    )
    return Entry(row, words)


@lru_cache(4096)
def _outermost(path: str) -> str:
    return names_in(path)[0]


class Findings:
    """Rows of one comparison, by kind and id. Changed on the loop alone."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, Entry]] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._words: dict[str, str] = {}
        self._version = 0
        self._answers: dict[DifferenceQuery, _Answer] = {}
        self.order: Sequence[str] = ()
        """Kinds as people see them; those that are not named come last."""

    def begin(self, kind: str) -> None:
        """Count a kind from now on, even if nothing differs in it."""
        self._entries.setdefault(kind, {})
        self._counts.setdefault(kind, Counter())

    def put(self, entries: Iterable[Entry]) -> None:
        """Take up rows; one that is unchanged, or of an object that was told before, takes the earlier one's place."""
        for entry in entries:
            row = entry.row
            self.begin(row.kind)
            self._take_out(row.kind, row.id)
            if row.change is not Change.UNCHANGED:
                words = self._words.setdefault(entry.words, entry.words)
                self._entries[row.kind][row.id] = Entry(row, words)
                self._count(row, 1)
        self._version += 1

    def drop(self, kind: str) -> None:
        """Forget a kind."""
        self._entries.pop(kind, None)
        self._counts.pop(kind, None)
        self._version += 1

    def unread(self, kind: str, count: int) -> None:
        """Count objects of a kind that could not be read on one of the sides."""
        self.begin(kind)
        self._counts[kind][UNREAD] += count
        self._version += 1

    def unchanged(self, kind: str, count: int) -> None:
        """Say how many objects of a kind do not differ."""
        self.begin(kind)
        self._counts[kind][Change.UNCHANGED.value] = count
        self._version += 1

    def found(self, kind: str, change: Change) -> int:
        """How many so far."""
        return self._counts.get(kind, Counter())[change.value]

    def has(self, kind: str, id: str) -> bool:
        """Does this object differ?"""
        return id in self._entries.get(kind, {})

    def keys(self, kinds: Collection[str]) -> list[str]:
        """Name the objects of some kinds that differ, kind by kind."""
        return [key_of(kind, id) for kind in self._kinds() if kind in kinds for id in self._entries.get(kind, {})]

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """By kind, then by change."""
        return {kind: {code: count for code, count in self._counts[kind].items() if count} for kind in self._kinds()}

    def answer(
        self, query: DifferenceQuery, more: Sequence[DifferenceRow] = (), *, is_growing: bool = False
    ) -> DifferencePage:
        """Give a stretch of the rows that are asked for; ``more``: such as did not change. May run in any thread.

        ``is_growing``: an answer may be a little old, so that who asks again and again does not keep others from work.
        """
        asked = replace(query, offset=0, limit=0)
        kept = self._answers.get(asked)
        if kept is None or not self._serves(kept, is_growing=is_growing):
            version, began = self._version, monotonic()
            rows = self._matching(asked, more)
            ended = monotonic()
            kept = _Answer(version, rows, ended + _PATIENCE * (ended - began))
            while len(self._answers) >= _QUESTIONS:
                self._answers.pop(next(iter(self._answers)), None)
            self._answers[asked] = kept
        rows = kept.rows
        return DifferencePage(rows=rows[query.offset : query.offset + query.limit], total=len(rows))

    def knows(self, query: DifferenceQuery, *, is_growing: bool = False) -> bool:
        """Has this been asked before, since the last change?"""
        kept = self._answers.get(replace(query, offset=0, limit=0))
        return kept is not None and self._serves(kept, is_growing=is_growing)

    def _serves(self, kept: _Answer, *, is_growing: bool) -> bool:
        return kept.version == self._version or (is_growing and monotonic() < kept.until)

    def _matching(self, query: DifferenceQuery, more: Sequence[DifferenceRow]) -> list[DifferenceRow]:
        changes = query.changes or DIFFERS
        terms = query.words.casefold().split()
        found: list[DifferenceRow] = []
        further: dict[str, list[Entry]] = {}
        for row in more:
            further.setdefault(row.kind, []).append(Entry(row, ""))
        for kind in dict.fromkeys((*self._kinds(), *further)):
            if query.kinds and kind not in query.kinds:
                continue
            entries = list(chain(list(self._entries.get(kind, {}).values()), further.get(kind, ())))
            rows = [
                entry.row
                for entry in entries
                if entry.row.change in changes
                and (query.with_noise or not entry.row.is_noise)
                and (not terms or _has(entry, terms))
            ]
            found += _sorted(rows)
        return found

    def _kinds(self) -> list[str]:
        place = {kind: number for number, kind in enumerate(self.order)}
        kinds = list(self._counts)  # in one step: the loop may add to it meanwhile
        return sorted(kinds, key=lambda kind: (place.get(kind, len(place)), kind))

    def _take_out(self, kind: str, id: str) -> None:
        before = self._entries[kind].pop(id, None)
        if before is not None:
            self._count(before.row, -1)

    def _count(self, row: DifferenceRow, step: int) -> None:
        counts = self._counts[row.kind]
        counts[row.change.value] += step
        if row.is_noise:
            counts[NOISE] += step


def _sorted(rows: Sequence[DifferenceRow]) -> Iterator[DifferenceRow]:
    """By name. Sorting all at once would let no other thread run until it is done, so it goes piece by piece."""
    named = [(row.name.casefold(), row.id, row) for row in rows]
    pieces = [sorted(named[start : start + _PIECE], key=_in_order) for start in range(0, len(named), _PIECE)]
    return (row for _, _, row in merge(*pieces, key=_in_order))


def _in_order(named: tuple[str, str, DifferenceRow]) -> tuple[str, str]:
    return named[0], named[1]


def _has(entry: Entry, terms: Sequence[str]) -> bool:
    row = entry.row
    text = f"{row.name} {key_of(row.kind, row.id)} ".casefold() + entry.words
    return all(term in text for term in terms)
