"""Folders in which nothing lies: they are written where a format knows such, once, and whatever comes between."""

import errno
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.core.errors import ExportFull
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId, NodeId
from saasbackup_desktop.core.jobs import Backup, Export
from saasbackup_desktop.core.model import Folder, Service
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.core.stream import Put
from saasbackup_desktop.engine.backup import back_up
from saasbackup_desktop.engine.bench import Bench
from saasbackup_desktop.engine.exporting import ledger, results, writing
from saasbackup_desktop.engine.exporting.choosing import choose
from saasbackup_desktop.engine.exporting.exporting import export
from saasbackup_desktop.engine.exporting.proving import Wish
from saasbackup_desktop.engine.exporting.removing import remove_files
from saasbackup_desktop.engine.meter import Meter
from saasbackup_desktop.providers.files.archives.reading import Piece, read
from saasbackup_desktop.providers.files.eml import EmlWriter
from saasbackup_desktop.providers.files.found import FolderFound
from saasbackup_desktop.providers.files.json_files import JsonWriter
from tests.unit.engine.conftest import Notes, ScriptedDoors, box, stream
from tests.unit.engine.exporting.test_exporting import Doors

EMPTY = {("Ahead",), ("Ahead", "Below"), ("INBOX", "Below"), ("Zuletzt",)}


@pytest.fixture
async def made(bench: Bench, doors: ScriptedDoors, tmp_path: Path) -> Bench:
    ids = {path: NodeId("/".join(path)) for path in EMPTY} | {("INBOX",): NodeId("box")}
    folders = [Put(Folder(id=ids[path], parent=ids.get(path[:-1]), name=path[-1])) for path in sorted(EMPTY)]
    doors.add("ada").stretches = [[*box(*range(1, 9)), *folders]]
    (tmp_path / "out").mkdir()
    made = replace(bench, exports=Doors(tmp_path), scratch=tmp_path / "scratch")
    await back_up(made, Backup(stream=stream("ada")), Meter(), Notes())
    return made


def wanted(made: Bench, tmp_path: Path, format: Format, **more: Any) -> Export:
    [point] = made.catalog.snapshots(stream("ada"))
    pick = Pick(stream=stream("ada"), snapshot=point.id, format=format, selection=more.pop("selection", Selection()))
    return Export(picks=(pick,), name="Mail", to=str(tmp_path / "out"), **more)


async def run(made: Bench, spec: Export) -> Meter:
    meter = Meter()
    await export(made, spec, meter, Notes(job=JobId("job")))
    return meter


def choices(made: Bench, spec: Export) -> set[tuple[str, ...]]:
    """Folders that are taken for their own sake."""
    accounts = {pick.stream: made.doors.account(pick.stream)[0] for pick in spec.picks}
    return {one.path for one in choose(made.catalog, made.exports, spec, accounts).stations if one.is_empty}


def folders(path: Path) -> set[tuple[str, ...]]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            names = [Path(name).parts for name in archive.namelist() if name.endswith("/")]
            assert len(names) == len(set(names))
            return set(names)
    return {one.relative_to(path).parts for one in path.rglob("*") if one.is_dir() and not list(one.glob("*.*"))}


def read_back(place: Path, scratch: Path) -> set[tuple[str, ...]]:
    told = [one.told if isinstance(one, Piece) else one for one in read([place], [Service.MAIL], scratch)]
    paths = [one.path for one in told if isinstance(one, FolderFound)]
    return {path[:depth] for path in paths for depth in range(1, len(path) + 1)}


@pytest.mark.parametrize("format", [Format.EML, Format.JSON])
@pytest.mark.parametrize("packing", list(Packing))
async def test_trees_have_them_also_after_an_interruption(
    made: Bench, tmp_path: Path, format: Format, packing: Packing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_SAFE_SECONDS", 0.0)
    kind = EmlWriter if format is Format.EML else JsonWriter
    real, count = kind.add, 0

    def add(self: Any, entry: Any) -> Sequence[str]:
        nonlocal count
        count += 1
        if count == 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, entry)

    monkeypatch.setattr(kind, "add", add)
    spec = wanted(made, tmp_path, format, packing=packing)
    with pytest.raises(ExportFull):
        await run(made, spec)
    mark = ledger.last_mark(made.catalog, JobId("job"))
    assert mark is not None
    assert (mark.done, 0 < mark.folders < len(EMPTY)) == (4, True)
    meter = await run(made, spec)
    assert (meter.added, meter.failed, count) == (8, 0, 9)
    name = "Mail.zip" if packing is Packing.ZIP else "Mail"
    assert folders(tmp_path / "out" / name) >= EMPTY
    mark = ledger.last_mark(made.catalog, JobId("job"))
    assert mark is not None
    assert mark.folders == len(EMPTY)
    if format is Format.EML:
        assert read_back(tmp_path / "out" / name, tmp_path) >= EMPTY


async def test_data_files_have_them_and_they_are_read_back(made: Bench, tmp_path: Path) -> None:
    meter = await run(made, wanted(made, tmp_path, Format.PST))
    assert (meter.added, meter.failed) == (8, 0)
    found = read_back(tmp_path / "out" / "Mail", tmp_path)
    assert {one[-len(path) :] for path in EMPTY for one in found} >= EMPTY


async def test_only_those_that_are_picked_and_wholly(made: Bench, tmp_path: Path) -> None:
    await run(made, wanted(made, tmp_path, Format.EML, selection=Selection(folders=(NodeId("Ahead"),))))
    assert folders(tmp_path / "out" / "Mail") == {("Ahead", "Below"), ("Ahead",)}


@pytest.mark.parametrize("is_used", [False, True])
async def test_they_go_with_the_export_unless_something_else_lies_there(
    made: Bench, tmp_path: Path, is_used: bool
) -> None:
    await run(made, wanted(made, tmp_path, Format.EML))
    if is_used:
        (tmp_path / "out" / "Mail" / "Zuletzt" / "mine.txt").write_text("mine")
    result = results.read(made.catalog, JobId("job"))
    assert result is not None
    remove_files(made, JobId("job"), result, Wish())
    assert (tmp_path / "out" / "Mail" / "Zuletzt" / "mine.txt").exists() is is_used
    assert (tmp_path / "out" / "Mail").exists() is is_used


@pytest.mark.parametrize("packing", list(Packing))
async def test_mailbox_files_have_them_as_empty_files(made: Bench, tmp_path: Path, packing: Packing) -> None:
    meter = await run(made, wanted(made, tmp_path, Format.MBOX, packing=packing))
    assert (meter.added, meter.verified, meter.failed) == (8, 8, 0)
    [place] = (tmp_path / "out").iterdir()
    assert read_back(place, tmp_path) >= EMPTY


async def test_other_formats_go_on_without(made: Bench, tmp_path: Path) -> None:
    meter = await run(made, wanted(made, tmp_path, Format.CSV))
    assert (meter.added, meter.failed) == (8, 0)
    assert not folders(tmp_path / "out" / "Mail")
    assert choices(made, wanted(made, tmp_path, Format.CSV)) == EMPTY - {("Ahead",)}
