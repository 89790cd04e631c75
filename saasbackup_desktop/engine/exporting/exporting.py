"""Export: take what was chosen out of the vault into files, prove that they are as they should be, hand them over."""

import asyncio
import errno
import os
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final, TypeVar

from saasbackup_desktop.core.errors import ExportFault, ExportFull, FileUnsound, Misconfigured
from saasbackup_desktop.core.export.ports import About, LastingShelf
from saasbackup_desktop.core.export.values import Packing
from saasbackup_desktop.core.jobs import Export, ItemFailure
from saasbackup_desktop.core.model import Account
from saasbackup_desktop.engine.bench import Bench, Journal
from saasbackup_desktop.engine.exporting import ledger, results
from saasbackup_desktop.engine.exporting.choosing import Choice, part_of
from saasbackup_desktop.engine.exporting.doors import Ground
from saasbackup_desktop.engine.exporting.estimating import Guessing, sample_of
from saasbackup_desktop.engine.exporting.ledger import Mark, Page
from saasbackup_desktop.engine.exporting.legs import Legs, Share, legs_of, write_shares
from saasbackup_desktop.engine.exporting.places import count_empty, ground_of, is_far, scratch_of
from saasbackup_desktop.engine.exporting.proving import Proof, Wish, prove
from saasbackup_desktop.engine.exporting.results import Result
from saasbackup_desktop.engine.exporting.sending import above_of, require_free, send, set_aside
from saasbackup_desktop.engine.exporting.writing import Writing
from saasbackup_desktop.engine.meter import Meter

T = TypeVar("T")
_DAY: Final = 86400
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class _Run:
    """What is the same all the way."""

    bench: Bench
    spec: Export
    meter: Meter
    journal: Journal
    ground: Ground


async def export(bench: Bench, spec: Export, meter: Meter, journal: Journal) -> None:
    """Carry an export out, from where an earlier attempt got to. Raises Fault."""
    meter.doing = "planning"
    before = await bench.offload.on_reading(results.read, bench.catalog, journal.job)
    if before is not None and before.is_removed:  # its files are gone, and nobody would see new ones
        raise Misconfigured(journal.job, what="unknown-export", name=journal.job)
    ground = await bench.offload.on_disk(ground_of, bench, spec, journal.job)
    run = _Run(bench, spec, meter, journal, ground)
    if before is not None and before.is_sent:  # cut off after all was done, or asked for again
        await _tell_again(run, before)
        return
    legs = await bench.offload.on_reading(legs_of, bench, spec)
    choice = await _choose(run, legs)
    await results.begin(bench, journal.job, spec, _owners(bench, spec))
    mark, places = await _written(run, choice, is_first=before is None)
    if spec.book:
        await bench.offload.on_reading(_share_out, run, choice, mark)
    proof = await _proved(run, mark, places)
    if is_far(spec.to) and proof.is_spoilt:
        mark, places = await _written_anew(run, choice, mark)
        proof = await _proved(run, mark, places)
    await _hand_over(run, mark, places, proof)


async def _choose(run: _Run, legs: Legs) -> Choice:
    """Say what is taken, account by account: there may be hundreds."""
    bench, meter, parts = run.bench, run.meter, []
    meter.accounts_total = len(legs) if run.spec.book else 0
    for number in range(len(legs)):
        part = await bench.offload.on_reading(part_of, bench.catalog, bench.exports, run.spec, legs, number)
        meter.where = part.folder
        parts.append(part)
    meter.where = ""
    return Choice(parts)


def _share_out(run: _Run, choice: Choice, mark: Mark) -> None:
    """Write down what became of each account. Blocks."""
    ends = list(accumulate(part.count for part in choice.parts))
    failed, lost = [0] * len(ends), [0] * len(ends)
    for page in ledger.pages(run.bench.catalog, run.journal.job, mark.number):
        for missed in page.missed:
            part = ledger.of_part(missed.number) if missed.number < 0 else bisect_right(ends, missed.number)
            (lost if missed.is_there else failed)[part] += missed.count
    shares = [Share(part.count, *counts) for part, *counts in zip(choice.parts, failed, lost, strict=True)]
    write_shares(run.bench.catalog, run.spec, shares, run.bench.clock.now())


def _owners(bench: Bench, spec: Export) -> Sequence[Account]:
    return [bench.doors.account(pick.stream)[0] for pick in spec.picks]


# --- writing ---------------------------------------------------------------------------------------------------


async def _written(run: _Run, choice: Choice, *, is_first: bool) -> tuple[Mark, Sequence[Path]]:
    """Write everything that is not written yet, and let it appear under its name."""
    bench, meter = run.bench, run.meter
    mark = await _take_up(run, choice, is_first=is_first)
    meter.items_total, meter.bytes_total = choice.count, choice.size
    with _writable(run.ground.folder):
        shelf, mark = await _shelf(run, choice, mark)
        scratch = scratch_of(run.ground.folder, run.ground.key)
        about = About(run.spec.name, run.spec.part_size)
        work = Writing(bench, run.journal.job, choice, shelf, scratch, about, mark)
        _count(meter, work)
        try:
            meter.doing = "exporting"
            ends = list(accumulate(part.count for part in choice.parts)) if run.spec.book else []
            while not mark.listed and not work.is_over:
                page = await bench.offload.on_disk(work.go_on)
                _count(meter, work)
                meter.accounts_done = bisect_right(ends, work.done)
                if page is not None:
                    await _keep(run, page)
            meter.doing, meter.accounts_done = "sealing", len(ends)
            if not work.mark.listed:
                await _keep(run, await bench.offload.on_disk(work.list_left_out))
            if not work.mark.ended:
                await _keep(run, await bench.offload.on_disk(work.end))
            places = await bench.offload.on_disk(shelf.publish)
        finally:
            await bench.offload.on_disk(_let_go, work, shelf)
        await bench.offload.on_disk(shutil.rmtree, scratch, ignore_errors=True)
    return work.mark, places


def _let_go(work: Writing, shelf: LastingShelf) -> None:
    try:
        work.close()
    finally:
        shelf.close()


async def _take_up(run: _Run, choice: Choice, *, is_first: bool) -> Mark:
    """Find out from where to go on, and tell again what has failed until then."""
    bench, job = run.bench, run.journal.job
    mark = await bench.offload.on_reading(ledger.last_mark, bench.catalog, job)
    digest = choice.digest()
    if mark is None:
        # What an earlier attempt has sent is no reason; archives there are compared when they are written.
        if is_far(run.spec.to) and (is_first or run.spec.packing is Packing.FOLDER):
            await bench.offload.on_disk(require_free, bench, run.spec, job)
        return Mark(choice=digest)
    if mark.choice != digest and not mark.ended:
        await run.journal.note("warning", "export-anew")
        await bench.offload.on_catalog(set_aside, bench.catalog, run.spec, job, mark.number, bench.clock.now())
        return Mark(choice=digest)
    if mark.done:
        await run.journal.note("info", "export-goes-on", items=mark.done, files=mark.files)
    await _tell_failures(run, mark.number)
    return mark


async def _tell_failures(run: _Run, until: int) -> None:
    """Tell of the job's earlier failures what the ledger says."""
    bench, job = run.bench, run.journal.job
    await bench.offload.on_catalog(bench.catalog.clear_failures, job)
    for number in range(1, until + 1):
        page = await bench.offload.on_reading(ledger.page, bench.catalog, job, number)
        if page is not None:
            await _tell(run, page)


async def _tell_again(run: _Run, before: Result) -> None:
    """Say of an export that has come to its end how it ended."""
    meter, mark = run.meter, await run.bench.offload.on_reading(ledger.last_mark, run.bench.catalog, run.journal.job)
    await _tell_failures(run, before.number)
    if mark is not None:
        meter.items_done = meter.items_total = mark.done
        meter.added, meter.bytes_done = mark.written, mark.size
        meter.verified = 0 if before.unsound else mark.written
    meter.failed = before.failed + before.unsound


async def _shelf(run: _Run, choice: Choice, mark: Mark) -> tuple[LastingShelf, Mark]:
    """Open the shelf; what lies there no more is written anew."""
    bench = run.bench
    await bench.offload.on_disk(_require_folder, run)
    if mark.shelf is not None:
        try:
            return await bench.offload.on_disk(bench.exports.shelf, run.ground, mark.shelf), mark
        except FileNotFoundError:
            await _begin_anew(run, mark)
            mark = Mark(choice=mark.choice)
    await _require_room(run, choice)
    shelf = await bench.offload.on_disk(bench.exports.shelf, run.ground, None)
    try:
        await results.begun(bench, run.journal.job)
    except BaseException:
        await bench.offload.on_disk(shelf.close)
        raise
    return shelf, mark


def _require_folder(run: _Run) -> None:
    folder = run.ground.folder
    if is_far(run.spec.to):
        folder.mkdir(parents=True, exist_ok=True)
    elif not folder.is_dir():
        raise ExportFault(str(folder), location=str(folder), reason="no-folder")


async def _require_room(run: _Run, choice: Choice) -> None:
    bench, spec, folder = run.bench, run.spec, run.ground.folder
    guessing = Guessing(bench.catalog, spec.packing, spec.part_size, sample_of(len(choice.parts)))
    for part in choice.parts:
        await bench.offload.on_disk(guessing.add, part.stations)
    needed = guessing.guess.least
    room = (await bench.offload.on_disk(shutil.disk_usage, folder)).free
    room += await bench.offload.on_disk(bench.exports.begun, run.ground)  # what lies there goes first
    if room < needed:
        raise ExportFull("not enough room", location=str(folder), needed=needed, room=room)


async def _keep(run: _Run, page: Page) -> None:
    bench = run.bench
    now = bench.clock.now()
    await bench.offload.on_catalog(ledger.write, bench.catalog, run.journal.job, page, now)
    await _tell(run, page)


async def _tell(run: _Run, page: Page) -> None:
    for missed in page.missed:
        if not missed.is_there:
            await run.journal.failed(missed.failure())


def _count(meter: Meter, work: Writing) -> None:
    meter.items_done, meter.added, meter.bytes_done = work.done, work.written, work.size
    meter.failed, meter.where = work.failed, work.where
    meter.bytes_total = max(meter.bytes_total, work.size)


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    """Say in our words what a disk says."""
    try:
        yield
    except OSError as error:
        where = str(folder)
        if error.errno in _FULL:
            raise ExportFull(os.strerror(error.errno), location=where) from error
        reason = "taken" if isinstance(error, FileExistsError) else "unwritable"
        said = os.strerror(error.errno) if error.errno else str(error)
        raise ExportFault(said, location=where, reason=reason) from error


# --- what is written --------------------------------------------------------------------------------------------


async def _proved(run: _Run, mark: Mark, places: Sequence[Path]) -> Proof:
    """Read back what is there."""
    bench, meter, job = run.bench, run.meter, run.journal.job
    meter.items_done, meter.added, meter.failed = mark.done, mark.written, mark.failed
    meter.bytes_done = mark.size
    meter.where = ""
    meter.doing = "verifying"
    home = _home(run.spec, places)

    def at(name: str) -> None:
        meter.where = name

    found = await _stoppable(run, lambda wish: prove(bench, home, job, mark, wish, at))
    meter.where = ""
    return found


async def _written_anew(run: _Run, choice: Choice, mark: Mark) -> tuple[Mark, Sequence[Path]]:
    """Write everything once more: files were lost on this computer before all of them were sent."""
    await _begin_anew(run, mark)
    return await _written(run, choice, is_first=False)


async def _begin_anew(run: _Run, mark: Mark) -> None:
    """Forget what was written, save what of it may be at a destination."""
    bench, job, folder = run.bench, run.journal.job, run.ground.folder
    await run.journal.note("warning", "export-anew")
    await bench.offload.on_catalog(set_aside, bench.catalog, run.spec, job, mark.number, bench.clock.now())
    await bench.offload.on_catalog(bench.catalog.clear_failures, job)
    if is_far(run.spec.to):  # nobody else's files lie there
        await bench.offload.on_disk(shutil.rmtree, folder)
        await bench.offload.on_disk(folder.mkdir)


async def _hand_over(run: _Run, mark: Mark, places: Sequence[Path], found: Proof) -> None:
    """Send what is there where it shall go, and write down what became of it."""
    bench, meter, job = run.bench, run.meter, run.journal.job
    home = _home(run.spec, places)
    meter.verified = max(0, mark.written - found.items)
    for name, code in found.faults:
        meter.failed += 1
        await run.journal.failed(ItemFailure(path="", name=name, code=FileUnsound.code, detail=code))
    where = str(home if run.spec.packing is Packing.FOLDER or len(places) != 1 else places[0])
    if is_far(run.spec.to):
        meter.doing = "uploading"
        empty = await bench.offload.on_disk(count_empty, home) if run.spec.packing is Packing.FOLDER else 0
        if empty:
            await run.journal.note("info", "export-folders-listed", count=empty)
        where = await send(bench, run.spec, job, mark, home, meter)
        await bench.offload.on_disk(shutil.rmtree, run.ground.folder, ignore_errors=True)
    if mark.lost:
        await run.journal.note("warning", "export-lost", count=mark.lost)
    now = bench.clock.now()
    result = Result(
        where=where,
        above=above_of(run.spec, home) if is_far(run.spec.to) else "",
        finished=now,
        files=mark.files,
        size=mark.made,
        failed=mark.failed,
        lost=mark.lost,
        unsound=len(found.faults),
        number=mark.number,
        is_verified=not found.faults,
        is_sent=True,
        expires=now + run.spec.keep_days * _DAY if run.spec.keep_days is not None else None,
    )
    await results.end(bench, job, result)
    if run.spec.locked:
        await bench.offload.on_disk(bench.exports.forget, run.spec.locked)


def _home(spec: Export, places: Sequence[Path]) -> Path:
    """The folder that the files' names begin in."""
    return places[0] if spec.packing is Packing.FOLDER else places[0].parent


async def _stoppable(run: _Run, work: Callable[[Wish], T]) -> T:
    """Do something that blocks for long; it ends soon when the job is to end."""
    wish = Wish()
    working = asyncio.ensure_future(run.bench.offload.on_disk(work, wish))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        wish.stop = True
        await asyncio.wait([working])
        raise
