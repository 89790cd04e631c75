"""What our writer writes is read back as it was."""

from pathlib import Path

import pytest

from saasbackup_desktop.providers.files.pst.model import Message, Tag, Type
from saasbackup_desktop.providers.files.pst.split import PstWriter
from saasbackup_desktop.providers.files.pstcheck import Name, PstFile, Unreadable, check
from tests.unit.providers.files.pstcheck import files


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return files.small(tmp_path_factory.mktemp("pst") / "small.pst")


def test_folders_are_where_they_were(small: Path) -> None:
    with PstFile(small) as pst:
        found = {folder.path: folder for folder in pst.folders()}
        assert set(found) == {
            (),
            ("Deleted Items",),
            ("Inbox",),
            ("Inbox", "Sub"),
            ("Inbox", "Sub", "Deep"),
        }
        assert [len(found[path]) for path in ((), ("Inbox",), ("Inbox", "Sub"), ("Inbox", "Sub", "Deep"))] == [
            0,
            3,
            0,
            2,
        ]
        assert found["Inbox",].container_class == "IPF.Note"
        assert pst.name == "Small"
        assert not pst.has_password


def test_properties_recipients_and_names_come_back(small: Path) -> None:
    with PstFile(small) as pst:
        inbox = next(folder for folder in pst.folders() if folder.path == ("Inbox",))
        plain = next(inbox.messages())
        written: Message = files.mail("RE: Plain")
        for tag, value in written.properties.items():
            id_ = tag.id if isinstance(tag.id, int) else Name(tag.id.set, tag.id.id)
            if id_ == 0x0037:
                assert plain.subject == value
            elif id_ == 0x003D:
                assert plain.prefix == value
            else:
                assert plain.value(id_) == plain.properties[id_] == value
                assert plain.type(id_) == tag.type
        assert plain.message_class == "IPM.Note"
        recipients = list(plain.recipients())
        assert [one.properties[0x3001] for one in recipients] == ["Bob 0", "Bob 1"]
        assert recipients[1].properties[0x3003] == "bob1@example.org"
        assert plain.value(Name(files.KEYWORDS.set, "Unknown")) is None


def test_attachments_come_back_in_pieces(small: Path) -> None:
    with PstFile(small) as pst:
        inbox = next(folder for folder in pst.folders() if folder.path == ("Inbox",))
        _, loaded, holder = inbox.messages()
        first, second = loaded.attachments()
        assert (first.name, b"".join(first.content()), first.message) == ("small.txt", b"hello", None)
        pieces = list(second.content())
        assert len(pieces) > 1
        assert b"".join(pieces) == files.LARGE
        assert second.size == len(files.LARGE)
        (outer,) = holder.attachments()
        inner = outer.message
        assert inner is not None
        assert inner.subject == "Inner"
        assert [(one.name, b"".join(one.content())) for one in inner.attachments()] == [("deep.txt", b"deep")]


def test_long_texts_come_back(small: Path) -> None:
    with PstFile(small) as pst:
        deep = next(folder for folder in pst.folders() if folder.path[-1:] == ("Deep",))
        message, contact = deep.messages()
        assert contact.properties[Name(files.CONTACT_DATA.set, 0x8007)] == [1, 2]
        assert message.text(0x1000) == files.LONG
        assert b"".join(message.pieces(0x1000)).decode("utf-16-le") == files.LONG


def test_many_properties_are_told_and_read(tmp_path: Path) -> None:
    more = {Tag(0x6000 + number, Type.INTEGER32): number for number in range(600)}
    with PstWriter(tmp_path / "many.pst", "Many") as writer:
        writer.add(writer.folder(("Inbox",)), Message(properties={**files.mail("Many").properties, **more}))
        writer.close()
    report = check(tmp_path / "many.pst")
    assert set(report.times) == {"properties-levels"}
    assert report.sound
    with PstFile(tmp_path / "many.pst") as pst:
        (message,) = (message for folder in pst.folders() for message in folder.messages())
        assert [message.value(0x6000 + number) for number in range(600)] == list(range(600))


def test_what_is_no_data_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pst"
    path.write_bytes(b"PK\x03\x04" * 1000)
    with pytest.raises(Unreadable, match="not-pst"):
        PstFile(path)
