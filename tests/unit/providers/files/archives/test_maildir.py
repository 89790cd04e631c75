"""Messages and folders in Maildirs."""

from pathlib import Path

import pytest

from saasbackup_desktop.core.model import Service
from saasbackup_desktop.providers.files.archives import finding
from saasbackup_desktop.providers.files.archives.finding import BadFile
from saasbackup_desktop.providers.files.archives.maildir import folders_of_maildir
from saasbackup_desktop.providers.files.archives.places import Stored
from saasbackup_desktop.providers.files.archives.reading import Piece, read
from saasbackup_desktop.providers.files.found import Broken, Found

_MESSAGE = b"From: ada@example.org\r\nSubject: Hello\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    ("name", "folders"),
    [
        (".Entw&APw-rfe", ("Entwürfe",)),
        (".Work.&ZeVnLIqe-", ("Work", "日本語")),
        ("Entw&APw-rfe", ("Entwürfe",)),
        (".R&D", ("R&D",)),
        (".You &- me", ("You & me",)),
        (".&AAA", ("&AAA",)),
        (".a&AC8AAA-b", ("a&AC8AAA-b",)),
        ("Entwürfe & mehr", ("Entwürfe & mehr",)),
    ],
)
def test_names_of_folders_are_spelt_out(name: str, folders: tuple[str, ...]) -> None:
    assert folders_of_maildir(name) == folders


def test_what_a_file_is_called_makes_no_other_thing_of_a_message(tmp_path: Path) -> None:
    cur = tmp_path / "Mail" / ".Sent" / "cur"
    cur.mkdir(parents=True)
    for name in ("7.mail.eml", "8.mail.pst", "9.mail.zip:2,S", "10.mail.ics", "letter"):
        (cur / name).write_bytes(_MESSAGE)
    (cur / "11.mail.host").write_bytes(b"\n" * 30 + b"no header")
    (cur / "12.mail.host:2,").touch()
    found = list(read([tmp_path / "Mail"], tuple(Service), tmp_path / "scratch"))
    told = [one.told for one in found if isinstance(one, Piece)]
    assert [one.path for one in told if isinstance(one, Found)] == [("Sent",)] * 5
    assert [one.flags for one in told if isinstance(one, Found) and one.flags] == [("\\Seen",)]
    assert {one.name: one.detail for one in told if isinstance(one, Broken)} == {
        "11.mail.host": "no-message",
        "12.mail.host:2,": "empty",
    }


def test_a_folder_that_is_called_like_one_of_a_maildir_is_itself(tmp_path: Path) -> None:
    (tmp_path / "Mail" / "new").mkdir(parents=True)
    (tmp_path / "Mail" / "new" / "letter.eml").write_bytes(_MESSAGE)
    found = read([tmp_path / "Mail"], tuple(Service), tmp_path / "scratch")
    assert [one.told.path for one in found if isinstance(one, Piece) and isinstance(one.told, Found)] == [("new",)]


def test_a_file_that_nobody_foresaw_stops_no_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "Mail").mkdir()
    for name in ("a.eml", "b.eml"):
        (tmp_path / "Mail" / name).write_bytes(_MESSAGE)
    really = finding._kind

    def stumble(found: Stored, *, is_picked: bool) -> finding.Kind | None:
        if found.names[-1] == "a.eml":
            raise ZeroDivisionError
        return really(found, is_picked=is_picked)

    monkeypatch.setattr(finding, "_kind", stumble)
    found = list(read([tmp_path / "Mail"], tuple(Service), tmp_path / "scratch"))
    assert [one.fault.facts["reason"] for one in found if isinstance(one, BadFile)] == ["bug"]
    assert sum(isinstance(one, Piece) and isinstance(one.told, Found) for one in found) == 1
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()
