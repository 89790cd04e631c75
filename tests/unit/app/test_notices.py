"""The room of notices on a real vault and catalog, a clock that is set, and a real mail server."""

import asyncio
import sys
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
    DESKTOP,
    Channel,
    Fate,
    HookGiven,
    Kind,
    MailGiven,
    MailServer,
    MailSignIn,
    MailTls,
    Recipient,
    Shape,
    When,
)
from saasbackup_desktop.app.tasks.views import Task, TaskView
from saasbackup_desktop.app.tenants.views import Link, Tenant, TenantSettings
from saasbackup_desktop.core import errors
from saasbackup_desktop.core.export.values import Format, Pick
from saasbackup_desktop.core.ids import AccountId, ConnectionName, JobId, SnapshotId, StreamId, TaskId
from saasbackup_desktop.core.jobs import (
    Backup,
    Check,
    Drill,
    Export,
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
        State.DONE, 4, tally=Tally(items_done=1240, added=12, verified=12, skipped=1228, bytes_done=73_400_320),
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


# --- exactly once ------------------------------------------------------------------------------------------------


async def test_nothing_of_before_is_told_and_nothing_twice(room: Room) -> None:
    room.catalog.drop_records("notices", ["memory"])
    room.fails(3)
    room.entries = [Entry(id="1", time=NOON - 5, code="retention-changed", who="ada@host")]
    room.clock.moment += 1
    await room.notices.tend()  # the first of all
    room.fails(1)
    room.clock.moment += 1
    await room.recipient()
    await room.later()
    assert await room.subjects() == ["Backup failed: user1@example.org (mail) – Sign-in refused"]
    for _ in range(3):
        room.open()
        await room.later()
    assert len(await room.subjects()) == 1


async def test_what_ends_while_a_look_is_taken_is_told_by_the_next_one(room: Room) -> None:
    await room.recipient()
    await room.later()
    late = room.clock.moment - 5  # written down a moment after it ended, and after the look
    room.job(State.FAILED, 1, code="unreachable", finished=late)
    room.job(State.FAILED, 2, code="unreachable")  # in this very second
    await room.later()
    assert await room.subjects() == ["2 backups failed: Server cannot be reached"]
    await room.later(1)
    assert len(await room.subjects()) == 1


async def test_what_is_cut_off_before_it_was_written_down_is_told_later_and_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.recipient()
    room.fails(1)

    def full(*_: object) -> None:
        raise errors.CatalogFault("disk full")

    monkeypatch.setattr(room.catalog, "put_records", full)
    with pytest.raises(errors.CatalogFault):
        await room.later()
    monkeypatch.undo()
    room.open()
    await room.later()
    await room.later()
    assert len(await room.subjects()) == 1


async def test_a_clock_that_is_set_back_repeats_nothing_and_misses_nothing(room: Room) -> None:
    await room.recipient()
    await room.later(DAY)
    room.fails(1)
    await room.later()
    room.clock.moment -= DAY  # it had been a day ahead
    await room.later()
    room.fails(2)
    await room.later()
    room.clock.moment += DAY
    await room.later()
    assert len(await room.subjects()) == 2


async def test_one_run_becomes_one_message(room: Room) -> None:
    await room.recipient()
    for number in range(1, 220):
        room.fails(number)
    running = room.job(State.RUNNING, 220)
    await room.later()
    assert await room.subjects() == []
    room.catalog.save_job(replace(running, state=State.FAILED, code="unreachable", finished=room.clock.moment))
    await room.later()
    [subject] = await room.subjects()
    assert subject == "220 backups failed: Sign-in refused and 1 more reason"
    preview = await room.notices.letter((await room.notices.outbox())[0].id)
    assert preview.text.count("user") > 200
    assert "and 19 more." in preview.text


async def test_a_run_that_does_not_end_is_told_after_an_hour(room: Room) -> None:
    await room.recipient()
    room.fails(1)
    room.job(State.RUNNING, 2)
    await room.later()
    assert await room.subjects() == []
    await room.later(HOUR)
    assert len(await room.subjects()) == 1


async def test_the_same_failure_is_told_once_then_daily_and_its_end(room: Room) -> None:
    await room.recipient(kinds={Kind.EXCEPTIONS: When.IMMEDIATE})
    for _ in range(48):  # every half hour
        room.fails(1)
        await room.later(1800)
    assert await room.subjects() == ["Backup failed: user1@example.org (mail) – Sign-in refused"]
    room.fails(1)
    await room.later()
    assert (await room.subjects())[1:] == ["Still failing: user1@example.org (mail) (49 times)"]
    room.fails(1, code="unreachable")
    await room.later()
    room.fails(1)  # back and forth between two reasons is nothing new
    await room.later()
    assert (await room.subjects())[2:] == ["Backup failed: user1@example.org (mail) – Server cannot be reached"]
    room.job(number=1)
    await room.later()
    assert (await room.subjects())[3:] == ["Fine again: user1@example.org (mail)"]
    text = (await room.notices.letter((await room.notices.outbox())[0].id)).text
    assert "after 51 failures since 4 May 2026, 12:00" in " ".join(text.split())


async def test_a_job_that_is_tried_again_and_again_is_told_before_it_gives_up(room: Room) -> None:
    await room.recipient()
    job = room.job(State.WAITING, 1, code="unreachable", attempt=2, due=room.clock.moment + 900)
    await room.later()
    assert await room.subjects() == []
    room.catalog.save_job(replace(job, attempt=3))
    await room.later()
    await room.later()
    assert await room.subjects() == ["Backup does not get through: user1@example.org (mail) – Server cannot be reached"]
    room.catalog.save_job(replace(job, state=State.FAILED, finished=room.clock.moment))
    await room.later()
    assert (await room.subjects())[1:] == ["Backup failed: user1@example.org (mail) – Server cannot be reached"]


async def test_overdue_tasks_and_tenants_that_are_cut_off(room: Room) -> None:
    await room.recipient()
    room.tasks = [_task(overdue_since=NOON - HOUR, missed=2, why="off")]
    settings = TenantSettings(name=ConnectionName("northwind"))
    room.tenants = [Tenant(settings=settings, link=Link.DISCONNECTED, problem="consent-revoked")]
    await room.later(400)
    assert await room.subjects() == ["Tenant not connected: northwind"]
    for _ in range(3):
        await room.later(400)
    assert (await room.subjects())[1:] == ["Backup overdue: “Nightly”"]
    text = (await room.notices.letter((await room.notices.outbox())[0].id)).text
    assert "the computer was off" in " ".join(text.split())
    room.tasks = [_task()]
    room.tenants = [Tenant(settings=settings, link=Link.CONNECTED)]
    await room.later(400)
    assert (await room.subjects())[2:] == ["No longer overdue: “Nightly” (and 1 more)"]
    room.tasks = [_task(overdue_since=room.clock.moment - HOUR, missed=1, why="asleep")]
    await room.later(400)
    room.tasks = [_task()]  # it woke up, and made up for it
    await room.later(400)
    assert len(await room.subjects()) == 3


# --- whom and when -----------------------------------------------------------------------------------------------


async def test_filters(room: Room) -> None:
    await room.recipient("all")
    await room.recipient("bad", only_failures=True)
    await room.recipient("other task", tasks=(TaskId("bbbbbbbbbbbb"),))
    await room.recipient("this task", tasks=(NIGHTLY,), kinds={Kind.EXCEPTIONS: When.IMMEDIATE})
    await room.recipient("other source", connections=(ConnectionName("elsewhere"),))
    await room.recipient("paused", is_paused=True)
    room.job(number=1)
    room.fails(2)
    await room.later()
    told = {(one.name, one.kind) for one in await room.notices.outbox()}
    assert told == {
        ("all", Kind.COMPLETED), ("all", Kind.EXCEPTIONS), ("bad", Kind.EXCEPTIONS), ("this task", Kind.EXCEPTIONS),
    }  # fmt: skip


async def test_a_restore_that_failed_is_told_once_to_each(room: Room) -> None:
    await room.recipient("both")
    await room.recipient("exceptions", kinds={Kind.EXCEPTIONS: When.IMMEDIATE})
    spec = Restore(
        stream=stream_id(room.account(1).id, Service.MAIL), snapshot=SnapshotId("20260301T020000Z-00000001"),
        selection=Selection(), connection=ConnectionName("office"),
    )  # fmt: skip
    room.job(State.FAILED, 1, spec=spec, code="target-full")
    await room.later()
    assert {(one.name, one.kind) for one in await room.notices.outbox()} == {
        ("both", Kind.RECOVERY),
        ("exceptions", Kind.EXCEPTIONS),
    }


async def test_a_download_that_is_ready_is_told(room: Room) -> None:
    desktop = (await room.notices.all()).recipients[0]
    await room.notices.put(replace(desktop, kinds={Kind.RECOVERY: When.IMMEDIATE}))
    await room.recipient(kinds={Kind.RECOVERY: When.IMMEDIATE})
    stream = stream_id(room.account(1).id, Service.MAIL)
    pick = Pick(stream=stream, snapshot=SnapshotId("20260301T020000Z-00000001"), format=Format.PST)
    spec = Export(picks=(pick,), name="Ada's mail", to="/exports")
    job = room.job(State.DONE, 1, spec=spec, tally=Tally(items_done=10, added=10, verified=10, bytes_done=2_000))
    await room.later()
    [pop] = await room.notices.pops()
    assert pop.download == job.id
    assert (pop.title, pop.is_bad) == ("Download is ready: user1@example.org (mail)", False)
    room.job(State.PARTIAL, 1, spec=spec, tally=Tally(items_done=10, added=9, failed=1))
    await room.later(120)
    [pop] = await room.notices.pops()
    assert (pop.title, pop.is_bad) == ("Download partially completed: user1@example.org (mail)", True)
    assert {one.kind for one in await room.notices.outbox()} == {Kind.RECOVERY}


async def test_digests_come_at_their_hour_through_restarts_and_sleep(room: Room) -> None:
    await room.recipient("daily", kinds={Kind.SUMMARY: When.DAILY, Kind.EXCEPTIONS: When.DAILY}, at=480)
    await room.recipient("weekly", kinds={Kind.SUMMARY: When.WEEKLY}, at=480, weekday=2)
    await room.recipient("monthly", kinds={Kind.SUMMARY: When.MONTHLY}, at=480, month_day=15)
    await room.recipient("bad", kinds={Kind.SUMMARY: When.DAILY}, only_failures=True)
    await room.later()
    room.fails(1)
    room.job(number=2)
    await room.later()
    assert await room.subjects() == []
    counts: dict[str, int] = {}
    for hour in (day * 24 + hour for day in range(28) for hour in (19, 20, 21)):
        if 24 * 3 <= hour < 24 * 5:  # two days of sleep: one digest, not two
            continue
        if hour == 43:
            room.job(number=1)
        room.open()
        room.clock.moment = NOON + hour * HOUR
        await room.notices.tend()
    for one in await room.notices.outbox(1000):
        counts[one.name] = counts.get(one.name, 0) + 1
    assert counts == {"daily": 27, "weekly": 4, "monthly": 1, "bad": 1}
    first = [one for one in await room.notices.outbox(1000) if one.name == "daily"][-1]
    assert first.subject == "Daily summary: 1 account needs attention"
    text = (await room.notices.letter(first.id)).text
    assert "Exceptions" in text
    assert "user1@example.org" in text
    assert datetime.fromtimestamp(first.made, UTC).hour == 8


# --- delivery ----------------------------------------------------------------------------------------------------


async def test_what_cannot_be_delivered_waits_longer_is_told_to_others_and_given_up(room: Room) -> None:
    with mail_server(signs_in=False) as state:
        await use(room, state)
        state.answers[f"rcpt {ADA}"] = "451 4.7.1 come back later"
        await room.recipient(kinds={Kind.EXCEPTIONS: When.IMMEDIATE, Kind.ADMIN: When.IMMEDIATE})
        await room.recipient("Bob", address="bob@example.org", kinds={Kind.ADMIN: When.IMMEDIATE})
        room.fails(1)
        await room.later()
        [one] = [one for one in await room.notices.outbox() if one.name == "Ada"]
        assert (one.fate, one.attempts, one.code) == (Fate.FAILED, 1, "not-delivered")
        assert one.due == room.clock.moment + 60
        await room.later(30)
        assert (await room.notices.outbox())[0].attempts == 1
        for _ in range(30):
            await room.later(6 * HOUR)
        fates = {(one.name, one.fate) for one in await room.notices.outbox()}
        assert fates == {("Ada", Fate.GIVEN_UP), ("Bob", Fate.SENT)}
        told = [message["Subject"] for address, message in state.received if address == "bob@example.org"]
        assert told == ["Notices do not reach Ada"]
        state.answers.clear()
        ada = next(one for one in await room.notices.outbox() if one.name == "Ada")
        assert (await room.notices.retry(ada.id)).fate is Fate.SENT
        assert state.received[-1][1]["Message-ID"] == f"<{ada.id}.notice@example.org>"


async def test_a_crash_after_sending_repeats_the_same_message_id(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(signs_in=False) as state:
        await use(room, state)
        await room.recipient()
        room.fails(1)
        put = room.notices._put

        async def dies(_some: object) -> None:
            raise errors.CatalogFault("killed")

        monkeypatch.setattr(room.notices, "_put", dies)
        with pytest.raises(errors.CatalogFault):
            await room.later()
        monkeypatch.setattr(room.notices, "_put", put)
        await room.later()
        await room.later()
        ids = [message["Message-ID"] for _, message in state.received]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_a_recipient_that_was_removed_is_sent_nothing(room: Room) -> None:
    ada = await room.recipient()
    room.fails(1)
    await room.later()
    await room.notices.remove(ada.id)
    await room.later(HOUR)
    assert [one.fate for one in await room.notices.outbox()] == [Fate.GIVEN_UP]


async def test_the_desktop_is_shown_each_notice_once(room: Room) -> None:
    desktop = (await room.notices.all()).recipients[0]
    await room.notices.put(replace(desktop, kinds={Kind.EXCEPTIONS: When.IMMEDIATE}))
    room.fails(1)
    await room.later()
    [pop] = await room.notices.pops()
    assert pop.title == "Backup failed: user1@example.org (mail) – Sign-in refused"
    assert pop.is_bad
    assert pop.download is None
    assert not await room.notices.pops()
    assert not (await room.notices.test(DESKTOP)).status
    assert [one.title for one in await room.notices.pops()] == ["Test of notices"]


# --- settings ----------------------------------------------------------------------------------------------------


async def test_secrets_are_sealed_and_never_shown(room: Room, tmp_path: Path) -> None:
    hook = Recipient(name="Ops", channel=Channel.WEBHOOK, shape=Shape.TEAMS, kinds=EVERY)
    url = "https://hooks.example.org/very/secret"
    made = await room.notices.put(
        hook, HookGiven(url=url, signing="signing secret", headers=(("X-Key", "header secret"),))
    )
    assert (made.host, made.is_signed, made.headers) == ("hooks.example.org", True, ("X-Key",))
    server = MailServer(host="smtp.example.org", user="u", sender="backup@example.org")
    await room.notices.set_mail(server, MailGiven(password="mail secret"))
    changed = await room.notices.put(replace(made, name="Operations"))
    assert changed.is_signed
    told = repr(await room.notices.all()) + repr(room.notices._store.book())
    stored = b"".join(file.read_bytes() for file in (tmp_path / "home").rglob("*") if file.is_file())
    for secret in (url, "signing secret", "header secret", "mail secret"):
        assert secret not in told
        assert secret.encode() not in stored
    moved = await room.notices.put(changed, HookGiven(url="https://elsewhere.example.org/x"))
    assert not moved.is_signed  # what was given for one host is not sent to another
    with pytest.raises(errors.Misconfigured):
        await room.notices.set_mail(replace(server, host="smtp.elsewhere.example"))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"address": "nobody"}, "bad-mail-address"),
        ({"address": "a@b.example\r\nBcc: x@y.example"}, "bad-mail-address"),
        ({"name": " "}, "incomplete-recipient"),
        ({"name": "this computer"}, "recipient-taken"),
        ({"channel": Channel.WEBHOOK}, "bad-webhook"),
        ({"channel": Channel.DESKTOP}, "desktop-stays"),
        ({"id": "ffffffffffff"}, "unknown-recipient"),
    ],
)
async def test_what_cannot_be_kept(room: Room, change: dict[str, Any], what: str) -> None:
    one = Recipient(name="Ada", channel=Channel.EMAIL, address=ADA)
    with pytest.raises(errors.Misconfigured) as refused:
        await room.notices.put(replace(one, **change))
    assert refused.value.facts["what"] == what
    assert len((await room.notices.all()).recipients) == 1


async def test_every_kind_can_be_looked_at_and_tested_before_it_is_kept(room: Room) -> None:
    for kind in Kind:
        preview = await room.notices.preview(kind)
        assert preview.is_example
        assert preview.subject
        assert all(len(line) <= 72 for line in preview.text.splitlines())
    with mail_server(signs_in=False) as state:
        server = MailServer(host=state.host, port=state.port, sender=USER, tls=MailTls.NONE, sign_in=MailSignIn.NONE)
        tried = await room.notices.test_mail(server, MailGiven(), ADA)
        assert (tried.status, tried.answer) == (250, "Taken, thank you")
        assert (await room.notices.all()).mail.server is None
        with pytest.raises(errors.Misconfigured):
            await room.notices.test((await room.recipient()).id)
    with pytest.raises(errors.Unreachable):
        await room.notices.test_mail(server, MailGiven(), ADA)


async def test_the_desk_tends_the_room_and_its_record_of_activity_is_told(room: Room) -> None:
    with mail_server(signs_in=False) as state:
        desk = room.desk
        room.notices = desk.notices
        room.catalog.drop_records("notices", ["memory"])  # of another clock
        await desk.tend()
        await use(room, state)
        await room.recipient(kinds={Kind.EXCEPTIONS: When.IMMEDIATE, Kind.SECURITY: When.IMMEDIATE})
        room.clock.moment = SystemClock().now() - 1
        room.fails(1)
        kept: set[str] = set()
        async with asyncio.timeout(20):
            while not state.received or "notices-changed" not in kept:
                await desk.tend()
                await asyncio.sleep(0.1)
                some = [record for record in room.catalog.records("notices") if record.key.startswith("event:")]
                kept = {record.plain["happening"]["facts"]["change"] for record in some}
        [(_, message)] = state.received
    assert message["Subject"] == "Backup failed: user1@example.org (mail) – Sign-in refused"


async def test_settings_that_are_changed_one_after_the_other_are_one_message(room: Room) -> None:
    await room.recipient()
    for number in range(5):
        room.entries.append(Entry(id=str(number), time=room.clock.moment, code="retention-changed", who="ada@host"))
        await room.later(60)
    assert await room.subjects() == []
    await room.later(120)
    assert await room.subjects() == ["Retention changed (5 times)"]


@pytest.mark.skipif(sys.platform != "linux", reason="a program of Linux desktops stands in")
async def test_the_operating_system_shows_what_no_window_took(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = tmp_path / "shown"
    program = tmp_path / "bin" / "notify-send"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {shown}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("DISPLAY", ":0")
    desktop = (await room.notices.all()).recipients[0]
    await room.notices.put(replace(desktop, kinds={Kind.EXCEPTIONS: When.IMMEDIATE}))
    room.fails(1)
    await room.later()
    assert not shown.exists()  # a window may take it
    await room.later(100)
    lines = shown.read_text().splitlines()
    assert lines[1:3] == ["--", "Backup failed: user1@example.org (mail) – Sign-in refused"]
    assert not await room.notices.pops()
    await room.later(100)
    assert shown.read_text().splitlines() == lines
