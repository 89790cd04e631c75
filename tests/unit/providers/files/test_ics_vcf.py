"""Folders become calendars and files of cards."""

import json
from dataclasses import replace
from pathlib import Path

import icalendar
import pytest
import vobject

from saasbackup_desktop.app.words.losses import loss
from saasbackup_desktop.core.errors import BodyDamaged, FormatUnfit
from saasbackup_desktop.core.export.ports import EmptyFolder, FolderWriter, SteadyWriter, Writer
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.archives.reading import Piece, read
from saasbackup_desktop.providers.files.ics import IcsWriter
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from saasbackup_desktop.providers.files.vcf import VcfWriter
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.kept_text import LONGEST
from tests.unit.providers.files.entries import damaged, entry

ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:{0}\r\n"
    "TZOFFSETTO:{0}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
EVENT = (
    "BEGIN:VEVENT\r\nUID:{0}\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:{0}\r\nDTSTART;TZID=Own:20260101T090000\r\n"
    "X-KEPT: as it is\r\nEND:VEVENT\r\n"
)
KINDS = ("VEVENT", "VTODO", "VJOURNAL")


def event(name: str, zone: str = "Europe/Berlin") -> bytes:
    return json.dumps(
        {
            "id": name,
            "subject": name,
            "start": {"dateTime": "2026-01-05T08:00:00.0000000", "timeZone": "UTC"},
            "end": {"dateTime": "2026-01-05T09:00:00.0000000", "timeZone": "UTC"},
            "originalStartTimeZone": zone,
        }
    ).encode()


def original(name: str, offset: str) -> dict[str, bytes]:
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:p\r\n{ZONE.format(offset)}{EVENT.format(name)}END:VCALENDAR\r\n"
    calendar = read_calendar(text.encode())
    assert calendar is not None
    (one,) = calendar.items()
    assert isinstance(one, Read)
    return {"original.ics": one.parts["original.ics"], "": json.dumps(one.plain).encode()}


def files(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if name not in ("manifest.json", "SHA256SUMS")}


def test_each_folder_is_a_calendar(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer: Writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    for path, name in ((("Team: A",), "1"), (("Team: A",), "2"), (("Team: A", "Below"), "1"), ((), "")):
        assert not writer.add(entry(event(name), path=path, service=Service.CALENDAR))
    with pytest.raises(FormatUnfit):
        writer.add(entry(b"{}", path=(), service=Service.CALENDAR))
    with pytest.raises(FormatUnfit):
        writer.add(entry(b"not json", path=(), service=Service.CALENDAR))
    with pytest.raises(BodyDamaged):
        writer.add(damaged(b"{", path=(), service=Service.CALENDAR))
    task = json.dumps({"id": "t", "title": "Task"}).encode()
    writer.add(entry(task, path=("Tasks",), service=Service.TASKS))
    note = json.dumps({"id": "n", "subject": "Note"}).encode()
    writer.add(entry(note, path=("Notes",), service=Service.NOTES))
    writer.finish()
    (folder,) = shelf.publish()
    found = files(folder)
    counts = {
        name: len([one for one in icalendar.Calendar.from_ical(data).walk() if one.name in KINDS])
        for name, data in found.items()
    }
    assert counts == {"Team_ A.ics": 2, "Team_ A/Below.ics": 1, "Calendar.ics": 1, "Tasks.ics": 1, "Notes.ics": 1}
    assert found["Team_ A.ics"].count(b"BEGIN:VTIMEZONE") == 1
    assert b"X-WR-CALNAME:Team: A\r\n" in found["Team_ A.ics"]
    assert not list((tmp_path / "scratch").iterdir())


def calendar(*components: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:p\r\n{''.join(components)}END:VCALENDAR\r\n".encode()


def component(kind: str, uid: str, *lines: str) -> str:
    said = ["DTSTAMP:20260101T000000Z", "DTSTART:20260105T080000Z", *lines]
    return "".join(f"{one}\r\n" for one in (f"BEGIN:{kind}", *filter(None, [uid]), *said, f"END:{kind}"))


def items_of(data: bytes) -> list[Read]:
    found = read_calendar(data)
    assert found is not None
    return [one for one in found.items() if isinstance(one, Read)]


LONG = f'UID;X-WHY="a;b":{"long" * 18}\r\n {"er" * 30}'
TWINS = [
    calendar(component("VEVENT", "UID:1", "SUMMARY:first", "RRULE:FREQ=DAILY;COUNT=3")),
    calendar(
        component(
            "VEVENT", "UID:1", "SUMMARY:second", "RRULE:FREQ=DAILY;COUNT=3", "BEGIN:VALARM\r\nUID:1\r\nEND:VALARM"
        ),
        component("VEVENT", "UID:1", "SUMMARY:moved", "RECURRENCE-ID:20260106T080000Z"),
    ),
    calendar(component("VEVENT", "UID:1", "SUMMARY:alone", "RECURRENCE-ID:20260106T080000Z")),
    calendar(component("VEVENT", "UID:2", "SUMMARY:alone", "RECURRENCE-ID:20260106T080000Z")),
    calendar(component("VEVENT", "UID:2", "SUMMARY:alone, another", "RECURRENCE-ID:20260107T080000Z")),
    calendar(component("VEVENT", "UID:2", "SUMMARY:alone, once more", "RECURRENCE-ID:20260107T080000Z")),
    calendar(component("VEVENT", "UID:2", "SUMMARY:its series", "RRULE:FREQ=DAILY;COUNT=3")),
    *[calendar(component("VEVENT", LONG, f"SUMMARY:long {number % 2}")) for number in range(3)],
    *[calendar(component("VEVENT", name, "SUMMARY:no name")) for name in ("", "", "UID:", "uid:")],
]


def test_several_of_one_name_all_come_back(tmp_path: Path) -> None:
    before = [one for data in TWINS for one in items_of(data)]
    shelf = FolderShelf(tmp_path, "Export")
    writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    for number, one in enumerate(before):
        data, parts = json.dumps(one.plain).encode(), dict(one.parts)
        assert not writer.add(entry(data, path=("C",), service=Service.CALENDAR, parts=parts, id=f"{number}"))
    for number in range(3):
        assert not writer.add(entry(event("told"), path=("C",), service=Service.CALENDAR, id=f"told {number}"))
    writer.finish()
    (folder,) = shelf.publish()
    text = files(folder)["C.ics"]
    names = [str(one["UID"]) for one in icalendar.Calendar.from_ical(text).walk("VEVENT")]
    assert len(names) == len(before) + 3 + 1  # a changed one lies beside its series
    assert len(set(names)) == len(before) + 3 - 1  # two occurrences of a series that is not there
    assert len(list(vobject.readOne(text.decode()).vevent_list)) == len(names)
    after = items_of(text)
    assert [one.uid for one in after[len(before) :]] == ["told"] * 3
    assert sorted(one.parts["original.ics"] for one in after[: len(before)]) == sorted(
        one.parts["original.ics"]
        .replace(b"PRODID:p\r\n", b"PRODID:-//SaaSBackup Desktop//Export//EN\r\n")
        .replace(b"Export//EN\r\n", b"Export//EN\r\nX-WR-CALNAME:C\r\n")
        for one in before
    )
    assert sorted(one.uid for one in after[: len(before)]) == sorted(one.uid for one in before)


@pytest.mark.parametrize("kind", KINDS)
def test_occurrences_that_lie_in_no_series_are_items(kind: str, tmp_path: Path) -> None:
    changed = component(kind, "UID:1", "SUMMARY:changed", "RECURRENCE-ID:20260106T080000Z")
    for data in (calendar(changed), calendar(component(kind, "UID:1", "SUMMARY:no series"), changed)):
        before = items_of(data)
        assert len(before) == data.count(b"SUMMARY")
        service = before[0].service
        shelf = FolderShelf(tmp_path / f"{len(before)}", "Export")
        writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
        for number, one in enumerate(before):
            parts = dict(one.parts)
            writer.add(entry(json.dumps(one.plain).encode(), path=(), service=service, parts=parts, id=f"{number}"))
        writer.finish()
        (folder,) = shelf.publish()
        (text,) = files(folder).values()
        assert [one.plain for one in items_of(text)] == [one.plain for one in before]


def test_names_stay_the_same_in_each_export(tmp_path: Path) -> None:
    texts = []
    for name in ("A", "B"):
        shelf = FolderShelf(tmp_path, name)
        writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
        for number in range(3):
            writer.add(entry(event("1"), path=("C",), service=Service.CALENDAR, id=f"{number}"))
        writer.finish()
        (folder,) = shelf.publish()
        texts.append(files(folder)["C.ics"])
    assert texts[0] == texts[1]


def test_tasks_of_one_name_keep_their_steps(tmp_path: Path) -> None:
    text = calendar(
        component("VTODO", "UID:t", "SUMMARY:Task"),
        "BEGIN:VTODO\r\nUID:s\r\nSUMMARY:Step\r\nRELATED-TO;RELTYPE=PARENT:t\r\nEND:VTODO\r\n",
    )
    (task,) = items_of(text)
    plain = {"id": "t", "title": "Told", "checklistItems": [{"id": "s", "displayName": "Step"}]}
    shelf = FolderShelf(tmp_path, "Export")
    writer = IcsWriter(shelf, tmp_path / "scratch", "Tasks")
    told = json.dumps(task.plain).encode()
    for number in range(2):
        writer.add(entry(told, path=("T",), service=Service.TASKS, parts=dict(task.parts), id=f"{number}"))
        writer.add(entry(json.dumps(plain).encode(), path=("T",), service=Service.TASKS, id=f"told {number}"))
    writer.finish()
    (folder,) = shelf.publish()
    after = items_of(files(folder)["T.ics"])
    assert [one.uid for one in after] == ["t"] * 4
    assert [[step["id"] for step in one.plain["checklistItems"]] for one in after] == [["s"]] * 4
    assert sum(task.plain == one.plain for one in after) == 2


def test_zones_that_a_text_names_and_leaves_out_are_defined_if_they_are_known(tmp_path: Path) -> None:
    lines = EVENT.format("a").replace("=Own:", "=Europe/Berl\r\n in:") + EVENT.format("b").replace("Own", "../x")
    whole = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{lines}END:VCALENDAR\r\n"
    read_in = read_calendar(whole.encode())
    assert read_in is not None
    shelf = FolderShelf(tmp_path, "Export")
    writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    for one in read_in.items():
        assert isinstance(one, Read)
        parts = {"original.ics": one.parts["original.ics"], "": json.dumps(one.plain).encode()}
        assert not writer.add(entry(parts.pop(""), parts=parts, path=("C",), service=Service.CALENDAR))
    writer.finish()
    (folder,) = shelf.publish()
    data = files(folder)["C.ics"]
    assert b"TZID=Europe/Berl\r\n in:2026" in data
    zones = [one for one in icalendar.Calendar.from_ical(data).walk() if one.name == "VTIMEZONE"]
    assert [str(one["TZID"]) for one in zones] == ["Europe/Berlin"]


def test_times_in_a_zone_of_their_calendar_stay_in_it(tmp_path: Path) -> None:
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-TIMEZONE:America/New_York\r\nBEGIN:VEVENT\r\nUID:float\r\n"
        "SUMMARY:Show\r\nDTSTART:20260105T200000\r\nDTEND:20260105T203000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    before = read_calendar(text.encode())
    assert before is not None
    (one,) = before.items()
    assert isinstance(one, Read)
    shelf = FolderShelf(tmp_path, "Export")
    writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    writer.add(entry(json.dumps(one.plain).encode(), path=("C",), service=Service.CALENDAR, parts=dict(one.parts)))
    writer.finish()
    (folder,) = shelf.publish()
    after = read_calendar(files(folder)["C.ics"])
    assert after is not None
    (other,) = after.items()
    assert isinstance(other, Read)
    assert other.plain["start"] == one.plain["start"] == {"dateTime": "2026-01-06T01:00:00.0000000", "timeZone": "UTC"}
    assert other.plain["originalStartTimeZone"] == "America/New_York"


def test_what_came_as_text_is_given_back(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    for name, offset in (("one", "+0123"), ("two", "+0123"), ("other", "+0456")):
        parts = original(name, offset)
        plain = parts.pop("")
        writer.add(entry(plain, path=("C",), service=Service.CALENDAR, parts=parts))
    writer.finish()
    (folder,) = shelf.publish()
    text = files(folder)["C.ics"]
    assert text.count(EVENT.format("one").encode() + EVENT.format("two").encode()) == 1
    assert text.count(b"BEGIN:VTIMEZONE") == 1
    # A zone of the same name that means something else cannot stand beside it: the moment is told in UTC.
    assert b"X-KEPT" not in text.partition(b"UID:other")[2]
    assert b"DTSTART:20260101T040400Z" in text
    assert len(icalendar.Calendar.from_ical(text).walk("VEVENT")) == 3


@pytest.mark.parametrize(
    ("offset", "line", "is_apart"),
    [("+0100", "", False), ("+0500", "", True), ("+0100", "X-BAD PROP:1\r\n", True)],
    ids=["sound", "another zone", "refused by others"],
)
def test_no_event_of_a_series_is_lost_with_its_text(offset: str, line: str, tmp_path: Path, *, is_apart: bool) -> None:
    dates = "RDATE;TZID=Own:20260107T090000,20260120T090000,20260211T090000\r\n"
    series = calendar(ZONE.format(offset), EVENT.format("s").replace("END:", f"{dates}{line}END:"))
    before = [*items_of(calendar(ZONE.format("+0100"), EVENT.format("one"))), *items_of(series)]
    assert len(before) == 5
    shelf = FolderShelf(tmp_path, "Export")
    writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    for number, one in enumerate(before):
        data, parts = json.dumps(one.plain).encode(), dict(one.parts)
        lost = writer.add(entry(data, path=("C",), service=Service.CALENDAR, parts=parts, id=f"{number}"))
        assert tuple(lost) == (("series-apart",) if is_apart and number else ())
    writer.finish()
    [made] = shelf.seal().files
    assert made.items == 5
    text = files(shelf.publish()[0])["C.ics"]
    assert len(icalendar.Calendar.from_ical(text).walk("VEVENT")) == (5 if is_apart else 2)
    assert b"X-SAASBACKUP-TEXT" not in text
    assert [one.plain["start"] for one in items_of(text)] == [one.plain["start"] for one in before]
    assert len({one.uid for one in items_of(text)}) == 5


def test_an_event_that_was_picked_tells_of_no_other_one_of_its_series(tmp_path: Path) -> None:
    dates = "RDATE;TZID=Own:20260107T090000,20260120T090000\r\n"
    series = items_of(calendar(ZONE.format("+0100"), EVENT.format("s").replace("END:", f"{dates}END:")))
    single = items_of(calendar(component("VEVENT", "UID:1", "SUMMARY:1", "RRULE:FREQ=DAILY;COUNT=3")))
    assert len(series) == 3
    shelf = FolderShelf(tmp_path, "Export")
    writer = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    for number, (one, told) in enumerate([(series[1], ("series-apart",)), (single[0], ())]):
        data, parts = json.dumps(one.plain).encode(), dict(one.parts)
        came = entry(data, path=("C",), service=Service.CALENDAR, parts=parts, id=f"{number}")
        assert tuple(writer.add(replace(came, is_with_all=False))) == told
    writer.finish()
    text = files(shelf.publish()[0])["C.ics"]
    assert b"20260120" not in text
    assert b"X-SAASBACKUP-TEXT" not in text
    assert b"RRULE:FREQ=DAILY;COUNT=3" in text
    assert [one.plain["start"] for one in items_of(text)] == [one.plain["start"] for one in (series[1], single[0])]


@pytest.mark.parametrize("length", [LONGEST // 2, LONGEST], ids=["short", "long"])
def test_a_text_is_told_to_be_kept_only_if_it_is(length: int, tmp_path: Path) -> None:
    lines = f"X-BAD PROP:1\r\nX-LONG:{'x' * length}\r\n"
    (one,) = items_of(calendar(component("VEVENT", "UID:1", "SUMMARY:1", lines.strip())))
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}END:VCARD\r\n".encode()
    shelf = FolderShelf(tmp_path, "Export")
    calendars, cards = IcsWriter(shelf, tmp_path / "scratch", "Calendar"), VcfWriter(shelf, "Contacts")
    plain = json.dumps(one.plain).encode()
    lost = [calendars.add(entry(plain, path=("C",), service=Service.CALENDAR, parts=dict(one.parts)))]
    calendars.finish()
    plain = json.dumps({"id": "1", "displayName": "Ada"}).encode()
    lost.append(cards.add(entry(plain, path=("C",), service=Service.CONTACTS, parts={"original.vcf": card})))
    cards.finish()
    found = files(shelf.publish()[0])
    is_kept = length < LONGEST
    assert ["text-aside" in each for each in lost] == [is_kept] * 2
    assert ["text-left-out" in each for each in lost] == [not is_kept] * 2
    assert [b"X-SAASBACKUP-TEXT" in found[name] for name in ("C.ics", "C.vcf")] == [is_kept] * 2
    assert loss("text-left-out") != loss("text-aside")


def test_contacts_lie_behind_one_another(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = VcfWriter(shelf, "Contacts")
    assert isinstance(writer, SteadyWriter)
    plain = json.dumps({"id": "1", "displayName": "Ada"}).encode()
    card = b"BEGIN:VCARD\nVERSION:4.0\nFN:As it came\nEND:VCARD\n"
    writer.add(entry(plain, path=("C",), service=Service.CONTACTS, parts={"photo": b"\xff\xd8\xffJPEG"}))
    writer.add(entry(plain, path=("C",), service=Service.CONTACTS, parts={"original.vcf": card}))
    with pytest.raises(FormatUnfit):
        writer.add(entry(b"[]", path=("C",), service=Service.CONTACTS))
    with pytest.raises(FormatUnfit):
        writer.add(entry(plain, path=("C",), service=Service.MAIL))
    writer.finish()
    writer.add(entry(plain, path=(), service=Service.CONTACTS))
    writer.finish()
    (folder,) = shelf.publish()
    found = files(folder)
    assert sorted(found) == ["C.vcf", "Contacts.vcf"]
    assert found["C.vcf"].endswith(card)
    first, second = vobject.readComponents(found["C.vcf"].decode())
    assert (first.fn.value, first.photo.value, second.fn.value) == ("Ada", b"\xff\xd8\xffJPEG", "As it came")


def test_folders_in_which_nothing_lies_are_files(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    calendars = IcsWriter(shelf, tmp_path / "scratch", "Calendar")
    cards = VcfWriter(shelf, "Contacts")
    assert isinstance(calendars, FolderWriter)
    assert isinstance(cards, FolderWriter)
    calendars.add(entry(event("1"), path=("C",), service=Service.CALENDAR))
    for service, name in ((Service.CALENDAR, "Empty"), (Service.TASKS, "Nothing to do"), (Service.NOTES, "No notes")):
        calendars.add_folder(EmptyFolder(service=service, path=("C", name)))
    calendars.finish()
    for path in (("People",), ("People", "Below")):
        cards.add_folder(EmptyFolder(service=Service.CONTACTS, path=path))
    (folder,) = shelf.publish()
    found = files(folder)
    assert sorted(found) == [
        *("C.ics", "C/Empty.ics", "C/No notes.ics", "C/Nothing to do.ics", "People.vcf", "People/Below.vcf")
    ]
    for data in (found["C/Empty.ics"], found["C/Nothing to do.ics"]):
        assert [one.name for one in icalendar.Calendar.from_ical(data).subcomponents] == ["VTIMEZONE"]
        assert vobject.readOne(data.decode()).name == "VCALENDAR"
    told = list(read((folder,), tuple(Service), tmp_path / "scratch"))
    places = {(one.told.service, one.told.path) for one in told if isinstance(one, Piece)}
    assert places == {
        (Service.CALENDAR, ("C",)),
        (Service.CALENDAR, ("C", "Empty")),
        (Service.TASKS, ("C", "Nothing to do")),
        (Service.NOTES, ("C", "No notes")),
        (Service.CONTACTS, ("People",)),
        (Service.CONTACTS, ("People", "Below")),
    }
