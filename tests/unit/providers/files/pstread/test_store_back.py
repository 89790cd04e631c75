"""What the vault exports as data files, all services in several parts, is found in them again, folder by folder."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saasbackup_desktop.core.export.ports import About, Entry
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Item, Role, Service
from saasbackup_desktop.providers.files.found import FolderFound, Found
from saasbackup_desktop.providers.files.outlook import OutlookWriter
from saasbackup_desktop.providers.files.pstread import walk
from tests.unit.providers.files.test_outlook import Shelf

_WHEN = {"dateTime": "2024-07-01T08:00:00.0000000", "timeZone": "UTC"}


def _entries() -> Iterator[Entry]:
    plains: tuple[tuple[Service, tuple[str, ...], dict[str, Any]], ...] = (
        (Service.CALENDAR, ("Calendar",), {"id": "e", "subject": "Meet", "start": _WHEN, "end": _WHEN}),
        (Service.CALENDAR, ("Team", "Ünser"), {"id": "f", "subject": "Party", "start": _WHEN, "end": _WHEN}),
        (Service.CONTACTS, ("Contacts",), {"id": "c", "displayName": "Anna"}),
        (Service.CONTACTS, ("Contacts",), {"id": "g", "displayName": "All", "members": [{"address": "a@b.example"}]}),
        (Service.TASKS, ("Tasks",), {"id": "t", "title": "Do", "status": "notStarted"}),
        (Service.NOTES, ("Notes",), {"id": "n", "subject": "Milk", "body": {"contentType": "text", "content": "Milk"}}),
    )
    for number in range(30):
        body = f"{number} and so on\r\n" * 3_000
        data = f"From: a@b.example\r\nSubject: N {number}\r\nDate: Mon, 6 May 2024 07:08:09 +0000\r\n\r\n{body}\r\n"
        path = ("Inbox",) if number < 15 else ("Inbox", "Deep/er", "Ünten")
        yield _entry(Service.MAIL, path, data.encode(), number, ("\\Seen",) if number % 3 else ())
    for number, (service, path, plain) in enumerate(plains, 100):
        yield _entry(service, path, json.dumps(plain).encode(), number)


def _entry(service: Service, path: tuple[str, ...], data: bytes, number: int, flags: tuple[str, ...] = ()) -> Entry:
    item = Item(id=NodeId(str(number)), parent=NodeId("f"), revision="1", time=1714979289, flags=flags)
    return Entry(service=service, path=path, role=Role.INBOX, item=item, data=lambda: iter((data,)))


def test_everything_is_in_the_parts_of_an_export(tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    shelf = Shelf(tmp_path / "shelf")
    writer = OutlookWriter(shelf, tmp_path / "scratch", About(name="Ada", part_size=1_500_000))
    wanted = list(_entries())
    for entry in wanted:
        writer.add(entry)
    writer.finish()
    assert len(shelf.names) > 1
    told = [one for name in shelf.names for one in walk(shelf.folder / name)]
    found = [one for one in told if isinstance(one, Found)]
    assert all(isinstance(one, Found | FolderFound) for one in told)
    assert Counter((one.service, one.path) for one in wanted) == Counter((one.service, one.path) for one in found)
    mails = [one for one in found if one.service is Service.MAIL]
    for entry, one in zip(wanted[:30], mails, strict=True):
        said, after = b"".join(entry.data()), one.data
        assert after.split(b"\r\n\r\n", 1)[1] == said.split(b"\r\n\r\n", 1)[1]
        assert after.startswith(said.split(b"\r\n\r\n", 1)[0])
        assert (one.flags, one.time) == (entry.item.flags, entry.item.time)
    others = {one.name for one in found if one.service is not Service.MAIL}
    assert others == {"Meet", "Party", "Anna", "All", "Do", "Milk"}
    assert {one.role for one in told if isinstance(one, FolderFound) and one.path == ("Inbox",)} == {Role.INBOX}
