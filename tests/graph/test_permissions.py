"""The table of permissions against Microsoft's own: each exists and is the least, and with exactly these all works."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import Denied
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.jobs import Restore
from saasbackup_desktop.core.model import Conflict, Service
from saasbackup_desktop.core.selection import EVERYTHING
from saasbackup_desktop.providers.microsoft.directory import discover, read_groups, read_members, read_products
from saasbackup_desktop.providers.microsoft.permissions import (
    TABLE,
    Duty,
    Need,
    Purpose,
    WayIn,
    names,
    needed,
    roles,
    unfenced,
)
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.shelf import Organizer
from tests.graph.contract import SCHEME, contract
from tests.graph.home import Home
from tests.graph.stage import Stage

MESSAGE = "/users/{id}/messages/{id}"
READ_MAIL = (
    "GET /users/{id}/mailfolders/{id}",
    "GET /users/{id}/mailfolders/{id}/childfolders",
    "GET /users/{id}/mailfolders/{id}/messages/delta",
    f"GET {MESSAGE}",
)
WRITE_MAIL = (
    "POST /users/{id}/mailfolders/{id}/childfolders",
    "GET /users/{id}/mailfolders/{id}/messages",
    "POST /users/{id}/mailfolders/{id}/messages",
    f"GET {MESSAGE}",
    f"PATCH {MESSAGE}",
    f"DELETE {MESSAGE}",
    f"POST {MESSAGE}/attachments",
    f"POST {MESSAGE}/attachments/createuploadsession",
)
REQUESTS: dict[tuple[Need, Purpose], tuple[str, ...]] = {
    (Service.MAIL, Purpose.BACK_UP): READ_MAIL,
    (Service.MAIL, Purpose.RESTORE): WRITE_MAIL,
    (Service.NOTES, Purpose.BACK_UP): READ_MAIL,
    (Service.NOTES, Purpose.RESTORE): WRITE_MAIL,
    (Service.CALENDAR, Purpose.BACK_UP): (
        "GET /users/{id}/calendars",
        "GET /users/{id}/calendars/{id}/events/delta",
        "GET /users/{id}/events/{id}",
    ),
    (Service.CALENDAR, Purpose.RESTORE): (
        "POST /users/{id}/calendars",
        "GET /users/{id}/calendars/{id}/events",
        "POST /users/{id}/calendars/{id}/events",
        "GET /users/{id}/events/{id}",
        "PATCH /users/{id}/events/{id}",
        "DELETE /users/{id}/events/{id}",
        "GET /users/{id}/events/{id}/instances",
        "POST /users/{id}/events/{id}/attachments",
        "POST /users/{id}/events/{id}/attachments/createuploadsession",
    ),
    (Service.CONTACTS, Purpose.BACK_UP): (
        "GET /users/{id}/contactfolders",
        "GET /users/{id}/contactfolders/{id}/childfolders",
        "GET /users/{id}/contactfolders/{id}/contacts/delta",
        "GET /users/{id}/contacts/{id}",
        "GET /users/{id}/contacts/{id}/photo",
    ),
    (Service.CONTACTS, Purpose.RESTORE): (
        "POST /users/{id}/contactfolders",
        "GET /users/{id}/contactfolders/{id}/contacts",
        "POST /users/{id}/contactfolders/{id}/contacts",
        "GET /users/{id}/contacts/{id}",
        "PATCH /users/{id}/contacts/{id}",
        "DELETE /users/{id}/contacts/{id}",
    ),
    (Service.TASKS, Purpose.BACK_UP): (
        "GET /users/{id}/todo/lists",
        "GET /users/{id}/todo/lists/{id}/tasks/delta",
        "GET /users/{id}/todo/lists/{id}/tasks/{id}",
        "GET /users/{id}/todo/lists/{id}/tasks/{id}/attachments/{id}",
    ),
    (Service.TASKS, Purpose.RESTORE): (
        "POST /users/{id}/todo/lists",
        "GET /users/{id}/todo/lists/{id}/tasks",
        "POST /users/{id}/todo/lists/{id}/tasks",
        "GET /users/{id}/todo/lists/{id}/tasks/{id}",
        "PATCH /users/{id}/todo/lists/{id}/tasks/{id}",
        "DELETE /users/{id}/todo/lists/{id}/tasks/{id}",
        "POST /users/{id}/todo/lists/{id}/tasks/{id}/checklistitems",
        "PATCH /users/{id}/todo/lists/{id}/tasks/{id}/checklistitems/{id}",
        "POST /users/{id}/todo/lists/{id}/tasks/{id}/linkedresources",
        "POST /users/{id}/todo/lists/{id}/tasks/{id}/attachments",
        "POST /users/{id}/todo/lists/{id}/tasks/{id}/attachments/createuploadsession",
    ),
    (Service.SETTINGS, Purpose.BACK_UP): (
        "GET /users/{id}/mailboxsettings",
        "GET /users/{id}/mailfolders/inbox/messagerules",
        "GET /users/{id}/outlook/mastercategories",
        "GET /users/{id}/inferenceclassification/overrides",
    ),
    (Service.SETTINGS, Purpose.RESTORE): (
        "GET /users/{id}/mailboxsettings",
        "PATCH /users/{id}/mailboxsettings",
        "POST /users/{id}/mailfolders/inbox/messagerules",
        "POST /users/{id}/outlook/mastercategories",
        "POST /users/{id}/inferenceclassification/overrides",
    ),
    (Service.DIRECTORY, Purpose.BACK_UP): (
        "GET /users/delta",
        "GET /users/{id}",
        "GET /users/{id}/sponsors",
        "GET /groups/delta",
        "GET /groups/{id}/members",
        "GET /groups/{id}/owners",
        "GET /devices/delta",
        "GET /contacts/delta",
        "GET /directory/administrativeunits",
        "GET /directory/administrativeunits/{id}/scopedrolemembers",
        "GET /directory/customsecurityattributedefinitions",
        "GET /subscribedskus",
        "GET /rolemanagement/directory/roledefinitions",
        "GET /rolemanagement/directory/roleassignments",
        "GET /rolemanagement/directory/roleeligibilityschedules",
        "GET /applications/delta",
        "GET /applications/{id}/owners",
        "GET /serviceprincipals/delta",
        "GET /serviceprincipals/{id}/approleassignedto",
        "GET /oauth2permissiongrants",
        "GET /identity/conditionalaccess/policies",
        "GET /identity/conditionalaccess/namedlocations",
        "GET /identity/conditionalaccess/authenticationcontextclassreferences",
        "GET /policies/authenticationstrengthpolicies",
        "GET /policies/authenticationmethodspolicy",
        "GET /policies/authorizationpolicy",
        "GET /policies/crosstenantaccesspolicy/partners",
        "GET /policies/permissiongrantpolicies",
        "GET /policies/claimsmappingpolicies",
        "GET /policies/claimsmappingpolicies/{id}/appliesto",
        "GET /organization",
        "GET /domains",
        "GET /groupsettings",
        "GET /identity/identityproviders",
        "GET /devicemanagement/devicecompliancepolicies",
        "GET /devicemanagement/deviceconfigurations",
        "GET /reports/authenticationmethods/userregistrationdetails",
    ),
    (Service.DIRECTORY, Purpose.RESTORE): (
        "GET /contacts/delta",
        "GET /oauth2permissiongrants",
        "GET /identity/conditionalaccess/policies",
        "POST /users",
        "PATCH /users/{id}",
        "DELETE /users/{id}",
        "POST /directory/deleteditems/{id}/restore",
        "PATCH /groups/{id}",
        "DELETE /groups/{id}",
        "PATCH /directory/administrativeunits/{id}",
        "POST /directory/administrativeunits/{id}/scopedrolemembers",
        "POST /rolemanagement/directory/roleassignments",
        "PATCH /applications/{id}",
        "PATCH /serviceprincipals/{id}",
        "POST /serviceprincipals/{id}/approleassignedto",
        "POST /oauth2permissiongrants",
        "PATCH /identity/conditionalaccess/policies/{id}",
        "PATCH /policies/authenticationstrengthpolicies/{id}",
        "PATCH /identity/conditionalaccess/authenticationcontextclassreferences/{id}",
        "PATCH /policies/authenticationmethodspolicy",
        "PATCH /policies/authorizationpolicy",
        "PATCH /policies/identitysecuritydefaultsenforcementpolicy",
        "PUT /policies/adminconsentrequestpolicy",
        "PATCH /policies/crosstenantaccesspolicy/default",
        "POST /policies/permissiongrantpolicies",
        "POST /policies/claimsmappingpolicies",
        "PATCH /organization/{id}",
        "PATCH /domains/{id}",
        "PATCH /groupsettings/{id}",
        "PATCH /identity/identityproviders/{id}",
        "PATCH /devices/{id}",
        "DELETE /devices/{id}",
        "PATCH /directory/customsecurityattributedefinitions/{id}",
        "PATCH /devicemanagement/deviceconfigurations/{id}",
    ),
    (Service.MAIL, Purpose.EXACT_COPY): ("POST /admin/exchange/mailboxes/{id}/exportitems",),
    (Service.MAIL, Purpose.EXACT_RESTORE): ("POST /admin/exchange/mailboxes/{id}/createimportsession",),
    (Duty.ACCOUNTS, Purpose.BACK_UP): (
        "GET /users",
        "GET /users/delta",
        "GET /users/{id}",
        "GET /users/{id}/mailboxsettings",
    ),
    (Duty.GROUPS, Purpose.BACK_UP): ("GET /groups", "GET /groups/{id}/transitivemembers"),
    (Duty.LICENCES, Purpose.BACK_UP): ("GET /subscribedskus",),
    (Duty.REGISTRATION, Purpose.BACK_UP): (
        "GET /applications",
        "GET /serviceprincipals",
        "GET /serviceprincipals/{id}/approleassignments",
    ),
}
"""What each need asks for, as far as Microsoft's table lists it."""
UNLISTED = {
    (Service.SETTINGS, Purpose.BACK_UP): {"Calendars.Read"},
    (Service.SETTINGS, Purpose.RESTORE): {"Calendars.ReadWrite"},
    (Service.MAIL, Purpose.EXACT_COPY): {"User.Read.All"},
    (Service.MAIL, Purpose.EXACT_RESTORE): {"User.Read.All"},
    (Service.DIRECTORY, Purpose.BACK_UP): {"CustomSecAttributeAssignment.Read.All", "User-LifeCycleInfo.Read.All"},
    (Service.DIRECTORY, Purpose.RESTORE): {
        "CustomSecAttributeAssignment.ReadWrite.All",
        "User-LifeCycleInfo.ReadWrite.All",
        "GroupSettings.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "Organization.ReadWrite.All",
        "Policy.ReadWrite.SecurityDefaults",
    },
}
"""What is needed by the documentation of calendarPermissions, settings/exchange and of single properties of users,
which the table leaves out."""
WHOLE = {
    ("Calendars.Read", "GET /users/{id}/events/{id}"),
    ("Application.ReadWrite.All", "PATCH /applications/{id}"),
    ("AdministrativeUnit.ReadWrite.All", "PATCH /directory/administrativeunits/{id}"),
    ("DelegatedPermissionGrant.ReadWrite.All", "POST /oauth2permissiongrants"),
}
"""Marked as more than the least, which would leave out an event's text and attachments, or others' applications; or
marked as nothing at all."""
FOR_APPLICATIONS = {"PATCH /devices/{id}", "DELETE /devices/{id}"}
"""What a person may do without a permission of its own."""
NOT_IN_THE_TABLE = {"User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All"}
"""Of the user resource's page, and in no list of permissions by address."""
OF_A_PERSON = {(Duty.ACCOUNTS, Purpose.BACK_UP): ("GET /me",)}
ASKED = [
    *((WayIn.APPLICATION, need, purpose, asked) for (need, purpose), asked in REQUESTS.items()),
    *(
        (WayIn.DELEGATED, need, purpose, tuple(one for one in asked if one not in FOR_APPLICATIONS))
        for (need, purpose), asked in REQUESTS.items()
        if need in set(Service)
    ),
    *((WayIn.DELEGATED, need, purpose, asked) for (need, purpose), asked in OF_A_PERSON.items()),
]


def test_every_permission_exists_in_its_way_in() -> None:
    for one in TABLE:
        assert one.name in NOT_IN_THE_TABLE or SCHEME[one.way_in] in contract().schemes[one.name], one


@pytest.mark.parametrize(("way_in", "need", "purpose", "asked"), ASKED, ids=str)
def test_every_request_is_allowed_and_no_permission_is_too_much(
    way_in: WayIn, need: Need, purpose: Purpose, asked: tuple[str, ...]
) -> None:
    have = set(names(needed(way_in, [need], [purpose]))) - UNLISTED.get((need, purpose), set())
    allowed = {one: contract().allowed[SCHEME[way_in], one] for one in asked}
    for one in asked:
        assert have & allowed[one].keys(), f"{one} is not allowed"
    for name in have:
        others = have - {name}
        assert any(not others & allowed[one].keys() for one in asked), f"{name} is not needed"
        assert any(allowed[one].get(name) or (name, one) in WHOLE for one in asked), f"{name} is the least for nothing"


def test_the_table_covers_what_is_asked_and_nothing_else() -> None:
    assert {(one.way_in, one.need, one.purpose) for one in TABLE} == {asked[:3] for asked in ASKED}
    assert len(set(TABLE)) == len(TABLE)


def test_backing_up_writes_nowhere() -> None:
    for one in TABLE:
        is_back_up = one.purpose in (Purpose.BACK_UP, Purpose.EXACT_COPY)
        assert not is_back_up or not any(word in one.name for word in ("Write", "Import"))


def test_tasks_and_the_directory_cannot_be_fenced() -> None:
    directory = needed(WayIn.APPLICATION, [Service.DIRECTORY], list(Purpose))
    assert roles(directory) == ()
    every = [one for one in needed(WayIn.APPLICATION, [*Service, *Duty], list(Purpose)) if one not in directory]
    assert all(role.startswith("Application ") for role in roles(every))
    assert set(unfenced(every)) == {
        "Tasks.Read.All",
        "Tasks.ReadWrite.All",
        "User.Read.All",
        "Group.ReadBasic.All",
        "LicenseAssignment.Read.All",
        "Application.Read.All",
        "MailboxItem.Export.All",
        "MailboxItem.ImportExport.All",
    }
    assert roles(needed(WayIn.DELEGATED, [*Service])) == ()


def filled(stage: Stage) -> Mailbox:
    mailbox = stage.mailbox()
    letter = EmailMessage()
    letter["From"], letter["Subject"], letter["Message-ID"] = "Bob <bob@example.org>", "Hello", "<1@example.org>"
    letter.set_content("Good morning.\n")
    letter.add_attachment(b"%PDF" * 10, maintype="application", subtype="pdf", filename="plan.pdf")
    mailbox.deliver(letter.as_bytes(), mailbox.make_folder("Filed", mailbox.known["inbox"])["id"])
    organizer = Organizer(stage.tenant, mailbox.user)
    organizer.add(organizer.contacts["contacts"], {"displayName": "Bob", "_files": {"photo": b"jpeg"}})
    calendar = next(iter(organizer.calendars.values()))
    organizer.add(calendar, {"subject": "Meeting", "_files": {"plan.pdf": b"%PDF"}})
    tasks = next(iter(organizer.lists.values()))
    organizer.add(tasks, {"title": "Buy milk", "status": "notStarted", "_files": {"list.txt": b"milk"}})
    return mailbox


async def back_up(home: Home, mailbox: Mailbox, service: Service) -> None:
    stream = home.doors.protect(mailbox, service)
    await home.back_up(stream)
    assert home.items(stream)


WITH_SOURCES = [Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS]


@pytest.mark.parametrize("service", WITH_SOURCES)
async def test_a_backup_needs_exactly_these(service: Service, tmp_path: Path) -> None:
    granted = names(needed(WayIn.APPLICATION, [service]))
    stage = Stage(granted=granted)
    home, mailbox = Home(tmp_path, stage), filled(stage)
    await back_up(home, mailbox, service)
    assert stage.referee.exchanges
    assert stage.referee.problems == []
    for name in granted:
        stage.application.granted = set(granted) - {name}
        await stage.token(True)
        assert await is_denied(home, mailbox, service)
    home.close()


async def is_denied(home: Home, mailbox: Mailbox, service: Service) -> bool:
    denied = False
    try:
        await home.back_up(home.doors.protect(mailbox, service))
    except* Denied:
        denied = True
    return denied


async def test_restoring_mail_needs_exactly_these(tmp_path: Path) -> None:
    granted = names(needed(WayIn.APPLICATION, [Service.MAIL], [Purpose.RESTORE]))
    stage = Stage(granted=granted)
    home, mailbox = Home(tmp_path, stage), filled(stage)
    stream = home.doors.protect(mailbox, Service.MAIL)
    snapshot = await home.back_up(stream)
    bob = Mailbox(stage.tenant, stage.tenant.add_user("Bob", "bob@fernwick.example")["id"])
    await home.restore(
        Restore(
            stream=stream,
            snapshot=snapshot,
            connection=ConnectionName(bob.user),
            selection=EVERYTHING,
            conflict=Conflict.SKIP,
        )
    )
    assert len(bob.messages) == 1
    assert home.journal.failures == []
    assert stage.referee.problems == []
    home.close()


async def test_finding_accounts_needs_exactly_these() -> None:
    granted = names(needed(WayIn.APPLICATION, [Duty.ACCOUNTS, Duty.GROUPS, Duty.LICENCES]))
    stage = Stage(granted=granted)
    stage.mailbox()
    stage.tenant.add_group("All", list(stage.tenant.users))
    graph = stage.graph()
    products = await read_products(graph)
    assert [one async for page in discover(graph, products=products, is_thorough=True) for one in page.found]
    for page in [page async for page in read_groups(graph)]:
        for group in page:
            assert await read_members(graph, group.id)
    assert stage.referee.problems == []
    await graph.close()
