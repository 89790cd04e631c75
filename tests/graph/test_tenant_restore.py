"""Things go where people want them: to accounts of a tenant, to another tenant, to a mail server and from one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from saasbackup_desktop.app.tenants.views import MailboxRestore, Place
from saasbackup_desktop.app.views import ImapSettings, RestoreRequest, Tls
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.model import Service, stream_id
from saasbackup_desktop.sim.graph import mailbox as graph
from saasbackup_desktop.sim.imap import Mailbox, Server, serve_in_thread
from tests.flow.stage import fill, letter
from tests.graph.office import NAME, SECRET, Office

MAIL = (Service.MAIL,)
OLD = ConnectionName("old server")


@pytest.fixture
def mailbox() -> Mailbox:
    """Somebody's mail on a server of old."""
    return Mailbox("ada@example.org")


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Server]:
    with serve_in_thread([mailbox]) as running:
        yield running


async def connect(office: Office, server: Server, mailbox: Mailbox) -> None:
    settings = ImapSettings(name=OLD, host=server.host, port=server.port, user=mailbox.user, tls=Tls.NONE)
    await office.desk.add_imap(settings, mailbox.password)


def at(box: graph.Mailbox) -> ConnectionName:
    return ConnectionName(f"{NAME}/{box.tenant.users[box.user]['mail']}")


def subjects(box: graph.Mailbox, folder: str = "inbox") -> list[str]:
    """What lies in a folder of a mailbox."""
    into = box.folder_id(folder) or next(id for id, one in box.folders.items() if one["displayName"] == folder)
    return sorted(one["subject"] for one in box.messages.values() if one["parentFolderId"] == into)


async def test_from_a_tenant_to_a_mail_server(office: Office, server: Server, mailbox: Mailbox) -> None:
    ada = office.join(letters=0)
    ada.deliver(letter(1), moment=1_767_268_800, isRead=True)
    ada.deliver(letter(2), "archive", moment=1_767_268_800, flag={"flagStatus": "flagged"})
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user])
    await office.done(*await tenants.backup(NAME))
    await connect(office, server, mailbox)
    stream = office.stream(ada)
    [newest] = await office.desk.snapshots(stream)
    request = RestoreRequest(stream=stream, snapshot=newest.id, connection=OLD, conflict="skip")
    plan = await office.desk.plan_restore(request)
    assert (plan.add, plan.skip, plan.warnings) == (2, 0, ["other-account"])
    await office.done(await office.desk.restore(request))
    [first] = mailbox.folders["INBOX"].messages.values()
    [second] = mailbox.folders["Archive"].messages.values()
    assert (first.data, second.data) == (letter(1), letter(2))
    assert ("\\Seen" in first.flags, "\\Flagged" in second.flags) == (True, True)
    assert int(first.internal_date.timestamp()) == 1_767_268_800
    assert (await office.desk.plan_restore(request)).add == 0


async def test_from_a_mail_server_to_a_tenant(office: Office, server: Server, mailbox: Mailbox) -> None:
    fill(mailbox, "INBOX", range(1, 4), ["\\Seen"])
    fill(mailbox, "Plans", range(10, 12), ["\\Flagged"])
    ada = office.join(letters=0)
    await office.add(services=MAIL)
    await office.desk.tenants.discover(NAME)
    await connect(office, server, mailbox)
    [connection] = await office.desk.connections()
    stream = stream_id(connection.account.id, Service.MAIL)
    await office.done(await office.desk.migrate(stream, at(ada)))
    assert subjects(ada) == ["Letter 1", "Letter 2", "Letter 3"]
    assert subjects(ada, "Plans") == ["Letter 10", "Letter 11"]
    moved = list(ada.messages.values())
    assert not any(one["isDraft"] for one in moved)
    assert {one["isRead"] for one in moved if one["subject"] in subjects(ada)} == {True}
    assert {one["flag"]["flagStatus"] for one in moved if one["subject"] in subjects(ada, "Plans")} == {"flagged"}
    [first] = [one for one in moved if one["subject"] == "Letter 1"]
    assert first["receivedDateTime"] == "2026-01-02T12:01:00Z"
    [job] = [await office.desk.migrate(stream, at(ada))]
    await office.done(job)
    assert len(ada.messages) == 5
    with pytest.raises(Misconfigured):
        await office.desk.migrate(stream, ConnectionName(f"{NAME}/nobody@fernwick.example"))


async def test_to_another_tenant(office: Office) -> None:
    ada = office.join()
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user])
    await office.done(*await tenants.backup(NAME))
    with office.second() as other:
        bob = other.join("Bob Ross", letters=0)
        name = ConnectionName("Elsewhere")
        await tenants.add(replace(other.settings, name=name, services=MAIL), secret=SECRET)
        await tenants.discover(name)
        place = ConnectionName(f"{name}/{bob.tenant.users[bob.user]['mail']}")
        found = await tenants.places(Service.MAIL, "bob")
        assert [(one.connection, one.realm) for one in found] == [(place, name)]
        [newest] = await office.desk.snapshots(office.stream(ada))
        request = RestoreRequest(
            stream=office.stream(ada), snapshot=newest.id, connection=place, folder="From Ada", conflict="skip"
        )
        await office.done(await office.desk.restore(request))
        assert len(bob.messages) == 3
        assert not any(one["isDraft"] for one in bob.messages.values())
        await tenants.remove(name)


async def test_a_whole_mailbox_of_somebody_who_left(office: Office) -> None:
    ada, bob = office.join("Ada Lovelace"), office.join("Bob Ross", letters=0)
    office.give_one_of_each(ada)
    tenants = office.desk.tenants
    await office.add()
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user])
    await office.done(*await tenants.backup(NAME))
    office.tenant.remove_user(ada.user)
    await tenants.discover(NAME)
    [account] = [one for one in await tenants.accounts(NAME) if one.id == ada.user]
    request = MailboxRestore(account=account.account.id, connection=at(bob), conflict="skip")
    jobs = await tenants.restore_mailbox(request)
    assert len(jobs) == 6
    await office.done(*jobs)
    await office.done(*await tenants.restore_mailbox(replace(request, services=(Service.MAIL, Service.TASKS))))
    theirs = office.tenant.organizers[bob.user]
    assert len(bob.messages) == 3
    assert [one["displayName"] for shelf in theirs.contacts.values() for one in shelf.items.values()] == [
        "Charles Babbage"
    ]
    assert [one["title"] for shelf in theirs.lists.values() for one in shelf.items.values()] == ["Write the notes"]
    assert [one["subject"] for shelf in theirs.calendars.values() for one in shelf.items.values()] == ["Tea"]
    assert theirs.notices == []
    with pytest.raises(Misconfigured) as nothing:
        await tenants.restore_mailbox(replace(request, until=1_000_000_000))
    assert nothing.value.facts["what"] == "nothing-saved"


async def test_places(office: Office, server: Server, mailbox: Mailbox) -> None:
    office.join("Ada Lovelace")
    office.join("Bob Ross", sku=None)
    tenants = office.desk.tenants
    await office.add()
    await tenants.discover(NAME)
    await connect(office, server, mailbox)

    async def named(service: Service | None = None, words: str = "") -> list[Place]:
        return list(await tenants.places(service, words))

    everything = await named()
    assert [one.connection for one in everything] == [OLD, f"{NAME}/ada@fernwick.example"]
    assert [one.connection for one in await named(Service.CALENDAR)] == [f"{NAME}/ada@fernwick.example"]
    assert [one.connection for one in await named(words="LOVE fern")] == [f"{NAME}/ada@fernwick.example"]
    await tenants.change(replace(office.settings, may_restore=False))
    assert [one.connection for one in await named()] == [OLD]
    stream = stream_id(everything[0].account.id, Service.CALENDAR)
    with pytest.raises(Misconfigured) as refused:
        await office.desk.target_folders(OLD, Service.CALENDAR)
    assert refused.value.facts["what"] == "mail-only"
    with pytest.raises(Misconfigured) as refused:
        await office.desk.target_folders(everything[1].connection, Service.MAIL)
    assert refused.value.facts["what"] == "no-restore"
    assert stream.endswith("/calendar")
