"""What goes into a file comes out of it, whoever reads it."""

import email
import email.policy
import os
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saasbackup_desktop.providers.files.pst.model import (
    Attachment,
    Message,
    Named,
    Properties,
    Recipient,
    Tag,
    Type,
    Value,
)
from saasbackup_desktop.providers.files.pst.split import PstWriter, Written
from saasbackup_desktop.providers.files.pst.values import encode
from saasbackup_desktop.providers.files.pstcheck import reader as own
from tests.outlook_files import (
    KEYWORDS,
    WHEN,
    attached,
    faults,
    integer,
    item,
    mail,
    person,
    pffexport,
    pst_extractor,
    read_by_pypff,
    readpst,
    sha256,
    string,
)

APPOINTMENT = UUID("00062002-0000-0000-c000-000000000046")
TASK = UUID("00062003-0000-0000-c000-000000000046")
ADDRESS = UUID("00062004-0000-0000-c000-000000000046")
NOTE = UUID("0006200e-0000-0000-c000-000000000046")
OTHER = UUID("11111111-2222-3333-4444-555555555555")

_EXAMPLES = 300 if os.environ.get("SAASBACKUP_LARGE_PST") else 15

_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=60)
_LONG = st.integers(3_570, 3_590).map(lambda size: "x" * (size // 2)) | st.integers(8_170, 9_000).map(lambda n: "y" * n)
_BYTES = st.binary(max_size=80) | st.integers(3_575, 3_585).map(bytes) | st.integers(8_170, 16_360).map(bytes)
_VALUES: Mapping[Type, st.SearchStrategy[Any]] = {
    Type.INTEGER16: st.integers(-0x8000, 0x7FFF),
    Type.INTEGER32: st.integers(-(2**31), 2**31 - 1),
    Type.FLOATING64: st.floats(allow_nan=False),
    Type.BOOLEAN: st.booleans(),
    Type.INTEGER64: st.integers(-(2**63), 2**63 - 1),
    Type.STRING: _TEXT | _LONG,
    Type.TIME: st.datetimes(datetime(1601, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)),
    Type.GUID: st.uuids(),
    Type.BINARY: _BYTES,
    Type.MANY_INTEGER32: st.lists(st.integers(0, 2**31 - 1), max_size=5),
    Type.MANY_STRING: st.lists(_TEXT, max_size=4),
    Type.MANY_BINARY: st.lists(st.binary(max_size=20), max_size=4),
}
_NAMES = st.builds(
    Named, st.sampled_from([APPOINTMENT, OTHER]), st.integers(0x8000, 0x80FF) | st.text("abcÄ-", min_size=1, max_size=9)
)


@st.composite
def _properties(draw: st.DrawFn, numbers: st.SearchStrategy[int]) -> Properties:
    found: dict[int | Named, tuple[Tag, Value]] = {}
    for name in draw(st.lists(numbers | _NAMES, max_size=6)):
        kind = draw(st.sampled_from(list(_VALUES)))
        found[name] = (Tag(name, kind), draw(_VALUES[kind]))
    return dict(found.values())


def _messages(inner: st.SearchStrategy[Message] | None = None) -> st.SearchStrategy[Message]:
    content = st.none() | _BYTES if inner is None else st.none() | _BYTES | inner
    files = st.builds(
        lambda name, more, content: Attachment(properties={string(0x3707): name, **more}, content=content),
        _TEXT.filter(bool),
        _properties(st.integers(0x6000, 0x60FF)),
        content,
    )
    people = st.builds(lambda name: person(name, f"{len(name)}@example.org"), _TEXT)
    return st.builds(
        lambda subject, body, more, people, files: mail(
            subject, body, properties=more, recipients=people, attachments=files
        ),
        _TEXT,
        _TEXT | _LONG,
        _properties(st.integers(0x6000, 0x60FF)),
        st.lists(people, max_size=3),
        st.lists(files, max_size=3),
    )


def _expected(kind: Type, value: Any) -> Any:
    if kind is Type.TIME:
        return value - timedelta(microseconds=0)
    if kind in (Type.MANY_INTEGER32, Type.MANY_STRING, Type.MANY_BINARY):
        return list(value)
    return value


def _same(given: Properties, found: own.Message | own.Attachment) -> None:
    for tag, value in given.items():
        if tag.id in (0x0037, 0x0E07):
            continue
        name = own.Name(tag.id.set, tag.id.id) if isinstance(tag.id, Named) else tag.id
        assert found.type(name) == tag.type
        read = found.value(name)
        assert (list(read) if isinstance(read, tuple) else read) == _expected(tag.type, value), tag


def _same_message(given: Message, found: own.Message) -> None:
    subject = next(value for tag, value in given.properties.items() if tag.id == 0x0037)
    assert found.subject == subject
    _same(given.properties, found)
    people = list(found.recipients())
    assert len(people) == len(given.recipients)
    for one, recipient in zip(people, given.recipients, strict=True):
        for tag, value in recipient.properties.items():
            assert one.properties[tag.id] == value  # type: ignore[index]
    files = list(found.attachments())
    assert len(files) == len(given.attachments)
    for file, attachment in zip(files, given.attachments, strict=True):
        _same(attachment.properties, file)
        if isinstance(attachment.content, Message):
            assert file.message is not None
            _same_message(attachment.content, file.message)
        else:
            assert b"".join(file.content()) == (attachment.content or b"")


@settings(
    max_examples=_EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(_messages(_messages()), min_size=1, max_size=3))
def test_everything_comes_back(messages: list[Message]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.pst"
        with PstWriter(path, "Any") as pst:
            place = pst.folder(("A", "B"), "IPF.Note")
            assert all(isinstance(pst.add(place, message), Written) for message in messages)
        assert faults(path) == []
        with own.PstFile(path) as file:
            for given_one, found in zip(messages, list(file.folders())[-1].messages(), strict=True):
                _same_message(given_one, found)
        with read_by_pypff(path) as read:
            assert len(read) == len(messages)
            for given_one, other in zip(messages, read, strict=True):
                _same_by_pypff(given_one, other)


def _same_by_pypff(given: Message, found: Any) -> None:
    records = found.get_record_set(0)
    entries = [records.get_entry(number) for number in range(records.number_of_entries)]
    by_number = {entry.entry_type: entry for entry in entries}
    for tag, value in given.properties.items():
        if isinstance(tag.id, Named) or tag.id in (0x0037, 0x0E07):
            continue
        entry = by_number[tag.id]
        assert entry.value_type == tag.type
        raw = encode(tag.type, value)
        if isinstance(raw, int):
            raw = raw.to_bytes({Type.INTEGER16: 2, Type.BOOLEAN: 1}.get(tag.type, 4), "little")
        assert (entry.data or b"")[: len(raw)] == raw
    assert found.number_of_attachments == len(given.attachments)
    for number, attachment in enumerate(given.attachments):
        if isinstance(attachment.content, bytes) and attachment.content:
            read = found.get_attachment(number).read_buffer(len(attachment.content))
            assert sha256(read) == sha256(attachment.content)


def _rich(path: Path) -> dict[str, bytes]:
    files = {f"file {number}.bin": struct.pack("<I", number) * (1 << number) for number in range(0, 15, 2)}
    inner = mail(
        "inner ✓", "inside", attachments=[attached("within.txt", b"within")], recipients=[person("I", "i@x.org")]
    )
    with PstWriter(path, "Rich") as pst:
        inbox = pst.folder(("Inbox",), "IPF.Note")
        below = pst.folder(("Inbox", "Projects", "2024 / ä"), "IPF.Note")
        for name, data in files.items():
            pst.add(inbox, mail(f"with {name}", f"Body of {name}\r\nend", attachments=[attached(name, data)]))
        pst.add(
            below, mail("Re: three", "b", properties={string(0x003D): "Re: "}, recipients=[person("T", "t@x.org", 2)])
        )
        pst.add(
            below, mail("embedded", "b", attachments=[attached("inner", inner)], properties={KEYWORDS: ("red", "blue")})
        )
        start, end = WHEN, WHEN + timedelta(hours=1)
        pst.add(
            pst.folder(("Calendar",), "IPF.Appointment"),
            item(
                "IPM.Appointment",
                "Meeting",
                {
                    Tag(Named(APPOINTMENT, 0x820D), Type.TIME): start,
                    Tag(Named(APPOINTMENT, 0x820E), Type.TIME): end,
                    Tag(0x0060, Type.TIME): start,
                    Tag(0x0061, Type.TIME): end,
                    string(0x1000): "Agenda",
                    Tag(Named(APPOINTMENT, 0x8208), Type.STRING): "Room 7",
                    Tag(Named(APPOINTMENT, 0x8205), Type.INTEGER32): 2,
                    Tag(Named(APPOINTMENT, 0x8215), Type.BOOLEAN): False,
                    Tag(Named(APPOINTMENT, 0x8217), Type.INTEGER32): 0,
                    Tag(Named(APPOINTMENT, 0x8223), Type.BOOLEAN): False,
                },
            ),
        )
        pst.add(
            pst.folder(("Contacts",), "IPF.Contact"),
            item(
                "IPM.Contact",
                "Ada Lovelace",
                {
                    string(0x3001): "Ada Lovelace",
                    string(0x3A06): "Ada",
                    string(0x3A11): "Lovelace",
                    Tag(Named(ADDRESS, 0x8083), Type.STRING): "ada@example.org",
                },
            ),
        )
        pst.add(
            pst.folder(("Tasks",), "IPF.Task"),
            item(
                "IPM.Task",
                "Do it",
                {
                    Tag(Named(TASK, 0x8101), Type.INTEGER32): 1,
                    Tag(Named(TASK, 0x8102), Type.FLOATING64): 0.5,
                    Tag(Named(TASK, 0x811C), Type.BOOLEAN): False,
                    Tag(Named(TASK, 0x8126), Type.BOOLEAN): False,
                    string(0x1000): "soon",
                },
            ),
        )
        pst.add(
            pst.folder(("Notes",), "IPF.StickyNote"),
            item(
                "IPM.StickyNote",
                "Remember",
                {string(0x1000): "Remember\r\nmilk", Tag(Named(NOTE, 0x8B00), Type.INTEGER32): 3},
            ),
        )
    return files


def test_pffexport_finds_everything(tmp_path: Path) -> None:
    path = tmp_path / "rich.pst"
    files = _rich(path)
    assert faults(path) == []
    place = pffexport(path, tmp_path)
    found = {one.name.split("_", 1)[-1]: one.read_bytes() for one in place.rglob("*.bin")}
    assert {name: sha256(data) for name, data in found.items()} == {name: sha256(data) for name, data in files.items()}
    assert len([one for one in place.rglob("Message?????") if one.is_dir()]) == len(files) + 3
    kinds = ("Appointment", "Contact", "Task", "Note")
    assert [len(list(place.rglob(f"{kind}.txt"))) for kind in kinds] == [1, 1, 1, 1]
    assert "ada@example.org" in next(place.rglob("Contact.txt")).read_text()
    assert [one.read_text() for one in place.rglob("*within.txt")] == ["within"]
    assert any("2024" in one.name for one in place.rglob("*") if one.is_dir())


def test_readpst_finds_all_mail(tmp_path: Path) -> None:
    path = tmp_path / "rich.pst"
    files = _rich(path)
    place = readpst(path, tmp_path)
    mails = [email.message_from_bytes(one.read_bytes(), policy=email.policy.default) for one in place.rglob("*.eml")]
    assert len(mails) == len(files) + 2
    read: dict[str, str] = {}
    for one in mails:
        for part in one.iter_attachments():
            name = part.get_filename()
            if name and name.endswith(".bin"):
                read[name] = sha256(part.get_payload(decode=True))  # type: ignore[arg-type]
    assert read == {name: sha256(data) for name, data in files.items()}
    assert sorted(str(one["subject"]) for one in mails) == sorted(
        [*(f"with {name}" for name in files), "Re: three", "embedded"]
    )
    (embedded,) = [one for one in mails if one["subject"] == "embedded"]
    inner = [part for part in embedded.walk() if part.get_content_type() == "message/rfc822"]
    assert len(inner) == 1
    assert [one.suffix for one in sorted(place.rglob("*.[iv]c[sf]"))] == [".ics", ".vcf"]


def test_pst_extractor_finds_everything(tmp_path: Path) -> None:
    path = tmp_path / "rich.pst"
    files = _rich(path)
    found = pst_extractor(path)
    top = "Top of Outlook data file"
    assert [(one[2], one[4]) for one in found if one[0] == f"{top}/Inbox"] == [
        (f"with {name}", [f"{name} {len(data)}"]) for name, data in files.items()
    ]
    assert [(one[1], one[2], one[4]) for one in found if one[0] != f"{top}/Inbox"] == [
        ("IPM.Note", "Re: three", []),
        ("IPM.Note", "embedded", ["inner 8"]),  # it opens no message within, not in Outlook's own files either
        ("IPM.Appointment", "Meeting", []),
        ("IPM.Contact", "Ada Lovelace", []),
        ("IPM.Task", "Do it", []),
        ("IPM.StickyNote", "Remember", []),
    ]


def test_subjects_with_and_without_prefixes(tmp_path: Path) -> None:
    path = tmp_path / "subjects.pst"
    prefix, normalized = string(0x003D), string(0x0E1D)
    messages = [
        Message(properties={string(0x0037): "Re: one", prefix: "Re: ", normalized: "one"}),
        Message(properties={prefix: "Fw: ", normalized: "two"}),
        Message(properties={string(0x0037): "three"}),
        Message(properties={string(0x0037): ""}),
        Message(properties={}),
        Message(properties={string(0x0037): "\x01õ"}),
        Message(properties={string(0x0037): "x" * 400}),
    ]
    with PstWriter(path, "Subjects") as pst:
        place = pst.folder(("A",))
        written = [pst.add(place, message) for message in messages]
    assert faults(path) == []
    assert [one.losses for one in written if isinstance(one, Written)][-1] == ("subject-shortened",)
    with own.PstFile(path) as file:
        found = [one.text(0x0037) for one in list(file.folders())[-1].messages()]
    assert found == [
        "\x01\x05Re: one",
        "\x01\x05Fw: two",
        "\x01\x01three",
        "",
        "",
        "\x01\x01\x01õ",
        "\x01\x01" + "x" * 253,
    ]
    with read_by_pypff(path) as read:
        assert [one.subject for one in read][:3] == ["Re: one", "Fw: two", "three"]


def test_unread_items_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "unread.pst"
    with PstWriter(path, "Unread") as pst:
        place = pst.folder(("A",), "IPF.Note")
        for flags in (0, 1, 0, 1, 0):
            pst.add(place, Message(properties={integer(0x0E07): flags}))
        pst.folder(("Deleted Items", "Old"), "IPF.Note")
    assert faults(path) == []
    with own.PstFile(path) as file:
        folders = {one.path: (one.value(0x3602), one.value(0x3603)) for one in file.folders()}
    assert folders[("A",)] == (5, 3)
    assert ("Deleted Items", "Old") in folders


@pytest.mark.parametrize(
    ("tag", "value", "reason"),
    [
        (Tag(0x0039, Type.TIME), datetime(2024, 1, 1), "time-without-zone"),
        (Tag(0x0039, Type.TIME), datetime(1500, 1, 1, tzinfo=UTC), "time-out-of-range"),
        (integer(0x6000), "seven", "value-of-another-type"),
        (string(0x6000), b"seven", "value-of-another-type"),
        (Tag(0x6000, Type.OBJECT), b"seven", "value-of-another-type"),
        (integer(0x8B00), 7, "property-without-name"),
        (integer(0), 7, "property-without-name"),
        (Tag(Named(OTHER, ""), Type.STRING), "x", "name-empty"),
    ],
)
def test_what_cannot_be_written_is_told(tmp_path: Path, tag: Tag, value: Value, reason: str) -> None:
    path = tmp_path / "told.pst"
    with PstWriter(path, "Told") as pst:
        place = pst.folder(("A",))
        skipped = pst.add(place, Message(properties={tag: value}))
        assert getattr(skipped, "reason", None) == reason
        assert isinstance(pst.add(place, mail("good")), Written)
    assert faults(path) == []


def test_text_that_no_file_can_hold_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "mended.pst"
    with PstWriter(path, "Mended") as pst:
        pst.add(
            pst.folder(("A",)),
            Message(properties={string(0x1000): "a\0b\ud800c"}, recipients=[Recipient(properties={})]),
        )
    assert faults(path) == []
    with own.PstFile(path) as file:
        assert [one.text(0x1000) for one in list(file.folders())[-1].messages()] == ["ab?c"]
