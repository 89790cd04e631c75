"""Who is backed up: by hand, by list and by rule; who leaves, comes back, is renamed or loses a licence."""

import asyncio
import gc
from dataclasses import replace

import pytest

from saasbackup_desktop.app.tenants.views import Link, State, TenantAccount
from saasbackup_desktop.app.words import words_for
from saasbackup_desktop.core.activation import Leaving, Rule, Status, When
from saasbackup_desktop.core.errors import Held, Misconfigured
from saasbackup_desktop.core.ids import ConnectionName
from saasbackup_desktop.core.jobs import State as JobState
from saasbackup_desktop.core.model import Service
from tests.graph.office import NAME, SECRET, Office

MAIL = (Service.MAIL,)


async def rows(office: Office) -> dict[str, TenantAccount]:
    """Accounts by their first names."""
    return {one.account.name.partition(" ")[0]: one for one in await office.desk.tenants.accounts(NAME)}


async def test_by_hand_and_by_list(office: Office) -> None:
    ada, bob, eve = (office.join(name, letters=1) for name in ("Ada Lovelace", "Bob Ross", "Eve Moneypenny"))
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    found = await tenants.discover(NAME)
    assert (found.found, found.added, found.activated) == (3, 3, 0)
    data = b"Account Email\r\nada@fernwick.example\r\nnobody@fernwick.example\r\nnot an address\r\n"
    report = await tenants.read_list(NAME, data)
    assert report.ids == {ada.user}
    assert report.unknown == [(3, "nobody@fernwick.example")]
    assert [(line, wrong) for line, wrong, _ in report.mistakes] == [(4, "not-an-address")]
    await tenants.activate(NAME, [*report.ids, bob.user])
    await tenants.exclude(NAME, [eve.user])
    people = await rows(office)
    assert [one.status for one in people.values()] == [Status.ACTIVE, Status.ACTIVE, Status.INACTIVE]
    assert people["Eve"].reasons == (("excluded", ""),)
    assert people["Ada"].reasons == (("selected", ""),)
    await tenants.pause(NAME, [bob.user, eve.user])
    people = await rows(office)
    assert (people["Bob"].state, people["Eve"].state) == (State.PAUSED, State.NOT_ACTIVE)
    await tenants.discover(NAME)
    assert (await rows(office))["Bob"].state is State.PAUSED
    await tenants.resume(NAME, [bob.user])
    assert (await rows(office))["Bob"].state is State.SCHEDULED
    await tenants.deactivate(NAME, [bob.user])
    assert (await rows(office))["Bob"].reasons == (("deselected", ""),)
    counts = (await tenants.find(NAME)).counts
    assert (counts["found"], counts["active"], counts["paused"], counts["excluded"]) == (3, 1, 0, 1)
    with pytest.raises(Misconfigured):
        await tenants.backup(NAME, ["nobody"])


async def test_rules_by_property_and_group(office: Office) -> None:
    ada, bob = office.join("Ada Lovelace", department="Sales"), office.join("Bob Ross", department="IT")
    group = office.tenant.add_group("Engineers", [bob.user])
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    assert await tenants.values(NAME, "department") == [("IT", 1), ("Sales", 1)]
    assert [one.name for one in await tenants.groups(NAME, "engi")] == ["Engineers"]
    sales = Rule(id="sales", name="department", values=("sales",))
    engineers = Rule(id="engineers", group=group["id"], leaving=Leaving.PAUSE, when=When.ALWAYS)
    choices = await tenants.preview(NAME, [sales])
    assert [(one.account.id, one.status, one.is_change) for one in choices] == [
        (ada.user, Status.ACTIVE, True),
        (bob.user, Status.INACTIVE, False),
    ]
    assert (await rows(office))["Ada"].status is Status.INACTIVE
    put = await tenants.put_rules(NAME, [sales, engineers])
    assert put.activated == 2
    views = await tenants.rules(NAME)
    assert [(one.rule.id, one.chosen, one.group_name) for one in views] == [
        ("sales", 1, ""),
        ("engineers", 1, "Engineers"),
    ]
    assert (await rows(office))["Bob"].groups == ("Engineers",)
    cleo = office.join("Cleo Patra", department="Sales")
    office.tenant.members[group["id"]].remove(bob.user)
    found = await tenants.discover(NAME)
    assert (found.added, found.activated, found.deactivated) == (1, 1, 1)
    people = await rows(office)
    assert people["Cleo"].id == cleo.user
    assert people["Cleo"].reasons == (("chosen", "sales"),)
    assert (people["Bob"].state, people["Bob"].reasons) == (State.PAUSED, (("left", "engineers"),))
    await tenants.resume(NAME, [bob.user])
    assert (await rows(office))["Bob"].status is Status.ACTIVE


async def test_who_leaves_comes_back_or_is_renamed(office: Office) -> None:
    ada = office.join("Ada Lovelace")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user])
    await office.done(*await tenants.backup(NAME))
    stream = office.stream(ada)
    first = (await rows(office))["Ada"].last
    assert first is not None
    await asyncio.sleep(1)  # ends of jobs are told in whole seconds
    await office.done(*await tenants.backup(NAME))
    assert len(await office.desk.snapshots(stream)) == 1
    second = (await rows(office))["Ada"].last
    assert second is not None
    assert second > first
    office.tenant.change_user(ada.user, mail="countess@fernwick.example", displayName="Ada King")
    assert (await tenants.discover(NAME)).renamed == 1
    [card] = await office.desk.cards()
    assert (card.stream, card.account.address) == (stream, "countess@fernwick.example")
    assert card.connection == f"{NAME}/countess@fernwick.example"
    ada.deliver(b"Subject: to the countess\r\n\r\nA letter.\r\n")
    await office.done(*await tenants.backup(NAME))
    assert len(await office.desk.snapshots(stream)) == 2
    office.tenant.remove_user(ada.user)
    found = await tenants.discover(NAME)
    assert (found.gone, found.deactivated) == (1, 1)
    person = (await rows(office))["Ada"]
    assert (person.status, person.state) == (Status.AWAY, State.ARCHIVED)
    assert person.account.address == "countess@fernwick.example"
    assert await tenants.backup(NAME) == []
    assert await tenants.places(words="countess") == []
    assert len(await office.items(stream)) == 4
    office.tenant.restore_user(ada.user)
    assert (await tenants.discover(NAME)).activated == 1
    assert (await rows(office))["Ada"].state is State.SUCCESS
    office.tenant.license(ada.user, None)
    await tenants.discover(NAME)
    person = (await rows(office))["Ada"]
    assert (person.status, person.state, person.is_licensed) == (Status.AWAY, State.UNLICENSED, False)
    office.tenant.license(ada.user, "ENTERPRISEPACK")
    await tenants.discover(NAME)
    assert (await rows(office))["Ada"].status is Status.ACTIVE


async def test_links_that_expire_take_nobody_away(office: Office) -> None:
    ada, bob = office.join("Ada Lovelace"), office.join("Bob Ross")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user, bob.user])
    office.tenant.remove_user(bob.user)
    office.tenant.user_feed.forget()
    found = await tenants.discover(NAME)
    assert (found.found, found.gone, found.added) == (1, 1, 0)
    people = await rows(office)
    assert (people["Ada"].status, people["Bob"].status) == (Status.ACTIVE, Status.AWAY)


async def test_empty_mailboxes_and_deletion(office: Office) -> None:
    ada, bob = office.join("Ada Lovelace", letters=0), office.join("Bob Ross")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user, bob.user])
    await office.done(*await tenants.backup(NAME))
    people = await rows(office)
    assert (people["Ada"].state, people["Bob"].state) == (State.EMPTY, State.SUCCESS)
    ada.deliver(b"Subject: at last\r\n\r\nA letter.\r\n")
    await office.done(*await tenants.backup(NAME))
    assert (await rows(office))["Ada"].state is State.SUCCESS
    hold = await office.desk.hold(label="case 4711")
    with pytest.raises(Held):
        await tenants.delete(NAME, [bob.user], grace_days=7)
    assert (await rows(office))["Bob"].state is State.SUCCESS
    await office.desk.release_hold(hold.id)
    await office.done(*await tenants.delete(NAME, [bob.user], grace_days=7))
    assert (await rows(office))["Bob"].state is State.REMOVED
    [thrown] = await office.desk.trash()
    await office.desk.cancel_trash(thrown.id)
    await tenants.activate(NAME, [bob.user])
    await office.done(*await tenants.backup(NAME, [bob.user]))
    assert (await rows(office))["Bob"].state is State.SUCCESS


async def test_a_rule_that_deletes(office: Office) -> None:
    ada = office.join("Ada Lovelace", department="Sales")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    await tenants.put_rules(NAME, [Rule(id="sales", name="department", values=("Sales",), leaving=Leaving.DELETE)])
    await office.done(*await tenants.backup(NAME))
    office.tenant.change_user(ada.user, department="IT")
    found = await tenants.discover(NAME)
    assert len(found.jobs) == 1
    await office.done(*found.jobs)
    [thrown] = await office.desk.trash()
    assert (await rows(office))["Ada"].state is State.REMOVED
    await office.desk.cancel_trash(thrown.id)
    assert (await tenants.discover(NAME)).jobs == ()  # what was called back stays


async def test_a_deletion_that_was_cut_off_is_made_good(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    ada = office.join("Ada Lovelace", department="Sales")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    await tenants.put_rules(NAME, [Rule(id="sales", name="department", values=("Sales",), leaving=Leaving.DELETE)])
    await office.done(*await tenants.backup(NAME))
    office.tenant.change_user(ada.user, department="IT")
    [cut] = (await tenants.discover(NAME)).jobs
    await office.desk.lock()
    gc.collect()
    assert "never retrieved" not in caplog.text
    await office.unlock()
    tenants = office.desk.tenants
    assert (await rows(office))["Ada"].state is State.REMOVED
    if (await office.desk.job(cut)).state is not JobState.DONE:  # else it was quicker than the lock
        assert len(await office.desk.trash()) <= 1
        found = await tenants.discover(NAME)
        assert found.jobs == (cut,)
        await office.done(*found.jobs)
    assert len(await office.desk.trash()) == 1
    assert (await tenants.discover(NAME)).jobs == ()


async def test_backed_up_elsewhere(office: Office) -> None:
    ada = office.join("Ada Lovelace")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    second = office.tenant.register(set(office.granted), secret=SECRET)
    name = ConnectionName("Fernwick again")
    await tenants.add(replace(office.settings, name=name, client=second.id, services=MAIL), secret=SECRET)
    with pytest.raises(Misconfigured) as taken:
        await tenants.add(replace(office.settings, name=ConnectionName("Third")), secret=SECRET)
    assert taken.value.facts["what"] == "tenant-taken"
    for each in (NAME, name):
        await tenants.discover(each)
    await tenants.activate(name, [ada.user])
    assert (await rows(office))["Ada"].elsewhere == name
    [other] = await tenants.accounts(name)
    assert other.elsewhere == ""
    account = await tenants.account(other.account.id)
    assert account is not None
    assert account.account.id == other.account.id


async def test_daily_looks_once_and_keeps_what_is_wrong(office: Office) -> None:
    office.join("Ada Lovelace")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.daily()
    tenant = await tenants.find(NAME)
    assert tenant.counts["found"] == 1
    assert tenant.checked is not None
    asked = len(office.graph.log)
    await tenants.daily()
    assert len(office.graph.log) == asked


async def test_a_damaged_file_stands_in_nobodys_way(office: Office) -> None:
    office.join("Ada Lovelace")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    [file] = (office.folder / "home" / "tenants").glob("*.sealed")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    [tenant] = await tenants.all()
    assert (tenant.link, tenant.problem) == (Link.DISCONNECTED, "accounts-unreadable")
    assert "damaged" in words_for(tenant.problem).remedy
    assert await office.desk.cards() == []
    await tenants.daily()
    with pytest.raises(Misconfigured):
        await tenants.accounts(NAME)
    with pytest.raises(Misconfigured):
        await office.desk.remove_connection(NAME)
    await tenants.remove(NAME)
    assert (await office.add(services=MAIL)).counts["found"] == 0


async def test_what_is_known_survives_a_lock(office: Office) -> None:
    ada = office.join("Ada Lovelace")
    tenants = office.desk.tenants
    await office.add(services=MAIL)
    await tenants.discover(NAME)
    await tenants.activate(NAME, [ada.user])
    await tenants.check(NAME)
    before = await tenants.find(NAME), await tenants.accounts(NAME), await tenants.last_check(NAME)
    await office.desk.lock()
    await office.unlock()
    again = office.desk.tenants
    assert (await again.find(NAME), await again.accounts(NAME), await again.last_check(NAME)) == before
    files = [file.read_bytes() for file in (office.folder / "home").rglob("*.sealed")]
    assert len(files) >= 2
    for word in (SECRET, "ada@fernwick.example", office.application.id):
        assert all(word.encode() not in data for data in files)
    await again.remove(NAME)
    assert await again.all() == []
    assert len(list((office.folder / "home" / "tenants").glob("*.sealed"))) == 0
