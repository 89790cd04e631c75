"""Items as tables."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saasbackup_desktop.core.errors import FormatUnfit
from saasbackup_desktop.core.export.ports import EmptyFolder, Entry, FolderWriter, SteadyWriter
from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.shelves.archive import ZipShelf
from saasbackup_desktop.providers.files.shelves.folder import FolderShelf
from saasbackup_desktop.providers.files.tables import calendar, mail, people, tasks
from saasbackup_desktop.providers.files.tables.cells import LONGEST, TEXT_CUT, row, safe
from saasbackup_desktop.providers.files.tables.writer import CsvWriter
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.vcard.reading import read_cards
from tests.corpora import Corpora
from tests.unit.providers.files.entries import SHARE, entry

csv.field_size_limit(1 << 24)


def table(place: Path, entries: list[Entry]) -> tuple[list[dict[str, str]], list[tuple[str, ...]]]:
    """The one table that these entries make, and what was lost of each."""
    shelf = FolderShelf(place, "Export")
    writer: SteadyWriter = CsvWriter(shelf)
    losses = [tuple(writer.add(one)) for one in entries]
    writer.finish()
    (folder,) = shelf.publish()
    (path,) = folder.rglob("*.csv")
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    with io.StringIO(data[3:].decode(), newline="") as text:
        return list(csv.DictReader(text, strict=True)), losses


def told(plain: dict[str, Any], service: Service) -> Entry:
    return entry(json.dumps(plain).encode(), path=("Folder",), service=service)


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "\uff1d1", "\n=x"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe(text).startswith("'")


@pytest.mark.parametrize("text", ["+49 (89) 123-456", "-5", "a=b", "", "2023-11-14", "+1.5", "x@y.example"])
def test_what_is_none_stays(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    "unseen", ["\u200e", "\u2060", "\u00ad", "\u200c", "\u061c", "\u3164", "\ue000", "\u2800", "\u00a0\ufe0f", "\u0301"]
)
def test_nothing_invisible_hides_a_formula(unseen: str) -> None:
    for sign in "=+-@\ufe66\ufe62\ufe63\ufe6b\uff1d":
        assert safe(f"{unseen}{sign}SUM(A1)").startswith("'")


@pytest.mark.parametrize("between", [";", "\t", "\n", "\u061b"])
@pytest.mark.parametrize("hidden", ["=cmd|'/C calc'!A0", '""=1+1', "\u2060\ufe66A1", "-1&", " -5/", "@x", '"" +A1\n'])
def test_no_cell_is_a_formula_where_another_sign_ends_cells(between: str, hidden: str) -> None:
    assert safe(f"Hello{between}{hidden}") == f"Hello{between}'{hidden}"


@pytest.mark.parametrize(
    "text",
    [
        "a;b=c",
        "a;-5",
        "a\n+49 89 1\nb",
        "a\n-- \nAnn",
        "a\n-----Original Message-----\n======\n- one\nb",
        "\u2014 x;\u201c=1",
    ],
)
def test_lines_of_mail_stay(text: str) -> None:
    assert safe(text) == text


@given(st.lists(st.text(st.sampled_from("=+-@;\t\n\"',.(|1a \u2060\ufe66"), max_size=12), min_size=2))
def test_a_reader_that_ends_cells_at_semicolons_finds_no_formula(cells: list[str]) -> None:
    for between in ";\t":
        with io.StringIO(row(cells).decode(), newline="") as text:
            for found in (cell.lstrip(" \n\u2060") for line in csv.reader(text, delimiter=between) for cell in line):
                assert not re.match("[=@\ufe66]", found) or re.fullmatch("[-=+. ]*", found)


@given(st.lists(st.text(st.characters(), max_size=30), min_size=2))
def test_every_text_makes_a_line(cells: list[str]) -> None:
    with io.StringIO(row(cells).decode(), newline="") as text:
        (found,) = csv.reader(text, strict=True)
    assert len(found) == len(cells)
    for cell in found:
        assert cell[:1] not in ("=", "@", "\t", "\r")


def test_a_message(tmp_path: Path) -> None:
    data = (
        b"From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>\r\nTo: A <a@x.example>, b@x.example\r\nSubject: =HYPERLINK(1)\r\n"
        b"Date: Tue, 14 Nov 2023 23:13:20 +0100\r\nMessage-ID: <1@x>\r\nImportance: high\r\n\r\nHello,\r\n"
        b"world \xe2\x82\xac\r\n"
    )
    (found,), (lost,) = table(tmp_path, [entry(data, flags=("\\Seen",), facets={"attachments": "a.pdf\nb.pdf"})])
    assert tuple(found) == mail.COLUMNS
    assert {name: text for name, text in found.items() if text} == {
        "Subject": "'=HYPERLINK(1)",
        "Body": "Hello,\nworld \u20ac",
        "From: (Name)": "J\u00fcrgen",
        "From: (Address)": "j@x.example",
        "From: (Type)": "SMTP",
        "To: (Name)": "A;b@x.example",
        "To: (Address)": "a@x.example;b@x.example",
        "To: (Type)": "SMTP;SMTP",
        "Importance": "High",
        "Sensitivity": "Normal",
        "Sent": "2023-11-14 23:13:20+01:00",
        "Received": "2023-11-14 22:13:20+00:00",
        "Message ID": "<1@x>",
        "Attachments": "a.pdf;b.pdf",
        "Size": str(len(data)),
        "Flags": "\\Seen",
    }
    assert not lost


def test_an_event_with_what_departs_from_it(tmp_path: Path) -> None:
    plain = {
        "subject": "Stand-up",
        "start": {"dateTime": "2024-07-01T07:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2024-07-01T07:15:00.0000000", "timeZone": "UTC"},
        "originalStartTimeZone": "W. Europe Standard Time",
        "isReminderOn": True,
        "reminderMinutesBeforeStart": 15,
        "organizer": {"emailAddress": {"name": "Ann", "address": "ann@x.example"}},
        "attendees": [
            {"type": "required", "emailAddress": {"name": "Bob", "address": "bob@x.example"}},
            {"type": "resource", "emailAddress": {"name": "Room", "address": "room@x.example"}},
        ],
        "showAs": "free",
        "sensitivity": "private",
        "body": {"contentType": "html", "content": "<p>Daily &amp; short</p>"},
        "recurrence": {
            "pattern": {"type": "weekly", "interval": 2, "daysOfWeek": ["monday", "friday"]},
            "range": {"type": "endDate", "startDate": "2024-07-01", "endDate": "2024-12-31"},
        },
        "cancelledOccurrences": ["OID.abc.2024-07-05"],
        "exceptionOccurrences": [
            {
                "originalStart": "2024-07-15T07:00:00Z",
                "subject": "Long one",
                "start": {"dateTime": "2024-07-15T08:00:00.0000000", "timeZone": "UTC"},
                "end": {"dateTime": "2024-07-15T10:00:00.0000000", "timeZone": "UTC"},
            }
        ],
    }
    (series, departing), (lost,) = table(tmp_path, [told(plain, Service.CALENDAR)])
    assert tuple(series) == calendar.COLUMNS
    assert lost == (calendar.SERIES_AS_LINE,)
    assert (series["Start Date"], series["Start Time"], series["End Time"]) == ("2024-07-01", "09:00:00", "09:15:00")
    assert (series["Reminder Date"], series["Reminder Time"]) == ("2024-07-01", "08:45:00")
    assert (series["Time Zone"], series["Show time as"], series["Private"]) == ("W. Europe Standard Time", "3", "True")
    assert series["Required Attendees"] == "Bob <bob@x.example>"
    assert series["Meeting Resources"] == "Room <room@x.example>"
    assert series["Description"] == "Daily & short"
    assert series["Recurrence"] == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20241231"
    assert series["Cancelled Dates"] == "2024-07-05"
    assert (departing["Subject"], departing["Start Time"]) == ("Long one", "10:00:00")
    assert (departing["Recurrence"], departing["Exception Of"]) == ("", "2024-07-15 07:00:00")


def test_a_contact(tmp_path: Path) -> None:
    plain = {
        "givenName": "Ann",
        "surname": "Lee",
        "businessPhones": ["+49 89 1", "2", "3"],
        "emailAddresses": [{"name": f"n{number}", "address": f"{number}@x.example"} for number in range(4)],
        "homeAddress": {"street": "First\nSecond", "city": "M\u00fcnchen", "postalCode": "80331"},
        "birthday": "1980-02-03T11:59:00Z",
        "personalNotes": "=1",
        "categories": ["Red", "Blue"],
        "members": [{"name": "Bob", "address": "bob@x.example"}],
    }
    (found,), (lost,) = table(tmp_path, [told(plain, Service.CONTACTS)])
    assert tuple(found) == people.COLUMNS
    assert lost == ("details-cut",)
    assert (found["Business Phone"], found["Business Phone 2"], found["More Phones"]) == ("+49 89 1", "2", "3")
    assert (found["E-mail 3 Address"], found["More E-mail Addresses"]) == ("2@x.example", "3@x.example")
    assert (found["Home Street"], found["Home Street 2"], found["Home City"]) == ("First", "Second", "M\u00fcnchen")
    assert found["Members"] == "Bob <bob@x.example>"
    assert (found["Birthday"], found["Notes"], found["Categories"]) == ("1980-02-03", "'=1", "Red;Blue")


def test_a_task_and_a_note(tmp_path: Path) -> None:
    task = {
        "title": "Pay",
        "status": "completed",
        "dueDateTime": {"dateTime": "2024-01-31T00:00:00.0000000", "timeZone": "UTC"},
        "checklistItems": [{"displayName": "find", "isChecked": True}, {"displayName": "send"}],
    }
    (found,), _ = table(tmp_path / "1", [told(task, Service.TASKS)])
    assert tuple(found) == tasks.TASKS
    assert (found["Due Date"], found["Status"], found["% Complete"]) == ("2024-01-31", "Completed", "100")
    assert found["Steps"] == "[x] find\n[ ] send"
    note = told({"subject": "Milk", "body": {"contentType": "text", "content": "and bread"}}, Service.NOTES)
    text = entry(b"Subject: Old\r\n\r\ntext", path=("Folder",), service=Service.NOTES)
    both, _ = table(tmp_path / "2", [note, text])
    assert [(one["Subject"], one["Note Body"]) for one in both] == [("Milk", "and bread"), ("Old", "text")]


def test_texts_that_no_cell_holds_are_cut_and_that_is_said(tmp_path: Path) -> None:
    (found,), (lost,) = table(tmp_path, [entry(b"Subject: x\r\n\r\n" + b"word " * 20_000)])
    assert len(found["Body"]) <= LONGEST
    assert lost == (TEXT_CUT,)


def test_what_there_is_no_table_of_is_refused(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    for one in (told({}, Service.SETTINGS), entry(b"no json", service=Service.CALENDAR)):
        with pytest.raises(FormatUnfit):
            CsvWriter(shelf).add(one)
    shelf.close()
    assert not list(shelf.root.rglob("*.csv"))


@pytest.mark.parametrize("kind", [FolderShelf, ZipShelf])
def test_a_table_goes_on_without_a_second_head(tmp_path: Path, kind: type[FolderShelf] | type[ZipShelf]) -> None:
    shelf = kind(tmp_path, "Export", key="one")
    writer = CsvWriter(shelf)
    writer.add(entry(b"Subject: 1\r\n\r\n"))
    since = json.loads(json.dumps(shelf.seal().since))
    shelf.close()
    shelf = kind(tmp_path, "Export", key="one", since=since)
    CsvWriter(shelf).add(entry(b"Subject: 2\r\n\r\n"))
    shelf.end()
    (made,) = shelf.files()
    shelf.publish()
    assert made.name == "Inbox.csv"
    if kind is FolderShelf:
        assert (tmp_path / "Export" / "Inbox.csv").read_bytes().count(b"Subject") == 1


def test_real_mail(tmp_path: Path, corpora: Corpora) -> None:
    samples = [sample.read() for sample in list(corpora.messages())[::SHARE]]
    found, _ = table(tmp_path, [entry(body) for body in samples])
    assert len(found) == len(samples)
    assert all(None not in one and None not in one.values() for one in found)


def test_real_calendars_and_contacts(tmp_path: Path, corpora: Corpora) -> None:
    entries: dict[Service, list[Entry]] = {}
    for sample in list(corpora.samples("ical"))[::SHARE]:
        opened = read_calendar(sample.read())
        for one in opened.items() if opened else ():
            if isinstance(one, Read):
                entries.setdefault(one.service, []).append(told(dict(one.plain), one.service))
    for sample in list(corpora.samples("vcard"))[::SHARE]:
        cards = read_cards(sample.read())
        for card in cards.items() if cards else ():
            entries.setdefault(Service.CONTACTS, []).append(told(dict(card.plain), Service.CONTACTS))
    assert set(entries) >= {Service.CALENDAR, Service.TASKS, Service.CONTACTS}
    for service, some in entries.items():
        found, losses = table(tmp_path / service, some)
        departing = sum(bool(one.get("Exception Of")) for one in found)
        assert len(found) - departing == len(some) == len(losses)


def test_folders_in_which_nothing_lies_are_tables_of_columns(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path, "Export")
    writer = CsvWriter(shelf)
    assert isinstance(writer, FolderWriter)
    for service in (Service.CALENDAR, Service.CONTACTS, Service.SETTINGS):
        writer.add_folder(EmptyFolder(service=service, path=("Above", service.value)))
    writer.add(told({"subject": "One"}, Service.CALENDAR))
    writer.finish()
    (folder,) = shelf.publish()
    heads = {path.name: path.read_bytes() for path in folder.rglob("*.csv")}
    assert sorted(heads) == ["Folder.csv", "calendar.csv", "contacts.csv"]
    assert heads["calendar.csv"] == heads["Folder.csv"].partition(b"\r\n")[0] + b"\r\n"
    assert heads["contacts.csv"].count(b"\n") == 1
