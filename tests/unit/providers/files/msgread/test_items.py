"""Items of one file each, in the forms in which the vault keeps them."""

import email
import io
import json
import zipfile
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import pytest

from saasbackup_desktop.core.errors import ArchiveUnreadable
from saasbackup_desktop.core.model import Role, Service
from saasbackup_desktop.providers.files.archives import reading
from saasbackup_desktop.providers.files.archives.finding import BadFile
from saasbackup_desktop.providers.files.archives.reading import Piece
from saasbackup_desktop.providers.files.archives.reading import read as read_all
from saasbackup_desktop.providers.files.found import FolderFound, Found
from saasbackup_desktop.providers.files.msgread import read
from saasbackup_desktop.providers.files.msgread.compound import Compound
from saasbackup_desktop.providers.files.pstread import losses
from saasbackup_desktop.providers.files.pstread.named import public, task
from tests.unit.providers.files.msgread.building import (
    BINARY,
    BOOLEAN,
    INTEGER,
    MANY,
    OBJECT,
    STRING,
    STRING8,
    TIME,
    File,
    Properties,
)

WHEN: Final = datetime(2011, 5, 4, 10, 30, tzinfo=UTC)
MAIL: Final[Properties] = {
    (0x001A, STRING): "IPM.Note",
    (0x0037, STRING): "Grüße",
    (0x1000, STRING): "Hello\r\nyou\r\n",
    (0x0E06, TIME): WHEN,
    (0x0E07, INTEGER): 1,
    (0x0C1A, STRING): "Ada",
    (0x0C1F, STRING): "ada@example.org",
    (0x0C1E, STRING): "SMTP",
}
TO: Final[Properties] = {(0x3001, STRING): "Bob", (0x3003, STRING): "bob@example.org", (0x0C15, INTEGER): 1}
CC: Final[Properties] = {(0x3001, STRING): "Eve", (0x39FE, STRING): "eve@example.org", (0x0C15, INTEGER): 2}


def _attached(name: str, data: bytes) -> Properties:
    return {(0x3705, INTEGER): 1, (0x3707, STRING): name, (0x3701, BINARY): data}


def _read(file: File | bytes, tmp_path: Path) -> Found:
    path = tmp_path / "one.msg"
    path.write_bytes(file if isinstance(file, bytes) else file.written())
    found = read(path, ("Old",), "one.msg", frozenset(Service))
    assert found is not None
    return found


def _mail(found: Found) -> EmailMessage:
    assert found.service is Service.MAIL
    message = email.message_from_bytes(found.data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_mail_is_read_with_whom_it_went_to_and_its_files(tmp_path: Path) -> None:
    file = File()
    large = bytes(range(256)) * 40
    file.message(file.root, MAIL, (TO, CC), (_attached("Zahlen.bin", large), _attached("leer.txt", b"")))
    found = _read(file, tmp_path)
    message = _mail(found)
    assert (found.name, found.time, found.flags, found.lost) == ("Grüße", int(WHEN.timestamp()), ("\\Seen",), ())
    assert (message["From"], message["To"], message["Cc"]) == (
        "Ada <ada@example.org>",
        "Bob <bob@example.org>",
        "Eve <eve@example.org>",
    )
    body = message.get_body()
    assert body is not None
    assert body.get_content() == "Hello\r\nyou\r\n"
    files = {one.get_filename(): one.get_payload(decode=True) for one in message.iter_attachments()}
    assert files == {"Zahlen.bin": large, "leer.txt": b""}


def test_unsent_flagged_categorised_mail_says_so(tmp_path: Path) -> None:
    file = File()
    file.names([public("Keywords"), task(0x8105)])
    state: Properties = {
        (0x0E07, INTEGER): 8,
        (0x1090, INTEGER): 2,
        (0x0017, INTEGER): 2,
        (0x8000, MANY | STRING): ["Reise", "Büro"],
        (0x8001, TIME): WHEN,
    }
    file.message(file.root, {**MAIL, **state})
    found = _read(file, tmp_path)
    assert found.flags == ("\\Draft", "\\Flagged")
    assert found.facets["categories"] == "Reise\nBüro"
    assert found.facets["importance"] == "high"
    assert json.loads(found.facets["flag"])["dueDateTime"]["dateTime"].startswith("2011-05-04T10:30")


@pytest.mark.parametrize("page", [0x3FFD, 0x66C3, 0x3FDE])
def test_texts_of_old_files_are_read_in_their_code_page(page: int, tmp_path: Path) -> None:
    file = File()
    file.names([public("Keywords")])
    said: Properties = {
        (0x0037, STRING8): "Привет".encode("cp1251"),
        (0x1000, STRING8): "Мир\r\n".encode("cp1251"),
        (0x8000, MANY | STRING8): ["Дом".encode("cp1251")],
        (page, INTEGER): 1251,
    }
    file.message(file.root, said, ({(0x3001, STRING8): "Ева".encode("cp1251"), (0x0C15, INTEGER): 1},))
    found = _read(file, tmp_path)
    message = _mail(found)
    assert (message["Subject"], found.facets["categories"]) == ("Привет", "Дом")
    assert "Мир" in message.get_content()
    assert "=?utf-8?B?0JXQstCw?=" in found.data.decode()


def _nested(file: File, storage: object, depth: int) -> None:
    above = file.root
    for number in range(depth):
        inner: Properties = {(0x3705, INTEGER): 5, (0x3001, STRING): f"Brief {number}", (0x3701, OBJECT): None}
        named: Properties = {**MAIL, (0x0037, STRING): f"Tiefe {number}"}
        file.message(above, named, (TO,), (inner,), "top" if above is file.root else "inner")
        above = file.storage(above.storages["__ATTACH_VERSION1.0_#00000000"], "__substg1.0_3701000D")
    file.message(above, {**MAIL, (0x0037, STRING): "innerster"}, head="inner")


def test_messages_in_messages_are_read_so_deep_and_no_deeper(tmp_path: Path) -> None:
    file = File()
    _nested(file, file.root, 3)
    message = _mail(_read(file, tmp_path))
    subjects = [part["Subject"] for part in message.walk() if part["Subject"]]
    assert subjects == ["Tiefe 0", "Tiefe 1", "Tiefe 2", "innerster"]
    file = File()
    _nested(file, file.root, 60)
    assert _read(file, tmp_path).lost == (losses.TOO_DEEP,)


def test_what_another_program_put_into_it_is_a_file_of_its_own(tmp_path: Path) -> None:
    file = File()
    file.message(file.root, MAIL, (), ({(0x3705, INTEGER): 6, (0x3001, STRING): "Tabelle", (0x3701, OBJECT): None},))
    attached = file.root.storages["__ATTACH_VERSION1.0_#00000000"]
    inner = file.storage(attached, "__substg1.0_3701000D")
    inner.class_id = bytes(range(16))
    wanted = {"WORKBOOK": bytes(range(256)) * 30, "\1OLE": b"small"}
    file.stream(inner, "Workbook", wanted["WORKBOOK"])
    file.stream(file.storage(inner, "More"), "\1Ole", wanted["\1OLE"])
    found = _read(file, tmp_path)
    (part,) = _mail(found).iter_attachments()
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    compound = Compound(io.BytesIO(data), len(data))
    assert compound.root.class_id == bytes(range(16))
    assert compound.read(compound.root.streams["WORKBOOK"]) == wanted["WORKBOOK"]
    assert compound.read(compound.root.storages["MORE"].streams["\1OLE"]) == wanted["\1OLE"]
    assert found.lost == (losses.OLE_AS_FILE,)


def test_a_file_that_lies_elsewhere_and_one_that_is_damaged_are_told(tmp_path: Path) -> None:
    file = File()
    link: Properties = {(0x3705, INTEGER): 7, (0x3707, STRING): "Plan", (0x370D, STRING): "https://example.org/plan"}
    file.message(file.root, MAIL, (), (link, _attached("weg.bin", b"x" * 9), _attached("da.txt", b"da")))
    storage = file.root.storages["__ATTACH_VERSION1.0_#00000001"]
    del storage.streams["__SUBSTG1.0_37010102"]
    found = _read(file, tmp_path)
    names = [one.get_filename() for one in _mail(found).iter_attachments()]
    assert names == ["Plan.txt", "da.txt"]
    assert set(found.lost) == {losses.ATTACHMENT_LINK, losses.ATTACHMENT_DAMAGED}


def test_a_list_of_properties_that_is_lost_leaves_what_streams_hold(tmp_path: Path) -> None:
    file = File()
    file.message(file.root, MAIL, (TO,))
    del file.root.streams["__PROPERTIES_VERSION1.0"]
    found = _read(file, tmp_path)
    assert found.lost == (losses.FILE_DAMAGED,)
    message = _mail(found)
    assert (message["Subject"], message["From"]) == ("Grüße", "Ada <ada@example.org>")


def test_files_are_found_in_trees_and_archives_and_lie_in_their_folders(tmp_path: Path) -> None:
    mail, person = File(), File()
    mail.message(mail.root, MAIL, (TO,))
    person.message(person.root, {(0x001A, STRING): "IPM.Contact", (0x3001, STRING): "Ada Lovelace"})
    top = tmp_path / "Archiv"
    (top / "Inbox").mkdir(parents=True)
    (top / "Inbox" / "eins.msg").write_bytes(mail.written())
    (top / "Inbox" / "Ada.MSG").write_bytes(person.written())
    (top / "Vorlage.oft").write_bytes(mail.written())
    (top / "kaputt.msg").write_bytes(mail.written()[:700])
    (top / "brief.doc").write_bytes(mail.written())
    leer = File()
    leer.stream(leer.root, "WordDocument", bytes(5000))
    (top / "anders.msg").write_bytes(leer.written())
    with zipfile.ZipFile(top / "mehr.zip", "w") as archive:
        archive.write(top / "Inbox" / "eins.msg", "Sent/zwei.msg")
    seen = list(read_all([top], tuple(Service), tmp_path / "scratch"))
    told = [one.told for one in seen if isinstance(one, Piece)]
    found = {(one.service, "/".join(one.path)) for one in told if isinstance(one, Found)}
    assert found == {
        (Service.MAIL, "Inbox"),
        (Service.CONTACTS, "Inbox"),
        (Service.MAIL, "Archiv"),
        (Service.MAIL, "Sent"),
    }
    assert {one.role for one in told if isinstance(one, FolderFound) and one.path == ("Sent",)} == {Role.SENT}
    faults = {one.label: one.fault.facts["reason"] for one in seen if isinstance(one, BadFile)}
    assert faults == {"Archiv/kaputt.msg": "damaged", "Archiv/anders.msg": "unlike"}


def test_a_file_that_is_larger_than_any_message_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = File()
    file.message(file.root, MAIL)
    (tmp_path / "gross.msg").write_bytes(file.written())
    monkeypatch.setattr(reading, "LONGEST", 1000)
    (bad,) = (one for one in read_all([tmp_path / "gross.msg"], tuple(Service), tmp_path) if isinstance(one, BadFile))
    assert bad.fault.facts["reason"] == "too-long"


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.msg"
    file = File()
    file.message(file.root, {(0x001A, STRING): "IPM.StickyNote", (0x0037, STRING): "Milch", (0x7FFE, BOOLEAN): True})
    path.write_bytes(file.written())
    assert read(path, ("Old",), "one.msg", {Service.MAIL}) is None
    note = read(path, ("Old",), "one.msg", {Service.NOTES})
    assert note is not None
    assert json.loads(note.data)["subject"] == "Milch"
    path.write_bytes(b"nothing")
    with pytest.raises(ArchiveUnreadable):
        read(path, ("Old",), "one.msg", {Service.MAIL})
