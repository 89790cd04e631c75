"""An account at a glance."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.cards import _card
from saasbackup_desktop.app.views import Health, StreamCard
from saasbackup_desktop.app.words.states import Tone, card_status
from saasbackup_desktop.catalog.catalog import Catalog
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, SnapshotId, StreamId
from saasbackup_desktop.core.jobs import Backup, Check, Job, Migrate, Restore, State
from saasbackup_desktop.core.model import Account, Provider, Service, Snapshot, SnapshotStatus
from saasbackup_desktop.core.selection import EVERYTHING

STREAM = StreamId("a/mail")
ACCOUNT = Account(id=AccountId("a"), provider=Provider.IMAP, address="ada@example.org")


def _point(status: SnapshotStatus, number: int = 1) -> Snapshot:
    return Snapshot(
        id=SnapshotId(f"2026010{number}T000000Z-0"),
        stream=STREAM,
        started=0,
        finished=0,
        status=status,
        items=1,
        folders=1,
        size=1,
        added=1,
        changed=0,
        removed=0,
        owed=0,
    )


COMPLETE, PARTIAL = _point(SnapshotStatus.COMPLETE), _point(SnapshotStatus.PARTIAL, 2)


def _job(state: State, number: int = 1, stream: StreamId = STREAM) -> Job:
    return Job(
        id=JobId(str(number)), spec=Backup(stream=stream), state=state, code="x" if state is State.FAILED else ""
    )


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    found = Catalog.open(tmp_path / "catalog.db", bytes(32))
    yield found
    found.close()


def _made(catalog: Catalog, points: list[Snapshot], jobs: list[Job], *, connected: bool = True) -> StreamCard:
    for job in reversed(jobs):
        catalog.save_job(job)
    connection = ConnectionName("c") if connected else None
    run = next((one for one in catalog.last_runs(1) if one.stream == STREAM), None)
    last = points[0] if points else None
    return _card(STREAM, ACCOUNT, Service.MAIL, connection, last, len(points), run, catalog.last_done().get(STREAM))


@pytest.mark.parametrize(
    ("points", "jobs", "connected", "health"),
    [
        ([], [], True, Health.NEVER),
        ([], [_job(State.STOPPED)], True, Health.NEVER),
        ([COMPLETE], [_job(State.DONE)], True, Health.OK),
        ([PARTIAL, COMPLETE], [_job(State.PARTIAL)], True, Health.PARTIAL),
        ([PARTIAL], [_job(State.PAUSED)], True, Health.PARTIAL),
        ([COMPLETE], [_job(State.FAILED)], True, Health.FAILED),
        ([COMPLETE], [_job(State.DONE, 2), _job(State.FAILED)], True, Health.OK),
        ([COMPLETE], [_job(State.RUNNING)], True, Health.RUNNING),
        ([COMPLETE], [_job(State.QUEUED)], True, Health.RUNNING),
        ([COMPLETE], [_job(State.WAITING)], True, Health.RETRYING),
        ([COMPLETE], [_job(State.PAUSING)], True, Health.RUNNING),
        ([COMPLETE], [_job(State.FAILED, stream=StreamId("b/mail"))], True, Health.OK),
        ([COMPLETE], [], False, Health.ARCHIVED),
        ([COMPLETE], [_job(State.FAILED)], False, Health.ARCHIVED),
    ],
)
def test_health(catalog: Catalog, points: list[Snapshot], jobs: list[Job], connected: bool, health: Health) -> None:
    card = _made(catalog, points, jobs, connected=connected)
    assert card.health is health
    assert card.snapshots == len(points)
    assert (card.running is not None) is (health is Health.RUNNING)


def test_only_what_reads_the_account_counts(catalog: Catalog) -> None:
    other = ConnectionName("c")
    restore = Restore(stream=STREAM, snapshot=SnapshotId("s"), selection=EVERYTHING, connection=other)
    jobs = [Job(id=JobId("1"), spec=spec, state=State.FAILED) for spec in (restore, Check())]
    assert _made(catalog, [COMPLETE], jobs).health is Health.OK
    jobs = [Job(id=JobId("1"), spec=Migrate(stream=STREAM, connection=other), state=State.RUNNING)]
    assert _made(catalog, [COMPLETE], jobs).health is Health.RUNNING


def test_the_problem_of_the_last_job(catalog: Catalog) -> None:
    assert _made(catalog, [COMPLETE], [_job(State.FAILED)]).problem == "x"
    assert _made(catalog, [COMPLETE], [_job(State.DONE, 2), _job(State.FAILED)]).problem == ""


def _ran(state: State, number: int, finished: int | None) -> Job:
    return Job(
        id=JobId(str(number)), spec=Backup(stream=STREAM), state=state, created=number, finished=finished, due=900
    )


@pytest.mark.parametrize("after", [State.WAITING, State.STOPPED, State.FAILED, State.RUNNING])
def test_the_last_backup_does_not_go_back(catalog: Catalog, after: State) -> None:
    ended = 700 if after.is_over else None
    card = _made(catalog, [COMPLETE], [_ran(after, 3, ended), _ran(State.DONE, 2, 600), _ran(State.DONE, 1, 500)])
    assert card.looked == 600


def test_a_card_tells_what_became_of_the_last_run(catalog: Catalog) -> None:
    card = _made(catalog, [COMPLETE], [_ran(State.STOPPED, 3, 700), _ran(State.DONE, 2, 600)])
    status = card_status(card)
    assert (status.label, status.tone, card.cancelled) == ("Success", Tone.QUIET, 700)
    assert "cancelled" in status.remedy
    waiting = replace(_ran(State.WAITING, 4, None), code="unreachable", facts={"host": "mail.example.org"})
    card = _made(catalog, [COMPLETE], [waiting])
    status = card_status(card)
    assert (status.label, status.tone, card.due, card.running) == ("Retrying", Tone.ATTENTION, 900, None)
    assert "mail.example.org" in status.remedy
    card = _made(catalog, [COMPLETE], [_ran(State.DONE, 5, 800)])
    assert (card_status(card).tone, card.cancelled, card.due) == (Tone.GOOD, None, None)
