"""What a run costs when nothing changed: one request for each service of a mailbox, and not a byte in the vault."""

from pathlib import Path

import pytest

from saasbackup_desktop.core.model import Folder, Service
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.shelf import DEFAULT_CONTACTS, Organizer
from saasbackup_desktop.sim.letters import letters
from tests.graph.home import Home
from tests.graph.stage import Stage

SERVICES = (Service.MAIL, Service.CALENDAR, Service.CONTACTS, Service.TASKS, Service.NOTES)


def filled(stage: Stage) -> tuple[Mailbox, Organizer]:
    mailbox = stage.mailbox()
    organizer = Organizer(stage.tenant, mailbox.user)
    for letter in letters("unchanged", 12, 2000):
        mailbox.deliver(letter.data, "inbox", moment=letter.internal_date.timestamp())
    organizer.add(organizer.contacts[DEFAULT_CONTACTS], {"displayName": "Bob"})
    organizer.add(organizer.lists[organizer.tasks], {"title": "Call Bob", "status": "notStarted"})
    return mailbox, organizer


def files(home: Home) -> dict[str, bytes]:
    folder = Path(home.vault.location)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def folders(home: Home, stream: str) -> set[str]:
    head = home.vault.last_head(stream)  # type: ignore[arg-type]
    assert head is not None
    return {node.name for node in home.vault.nodes(head.root) if isinstance(node, Folder)}


async def test_no_change_costs_one_request_for_each_service_and_writes_nothing(stage: Stage, home: Home) -> None:
    mailbox, organizer = filled(stage)
    organizer.add_contact_folder("Suppliers")
    streams = [home.doors.protect(mailbox, service) for service in SERVICES]
    points = [await home.back_up(stream) for stream in streams]
    before, asked = files(home), len(stage.app.log)
    for stream, point in zip(streams, points, strict=True):
        assert await home.back_up(stream) == point
        assert home.journal.notes == ["nothing-changed"]
    assert [path for _, path, _ in stage.app.log[asked:]] == ["/$batch"] * len(SERVICES)
    assert files(home) == before


async def test_a_day_later_folders_are_listed_and_links_renewed(stage: Stage, home: Home) -> None:
    mailbox, _ = filled(stage)
    stream = home.doors.protect(mailbox, Service.MAIL)
    first = await home.back_up(stream)
    packs = {name for name in files(home) if name.startswith("packs/")}
    stage.clock.time += 24 * 3600
    asked = len(stage.app.log)
    second = await home.back_up(stream)
    assert second > first
    assert {name for name in files(home) if name.startswith("packs/")} == packs
    assert f"/users/{mailbox.user}/mailFolders/delta" in [path for _, path, _ in stage.app.log[asked:]]
    asked = len(stage.app.log)
    assert await home.back_up(stream) == second
    assert len(stage.app.log) == asked + 1


@pytest.mark.parametrize("deed", ["made", "renamed", "removed", "hidden"])
async def test_a_change_of_folders_alone_is_noticed(stage: Stage, home: Home, deed: str) -> None:
    mailbox, _ = filled(stage)
    filed = mailbox.make_folder("Filed", mailbox.known["inbox"])["id"]
    stream = home.doors.protect(mailbox, Service.MAIL)
    await home.back_up(stream)
    if deed == "renamed":
        mailbox.change_folder(filed, displayName="Renamed")
    elif deed == "removed":
        mailbox.remove_folder(filed)
    else:
        mailbox.make_folder("New", mailbox.known["inbox"], hidden=deed == "hidden")
    await home.back_up(stream)
    kept = mailbox.folders.keys() - {mailbox.known["msgfolderroot"], mailbox.known.get("notes")}
    assert folders(home, stream) == {mailbox.folders[id]["displayName"] for id in kept}


@pytest.mark.parametrize("service", [Service.CALENDAR, Service.CONTACTS, Service.TASKS])
async def test_a_new_list_of_things_is_noticed(stage: Stage, home: Home, service: Service) -> None:
    mailbox, organizer = filled(stage)
    above = organizer.add_contact_folder("Above")
    stream = home.doors.protect(mailbox, service)
    await home.back_up(stream)
    match service:
        case Service.CALENDAR:
            organizer.add_calendar("New")
        case Service.CONTACTS:
            organizer.add_contact_folder("New", above)
        case _:
            organizer.add_list("New")
    await home.back_up(stream)
    assert "New" in folders(home, stream)
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert len(stage.app.log) == asked + 1


async def test_many_folders_cost_a_request_for_each_twenty(stage: Stage, home: Home) -> None:
    mailbox, _ = filled(stage)
    for number in range(50):
        mailbox.make_folder(f"Folder {number}", mailbox.known["inbox"])
    stream = home.doors.protect(mailbox, Service.MAIL)
    await home.back_up(stream)
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert [path for _, path, _ in stage.app.log[asked:]] == ["/$batch"] * 4


async def test_links_that_expire_are_noticed_when_nothing_changed(stage: Stage, home: Home) -> None:
    mailbox, _ = filled(stage)
    stream = home.doors.protect(mailbox, Service.MAIL)
    await home.back_up(stream)
    for feed in (mailbox.folder_feed, *mailbox.feeds.values()):
        feed.forget()
    await home.back_up(stream)
    assert home.journal.notes == []
    assert len(home.items(stream)) == len(mailbox.messages)
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert len(stage.app.log) == asked + 1
