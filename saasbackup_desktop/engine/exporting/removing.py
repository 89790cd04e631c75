"""Look after an export's files: whether they are as they were written, and remove those that are."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from saasbackup_desktop.core.errors import ExportFault
from saasbackup_desktop.core.export.links import is_link, is_linked
from saasbackup_desktop.core.export.values import Made, Packing
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import ledger, sent
from saasbackup_desktop.engine.exporting.earlier import Earlier
from saasbackup_desktop.engine.exporting.places import ground_folder, home_of, is_away, is_far, scratch_of
from saasbackup_desktop.engine.exporting.proving import MISSING, Wish, fault_of, files_of, is_same
from saasbackup_desktop.engine.exporting.results import Result
from saasbackup_desktop.engine.exporting.sending import above_of
from saasbackup_desktop.engine.exporting.sent import Sent


@dataclass(slots=True)
class Checked:
    """What looking at files has found."""

    files: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of files that were to go."""

    kept: Sequence[str] = ()
    """Files of this computer that stay because somebody changed them."""
    missing: int = 0
    """Files that were not there."""
    removed: int = 0


def check(bench: Bench, job: JobId, result: Result) -> Checked:
    """Read all files, and compare them with what was written. Blocks.

    Raises ExportFault if the disk is not there (``no-disk``), or none of the files (``no-files``).
    """
    found, spec = Checked(), result.spec
    assert spec is not None
    _require_disk(spec, result)
    for path, made in _placed(bench, job, result):
        fault = fault_of(path, made, Wish())
        if fault:
            (found.missing if fault == MISSING else found.altered).append(made.name)
        else:
            found.files += 1
    if found.missing and not found.files and not found.altered:
        raise _gone(result, len(found.missing))
    return found


def remove_files(bench: Bench, job: JobId, result: Result, wish: Wish) -> Removed:
    """Remove what is still as it was written, and what was begun; what somebody changed or added stays.

    Blocks; ends early when it shall. Raises Fault: ExportFault if the disk is not there (``no-disk``), if nothing of
    the export is where it was written (``no-files``), or if files could not be removed (``not-removed``; ``removed``
    says how many were).
    """
    spec, mark = result.spec, ledger.last_mark(bench.catalog, job)
    assert spec is not None
    try:
        if is_far(spec.to):
            _remove_folder(ground_folder(bench, spec, job))
            _remove_sent(bench, job, spec, result, mark.number if mark is not None and mark.ended else 0, wish)
            return Removed()
        folder = Path(spec.to)
        _require_disk(spec, result)
        if not folder.is_dir():
            if mark is None and not result.disk:  # it never began
                return Removed()
            raise _gone(result, mark.files if mark is not None else 0)
        is_found = bench.exports.discard(folder, spec.name, job)
        _remove_folder(scratch_of(folder, job))
        if mark is None or not mark.ended:
            if not is_found and (mark is not None or result.has_begun):
                raise _gone(result, mark.files if mark is not None else 0)
            return Removed()
        return _remove_published(bench, job, result, mark.number, wish, is_found=is_found)
    except OSError as error:
        raise ExportFault(str(error), location=spec.to, reason="not-removed") from error


def _require_disk(spec: Export, result: Result) -> None:
    if is_away(result.disk):
        raise ExportFault(spec.to, location=spec.to, reason="no-disk")


def _gone(result: Result, files: int) -> ExportFault:
    assert result.spec is not None
    where = result.where or str(home_of(result.spec, Path(result.spec.to)))
    told = {"files": files} if files > 1 else {}
    return ExportFault(where, location=where, reason="no-files", **told)


def _remove_folder(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _remove_sent(bench: Bench, job: JobId, spec: Export, result: Result, number: int, wish: Wish) -> None:
    progress = sent.read(bench.catalog, job) or Sent()
    if not result.is_sent and not progress.has_begun:
        return
    above = above_of(spec, home_of(spec, ground_folder(bench, spec, job)))
    destination = bench.exports.destination(spec.to)
    try:
        for made in chain(files_of(bench, job, number), ledger.beside(bench.catalog, job, number)):
            if wish.stop:
                return
            destination.remove(above + made.name, made)
        if not number or progress.is_replacing or progress.earlier:
            earlier = Earlier(bench, destination, job, above, progress.earlier)
            for _ in earlier.take_back_others(()):
                if wish.stop:
                    return
            earlier.take_back_manifest()
        for pieces in progress.unfinished():
            destination.drop(pieces.name, pieces.since)
    finally:
        destination.close()


def _remove_published(bench: Bench, job: JobId, result: Result, number: int, wish: Wish, *, is_found: bool) -> Removed:
    """Remove files that have appeared under their names.

    ``is_found``: what had not appeared was there. Raises ExportFault if there is none of them, or not all could be
    removed.
    """
    assert result.spec is not None
    home = home_of(result.spec, Path(result.spec.to))
    if is_link(home):  # what lies behind it is somebody else's copy
        return Removed([home.name])
    sweep = _Sweep(home, wish)
    for made in files_of(bench, job, number):
        sweep.take(made)
    kept, missing = list(sweep.kept), 0 if is_found else max(0, sweep.missing - result.removed)
    if missing and not sweep.is_found and not wish.stop:
        raise _gone(result, missing)
    if not kept and sweep.refused is None:
        for made in ledger.beside(bench.catalog, job, number):
            sweep.take(made)
    if result.spec.packing is Packing.FOLDER:
        sweep.remove_folders()
    if sweep.refused is not None:
        said, to = str(sweep.refused), result.spec.to
        raise ExportFault(said, location=to, reason="not-removed", removed=sweep.removed) from sweep.refused
    return Removed(kept, missing, sweep.removed)


@dataclass(slots=True)
class _Sweep:
    """Files on their way out."""

    home: Path
    wish: Wish
    is_found: bool = False
    """Something of the export was there."""
    removed: int = 0
    missing: int = 0
    kept: list[str] = field(default_factory=list)
    """What somebody changed."""
    refused: OSError | None = None
    _folders: set[Path] = field(default_factory=set)

    def take(self, made: Made) -> None:
        """Remove a file if it is still as it was written."""
        path = self.home / made.name
        try:
            is_ours = not is_linked(self.home, made.name) and is_same(path, made, self.wish)
            if self.wish.stop:  # nothing is known of it
                return
            self.is_found = True
            if is_ours:
                path.unlink()
                self.removed += 1
                self._folders.update(above for above in path.parents if self.home in (above, *above.parents))
            else:
                self.kept.append(made.name)
        except (FileNotFoundError, NotADirectoryError):
            self.missing += 1
        except OSError as error:
            self.is_found, self.refused = True, error

    def remove_folders(self) -> None:
        """Remove those that hold nothing any more."""
        for folder in sorted(self._folders, key=lambda one: -len(one.parts)):
            with contextlib.suppress(OSError):
                folder.rmdir()  # only if it is empty
        if not is_link(self.home) and not any(_holds(*found) for found in os.walk(self.home)):
            for found, _, _ in os.walk(self.home, topdown=False):  # folders that were exported without anything in them
                with contextlib.suppress(OSError):
                    Path(found).rmdir()


def _holds(folder: str, folders: Sequence[str], names: Sequence[str]) -> bool:
    """Is there anything else than folders?"""
    return bool(names) or any(is_link(Path(folder, name)) for name in folders)


def _placed(bench: Bench, job: JobId, result: Result) -> Iterator[tuple[Path, Made]]:
    assert result.spec is not None
    home = home_of(result.spec, Path(result.spec.to))
    yield from ((home / made.name, made) for made in files_of(bench, job, result.number))
