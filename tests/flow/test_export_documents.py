"""Folders as documents, from the door to the files: in order of time, and gone on with where one had ended."""

import asyncio
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.exports.views import ExportRequest
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.sim.imap import Mailbox
from tests.flow.stage import PATIENCE, Stage, fill


@pytest.fixture
def mailbox() -> Mailbox:
    box = Mailbox("ada@example.org")
    for path, numbers in (("INBOX", range(1, 5)), ("Sent", range(20, 23)), ("Work", range(30, 32))):
        fill(box, path, numbers, ["\\Seen"])
    return box


def _letters(file: Path) -> list[str]:
    """The letters in a document, in their order, without its contents."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    ran = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    assert not ran.stderr
    return [found[1] for page in ran.stdout.decode().split("\f") if (found := re.match(r"\s*(Letter \d+)\n", page))]


async def test_interrupted_it_goes_on_behind_the_last_document(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saasbackup_desktop.engine.exporting.writing._STRETCH", 0.0)
    await stage.backup()
    exports = stage.desk.exports
    point = await stage.newest()
    pick = Pick(stream=stage.stream, snapshot=point.id, format=Format.PDF_FOLDER)
    id = await exports.start(ExportRequest(picks=(pick,), to=str(tmp_path), name="Letters"))
    async with asyncio.timeout(PATIENCE):
        while True:
            if (await exports.result(id)).files:
                break
            await asyncio.sleep(0.001)
    await stage.desk.pause(id)
    await stage.over(id, State.PAUSED)
    paused = await exports.result(id)
    assert 1 <= paused.files < 3
    await stage.desk.resume(id)
    await stage.over(id)
    result = await exports.result(id)
    assert result.parts[: paused.files] == paused.parts  # none of them was written again
    assert {made.name: made.items for made in result.parts} == {"INBOX.pdf": 4, "Sent.pdf": 3, "Work.pdf": 2}
    assert result.is_verified
    folder = tmp_path / "Letters"
    assert _letters(folder / "INBOX.pdf") == [f"Letter {number}" for number in range(1, 5)]
    assert _letters(folder / "Sent.pdf") == [f"Letter {number}" for number in range(20, 23)]
    # What was picked one by one stands in order of time, too.
    items = (await stage.items())["INBOX"]
    some = Selection(items=tuple(item.id for item in reversed(items)))
    named = ExportRequest(picks=(replace(pick, selection=some),), to=str(tmp_path), name="Some")
    await stage.over(await exports.start(named))
    assert _letters(tmp_path / "Some" / "INBOX.pdf") == [f"Letter {number}" for number in range(1, 5)]
