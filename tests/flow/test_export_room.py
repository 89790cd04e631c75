"""What an export is guessed to need is what it takes."""

import base64
import random
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.exports.views import ExportRequest
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from tests.flow.stage import Stage, letter, moment


def _attached(number: int) -> bytes:
    data = base64.encodebytes(random.Random(number).randbytes(150_000)).replace(b"\n", b"\r\n")
    return (
        b"From: ada@example.org\r\nSubject: A file\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=a.bin\r\n\r\n" + data
    )


def _data_files(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("Plain/*.pst"))


@pytest.mark.parametrize("packing", list(Packing))
@pytest.mark.parametrize("kind", ["text", "attached"])
async def test_room_for_data_files(stage: Stage, tmp_path: Path, packing: Packing, kind: str) -> None:
    for number in range(200, 210):
        data = letter(number, 200_000) if kind == "text" else _attached(number)
        stage.mailbox.deliver("INBOX", data, (), moment(number))
    await stage.backup()
    folder = tmp_path / "out"
    folder.mkdir()
    pick = Pick(stream=stage.stream, snapshot=(await stage.newest()).id, format=Format.PST)
    request = ExportRequest(picks=(pick,), to=str(folder), name="Letters", packing=packing)
    estimate = await stage.desk.exports.estimate(request)
    job = await stage.over(await stage.desk.exports.start(request))
    result = await stage.desk.exports.result(job.id)
    await stage.over(await stage.desk.exports.start(replace(request, packing=Packing.FOLDER, name="Plain")))
    taken = result.size if packing is Packing.FOLDER else result.size + _data_files(folder)
    assert taken * 0.8 < estimate.needed < taken * 1.5
