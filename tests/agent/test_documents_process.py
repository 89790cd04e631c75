"""An agent that is killed while folders are printed: the next one begins that folder's document again, and no other."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from saasbackup_desktop.app.exports.views import ExportRequest, ExportStatus
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.jobs import State
from tests.agent.conftest import Agency, over
from tests.agent.processes import process, ready
from tests.flow.stage import PATIENCE, fill

_KILLS = int(os.environ.get("SAASBACKUP_EXPORT_KILLS", "0"))
"""How often it is killed, each time a little later."""
_COUNT = 60
_FOLDERS = ("One", "Two", "Three", "Four")

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills by signals"),
    pytest.mark.skipif(not _KILLS or not shutil.which("pdftotext"), reason="takes a minute: SAASBACKUP_EXPORT_KILLS=5"),
]


async def test_killed_while_it_prints_it_doubles_and_loses_nothing(agency: Agency) -> None:
    for number, name in enumerate(_FOLDERS):
        fill(agency.mailbox, name, range(100 + number * _COUNT, 100 + (number + 1) * _COUNT))
    out = agency.folder / "out"
    out.mkdir()
    id, seen = None, []
    for attempt in range(_KILLS):
        with process(agency, "tests.agent.slow_exports") as killed:
            await ready(agency)
            client = await agency.client()
            if id is None:
                assert (await over(client, await client.backup(agency.stream))).state is State.DONE
                [point] = await client.snapshots(agency.stream)
                pick = Pick(stream=agency.stream, snapshot=point.id, format=Format.PDF_FOLDER)
                id = await client.exports.start(ExportRequest(picks=(pick,), to=str(out), name="pdf"))
            await asyncio.sleep(3.0 + attempt)
            seen.append((await client.exports.result(id)).parts)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
        await agency.leave()
    with process(agency, "saasbackup_desktop.agent") as again:
        await ready(agency)
        client = await agency.client()
        assert id is not None
        job = await over(client, id)
        result = await client.exports.result(id)
        codes = [line.code for line in await client.log(id)]
        again.send_signal(signal.SIGTERM)
        assert again.wait(PATIENCE) == 0
    assert (job.state, job.tally.failed, result.status) == (State.DONE, 0, ExportStatus.COMPLETED)
    assert all(result.parts[: len(parts)] == parts for parts in seen)  # none was made again
    assert "export-goes-on" in codes
    for number, name in enumerate(_FOLDERS):
        assert sorted(_begins(out / "pdf" / f"{name}.pdf")) == list(range(100 + number * _COUNT, 160 + number * _COUNT))
    print([len(parts) for parts in seen], codes)


def _begins(file: Path) -> list[int]:
    """The letters in a document."""
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True).stdout.decode()
    return [int(found[1]) for page in text.split("\f") if (found := re.match(r"Letter (\d+)\n", page))]
