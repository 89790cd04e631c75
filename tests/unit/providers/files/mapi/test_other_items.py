"""What becomes of tasks, notes and groups, and that files keep every kind of item as it was made."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from saasbackup_desktop.providers.files.mapi import losses, tags
from saasbackup_desktop.providers.files.mapi.attached_items import item_within
from saasbackup_desktop.providers.files.mapi.enclosures import Part
from saasbackup_desktop.providers.files.mapi.groups import group, is_group
from saasbackup_desktop.providers.files.mapi.notes import note
from saasbackup_desktop.providers.files.mapi.tasks import task
from saasbackup_desktop.providers.files.pst.model import Message
from saasbackup_desktop.providers.files.pst.split import PstWriter, Written
from saasbackup_desktop.providers.files.pstcheck import check
from tests.unit.providers.files.mapi.same import compare

_LOOKS = "Integer {0006200E-0000-0000-C000-000000000046} Id 0x"
_TASK: dict[str, Any] = {
    "id": "T1",
    "title": "Water the looms",
    "status": "completed",
    "importance": "low",
    "body": {"contentType": "text", "content": "Every week\n"},
    "startDateTime": {"dateTime": "2024-05-01T00:00:00.0000000", "timeZone": "UTC"},
    "dueDateTime": {"dateTime": "2024-05-06T00:00:00.0000000", "timeZone": "W. Europe Standard Time"},
    "completedDateTime": {"dateTime": "2024-05-07T00:00:00.0000000", "timeZone": "UTC"},
    "isReminderOn": True,
    "reminderDateTime": {"dateTime": "2024-05-06T07:00:00.0000000", "timeZone": "UTC"},
    "recurrence": {
        "pattern": {"type": "weekly", "interval": 2, "daysOfWeek": ["monday"], "firstDayOfWeek": "sunday"},
        "range": {"type": "noEnd", "startDate": "2024-05-06"},
    },
    "categories": ["Green"],
    "checklistItems": [{"displayName": "Fill can", "isChecked": True}, {"displayName": "Pour"}],
    "linkedResources": [{"webUrl": "https://b.example/1", "displayName": "Plan", "applicationName": "App"}],
    "attachments": [{"id": "f", "@odata.type": "#microsoft.graph.taskFileAttachment", "name": "can.txt"}],
}
_NOTE: dict[str, Any] = {
    "id": "N1",
    "subject": "Buy bread",
    "body": {"contentType": "html", "content": "<p>Buy bread</p><p>and milk</p>"},
    "categories": ["Blue"],
    "createdDateTime": "2024-05-06T07:08:09Z",
    "singleValueExtendedProperties": [
        {"id": "String 0x001A", "value": "IPM.StickyNote"},
        {"id": _LOOKS + "8B00", "value": "1"},
        {"id": _LOOKS + "8B02", "value": "320"},
    ],
}
_GROUP: dict[str, Any] = {
    "id": "G1",
    "displayName": "Weavers",
    "members": [{"name": "Ada", "address": "ada@b.example"}, {"name": "", "address": "bea@b.example"}],
    "personalNotes": "On Mondays",
}


def _utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


def _parts(**data: bytes) -> dict[str, Part]:
    return {f"attachment/{id}": Part(lambda one=one: iter((one,)), len(one)) for id, one in data.items()}  # type: ignore[misc]


def test_a_task() -> None:
    item = task(_TASK, _parts(f=b"can"), item_within)
    said = item.properties
    assert item.losses == (losses.STEPS_IN_TEXT, losses.TASK_ZONE)
    assert said[tags.MESSAGE_CLASS] == "IPM.Task"
    assert said[tags.BODY] == "Every week\r\n\r\n[x] Fill can\r\n[ ] Pour\r\nPlan https://b.example/1"
    assert (said[tags.TASK_STATUS], said[tags.TASK_COMPLETE], said[tags.TASK_PERCENT]) == (2, True, 1.0)
    assert (said[tags.TASK_START], said[tags.TASK_DUE]) == (_utc(2024, 5, 1), _utc(2024, 5, 6))
    assert (said[tags.COMMON_END], said[tags.TASK_COMPLETED]) == (_utc(2024, 5, 5, 22), _utc(2024, 5, 7))
    assert (said[tags.REMINDER_SET], said[tags.REMINDER_TIME]) == (True, _utc(2024, 5, 6, 7))
    assert (said[tags.TASK_RECURRING], said[tags.ICON]) == (True, 0x501)
    written = said[tags.TASK_SERIES]
    assert isinstance(written, bytes)
    assert written[:22].hex() == "043004300b2001000000c02100000200000000000000"
    (file,) = item.attachments
    assert file.properties[tags.ATTACH_LONG_NAME] == "can.txt"
    assert task({}, {}, item_within).properties[tags.TASK_STATUS] == 0


def test_a_note() -> None:
    wrapped = json.dumps({"id": "1", "name": "list.txt", "contentBytes": "YWJj", "contentType": "text/plain"})
    item = note(_NOTE, _parts(a=wrapped.encode()), item_within)
    said = item.properties
    assert item.losses == ()
    assert (said[tags.MESSAGE_CLASS], said[tags.SUBJECT]) == ("IPM.StickyNote", "Buy bread")
    assert said[tags.BODY] == "Buy bread\r\nand milk"
    assert tags.HTML not in said
    assert (said[tags.NOTE_COLOUR], said[tags.NOTE_WIDTH], said[tags.NOTE_HEIGHT]) == (1, 320, 166)
    assert (said[tags.ICON], said[tags.CREATED]) == (0x301, _utc(2024, 5, 6, 7, 8, 9))
    (file,) = item.attachments
    assert (file.properties[tags.ATTACH_LONG_NAME], file.content) == ("list.txt", b"abc")
    assert note({"body": {"content": "First\nSecond"}}, {}, item_within).properties[tags.SUBJECT] == "First"


def test_a_group() -> None:
    item = group(_GROUP)
    said = item.properties
    assert is_group(_GROUP)
    assert not is_group({"displayName": "Ada"})
    assert (said[tags.MESSAGE_CLASS], said[tags.GROUP_NAME]) == ("IPM.DistList", "Weavers")
    members = said[tags.GROUP_MEMBERS]
    assert isinstance(members, list)
    assert "Ada\0SMTP\0ada@b.example\0".encode("utf-16-le") in members[0]
    assert said[tags.GROUP_ONE_OFFS] == members
    many = group({"members": [{"address": f"{number}@b.example"} for number in range(999)]})
    assert many.losses == (losses.GROUP_CUT,)
    kept = many.properties[tags.GROUP_MEMBERS]
    assert isinstance(kept, list)
    assert sum(map(len, kept)) < 15_000


def _items() -> Iterable[Message]:
    yield task(_TASK, _parts(f=b"can"), item_within)
    yield note(_NOTE, {}, item_within)
    yield group(_GROUP)


def test_files_keep_them(tmp_path: Path) -> None:
    items = list(_items())
    path = tmp_path / "items.pst"
    with PstWriter(path, "Items") as pst:
        folder = pst.folder(("Items",), "IPF.Task")
        for item in items:
            assert isinstance(pst.add(folder, item), Written)
    assert not check(path).findings
    compare(path, "Items", items)
