"""Contacts, calendars and tasks of a pretend tenant: every property, every part, and only what changed."""

import json
from pathlib import Path
from typing import Any

from saasbackup_desktop.core.ids import StreamId
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.shelf import Organizer, Shelf
from tests.graph.home import Home
from tests.graph.stage import Stage

PASSING = {"changeKey", "lastModifiedDateTime", "parentFolderId"}


def organizer(stage: Stage) -> tuple[Mailbox, Organizer]:
    mailbox = stage.mailbox()
    return mailbox, Organizer(stage.tenant, mailbox.user)


def assert_saved(home: Home, stream: StreamId, shelves: dict[str, Shelf]) -> dict[str, Any]:
    """The newest point in time holds exactly what is there; give what was kept, by id."""
    saved = home.items(stream)
    truth = {id: (folder, item) for folder, shelf in shelves.items() for id, item in shelf.items.items()}
    assert set(saved) == set(truth)
    kept = {}
    for id, item in saved.items():
        folder, plain = truth[id]
        assert item.parent == folder
        assert item.body is not None
        said = kept[id] = json.loads(home.vault.read(item.body))
        for name, value in plain.items():
            if not name.startswith("_") and name not in PASSING and value is not None:
                assert said[name] == value, name
        files = plain.get("_files", {})
        assert sorted(home.vault.read(part) for part in item.parts.values()) == sorted(files.values())
    return kept


async def test_contacts(stage: Stage, home: Home) -> None:
    mailbox, truth = organizer(stage)
    friends = truth.add_contact_folder("Friends")
    below = truth.add_contact_folder("Old friends", friends)
    for number in range(25):
        shelf = truth.contacts[("contacts", friends, below)[number % 3]]
        truth.add(
            shelf,
            {
                "displayName": f"Person {number}",
                "emailAddresses": [{"name": f"Person {number}", "address": f"p{number}@example.org"}],
                "businessPhones": ["+44 1"],
                "companyName": "Fernwick",
                "homeAddress": {"city": "Bath", "street": "1 Hill"},
                "birthday": "1980-01-01T11:59:00Z",
                "_files": {"photo": b"\xff\xd8" + bytes([number])} if number % 5 == 0 else {},
            },
        )
    stream = home.doors.protect(mailbox, Service.CONTACTS)
    await home.back_up(stream)
    assert_saved(home, stream, truth.contacts)
    first = next(iter(home.items(stream).values()))
    assert first.facets["company"] == "Fernwick"
    assert first.facets["address"] == "1 Hill, Bath"
    main = truth.contacts["contacts"]
    changed, gone, *_ = main.items
    truth.change(main, changed, jobTitle="Director")
    truth.remove(main, gone)
    asked = len(stage.app.log)
    await home.back_up(stream)
    assert_saved(home, stream, truth.contacts)
    assert len(stage.app.log) - asked < 12


async def test_calendars(stage: Stage, home: Home) -> None:
    mailbox, truth = organizer(stage)
    other = truth.add_calendar("Birthdays")
    zone = "Europe/London"
    for number in range(12):
        shelf = truth.calendars[other if number % 4 == 0 else truth.calendar]
        start = {"dateTime": f"2026-03-{number + 1:02d}T09:00:00.0000000", "timeZone": zone}
        event = {
            "subject": f"Meeting {number}",
            "type": "singleInstance",
            "start": start,
            "end": {**start, "dateTime": start["dateTime"].replace("T09", "T10")},
            "isAllDay": False,
            "iCalUId": f"uid-{number}",
            "organizer": {"emailAddress": {"name": "Ada", "address": "ada@fernwick.example"}},
            "attendees": [{"type": "required", "emailAddress": {"name": "Bob", "address": "bob@example.org"}}],
            "body": {"contentType": "html", "content": "<p>Agenda</p>"},
            "_files": {"agenda.pdf": b"%PDF" * number} if number % 3 == 1 else {},
        }
        if number == 2:
            event |= {
                "type": "seriesMaster",
                "recurrence": {
                    "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"]},
                    "range": {"type": "noEnd", "startDate": "2026-03-03"},
                },
                "cancelledOccurrences": ["OID.1.2026-03-17"],
                "_exceptions": [{"id": "AAx", "type": "exception", "subject": "Moved", "seriesMasterId": "m"}],
            }
        truth.add(shelf, event)
    stream = home.doors.protect(mailbox, Service.CALENDAR)
    await home.back_up(stream)
    kept = assert_saved(home, stream, truth.calendars)
    series = next(one for one in kept.values() if one["type"] == "seriesMaster")
    assert series["exceptionOccurrences"][0]["subject"] == "Moved"
    assert series["cancelledOccurrences"] == ["OID.1.2026-03-17"]
    item = next(item for item in home.items(stream).values() if item.name == "Meeting 0")
    assert item.time == 1772355600
    shelf = truth.calendars[truth.calendar]
    changed, gone, *_ = shelf.items
    truth.change(shelf, changed, subject="Another name")
    truth.remove(shelf, gone)
    await home.back_up(stream)
    assert_saved(home, stream, truth.calendars)


async def test_tasks(stage: Stage, home: Home) -> None:
    mailbox, truth = organizer(stage)
    groceries = truth.add_list("Groceries")
    for number in range(8):
        truth.add(
            truth.lists[groceries if number % 2 else truth.tasks],
            {
                "title": f"Buy {number}",
                "status": "notStarted",
                "importance": "high" if number == 3 else "normal",
                "isReminderOn": False,
                "hasAttachments": number == 4,
                "body": {"contentType": "text", "content": "Milk"},
                "_checklistItems": [{"id": f"c{number}", "displayName": "Skimmed", "isChecked": number % 2 == 0}],
                "_linkedResources": [{"id": f"l{number}", "webUrl": "https://example.org", "displayName": "Shop"}],
                "_files": {"list.txt": b"milk"} if number == 4 else {},
            },
        )
    stream = home.doors.protect(mailbox, Service.TASKS)
    await home.back_up(stream)
    kept = assert_saved(home, stream, truth.lists)
    for task in kept.values():
        assert task["checklistItems"][0]["displayName"] == "Skimmed"
        assert task["linkedResources"][0]["webUrl"] == "https://example.org"
    before = sorted((Path(home.vault.location) / "packs").rglob("*"))
    await home.back_up(stream)
    assert sorted((Path(home.vault.location) / "packs").rglob("*")) == before
