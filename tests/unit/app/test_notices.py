"""The room of notices on a real vault and catalog, a clock that is set, and a real mail server."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.app.activity.views import ActivityPage, ActivityQuery, Entry
from saasbackup_desktop.app.alerts.views import Alert
from saasbackup_desktop.app.clock import SystemClock
from saasbackup_desktop.app.desk import Desk
from saasbackup_desktop.app.drills.views import Proof
from saasbackup_desktop.app.notices.around import Around
from saasbackup_desktop.app.notices.notices import Notices
from saasbackup_desktop.app.notices.views import (
    Channel,
    Fate,
    Kind,
    MailGiven,
    MailServer,
    MailSignIn,
    MailTls,
    Recipient,
    When,
)
from saasbackup_desktop.app.tasks.views import Task, TaskView
from saasbackup_desktop.app.tenants.views import Link, Tenant, TenantSettings
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, SnapshotId, StreamId, TaskId
from saasbackup_desktop.core.jobs import (
    Backup,
    Check,
    Drill,
    Initiator,
    ItemFailure,
    Job,
    Origin,
    Restore,
    Spec,
    State,
    Tally,
)
from saasbackup_desktop.core.model import Account, Conflict, Provider, Service, Snapshot, SnapshotStatus, stream_id
from saasbackup_desktop.core.selection import Selection
from saasbackup_desktop.providers.microsoft.directory import Found
from saasbackup_desktop.vault.stores.local import LocalStore
from saasbackup_desktop.vault.vault import Vault
from tests.flow.stage import CHEAP, PASSPHRASE
from tests.servers.certificates import Authority
from tests.servers.mail import PASSWORD, USER, mail_server
from tests.servers.mail import MailServer as Served

NOON = int(datetime(2026, 5, 4, 12, tzinfo=UTC).timestamp())
"""A Monday."""
HOUR, DAY = 3600, 86400
NIGHTLY = TaskId("aaaaaaaaaaaa")
ADA = "ada@example.org"
EVERY = dict.fromkeys(Kind, When.IMMEDIATE)


class Set:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> int:
        return self.moment


class Room:
    """The room, and what is around it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.workspace = desk._workspace
        self.catalog = self.workspace.catalog
        self.clock = Set()
        self.tasks: list[TaskView] = [_task()]
        self.alerts: list[Alert] = []
        self.proofs: list[Proof] = []
        self.entries: list[Entry] = []
        self.tenants: list[Tenant] = []
        self.numbers = iter(range(1, 10_000))
        self.open()

    def open(self) -> None:
        """As after a start of the program."""

        async def tasks() -> Sequence[TaskView]:
            return self.tasks

        async def alerts() -> Sequence[Alert]:
            return self.alerts

        async def proofs(_stream: StreamId) -> Sequence[Proof]:
            return self.proofs

        async def activity(query: ActivityQuery) -> ActivityPage:
            found = [one for one in self.entries if (query.since or 0) <= one.time < (query.until or 1 << 40)]
            return ActivityPage(entries=found, total=len(found))

        async def tenants() -> Sequence[Tenant]:
            return self.tenants

        around = Around(tasks=tasks, alerts=alerts, proofs=proofs, activity=activity, tenants=tenants)
        self.notices = Notices(self.workspace, self.clock, around, lambda: UTC)

    async def later(self, seconds: int = 20) -> None:
        self.clock.moment += seconds
        await self.notices.tend()

    async def recipient(self, name: str = "Ada", **more: Any) -> Recipient:
        values: dict[str, Any] = {"channel": Channel.EMAIL, "address": ADA, "kinds": EVERY, **more}
        return await self.notices.put(Recipient(name=name, **values))

    def account(self, number: int = 0) -> Account:
        account = Account(
            id=AccountId(f"{number:016x}"),
            provider=Provider.IMAP,
            address=f"user{number}@example.org",
            connection=ConnectionName("office"),
        )
        self.catalog.put_account(account, Service.MAIL)
        return account

    def job(self, state: State = State.DONE, number: int = 0, spec: Spec | None = None, **more: Any) -> Job:
        """A job that ended now."""
        account = self.account(number)
        spec = spec or Backup(stream=stream_id(account.id, Service.MAIL))
        values: dict[str, Any] = {
            "tally": Tally(items_done=10, added=4),
            "created": self.clock.moment - 60,
            "started": self.clock.moment - 50,
            "finished": self.clock.moment if state.is_over else None,
            "origin": Origin(initiator=Initiator.SCHEDULE, task=NIGHTLY),
            **more,
        }
        is_vaults = isinstance(spec, Check)
        job = Job(
            id=JobId(f"{next(self.numbers):012x}"), spec=spec, state=state,
            account=None if is_vaults else account.id, **values,
        )  # fmt: skip
        self.catalog.save_job(job)
        return job

    def fails(self, number: int = 0, code: str = "sign-in-needed") -> Job:
        return self.job(State.FAILED, number, code=code, facts={"host": "imap.example.org", "user": ADA})

    def discovered(self, *ids: str) -> None:
        """What a look at the directory found."""
        found = {id: Found(id=id, address=f"{id}@northwind.example", name=id) for id in ids}
        moment = self.clock.moment
        self.workspace.store.change(
            ConnectionName("northwind"), lambda book: replace(book, found=found, discovered=moment)
        )

    async def subjects(self) -> list[str]:
        return [one.subject for one in reversed(await self.notices.outbox())]


def _task(**more: Any) -> TaskView:
    task = Task(id=NIGHTLY, name="Nightly", created=NOON)
    return TaskView(task=task, next_run=NOON + 14 * HOUR, **more)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    Vault.create(LocalStore(tmp_path / "vault"), PASSPHRASE, SystemClock(), argon2=CHEAP)
    desk = Desk(tmp_path / "home")
    await desk.adopt_vault(str(tmp_path / "vault"), PASSPHRASE)
    found = Room(desk)
    await found.notices.put(replace((await found.notices.all()).recipients[0], kinds={}))
    await found.notices.tend()
    yield found
    await desk.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def use(room: Room, state: Served, authority: Authority | None = None) -> None:
    server = MailServer(
        host=state.host, port=state.port, sender=USER, user=USER,
        tls=MailTls.STARTTLS if authority else MailTls.NONE, ca_file=str(authority.file) if authority else "",
        sign_in=MailSignIn.PASSWORD if authority else MailSignIn.NONE,
    )  # fmt: skip
    await room.notices.set_mail(server, MailGiven(password=PASSWORD))


# --- every kind, by a real server --------------------------------------------------------------------------------


def happen(room: Room) -> None:
    """One of every kind."""
    room.job(number=1)
    room.fails(2)
    partial = room.job(State.PARTIAL, 3, tally=Tally(items_done=7, failed=3))
    refused = [ItemFailure(path="Reisen & Übernachtungen", name=f"Secret subject {n}", code="refused") for n in (1, 2)]
    room.catalog.add_failures(partial.id, [*refused, ItemFailure(path="INBOX", name="Huge", code="too-large")])
    stream = stream_id(room.account(4).id, Service.MAIL)
    room.job(
        State.DONE, 4, tally=Tally(items_done=1240, verified=1240, bytes_done=73_400_320),
        spec=Restore(
            stream=stream, snapshot=SnapshotId("20260301T020000Z-00000001"), selection=Selection(),
            connection=ConnectionName("office"), conflict=Conflict.NON_DESTRUCTIVE, folder="Restored 2026-05-04",
        ),
        origin=Origin(),
    )  # fmt: skip
    drill = room.job(State.FAILED, 5, spec=Drill(stream=stream_id(room.account(5).id, Service.MAIL)), code="x")
    room.proofs = [
        Proof(
            stream=drill.spec.stream, account=room.account(5), snapshot=SnapshotId("s"), time=NOON, job=drill.id,
            outcome="damaged", read=50, matched=48, missing=0, damaged=2, at_source=100, facts={},
            proven=NOON - 30 * DAY,
        )  # type: ignore[union-attr]
    ]  # fmt: skip
    good = Snapshot(
        id=SnapshotId("20260503T020000Z-00000001"), stream=stream, started=NOON - DAY, finished=NOON - DAY,
        status=SnapshotStatus.COMPLETE, items=9800, folders=4, size=1, added=0, changed=0, removed=0, owed=0,
    )  # fmt: skip
    room.alerts = [
        Alert(
            id="0123456789ab", stream=stream, account=room.account(6), kind="mass-deletion", made=room.clock.moment,
            job=JobId("j"), snapshot=SnapshotId("s"), last_good=good, facts={"count": 4210, "of": 9800, "usual": 14},
            acknowledged=None, is_holding=True,
        )
    ]  # fmt: skip
    room.entries = [
        Entry(id="7", time=room.clock.moment, code="retention-changed", who="ada@workstation"),
        Entry(id="8", time=room.clock.moment, code="source-added", item="office", who="ada@workstation"),
    ]
    room.tenants = [
        Tenant(
            settings=TenantSettings(name=ConnectionName("northwind")), link=Link.CONNECTED,
            expires=room.clock.moment + 6 * DAY + 60,
        )
    ]  # fmt: skip


async def test_a_real_server_gets_every_kind_once(room: Room, authority: Authority, tmp_path: Path) -> None:
    with mail_server(authority.issue("notices").server_context()) as state:
        await use(room, state, authority)
        await room.recipient(kinds={**EVERY, Kind.SUMMARY: When.DAILY})
        happen(room)
        room.discovered("u1")
        await room.later()
        room.discovered("u1", "u2")
        await room.later(400)
        await room.later()
        room.open()
        await room.later()
        at_eight = NOON + 20 * HOUR
        room.clock.moment = at_eight
        await room.later()
        await room.later()
    texts = {message["Subject"]: message.get_body(("plain",)).get_content() for _, message in state.received}
    assert len(texts) == len(state.received), [message["Subject"] for _, message in state.received]
    kinds = {one.kind for one in await room.notices.outbox()}
    assert kinds == set(Kind)
    assert {one.fate for one in await room.notices.outbox()} == {Fate.SENT}
    whole = "\n".join(texts.values())
    assert PASSWORD not in whole
    assert "Secret subject" not in whole
    assert all(len(line) <= 72 for line in whole.splitlines())
    folder = tmp_path / "texts"
    folder.mkdir()
    for number, (subject, text) in enumerate(texts.items()):
        (folder / f"{number}.txt").write_text(f"Subject: {subject}\n\n{text}")
