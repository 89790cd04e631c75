"""A pretend mailbox full of calendars, contacts and tasks, and what people see of it."""

from collections.abc import Mapping
from typing import Any

from saasbackup_desktop.sim.graph import events
from saasbackup_desktop.sim.graph.mailbox import Mailbox
from saasbackup_desktop.sim.graph.series import moment
from saasbackup_desktop.sim.graph.shelf import DEFAULT_CONTACTS, Organizer, Shelf
from tests.graph.stage import Stage

PDF = b"%PDF-1.7 " + bytes(range(256)) * 8
LARGE = bytes(range(256)) * 13_000
_NOT_SEEN = frozenset(
    {
        "id",
        "iCalUId",
        "transactionId",
        "changeKey",
        "createdDateTime",
        "lastModifiedDateTime",
        "bodyPreview",
        "attendees",
        "organizer",
        "isOrganizer",
        "responseStatus",
        "onlineMeeting",
        "isOnlineMeeting",
        "seriesMasterId",
        "cancelledOccurrences",
        "hasAttachments",
        "body",
        "parentFolderId",
    }
)
LONDON = "GMT Standard Time"


def organizer(stage: Stage, name: str = "Ada Lovelace", address: str = "") -> Organizer:
    """Let somebody with calendars, contacts and tasks join."""
    mailbox = stage.mailbox(name, address or f"{name.split(maxsplit=1)[0].lower()}@{stage.domain}")
    return Organizer(stage.tenant, mailbox.user)


def mailbox_of(truth: Organizer) -> Mailbox:
    """Whose they are."""
    found = truth.tenant.mailboxes[truth.user]
    assert isinstance(found, Mailbox)
    return found


def at(day: str, hour: str = "09:00", zone: str = LONDON) -> dict[str, str]:
    """A date, time and zone as Graph writes them."""
    return {"dateTime": f"{day}T{hour}:00.0000000", "timeZone": zone}


def person(name: str) -> dict[str, Any]:
    """Somebody who was asked to come."""
    address = f"{name.lower()}@example.org"
    return {
        "type": "required",
        "status": {"response": "accepted", "time": "2026-01-01T00:00:00Z"},
        "emailAddress": {"name": name, "address": address},
    }


def fill_calendars(truth: Organizer) -> None:
    """Events of every kind."""
    main = truth.calendars[truth.calendar]
    trips = truth.calendars[truth.add_calendar("Trips")]
    truth.add_event(main, {"subject": "Dentist", "start": at("2026-03-02"), "end": at("2026-03-02", "10:00")})
    truth.add_event(
        main,
        {
            "subject": "Ünïcode & <b>",
            "body": {"contentType": "html", "content": "<html><body><p>Bring <i>papers</i></p></body></html>"},
            "start": at("2026-07-02", "09:00", "Pacific Standard Time"),
            "end": at("2026-07-02", "18:30", "Europe/Berlin"),
            "importance": "high",
            "sensitivity": "private",
            "showAs": "oof",
            "isReminderOn": False,
            "categories": ["Blue", "Travel"],
            "location": {"displayName": "Room 4", "locationType": "conferenceRoom"},
            "_files": {"agenda.pdf": PDF, "tickets.zip": LARGE},
            "_about": {
                "agenda.pdf": {"contentType": "application/pdf", "isInline": True, "contentId": "agenda@here"},
            },
            "_inner": {
                "Note": {
                    "@odata.type": "#microsoft.graph.message",
                    "subject": "Inside",
                    "body": {"contentType": "text", "content": "A message in an event"},
                },
                "Card": {"@odata.type": "#microsoft.graph.contact", "displayName": "Bob", "mobilePhone": "+44 1"},
                "Trip": {
                    "@odata.type": "#microsoft.graph.event",
                    "subject": "Trip",
                    "start": at("2026-07-03", zone="UTC"),
                    "end": at("2026-07-04", zone="UTC"),
                },
            },
        },
    )
    truth.add_event(
        trips,
        {
            "subject": "Lisbon",
            "isAllDay": True,
            "start": at("2026-08-03", "00:00"),
            "end": at("2026-08-06", "00:00"),
            "showAs": "free",
            "locations": [{"displayName": "Bath"}, {"displayName": "Lisbon"}],
        },
    )
    truth.add_event(
        main,
        {
            "subject": "Review",
            "body": {"contentType": "text", "content": "All of it"},
            "start": at("2026-04-01"),
            "end": at("2026-04-01", "10:30"),
            "attendees": [person("Bob"), person("Cleo")],
        },
        isOnlineMeeting=True,
    )
    truth.add_event(
        main,
        {
            "subject": "Invited",
            "body": {"contentType": "html", "content": "<p>Please come</p>"},
            "start": at("2026-04-02"),
            "end": at("2026-04-02", "10:30"),
            "attendees": [person("Ada")],
        },
        isOrganizer=False,
        organizer={"emailAddress": {"name": "Zoe", "address": "zoe@example.org"}},
    )
    series = truth.add_event(
        main,
        {
            "subject": "Stand-up",
            "start": at("2026-03-03"),
            "end": at("2026-03-03", "09:15"),
            "recurrence": {
                "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["tuesday"], "firstDayOfWeek": "monday"},
                "range": {"type": "endDate", "startDate": "2026-03-03", "endDate": "2026-06-30"},
            },
            "attendees": [person("Bob")],
            "_files": {"minutes.txt": b"minutes"},
        },
    )
    cancel(series, "2026-03-17")
    cancel(series, "2026-04-07")
    depart(
        series, "2026-03-24T09:00:00Z", subject="Stand-up, sitting", **_moved("2026-03-25T13:00", "2026-03-25T14:00")
    )
    depart(
        series, "2026-04-14T08:00:00Z", categories=["Red"], _files={"other.txt": b"other", "minutes.txt": b"minutes"}
    )
    truth.add_event(
        trips,
        {
            "subject": "Rent",
            "isAllDay": True,
            "start": at("2026-01-31", "00:00"),
            "end": at("2026-02-01", "00:00"),
            "recurrence": {
                "pattern": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 31},
                "range": {"type": "noEnd", "startDate": "2026-01-31"},
            },
        },
    )


def cancel(series: dict[str, Any], day: str) -> None:
    """Cancel an occurrence of a series."""
    series["cancelledOccurrences"].append(f"OID.{series['id']}.{day}")


def depart(series: dict[str, Any], begins: str, /, **changes: Any) -> None:
    """Change an occurrence of a series: the one that was to begin then (UTC)."""
    when = moment({"dateTime": begins.rstrip("Z"), "timeZone": "UTC"})
    one = next(events.instances(series, when, when, exact=True))
    series["_exceptions"].append({**one, "type": "exception", "_files": dict(one.get("_files", {})), **changes})


def _moved(start: str, end: str) -> dict[str, Any]:
    return {
        "start": {"dateTime": f"{start}:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": f"{end}:00.0000000", "timeZone": "UTC"},
    }


def fill_contacts(truth: Organizer) -> None:
    """Contacts in folders of folders, with every property."""
    friends = truth.add_contact_folder("Friends")
    below = truth.add_contact_folder("Old friends", friends)
    for number in range(9):
        shelf = truth.contacts[(DEFAULT_CONTACTS, friends, below)[number % 3]]
        truth.add(
            shelf,
            {
                "displayName": f"Përson {number}",
                "givenName": "Përson",
                "surname": str(number),
                "title": "Dr",
                "nickName": "P",
                "fileAs": f"{number}, Përson",
                "initials": "P.",
                "emailAddresses": [
                    {"name": f"Person {number}", "address": f"p{number}@example.org"},
                    {"name": "private", "address": f"p{number}@example.net"},
                ],
                "businessPhones": ["+44 1", "+44 2"],
                "homePhones": ["+44 3"],
                "mobilePhone": "+44 4",
                "imAddresses": ["sip:p@example.org"],
                "children": ["Kim", "Lou"],
                "companyName": "Fernwick",
                "jobTitle": "Engineer",
                "homeAddress": {"city": "Bath", "street": "1 Hill", "postalCode": "BA1", "countryOrRegion": "UK"},
                "businessAddress": {},
                "otherAddress": {},
                "birthday": "1980-01-01T11:59:00Z",
                "personalNotes": "Line one\nLine two",
                "categories": ["Green"] if number % 2 else [],
                "_files": {"photo": b"\xff\xd8\xff" + bytes([number]) * 500} if number % 4 == 0 else {},
            },
        )


def fill_tasks(truth: Organizer) -> None:
    """Tasks with all that can hang on them."""
    groceries = truth.add_list("Groceries")
    day = {"dateTime": "2026-05-04T00:00:00.0000000", "timeZone": "UTC"}
    for number in range(6):
        done = number == 2
        files = {"list.txt": b"milk" * number} if number == 4 else {"scan.pdf": LARGE} if number == 5 else {}
        truth.add(
            truth.lists[groceries if number % 2 else truth.tasks],
            {
                "title": f"Buy {number}",
                "status": "completed" if done else "notStarted",
                "importance": "high" if number == 3 else "normal",
                "isReminderOn": number == 1,
                "hasAttachments": bool(files),
                "body": {"contentType": "text", "content": "Milk\n& honey"},
                "categories": ["Blue"] if number == 3 else [],
                **({"dueDateTime": day} if number != 4 else {}),
                **({"completedDateTime": day} if done else {}),
                **({"reminderDateTime": {**day, "dateTime": "2026-05-03T17:30:00.0000000"}} if number == 1 else {}),
                **(
                    {
                        "recurrence": {
                            "pattern": {"type": "daily", "interval": 3},
                            "range": {"type": "noEnd", "startDate": "2026-05-04"},
                        }
                    }
                    if number == 0
                    else {}
                ),
                "_checklistItems": [
                    {"id": f"c{step}", "displayName": f"Step {step}", "isChecked": step == 1} for step in range(number)
                ],
                "_linkedResources": [
                    {
                        "id": f"l{number}",
                        "webUrl": "https://example.org",
                        "displayName": "Shop",
                        "applicationName": "Shop",
                        "externalId": str(number),
                    }
                ],
                "_files": files,
            },
        )


def seen_events(truth: Organizer) -> dict[str, Any]:
    """What people see of all events, by calendar and subject."""
    return {
        f"{_main(shelf, truth.calendar)}/{one['subject']}": _seen_event(one)
        for shelf in truth.calendars.values()
        for one in shelf.items.values()
    }


def texts(truth: Organizer) -> dict[str, str]:
    """The texts of all events, by subject."""
    return {
        one["subject"]: one["body"]["content"] for shelf in truth.calendars.values() for one in shelf.items.values()
    }


def seen_contacts(truth: Organizer) -> dict[str, Any]:
    """What people see of all contacts, by folder and name."""
    found = {}
    for shelf in truth.contacts.values():
        above = truth.contacts[shelf.parent].plain["displayName"] if shelf.parent else ""
        for one in shelf.items.values():
            place = f"{above}/{shelf.plain.get('displayName', 'main')}/{one['displayName']}"
            found[place] = {**_seen(one), "files": one.get("_files", {})}
    return found


def seen_tasks(truth: Organizer) -> dict[str, Any]:
    """What people see of all tasks, by list and title."""
    found = {}
    for shelf in truth.lists.values():
        for one in shelf.items.values():
            found[f"{_main(shelf, truth.tasks)}/{one['title']}"] = {
                **_seen(one),
                "body": one["body"],
                "files": one["_files"],
                "steps": [(step["displayName"], step["isChecked"]) for step in one.get("_checklistItems", [])],
                "links": [
                    {name: value for name, value in link.items() if name != "id"}
                    for link in one.get("_linkedResources", [])
                ],
            }
    return found


def count(shelves: Mapping[str, Shelf]) -> int:
    """How many things lie on shelves."""
    return sum(len(shelf.items) for shelf in shelves.values())


def _main(shelf: Shelf, main: str) -> str:
    return "main" if shelf.plain["id"] == main else str(shelf.plain.get("name") or shelf.plain.get("displayName"))


def _seen(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in one.items()
        if name not in _NOT_SEEN and not name.startswith("_") and value not in (None, [], {})
    }


def _seen_event(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_seen(one),
        "files": one.get("_files", {}),
        "inner": {
            key: {
                name: inner[name] for name in ("@odata.type", "subject", "displayName", "mobilePhone") if name in inner
            }
            for key, inner in one.get("_inner", {}).items()
        },
        "kinds": {
            key: {"contentType": "application/octet-stream", "isInline": False, **one.get("_about", {}).get(key, {})}
            for key in one.get("_files", {})
        },
        "cancelled": sorted(id.rpartition(".")[2] for id in one.get("cancelledOccurrences", ())),
        "exceptions": {
            part["originalStart"]: {**_seen_event(part), "text": part["body"]["content"].partition("<hr>")[0]}
            for part in one.get("_exceptions", ())
        },
    }
