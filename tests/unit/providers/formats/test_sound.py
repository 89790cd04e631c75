"""Texts that would spoil a file for others are told from those that may stand in it, and are kept beside."""

import icalendar
import pytest
import vobject

from saasbackup_desktop.providers.formats import content_lines
from saasbackup_desktop.providers.formats.ical import texts
from saasbackup_desktop.providers.formats.ical.reading import Read, read_calendar
from saasbackup_desktop.providers.formats.kept_text import LONGEST, text_in, with_text
from saasbackup_desktop.providers.formats.sound import is_sound, is_sound_card
from saasbackup_desktop.providers.formats.vcard.reading import read_cards
from tests.corpora import Corpora
from tests.unit.providers.files.entries import SHARE

_NEVER_REFUSED = 16
"""Kilobytes of text that every referee reads in a moment."""


def event(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT", "")).encode()


@pytest.mark.parametrize(
    "line",
    [
        "DTSTART:20260105T080000Z",
        "DTSTART;VALUE=DATE:20260105",
        "DTSTART;TZID=Europe/Berlin:20260105T080000",
    ],
)
def test_sound(line: str) -> None:
    rest = (
        "RRULE:FREQ=MONTHLY;BYDAY=-1MO,2TU;COUNT=3",
        "GEO:1.5;-2",
        "TRIGGER:-PT5M",
        'X-A;B="c:;d",e:f:g',
        "DURATION:P1DT2H",
    )
    assert is_sound(event(line, *rest))


@pytest.mark.parametrize(
    "line",
    [
        *(
            "DTSTART:20260105",
            "DTSTART:20260230T080000Z",
            "DTSTART;VALUE=DATE:20260105T080000Z",
            "DTSTART:",
            "X",
            "X;Y:1",
        ),
        *("RRULE:FREQ=NEVER", "RRULE:FREQ=DAILY;BYDAY=TH ", "RRULE:", "RRULE:FREQ=DAILY;COUNT=1;UNTIL=20260105"),
        *("DTSTAMP:20260105", "SEQUENCE:x", "DURATION:P1DT", "DURATION:P", "TRIGGER:-PD", "GEO:1", 'A"B:1', 'X;Y="1:2'),
        *("UID:2", "RDATE;VALUE=PERIOD:20260105/20260106", "END:VEVENT \r\nBEGIN:VEVENT", "BEGIN:VALARM"),
    ],
)
def test_not_sound(line: str) -> None:
    start = [] if line.startswith("DTSTART") else ["DTSTART:20260105T080000Z"]
    assert not is_sound(event(*start, line))


def test_the_same_twice_in_one_text_is_not_sound() -> None:
    assert not is_sound(event("DTSTART:20260105T080000Z") * 2)
    assert not is_sound(b"BEGIN:VEVENT\r\nDTSTART:20260105T080000Z\r\nSUMMARY:\xff\r\nEND:VEVENT\r\n")


@pytest.mark.parametrize(
    ("start", "offset", "sound"),
    [
        *(("20170101T000000", "+1100", True), ("20170101", "+1100", False), ("20170101T000000Z", "+1100", False)),
        *(("20170101T000000", "+11:00", False), ("20170101T000000", "", False)),
    ],
)
def test_zones(start: str, offset: str, *, sound: bool) -> None:
    kind = "VALUE=DATE:" if len(start) == 8 else ""
    onset = f"BEGIN:STANDARD\r\nDTSTART{';' + kind if kind else ':'}{start}\r\nTZOFFSETFROM:+0100\r\n"
    onset += f"TZOFFSETTO:{offset}\r\n" if offset else ""
    assert is_sound(f"BEGIN:VTIMEZONE\r\nTZID:Z\r\n{onset}END:STANDARD\r\nEND:VTIMEZONE\r\n".encode()) is sound


def test_cards() -> None:
    card = "BEGIN:VCARD\r\nVERSION:{}\r\n{}END:VCARD\r\n"
    assert is_sound_card(card.format("3.0", "N:a\r\nFN:a\r\n").encode())
    assert is_sound_card(card.format("2.1", "N:a\r\nFN:a\r\nTEL;HOME:1\r\n").encode())
    for version, lines in (("3.0", "N:a\r\n"), ("3.0", "FN:a\r\nTEL;HOME:1\r\n"), ("4.0", "FN:a\r\nN:a\r\nN:b\r\n")):
        assert not is_sound_card(card.format(version, lines).encode())


def test_a_text_is_kept_until_somebody_changes_what_is_written_of_it() -> None:
    data = event("DTSTART:20260105T080000Z")
    text = bytes(range(256)) * 9
    kept = with_text(data, text)
    assert kept is not None
    assert is_sound(kept)
    assert text_in(kept) == text
    assert text_in(kept.replace(b"0105", b"0106")) is None
    assert text_in(data) is None
    assert with_text(data, bytes(LONGEST + 1)) is None


@pytest.mark.filterwarnings("ignore")
def test_what_is_sound_is_refused_by_nobody(corpora: Corpora) -> None:
    judged = 0
    for number, sample in enumerate(corpora.samples("ical")):
        data = sample.read() if not number % SHARE and sample.path.is_file() else b""
        calendar = read_calendar(data) if len(data) < _NEVER_REFUSED << 10 else None
        for one in calendar.items() if calendar is not None else ():
            said = texts.taken_apart(one.parts["original.ics"]) if isinstance(one, Read) else None
            if said is None or not all(map(is_sound, (said.items, *said.zones.values()))):
                continue
            judged += 1
            whole = b"".join((b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:p\r\n", *said.zones.values(), said.items))
            found = icalendar.Calendar.from_ical(whole + b"END:VCALENDAR\r\n")
            assert [each.errors for each in found.walk() if each.errors] == [], sample.name
            spans = [each for each in content_lines.spans(said.items) if each.kind != "VTIMEZONE"]
            counted = [each for each in found.subcomponents if each.name != "VTIMEZONE"]
            assert len(counted) == len(spans), sample.name
    for number, sample in enumerate(corpora.samples("vcard")):
        cards = read_cards(sample.read()) if not number % SHARE and sample.path.is_file() else None
        for card in cards.items() if cards is not None else ():
            text = card.parts["original.vcf"]
            if is_sound_card(text) and b"VERSION:2.1" not in text:
                judged += 1
                vobject.readOne(text.decode()).validate(raiseException=True)
    assert judged > 20
