"""Look after an export's files: whether they are as they were written, and remove those that are."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from saasbackup_desktop.core.errors import ExportFault
from saasbackup_desktop.core.export.values import Made, Packing
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting.places import ground_of, is_far, scratch_of
from saasbackup_desktop.engine.exporting.proving import ABOUT, MISSING, Wish, fault_of, files_of
from saasbackup_desktop.engine.exporting.results import Result


@dataclass(slots=True)
class Checked:
    """What looking at files has found."""

    files: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)


def check(bench: Bench, job: JobId, result: Result) -> Checked:
    """Read all files, and compare them with what was written. Blocks."""
    found = Checked()
    for path, made in _placed(bench, job, result):
        fault = fault_of(path, made, Wish())
        if fault:
            (found.missing if fault == MISSING else found.altered).append(made.name)
        else:
            found.files += 1
    return found


def remove_files(bench: Bench, job: JobId, result: Result, wish: Wish) -> None:
    """Remove what is still as it was written, and what was begun; what somebody changed or added stays.

    Blocks; ends early when it shall. Raises Fault: ExportFault if the folder is not there, whose disk may come back
    (``no-folder``), or if files could not be removed (``not-removed``).
    """
    spec = result.spec
    if spec is not None and is_far(spec.to):
        shutil.rmtree(ground_of(bench, spec, job, locked=False).folder, ignore_errors=True)
        if result.is_sent:
            _remove_sent(bench, job, spec, result)
    elif spec is not None:
        if not Path(spec.to).is_dir():
            raise ExportFault(spec.to, location=spec.to, reason="no-folder")
        if result.is_sent:
            _remove_published(bench, job, result, wish)
        else:
            with contextlib.suppress(OSError):  # there is nothing, or nothing of ours
                bench.exports.shelf(ground_of(bench, spec, job, locked=False), None).remove()
        shutil.rmtree(scratch_of(Path(spec.to), job), ignore_errors=True)


def _remove_sent(bench: Bench, job: JobId, spec: Export, result: Result) -> None:
    destination = bench.exports.destination(spec.to)
    try:
        for made in files_of(bench, job, result.number):
            destination.remove(result.above + made.name, made)
        for name in ABOUT if result.above else ():
            destination.remove(result.above + name)
    finally:
        destination.close()


def _remove_published(bench: Bench, job: JobId, result: Result, wish: Wish) -> None:
    folders = set()
    refused: OSError | None = None
    for path, made in _placed(bench, job, result):
        is_ours = not fault_of(path, made, wish)
        if wish.stop:  # nothing is known of it
            return
        if is_ours:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                refused = error
        folders.add(path.parent)
    assert result.spec is not None
    if refused is not None:
        raise ExportFault(str(refused), location=result.where, reason="not-removed")
    if result.spec.packing is not Packing.FOLDER:
        return
    home = Path(result.where)
    if not any(home.joinpath(made.name).exists() for made in files_of(bench, job, result.number)):
        for name in ABOUT:
            with contextlib.suppress(OSError):
                home.joinpath(name).unlink()
    for folder in sorted({home, *folders, *_between(home, folders)}, key=lambda one: -len(one.parts)):
        with contextlib.suppress(OSError):
            folder.rmdir()  # only if it is empty


def _between(home: Path, folders: set[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from (above for above in folder.parents if home in above.parents)


def _placed(bench: Bench, job: JobId, result: Result) -> Iterator[tuple[Path, Made]]:
    assert result.spec is not None
    home = Path(result.where if result.spec.packing is Packing.FOLDER else result.spec.to)
    yield from ((home / made.name, made) for made in files_of(bench, job, result.number))
