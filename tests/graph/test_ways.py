"""The ways into a tenant: what a person reaches, and that the table of abilities is true where it can be tried."""

from collections.abc import AsyncIterator

import httpx
import pytest

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.microsoft.checks import check_permissions, check_services
from saasbackup_desktop.providers.microsoft.claims import read_claims
from saasbackup_desktop.providers.microsoft.cloud import CLOUDS
from saasbackup_desktop.providers.microsoft.directory import MailboxKind
from saasbackup_desktop.providers.microsoft.graph import Graph
from saasbackup_desktop.providers.microsoft.moving import Move, needs_registration, steps
from saasbackup_desktop.providers.microsoft.outcomes import Outcome
from saasbackup_desktop.providers.microsoft.permissions import Purpose, WayIn, needed, shared
from saasbackup_desktop.providers.microsoft.reaching import Named, Reach, named_mailbox, own_account
from saasbackup_desktop.providers.microsoft.role_state import RoleRecord, RoleStanding, judged, run_by_hand
from saasbackup_desktop.providers.microsoft.ways import Extent, Subject, Way, abilities, asked, way_in_of
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.shelf import Organizer
from saasbackup_desktop.sim.graph.tenant import Application
from tests.graph.contract import contract
from tests.graph.referee import Referee, RefereedTransport
from tests.graph.stage import Stage, WholeSeconds
from tests.graph.test_permissions import NOT_IN_THE_TABLE

SERVICES = [Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS, Service.SETTINGS]


class Person:
    """Ada, who signed in with what her way asks for, and what there is beside her own mailbox."""

    def __init__(self, *, scopes: tuple[str, ...] = asked(Way.PERSON, SERVICES).consents) -> None:
        self.stage = Stage(granted=())
        self.ada = self.mailbox("Ada Lovelace", "ada@fernwick.example")
        self.sales = self.mailbox("Sales", "sales@fernwick.example", "shared")
        self.bob = self.mailbox("Bob", "bob@fernwick.example")
        self.stage.tenant.shared[self.sales] = {self.ada}
        tools = self.stage.tenant.register(set())
        token = self.stage.tenant.token(tools, self.ada, scopes=set(scopes))
        self.referee = Referee(scopes, app_only=False)

        async def give(renew: bool) -> str:
            return token

        transport = RefereedTransport(httpx.ASGITransport(self.stage.app), self.referee)
        self.graph = Graph(CLOUDS["global"], give, WholeSeconds(self.stage.clock), transport=transport)

    def mailbox(self, name: str, address: str, purpose: str = "user") -> str:
        id = str(self.stage.tenant.add_user(name, address, purpose=purpose)["id"])
        Mailbox(self.stage.tenant, id)
        Organizer(self.stage.tenant, id)
        return id


@pytest.fixture
async def person() -> AsyncIterator[Person]:
    person = Person()
    yield person
    await person.graph.close()
    assert person.referee.problems == []


async def test_a_person_finds_the_own_mailbox_and_those_that_are_shared(person: Person) -> None:
    own = await own_account(person.graph)
    assert (own.id, own.address, own.kind) == (person.ada, "ada@fernwick.example", MailboxKind.USER)
    sales = await named_mailbox(person.graph, " Sales@fernwick.example")
    assert (sales.reach, sales.found.id if sales.found else "") == (Reach.REACHED, person.sales)
    bob = await named_mailbox(person.graph, "bob@fernwick.example")
    assert (bob.reach, bob.found.name if bob.found else "") == (Reach.NOT_SHARED, "Bob")
    assert await named_mailbox(person.graph, "o'brien@fernwick.example") == Named(
        "o'brien@fernwick.example", Reach.UNKNOWN
    )


async def test_an_account_without_a_mailbox_is_not_reached(person: Person) -> None:
    person.stage.tenant.add_user("Nobody", "nobody@fernwick.example", sku=None)
    found = await named_mailbox(person.graph, "nobody@fernwick.example")
    assert found.reach is Reach.NOT_SHARED


async def test_who_asked_for_the_own_mailbox_reaches_no_other() -> None:
    person = Person(scopes=("User.Read", "Mail.Read"))
    assert (await own_account(person.graph)).id == person.ada
    assert (await named_mailbox(person.graph, "sales@fernwick.example")).reach is Reach.NOT_ALLOWED
    await person.graph.close()
    half = Person(scopes=("User.Read", "Mail.Read", "User.ReadBasic.All"))
    assert (await named_mailbox(half.graph, "sales@fernwick.example")).reach is Reach.NOT_ALLOWED
    await half.graph.close()
    assert person.referee.problems == half.referee.problems == []


async def test_the_table_says_what_a_person_reaches(person: Person) -> None:
    """Own and shared, own only: tried service by service in the own mailbox, a shared one and another's."""
    table = {one.what: one.why for one in abilities(Way.PERSON) if one.purpose is Purpose.BACK_UP}
    reached: dict[str, set[Service]] = {}
    for user in (person.ada, person.sales, person.bob):
        found = await check_services(person.graph, user, SERVICES, WayIn.DELEGATED)
        reached[user] = {Service(one.need) for one in found if one.outcome is Outcome.WELL}
    assert reached[person.ada] == set(SERVICES)
    assert reached[person.sales] == {one for one in SERVICES if table[one] == "own-and-shared"}
    assert reached[person.bob] == set()


async def test_the_table_says_what_a_fenced_application_reaches() -> None:
    needs = asked(Way.FENCED, SERVICES)
    stage = Stage(granted=needs.consents)
    inside, outside = stage.mailbox(), stage.mailbox("Bob", "bob@fernwick.example")
    for user in (inside.user, outside.user):
        Organizer(stage.tenant, user)
    stage.application.fenced = {inside.user}
    stage.application.fenced_roles = {role.removeprefix("Application ") for role in needs.roles}
    stage.referee = Referee([*needs.consents, *stage.application.fenced_roles])
    graph = stage.graph()
    table = {one.what: one.why for one in abilities(Way.FENCED) if one.purpose is Purpose.BACK_UP}
    for user, expected in (
        (inside.user, set(SERVICES)),
        (outside.user, {one for one in SERVICES if table[one] == "no-fence-for-it"}),
    ):
        found = await check_services(graph, user, SERVICES)
        assert {one.need for one in found if one.outcome is Outcome.WELL} == expected
    await graph.close()
    assert stage.referee.problems == []


@pytest.mark.parametrize("way", Way)
def test_every_way_says_everything(way: Way) -> None:
    said = [(one.what, one.purpose) for one in abilities(way)]
    assert len(set(said)) == len(said)
    assert {what for what, _ in said} >= set(Subject)
    for service in Service:
        for purpose in (Purpose.BACK_UP, Purpose.RESTORE):
            has_rows = bool(needed(way_in_of(way), [service], [purpose]))
            assert ((service, purpose) in said) is has_rows
    assert all(one.why for one in abilities(way))
    assert {one.what for one in abilities(way) if one.extent is Extent.NONE} >= {Subject.PUBLIC_FOLDERS}


def test_each_way_asks_for_its_own() -> None:
    fenced, wide = asked(Way.FENCED, SERVICES), asked(Way.TENANT_WIDE, SERVICES)
    assert set(fenced.consents) < set(wide.consents)
    assert set(wide.consents) - set(fenced.consents) == {role.removeprefix("Application ") for role in fenced.roles}
    assert wide.roles == asked(Way.PERSON, SERVICES).roles == ()
    for name in set(asked(Way.PERSON, list(Service), list(Purpose)).consents) - NOT_IN_THE_TABLE:
        assert "DelegatedWork" in contract().schemes[name]
    assert shared([Service.TASKS]) == ("User.ReadBasic.All",)
    assert "Mail.ReadWrite.Shared" not in asked(Way.PERSON, SERVICES).consents
    assert "Mail.ReadWrite.Shared" in asked(Way.PERSON, SERVICES, [Purpose.RESTORE]).consents


@pytest.mark.parametrize("is_ours", [True, False])
@pytest.mark.parametrize("new", Way)
@pytest.mark.parametrize("old", Way)
def test_a_move_makes_first_and_removes_last(old: Way, new: Way, is_ours: bool) -> None:
    done = steps(old, new, is_ours=is_ours)
    if old is new and (is_ours or old is Way.PERSON):
        assert done == ()
        return
    at = done.index(Move.SWITCH)
    removes = {Move.TAKE_ROLES_BACK, Move.REMOVE_REGISTRATION, Move.FORGET_SIGN_IN}
    assert not removes & set(done[:at])
    assert set(done[at + 1 :]) <= removes
    assert done[at - 1] is Move.PROVE
    assert (Move.REGISTER in done) is needs_registration(old, new, is_ours=is_ours)
    # Nothing is removed that the new way uses, and nothing stays that it does not.
    if old is not Way.PERSON and new is not Way.PERSON:
        assert (Move.REMOVE_REGISTRATION in done) is (Move.REGISTER in done)
    if new is Way.PERSON:
        assert Move.REMOVE_REGISTRATION in done
    assert (Move.TAKE_ROLES_BACK in done) is (old is Way.FENCED)


async def test_a_tenant_moves_into_a_fence_and_backups_go_on_all_the_time() -> None:
    """A second application is fenced and proven beside the one in use; the old one goes when nothing needs it."""
    wide, fenced = asked(Way.TENANT_WIDE, SERVICES), asked(Way.FENCED, SERVICES)
    assert needs_registration(Way.TENANT_WIDE, Way.FENCED, is_ours=True)
    stage = Stage(granted=wide.consents)
    inside, outside = stage.mailbox(), stage.mailbox("Bob", "bob@fernwick.example")
    for user in (inside.user, outside.user):
        Organizer(stage.tenant, user)
    old, new = stage.application, stage.tenant.register(set(fenced.consents))
    record = run_by_hand(RoleRecord(), 0)
    rows = needed(WayIn.APPLICATION, SERVICES)

    async def looked(application: Application) -> tuple[set[object], RoleRecord]:
        stage.application, stage.referee = application, Referee([*wide.consents])
        claims = read_claims(await stage.token(True))
        graph = stage.graph()
        services = await check_services(graph, inside.user, SERVICES)
        await graph.close()
        findings = check_permissions(rows, claims, services, is_fenced=application is new)
        assert stage.referee.problems == []
        return {one.need for one in services if one.outcome is Outcome.WELL}, judged(record, findings, 100)

    new.fenced = set()  # the script ran, and Exchange does not go by it yet
    reached, pending = await looked(new)
    assert pending.standing is RoleStanding.PENDING
    assert reached < set(SERVICES)
    assert (await looked(old))[0] == set(SERVICES)
    new.fenced = {inside.user}
    new.fenced_roles = {role.removeprefix("Application ") for role in fenced.roles}
    reached, in_force = await looked(new)
    assert in_force.standing is RoleStanding.IN_FORCE
    assert reached == set(SERVICES)
    del stage.tenant.applications[old.id]
    assert (await looked(new))[0] == set(SERVICES)
