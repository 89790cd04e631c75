"""Check an Outlook data file from the first byte to the last message."""

from collections.abc import Callable
from pathlib import Path

from saasbackup_desktop.providers.files.pstcheck.findings import Report, Unreadable
from saasbackup_desktop.providers.files.pstcheck.folders import Folders
from saasbackup_desktop.providers.files.pstcheck.items import Items
from saasbackup_desktop.providers.files.pstcheck.names import Names
from saasbackup_desktop.providers.files.pstcheck.stores import check_rest, check_store
from saasbackup_desktop.providers.files.pstcheck.structure import Structure


def check(
    path: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Check a file against [MS-PST], and against what Outlook's repair is known to hold to.

    What cannot be read is a finding, not an exception; only the file system's own errors are raised. Memory: about
    70 bytes for each block and node, whatever the file's size. ``progress`` is told the steps done and all of them,
    first for blocks, then for nodes.
    """
    report = Report()
    try:
        with Structure(path, report.tell) as structure:
            structure.check(report.counts, progress, stop)
            if not stop():
                _check_contents(structure, report, progress, stop)
    except Unreadable as unreadable:
        unreadable.told(report.tell)
    return report


def _check_contents(
    structure: Structure, report: Report, progress: Callable[[int, int], None], stop: Callable[[], bool]
) -> None:
    nodes, offline = structure.nodes, structure.header.client == b"SO"
    check_store(nodes, report, offline=offline)
    check_rest(nodes, report.tell)
    names: Names | None = None
    try:
        names = Names(nodes, report.tell)
        names.check(report.tell)
    except Unreadable as unreadable:
        if unreadable.code != "node-missing":
            unreadable.told(report.tell)
    items = Items(names, report.counts, report.tell, offline=offline)
    Folders(nodes, items, structure.header.unique, report.counts, report.tell).check(progress, stop)
