"""An agent that is killed in the middle of exports: the next one goes on with them, and says so."""

import asyncio
import mailbox
import os
import signal
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.exports.views import ExportRequest, ExportStatus
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.core.jobs import State
from saasbackup_desktop.providers.files.pstcheck.check import check
from tests.agent.conftest import LETTERS, Agency, over
from tests.agent.processes import process, ready
from tests.flow.stage import PATIENCE, fill, letter

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")

_COUNT = 300
_STEADY = {"eml", "mbox", "zip"}
"""What goes on in the middle of a file."""
_SOME = 80
"""So many items take longer than what is written comes to be safe."""
_KILLS = int(os.environ.get("SAASBACKUP_EXPORT_KILLS", "1"))
"""How often it is killed, each time somewhere else."""


async def test_killed_again_and_again_it_goes_on_and_nothing_is_doubled_or_lost(agency: Agency) -> None:
    fill(agency.mailbox, "INBOX", range(LETTERS, _COUNT))
    out = agency.folder / "out"
    out.mkdir()
    ids: dict[str, JobId] = {}
    kinds = {
        "eml": (Format.EML, Packing.FOLDER),
        "mbox": (Format.MBOX, Packing.FOLDER),
        "zip": (Format.MBOX, Packing.ZIP),
        "pst": (Format.PST, Packing.FOLDER),
    }
    caught: set[str] = set()
    went_on = set()
    for _ in range(_KILLS):
        with process(agency, "tests.agent.slow_exports") as killed:
            await ready(agency)
            client = await agency.client()
            if not ids:
                assert (await over(client, await client.backup(agency.stream))).state is State.DONE
                [point] = await client.snapshots(agency.stream)
                for name, (format, packing) in kinds.items():
                    pick = Pick(stream=agency.stream, snapshot=point.id, format=format)
                    request = ExportRequest(picks=(pick,), to=str(out), name=name, packing=packing)
                    ids[name] = await client.exports.start(request)
            caught |= await _in_the_middle(client, {name: ids[name] for name in _STEADY - caught})
            killed.send_signal(signal.SIGKILL)
            killed.wait()
        await agency.leave()
    with process(agency, "saasbackup_desktop.agent") as again:
        await ready(agency)
        client = await agency.client()
        for name, id in ids.items():
            job = await over(client, id)  # the same one: nobody asked again
            assert (job.state, job.tally.added, job.tally.failed) == (State.DONE, _COUNT, 0), name
            codes = [line.code for line in await client.log(id)]
            if "export-goes-on" in codes:
                assert "job-resumed" in codes, name
                went_on.add(name)
            assert (await client.exports.result(id)).status is ExportStatus.COMPLETED
        again.send_signal(signal.SIGTERM)
        assert again.wait(PATIENCE) == 0
    assert len(caught) >= min(_KILLS, len(_STEADY))
    assert went_on >= caught
    _same(out)


async def _in_the_middle(desk: Desk, ids: Mapping[str, JobId]) -> set[str]:
    """Wait until one of these jobs, or more, is where it can go on from; gives them."""
    async with asyncio.timeout(PATIENCE):
        while True:
            jobs = {name: await desk.job(id) for name, id in ids.items()}
            rest = {name for name, job in jobs.items() if not job.state.is_over}
            found = {name for name in rest if jobs[name].tally.items_done >= _SOME}
            if found or not rest:
                return found
            await asyncio.sleep(0.02)


def _same(out: Path) -> None:
    expected = sorted(letter(number) for number in range(_COUNT))
    assert sorted(file.read_bytes() for file in (out / "eml").rglob("*.eml")) == expected
    names = {f"Letter {number}" for number in range(_COUNT)}
    [boxed] = (out / "mbox").rglob("*.mbox")
    _same_mbox(boxed, names)
    with zipfile.ZipFile(out / "zip.zip") as archive:
        assert archive.testzip() is None
        [packed] = [name for name in archive.namelist() if name.endswith(".mbox")]
        archive.extract(packed, out / "unpacked")
    _same_mbox(out / "unpacked" / packed, names)
    report = check(out / "pst" / "pst.pst")
    assert (not report.findings, report.counts["messages"]) == (True, _COUNT)
    assert sorted(one.name for one in out.iterdir()) == ["eml", "mbox", "pst", "unpacked", "zip.zip"]


def _same_mbox(file: Path, names: set[str]) -> None:
    box = mailbox.mbox(file, create=False)
    try:
        subjects = [str(message["subject"]) for message in box]
    finally:
        box.close()
    assert len(subjects) == len(names)
    assert set(subjects) == names
