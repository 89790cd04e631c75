"""What can go wrong with a tenant: each thing has its own state, message and remedy, and ends when it is put right."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from saasbackup_desktop.app.tenants.views import Link, State, TenantAccount
from saasbackup_desktop.app.words import tenants as words
from saasbackup_desktop.core import jobs
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.sim.graph.identity import SignInRefused
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph.office import NAME, Office, says


@dataclass(frozen=True)
class Trouble:
    """Something that befalls a tenant, and what is to be read of it."""

    befall: Callable[[Office, str], None]
    end: Callable[[Office, str], None]
    problem: str
    state: State
    cuts_off: bool = False
    """Nothing at all goes on: the tenant is disconnected."""
    job: str = ""
    """What is said of the job, where that is less than what is said of the account."""


def _revoke(office: Office, user: str) -> None:
    office.application.granted.discard("Mail.Read")
    office.application.granted.discard("Mail.ReadWrite")
    office.tenant.tokens.clear()


def _grant(office: Office, user: str) -> None:
    office.application.granted.update(("Mail.Read", "Mail.ReadWrite"))
    office.tenant.tokens.clear()


def _expire(office: Office, user: str) -> None:
    office.application.secret_expires = "2020-01-01T00:00:00Z"
    office.tenant.tokens.clear()


def _prolong(office: Office, user: str) -> None:
    office.application.secret_expires = "2090-01-01T00:00:00Z"


def _block(number: int) -> Callable[[Office, str], None]:
    def block(office: Office, user: str) -> None:
        office.identity.blocked = SignInRefused("invalid_request", number, "No.")
        office.tenant.tokens.clear()

    return block


def _unblock(office: Office, user: str) -> None:
    office.identity.blocked = None


def _refuse(status: int, code: str, **headers: str) -> Callable[[Office, str], None]:
    def refuse(office: Office, user: str) -> None:
        refusal = Refusal(status, code, "Not now.", **headers)
        office.manners.refusals += [(verb, f"/users/{user}/mailFolders", refusal) for verb in ("GET",) * 20]

    return refuse


def _relent(office: Office, user: str) -> None:
    office.manners.refusals.clear()


TROUBLES = {
    "consent revoked": Trouble(
        _revoke, _grant, "consent-revoked", State.AUTHENTICATION_ERROR, cuts_off=True, job="missing-permission"
    ),
    "secret expired": Trouble(_expire, _prolong, "secret-expired", State.AUTHENTICATION_ERROR, cuts_off=True),
    "conditional access": Trouble(
        _block(53003), _unblock, "conditional-access", State.AUTHENTICATION_ERROR, cuts_off=True
    ),
    "another cloud": Trouble(_block(90038), _unblock, "wrong-cloud", State.AUTHENTICATION_ERROR, cuts_off=True),
    "licence removed": Trouble(
        lambda office, user: office.tenant.license(user, None),
        lambda office, user: office.tenant.license(user, "ENTERPRISEPACK"),
        "mailbox-not-enabled",
        State.UNLICENSED,
    ),
    "mailbox deleted": Trouble(
        lambda office, user: office.tenant.remove_user(user),
        lambda office, user: office.tenant.restore_user(user) and None,
        "mailbox-missing",
        State.ARCHIVED,
    ),
    "mailbox on hold": Trouble(_refuse(403, "ErrorAccountSuspend"), _relent, "on-hold", State.FAILED),
}


async def ada(office: Office) -> TenantAccount:
    return next(one for one in await office.desk.tenants.accounts(NAME) if one.account.name == "Ada Lovelace")


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_trouble_is_told_and_ends(office: Office, trouble: Trouble) -> None:
    box = office.join()
    tenants = office.desk.tenants
    await office.add(services=(Service.MAIL,))
    await tenants.discover(NAME)
    await tenants.activate(NAME, [box.user])
    assert (await tenants.check(NAME)).link is Link.CONNECTED
    await office.done(*await tenants.backup(NAME, services=[Service.MAIL]))
    trouble.befall(office, box.user)
    [job] = await office.failed(*await tenants.backup(NAME, services=[Service.MAIL]))
    account, tenant = await ada(office), await tenants.find(NAME)
    assert (account.state, account.problem) == (trouble.state, trouble.problem)
    told = words.outcome_words(account.problem, account.facts)
    assert words.state_words(account.state, account.problem, account.facts).remedy == f"{told.what} {told.remedy}"
    if not trouble.job:
        assert says(job) == f"{told.title} | {told.what} | {told.remedy}"
    assert (tenant.link is Link.DISCONNECTED) is trouble.cuts_off
    assert tenant.problem == (trouble.problem if trouble.cuts_off else "")
    assert len(await office.desk.snapshots(office.stream(box))) == 1
    trouble.end(office, box.user)
    if trouble.job:
        assert (await tenants.check(NAME)).link is Link.CONNECTED
    await office.done(*await tenants.backup(NAME, services=[Service.MAIL]))
    assert (await ada(office)).state is State.SUCCESS
    assert (await tenants.find(NAME)).link is Link.CONNECTED


async def test_a_permission_that_was_never_granted(office: Office) -> None:
    box = office.join()
    office.application.granted.difference_update({"Calendars.Read", "Calendars.ReadWrite"})
    tenants = office.desk.tenants
    await office.add()
    await tenants.discover(NAME)
    await tenants.activate(NAME, [box.user])
    report = await tenants.check(NAME)
    assert report.link is Link.DISCONNECTED
    assert office.application.id in report.consent
    missing = {line.name: line.outcome for line in report.lines if line.standing == "missing"}
    assert missing["Calendars.Read"] == "missing-permission"
    [job] = await office.failed(*await tenants.backup(NAME, services=[Service.CALENDAR]))
    assert says(job).startswith("A permission is missing | ")
    account = await ada(office)
    assert (account.state, account.problem) == (State.AUTHENTICATION_ERROR, "missing-permission")
    assert "grant it" in words.state_words(account.state, account.problem).remedy


async def test_throttled_for_an_hour(office: Office) -> None:
    box = office.join()
    tenants = office.desk.tenants
    await office.add()
    await tenants.discover(NAME)
    await tenants.activate(NAME, [box.user])
    _refuse(429, "TooManyRequests", Retry_After="3600")(office, box.user)
    [job] = await office.failed(*await tenants.backup(NAME, services=[Service.MAIL]))
    assert job.code == "throttled"
    account = await ada(office)
    assert (account.state, account.problem) == (State.CONNECTION_ERROR, "throttled")
    assert words.outcome_words(account.problem, account.facts).title == "Microsoft asks to wait"
    assert (await tenants.find(NAME)).link is not Link.DISCONNECTED
    report = await tenants.check(NAME)
    assert [line.outcome for line in report.lines if line.area == "service" and line.name == "mail"] != ["well"]
    office.manners.refusals.clear()
    assert (await tenants.check(NAME)).link is Link.CONNECTED


async def test_a_retry_is_told_from_a_first_try(office: Office) -> None:
    box = office.join()
    tenants = office.desk.tenants
    await office.add()
    await tenants.discover(NAME)
    await tenants.activate(NAME, [box.user])
    office.identity.blocked = SignInRefused("invalid_grant", 53003, "No.")
    office.tenant.tokens.clear()
    await office.failed(*await tenants.backup(NAME, services=[Service.MAIL]))
    office.identity.blocked = None
    office.manners.latency = 0.2
    [job] = await tenants.backup(NAME, services=[Service.MAIL])
    assert (await ada(office)).state is State.RETRYING
    office.manners.latency = 0.0
    assert (await office.over(job)).state is jobs.State.DONE


async def test_waiting_for_the_service_is_told(office: Office) -> None:
    box = office.join()
    tenants = office.desk.tenants
    await office.add(services=(Service.MAIL,))
    await tenants.discover(NAME)
    await tenants.activate(NAME, [box.user])
    _refuse(429, "TooManyRequests", Retry_After="2")(office, box.user)
    del office.manners.refusals[1:]
    [job] = await tenants.backup(NAME)
    async with aclosing(office.desk.events()) as events:
        async for event in events:
            if isinstance(event, jobs.JobChanged) and event.job.tally.throttled_until is not None:
                break
    assert (await ada(office)).state is State.RETRYING
    await office.done(job)
    assert (await ada(office)).state is State.SUCCESS
