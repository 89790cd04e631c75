"""Files that were moved away are not called removed, nor is a disk that is away called damage."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.exports.views import ExportRequest
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.core.errors import ExportFault
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.providers.files.eml import EmlWriter
from tests.flow.stage import Stage


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


async def _request(stage: Stage, out: Path) -> ExportRequest:
    pick = Pick(stream=stage.stream, snapshot=(await stage.newest()).id, format=Format.EML)
    return ExportRequest(picks=(pick,), to=str(out), name="Letters")


def _moved(folder: Path, to: Path) -> Path:
    return folder.rename(to)


def _unlinked(file: Path) -> None:
    file.unlink()


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _letters(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.eml"))


async def _refused(stage: Stage, job: str) -> str:
    exports, said = stage.desk.exports, set()
    id = (await exports.results())[0].job
    assert id == job
    for asked in (exports.remove, exports.check):
        with pytest.raises(ExportFault) as refused:
            await asked(id)
        said.add(refused.value.facts["reason"])
        words = words_for(refused.value.code, refused.value.facts)
    assert len(said) == 1
    return f"{said.pop()}: {words.what}"


async def test_what_was_moved_away_is_not_called_removed(stage: Stage, out: Path) -> None:
    await stage.backup()
    exports, request = stage.desk.exports, await _request(stage, out)
    for packing, name in ((Packing.ZIP, "Letters.zip"), (Packing.FOLDER, "Letters")):
        id = await exports.start(replace(request, packing=packing))
        await stage.over(id)
        away, files = _moved(out / name, out / "elsewhere"), (await exports.result(id)).files
        said = await _refused(stage, id)
        assert said.startswith("no-files")
        assert str(out / name) in said
        assert (f"none of its {files} files" in said) == (files > 1)
        _moved(away, out / name)
        assert not await exports.remove(id)
        assert not _inside(out)
    id = await exports.start(request)
    await stage.over(id)
    away = _moved(out, out.with_name("away"))
    assert (await _refused(stage, id)).startswith("no-files")
    assert await exports.forget(id) is None
    assert await exports.results() == []
    assert _letters(away)


async def test_what_is_half_done_and_moved_away_is_not_called_removed(
    stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    await stage.backup()
    with monkeypatch.context() as held:
        held.setattr(EmlWriter, "add", full)  # nothing of it is safe yet
        id = await stage.desk.exports.start(await _request(stage, out))
        await stage.over(id, State.FAILED)
    away = _moved(out / "Letters.partial", out / "elsewhere")
    with pytest.raises(ExportFault) as refused:
        await stage.desk.exports.remove(id)
    assert refused.value.facts["reason"] == "no-files"
    _moved(away, out / "Letters.partial")
    await stage.desk.exports.remove(id)
    assert not _inside(out)


async def test_of_what_is_partly_there_the_rest_is_told(
    stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.backup()
    exports = stage.desk.exports
    id = await exports.start(await _request(stage, out))
    await stage.over(id)
    letters, unlink, files = _letters(out), Path.unlink, (await exports.result(id)).files
    _unlinked(letters[0])

    def stuck(path: Path, missing_ok: bool = False) -> None:
        if path == letters[-1]:
            raise PermissionError(13, "in use", str(path))
        unlink(path, missing_ok)

    with monkeypatch.context() as held:
        held.setattr(Path, "unlink", stuck)
        with pytest.raises(ExportFault) as refused:
            await exports.remove(id)
    assert refused.value.facts["removed"] == files - 2
    missed: list[int] = []
    assert not await exports.remove(id, missed.append)
    assert missed == [1]  # and not those that went the first time
    assert not _inside(out)
