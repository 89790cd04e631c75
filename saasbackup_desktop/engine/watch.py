"""After a backup: write down what it brought, compare that with the past, and hold on to what may be needed."""

import asyncio
import logging
import random
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from saasbackup_desktop.catalog.catalog import Record
from saasbackup_desktop.core.errors import BodyDamaged, Fault, VaultFault
from saasbackup_desktop.core.ids import NodeId, SnapshotId, StreamId
from saasbackup_desktop.core.model import Body, Edit, Folder, Item, Role, Snapshot
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.days import DAY, FIRSTS, Day, grown, keep, kept
from saasbackup_desktop.engine.unreadable import LOOKED_AT, is_unreadable, renamed
from saasbackup_desktop.engine.unusual import LOOKS_BACK, Change, Finding, Kind, Past, Sensitivity, judge_both

log = logging.getLogger(__name__)

ALERTS: Final = "alerts"
"""The room of records in which alerts are kept, by id."""
HOLD: Final = "alert "
"""How the labels of the holds begin that alerts place; the alert's id follows."""
_RECENT: Final = "recent changes"
_WEEK: Final = 7 * DAY
"""Seconds of which the changes are judged together, beside those of the last day."""
_WORTH_A_LOOK: Final = 20
"""Items that must be struck before it is looked into how."""
_SAMPLE: Final = 48
"""Bodies that are looked into, on each side."""
_PARTS: Final = 3
_TELLS: Final = 0.1
"""Share of what happened that makes a backup the one in which it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something unusual, as it is kept."""

    id: str
    stream: StreamId
    kind: Kind
    made: int
    job: str
    snapshot: SnapshotId
    """The first that shows it."""
    last_good: SnapshotId
    """The newest before it."""
    upto: SnapshotId
    """The newest that was counted."""
    count: int
    of: int
    usual: int
    since: int
    until: int
    acknowledged: int | None = None
    note: str = ""
    is_held: bool = False
    """Its hold was placed."""

    def to_record(self) -> Record:
        """To be written down."""
        plain = asdict(self)
        del plain["id"], plain["made"]
        return Record(self.id, self.made, plain)

    @classmethod
    def of_record(cls, record: Record) -> "Alert":
        """The other way round."""
        plain: dict[str, Any] = {**record.plain, "kind": Kind(record.plain["kind"])}
        return cls(id=record.key, made=record.time, **plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What was new at one backup."""

    snapshot: SnapshotId
    previous: SnapshotId
    since: int
    """When the point in time before it was finished."""
    until: int
    before: int
    gone: int
    rewritten: int
    replaced: int = 0
    sampled: int = 0
    turned: int = 0


@dataclass(slots=True)
class _Seen:
    """What a walk over a difference found."""

    gone: int = 0
    rewritten: int = 0
    replaced: int = 0
    pairs: int = 0
    """Items whose content is another one, as far as they were met."""
    before: list[tuple[Item, Item | None]] | None = None
    after: list[tuple[Item, Item | None]] | None = None


async def watch(bench: Bench, stream: StreamId, journal: Journal) -> None:
    """Take note of what is new in a stream, and raise an alert if it is unusual.

    A backup is safe by then: what goes wrong here is told, and the next one tries again.
    """
    try:
        await _watch(bench, stream, journal)
        await settle_holds(bench)
    except Fault as fault:
        log.warning("changes of %s were not judged: %s", stream, fault.code)
        await journal.note("warning", "changes-not-judged", reason=fault.code)


async def settle_holds(bench: Bench, *, anew: bool = False) -> None:
    """Place the holds of alerts that could not be placed before. Raises VaultBusy and other vault faults.

    ``anew``: also those that were placed and are not in the vault any more.
    """
    for alert in await open_alerts(bench):
        if anew or not alert.is_held:
            await _hold(bench, alert)


async def held_alerts(bench: Bench) -> set[str]:
    """Ids of the alerts whose holds are in the vault. Raises VaultFault."""
    found = await bench.offload.on_disk(bench.vault.housekeeping.holds)
    return {hold.label.removeprefix(HOLD) for hold in found if hold.label.startswith(HOLD)}


async def annotate(bench: Bench, alert: Alert, note: str) -> None:
    """Put another note to an alert, in place of the one that it has."""
    written = replace(alert, note=note)
    await bench.offload.on_catalog(bench.catalog.put_records, ALERTS, [written.to_record()])


async def open_alerts(bench: Bench) -> list[Alert]:
    """Alerts that nobody has acknowledged, newest first."""
    return [one for one in await all_alerts(bench) if one.acknowledged is None]


async def all_alerts(bench: Bench) -> list[Alert]:
    """All alerts, newest first."""
    return [Alert.of_record(one) for one in await bench.offload.on_reading(bench.catalog.records, ALERTS)]


async def acknowledge(bench: Bench, alert: Alert, note: str, *, is_expected: bool) -> Alert:
    """Take note that somebody has looked; from then on its hold is gone. Raises VaultFault.

    What was expected is a measure for the days to come.
    """
    for hold in await bench.offload.on_disk(bench.vault.housekeeping.holds):
        if hold.label == HOLD + alert.id:
            await bench.offload.on_disk(bench.vault.housekeeping.release, hold.id)
    done = replace(alert, acknowledged=bench.clock.now(), note=note)

    def write() -> None:
        bench.catalog.put_records(ALERTS, [done.to_record()])
        if is_expected:
            since, until = alert.since // DAY, alert.until // DAY
            days = [one for one in kept(bench.catalog, alert.stream, since) if one.day <= until and one.is_unusual]
            keep(bench.catalog, alert.stream, [replace(one, is_unusual=False) for one in days])

    await bench.offload.on_catalog(write)
    return done


async def _watch(bench: Bench, stream: StreamId, journal: Journal) -> None:
    sensitivity = await bench.offload.on_disk(bench.alertness.of, stream)
    days = await bench.offload.on_reading(kept, bench.catalog, stream)
    snapshots = await bench.offload.on_reading(bench.catalog.snapshots, stream)
    mark = max((one.last for one in days), default=None)
    known, new = grown(days, snapshots)
    if not new:
        return
    run = await _run_of(bench, stream, mark, snapshots, new)
    if run is not None:
        known = _corrected(known, new, run)
    recent = [*await _recent(bench, stream, new[-1].finished), *([run] if run is not None else [])]
    raised: list[Alert] = []
    if sensitivity is not None and run is not None:
        raised = await _judged(bench, stream, sensitivity, recent, known, str(journal.job))
    if raised:
        first = min(one.since for one in raised) // DAY
        struck = {one.day for one in known if one.day >= first and one.last >= min(a.snapshot for a in raised)}
        known = [replace(one, is_unusual=True) if one.day in struck else one for one in known]
    before = {one.day: one for one in days}
    fresh = [one for one in known if before.get(one.day) != one]

    def write() -> None:
        # The alert first: a day that is written down is not judged again.
        bench.catalog.put_records(ALERTS, [one.to_record() for one in raised])
        bench.catalog.put_records(_RECENT, [Record(stream, new[-1].finished, [asdict(one) for one in recent])])
        if not days:
            bench.catalog.put_records(FIRSTS, [Record(stream, known[0].began, {})])
        keep(bench.catalog, stream, fresh)

    await bench.offload.on_catalog(write)
    for alert in raised:
        await journal.note("warning", "unusual-change", kind=alert.kind.value, alert=alert.id, count=alert.count)


async def _recent(bench: Bench, stream: StreamId, now: int) -> list[_Run]:
    record = await bench.offload.on_reading(bench.catalog.record, _RECENT, stream)
    found = [_Run(**plain) for plain in record.plain] if record is not None else []
    return [one for one in found if one.until > now - _WEEK]


async def _run_of(
    bench: Bench, stream: StreamId, mark: SnapshotId | None, snapshots: Sequence[Snapshot], new: Sequence[Snapshot]
) -> _Run | None:
    """What is new since the last look; None at a first one: there is nothing to compare with."""
    if mark is None:
        if len(new) < 2:
            return None
        # History from before anybody looked: only its newest step is judged.
        mark, new = new[-2].id, new[-1:]
    last = new[-1]
    gone, changed = sum(one.removed for one in new), sum(one.changed for one in new)
    previous = next((one for one in snapshots if one.id == mark), None)
    run = _Run(
        snapshot=new[0].id,
        previous=mark,
        since=previous.finished if previous is not None else new[0].started,
        until=last.finished,
        before=ever_there([(one.items - one.added + one.removed, one.removed) for one in new]),
        gone=gone,
        rewritten=changed,
    )
    if previous is None or max(gone, changed) < _WORTH_A_LOOK:
        return run
    seen = await _look(bench, stream, previous.id, last.id)
    was = replace(run, before=previous.items)  # nothing in between was looked at
    run = replace(was, gone=seen.gone, rewritten=seen.rewritten, replaced=seen.replaced)
    if seen.replaced < _WORTH_A_LOOK // 2 or not seen.after:
        return run
    sampled, turned = await bench.offload.on_disk(_turned, bench, seen)
    return replace(run, sampled=sampled, turned=turned)


async def _look(bench: Bench, stream: StreamId, old: SnapshotId, new: SnapshotId) -> _Seen:
    """Walk a difference, in a thread; ends soon after its task is cancelled."""
    wish: list[bool] = []

    def walk() -> _Seen:
        trash = {
            one.folder.id
            for at in (old, new)
            for one in bench.catalog.folders_at(stream, at)
            if one.folder.role in (Role.TRASH, Role.JUNK)
        }
        return seen_in(bench.catalog.between(stream, old, new), trash, wish)

    working = asyncio.ensure_future(bench.offload.on_reading(walk))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        wish.append(True)
        await asyncio.wait([working])
        raise


def seen_in(edits: Iterable[Edit], trash: set[NodeId], wish: Sequence[bool] = ()) -> _Seen:
    """Count what left, and what has another content; keep a sample of both sides. What merely moved is neither.

    What is thrown out of the trash left before; what is put into it leaves now.
    """
    lost: Counter[int] = Counter()
    found: Counter[int] = Counter()
    seen = _Seen()
    before = _Sample()
    after = _Sample()
    for edit in edits:
        if wish:
            break
        old, new = edit.old, edit.new
        if isinstance(old, Folder) or isinstance(new, Folder):
            continue
        was_there = old is not None and old.parent not in trash
        is_there = new is not None and new.parent not in trash
        if old is not None and new is not None and _mark(old) != _mark(new):
            seen.rewritten += 1
            before.meet((old, None))
            after.meet((new, old))
        elif was_there and not is_there and old is not None:
            lost[_mark(old)] += 1
            before.meet((old, None))
        elif is_there and not was_there and new is not None:
            found[_mark(new)] += 1
            after.meet((new, None))
    moved = sum(min(count, found[mark]) for mark, count in lost.items())
    seen.gone = lost.total() - moved
    seen.replaced = seen.rewritten + min(seen.gone, found.total() - moved)
    seen.before = [one for one in before.kept if lost[_mark(one[0])] > found[_mark(one[0])] or not found]
    seen.after = [one for one in after.kept if one[1] is not None or found[_mark(one[0])] > lost[_mark(one[0])]]
    return seen


class _Sample:
    """A few of many, each as likely as any other, and the same ones at every run."""

    def __init__(self) -> None:
        self.kept: list[tuple[Item, Item | None]] = []
        self._met = 0
        self._choice = random.Random(0)

    def meet(self, one: tuple[Item, Item | None]) -> None:
        """Keep it or not."""
        self._met += 1
        if len(self.kept) < 2 * _SAMPLE:
            self.kept.append(one)
        elif (place := self._choice.randrange(self._met)) < len(self.kept):
            self.kept[place] = one


def _mark(item: Item) -> int:
    """Tell contents apart, in few bytes: there may be a million of them."""
    return int(item.body.sha256[:15], 16) if item.body is not None else hash((item.id, item.revision))


def _turned(bench: Bench, seen: _Seen) -> tuple[int, int]:
    """How many of a sample were looked into, and how many more are unreadable than of what was there before."""
    after, before = (seen.after or [])[:_SAMPLE], (seen.before or [])[:_SAMPLE]
    unreadable = looked = 0
    for item, old in after:
        bodies = list(_beginnings(bench, item))
        if not bodies:
            continue
        looked += 1
        if is_unreadable(bodies, counts_armour=old is not None) or (old is not None and _renamed(old, item)):
            unreadable += 1
    if unreadable == 0 or looked == 0:
        return looked, 0
    bad = sum(is_unreadable(_beginnings(bench, item), counts_armour=True) for item, _ in before)
    return looked, max(0, unreadable - round(bad * looked / max(1, len(before))))


def _renamed(old: Item, new: Item) -> bool:
    return renamed(old.facets.get("attachments", "").split("\n"), new.facets.get("attachments", "").split("\n"))


def _beginnings(bench: Bench, item: Item) -> Iterator[bytes]:
    """The first bytes of an item, and of what belongs to it. What cannot be read is left out."""
    for body in (item.body, *list(item.parts.values())[:_PARTS]):
        if body is not None and (data := _beginning(bench, body)):
            yield data


def _beginning(bench: Bench, body: Body) -> bytes:
    data = bytearray()
    try:
        for piece in bench.vault.pieces(body):
            data += piece
            if len(data) >= LOOKED_AT:
                break
    except (BodyDamaged, VaultFault):
        return b""  # the check names it
    return bytes(data[:LOOKED_AT])


def _corrected(days: Sequence[Day], new: Sequence[Snapshot], run: _Run) -> list[Day]:
    """Put into the newest day what really left and was rewritten, in place of the plain counts."""
    at = new[-1].finished // DAY
    gone = sum(one.removed for one in new if one.finished // DAY == at)
    changed = sum(one.changed for one in new if one.finished // DAY == at)
    return [
        replace(one, gone=max(0, one.gone - gone) + run.gone, rewritten=max(0, one.rewritten - changed) + run.rewritten)
        if one.day == at
        else one
        for one in days
    ]


async def _judged(
    bench: Bench, stream: StreamId, sensitivity: Sensitivity, recent: Sequence[_Run], days: Sequence[Day], job: str
) -> list[Alert]:
    """New alerts, and open ones that go on."""
    earlier = [one for one in await all_alerts(bench) if one.stream == stream]
    raised = []
    for kind in Kind:
        same = [one for one in earlier if one.kind is kind]
        counted = max((one.upto for one in same), default=SnapshotId(""))
        runs = [one for one in recent if one.snapshot > counted]
        if not runs:
            continue
        day = [one for one in runs if one.until > runs[-1].until - DAY]
        both = judge_both((_change(day), _past(days, day)), (_change(runs), _past(days, runs)), sensitivity)
        finding = next((one for one in both if one.kind is kind), None)
        if finding is None:
            continue
        open_one = next((one for one in same if one.acknowledged is None), None)
        newest = max(runs, key=lambda one: one.snapshot)
        if open_one is not None:
            count, of = open_one.count + finding.count, max(open_one.of, open_one.count + finding.of)
            raised.append(replace(open_one, count=count, of=of, until=newest.until, upto=newest.snapshot))
        else:
            raised.append(_alert(bench, stream, finding, runs, job))
    return raised


def _change(runs: Sequence[_Run]) -> Change:
    return Change(
        before=ever_there([(one.before, one.gone) for one in runs]),
        gone=sum(one.gone for one in runs),
        rewritten=sum(one.rewritten for one in runs),
        replaced=sum(one.replaced for one in runs if one.sampled),
        sampled=sum(one.sampled for one in runs),
        turned=sum(one.turned for one in runs),
        days=max(1.0, (runs[-1].until - runs[0].since) / DAY),
    )


def ever_there(steps: Iterable[tuple[int, int]]) -> int:
    """How many items there were in all, of which ``steps`` took some away: what each found, and what left with it.

    What came in between counts, too: it may be what left.
    """
    most = left = 0
    for before, gone in steps:
        most = max(most, left + before)
        left += gone
    return most


def _past(days: Sequence[Day], runs: Sequence[_Run]) -> list[Past]:
    today = runs[0].until // DAY
    ordinary = [one for one in days if one.day < today and not one.is_unusual]
    return [Past(day=one.day, gone=one.gone, rewritten=one.rewritten) for one in ordinary][-LOOKS_BACK - 1 :]


def _alert(bench: Bench, stream: StreamId, finding: Finding, runs: Sequence[_Run], job: str) -> Alert:
    struck = [_struck(finding.kind, one) for one in runs]
    began = next(place for place, count in enumerate(struck) if count >= _TELLS * max(1, sum(struck)))
    return Alert(
        id=secrets.token_hex(6),
        stream=stream,
        kind=finding.kind,
        made=bench.clock.now(),
        job=job,
        snapshot=runs[began].snapshot,
        last_good=runs[began].previous,
        upto=runs[-1].snapshot,
        count=finding.count,
        of=finding.of,
        usual=finding.usual,
        since=runs[began].since,
        until=runs[-1].until,
    )


def _struck(kind: Kind, run: _Run) -> int:
    match kind:
        case Kind.MASS_DELETION:
            return run.gone
        case Kind.MASS_CHANGE:
            return run.rewritten
        case Kind.ENCRYPTED_CONTENT:
            return run.turned


async def _hold(bench: Bench, alert: Alert) -> None:
    """Let nothing of the stream be removed. One that is there already, of a process that was cut off, is enough."""
    label = HOLD + alert.id
    if all(hold.label != label for hold in await bench.offload.on_disk(bench.vault.housekeeping.holds)):
        await bench.offload.on_disk(bench.vault.housekeeping.hold, alert.stream, None, label, bench.owner)
    if alert.is_held:
        return
    held = replace(alert, is_held=True)
    await bench.offload.on_catalog(bench.catalog.put_records, ALERTS, [held.to_record()])
