"""Exports with shelves, destinations and disks that fail when they are told to."""

import asyncio
import errno
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from saasbackup_desktop.app.destinations.store import DestinationStore
from saasbackup_desktop.app.exports.doors import HomeExports
from saasbackup_desktop.app.exports.passwords import ExportPasswords
from saasbackup_desktop.core.errors import BodyDamaged, ExportFault, ExportFull, Unreachable
from saasbackup_desktop.core.export.ports import Destination, LastingShelf, Plain, Trial
from saasbackup_desktop.core.export.values import Format, Made, Packing, Pick
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import Backup, Export
from saasbackup_desktop.core.traffic import unlimited
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import exporting, ledger, results, writing
from saasbackup_desktop.engine.exporting.exporting import export
from saasbackup_desktop.engine.exporting.proving import Wish
from saasbackup_desktop.engine.exporting.removing import check, remove_files
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.providers.files.eml import EmlWriter
from tests.unit.engine.conftest import Notes, ScriptedDoors, box, stream

_PIECE = 7


@dataclass
class Place:
    """A folder that stands for a place outside; it goes out of reach after so many pieces."""

    folder: Path
    pieces: int | None = None
    sent: list[str] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    location: str = "place://there"

    def send(self, file: Path, name: str, since: Plain | None, told: Callable[[Plain, int], None]) -> str:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        data, start = file.read_bytes(), 0
        if since is not None:
            start = int(str(since["there"]))
            assert target.stat().st_size == start
            self.resumed.append(name)
        for at in range(start, len(data), _PIECE):
            if self.pieces is not None:
                self.pieces -= 1
                if self.pieces < 0:
                    raise Unreachable("gone")
            with target.open("ab" if at else "wb") as out:
                out.write(data[at : at + _PIECE])
            told({"there": min(len(data), at + _PIECE)}, min(len(data), at + _PIECE))
        self.sent.append(name)
        return f"{self.location}/{name}"

    def drop(self, name: str, since: Plain) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def read(self, name: str, most: int) -> bytes | None:
        file = self.folder / name
        return file.read_bytes() if file.exists() and file.stat().st_size <= most else None

    def remove(self, name: str, made: Made | None = None) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def try_out(self) -> Sequence[Trial]:
        return []

    def close(self) -> None:
        pass


class Doors(HomeExports):
    """A home's doors, with a place outside that tests look into."""

    def __init__(self, folder: Path) -> None:
        key = bytes(32)
        store = DestinationStore(folder / "destinations.sealed", key)
        super().__init__(ExportPasswords(folder / "exports", key), store, unlimited())
        self.place = Place(folder / "place")

    def destination(self, to: str) -> Destination:
        return self.place


@pytest.fixture
def made(bench: Bench, doors: ScriptedDoors, tmp_path: Path) -> Bench:
    doors.add("ada").stretches = [box(*range(1, 13))]
    (tmp_path / "out").mkdir()
    return replace(bench, exports=Doors(tmp_path), scratch=tmp_path / "scratch")


async def _spec(bench: Bench, tmp_path: Path, **wanted: Any) -> Export:
    await back_up(bench, Backup(stream=stream("ada")), Meter(), Notes())
    [point] = bench.catalog.snapshots(stream("ada"))
    pick = Pick(stream=stream("ada"), snapshot=point.id, format=Format.EML)
    return Export(**{"picks": (pick,), "name": "Mail", "to": str(tmp_path / "out"), **wanted})


async def _run(bench: Bench, spec: Export) -> tuple[Meter, Notes]:
    meter, notes = Meter(), Notes(job=JobId("job"))
    await export(bench, spec, meter, notes)
    return meter, notes


def _letters(folder: Path) -> int:
    return len(list(folder.rglob("*.eml")))


@pytest.mark.parametrize("packing", list(Packing))
async def test_sending_goes_on_in_the_middle_of_a_file(made: Bench, tmp_path: Path, packing: Packing) -> None:
    spec = await _spec(made, tmp_path, to="destination:there", packing=packing)
    assert isinstance(made.exports, Doors)
    place = made.exports.place
    place.pieces = 9
    with pytest.raises(Unreachable):
        await _run(made, spec)
    sent = len(place.sent)
    place.pieces = None
    meter, _ = await _run(made, spec)
    assert place.resumed
    assert len(place.sent) == len(set(place.sent)) > sent  # nothing twice
    assert (meter.added, meter.failed) == (12, 0)
    result = results.read(made.catalog, JobId("job"))
    assert result is not None
    assert result.where.startswith("place://there")
    assert not list((tmp_path / "scratch").glob("*"))  # nothing is left here
    if packing is Packing.FOLDER:
        assert _letters(place.folder / "Mail") == 12
        assert {"manifest.json", "SHA256SUMS"} <= {file.name for file in (place.folder / "Mail").iterdir()}
    await made.offload.on_disk(remove_files, made, JobId("job"), result, Wish())
    assert not [file for file in place.folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize("packing", list(Packing))
async def test_what_was_sent_of_an_export_that_did_not_end_is_removed(
    made: Bench, tmp_path: Path, packing: Packing
) -> None:
    spec = await _spec(made, tmp_path, to="destination:there", packing=packing)
    assert isinstance(made.exports, Doors)
    place = made.exports.place
    (place.folder / "Mail").mkdir(parents=True)
    (place.folder / "Mail" / "notes.txt").write_bytes(b"mine")
    place.pieces = 400
    if packing is Packing.FOLDER:
        with pytest.raises(Unreachable):
            await _run(made, spec)
    else:
        place.pieces = None
        await _run(made, spec)
    result = results.read(made.catalog, JobId("job"))
    assert result is not None
    assert place.sent
    await made.offload.on_disk(remove_files, made, JobId("job"), replace(result, is_sent=False), Wish())
    assert [file.name for file in place.folder.rglob("*") if file.is_file()] == ["notes.txt"]
    assert not list((tmp_path / "scratch").glob("*"))


@pytest.mark.parametrize("what", ["manifest.json", "*.eml"])
async def test_what_is_lost_here_before_it_was_sent_is_written_anew(made: Bench, tmp_path: Path, what: str) -> None:
    spec = await _spec(made, tmp_path, to="destination:there")
    assert isinstance(made.exports, Doors)
    place = made.exports.place
    place.pieces = 9
    with pytest.raises(Unreachable):
        await _run(made, spec)
    place.pieces = None
    next((tmp_path / "scratch").rglob(what)).unlink()
    meter, notes = await _run(made, spec)
    assert "export-anew" in notes.codes
    assert (meter.added, meter.verified, meter.failed) == (12, 12, 0)
    assert _letters(place.folder / "Mail") == 12
    assert not list((tmp_path / "scratch").glob("*"))


async def test_no_room_is_said_before_anything_is_written(
    made: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = await _spec(made, tmp_path)
    real = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real._replace(free=10))
    with pytest.raises(ExportFull) as caught:
        await _run(made, spec)
    assert (caught.value.facts["room"], int(caught.value.facts["needed"]) > 10) == (10, True)
    assert not list((tmp_path / "out").iterdir())


async def test_what_a_full_disk_holds_of_it_counts_as_room(
    made: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = await _spec(made, tmp_path)
    monkeypatch.setattr(writing, "_SAFE_SECONDS", 1e9)  # nothing of it is safe when the disk is full
    real, usage, count = EmlWriter.add, shutil.disk_usage(tmp_path), 0

    def add(self: EmlWriter, entry: Any) -> Sequence[str]:
        nonlocal count
        count += 1
        if count == 12:
            cast(LastingShelf, self._shelf).seal()  # what is written lies there, and no record says so
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, entry)

    monkeypatch.setattr(EmlWriter, "add", add)
    with pytest.raises(ExportFull):
        await _run(made, spec)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=0))
    meter, _ = await _run(made, spec)
    assert (meter.added, _letters(tmp_path / "out")) == (12, 12)


async def test_a_disk_that_gets_full_is_met_and_what_is_done_stays(
    made: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = await _spec(made, tmp_path)
    monkeypatch.setattr(writing, "_SAFE_SECONDS", 0.0)
    real, count = EmlWriter.add, 0

    def add(self: EmlWriter, entry: Any) -> Sequence[str]:
        nonlocal count
        count += 1
        if count == 6:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, entry)

    monkeypatch.setattr(EmlWriter, "add", add)
    with pytest.raises(ExportFull):
        await _run(made, spec)
    mark = ledger.last_mark(made.catalog, JobId("job"))
    assert mark is not None
    assert (mark.done, mark.files) == (5, 5)
    meter, notes = await _run(made, spec)
    assert (meter.added, _letters(tmp_path / "out")) == (12, 12)
    assert "export-goes-on" in notes.codes
    assert count == 13  # five, the one that failed, and seven


async def test_a_folder_that_is_gone_is_named(made: Bench, tmp_path: Path) -> None:
    spec = await _spec(made, tmp_path, to=str(tmp_path / "unplugged"))
    with pytest.raises(ExportFault) as caught:
        await _run(made, spec)
    assert caught.value.facts["reason"] == "no-folder"
    assert not (tmp_path / "unplugged").exists()


async def test_what_somebody_else_has_put_there_stays(made: Bench, tmp_path: Path) -> None:
    spec = await _spec(made, tmp_path)
    (tmp_path / "out" / "Mail").mkdir()
    (tmp_path / "out" / "Mail" / "mine").write_text("mine")
    with pytest.raises(ExportFault) as caught:
        await _run(made, spec)
    assert caught.value.facts["reason"] == "taken"
    assert (tmp_path / "out" / "Mail" / "mine").read_text() == "mine"


async def test_what_was_begun_and_taken_away_is_made_anew(
    made: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = await _spec(made, tmp_path)
    monkeypatch.setattr(writing, "_SAFE_SECONDS", 0.0)
    monkeypatch.setattr(writing, "_STRETCH", 0.0)
    meter, notes = Meter(), Notes(job=JobId("job"))
    work = asyncio.ensure_future(export(made, spec, meter, notes))
    while meter.added < 3:  # noqa: ASYNC110  (it tells nobody)
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    shutil.rmtree(tmp_path / "out" / "Mail.partial")
    meter, notes = await _run(made, spec)
    assert "export-anew" in notes.codes
    assert (meter.added, _letters(tmp_path / "out" / "Mail")) == (12, 12)
    assert check(made, JobId("job"), results.read(made.catalog, JobId("job")) or results.Result()).files == 12


async def test_failures_are_told_again_by_whoever_goes_on(
    made: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = await _spec(made, tmp_path)
    real = EmlWriter.add

    def add(self: EmlWriter, entry: Any) -> Sequence[str]:
        if entry.item.id.endswith("3"):
            raise BodyDamaged("cut")
        return ("subject-cut",) if entry.item.id.endswith("4") else real(self, entry)

    monkeypatch.setattr(EmlWriter, "add", add)
    meter, notes = await _run(made, spec)
    assert (meter.failed, meter.added) == (1, 11)
    assert [(one.code, one.path) for one in notes.failures] == [("body-damaged", "INBOX")]
    assert "export-lost" in notes.codes
    lines = (tmp_path / "out" / "Mail" / "Not exported in full.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 3
    # Asked for again, it is told as it ended.
    meter, notes = await _run(made, spec)
    assert (meter.failed, meter.added, len(notes.failures)) == (1, 11, 1)


class _Cut(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(("packing", "format"), [(Packing.ZIP, Format.EML), (Packing.FOLDER, Format.MBOX)])
@pytest.mark.parametrize("where", ["listed", "ended", "published"])
async def test_cut_at_its_very_end_it_ends_well(
    made: Bench, tmp_path: Path, packing: Packing, format: Format, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = await _spec(made, tmp_path, packing=packing)
    spec = replace(spec, picks=(replace(spec.picks[0], format=format),))
    real = ledger.write
    with monkeypatch.context() as patch:
        if where == "published":
            patch.setattr(exporting, "prove", _cut)
        else:
            patch.setattr(ledger, "write", lambda *given: _cut() if getattr(given[2].mark, where) else real(*given))
        with pytest.raises(_Cut):
            await _run(made, spec)
    meter, notes = await _run(made, spec)
    assert (meter.added, meter.verified, meter.failed, notes.failures) == (12, 12, 0, [])
    result = results.read(made.catalog, JobId("job"))
    assert result is not None
    found = check(made, JobId("job"), result)
    listed = 0 if format is Format.EML else 1  # what these two lose of such letters
    files = 1 if packing is Packing.ZIP else 12 if format is Format.EML else 1 + listed
    assert (found.files, found.missing, found.altered) == (files, [], [])
    name = "Mail.zip" if packing is Packing.ZIP else "Mail"
    assert [one.name for one in (tmp_path / "out").iterdir()] == [name]


def _cut(*_given: Any) -> Any:
    raise _Cut
