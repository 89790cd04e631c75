"""Recovery confirmation: what a restore or a migration was asked for, and what became of it."""

from collections.abc import Sequence

from saasbackup_desktop.app.reports.failures import service_at
from saasbackup_desktop.app.reports.summary import Facts
from saasbackup_desktop.app.reports.views import Table, Value
from saasbackup_desktop.app.words.faults import failure_words, words_for
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.jobs import ItemFailure, Job, Migrate, Restore, State, Tally
from saasbackup_desktop.core.model import Snapshot

_ITEMS = ("folder", "name", "reason")


def recovery(
    job: Job,
    spec: Restore | Migrate,
    *,
    source: str,
    target: str,
    snapshot: Snapshot | None,
    failed: Sequence[ItemFailure],
    by: str,
    resumed: int = 0,
) -> tuple[Facts, tuple[Table, ...]]:
    """Say it. ``source`` and ``target``: addresses; ``by``: who asked for it; ``resumed``: how often it went on."""
    tally = job.tally
    facts: Facts = (
        ("kind", codec.kind_of(spec)),
        ("state", job.state.value),
        ("job", job.id),
        ("by", by),
        ("from", source),
        ("service", service_at(job)),
        ("snapshot", _point(spec, job)),
        ("made-at", snapshot.finished if snapshot is not None else None),
        ("selection", _selected(spec)),
        ("to", target),
        ("mode", spec.conflict.value if isinstance(spec, Restore) else "skip"),
        ("into", (spec.folder or "") if isinstance(spec, Restore) else ""),
        ("started", job.started),
        ("finished", job.finished),
        ("duration", _span(job)),
        ("written", tally.added),
        ("set-back", tally.changed),
        ("verified", tally.verified),
        ("skipped", tally.skipped),
        *((("resumed", resumed),) if resumed else ()),
        *((("read-again", tally.read_again), ("unread", tally.unread)) if tally.read_again or tally.unread else ()),
        ("failed", tally.failed),
        ("bytes", tally.bytes_done),
        ("integrity", integrity(job)),
        ("problem", words_for(job.code, job.facts).what if job.code else ""),
    )
    rows = tuple((one.path, one.name, failure_words(one).what) for one in failed)
    return facts, (Table(code="items", columns=_ITEMS, rows=rows),) if rows else ()


def integrity(job: Job) -> str:
    """How far what was written is proven to be what the vault holds."""
    return judged(job.state is State.DONE, job.tally)


def judged(is_done: bool, tally: Tally) -> str:
    """The same, by what was counted; for reports and for notices."""
    written = tally.added + tally.changed
    if tally.unread:  # an attempt that was cut may have written it
        return "unread"
    if not written and not tally.read_again:
        return "nothing-written"
    if tally.verified < written:
        return "not-proven"
    return "proven" if is_done and not tally.failed else "partly"


def _point(spec: Restore | Migrate, job: Job) -> Value:
    return spec.snapshot if isinstance(spec, Restore) else job.snapshot or ""


def _selected(spec: Restore | Migrate) -> Value:
    if isinstance(spec, Migrate):
        return _within(spec.since, spec.until) or "everything"
    chosen = spec.selection
    parts = []
    if chosen.folders:
        parts.append(f"{len(chosen.folders)} folders")
    if chosen.items:
        parts.append(f"{len(chosen.items)} items")
    parts += [words for words in (_within(chosen.since, chosen.until),) if words]
    return ", ".join(parts) or "everything"


def _within(since: int | None, until: int | None) -> str:
    return "a span of time" if since is not None or until is not None else ""


def _span(job: Job) -> int | None:
    return job.finished - job.started if job.started is not None and job.finished is not None else None
