"""The truth of what is neither mail nor people: contacts, calendars and tasks, as Graph shows them."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from saasbackup_desktop.sim.graph.feed import Feed
from saasbackup_desktop.sim.graph.series import settle
from saasbackup_desktop.sim.graph.tenant import Tenant

DEFAULT_CONTACTS: Final = "contacts"


@dataclass(slots=True)
class Shelf:
    """One folder, calendar or list, and what is in it."""

    plain: dict[str, Any]
    parent: str = ""
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    feed: Feed = field(default_factory=Feed)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to somebody about a meeting."""

    kind: str
    """``invitation``, ``update`` or ``cancellation``."""
    to: str
    subject: str


class Organizer:
    """Contacts, calendars, tasks and settings of one mailbox."""

    def __init__(self, tenant: Tenant, user: str) -> None:
        self.tenant = tenant
        self.user = user
        self.contacts: dict[str, Shelf] = {DEFAULT_CONTACTS: Shelf({"id": DEFAULT_CONTACTS})}
        self.calendars: dict[str, Shelf] = {}
        self.lists: dict[str, Shelf] = {}
        self.notices: list[Notice] = []
        """What Exchange would have sent to others because of what was done here."""
        self._made = 0
        address = tenant.users[user]["mail"]
        name = tenant.users[user]["displayName"]
        self.calendar = self.add_calendar("Calendar", isDefaultCalendar=True, owner={"name": name, "address": address})
        self.tasks = self.add_list("Tasks", wellknownListName="defaultList")
        tenant.organizers[user] = self

    def add_contact_folder(self, name: str, parent: str = "") -> str:
        """Make a folder for contacts."""
        id = self._id("contacts")
        self.contacts[id] = Shelf({"id": id, "displayName": name, "parentFolderId": parent or "root"}, parent)
        return id

    def add_calendar(self, name: str, **more: Any) -> str:
        """Make a calendar."""
        id = self._id("calendar")
        plain = {"id": id, "name": name, "color": "auto", "isDefaultCalendar": False, "canEdit": True, **more}
        self.calendars[id] = Shelf(plain)
        return id

    def add_list(self, name: str, **more: Any) -> str:
        """Make a list of tasks."""
        id = self._id("list")
        plain = {"id": id, "displayName": name, "isOwner": True, "isShared": False, "wellknownListName": "none", **more}
        self.lists[id] = Shelf(plain)
        return id

    def add_event(self, shelf: Shelf, plain: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Put an event into a calendar as Exchange keeps it; nobody is told. ``more``: what only Exchange says."""
        owner = self.tenant.users[self.user]
        event = {
            "subject": "",
            "body": {"contentType": "html", "content": ""},
            "importance": "normal",
            "sensitivity": "normal",
            "showAs": "busy",
            "isAllDay": False,
            "isCancelled": False,
            "isDraft": False,
            "isOnlineMeeting": False,
            "isReminderOn": True,
            "reminderMinutesBeforeStart": 15,
            "responseRequested": True,
            "allowNewTimeProposals": True,
            "hideAttendees": False,
            "categories": [],
            "attendees": [],
            "location": {"displayName": "", "locationType": "default"},
            "recurrence": None,
            **plain,
            "isOrganizer": True,
            "organizer": {"emailAddress": {"name": owner["displayName"], "address": owner["mail"]}},
            "responseStatus": {"response": "organizer" if plain.get("attendees") else "none"},
            "iCalUId": self._id("uid"),
            **more,
        }
        if "locations" in plain:
            event["location"] = plain["locations"][0] if plain["locations"] else {"displayName": ""}
        else:
            event["locations"] = [event["location"]] if event["location"].get("displayName") else []
        settle(event)
        repeat(event)
        event["bodyPreview"] = str((event["body"] or {}).get("content", ""))[:255]
        return self.add(shelf, event)

    def add(self, shelf: Shelf, plain: dict[str, Any]) -> dict[str, Any]:
        """Put something on a shelf. Attachments and photos are given as ``_files``: name -> bytes."""
        now = self.tenant.moment()
        item = {"createdDateTime": now, **plain, "id": self._id("item"), "lastModifiedDateTime": now}
        if "title" not in plain:
            item["changeKey"] = self._id("change")
        shelf.items[item["id"]] = item
        shelf.feed.touch(item["id"])
        return item

    def change(self, shelf: Shelf, id: str, **changes: Any) -> None:
        """Change something."""
        item = shelf.items[id]
        item.update(changes)
        item["lastModifiedDateTime"] = self.tenant.moment()
        if "changeKey" in item:
            item["changeKey"] = self._id("change")
        shelf.feed.touch(id)

    def remove(self, shelf: Shelf, id: str) -> None:
        """Remove something for good."""
        del shelf.items[id]
        shelf.feed.drop(id)

    def find(self, shelves: dict[str, Shelf], id: str) -> tuple[Shelf, dict[str, Any]] | None:
        """Find something on any of several shelves."""
        for shelf in shelves.values():
            if id in shelf.items:
                return shelf, shelf.items[id]
        return None

    def number(self, kind: str) -> str:
        """A new id."""
        return self._id(kind)

    def _id(self, kind: str) -> str:
        self._made += 1
        digest = hashlib.sha256(f"{self.user}/{kind}/{self._made}".encode()).digest()
        return "AAkB" + base64.urlsafe_b64encode(digest[:27]).decode()


def repeat(event: dict[str, Any]) -> None:
    """Say whether an event is a series, with the fillings that Exchange shows."""
    if not event.get("recurrence"):
        event["type"] = "singleInstance"
        event["recurrence"] = None
        return
    event["type"] = "seriesMaster"
    event.setdefault("cancelledOccurrences", [])
    event.setdefault("_exceptions", [])
    pattern = {"interval": 1, "month": 0, "dayOfMonth": 0, "firstDayOfWeek": "sunday", "index": "first"}
    span = {
        "recurrenceTimeZone": event["originalStartTimeZone"],
        "numberOfOccurrences": 0,
        "endDate": "0001-01-01",
    }
    said = event["recurrence"]
    event["recurrence"] = {"pattern": {**pattern, **said["pattern"]}, "range": {**span, **said["range"]}}
