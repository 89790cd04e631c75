"""Send an export's files to a destination, and go on where an earlier attempt got to."""

import asyncio
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.errors import DestinationTaken
from saasbackup_desktop.core.export.ports import Destination, Plain
from saasbackup_desktop.core.export.values import Made, Packing
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import ledger, sent
from saasbackup_desktop.engine.exporting.earlier import Earlier
from saasbackup_desktop.engine.exporting.ledger import Mark
from saasbackup_desktop.engine.exporting.proving import MANIFEST, Wish, files_of
from saasbackup_desktop.engine.exporting.sent import Pieces, Sent
from saasbackup_desktop.engine.meter import Meter

_LOOK_EVERY: Final = 0.5


class _Ended(Exception):
    """Somebody wants it to end."""


async def send(bench: Bench, spec: Export, job: JobId, mark: Mark, home: Path, meter: Meter) -> str:
    """Send all files; gives where a person finds them. Raises Fault."""
    progress = await bench.offload.on_reading(sent.read, bench.catalog, job) or Sent()
    beside = await bench.offload.on_reading(ledger.beside, bench.catalog, job, mark.number)
    wish = Wish()
    sending = _Sending(bench, spec, job, mark, home, progress, wish)
    working = asyncio.ensure_future(bench.offload.on_disk(sending.all))
    meter.bytes_done, meter.bytes_total = progress.bytes, mark.made + sum(made.size for made in beside)
    kept: dict[str, Any] = {}

    async def keep() -> None:
        nonlocal kept
        told = progress.plain()
        if told != kept:
            kept = told
            await bench.offload.on_catalog(sent.write, bench.catalog, job, told, bench.clock.now())

    try:
        while not working.done():
            await asyncio.wait([working], timeout=_LOOK_EVERY)
            meter.bytes_done = progress.bytes + progress.now
            await keep()
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([working])
        await keep()
        raise
    await keep()
    working.result()
    return progress.where


class _Sending:
    """The thread that sends."""

    def __init__(
        self, bench: Bench, spec: Export, job: JobId, mark: Mark, home: Path, progress: Sent, wish: Wish
    ) -> None:
        self._bench, self._spec, self._job, self._mark = bench, spec, job, mark
        self._home, self._progress, self._wish = home, progress, wish
        self._above = above_of(spec, home)

    def all(self) -> None:
        """Send what is not there yet. Blocks; ends early when it shall. Raises Fault."""
        destination = self._bench.exports.destination(self._spec.to)
        try:
            self._send(destination, Earlier(self._bench, destination, self._job, self._above, self._progress.earlier))
        except _Ended:
            return
        finally:
            destination.close()

    def _send(self, destination: Destination, earlier: Earlier) -> None:
        progress = self._progress
        beside = ledger.beside(self._bench.catalog, self._job, self._mark.number)
        # What says whose the folder is goes before anything else: of two that want a name, only one gets it.
        files = chain(beside[:1], files_of(self._bench, self._job, self._mark.number), beside[1:])
        for number, made in enumerate(files):
            if number < progress.files:
                continue
            where = self._send_one(destination, earlier, made)
            if made not in beside:
                several = f"{destination.location.rstrip('/')}/{self._above}"
                progress.where = where if self._mark.files == 1 else several
            progress.files, progress.pieces, progress.now = number + 1, None, 0
            progress.bytes += made.size
        if progress.is_replacing or progress.earlier:
            self._replace(destination, earlier, beside)
        if progress.left is not None:
            destination.drop(progress.left.name, progress.left.since)
            progress.left = None

    def _send_one(self, destination: Destination, earlier: Earlier, made: Made) -> str:
        progress = self._progress
        try:
            return self._send_file(destination, made)
        except DestinationTaken:
            if made.name == MANIFEST and earlier.manifest() is not None:
                progress.is_replacing = progress.has_begun = True  # until all else is there it says what is ours
                return ""
            if not earlier.take_back(made.name):
                raise
            return self._send_file(destination, made)

    def _send_file(self, destination: Destination, made: Made) -> str:
        progress, wish, name = self._progress, self._wish, self._above + made.name

        def told(since: Plain, there: int) -> None:
            progress.pieces, progress.now, progress.has_begun = Pieces(name, since), there, True
            if progress.left is not None and progress.left.name == name:
                progress.left = None
            if wish.stop:
                raise _Ended

        where = destination.send(self._home / made.name, name, progress.since(name), told)
        progress.has_begun = True
        return where

    def _replace(self, destination: Destination, earlier: Earlier, beside: Sequence[Made]) -> None:
        """Remove what an attempt has sent whose files were lost, and what says so."""
        wanted = {made.name for made in chain(beside, files_of(self._bench, self._job, self._mark.number))}
        for _ in earlier.take_back_others(wanted):
            if self._wish.stop:
                raise _Ended
        if self._progress.is_replacing:
            before = earlier.manifest()
            if before is not None:
                destination.remove(self._above + MANIFEST, Made(MANIFEST, before.size, before.sha256, 0))
            self._send_file(destination, beside[0])
        self._progress.is_replacing, self._progress.earlier = False, ()


def first_files(name: str, packing: Packing) -> Sequence[str]:
    """The files that an export of a name has at a destination before all others, and the next one that it may have."""
    return (f"{name}/{MANIFEST}",) if packing is Packing.FOLDER else (f"{name}.zip", f"{name} (2).zip")


def require_free(bench: Bench, spec: Export, job: JobId) -> None:
    """Make sure that nothing of somebody else has the name there. Blocks. Raises DestinationTaken, Fault."""
    destination = bench.exports.destination(spec.to)
    try:
        for file in first_files(spec.name, spec.packing):
            if destination.has(file):
                above = above_of(spec, Path(spec.name))
                if Earlier(bench, destination, job, above, ()).manifest() is None:
                    raise DestinationTaken("a file is there", location=destination.location, name=file)
    finally:
        destination.close()


def above_of(spec: Export, home: Path) -> str:
    """What the files' names begin with at a destination: the folder, or nothing for archives."""
    return f"{home.name}/" if spec.packing is Packing.FOLDER else ""


def set_aside(catalog: Catalog, spec: Export, job: JobId, until: int, now: int) -> None:
    """Forget what an attempt has written, save what of it may be at the destination. Blocks."""
    before = sent.read(catalog, job)
    made: list[Made] = []
    if before is not None and spec.packing is Packing.ZIP:  # in a folder there, the manifest says it
        made = [one for page in ledger.pages(catalog, job, until) for one in page.files]
    ledger.forget(catalog, job, until)
    if before is not None:
        left = next(iter(before.unfinished()), None)
        after = Sent(has_begun=before.has_begun, left=left, earlier=(*before.earlier, *made))
        after.is_replacing = before.is_replacing
        sent.write(catalog, job, after.plain(), now)
