"""What is said to be removed is gone, and nothing that is somebody's own goes with it."""

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.exports.views import ExportRequest, ExportStatus
from saasbackup_desktop.core.errors import ExportFault
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.engine.exporting import exporting, places
from saasbackup_desktop.engine.exporting.proving import Proof, Wish
from tests.flow.stage import PATIENCE, Stage, fill


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._STRETCH", 0.0)
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._SAFE_SECONDS", 0.0)


async def _request(stage: Stage, out: Path, packing: Packing = Packing.FOLDER) -> ExportRequest:
    pick = Pick(stream=stage.stream, snapshot=(await stage.newest()).id, format=Format.EML)
    return ExportRequest(picks=(pick,), to=str(out), name="Letters", packing=packing)


async def _paused(stage: Stage, request: ExportRequest) -> JobId:
    id = await stage.desk.exports.start(request)
    async with asyncio.timeout(PATIENCE):
        while (await stage.desk.job(id)).tally.items_done < 5:  # noqa: ASYNC110  (it tells nobody)
            await asyncio.sleep(0.001)
    await stage.desk.pause(id)
    await stage.over(id, State.PAUSED)
    return id


def _inside(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def _refused(path: Path, missing_ok: bool = False) -> None:
    raise PermissionError("not allowed")


def _moved(folder: Path, to: Path) -> Path:
    return folder.rename(to)


def _made(folder: Path) -> None:
    folder.mkdir()


def _gone(folder: Path) -> None:
    folder.rmdir()


def _files(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("packing", list(Packing))
async def test_what_has_appeared_goes_though_it_was_not_read_back_yet(
    stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch, packing: Packing
) -> None:
    def waiting(*given: object) -> Proof:
        wish = next(one for one in given if isinstance(one, Wish))
        while not wish.stop:
            time.sleep(0.01)
        return Proof()

    monkeypatch.setattr(exporting, "prove", waiting)
    await stage.backup()
    id = await stage.desk.exports.start(await _request(stage, out, packing))
    async with asyncio.timeout(PATIENCE):
        while not {"Letters", "Letters.zip"}.intersection(_inside(out)):  # noqa: ASYNC110  (it tells nobody)
            await asyncio.sleep(0.01)
    await stage.desk.stop(id)
    await stage.over(id, State.STOPPED)
    await stage.desk.exports.remove(id)
    assert not _inside(out)


@pytest.mark.parametrize("packing", list(Packing))
async def test_a_paused_one_goes_for_good_and_leaves_what_is_not_ours(
    stage: Stage, out: Path, slow: None, packing: Packing
) -> None:
    fill(stage.mailbox, "INBOX", range(100, 160))
    await stage.backup()
    exports = stage.desk.exports
    id = await _paused(stage, await _request(stage, out, packing))
    (out / "Letters.partial" / "thesis.txt").write_bytes(b"mine")
    taken = out / ("Letters" if packing is Packing.FOLDER else "Letters.zip")  # somebody takes its name
    taken.mkdir()
    (taken / "mine.txt").write_bytes(b"mine")
    (taken / "INBOX").mkdir()
    await exports.remove(id)
    assert _files(out) == sorted([f"{taken.name}/mine.txt", "Letters.partial/thesis.txt"])
    assert (taken / "INBOX").is_dir()
    assert (await stage.desk.job(id)).state is State.STOPPED
    await stage.desk.resume(id)
    assert (await stage.over(id, State.FAILED)).code == "misconfigured"
    assert len(_files(out)) == 2
    assert await exports.results() == []


async def test_it_goes_on_beside_what_somebody_put_there(stage: Stage, out: Path, slow: None) -> None:
    fill(stage.mailbox, "INBOX", range(100, 160))
    await stage.backup()
    id = await _paused(stage, await _request(stage, out))
    (out / "Letters.partial" / "thesis.txt").write_bytes(b"mine")
    await stage.desk.resume(id)
    await stage.over(id)
    assert (out / "Letters.others" / "thesis.txt").read_bytes() == b"mine"
    assert len(list((out / "Letters").rglob("*.eml"))) == 75


async def test_what_somebody_changed_stays_and_links_are_not_followed(stage: Stage, out: Path) -> None:
    await stage.backup()
    id = await stage.desk.exports.start(await _request(stage, out))
    await stage.over(id)
    home, own = out / "Letters", out / "own"
    shutil.copytree(home, own)
    copied = _files(own)
    shutil.rmtree(home / "INBOX")
    (home / "INBOX").symlink_to(own / "INBOX")
    (home / "manifest.json").write_bytes(b"mine")
    assert (await stage.desk.exports.remove(id))[0].startswith("INBOX/")
    assert _files(own) == copied
    assert (home / "manifest.json").read_bytes() == b"mine"


async def test_a_manifest_that_somebody_changed_stays(stage: Stage, out: Path) -> None:
    await stage.backup()
    id = await stage.desk.exports.start(await _request(stage, out))
    await stage.over(id)
    (out / "Letters" / "manifest.json").write_bytes(b"mine")
    await stage.desk.exports.remove(id)
    assert _files(out) == ["Letters/manifest.json"]


async def test_a_password_goes_with_an_export_that_never_began(stage: Stage, out: Path) -> None:
    await stage.backup()
    await stage.desk.hold_jobs(True)
    id = await stage.desk.exports.start(await _request(stage, out, Packing.ZIP), "a long password")
    await stage.desk.stop(id)
    await stage.over(id, State.STOPPED)
    kept = stage.folder / "home" / "exports"
    assert _inside(kept)
    await stage.desk.exports.remove(id)
    assert not _inside(kept)


async def test_files_of_a_disk_that_is_away_are_not_called_removed(
    stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.backup()
    exports, clock = stage.desk.exports, stage.desk._clock
    mounts: Callable[[Path], bool] = Path.is_mount
    away = out.with_name("away")
    monkeypatch.setattr(Path, "is_mount", lambda path: (path == out and not away.exists()) or mounts(path))
    id = await exports.start(replace(await _request(stage, out), keep_days=1))
    await stage.over(id)
    assert places.disk_of(out) == str(out)
    _moved(out, away)
    _made(out)  # where it hangs is there, and nothing hangs there
    now = clock.now()
    clock.now = lambda: now + 2 * 86400  # type: ignore[method-assign]
    await exports.tend()
    assert (await exports.result(id)).status is ExportStatus.COMPLETED
    with pytest.raises(ExportFault) as refused:
        await exports.remove(id)
    assert refused.value.facts["reason"] == "no-disk"
    _gone(out)
    _moved(away, out)
    other = await exports.start(replace(await _request(stage, out), name="Others"))
    await stage.over(other)
    await exports.remove(id)
    assert _inside(out) == ["Others"]
    _moved(out, away)
    _made(out)
    assert await exports.forget(other) is None  # lost for good
    assert await exports.results() == []
    assert _inside(away) == ["Others"]


async def test_files_that_are_within_reach_are_not_forgotten(
    stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.backup()
    id = await stage.desk.exports.start(await _request(stage, out))
    await stage.over(id)
    with monkeypatch.context() as held:
        held.setattr(Path, "unlink", _refused)
        with pytest.raises(ExportFault) as refused:
            await stage.desk.exports.forget(id)
    assert refused.value.facts["reason"] == "not-removed"
    assert await stage.desk.exports.forget(id) == []
    assert not _inside(out)


async def test_files_that_are_not_found_are_not_called_expired(stage: Stage, out: Path) -> None:
    await stage.backup()
    exports, clock = stage.desk.exports, stage.desk._clock
    id = await exports.start(replace(await _request(stage, out), keep_days=1))
    await stage.over(id)
    away = _moved(out / "Letters", out / "Elsewhere")
    now = clock.now()
    clock.now = lambda: now + 2 * 86400  # type: ignore[method-assign]
    await exports.tend()
    assert (await exports.result(id)).status is ExportStatus.COMPLETED
    _moved(away, out / "Letters")
    clock.now = lambda: now + 3 * 86400  # type: ignore[method-assign]
    await exports.tend()
    assert (await exports.result(id)).status is ExportStatus.EXPIRED
    assert not _inside(out)
