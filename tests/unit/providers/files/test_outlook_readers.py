"""Four programs of others read every appointment, task, note, contact and group that was written.

``SAASBACKUP_ITEMS=all`` takes all calendars, cards and Graph's own examples (a minute); in the suite, a few files.
"""

import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from saasbackup_desktop.core import codec
from saasbackup_desktop.core.export.ports import About, Entry
from saasbackup_desktop.core.ids import NodeId
from saasbackup_desktop.core.model import Body, Item, Service
from saasbackup_desktop.providers.files.mapi import tags
from saasbackup_desktop.providers.files.outlook import OutlookWriter, item_of
from saasbackup_desktop.providers.files.pst.model import Message, Tag, Type
from saasbackup_desktop.providers.files.pstcheck import Name
from saasbackup_desktop.providers.files.pstcheck.names import Names
from saasbackup_desktop.providers.files.pstcheck.structure import Structure
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.vcard.reading import read_cards
from tests.corpora import Corpora
from tests.outlook_files import faults, pffexport, pst_extractor, read_by_pypff, reader
from tests.unit.providers.files.test_outlook import Shelf

MANY: Final = os.environ.get("SAASBACKUP_ITEMS", "12")
_FOLDERS: Final = {
    Service.CALENDAR: "Calendar",
    Service.CONTACTS: "Contacts",
    Service.TASKS: "Tasks",
    Service.NOTES: "Notes",
}
_FILES: Final = {
    "IPM.Appointment": "Appointment.txt",
    "IPM.Task": "Task.txt",
    "IPM.Contact": "Contact.txt",
    "IPM.StickyNote": "Note.txt",
}
_NAMES: Final = (tags.FILE_UNDER, tags.GIVEN_NAME, tags.SURNAME, tags.COMPANY)
_FOLDED: Final = frozenset({tags.SUBJECT, tags.SUBJECT_PREFIX, tags.NORMALIZED_SUBJECT, tags.MESSAGE_FLAGS})
_COMPARED: Final = frozenset({Type.STRING, Type.BINARY, Type.INTEGER32, Type.BOOLEAN, Type.TIME, Type.FLOATING64})


@dataclass(frozen=True, slots=True)
class Made:
    """A file with items, and what was put into it."""

    path: Path
    items: Mapping[Service, list[Message]]

    def all(self) -> Iterator[Message]:
        """All items."""
        for items in self.items.values():
            yield from items


@pytest.fixture(scope="module")
def made(corpora: Corpora, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Everything in one file."""
    folder = tmp_path_factory.mktemp("readers")
    (folder / "shelf").mkdir()
    shelf = Shelf(folder / "shelf")
    writer = OutlookWriter(shelf, folder / "scratch", About(name="All", part_size=5 * 10**9))
    items: dict[Service, list[Message]] = {service: [] for service in _FOLDERS}
    for service, plain, parts in sorted(_samples(corpora), key=lambda one: list(_FOLDERS).index(one[0])):
        entry = _entry(service, plain, parts)
        writer.add(entry)
        items[service].append(item_of(entry))
    writer.finish()
    return Made(folder / "shelf" / "All.pst", items)


def _samples(corpora: Corpora) -> Iterator[tuple[Service, Mapping[str, Any], Mapping[str, bytes]]]:
    for kind in ("ical", "vcard"):
        files = [one for one in corpora.samples(kind) if one.path.is_file()]
        for sample in files if MANY == "all" else random.Random(3).sample(files, int(MANY)):
            data = sample.read()
            if kind == "vcard":
                cards = read_cards(data)
                yield from ((Service.CONTACTS, one.plain, one.parts) for one in (cards.items() if cards else ()))
                continue
            calendar = read_calendar(data)
            for read in calendar.items() if calendar is not None else ():
                if isinstance(read, Read):
                    yield read.service, read.plain, read.parts
    for plain in _examples(corpora):
        if isinstance(plain.get("start"), dict) and "end" in plain and "subject" in plain:
            yield Service.CALENDAR, plain, {}
        elif "title" in plain and "status" in plain and "importance" in plain:
            yield Service.TASKS, plain, {}
        elif "emailAddresses" in plain or "fileAs" in plain:
            yield Service.CONTACTS, plain, {}


def _examples(corpora: Corpora) -> Iterator[Mapping[str, Any]]:
    for name in ("graph-docs-pairs.jsonl", "cli-m365-pairs.jsonl"):
        with (corpora.folder / "graph" / name).open() as lines:
            for text in lines:
                body = json.loads(text).get("response_body")
                if isinstance(body, dict):
                    values = body.get("value")
                    yield from (
                        one for one in (values if isinstance(values, list) else [body]) if isinstance(one, dict)
                    )


def _entry(service: Service, plain: Mapping[str, Any], parts: Mapping[str, bytes]) -> Entry:
    data = codec.dumps(plain).encode("utf-8", "surrogatepass")
    bodies = {name: Body(sha256="", size=len(kept), recipe=()) for name, kept in parts.items()}
    return Entry(
        service=service,
        path=(_FOLDERS[service],),
        role=None,
        item=Item(id=NodeId(str(plain.get("id"))), parent=NodeId("f"), revision="1", parts=bodies),
        data=lambda: iter((data,)),
        parts={name: lambda kept=kept: iter((kept,)) for name, kept in parts.items()},
    )


def _count(made: Made) -> Counter[str]:
    return Counter(str(one.properties[tags.MESSAGE_CLASS]) for one in made.all())


def test_our_check_finds_nothing(made: Made) -> None:
    assert faults(made.path) == []
    assert _count(made)["IPM.Appointment"] > 40


def test_libpff_reads_every_property(made: Made) -> None:
    with Structure(made.path) as structure:
        numbers = Names(structure.nodes).by_name
    kinds = {str(one.properties[tags.MESSAGE_CLASS]): service for service, all_ in made.items.items() for one in all_}
    with read_by_pypff(made.path) as messages:
        found: dict[Service, list[dict[int, Any]]] = {service: [] for service in made.items}
        for message in messages:
            there = {entry.entry_type: entry for entry in message.get_record_set(0).entries}
            found[kinds[there[0x001A].data_as_string]].append(there)
        for service, items in made.items.items():
            for item, there in zip(items, found[service], strict=True):
                _compare(item, there, numbers)


def _compare(item: Message, there: Mapping[int, Any], numbers: Mapping[Name, int]) -> None:
    for tag, value in item.properties.items():
        if tag not in _FOLDED and tag.type in _COMPARED and value not in ("", b""):
            number = tag.id if isinstance(tag.id, int) else numbers[Name(tag.id.set, tag.id.id)]
            assert _read(there[number], tag) == _shown(value), (item.properties[tags.SUBJECT], tag)


def _read(entry: Any, tag: Tag) -> object:
    if tag.type is Type.STRING:
        return entry.data_as_string
    if tag.type is Type.BINARY:
        return entry.data
    if tag.type is Type.TIME:
        return entry.data_as_datetime
    if tag.type is Type.BOOLEAN:
        return entry.data_as_boolean
    if tag.type is Type.FLOATING64:
        return entry.data_as_floating_point
    number = entry.data_as_integer
    return number - (1 << 32) if number >= 1 << 31 else number


def _shown(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def test_pffexport_writes_every_item(made: Made, tmp_path: Path) -> None:
    out = pffexport(made.path, tmp_path)
    counts = _count(made)
    exceptions = sum(isinstance(file.content, Message) for one in made.all() for file in one.attachments)
    for kind, name in _FILES.items():
        found = sum(1 for _ in out.rglob(name))
        assert found - exceptions * (kind == "IPM.Appointment") == counts[kind], kind


def test_readpst_writes_every_appointment_and_contact(made: Made, tmp_path: Path) -> None:
    """It knows neither tasks nor notes, and passes over contacts that say no name."""
    command = [reader("readpst"), "-j", "0", "-q", "-e", "-t", "eajc", "-o", tmp_path, made.path]
    subprocess.run(command, check=True, capture_output=True)
    counts = _count(made)
    assert sum(1 for _ in tmp_path.rglob("*.ics")) == counts["IPM.Appointment"]
    contacts = [one.properties for one in made.items[Service.CONTACTS]]
    named = sum(any(said.get(tag) for tag in _NAMES) for said in contacts if said[tags.MESSAGE_CLASS] == "IPM.Contact")
    assert named <= sum(1 for _ in tmp_path.rglob("*.vcf")) <= counts["IPM.Contact"]


def test_pst_extractor_reads_every_item(made: Made) -> None:
    found = Counter((kind, subject) for _, kind, subject, *_ in pst_extractor(made.path))
    wanted = Counter((str(one.properties[tags.MESSAGE_CLASS]), str(one.properties[tags.SUBJECT])) for one in made.all())
    assert found == wanted
