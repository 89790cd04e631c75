"""What is said of an export that was cut off, removed, or holds some items without everything."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from saasbackup_desktop.app.exports.views import AccountShare, ExportResult, ExportStatus, ShareStatus
from saasbackup_desktop.app.words.exports import export_status
from saasbackup_desktop.cli.exporting.several import share_words
from saasbackup_desktop.cli.records import job_record, service_at
from saasbackup_desktop.cli.shell import Shell
from saasbackup_desktop.cli.watch import report
from saasbackup_desktop.core.export.values import Format, Packing, Pick
from saasbackup_desktop.core.ids import AccountId, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Export, Job, State
from saasbackup_desktop.core.model import Account, Provider, Service


def _job(*streams: str, **more: Any) -> Job:
    picks = tuple(Pick(stream=StreamId(one), snapshot=SnapshotId("s"), format=Format.PST) for one in streams)
    spec = Export(picks=picks, name="Letters", to="/media/usb", packing=Packing.FOLDER)
    return Job(**({"id": JobId("3f2a"), "spec": spec, "created": 0, "state": State.FAILED} | more))


def test_one_that_was_cut_off_is_not_called_queued() -> None:
    result = ExportResult(
        job=JobId("3f2a"),
        name="Letters",
        to="/media/usb",
        where="",
        picks=(),
        owners=(),
        packing=Packing.FOLDER,
        part_size=1,
        is_locked=False,
        status=ExportStatus.QUEUED,
        created=0,
        code="interrupted",
    )
    assert export_status(result).label == "Interrupted"
    assert "job resume" in export_status(result).remedy
    assert export_status(replace(result, code="")).label == "On queue"


def test_what_is_there_without_everything_is_not_called_missing() -> None:
    ada = Account(id=AccountId("imap:ada"), provider=Provider.IMAP, address="ada@example.org")
    share = AccountShare(account=ada, folder="ada", status=ShareStatus.COMPLETED, items=12)
    assert share_words(share) == "ada@example.org: completed"
    assert share_words(replace(share, lost=3)) == "ada@example.org: 3 items not with everything (of 12 items)"


def test_of_several_services_none_is_named_alone() -> None:
    several, one = _job("a/mail", "a/tasks"), _job("a/tasks", "b/tasks")
    assert (service_at(several), service_at(one)) == (None, Service.TASKS)
    record = job_record(several, {})
    assert (record["service"], record["services"]) == (None, ["mail", "tasks"])


@pytest.mark.parametrize(("what", "hints"), [("unknown-export", 0), ("unknown-destination", 1)])
async def test_nobody_is_sent_to_resume_what_was_removed(what: str, hints: int) -> None:
    notes: list[str] = []

    async def failures(_: JobId) -> list[Any]:
        return []

    out = SimpleNamespace(as_json=False, record=lambda *_: None, problem=lambda *_: None, note=notes.append)
    shell = SimpleNamespace(out=out, desk=SimpleNamespace(failures=failures))
    await report(cast(Shell, shell), _job("a/mail", code="misconfigured", facts={"what": what, "name": "3f2a"}), {})
    assert len([one for one in notes if "job resume" in one]) == hints
