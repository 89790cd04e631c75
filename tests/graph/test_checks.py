"""The list of checks against a pretend tenant in which one thing after the other is wrong."""

from collections.abc import Iterable, Iterator

import httpx
import pytest

from saasbackup_desktop.core.errors import Fault, ProtocolBroken, SignInNeeded, Throttled, Unreachable
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.certificates import make_certificate
from saasbackup_desktop.providers.microsoft.checks import (
    CredentialKind,
    PermissionFinding,
    Seen,
    ServiceFinding,
    Standing,
    check_audience,
    check_credentials,
    check_licences,
    check_permissions,
    check_services,
    granted_in_directory,
)
from saasbackup_desktop.providers.microsoft.claims import Claims, read_claims
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.outcomes import REMEDIES, Outcome, Remedy, outcome_of
from saasbackup_desktop.providers.microsoft.permissions import Duty, Need, WayIn, names, needed
from saasbackup_desktop.sim.graph.shelf import Organizer
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph.referee import Referee, RefereedTransport
from tests.graph.stage import Stage

EVERY: list[Need] = [*(one for one in Service if one is not Service.DIRECTORY), *Duty]
"""All but the directory, whose broad permissions would stand in for the duties' narrow ones."""
WANTED = needed(WayIn.APPLICATION, EVERY)
DAY = 86400


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage(granted=names(WANTED))
    yield stage
    assert stage.referee.problems == []


def ada(stage: Stage) -> str:
    mailbox = stage.mailbox()
    Organizer(stage.tenant, mailbox.user)
    return mailbox.user


async def claims_of(stage: Stage) -> Claims:
    found = read_claims(await stage.token(True))
    assert found is not None
    return found


def outcomes(findings: Iterable[ServiceFinding]) -> dict[Need, Outcome]:
    return {one.need: one.outcome for one in findings}


def standings(findings: Iterable[PermissionFinding]) -> dict[str, tuple[Standing, Outcome, Remedy]]:
    return {one.permission.name: (one.standing, one.outcome, one.remedy) for one in findings}


async def asked(stage: Stage, user: str, **more: object) -> tuple[dict[Need, Outcome], list[PermissionFinding]]:
    graph = stage.graph()
    claims = read_claims(await stage.token(True))
    services = await check_services(graph, user, EVERY)
    found = check_permissions(WANTED, claims, services, **more)  # type: ignore[arg-type]
    await graph.close()
    return outcomes(services), found


async def test_where_all_is_well(stage: Stage) -> None:
    user = ada(stage)
    services, permissions = await asked(stage, user)
    assert set(services) == set(EVERY)
    assert set(services.values()) == {Outcome.WELL}
    assert {one.standing for one in permissions} == {Standing.GRANTED}
    assert {one.remedy for one in permissions} == {Remedy.NOTHING}
    graph = stage.graph()
    licences = await check_licences(graph)
    assert (licences.outcome, licences.has_exchange) == (Outcome.WELL, True)
    assert await granted_in_directory(graph, stage.application.id) == stage.application.granted
    await graph.close()


async def test_all_services_are_asked_in_one_request(stage: Stage) -> None:
    user = ada(stage)
    graph = stage.graph()
    await check_services(graph, user, EVERY)
    assert [path for _, path, _ in stage.app.log] == ["/$batch"]
    await graph.close()


async def test_a_token_tells_what_it_stands_for(stage: Stage) -> None:
    claims = await claims_of(stage)
    assert claims.permissions == stage.application.granted
    assert (claims.way_in, claims.tenant, claims.application) == (
        WayIn.APPLICATION,
        stage.tenant.id,
        stage.application.id,
    )
    assert claims.expires - claims.made == 3600
    stage.application.delegated = {"Mail.Read", "User.Read"}
    signed_in = read_claims(stage.tenant.token(stage.application, ada(stage)))
    assert signed_in is not None
    assert (signed_in.way_in, signed_in.permissions) == (WayIn.DELEGATED, {"Mail.Read", "User.Read"})


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "..", "e30.e30.x", "e30.W10.x", "a.b", "é.é.é"])
def test_a_token_that_says_nothing(token: str) -> None:
    assert read_claims(token) is None


async def test_a_permission_that_is_missing_or_revoked(stage: Stage) -> None:
    user = ada(stage)
    stage.application.granted -= {"Calendars.Read", "Group.ReadBasic.All"}
    services, found = await asked(stage, user, before=frozenset({"Calendars.Read"}))
    assert services[Service.CALENDAR] is services[Duty.GROUPS] is Outcome.MISSING_PERMISSION
    assert services[Service.MAIL] is Outcome.WELL
    table = standings(found)
    assert table["Calendars.Read"] == (Standing.MISSING, Outcome.CONSENT_REVOKED, Remedy.CONSENT)
    assert table["Group.ReadBasic.All"] == (Standing.MISSING, Outcome.MISSING_PERMISSION, Remedy.CONSENT)
    assert table["Mail.Read"][0] is Standing.GRANTED


async def test_consent_that_the_token_does_not_know_yet_or_still_knows(stage: Stage) -> None:
    stage.application.granted.remove("Mail.Read")
    old = await claims_of(stage)
    stage.application.granted = (stage.application.granted | {"Mail.Read"}) - {"Contacts.Read"}
    graph = stage.graph()
    in_directory = await granted_in_directory(graph, stage.application.id)
    await graph.close()
    table = standings(check_permissions(WANTED, old, in_directory=in_directory))
    assert table["Mail.Read"] == (Standing.PENDING, Outcome.MISSING_PERMISSION, Remedy.WAIT)
    assert table["Contacts.Read"] == (Standing.MISSING, Outcome.CONSENT_REVOKED, Remedy.CONSENT)


async def test_a_person_who_signed_in_is_asked_about_the_own_account(stage: Stage) -> None:
    user = ada(stage)
    wanted = needed(WayIn.DELEGATED, [Duty.ACCOUNTS, *Service])
    stage.application.delegated = set(names(wanted)) - {"Contacts.Read"}
    stage.referee = Referee(names(wanted), app_only=False)
    token = stage.tenant.token(stage.application, user)

    async def signed_in(renew: bool) -> str:
        return token

    transport = RefereedTransport(httpx.ASGITransport(stage.app), stage.referee)
    graph = Graph(CLOUDS["global"], signed_in, _Clock(stage), transport=transport)
    services = await check_services(graph, user, [Duty.ACCOUNTS, *Service], WayIn.DELEGATED)
    missing = {Service.CONTACTS}
    assert {one.need for one in services if one.outcome is Outcome.MISSING_PERMISSION} == missing
    assert {one.need for one in services if one.outcome is Outcome.WELL} == {Duty.ACCOUNTS, *Service} - missing
    found = check_permissions(wanted, read_claims(token), services, before=frozenset({"Contacts.Read"}))
    assert {one.permission.name for one in found if one.standing is Standing.MISSING} == {"Contacts.Read"}
    assert standings(found)["Contacts.Read"][1] is Outcome.CONSENT_REVOKED
    await graph.close()


async def test_a_token_that_cannot_be_read_is_found_out_by_asking(stage: Stage) -> None:
    stage.tenant.gives_opaque_tokens = True
    user = ada(stage)
    stage.application.granted.remove("Tasks.Read.All")
    services, found = await asked(stage, user)
    assert services[Service.TASKS] is Outcome.MISSING_PERMISSION
    table = standings(found)
    assert table["Mail.Read"][0] is Standing.GRANTED
    assert table["Tasks.Read.All"][:2] == (Standing.MISSING, Outcome.MISSING_PERMISSION)
    writes = check_permissions(needed(WayIn.DELEGATED, [Service.CONTACTS], ["restore"]), None)  # type: ignore[list-item]
    assert writes[0].standing is Standing.UNKNOWN


async def test_a_fence_is_pending_then_in_force_and_consent_opens_it(stage: Stage) -> None:
    user = ada(stage)
    fenced = {one.name for one in WANTED if one.role}
    stage.application.granted -= fenced
    services, found = await asked(stage, user, is_fenced=True)
    assert services[Service.MAIL] is Outcome.MISSING_PERMISSION
    assert standings(found)["Mail.Read"] == (Standing.PENDING, Outcome.MISSING_PERMISSION, Remedy.WAIT)
    stage.application.fenced, stage.application.fenced_roles = {user}, fenced
    services, found = await asked(stage, user, is_fenced=True)
    assert services[Service.MAIL] is Outcome.WELL
    assert {one.standing for one in found} == {Standing.GRANTED}
    stage.application.fenced = set()
    services, found = await asked(stage, user, is_fenced=True)
    assert services[Service.MAIL] is Outcome.OUTSIDE_SCOPE
    assert standings(found)["Mail.Read"] == (Standing.PENDING, Outcome.OUTSIDE_SCOPE, Remedy.WIDEN_SCOPE)
    stage.application.granted.add("Mail.Read")
    _, found = await asked(stage, user, is_fenced=True)
    assert standings(found)["Mail.Read"] == (Standing.GRANTED, Outcome.WIDER_THAN_SCOPE, Remedy.WITHDRAW_CONSENT)


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        (Refusal(404, "MailboxNotEnabledForRESTAPI"), Outcome.MAILBOX_NOT_ENABLED),
        (Refusal(403, "ErrorAccountSuspend"), Outcome.ON_HOLD),
        (Refusal(401, "OrganizationFromTenantGuidNotFound"), Outcome.LICENCE_MISSING),
        (Refusal(404, "ErrorInvalidUser"), Outcome.MAILBOX_MISSING),
        (Refusal(403, "ErrorAccessDenied", "Access to OData is disabled."), Outcome.OUTSIDE_SCOPE),
        (Refusal(403, "ErrorAccessDenied", "Access is denied."), Outcome.MISSING_PERMISSION),
        (Refusal(400, "BadRequest"), Outcome.REFUSED),
    ],
    ids=lambda value: value.code if isinstance(value, Refusal) else None,
)
async def test_what_a_mailbox_says(stage: Stage, refusal: Refusal, outcome: Outcome) -> None:
    user = ada(stage)
    stage.manners.refusals = [("GET", f"/users/{user}/mailFolders", refusal)]
    graph = stage.graph()
    found = await check_services(graph, user, [Service.MAIL, Service.CALENDAR])
    assert [one.outcome for one in found] == [outcome, Outcome.WELL]
    assert found[0].remedy is REMEDIES[outcome]
    await graph.close()


async def test_throttling_is_told_with_its_wait(stage: Stage) -> None:
    user = ada(stage)
    stage.manners.errors = {429: 1.0}
    graph = Graph(
        CLOUDS["global"], stage.token, _Clock(stage), transport=stage.graph()._client._transport, patience=0.0
    )
    found = await check_services(graph, user, [Service.MAIL])
    assert found[0].outcome is Outcome.THROTTLED
    assert found[0].remedy is Remedy.WAIT
    await graph.close()


class _Clock:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def now(self) -> int:
        return int(self._stage.clock.time)


async def test_a_sign_in_that_fails_is_every_services_finding(stage: Stage) -> None:
    async def refuse(renew: bool) -> str:
        raise SignInNeeded("invalid_client AADSTS7000222", reason="secret-expired")

    graph = Graph(CLOUDS["global"], refuse, _Clock(stage), transport=stage.graph()._client._transport)
    found = await check_services(graph, "ada", [Service.MAIL, Duty.ACCOUNTS])
    assert {one.outcome for one in found} == {Outcome.SECRET_EXPIRED}
    assert {one.remedy for one in found} == {Remedy.NEW_SECRET}
    licences = await check_licences(graph)
    assert licences.outcome is Outcome.SECRET_EXPIRED
    await graph.close()


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (SignInNeeded("", reason="certificate-unknown"), Outcome.CERTIFICATE_UNKNOWN),
        (SignInNeeded("", reason="conditional-access"), Outcome.CONDITIONAL_ACCESS),
        (SignInNeeded("", reason="consent-missing"), Outcome.CONSENT_MISSING),
        (SignInNeeded("", reason="wrong-cloud"), Outcome.WRONG_CLOUD),
        (SignInNeeded("", reason="app-unknown"), Outcome.APPLICATION_GONE),
        (SignInNeeded(""), Outcome.SIGN_IN_AGAIN),
        (Throttled("", wait=7), Outcome.THROTTLED),
        (Unreachable(""), Outcome.UNREACHABLE),
        (ProtocolBroken(""), Outcome.REFUSED),
    ],
)
def test_faults_have_outcomes(fault: Fault, outcome: Outcome) -> None:
    assert outcome_of(fault) is outcome


def test_every_outcome_has_a_remedy() -> None:
    assert set(REMEDIES) == set(Outcome)
    assert set(REMEDIES.values()) == set(Remedy)


async def test_a_token_for_another_cloud(stage: Stage) -> None:
    stage.tenant.audience = "https://graph.microsoft.us"
    claims = await claims_of(stage)
    assert check_audience(claims, CLOUDS["global"]) is Outcome.WRONG_CLOUD
    assert check_audience(claims, CLOUDS["gcc-high"]) is Outcome.WELL
    assert check_audience(None, CLOUDS["global"]) is Outcome.WELL


@pytest.mark.parametrize(
    ("products", "outcome"),
    [
        ({"POWER_BI_STANDARD": "Enabled"}, Outcome.LICENCE_MISSING),
        ({}, Outcome.LICENCE_MISSING),
        ({"ENTERPRISEPACK": "Suspended", "POWER_BI_STANDARD": "Enabled"}, Outcome.ON_HOLD),
        ({"ENTERPRISEPACK": "LockedOut"}, Outcome.ON_HOLD),
        ({"ENTERPRISEPACK": "Warning"}, Outcome.WELL),
    ],
)
async def test_what_the_tenant_bought(stage: Stage, products: dict[str, str], outcome: Outcome) -> None:
    ada(stage)
    stage.tenant.products = products
    graph = stage.graph()
    found = await check_licences(graph)
    assert found.outcome is outcome
    assert found.has_exchange is (outcome is Outcome.WELL)
    stage.application.granted.remove("LicenseAssignment.Read.All")
    await stage.token(True)
    assert (await check_licences(graph)).outcome is Outcome.MISSING_PERMISSION
    await graph.close()


async def test_certificates_are_found_in_the_registration(stage: Stage) -> None:
    now = int(stage.clock.time)
    ours, other = make_certificate("Ours", now, days=90), make_certificate("Other", now, days=30)
    stage.application.certificates = {one.thumbprint: one.public_file.encode() for one in (ours, other)}
    graph = stage.graph()
    seen = Seen(CredentialKind.CERTIFICATE, ours.short_thumbprint, ours.expires)
    found = await check_credentials(graph, stage.application.id, seen, now)
    assert found.is_from_registration
    assert [(one.mark, one.is_ours) for one in found.credentials] == [
        (other.short_thumbprint, False),
        (ours.short_thumbprint, True),
    ]
    assert found.credentials[1].expires == ours.expires
    later = await check_credentials(graph, stage.application.id, seen, now + 91 * DAY)
    assert (later.outcome, later.remedy) == (Outcome.CERTIFICATE_EXPIRED, Remedy.NEW_CERTIFICATE)
    del stage.application.certificates[ours.thumbprint]
    gone = await check_credentials(graph, stage.application.id, seen, now)
    assert (gone.outcome, gone.remedy) == (Outcome.CERTIFICATE_UNKNOWN, Remedy.UPLOAD_CERTIFICATE)
    await graph.close()


async def test_secrets_are_told_by_the_registration_or_by_ourselves(stage: Stage) -> None:
    now = int(stage.clock.time)
    stage.application.secret, stage.application.secret_expires = "abc-secret", "2026-01-01T00:00:00.0000000Z"
    graph = stage.graph()
    seen = Seen(CredentialKind.SECRET, "abc")
    found = await check_credentials(graph, stage.application.id, seen, now)
    assert (found.outcome, found.remedy) == (Outcome.SECRET_EXPIRED, Remedy.NEW_SECRET)
    assert "secret" not in found.credentials[0].mark
    stage.application.granted.remove("Application.Read.All")
    await stage.token(True)
    assert await granted_in_directory(graph, stage.application.id) is None
    own = Seen(CredentialKind.SECRET, "abc", now + DAY)
    found = await check_credentials(graph, stage.application.id, own, now)
    assert (found.outcome, found.is_from_registration) == (Outcome.WELL, False)
    assert [one.expires for one in found.credentials] == [now + DAY]
    await graph.close()
