"""From the door to files: what is exported is what was backed up, whatever happens meanwhile."""

import asyncio
import csv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.exports.views import ExportRequest, ExportResult, ExportStatus
from saasbackup_desktop.app.words.losses import LOSSES
from saasbackup_desktop.core.errors import BodyDamaged, ExportFault, Misconfigured
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId, NodeId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.providers.files.flags import KEYWORDS_NOT_HELD, STATE_NOT_HELD
from saasbackup_desktop.providers.files.pstcheck.check import check
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import PATIENCE, Stage, contents, fill, letter, moment

_READ = ["\\Seen"]


@pytest.fixture
def mailbox() -> Mailbox:
    """All letters were read, and nothing else is said of them: files hold all of that."""
    box = Mailbox("ada@example.org")
    for path, numbers in (("INBOX", range(1, 9)), ("Work", range(20, 24)), ("Work/Plans", range(30, 33))):
        fill(box, path, numbers, _READ)
    return box


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def _inside(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def _moved(folder: Path, to: Path) -> Path:
    return folder.rename(to)


async def _until_files(stage: Stage, id: JobId, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if (await stage.desk.exports.result(id)).files >= count:
                return
            await asyncio.sleep(0.001)


async def _request(
    stage: Stage, out: Path, format: Format = Format.EML, selection: Selection | None = None
) -> ExportRequest:
    point = await stage.newest()
    pick = Pick(stream=stage.stream, snapshot=point.id, format=format, selection=selection or Selection())
    return ExportRequest(picks=(pick,), to=str(out), name="Letters")


async def _exported(stage: Stage, request: ExportRequest, *states: State, password: str | None = None) -> ExportResult:
    job = await stage.over(await stage.desk.exports.start(request, password), *states)
    return await stage.desk.exports.result(job.id)


def _letters(folder: Path) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for file in folder.rglob("*.eml"):
        found.setdefault(file.parent.relative_to(folder).as_posix(), []).append(file.read_bytes())
    return {path: sorted(some) for path, some in found.items()}


def _listed(folder: Path) -> str:
    [file] = folder.rglob("Not exported in full*.csv")
    return file.read_text(encoding="utf-8-sig")


def _there(stage: Stage) -> dict[str, list[bytes]]:
    return {path: sorted(one[0] for one in some) for path, some in contents(stage.mailbox).items() if some}


async def test_a_mailbox_becomes_files(stage: Stage, out: Path) -> None:
    await stage.backup()
    exports = stage.desk.exports
    assert Format.EML in await exports.formats(stage.stream)
    request = await _request(stage, out)
    estimate = await exports.estimate(request)
    assert (estimate.items, estimate.warnings, estimate.parts) == (15, (), 0)
    assert estimate.size == sum(len(one) for some in _there(stage).values() for one in some)
    result = await _exported(stage, request)
    assert _letters(out / "Letters") == _there(stage)
    assert (result.status, result.files, result.is_verified) == (ExportStatus.COMPLETED, 15, True)
    assert (result.where, result.failed, result.lost) == (str(out / "Letters"), 0, 0)
    assert {made.items for made in result.parts} == {1}
    assert _inside(out) == ["Letters"]
    assert [one.job for one in await exports.results()] == [result.job]
    # The same again is another one, beside it.
    again = await _exported(stage, request)
    assert (again.name, again.job != result.job) == ("Letters (2)", True)


async def test_only_what_was_chosen(stage: Stage, out: Path) -> None:
    await stage.backup()
    items = await stage.items()
    folders = {row.path: row.folder.id for row in await stage.desk.folders(stage.stream, (await stage.newest()).id)}
    chosen = Selection(folders=(folders["Work"],), items=(items["INBOX"][0].id, items["Work"][0].id))
    await _exported(stage, await _request(stage, out, selection=chosen))
    found = {path: len(some) for path, some in _letters(out / "Letters").items()}
    assert found == {"INBOX": 1, "Work": 4, "Work/Plans": 3}
    times = sorted(item.time or 0 for some in items.values() for item in some)
    span = replace(await _request(stage, out, selection=Selection(since=times[3], until=times[6])), name="Span")
    assert (await stage.desk.exports.estimate(span)).items == 3
    await _exported(stage, span)
    assert sum(map(len, _letters(out / "Span").values())) == 3


async def test_what_was_deleted_comes_along_if_wanted(stage: Stage, out: Path) -> None:
    await stage.backup()
    inbox = stage.mailbox.folders["INBOX"]
    stage.mailbox.remove("INBOX", sorted(inbox.messages)[:3])
    fill(stage.mailbox, "INBOX", [90], _READ)
    await stage.backup()
    request = await _request(stage, out)
    await _exported(stage, request)
    assert _letters(out / "Letters") == _there(stage)
    whole = replace(request, name="Whole", deleted=True)
    estimate = await stage.desk.exports.estimate(whole)
    assert (estimate.items, estimate.picks[0].deleted) == (16, 3)
    await _exported(stage, whole)
    found = _letters(out / "Whole")
    assert found.pop("Removed before/INBOX") == sorted(letter(number) for number in (1, 2, 3))
    assert found == _there(stage)


@pytest.mark.parametrize("format", [Format.EML, Format.MBOX, Format.PST])
async def test_what_a_format_says_nothing_of_is_listed(stage: Stage, out: Path, format: Format) -> None:
    fill(stage.mailbox, "INBOX", [90], ["\\Seen", "\\Flagged", "\\Deleted", "$label1"])
    await stage.backup()
    result = await _exported(stage, await _request(stage, out, format))
    assert (result.status, result.lost) == (ExportStatus.COMPLETED, 1)
    assert all(LOSSES[code] in _listed(out) for code in (STATE_NOT_HELD, KEYWORDS_NOT_HELD))


@pytest.mark.parametrize("packing", list(Packing))
@pytest.mark.parametrize("format", [Format.EML, Format.MBOX, Format.CSV, Format.PST, Format.JSON])
async def test_files_tell_how_many_items_they_hold(stage: Stage, out: Path, format: Format, packing: Packing) -> None:
    await stage.backup()
    result = await _exported(stage, replace(await _request(stage, out, format), packing=packing))
    found = {made.name: made.items for made in result.parts}
    if packing is Packing.ZIP:
        assert found == {"Letters.zip": 15}
    elif format is Format.PST:
        assert found == {"Letters.pst": 15}
    elif format in (Format.EML, Format.JSON):
        assert list(found.values()) == [1] * 15
    else:
        folders = {path: len(some) for path, some in _there(stage).items()}
        assert found == {f"{path}.{format.value}": count for path, count in folders.items()}
    assert result.tally.verified == 15


async def test_what_was_picked_and_is_not_there_is_listed(stage: Stage, out: Path) -> None:
    await stage.backup()
    first = (await stage.items())["INBOX"][0]
    old = await stage.newest()
    fill(stage.mailbox, "INBOX", [90], _READ)
    await stage.backup()
    new = next(item for item in (await stage.items())["INBOX"] if item.name == "Letter 90")
    nowhere = NodeId("f" * 32)
    request = await _request(stage, out, selection=Selection(items=(first.id, new.id), folders=(nowhere,)))
    request = replace(request, picks=(replace(request.picks[0], snapshot=old.id),))
    estimate = await stage.desk.exports.estimate(request)
    assert (estimate.items, estimate.warnings) == (1, ("picked-gone",))
    result = await _exported(stage, request, State.PARTIAL)
    assert (result.status, result.failed, result.tally.items_done) == (ExportStatus.PARTIAL, 2, 3)
    with (out / "Letters" / "Not exported in full.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = [(row["Item"], row["Why"]) for row in csv.DictReader(file)]
    why = "It was picked, and the chosen point in time does not hold it."
    assert listed == [(nowhere, why), ("Letter 90", why)]
    assert sum(map(len, _letters(out / "Letters").values())) == 1


async def test_where_nothing_is_picked_nothing_begins(stage: Stage, out: Path) -> None:
    await stage.backup()
    request = await _request(stage, out, selection=Selection(since=0, until=1))
    assert (await stage.desk.exports.estimate(request)).warnings == ("nothing-picked",)
    with pytest.raises(Misconfigured) as refused:
        await stage.desk.exports.start(request)
    assert refused.value.facts["what"] == "export-nothing"
    assert await stage.desk.exports.results() == []


@pytest.mark.parametrize(
    ("to", "what"), [("/nonexistent/place", "export-folder-gone"), ("destination:nope", "unknown-destination")]
)
async def test_a_place_that_is_not_there_is_refused_before_it_begins(
    stage: Stage, out: Path, to: str, what: str
) -> None:
    await stage.backup()
    request = replace(await _request(stage, out), to=to)
    for ask in (stage.desk.exports.estimate, stage.desk.exports.start):
        with pytest.raises(Misconfigured) as refused:
            await ask(request)
        assert refused.value.facts["what"] == what
    assert await stage.desk.exports.results() == []


async def test_archives_with_a_password(stage: Stage, out: Path) -> None:
    await stage.backup()
    request = replace(await _request(stage, out), packing=Packing.ZIP)
    with pytest.raises(Misconfigured):
        await stage.desk.exports.start(request, "short")
    result = await _exported(stage, request, password="a long password")
    assert (result.is_locked, len(result.parts), result.is_verified) == (True, 1, True)
    with zipfile.ZipFile(out / "Letters.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".eml")]
        assert len(names) == 15
        with pytest.raises((RuntimeError, NotImplementedError)):
            archive.read(names[0])
    assert not _inside(stage.folder / "home" / "exports")  # the password is nowhere any more


async def test_what_cannot_be_read_is_listed_and_never_a_success(stage: Stage, out: Path) -> None:
    fill(stage.mailbox, "=Sums", [70], _READ)
    await stage.backup()
    item = (await stage.items())["=Sums"][0]
    vault = stage.desk._workspace.vault
    real = vault.read_many

    def broken(wanted):  # type: ignore[no-untyped-def]
        for key, data in real(wanted):
            yield key, BodyDamaged("cut") if key[0].item.id == item.id else data

    vault.read_many = broken  # type: ignore[method-assign]
    result = await _exported(stage, await _request(stage, out), State.PARTIAL)
    assert (result.status, result.failed) == (ExportStatus.PARTIAL, 1)
    [failure] = await stage.desk.failures(result.job)
    assert (failure.path, failure.code, failure.item) == ("=Sums", "body-damaged", item.id)
    with (out / "Letters" / "Not exported in full.csv").open(encoding="utf-8-sig", newline="") as file:
        [_, row] = csv.reader(file)
    assert row[:3] == ["'=Sums", item.name, "Not in the export"]


async def test_files_go_when_their_time_is_over_if_they_are_still_ours(stage: Stage, out: Path) -> None:
    await stage.backup()
    exports, clock = stage.desk.exports, stage.desk._clock
    result = await _exported(stage, replace(await _request(stage, out), keep_days=3))
    assert result.expires is not None
    changed = out / "Letters" / "INBOX" / _inside(out / "Letters" / "INBOX")[0]
    changed.write_bytes(b"mine now")
    check = await exports.check(result.job)
    assert (check.files, check.sound, len(check.altered), check.missing) == (15, 14, 1, ())
    now = clock.now()
    clock.now = lambda: now + 2 * 86400  # type: ignore[method-assign]
    await exports.tend()
    assert (await exports.result(result.job)).status is ExportStatus.COMPLETED
    assert (await exports.keep(result.job, 5)).expires == now + 7 * 86400
    clock.now = lambda: now + 7 * 86400  # type: ignore[method-assign]
    await exports.tend()
    assert (await exports.result(result.job)).status is ExportStatus.EXPIRED
    assert _letters(out) == {"Letters/INBOX": [b"mine now"]}
    await exports.remove(result.job)
    assert await exports.results() == []
    assert changed.read_bytes() == b"mine now"


async def test_files_on_a_disk_that_is_away_are_removed_when_it_is_back(stage: Stage, out: Path) -> None:
    await stage.backup()
    exports, clock = stage.desk.exports, stage.desk._clock
    result = await _exported(stage, replace(await _request(stage, out), keep_days=1))
    away, now = _moved(out, out.with_name("away")), clock.now()
    clock.now = lambda: now + 2 * 86400  # type: ignore[method-assign]
    await exports.tend()
    assert (await exports.result(result.job)).status is ExportStatus.COMPLETED
    _moved(away, out)
    await exports.tend()  # too early
    assert _letters(out)
    clock.now = lambda: now + 2 * 86400 + 3600  # type: ignore[method-assign]
    await exports.tend()
    assert (await exports.result(result.job)).status is ExportStatus.EXPIRED
    assert not _inside(out)


async def test_an_export_whose_files_cannot_be_removed_is_not_forgotten(
    stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.backup()
    result = await _exported(stage, await _request(stage, out))
    stuck = out / "Letters" / "INBOX" / _inside(out / "Letters" / "INBOX")[0]
    unlink = Path.unlink

    def refusing(path: Path, missing_ok: bool = False) -> None:
        if path == stuck:
            raise PermissionError(13, "in use", str(path))
        unlink(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refusing)
        with pytest.raises(ExportFault) as refused:
            await stage.desk.exports.remove(result.job)
    assert refused.value.facts["reason"] == "not-removed"
    assert list(_letters(out)) == ["Letters/INBOX"]
    assert (await stage.desk.exports.result(result.job)).status is ExportStatus.COMPLETED
    await stage.desk.exports.remove(result.job)
    assert not _inside(out)


async def test_removing_takes_the_folder_away(stage: Stage, out: Path) -> None:
    await stage.backup()
    result = await _exported(stage, await _request(stage, out))
    await stage.desk.exports.remove(result.job)
    assert not _inside(out)
    with pytest.raises(Misconfigured):
        await stage.desk.exports.result(result.job)


async def test_a_data_file_for_outlook(stage: Stage, out: Path) -> None:
    await stage.backup()
    result = await _exported(stage, await _request(stage, out, Format.PST))
    assert [(made.name, made.items) for made in result.parts] == [("Letters.pst", 15)]
    assert (out / "Letters" / "Letters.pst").read_bytes()[:4] == b"!BDN"
    assert result.is_verified


async def test_paused_it_goes_on(stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._STRETCH", 0.0)
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._SAFE_SECONDS", 0.0)
    fill(stage.mailbox, "INBOX", range(100, 125), _READ)
    await stage.backup()
    exports = stage.desk.exports
    id = await exports.start(await _request(stage, out))
    await _until_files(stage, id, 5)
    await stage.desk.pause(id)
    await stage.over(id, State.PAUSED)
    paused = await exports.result(id)
    assert (paused.status, paused.where) == (ExportStatus.PAUSED, "")
    assert 5 <= paused.files < 40
    await stage.desk.resume(id)
    await stage.over(id)
    assert _letters(out / "Letters") == _there(stage)
    codes = [line.code for line in await stage.desk.log(id)]
    assert "export-goes-on" in codes


async def test_cancelled_and_removed_it_leaves_nothing(
    stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._STRETCH", 0.0)
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._SAFE_SECONDS", 0.0)
    fill(stage.mailbox, "INBOX", range(100, 125), _READ)
    await stage.backup()
    exports = stage.desk.exports
    request = replace(await _request(stage, out, Format.MBOX), packing=Packing.ZIP)
    id = await exports.start(request, "a long password")
    while (await stage.desk.job(id)).tally.items_done < 5:  # noqa: ASYNC110  (it tells nobody)
        await asyncio.sleep(0)
    with pytest.raises(Misconfigured):
        await exports.remove(id)
    await stage.desk.stop(id)
    await stage.over(id, State.STOPPED)
    assert (await exports.result(id)).status is ExportStatus.CANCELLED
    assert _inside(out)
    await exports.remove(id)
    assert not _inside(out)
    assert not _inside(stage.folder / "home" / "exports")
    assert await exports.results() == []


async def test_two_that_wait_for_each_other_get_names_of_their_own(stage: Stage, out: Path) -> None:
    await stage.backup()
    exports = stage.desk.exports
    await stage.desk.hold_jobs(True)
    first = await exports.start(await _request(stage, out))
    second = await exports.start(await _request(stage, out, Format.MBOX))
    assert {(await exports.result(one)).name for one in (first, second)} == {"Letters", "Letters (2)"}
    assert (await exports.result(first)).status is ExportStatus.QUEUED
    await stage.desk.hold_jobs(False)
    await stage.over(first)
    await stage.over(second)
    assert _inside(out) == ["Letters", "Letters (2)"]


async def test_data_files_go_on_behind_the_last_whole_part(
    stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saasbackup_desktop.app.exports.asking.SMALLEST_PART", 1)
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._STRETCH", 0.0)
    for number in range(200, 216):
        stage.mailbox.deliver("INBOX", letter(number, 300_000), _READ, moment(number))
    await stage.backup()
    exports = stage.desk.exports
    id = await exports.start(replace(await _request(stage, out, Format.PST), part_size=1_000_000))
    await _until_files(stage, id, 2)
    await stage.desk.pause(id)
    await stage.over(id, State.PAUSED)
    paused = await exports.result(id)
    assert 2 <= paused.files < 5
    assert sum(made.items for made in paused.parts) > 0
    await stage.desk.resume(id)
    await stage.over(id)
    result = await exports.result(id)
    assert result.parts[: paused.files] == paused.parts  # none of them was written again
    assert sum(made.items for made in result.parts) == 31
    names = [made.name for made in result.parts]
    assert names == ["Letters.pst", *(f"Letters ({number}).pst" for number in range(2, len(names) + 1))]
    reports = [check(out / "Letters" / name) for name in names]
    assert not [finding for report in reports for finding in report.findings]
    assert sum(report.counts["messages"] for report in reports) == 31
