"""One export, as its door tells it: from its job and from what was written down of it."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from saasbackup_desktop.app.exports.views import ExportResult, ExportStatus
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Export, Job, State, Tally
from saasbackup_desktop.core.model import Account, account_of
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import ledger
from saasbackup_desktop.engine.exporting.proving import files_of
from saasbackup_desktop.engine.exporting.results import Result

_SHOWN: Final = 200
"""Files that are told one by one."""
_STATUSES: Final[Mapping[State, ExportStatus]] = {
    State.QUEUED: ExportStatus.QUEUED,
    State.WAITING: ExportStatus.RETRYING,
    State.RUNNING: ExportStatus.RUNNING,
    State.PAUSING: ExportStatus.RUNNING,
    State.PAUSED: ExportStatus.PAUSED,
    State.STOPPING: ExportStatus.RUNNING,
    State.STOPPED: ExportStatus.CANCELLED,
    State.DONE: ExportStatus.COMPLETED,
    State.PARTIAL: ExportStatus.PARTIAL,
    State.FAILED: ExportStatus.FAILED,
}


def card_of(bench: Bench, id: JobId, job: Job | None, known: Result | None) -> ExportResult | None:
    """Say how it stands; None for one that was removed, or of which nothing is known. Blocks."""
    spec = known.spec if known is not None and known.spec is not None else job.spec if job is not None else None
    if not isinstance(spec, Export) or (known is not None and known.is_removed):
        return None
    result = known or Result(created=job.created if job is not None else 0)
    mark = ledger.last_mark(bench.catalog, id)
    number = result.number or (mark.number if mark is not None else 0)
    has_ended = job is None or job.state in (State.DONE, State.PARTIAL)
    return ExportResult(
        job=id,
        name=spec.name,
        to=spec.to,
        where=result.where,
        picks=spec.picks,
        owners=tuple(result.owners) or _owners(bench, spec),
        packing=spec.packing,
        part_size=spec.part_size,
        is_locked=bool(spec.locked),
        status=_status(job, result),
        created=job.created if job is not None else result.created,
        finished=result.finished if has_ended else job.finished if job is not None else None,
        code=job.code if job is not None else "",
        detail=job.detail if job is not None else "",
        facts=dict(job.facts) if job is not None else {},
        tally=job.tally if job is not None else Tally(),
        parts=tuple(islice(files_of(bench, id, number), _SHOWN)),
        files=mark.files if mark is not None else result.files,
        size=mark.made if mark is not None else result.size,
        lost=mark.lost if mark is not None else result.lost,
        failed=mark.failed if mark is not None else result.failed,
        is_verified=result.is_verified,
        keep_days=spec.keep_days,
        expires=result.expires,
        accounts=spec.accounts if spec.book else len({account_of(pick.stream) for pick in spec.picks}),
        is_several=bool(spec.book),
    )


def _owners(bench: Bench, spec: Export) -> tuple[Account, ...]:
    """Whose items they are; nobody's if nothing knows an account any more."""
    try:
        return tuple(bench.doors.account(pick.stream)[0] for pick in spec.picks)
    except Misconfigured:
        return ()


def _status(job: Job | None, result: Result) -> ExportStatus:
    if result.is_expired:
        return ExportStatus.EXPIRED
    if job is not None:
        return _STATUSES[job.state]
    return ExportStatus.PARTIAL if result.failed or not result.is_verified else ExportStatus.COMPLETED
