"""Items with nonsense in them become items, or are told to be none; what is written is sound in any case.

``SAASBACKUP_NONSENSE`` says how many; in the suite, some hundred.
"""

import copy
import json
import os
import random
from pathlib import Path
from typing import Any, Final

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.export.ports import About, Entry
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item, Service
from saasbackup_desktop.providers.files.outlook import OutlookWriter
from saasbackup_desktop.providers.files.pstcheck import check
from tests.unit.providers.files.test_outlook import Shelf

MANY: Final = int(os.environ.get("SAASBACKUP_NONSENSE", "250"))
_WHEN: Final = {"dateTime": "2024-05-06T07:00:00.0000000", "timeZone": "UTC"}
_PERSON: Final = {"emailAddress": {"name": "Ada", "address": "ada@b.example"}}
_WEEKLY: Final = {
    "pattern": {
        "type": "weekly",
        "interval": 1,
        "daysOfWeek": ["monday"],
        "dayOfMonth": 6,
        "month": 5,
        "index": "last",
    },
    "range": {"type": "numbered", "startDate": "2024-05-06", "endDate": "2024-12-31", "numberOfOccurrences": 9},
}
_EVENT: Final = {
    "id": "A",
    "iCalUId": "uid",
    "subject": "Looms",
    "body": {"contentType": "html", "content": "<p>Cards</p>"},
    "start": _WHEN,
    "end": {**_WHEN, "dateTime": "2024-05-06T08:00:00"},
    "originalStartTimeZone": "W. Europe Standard Time",
    "isAllDay": False,
    "reminderMinutesBeforeStart": 15,
    "isReminderOn": True,
    "location": {"displayName": "Hall"},
    "locations": [{"displayName": "Hall", "address": {"city": "Ulm"}}],
    "organizer": _PERSON,
    "attendees": [{**_PERSON, "type": "required", "status": {"response": "accepted", "time": "2024-05-01T00:00:00Z"}}],
    "attachments": [{"id": "1", "name": "a.txt", "contentType": "text/plain", "isInline": True, "contentId": "c"}],
    "categories": ["Red"],
}
_SERIES: Final = {
    **_EVENT,
    "recurrence": _WEEKLY,
    "cancelledOccurrences": ["OID.A.2024-05-13"],
    "exceptionOccurrences": [{**_EVENT, "subject": "Other", "originalStart": "2024-05-20T07:00:00Z"}],
}
_TASK: Final = {
    "id": "T",
    "title": "Water",
    "status": "inProgress",
    "body": {"contentType": "text", "content": "Now"},
    "dueDateTime": _WHEN,
    "reminderDateTime": _WHEN,
    "isReminderOn": True,
    "recurrence": _WEEKLY,
    "checklistItems": [{"displayName": "Can", "isChecked": True}],
    "linkedResources": [{"webUrl": "https://b.example", "displayName": "Plan"}],
}
_NOTE: Final = {
    "id": "N",
    "subject": "Bread",
    "body": {"contentType": "text", "content": "Bread"},
    "singleValueExtendedProperties": [{"id": "Integer {0006200E-0000-0000-C000-000000000046} Id 0x8B00", "value": "1"}],
}
_GROUP: Final = {"id": "G", "displayName": "Weavers", "members": [_PERSON["emailAddress"]], "personalNotes": "Mondays"}
_ITEMS: Final[tuple[tuple[Service, dict[str, Any]], ...]] = (
    (Service.CALENDAR, _SERIES),
    (Service.CALENDAR, _EVENT),
    (Service.TASKS, _TASK),
    (Service.NOTES, _NOTE),
    (Service.CONTACTS, _GROUP),
)
_ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1 << 40, 1.5, "", "x", "\0", "\ud800", [], {}, [None], [{}], 31, 12, 10**6, "a" * 5000),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999", "2024-02-30", "1601-01-01", "4500-12-31"),
    *("2024-05-06T07:00:00+14:00", "daily", "weekly", "absoluteYearly", "relativeMonthly", "endDate", "noEnd", "last"),
    *("Pacific/Apia", "Europe/Dublin", "Africa/Casablanca", "W. Europe Standard Time", "nowhere", ["monday", "sunday"]),
    {"dateTime": "1601-01-01T00:00:00", "timeZone": "UTC"},
    {"dateTime": "4499-12-31T23:00:00", "timeZone": "Pacific/Kiritimati"},
    {"dateTime": "1602-01-01T00:00:00", "timeZone": "America/New_York"},
)


def _spoiled(value: Any, chance: random.Random) -> Any:
    """The same with something else somewhere in it."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        return {**value, name: _spoiled(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        place = chance.randrange(len(value))
        return [*value[:place], _spoiled(value[place], chance), *value[place + 1 :]]
    return copy.deepcopy(chance.choice(_ODD))


def test_nothing_breaks(tmp_path: Path) -> None:
    chance = random.Random(5)
    (tmp_path / "shelf").mkdir()
    shelf = Shelf(tmp_path / "shelf")
    writer = OutlookWriter(shelf, tmp_path / "scratch", About(name="Odd", part_size=5 * 10**9))
    written = 0
    reasons = set()
    for _ in range(MANY):
        service, plain = chance.choice(_ITEMS)
        for _ in range(chance.randrange(1, 5)):
            spoiled = _spoiled(plain, chance)
            plain = spoiled if isinstance(spoiled, dict) else plain
        data = json.dumps(plain).encode()
        entry = Entry(
            service=service,
            path=(service.value,),
            role=None,
            item=Item(id=NodeId("i"), parent=NodeId("f"), revision="1"),
            data=lambda data=data: iter((data,)),  # type: ignore[misc]
            parts={"attachment/1": lambda: iter((b"text",))},
        )
        try:
            writer.add(entry)
            written += 1
        except FormatUnfit as unfit:
            reasons.add(unfit.facts["reason"])
    writer.finish()
    assert reasons == {"date-unreadable"}
    report = check(shelf.folder / "Odd.pst")
    assert not report.findings
    assert report.counts["messages"] == written > MANY // 2
