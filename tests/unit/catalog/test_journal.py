"""Jobs, with their logs, failures and damages."""

from dataclasses import replace

import pytest

from saasbackup_desktop.catalog.catalog import Catalog, DamageEntry, LogEntry
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, NodeId
from saasbackup_desktop.core.jobs import Backup, Check, ItemFailure, Job, Restore, State, Tally
from saasbackup_desktop.core.model import Conflict
from saasbackup_desktop.core.selection import Selection
from tests.unit.catalog.samples import STREAM, point

JOB = JobId("0123456789ab")


def test_jobs_are_kept_as_they_are(catalog: Catalog) -> None:
    restore = Restore(
        stream=STREAM,
        snapshot=point(1),
        selection=Selection(folders=(NodeId("a"),), since=3),
        connection=ConnectionName("office"),
        conflict=Conflict.SKIP,
    )
    job = Job(
        id=JOB,
        spec=restore,
        state=State.RUNNING,
        tally=Tally(items_done=3, doing="writing", throttled_until=9),
        account=AccountId("a" * 16),
        created=5,
        facts={"host": "x", "port": 1},
        snapshot=point(1),
    )
    catalog.save_job(job)
    assert catalog.job(JOB) == job
    done = Job(id=JOB, spec=Check(read_percent=5), state=State.DONE, created=5)
    catalog.save_job(done)
    older = Job(id=JobId("b"), spec=Backup(stream=STREAM), state=State.FAILED, created=1, code="bug")
    catalog.save_job(older)
    assert catalog.jobs() == [done, older]
    assert catalog.jobs(limit=1) == [done]
    stopped = replace(older, state=State.STOPPED, finished=7)
    newer = Job(id=JobId("c"), spec=Check(read_percent=0), state=State.QUEUED, created=9)
    catalog.save_jobs([stopped, newer])
    catalog.save_jobs([])
    assert catalog.jobs() == [newer, done, stopped]
    assert catalog.jobs_ended(7, 8) == [stopped]
    with pytest.raises(KeyError):
        catalog.job(JobId("nobody"))


def test_what_a_job_said(catalog: Catalog) -> None:
    failures = [
        ItemFailure(path="a/b", name="x", code="refused", detail="no"),
        ItemFailure(path="", name="y", code="z"),
    ]
    catalog.add_failures(JOB, failures)
    catalog.add_failures(JOB, [])
    catalog.add_log(JOB, 5, "info", "job-started", {})
    catalog.add_log(JOB, 6, "warning", "slow", {"host": "x", "wait": 3})
    damages = [DamageEntry("packs/x", "cut", ("one", "two"))]
    catalog.add_damages(JOB, damages)
    assert catalog.failures(JOB) == failures
    assert catalog.log(JOB) == [
        LogEntry(5, "info", "job-started", {}),
        LogEntry(6, "warning", "slow", {"host": "x", "wait": 3}),
    ]
    assert catalog.damages(JOB) == damages
    catalog.clear_failures(JOB)
    assert (catalog.failures(JOB), catalog.damages(JOB), len(catalog.log(JOB))) == ([], [], 2)
