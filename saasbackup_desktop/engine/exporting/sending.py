"""Send an export's files to a destination, and go on where an earlier attempt got to."""

import asyncio
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.catalog.catalog import Record
from saasbackup_desktop.core.errors import DestinationTaken
from saasbackup_desktop.core.export.ports import Destination, Plain
from saasbackup_desktop.core.export.values import Packing
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Export
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import ledger
from saasbackup_desktop.engine.exporting.ledger import Mark
from saasbackup_desktop.engine.exporting.proving import MANIFEST, Wish, files_of
from saasbackup_desktop.engine.meter import Meter

_LOOK_EVERY: Final = 0.5


class _Ended(Exception):
    """Somebody wants it to end."""


class _Progress:
    """How far it is: written by the thread that sends, written down by the loop."""

    def __init__(self, plain: dict[str, Any]) -> None:
        self.files: int = plain.get("files", 0)
        """So many, in their order, are there."""
        self.since: Plain | None = plain.get("since")
        """Of the file after them."""
        self.where: str = plain.get("where", "")
        self.bytes: int = plain.get("bytes", 0)
        """Of the files that are there."""
        self.has_begun: bool = plain.get("begun", False)
        """Something of it is there: the name is ours."""
        self.is_claimed: bool = plain.get("claimed", False)
        """What says whose the folder is is there."""
        self.now = 0
        """Of the file under way."""

    def plain(self) -> dict[str, Any]:
        """As it is written down."""
        return {
            "begun": self.has_begun,
            "claimed": self.is_claimed,
            "files": self.files,
            "since": self.since,
            "where": self.where,
            "bytes": self.bytes,
        }


async def send(bench: Bench, spec: Export, job: JobId, mark: Mark, home: Path, meter: Meter) -> str:
    """Send all files; gives where a person finds them. Raises Fault."""
    room = ledger.room_of(job)
    before = await bench.offload.on_reading(bench.catalog.record, room, ledger.SENT)
    beside = await bench.offload.on_reading(ledger.beside, bench.catalog, job, mark.number)
    progress, wish = _Progress(dict(before.plain) if before is not None else {}), Wish()
    working = asyncio.ensure_future(bench.offload.on_disk(_send, bench, spec, job, mark, home, progress, wish))
    meter.bytes_done, meter.bytes_total = progress.bytes, mark.made + sum(made.size for made in beside)
    try:
        kept: dict[str, Any] = {}
        while not working.done():
            await asyncio.wait([working], timeout=_LOOK_EVERY)
            meter.bytes_done = progress.bytes + progress.now
            told = progress.plain()
            if told != kept:
                kept = told
                await bench.offload.on_catalog(
                    bench.catalog.put_records, room, [Record(ledger.SENT, bench.clock.now(), told)]
                )
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([working])
        await bench.offload.on_catalog(
            bench.catalog.put_records, room, [Record(ledger.SENT, bench.clock.now(), progress.plain())]
        )
        raise
    try:
        working.result()
    finally:
        await bench.offload.on_catalog(
            bench.catalog.put_records, room, [Record(ledger.SENT, bench.clock.now(), progress.plain())]
        )
    return progress.where


def _send(bench: Bench, spec: Export, job: JobId, mark: Mark, home: Path, progress: _Progress, wish: Wish) -> None:
    destination = bench.exports.destination(spec.to)
    above = above_of(spec, home)
    beside = ledger.beside(bench.catalog, job, mark.number)
    # What says whose the folder is goes before anything else: of two that want a name, only one gets it.
    files = chain(beside[:1], files_of(bench, job, mark.number), beside[1:])
    try:
        for number, made in enumerate(files):
            if number < progress.files:
                continue
            where = _send_one(destination, home / made.name, above + made.name, progress, wish)
            if made not in beside:
                progress.where = where if mark.files == 1 else f"{destination.location.rstrip('/')}/{above}"
            progress.files, progress.since, progress.now = number + 1, None, 0
            progress.bytes += made.size
    except _Ended:
        return
    finally:
        destination.close()


def first_files(name: str, packing: Packing) -> Sequence[str]:
    """The files that an export of a name has at a destination before all others, and the next one that it may have."""
    return (f"{name}/{MANIFEST}",) if packing is Packing.FOLDER else (f"{name}.zip", f"{name} (2).zip")


def require_free(bench: Bench, spec: Export) -> None:
    """Make sure that nothing at the destination has the name. Blocks. Raises DestinationTaken, Fault."""
    destination = bench.exports.destination(spec.to)
    try:
        for file in first_files(spec.name, spec.packing):
            if destination.has(file):
                raise DestinationTaken("a file is there", location=destination.location, name=file)
    finally:
        destination.close()


def above_of(spec: Export, home: Path) -> str:
    """What the files' names begin with at a destination: the folder, or nothing for archives."""
    return f"{home.name}/" if spec.packing is Packing.FOLDER else ""


def has_begun(bench: Bench, job: JobId) -> bool:
    """Is anything of an export at its destination? Blocks."""
    found = bench.catalog.record(ledger.room_of(job), ledger.SENT)
    return found is not None and _Progress(dict(found.plain)).has_begun


def _send_one(destination: Destination, file: Path, name: str, progress: _Progress, wish: Wish) -> str:
    def told(since: Plain, there: int) -> None:
        progress.since, progress.now, progress.has_begun = since, there, True
        if wish.stop:
            raise _Ended

    where = destination.send(file, name, progress.since, told)
    progress.has_begun = True
    return where
