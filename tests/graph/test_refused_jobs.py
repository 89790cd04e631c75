"""What a tenant can refuse a job with: its state, code and facts; nothing is lost, and the next run goes on."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.jobs import Backup, Job, State
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.engine.engine import LocalEngine
from saasbackup_desktop.providers.microsoft.cloud import cloud_of
from saasbackup_desktop.providers.microsoft.sign_in import Application, ApplicationSignIn
from saasbackup_desktop.sim.graph.identity import IdentityApp, SignInRefused
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.shelf import Organizer
from saasbackup_desktop.sim.graph.wire import Refusal
from saasbackup_desktop.sim.letters import letters
from tests.graph.home import Home
from tests.graph.office import Site, opened
from tests.graph.stage import Stage
from tests.graph.test_mail_backup import assert_saved

SECRET = "Zp8~a-secret"
HOUR = 3600
SERVICES = (Service.MAIL, Service.TASKS)


@dataclass
class Guarded(Stage):
    """A stage whose tokens come from the sign-in service, as in life."""

    identity: IdentityApp = field(init=False)
    sign_in: ApplicationSignIn = field(init=False)

    def open(self, site: Site) -> None:
        """Take a place at the sign-in service."""
        self.identity = site.login.app = IdentityApp(self.tenant)
        self.application.secret = SECRET
        cloud = cloud_of("custom", site.login.address, "https://graph.microsoft.com")
        application = Application(self.tenant.id, self.application.id, secret=SECRET)
        self.sign_in = ApplicationSignIn(cloud, application, ca_file=site.ca_file)

    async def token(self, renew: bool) -> str:
        """Sign the application in."""
        return await self.sign_in(renew)

    def end_tokens(self) -> None:
        """Let what was given out be good no more."""
        self.tenant.tokens.clear()


Deed = Callable[[Guarded, Mailbox], None]


@dataclass(frozen=True)
class Case:
    """Something that goes wrong, and how it is put right."""

    wrong: Deed
    right: Deed
    code: str
    reason: str
    services: tuple[Service, ...] = SERVICES


def blocked(number: int) -> Case:
    """The sign-in service says no."""

    def wrong(stage: Guarded, _mailbox: Mailbox) -> None:
        stage.end_tokens()
        stage.identity.blocked = SignInRefused("invalid_grant", number, "No.")

    def right(stage: Guarded, _mailbox: Mailbox) -> None:
        stage.identity.blocked = None

    reason = {53003: "conditional-access", 900439: "wrong-cloud", 65001: "consent-missing"}[number]
    return Case(wrong, right, "sign-in-needed", reason)


def lacking(stage: Guarded, _mailbox: Mailbox) -> None:
    stage.application.granted.clear()
    stage.end_tokens()


def granted(stage: Guarded, _mailbox: Mailbox) -> None:
    stage.application.granted.update(stage.granted)
    stage.end_tokens()


def outdated(stage: Guarded, _mailbox: Mailbox) -> None:
    stage.application.secret_expires = "2026-01-01T00:00:00Z"
    stage.end_tokens()


def renewed(stage: Guarded, _mailbox: Mailbox) -> None:
    stage.application.secret_expires = ""


def unregistered(stage: Guarded, _mailbox: Mailbox) -> None:
    stage.application.has_principal = False
    stage.end_tokens()


def registered(stage: Guarded, _mailbox: Mailbox) -> None:
    stage.application.has_principal = True


def unlicensed(stage: Guarded, mailbox: Mailbox) -> None:
    stage.tenant.license(mailbox.user, None)


def licensed(stage: Guarded, mailbox: Mailbox) -> None:
    stage.tenant.license(mailbox.user, "ENTERPRISEPACK")


def deleted(stage: Guarded, mailbox: Mailbox) -> None:
    stage.tenant.remove_user(mailbox.user)


def brought_back(stage: Guarded, mailbox: Mailbox) -> None:
    stage.tenant.restore_user(mailbox.user)


def suspended(stage: Guarded, mailbox: Mailbox) -> None:
    stage.tenant.suspended.add(mailbox.user)


def released(stage: Guarded, mailbox: Mailbox) -> None:
    stage.tenant.suspended.clear()


def throttled(stage: Guarded, mailbox: Mailbox) -> None:
    refusal = Refusal(429, "ApplicationThrottled", "Not now.", Retry_After=str(HOUR))
    stage.manners.refusals = [("GET", f"/users/{mailbox.user}", refusal)] * 60


def an_hour_later(stage: Guarded, _mailbox: Mailbox) -> None:
    stage.manners.refusals = []
    stage.clock.time += HOUR


CASES = {
    "missing permission": Case(lacking, granted, "denied", "access"),
    "consent revoked": blocked(65001),
    "application removed": Case(unregistered, registered, "sign-in-needed", "app-unknown"),
    "secret expired": Case(outdated, renewed, "sign-in-needed", "secret-expired"),
    "licence removed": Case(unlicensed, licensed, "denied", "mailbox-not-enabled"),
    "mailbox deleted": Case(deleted, brought_back, "not-found", "user"),
    "mailbox on hold": Case(suspended, released, "denied", "on-hold"),
    "conditional access": blocked(53003),
    "wrong cloud": blocked(900439),
    "throttled for an hour": Case(throttled, an_hour_later, "throttled", ""),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with opened(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def stage(site: Site) -> Iterator[Guarded]:
    stage = Guarded()
    stage.open(site)
    yield stage
    stage.sign_in.close()
    assert stage.referee.exchanges
    assert stage.referee.problems == []


@pytest.fixture
def home(tmp_path: Path, stage: Guarded) -> Iterator[Home]:
    home = Home(tmp_path, stage)
    yield home
    home.close()


async def over(engine: LocalEngine, stream: StreamId) -> Job:
    id = await engine.submit(Backup(stream=stream))
    async with asyncio.timeout(60):
        while True:
            job = await engine.job(id)
            if job.state.is_over:
                return job
            await asyncio.sleep(0.01)


def filled(stage: Guarded) -> tuple[Mailbox, Organizer]:
    mailbox = stage.mailbox()
    truth = Organizer(stage.tenant, mailbox.user)
    for letter in letters("refused", 8, 2000):
        mailbox.deliver(letter.data, "inbox", moment=letter.internal_date.timestamp())
    truth.add_event(
        truth.calendars[truth.calendar],
        {
            "subject": "Lunch",
            "start": {"dateTime": "2026-11-02T12:00:00.0000000", "timeZone": "UTC"},
            "end": {"dateTime": "2026-11-02T13:00:00.0000000", "timeZone": "UTC"},
        },
    )
    truth.add(truth.contacts["contacts"], {"displayName": "Bob"})
    truth.add(truth.lists[truth.tasks], {"title": "Call Bob", "status": "notStarted"})
    return mailbox, truth


@pytest.mark.parametrize("name", CASES)
async def test_a_refused_job_says_why_and_the_next_one_goes_on(stage: Guarded, home: Home, name: str) -> None:
    case = CASES[name]
    mailbox, _ = filled(stage)
    engine = LocalEngine(home.bench)
    await engine.start()
    streams = {service: home.doors.protect(mailbox, service) for service in case.services}
    for stream in streams.values():
        assert (await over(engine, stream)).state is State.DONE
    before = {stream: home.items(stream) for stream in streams.values()}
    mailbox.deliver(b"Subject: New\r\nMessage-ID: <new@x>\r\n\r\nNew\r\n")
    case.wrong(stage, mailbox)
    for stream in streams.values():
        job = await over(engine, stream)
        assert job.state is State.FAILED
        assert job.code == case.code
        assert job.facts.get("reason", "") == case.reason
        if case.code == "throttled":
            assert job.facts["seconds"] == HOUR
        assert home.items(stream) == before[stream]
        assert SECRET not in repr(job)
    case.right(stage, mailbox)
    for stream in streams.values():
        assert (await over(engine, stream)).state is State.DONE
    assert_saved(home, mailbox, streams[Service.MAIL])
    assert {home.items(stream).keys() == before[stream].keys() for stream in list(streams.values())[1:]} == {True}
    await engine.close()


async def test_a_rest_that_is_waited_out_is_shown_while_it_lasts(stage: Guarded, home: Home) -> None:
    mailbox, _ = filled(stage)
    engine = LocalEngine(home.bench)
    await engine.start()
    stream = home.doors.protect(mailbox, Service.MAIL)
    refusal = Refusal(429, "ApplicationThrottled", "Not now.", Retry_After="1")
    stage.manners.refusals = [("GET", f"/users/{mailbox.user}/mailFolders/delta", refusal)]
    id = await engine.submit(Backup(stream=stream))
    shown: set[int | None] = set()
    async with asyncio.timeout(60):
        while not (job := await engine.job(id)).state.is_over:
            shown.add(job.tally.throttled_until)
            await asyncio.sleep(0.01)
    assert job.state is State.DONE
    assert any(until is not None for until in shown)
    assert job.tally.throttled_until is None
    assert_saved(home, mailbox, stream)
    await engine.close()
