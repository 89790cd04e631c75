"""Which archives are found where, and what lies in them."""

import os
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import ArchiveMissing, ArchiveUnreadable
from saasbackup_desktop.core.model import Role, Service
from saasbackup_desktop.providers.files.archives import calendars, reading
from saasbackup_desktop.providers.files.archives.finding import Archive, BadFile, Kind, PassedOver
from saasbackup_desktop.providers.files.archives.reading import Piece, read
from saasbackup_desktop.providers.files.found import Broken, FolderFound, Found
from tests.corpora import Corpora
from tests.unit.providers.files.entries import SHARE

MESSAGE = b"From: ada@example.org\r\nSubject: Hello\r\n\r\nx\r\n"
MAILBOX = b"From - Mon Jan 01 10:00:00 2024\nSubject: Hello\n\nx\n\n"


Told = Archive | Piece | BadFile | PassedOver | FolderFound


def everything(*paths: Path, scratch: Path | None = None) -> list[Told]:
    return list(read(paths, tuple(Service), scratch or paths[0].parent / "scratch"))


def places(pieces: list[Told]) -> Counter[str]:
    return Counter("/".join(one.told.path) for one in pieces if isinstance(one, Piece) and isinstance(one.told, Found))


def faults(pieces: list[Told]) -> dict[str, tuple[str, object]]:
    bad = [one for one in pieces if isinstance(one, BadFile)]
    return {one.label: (one.fault.code, one.fault.facts.get("reason", "")) for one in bad}


def put(path: Path, data: bytes = MESSAGE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_folders_of_programs_become_folders_of_mail(tmp_path: Path) -> None:
    top = tmp_path / "Profile"
    put(top / "loose.eml")
    put(top / "Inbox", MAILBOX)  # Thunderbird
    put(top / "Inbox.msf", b"index")
    put(top / "Inbox.sbd" / "Work", MAILBOX)
    put(top / "Travel.mbox" / "mbox", MAILBOX)  # Apple Mail, old
    put(top / "Home.mbox" / "Messages" / "1.emlx", b"%d\n%s<?xml version='1.0'?>" % (len(MESSAGE), MESSAGE))
    put(top / "Maildir" / "cur" / "1700.M1.host:2,S")
    put(top / "Maildir" / ".Sent.2024" / "new" / "1701.M2.host")
    put(top / "plain.msg")
    found = everything(top)
    assert faults(found) == {}
    assert places(found) == {
        "Profile": 2,
        "Inbox": 1,
        "Inbox/Work": 1,
        "Travel": 1,
        "Home/Messages": 1,
        "Maildir": 1,
        "Maildir/Sent/2024": 1,
    }
    datas = {one.told.data for one in found if isinstance(one, Piece) and isinstance(one.told, Found)}
    assert datas == {MESSAGE, b"Subject: Hello\r\n\r\nx\r\n"}
    told = [one.told for one in found if isinstance(one, Piece)]
    assert [one.role for one in told if isinstance(one, FolderFound) and one.path == ("Inbox",)] == [Role.INBOX]


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    top = tmp_path / "Mixed"
    put(top / "a" / "good.eml")
    put(top / "a" / "void.eml", b"")
    put(top / "a" / "picture.eml", bytes(range(200)) * 9)
    put(top / "old.pst", b"nonsense")
    put(top / "half.zip", b"PK\x03\x04 and no end")
    put(top / "note.msg", b"\xd0\xcf\x11\xe0 Outlook")
    put(top / "empty.pst", b"")
    put(top / "dates.ics", b"no calendar")
    put(top / "readme.txt", b"nothing to do with it")
    found = everything(top)
    assert places(found) == {"a": 1}
    told = [one.told for one in found if isinstance(one, Piece)]
    broken = {one.name: one.detail for one in told if isinstance(one, Broken)}
    assert broken == {"void.eml": "empty", "picture.eml": "no-message"}
    assert faults(found) == {
        "Mixed/old.pst": ("archive-unreadable", "unlike"),
        "Mixed/half.zip": ("archive-unreadable", "damaged"),
        "Mixed/note.msg": ("archive-unreadable", "unlike"),
        "Mixed/empty.pst": ("archive-unreadable", "empty"),
        "Mixed/dates.ics": ("archive-unreadable", "unlike"),
    }


def passed(pieces: list[Told]) -> list[str]:
    return [one.label for one in pieces if isinstance(one, PassedOver)]


def test_files_of_a_folder_are_known_by_how_they_begin(tmp_path: Path) -> None:
    top = tmp_path / "Corpus"
    put(top / "msg_01.txt")
    put(top / "00011.abc123", b"From ada@example.org  Thu Aug 22 12:36:23 2002\nReturn-Path: <x>\nSubject: one\n\nx\n")
    put(top / "all.2002", MAILBOX * 2)
    put(top / "folded.dat", b"X-First: 1\n\tmore\nMessage-ID: <1@x>\n\nx\n")
    put(top / "dates.bak", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    put(top / "._msg_01.txt", b"beside")
    for name, data in {
        "Book.docx": b"PK\x03\x04",
        "letter.doc": b"Dear Ada,\nFrom: me\n",
        "passwd": b"root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\n",
        "picture.jpg": bytes(range(256)),
        "nothing.txt": b"",
    }.items():
        put(top / name, data)
    found = everything(top)
    assert faults(found) == {}
    assert places(found) == {"Corpus": 3, "all.2002": 2}
    assert passed(found) == [
        f"Corpus/{name}" for name in ("Book.docx", "letter.doc", "nothing.txt", "passwd", "picture.jpg")
    ]


def test_empty_folders_are_folders_of_mail_where_mail_lies_around_them(tmp_path: Path) -> None:
    top = tmp_path / "Tree"
    put(top / "Inbox" / "1.eml")
    put(top / "Photos" / "1.jpg", bytes(range(99)))
    for name in ("Inbox/Later", "Ahead/Below", "Photos/2024", ".cache/x", "Mail/cur", "Mail/tmp"):
        (top / name).mkdir(parents=True)
    packed = tmp_path / "Tree.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(top / "Inbox" / "1.eml", "Inbox/1.eml")
        for name in ("Inbox/", "Inbox/Later/", "Ahead/Below/"):
            archive.writestr(name, b"")
    for place in (top, packed):
        told = [one.path for one in everything(place) if isinstance(one, FolderFound)]
        assert told == [("Ahead", "Below"), ("Inbox", "Later")]
    assert not [one for one in read([top], [Service.CALENDAR], tmp_path) if isinstance(one, FolderFound)]


def test_a_text_is_no_mail_because_somebody_picked_it(tmp_path: Path) -> None:
    table = put(tmp_path / "passwd", b"root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\n")
    prose = put(tmp_path / "notes.txt", b"Note: buy milk\n\nSubject: no header\n")
    assert [code for code, _ in faults(everything(table, prose)).values()] == ["archive-foreign"] * 2
    assert places(everything(put(tmp_path / "saved.txt"))) == {tmp_path.name: 1}


def test_archives_in_archives_are_opened_as_deep_as_makes_sense(tmp_path: Path) -> None:
    inner = put(tmp_path / "letter.eml")
    for depth in range(5):
        outer = tmp_path / f"{depth}.zip"
        with zipfile.ZipFile(outer, "w") as packed:
            packed.write(inner, f"../{inner.name}")  # a name that would like to leave
        inner = outer
    scratch = tmp_path / "scratch"
    bad = faults(everything(tmp_path / "4.zip", scratch=scratch))
    assert [*bad.values()] == [("archive-unreadable", "nested")]
    assert places(everything(tmp_path / "2.zip", scratch=scratch)) == {"0": 1}
    assert not [path for path in scratch.rglob("*") if path.is_file()]


def test_a_member_that_is_longer_than_it_says_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inner.zip", b"PK\x03\x04" + bytes(1 << 20))
    data = file.read_bytes()
    size = ((1 << 20) + 4).to_bytes(4, "little")
    file.write_bytes(data.replace(size, (1 << 10).to_bytes(4, "little")))
    assert [code for code, _ in faults(everything(file)).values()] == ["archive-unreadable"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "secret.eml")
    put(tmp_path / "picked" / "mine.eml")
    (tmp_path / "picked" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "picked" / "again").symlink_to(tmp_path / "picked")
    assert places(everything(tmp_path / "picked")) == {"picked": 1}


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_in_charsets_that_nobody_told_can_be_written_down(tmp_path: Path) -> None:
    put(tmp_path / "picked" / os.fsdecode(b"Entw\xfcrfe\n") / os.fsdecode(b"\xe4.eml"))
    assert places(everything(tmp_path / "picked")) == {"Entwürfe\N{REPLACEMENT CHARACTER}": 1}


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    [bad] = everything(tmp_path / "gone.pst")
    assert isinstance(bad, BadFile)
    assert isinstance(bad.fault, ArchiveMissing)


def test_calendars_of_one_event_each_are_one_calendar(tmp_path: Path) -> None:
    event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20240101T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    for number in range(3):
        put(tmp_path / "dav" / "family" / f"{number}.ics", event % number)
    assert places(everything(tmp_path / "dav")) == {"family": 3}


def test_a_card_lies_in_the_folder_of_its_file_unless_the_file_is_a_folder(tmp_path: Path) -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:x-ada-y\r\nFN:Ada Müller\r\nN:Müller;Ada;B.;Dr.;\r\n"
        "ORG:Engines\r\nEMAIL:ada@example.org\r\nEND:VCARD\r\n"
    ).encode()
    own = (
        "Ada Müller",
        "Muller, Ada",
        "AdaMüller (2)",
        "ada_muller-3",
        "Dr. Ada B. Müller",
        "ada@example.org",
        "Engines",
    )
    opaque = ("x-ada-y", "17", "0c3e-ABCD-99", "contact-12", "4f1c2d3e-aaaa-bbbb-cccc-0123456789ab")
    folders = ("Friends", "Family 2024", "Cafe", "Ada")
    for name in (*own, *opaque, *folders):
        put(tmp_path / "all" / "People" / f"{name}.vcf", card)
    assert places(everything(tmp_path / "all")) == {
        "People": len(own) + len(opaque),
        **{f"People/{name}": 1 for name in folders},
    }
    put(tmp_path / "lone" / "Contacts" / "7.vcf", card.replace(b"x-ada-y", b""))
    assert places(everything(tmp_path / "lone")) == {"Contacts": 1}


def test_a_reader_that_stumbles_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path / "all" / "a.vcf", b"BEGIN:VCARD\r\nEND:VCARD\r\n")
    put(tmp_path / "all" / "b.eml")

    def stumble(_archive: Archive) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(reading, "read_contacts", stumble)
    found = everything(tmp_path / "all")
    assert places(found) == {"all": 1}
    assert faults(found) == {"all/a.vcf": ("archive-unreadable", "bug")}
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()


def test_a_calendar_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "_LARGEST", 100)
    [_, bad] = everything(put(tmp_path / "large.ics", b"BEGIN:VCALENDAR\r\n" * 10))
    assert isinstance(bad, BadFile)
    assert isinstance(bad.fault, ArchiveUnreadable)
    assert bad.fault.facts["reason"] == "too-long"


def test_real_archives_are_read_to_their_ends(corpora: Corpora, tmp_path: Path) -> None:
    counts: Counter[str] = Counter()
    for name in ("vcard", "pst", *(["mime", "ical"] if SHARE == 1 else [])):
        for one in everything(corpora.folder / name, scratch=tmp_path / "scratch"):
            if isinstance(one, BadFile):
                counts[str(one.fault.facts.get("reason", one.fault.code))] += 1
            elif isinstance(one, Piece):
                counts[type(one.told).__name__] += 1
            elif isinstance(one, PassedOver):
                counts["passed over"] += 1
            elif one.kind is Kind.PST:
                counts["data files"] += 1
    assert counts["bug"] == 0
    assert counts["data files"] == 18
    assert counts["Found"] > 400
