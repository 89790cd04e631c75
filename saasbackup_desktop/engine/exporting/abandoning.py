"""Let go of what has arrived at a destination of files that nobody will finish."""

from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import sent
from saasbackup_desktop.engine.exporting.sent import Pieces, Sent


def unfinished(bench: Bench, job: JobId) -> tuple[Pieces, ...]:
    """Files of an export of which only pieces are at its destination. Blocks."""
    return (sent.read(bench.catalog, job) or Sent()).unfinished()


def drop(bench: Bench, spec: Export, pieces: tuple[Pieces, ...]) -> None:
    """Let go of them at the destination. Blocks. Raises Fault."""
    destination = bench.exports.destination(spec.to)
    try:
        for one in pieces:
            destination.drop(one.name, one.since)
    finally:
        destination.close()


def forget_pieces(bench: Bench, job: JobId, dropped: tuple[Pieces, ...]) -> None:
    """Write down that they are not there any more. Blocks."""
    progress = sent.read(bench.catalog, job)
    if progress is not None:
        progress.pieces = None if progress.pieces in dropped else progress.pieces
        progress.left = None if progress.left in dropped else progress.left
        sent.write(bench.catalog, job, progress.plain(), bench.clock.now())
