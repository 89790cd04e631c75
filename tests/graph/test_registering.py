"""The application of a tenant, from nothing to a backup's token; broken off at every step; renewed, and taken back."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from saasbackup_desktop.core.errors import Denied, Misconfigured, NotFound, SignInNeeded
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft import registering
from saasbackup_desktop.providers.microsoft.certificates import AppCertificate, make_certificate
from saasbackup_desktop.providers.microsoft.checks import (
    Standing,
    check_audience,
    check_permissions,
    check_services,
    granted_in_directory,
)
from saasbackup_desktop.providers.microsoft.claims import read_claims
from saasbackup_desktop.providers.microsoft.clean_up import (
    LeftoverKind,
    LeftoverReason,
    clear,
    given_up,
    leftovers,
    other_registrations,
)
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS, Cloud, cloud_of
from saasbackup_desktop.providers.microsoft.graph import Graph, Token
from saasbackup_desktop.providers.microsoft.outcomes import Outcome, outcome_of
from saasbackup_desktop.providers.microsoft.permissions import Duty, Need, Purpose, WayIn, needed
from saasbackup_desktop.providers.microsoft.registering import (
    COMMAND_LINE_TOOLS,
    REGISTERS,
    RENEWS,
    Done,
    Patience,
    Progress,
    Registration,
    Step,
)
from saasbackup_desktop.providers.microsoft.rolling import roll
from saasbackup_desktop.providers.microsoft.sign_in import Application, ApplicationSignIn, DelegatedSignIn
from saasbackup_desktop.sim.graph.app import Receive, Scope, Send
from saasbackup_desktop.sim.graph.identity import IdentityApp, SignInRefused
from saasbackup_desktop.sim.graph.shelf import Organizer
from saasbackup_desktop.sim.graph.tenant import Tenant
from saasbackup_desktop.sim.graph.wire import Refusal
from tests.graph.contract import contract
from tests.graph.referee import Referee, RefereedTransport
from tests.graph.stage import Stage, WholeSeconds
from tests.servers.certificates import Authority
from tests.servers.web import served

NOW = 1_790_000_000
SERVICES: list[Need] = [Service.MAIL, Service.TASKS, Duty.ACCOUNTS, Duty.LICENCES, Duty.REGISTRATION]
WANTED = registering.wanted(SERVICES, [Purpose.BACK_UP], is_fenced=False)
NAME = "SaaS Backup Desktop"


@pytest.fixture(scope="module")
def certificates() -> tuple[AppCertificate, AppCertificate]:
    return make_certificate(NAME, NOW), make_certificate(NAME, NOW)


@dataclass
class Office:
    """A tenant, an administrator who signed in, and what was reported."""

    stage: Stage
    admin: str
    seen: list[Progress] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    referees: list[Referee] = field(default_factory=list)

    @property
    def tenant(self) -> Tenant:
        return self.stage.tenant

    @property
    def patience(self) -> Patience:
        return Patience(self._sleep, (1, 5, 30, 60))

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.stage.clock.time += seconds

    def graph(self, scopes: tuple[str, ...] = REGISTERS, behind: httpx.AsyncBaseTransport | None = None) -> Graph:
        """The administrator's client, watched for being asked no more than these scopes allow."""
        tools = self.tenant.applications.get(COMMAND_LINE_TOOLS) or self.tenant.register(set())
        token = self.tenant.token(tools, self.admin, scopes=set(scopes))
        self.referees.append(Referee(scopes, app_only=False))

        async def give(renew: bool) -> str:
            return token

        transport = RefereedTransport(behind or httpx.ASGITransport(self.stage.app), self.referees[-1])
        return Graph(CLOUDS["global"], give, WholeSeconds(self.stage.clock), transport=transport)

    def token(self, registration: Registration) -> Token:
        """What the sign-in service would give the application, without the sign-in."""

        async def give(renew: bool) -> str:
            return self.tenant.token(self.tenant.applications[registration.client])

        return give

    def own_graph(self, made: Registration) -> Graph:
        """The application's own client."""
        self.referees.append(Referee(made.granted))
        transport = RefereedTransport(httpx.ASGITransport(self.stage.app), self.referees[-1])
        return Graph(CLOUDS["global"], self.token(made), WholeSeconds(self.stage.clock), transport=transport)

    async def register(self, certificate: AppCertificate, permissions: frozenset[str] = WANTED) -> Registration:
        async with closing(self.graph()) as graph:
            return await registering.register(graph, NAME, certificate, permissions, self.seen.append, self.patience)

    def done(self, step: Step) -> list[Done]:
        return [one.done for one in self.seen if one.step is step]

    def ours(self) -> list[str]:
        return [one.id for one in self.tenant.applications.values() if registering.TAG in one.tags]


@asynccontextmanager
async def closing(graph: Graph) -> AsyncIterator[Graph]:
    try:
        yield graph
    finally:
        await graph.close()


@pytest.fixture
def office() -> Iterator[Office]:
    stage = Stage(granted=())
    stage.tenant.known_roles = {one.name for one in needed(WayIn.APPLICATION, [*Service, *Duty], list(Purpose))}
    office = Office(stage, stage.tenant.add_user("Ada Lovelace", "ada@fernwick.example")["id"])
    yield office
    assert [problem for referee in office.referees for problem in referee.problems] == []


async def test_nothing_is_there_and_all_of_it_is_made(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    made = await office.register(certificates[0])
    application = office.tenant.applications[made.client]
    assert application.granted == made.granted == WANTED
    assert application.name == made.name == NAME
    assert list(application.certificates) == [certificates[0].thumbprint]
    assert made.has(certificates[0])
    assert not made.has(certificates[1])
    assert made.principal
    assert len(application.asked[0]["resourceAccess"]) == len(WANTED)
    assert set(office.done(Step.CONSENT)) == {Done.MADE}


async def test_doing_it_again_changes_nothing(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    first = await office.register(certificates[0])
    office.seen.clear()
    office.stage.app.log.clear()
    assert await office.register(certificates[0]) == first
    assert {one.done for one in office.seen} == {Done.PRESENT}
    assert {method for method, _, _ in office.stage.app.log} == {"GET"}


class PowerCut(Exception):
    """The program ends here."""


class Cut(httpx.AsyncBaseTransport):
    """Ends the program, or breaks the connection, at one of the requests that write: before or after it arrived."""

    def __init__(self, behind: httpx.AsyncBaseTransport, at: int, fault: Exception, *, arrives: bool) -> None:
        self._behind, self._at, self._fault, self._arrives = behind, at, fault, arrives
        self.writes = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return await self._behind.handle_async_request(request)
        self.writes += 1
        if self.writes != self._at + 1:
            return await self._behind.handle_async_request(request)
        if self._arrives:
            await (await self._behind.handle_async_request(request)).aread()
        raise self._fault


LAST = 2 + len(WANTED)


@pytest.mark.parametrize("arrives", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(LAST + 1))
async def test_ended_at_any_write_it_goes_on_from_there(
    office: Office, certificates: tuple[AppCertificate, AppCertificate], at: int, arrives: bool
) -> None:
    office.tenant.replication = 20
    behind = Cut(httpx.ASGITransport(office.stage.app), at, PowerCut(), arrives=arrives)
    async with closing(office.graph(behind=behind)) as graph:
        with pytest.raises(PowerCut):
            await registering.register(graph, NAME, certificates[0], WANTED, office.seen.append, office.patience)
    office.stage.clock.time += 60  # a person needs a while to begin again
    made = await office.register(certificates[0])
    assert_whole(office, made)


@pytest.mark.parametrize("at", range(LAST + 1))
async def test_an_answer_that_is_lost_makes_nothing_twice(
    office: Office, certificates: tuple[AppCertificate, AppCertificate], at: int
) -> None:
    office.tenant.replication = 20
    behind = Cut(httpx.ASGITransport(office.stage.app), at, httpx.ReadError("lost"), arrives=True)
    async with closing(office.graph(behind=behind)) as graph:
        made = await registering.register(graph, NAME, certificates[0], WANTED, office.seen.append, office.patience)
    assert_whole(office, made)


def assert_whole(office: Office, made: Registration) -> None:
    application = office.tenant.applications[made.client]
    assert office.ours() == [made.client]
    assert application.granted == made.granted == WANTED
    assert len(application.asked[0]["resourceAccess"]) == len(WANTED)
    assert list(application.certificates_since) == list(application.certificates)


async def test_two_registrations_of_one_name_are_told_apart(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    office.tenant.register({"Mail.Send"}, name=NAME)
    first = await office.register(certificates[0])
    second = await office.register(certificates[1])
    assert len({first.client, second.client}) == 2
    assert sorted(office.ours()) == sorted([first.client, second.client])
    async with closing(office.graph()) as graph:
        assert {one.client for one in await registering.ours(graph)} == {first.client, second.client}
        listed = other_registrations(await registering.ours(graph), second.client)
        assert [(one.kind, one.client) for one in listed] == [(LeftoverKind.REGISTRATION, first.client)]
        await clear(graph, listed, office.seen.append)
        await clear(graph, listed, office.seen.append)
    assert office.ours() == [second.client]
    assert any(one.name == NAME and "Mail.Send" in one.granted for one in office.tenant.applications.values())


async def test_somebody_who_may_not_is_told_and_nothing_is_made(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    office.tenant.admins = set()
    with pytest.raises(Denied) as caught:
        await office.register(certificates[0])
    assert outcome_of(caught.value) is Outcome.MISSING_PERMISSION
    assert office.ours() == []


async def test_an_application_administrator_registers_and_another_one_consents(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    """Who may register may not consent to Graph's permissions: what was made stays, and is gone on from."""
    refusal = Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    assignments = "/servicePrincipals/"
    office.stage.manners.refusals.append(("POST", assignments, refusal))
    with pytest.raises(Denied):
        await office.register(certificates[0])
    (client,) = office.ours()
    made = await office.register(certificates[0])
    assert made.client == client
    assert made.granted == WANTED


async def test_a_policy_against_certificates_is_told(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    refusal = Refusal(400, "CredentialInvalidLifetimeAsPerAppPolicy", "Credential lifetime exceeds the max value.")
    office.stage.manners.refusals.append(("POST", "/applications", refusal))
    with pytest.raises(Denied) as caught:
        await office.register(certificates[0])
    assert caught.value.facts["reason"] == "app-policy"
    assert office.ours() == []


async def test_what_the_cloud_does_not_offer_is_left_out_and_told(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    office.tenant.known_roles -= {"LicenseAssignment.Read.All"}
    made = await office.register(certificates[0])
    assert made.granted == WANTED - {"LicenseAssignment.Read.All"}
    assert Progress(Step.CONSENT, Done.UNAVAILABLE, "LicenseAssignment.Read.All") in office.seen


async def test_a_fence_leaves_out_what_roles_of_exchange_give(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    fenced = registering.wanted(SERVICES, [Purpose.BACK_UP], is_fenced=True)
    assert fenced == WANTED - {"Mail.Read", "MailboxSettings.Read"}
    made = await office.register(certificates[0], fenced)
    assert made.granted == fenced
    await office.register(certificates[0], WANTED)  # consented by somebody to more than the fence allows
    async with closing(office.graph()) as graph:
        found = await registering.look(graph, made.client)
        assert found is not None
        listed = leftovers(found, certificates[0], fenced, NOW, is_fenced=True)
        assert {(one.kind, one.reason, one.id) for one in listed} == {
            (LeftoverKind.PERMISSION, LeftoverReason.WIDER_THAN_FENCE, "Mail.Read"),
            (LeftoverKind.PERMISSION, LeftoverReason.WIDER_THAN_FENCE, "MailboxSettings.Read"),
        }
        await clear(graph, listed, office.seen.append)
        again = await registering.look(graph, made.client)
    assert again is not None
    assert again.granted == fenced
    assert len(again.asked) == len(fenced)
    assert leftovers(again, certificates[0], fenced, NOW, is_fenced=True) == []


async def test_permissions_for_the_time_of_one_restore(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    made = await office.register(certificates[0])
    extra = registering.for_restore_only(SERVICES, is_fenced=False)
    assert extra == {"Mail.ReadWrite", "Tasks.ReadWrite.All"}
    assert registering.for_restore_only(SERVICES, is_fenced=True) == {"Tasks.ReadWrite.All"}
    async with closing(office.graph()) as graph:
        during = await registering.grant(graph, made.client, extra, office.seen.append, office.patience)
        assert during.granted == WANTED | extra
        proof = await registering.prove(office.token(made), WANTED | extra, office.seen.append, office.patience)
        assert proof.missing == frozenset()
        after = await registering.withdraw(graph, made.client, extra, office.seen.append, office.patience)
        assert after.granted == office.tenant.applications[made.client].granted == WANTED
        assert len(office.tenant.applications[made.client].asked[0]["resourceAccess"]) == len(WANTED)
        with pytest.raises(NotFound):
            await registering.grant(graph, "not-here", extra, office.seen.append, office.patience)


async def test_what_others_added_to_the_registration_stays(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    made = await office.register(certificates[0])
    application = office.tenant.applications[made.client]
    other = {"resourceAppId": str(uuid.uuid4()), "resourceAccess": [{"id": str(uuid.uuid4()), "type": "Role"}]}
    scope = {"id": str(uuid.uuid4()), "type": "Scope"}
    application.asked.append(other)
    application.asked[0]["resourceAccess"].append(scope)
    async with closing(office.graph()) as graph:
        await registering.grant(graph, made.client, ["Calendars.Read"], office.seen.append, office.patience)
        await registering.withdraw(graph, made.client, ["Mail.Read"], office.seen.append, office.patience)
    assert other in application.asked
    (graph_s,) = (one for one in application.asked if one is not other and one != other)
    assert scope in graph_s["resourceAccess"]
    assert len(graph_s["resourceAccess"]) == len(WANTED) + 1


async def test_consent_that_is_not_in_force_yet_is_waited_for_and_then_told(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    office.tenant.consent_lag = 40
    made = await office.register(certificates[0])
    office.slept.clear()
    proof = await registering.prove(office.token(made), WANTED, office.seen.append, office.patience)
    assert proof.missing == frozenset()
    assert office.slept == [1, 5, 30, 60]
    office.tenant.consent_lag = 10_000
    async with closing(office.graph()) as graph:
        await registering.grant(graph, made.client, ["Calendars.Read"], office.seen.append, office.patience)
    proof = await registering.prove(
        office.token(made), WANTED | {"Calendars.Read"}, office.seen.append, office.patience
    )
    assert proof.missing == {"Calendars.Read"}
    office.tenant.gives_opaque_tokens = True
    proof = await registering.prove(office.token(made), WANTED, office.seen.append, office.patience)
    assert (proof.claims, proof.missing) == (None, frozenset())


async def test_old_credentials_are_listed_and_removed(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    made = await office.register(certificates[0])
    application = office.tenant.applications[made.client]
    application.secret, application.secret_expires = "abcdef", "2020-01-01T00:00:00Z"
    application.certificates[certificates[1].thumbprint] = certificates[1].public_file.encode()
    async with closing(office.graph(RENEWS)) as graph:
        found = await registering.look(graph, made.client)
        assert found is not None
        listed = leftovers(found, certificates[0], WANTED, NOW, is_fenced=False)
        assert {(one.kind, one.reason, one.name) for one in listed} == {
            (LeftoverKind.SECRET, LeftoverReason.EXPIRED, "abc"),
            (LeftoverKind.CERTIFICATE, LeftoverReason.NOT_USED_HERE, certificates[1].short_thumbprint),
        }
        await clear(graph, listed, office.seen.append)
        assert not application.secret
        assert list(application.certificates) == [certificates[0].thumbprint]
        await clear(graph, [given_up(found)], office.seen.append)
        assert await registering.look(graph, made.client) is None
    assert office.ours() == []


@dataclass
class Login:
    """The sign-in service of an office, over TLS."""

    app: IdentityApp
    cloud: Cloud
    ca_file: str


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Callable[[Tenant], Login], str]]:
    """One server for all tests here; each brings its own tenant."""
    authority = Authority(tmp_path_factory.mktemp("login"))
    holder: dict[str, IdentityApp] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await holder["app"](scope, receive, send)

    with served(app, authority.issue("login")) as place:

        def login(tenant: Tenant) -> Login:
            holder["app"] = IdentityApp(tenant)
            return Login(holder["app"], cloud_of("custom", place, "https://graph.microsoft.com"), str(authority.file))

        yield login, place


async def signed_in(login: Login, tenant: Tenant, user: str) -> DelegatedSignIn:
    """An administrator opens the page, types the code, and agrees."""
    client = registering.public_client(CLOUDS["global"])
    sign_in = DelegatedSignIn(login.cloud, tenant.id, client, permissions=REGISTERS, ca_file=login.ca_file)
    try:
        code = await sign_in.begin()
        login.app.approve(code.code, user)
        assert await sign_in.wait(code, lambda: False) == "ada@fernwick.example"
    except BaseException:
        sign_in.close()
        raise
    return sign_in


async def test_from_a_device_code_to_checks_that_are_all_granted_and_a_new_certificate(
    office: Office,
    certificates: tuple[AppCertificate, AppCertificate],
    address: tuple[Callable[[Tenant], Login], str],
) -> None:
    tenant, login = office.tenant, address[0](office.tenant)
    tenant.admins, tenant.replication, tenant.consent_lag = {office.admin}, 12, 50
    mailbox = office.stage.mailbox("Bob", "bob@fernwick.example")
    Organizer(tenant, mailbox.user)
    admin = await signed_in(login, tenant, office.admin)
    office.referees.append(Referee(REGISTERS, app_only=False))
    transport = RefereedTransport(httpx.ASGITransport(office.stage.app), office.referees[-1])
    async with closing(Graph(CLOUDS["global"], admin, WholeSeconds(office.stage.clock), transport=transport)) as graph:
        made = await registering.register(graph, NAME, certificates[0], WANTED, office.seen.append, office.patience)
        assert Done.WAITING in office.done(Step.PRINCIPAL)
        own = application_of(login, tenant, made, certificates[0])
        proof = await registering.prove(own, made.granted, office.seen.append, office.patience)
        assert proof.missing == frozenset()
        assert office.done(Step.SIGN_IN)
        assert Done.WAITING in office.done(Step.IN_FORCE)
        await assert_granted(office, own, mailbox.user)
        renewed = application_of(login, tenant, made, certificates[1])
        after = await registering.renew(
            graph, made.client, certificates[0], certificates[1], renewed, office.seen.append, office.patience
        )
        assert after.has(certificates[1])
        assert not after.has(certificates[0])
    assert await renewed(True) in tenant.tokens
    with pytest.raises(SignInNeeded) as caught:
        await own(True)
    assert caught.value.facts["reason"] == "certificate-unknown"
    for one in (admin, own, renewed):
        one.close()


def application_of(login: Login, tenant: Tenant, made: Registration, certificate: AppCertificate) -> ApplicationSignIn:
    return ApplicationSignIn(login.cloud, Application(tenant.id, made.client, certificate), ca_file=login.ca_file)


async def assert_granted(office: Office, token: Token, user: str) -> None:
    office.referees.append(Referee(WANTED))
    transport = RefereedTransport(httpx.ASGITransport(office.stage.app), office.referees[-1])
    graph = Graph(CLOUDS["global"], token, WholeSeconds(office.stage.clock), transport=transport)
    async with closing(graph):
        services = await check_services(graph, user, SERVICES)
        client = next(iter(office.ours()))
        in_directory = await granted_in_directory(graph, client)
    claims = read_claims(await token(False))
    rows = needed(WayIn.APPLICATION, SERVICES)
    findings = check_permissions(rows, claims, services, in_directory=in_directory)
    assert {one.standing for one in findings} == {Standing.GRANTED}
    assert {one.outcome for one in services} == {Outcome.WELL}


async def test_a_new_certificate_that_does_not_sign_in_removes_nothing(
    office: Office,
    certificates: tuple[AppCertificate, AppCertificate],
    address: tuple[Callable[[Tenant], Login], str],
) -> None:
    login = address[0](office.tenant)
    made = await office.register(certificates[0])
    wrong = application_of(login, office.tenant, made, make_certificate("Another", NOW))
    async with closing(office.graph(RENEWS)) as graph:
        with pytest.raises(SignInNeeded):
            await registering.renew(
                graph, made.client, certificates[0], certificates[1], wrong, office.seen.append, office.patience
            )
        found = await registering.look(graph, made.client)
    wrong.close()
    assert found is not None
    assert found.has(certificates[0])
    assert found.has(certificates[1])


async def test_who_may_not_consent_gets_no_token(
    office: Office, address: tuple[Callable[[Tenant], Login], str]
) -> None:
    login = address[0](office.tenant)
    office.tenant.admins = set()
    with pytest.raises(SignInNeeded) as caught:
        await signed_in(login, office.tenant, office.admin)
    assert outcome_of(caught.value) is Outcome.CONSENT_MISSING


async def test_other_clouds_have_a_graph_of_their_own(
    office: Office, address: tuple[Callable[[Tenant], Login], str]
) -> None:
    login = address[0](office.tenant)
    office.tenant.audience = CLOUDS["gcc-high"].graph
    with pytest.raises(SignInNeeded) as caught:
        await signed_in(login, office.tenant, office.admin)
    assert outcome_of(caught.value) is Outcome.WRONG_CLOUD
    there = Login(login.app, cloud_of("custom", address[1], CLOUDS["gcc-high"].graph), login.ca_file)
    admin = await signed_in(there, office.tenant, office.admin)
    claims = read_claims(await admin(False))
    assert claims is not None
    assert claims.permissions == set(REGISTERS)
    assert check_audience(claims, CLOUDS["gcc-high"]) is Outcome.WELL
    admin.close()


async def test_who_says_no_is_not_asked_on(office: Office, address: tuple[Callable[[Tenant], Login], str]) -> None:
    login = address[0](office.tenant)
    client = registering.public_client(CLOUDS["global"])
    sign_in = DelegatedSignIn(login.cloud, office.tenant.id, client, permissions=REGISTERS, ca_file=login.ca_file)
    code = await sign_in.begin()
    login.app.decline(code.code)
    with pytest.raises(SignInNeeded) as caught:
        await sign_in.wait(code, lambda: False)
    assert caught.value.facts["reason"] == "consent-declined"
    sign_in.close()


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        (90094, Outcome.CONSENT_MISSING),
        (53003, Outcome.CONDITIONAL_ACCESS),
        (53002, Outcome.CONDITIONAL_ACCESS),
        (50076, Outcome.SECOND_FACTOR),
        (50072, Outcome.SECOND_FACTOR),
        (50105, Outcome.NOT_ASSIGNED),
        (50020, Outcome.OTHER_TENANT),
        (7000218, Outcome.NOT_PUBLIC),
        (700016, Outcome.APPLICATION_GONE),
    ],
)
async def test_what_keeps_an_administrator_out_is_told(
    office: Office, address: tuple[Callable[[Tenant], Login], str], number: int, outcome: Outcome
) -> None:
    login = address[0](office.tenant)
    login.app.blocked = SignInRefused("invalid_grant", number, "No.")
    with pytest.raises(SignInNeeded) as caught:
        await signed_in(login, office.tenant, office.admin)
    assert outcome_of(caught.value) is outcome


def test_the_public_client_is_microsofts_where_the_cloud_knows_it() -> None:
    assert registering.public_client(CLOUDS["global"]) == COMMAND_LINE_TOOLS
    assert registering.public_client(CLOUDS["gcc-high"], "own") == "own"
    with pytest.raises(Misconfigured) as caught:
        registering.public_client(CLOUDS["china"])
    assert caught.value.facts["what"] == "client-needed"


CALLS = {
    REGISTERS: (
        "GET /applications",
        "POST /applications",
        "PATCH /applications/{id}",
        "DELETE /applications/{id}",
        "POST /applications/{id}/removepassword",
        "GET /serviceprincipals",
        "POST /serviceprincipals",
        "GET /serviceprincipals/{id}/approleassignments",
        "POST /serviceprincipals/{id}/approleassignments",
        "DELETE /serviceprincipals/{id}/approleassignments/{id}",
    ),
    RENEWS: ("GET /applications", "GET /applications/{id}", "PATCH /applications/{id}"),
}


@pytest.mark.parametrize("scopes", CALLS, ids=str)
def test_an_administrator_is_asked_for_the_least(scopes: tuple[str, ...]) -> None:
    allowed = {one: contract().allowed["DelegatedWork", one] for one in CALLS[scopes]}
    for name in scopes:
        assert any(one.get(name) for one in allowed.values()), f"{name} is the least for nothing"
    assert all(set(scopes) & one.keys() for one in allowed.values())


@pytest.mark.parametrize("audience", ["00000002-0000-0000-c000-000000000000", "00000003-0000-0000-c000-000000000000"])
async def test_an_application_renews_its_own_certificate(
    office: Office, certificates: tuple[AppCertificate, AppCertificate], audience: str
) -> None:
    """Nobody signs in, and no permission to write is needed."""
    office.tenant.proof_audience, office.tenant.replication = audience, 3
    made = await office.register(certificates[0])
    office.stage.clock.time += 60
    application = office.tenant.applications[made.client]
    async with closing(office.own_graph(made)) as graph:
        await roll_over(office, graph, made, certificates)
        assert list(application.certificates) == [certificates[1].thumbprint]
        office.stage.app.log.clear()
        await roll_over(office, graph, made, certificates)
        assert {method for method, _, _ in office.stage.app.log} == {"GET"}


async def roll_over(
    office: Office, graph: Graph, made: Registration, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    old, new = certificates
    now = int(office.stage.clock.time)
    done = await roll(graph, made.client, old, new, office.token(made), now, office.seen.append, office.patience)
    assert done.is_old_removed


async def test_without_the_right_to_read_the_old_certificate_stays(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    made = await office.register(certificates[0], frozenset({"Mail.Read"}))
    now = int(office.stage.clock.time)
    async with closing(office.own_graph(made)) as graph:
        done = await roll(
            graph,
            made.client,
            *certificates,
            office.token(made),
            now,
            office.seen.append,
            application=made.application,
        )
        with pytest.raises(Misconfigured) as caught:
            await roll(graph, made.client, *certificates, office.token(made), now, office.seen.append)
    assert caught.value.facts["what"] == "registration-needed"
    assert not done.is_old_removed
    assert len(office.tenant.applications[made.client].certificates) == 2


async def test_the_old_certificate_stays_until_the_new_one_signs_in(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    made = await office.register(certificates[0])
    now = int(office.stage.clock.time)

    async def refused(renew: bool) -> str:
        raise SignInNeeded("not yet", reason="certificate-unknown")

    async with closing(office.own_graph(made)) as graph:
        with pytest.raises(SignInNeeded):
            await roll(
                graph,
                made.client,
                *certificates,
                refused,
                now,
                office.seen.append,
                office.patience,
            )
    assert office.done(Step.SIGN_IN) == [Done.WAITING] * len(office.patience.waits)
    assert len(office.tenant.applications[made.client].certificates) == 2


async def test_who_has_no_key_of_it_rolls_nothing(
    office: Office, certificates: tuple[AppCertificate, AppCertificate]
) -> None:
    made = await office.register(certificates[0])
    now = int(office.stage.clock.time)
    stranger = make_certificate("Stranger", now)
    async with closing(office.own_graph(made)) as graph:
        with pytest.raises(SignInNeeded):
            await roll(
                graph,
                made.client,
                stranger,
                certificates[1],
                office.token(made),
                now,
                office.seen.append,
            )
        late = now + 3 * 365 * 86400
        with pytest.raises(Misconfigured):
            await roll(graph, made.client, *certificates, office.token(made), late, office.seen.append)
    assert list(office.tenant.applications[made.client].certificates) == [certificates[0].thumbprint]
