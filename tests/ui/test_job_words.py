"""Jobs and what failed in them, in words."""

from saasbackup_desktop.core.ids import AccountId, JobId, NodeId
from saasbackup_desktop.core.jobs import Import, ItemFailure, Job, State
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.ui.rooms.job_detail import _failure
from saasbackup_desktop.ui.rooms.job_words import title

OWNER = AccountId("a" * 16)


def test_jobs_of_one_import_are_told_apart_by_their_service() -> None:
    jobs = [
        Job(
            id=JobId("1"),
            spec=Import(stream=stream_id(OWNER, service), paths=("/mail",)),
            created=0,
            state=State.DONE,
            account=OWNER,
        )
        for service in (Service.MAIL, Service.NOTES)
    ]
    assert [title(job, {OWNER: "Msgs"}) for job in jobs] == ["Import: Msgs (Mail)", "Import: Msgs (Notes)"]


def test_a_file_that_failed_goes_by_its_name_and_why_it_failed() -> None:
    whole = _failure(ItemFailure(path="msg/oom.tnef", name="", code="archive-unsupported", item=NodeId("1")))
    assert (whole.name, whole.where) == ("oom.tnef", "msg/oom.tnef")
    empty = _failure(ItemFailure(path="", name="empty.eml", code="item-unreadable", detail="empty", item=NodeId("2")))
    assert (empty.name, empty.what) == ("empty.eml", "Nothing in it")
