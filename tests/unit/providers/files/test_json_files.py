"""Items as they are kept, each a file."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from saasbackup_desktop.core.errors import BodyDamaged
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.json_files import ATTACHMENT_DAMAGED, JsonWriter
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from tests.unit.providers.files.entries import entry


def broken() -> Iterator[bytes]:
    yield b"half"
    raise BodyDamaged("damaged")


def test_items_and_what_is_attached_to_them(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = JsonWriter(shelf)
    event = {"subject": "Talk", "attachments": [{"id": "1", "name": "slides: all.pdf", "contentType": "x/y"}]}
    wrapped = {"name": "told.txt", "contentType": "text/plain", "contentBytes": base64.b64encode(b"told").decode()}
    whole = entry(
        json.dumps(event).encode(),
        name="Talk",
        path=("Calendar",),
        service=Service.CALENDAR,
        parts={"attachment/1": b"%PDF", "attachment/2": json.dumps(wrapped).encode(), "original.ics": b"BEGIN"},
    )
    assert writer.add(whole) == ()
    person = entry(
        b"{}", name="A. Person", path=("People",), service=Service.CONTACTS, parts={"photo": b"\x89PNG\r\n\x1a\n"}
    )
    assert writer.add(person) == ()
    assert writer.add(replace(person, parts={"photo": broken})) == (ATTACHMENT_DAMAGED,)
    assert writer.add(entry(b"Subject: x\r\n\r\n", path=("Notes",), service=Service.NOTES)) == ()
    (folder,) = shelf.publish()
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found.pop("manifest.json")
    assert found.pop("SHA256SUMS")
    when = "2023-11-14 22.13.20"
    assert found == {
        f"Calendar/{when} Talk.json": json.dumps(event).encode(),
        f"Calendar/{when} Talk - slides_ all.pdf": b"%PDF",
        f"Calendar/{when} Talk - told.txt": b"told",
        f"Calendar/{when} Talk - original.ics": b"BEGIN",
        "People/A. Person.json": b"{}",
        "People/A. Person - photo.png": b"\x89PNG\r\n\x1a\n",
        "People/A. Person (2).json": b"{}",
        f"Notes/{when}.eml": b"Subject: x\r\n\r\n",
    }
