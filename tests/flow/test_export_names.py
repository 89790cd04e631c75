"""What exports are called: whatever somebody types, and whatever else is there or under way."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.exports.views import ExportRequest, ExportStatus
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from tests.flow.stage import Stage


@pytest.fixture
async def wanted(stage: Stage, tmp_path: Path) -> ExportRequest:
    await stage.backup()
    folder = tmp_path / "out"
    folder.mkdir()
    pick = Pick(stream=stage.stream, snapshot=(await stage.newest()).id, format=Format.MBOX)
    return ExportRequest(picks=(pick,), to=str(folder), name="Letters")


def _inside(request: ExportRequest) -> list[str]:
    return sorted(one.name for one in Path(request.to).iterdir())


def _touch(request: ExportRequest, name: str) -> None:
    Path(request.to, name).touch()


async def _all(stage: Stage, *requests: ExportRequest) -> list[str]:
    """Ask for all of them before any of them begins; gives their names."""
    exports = stage.desk.exports
    await stage.desk.hold_jobs(True)
    jobs = await asyncio.gather(*(exports.start(one) for one in requests))
    await stage.desk.hold_jobs(False)
    found = []
    for job in jobs:
        await stage.over(job)
        result = await exports.result(job)
        assert result.status is ExportStatus.COMPLETED
        found.append(result.name)
    return found


async def test_names_are_made_safe_then_free(stage: Stage, wanted: ExportRequest) -> None:
    twins = [replace(wanted, name=name) for name in ("Q4: mail", "Q4_ mail", "q4/ MAIL")]
    assert sorted(map(str.lower, await _all(stage, *twins))) == ["q4_ mail", "q4_ mail (2)", "q4_ mail (3)"]
    assert (await stage.desk.exports.estimate(twins[0])).warnings == ("name-taken",)
    assert await _all(stage, replace(twins[0], to=f"{wanted.to}/")) == ["Q4_ mail (4)"]
    assert (await stage.desk.exports.estimate(replace(wanted, name="Q4 mail"))).warnings == ()


async def test_odd_names_become_safe_ones(stage: Stage, wanted: ExportRequest) -> None:
    odd = ("\U0001f600" * 120, "\ud800 half", "CON", "nul.txt", "Letters. .", "a\nb", "C:\\x", ".partial", "  ")
    names = await _all(stage, *(replace(wanted, name=name) for name in odd))
    assert names[:7] == ["\U0001f600" * 40, "\ufffd half", "CON_", "nul_.txt", "Letters", "a b", "C__x"]
    assert names[7] == "_partial"
    assert names[8].startswith("ada@example.org ")
    assert _inside(wanted) == sorted(names)
    assert await _all(stage, replace(wanted, name="Mail.zip", packing=Packing.ZIP)) == ["Mail"]
    for to in (f"{wanted.to}/a\0b", f"{wanted.to}/\ud800"):
        with pytest.raises(Misconfigured) as refused:
            await stage.desk.exports.start(replace(wanted, to=to))
        assert refused.value.facts["what"] == "export-no-folder"


async def test_archives_leave_names_to_each_others_parts(stage: Stage, wanted: ExportRequest) -> None:
    archive = replace(wanted, packing=Packing.ZIP)
    part = replace(archive, name="Letters (2)")
    assert sorted(await _all(stage, archive, archive)) == ["Letters", "Letters - 2"]
    _touch(wanted, "Notes (3).zip")  # a part of an archive that was moved away
    names = await _all(stage, part, replace(archive, name="Letters"), replace(archive, name="Notes"))
    assert names == ["Letters (2)", "Letters - 3", "Notes - 2"]


async def test_neither_the_home_nor_a_vault_takes_files(stage: Stage, wanted: ExportRequest, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.symlink_to(stage.vault, target_is_directory=True)
    home = stage.folder / "home"
    for folder, what in (
        (home, "export-into-home"),
        (home / "exports", "export-into-home"),
        (stage.vault, "export-into-vault"),
        (stage.vault / "keys", "export-into-vault"),
        (aside, "export-into-vault"),
    ):
        folder.mkdir(exist_ok=True)
        for ask in (stage.desk.exports.estimate, stage.desk.exports.start):
            with pytest.raises(Misconfigured) as refused:
                await ask(replace(wanted, to=str(folder)))
            assert refused.value.facts["what"] == what
    await _all(stage, replace(wanted, to=str(tmp_path)))  # around them is not in them
