"""Who is told of what, and when it is time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from saasbackup_desktop.app.notices.gathering import ROOM
from saasbackup_desktop.app.notices.happenings import Happening, from_plain, to_plain
from saasbackup_desktop.app.notices.memory import Memory
from saasbackup_desktop.app.notices.views import Kind, Recipient, When
from saasbackup_desktop.catalog.catalog import Catalog, Record
from saasbackup_desktop.core import marks
from saasbackup_desktop.core.schedule import Rhythm, Schedule

_PREFIX: Final = "event:"
PATIENCE: Final = 3600
"""Seconds after which what belongs to a run is told though the run goes on."""
QUIET: Final = 120
"""Seconds without a change of settings after which those before it are told, all together."""
DIGESTS: Final = (When.DAILY, When.WEEKLY, When.MONTHLY)


@dataclass(slots=True)
class Pending:
    """A happening, and whom it is still to be told: kinds by recipient."""

    happening: Happening
    left: dict[str, Kind]


def wanted(happening: Happening, recipients: Iterable[Recipient]) -> dict[str, Kind]:
    """Who is to be told, and under which kind."""
    return {one.id: kind for one in recipients if (kind := _kind_for(happening, one)) is not None}


def _kind_for(happening: Happening, recipient: Recipient) -> Kind | None:
    if recipient.is_paused or (recipient.only_failures and not (happening.is_bad or happening.is_closing)):
        return None
    if recipient.tasks and happening.task not in recipient.tasks:
        return None
    if happening.facts.get("recipient") == recipient.id:  # it cannot be told what does not reach it
        return None
    if recipient.connections and happening.connection and happening.connection not in recipient.connections:
        return None
    return next((kind for kind in happening.kinds if recipient.when(kind) is not When.OFF), None)


def schedule_of(recipient: Recipient, when: When) -> Schedule:
    """When a recipient gets its digests."""
    if when is When.WEEKLY:
        return Schedule(rhythm=Rhythm.WEEKLY, at=recipient.at, weekday=recipient.weekday)
    if when is When.MONTHLY:
        line = f"{recipient.at % 60} {recipient.at // 60} {recipient.month_day} * *"
        return Schedule(rhythm=Rhythm.CRON, cron=line)
    return Schedule(rhythm=Rhythm.DAILY, at=recipient.at)


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that is due."""

    recipient: Recipient
    when: When
    since: int


def due_digests(memory: Memory, recipients: Iterable[Recipient], now: int, zone: tzinfo) -> list[Digest]:
    """Find the digests that are due, and take note that they are made."""
    found = []
    for one in recipients:
        for when in DIGESTS:
            if when not in {rhythm_of(one, kind) for kind in Kind}:
                continue
            name = f"{one.id}/{when.value}"
            schedule = schedule_of(one, when)
            mark = memory.digests.get(name) or marks.Mark.at(now)
            seen = marks.look(schedule, mark, now, zone)
            memory.digests[name] = seen.mark
            if seen.due is not None:
                found.append(Digest(one, when, memory.since.get(name, _before(schedule, seen.due, zone))))
                memory.since[name] = now
            else:
                memory.since.setdefault(name, now)
    return found


def rhythm_of(recipient: Recipient, kind: Kind) -> When:
    """When a recipient is told of a kind: a summary has no moment of its own, so it is daily at the least."""
    when = recipient.when(kind)
    return When.DAILY if kind is Kind.SUMMARY and when is When.IMMEDIATE else when


def _before(schedule: Schedule, moment: int, zone: tzinfo) -> int:
    days = {Rhythm.WEEKLY: 7, Rhythm.CRON: 31}.get(schedule.rhythm, 1)
    return moment - days * 86400


def ready(
    pending: Sequence[Pending], recipient: Recipient, busy: frozenset[str], now: int
) -> dict[Kind, list[Pending]]:
    """What a recipient is told at once, by kind. ``busy``: runs of which jobs are still under way.

    What belongs to a run waits for the run, so that it becomes one message however many accounts it is about.
    """
    found: dict[Kind, list[Pending]] = {}
    for one in pending:
        kind = one.left.get(recipient.id)
        if kind is not None and rhythm_of(recipient, kind) is When.IMMEDIATE:
            found.setdefault(kind, []).append(one)
    return {kind: some for kind, some in found.items() if _is_over(some, busy, now)}


def _is_over(some: Sequence[Pending], busy: frozenset[str], now: int) -> bool:
    """Nothing more is about to come that belongs to these."""
    times = [one.happening.time for one in some]
    changes = [one.happening.time for one in some if one.happening.what == "changed"]
    is_going_on = any(one.happening.run in busy for one in some) or max(changes, default=0) > now - QUIET
    return not is_going_on or min(times) <= now - PATIENCE


def for_digest(pending: Sequence[Pending], digest: Digest) -> dict[Kind, list[Pending]]:
    """What goes into a digest, by kind."""
    found: dict[Kind, list[Pending]] = {}
    for one in pending:
        kind = one.left.get(digest.recipient.id)
        if kind is not None and rhythm_of(digest.recipient, kind) is digest.when:
            found.setdefault(kind, []).append(one)
    return found


def record_of(one: Pending) -> Record:
    """Write it down."""
    left = {id: kind.value for id, kind in one.left.items()}
    return Record(key_of(one), one.happening.time, {"happening": to_plain(one.happening), "left": left})


def key_of(one: Pending) -> str:
    """What it is written down under."""
    return f"{_PREFIX}{one.happening.key}"


def all_pending(catalog: Catalog) -> list[Pending]:
    """Read what is still to be told, earliest first."""
    found = [_of(record.plain) for record in catalog.records(ROOM) if record.key.startswith(_PREFIX)]
    return sorted(found, key=lambda one: (one.happening.time, one.happening.key))


def _of(plain: Mapping[str, Any]) -> Pending:
    return Pending(from_plain(plain["happening"]), {id: Kind(kind) for id, kind in plain["left"].items()})
