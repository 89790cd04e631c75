"""Sizes as people type them, which words may follow ``export``, and what a check says."""

from dataclasses import replace
from pathlib import Path

import pytest

from saasbackup_desktop.app.exports.file_checks import FileCheck, FileFinding, check_file
from saasbackup_desktop.app.exports.views import ExportResult, ExportStatus
from saasbackup_desktop.app.words.file_checks import finding_words
from saasbackup_desktop.app.words.losses import LOSSES
from saasbackup_desktop.cli.exits import ExitCode
from saasbackup_desktop.cli.exporting.checking import check_exit, verdict
from saasbackup_desktop.cli.exporting.commands import WORDS, forgotten_words, group, kept_words, removal_words
from saasbackup_desktop.cli.exporting.figures import size_of
from saasbackup_desktop.cli.exporting.records import check_record, finding_record
from saasbackup_desktop.cli.exporting.running import ended_words
from saasbackup_desktop.cli.main import arguments
from saasbackup_desktop.core.errors import Misconfigured
from saasbackup_desktop.core.export.values import Packing
from saasbackup_desktop.core.ids import JobId
from saasbackup_desktop.providers.files.pdf import losses
from saasbackup_desktop.providers.files.pstcheck.findings import FAULTS, NOTES


@pytest.mark.parametrize(
    ("text", "size"),
    [("5GB", 5 * 10**9), ("20 gb", 20 * 10**9), ("1GiB", 2**30), ("1.5M", 1_500_000), ("1,5MB", 1_500_000), ("7", 7)],
)
def test_sizes(text: str, size: int) -> None:
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "5 apples", "1e9", "5PB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(Misconfigured):
        size_of(text)


def test_export_makes_one_if_nothing_else_is_said() -> None:
    assert arguments(["export", "anna", "--out", "x"]) == ["export", "run", "anna", "--out", "x"]
    assert arguments(["export", "list"]) == ["export", "list"]
    assert arguments(["export"]) == ["export"]
    named = {command.name for command in group.registered_commands} | {
        part.typer_instance.info.name for part in group.registered_groups if part.typer_instance
    }
    assert named | {"--help", "-h"} == set(WORDS)


def _result(status: ExportStatus, *, failed: int = 0, lost: int = 0, keep_days: int | None = None) -> ExportResult:
    return ExportResult(
        job=JobId("3f2a"),
        name="Letters",
        to="/media/usb",
        where="/media/usb/Letters",
        picks=(),
        owners=(),
        packing=Packing.FOLDER,
        part_size=1,
        is_locked=False,
        status=status,
        created=0,
        files=3,
        size=1024,
        failed=failed,
        lost=lost,
        keep_days=keep_days,
    )


@pytest.mark.parametrize(
    ("failed", "lost", "words"),
    [
        (0, 0, ""),
        (0, 153, "; 153 items not with everything: listed in “Not exported in full.csv”"),
        (1, 2, "; 1 item not in them, 2 items not with everything: listed in “Not exported in full.csv”"),
    ],
)
def test_the_last_line_says_what_is_not_wholly_there(failed: int, lost: int, words: str) -> None:
    result = _result(ExportStatus.COMPLETED, failed=failed, lost=lost)
    assert ended_words(result) == f"/media/usb/Letters: 3 files, 1.0 KiB{words}"


def test_every_finding_has_words() -> None:
    codes = sorted(FAULTS | NOTES | {"file-missing", "file-altered"})
    said = {code: finding_words(FileFinding(code=code, place="")) for code in codes}
    assert not [code for code, words in said.items() if words == "Something is not as it should be."]


def test_every_loss_of_a_document_has_words() -> None:
    codes = [value for name, value in vars(losses).items() if name.isupper()]
    assert codes
    assert [code for code in codes if code not in LOSSES] == []


def test_records_have_what_is_promised() -> None:
    one = FileFinding(code="block-crc", place="block 0x4", facts={"wanted": 1}, is_fault=True)
    found = FileCheck(
        path="a.pst", kind="data-file", is_sound=False, findings=(one,), times={"block-crc": 7}, counts={"messages": 3}
    )
    assert check_record(found) == {
        "type": "file-check",
        "path": "a.pst",
        "kind": "data-file",
        "sound": False,
        "counts": {"messages": 3},
        "times": {"block-crc": 7},
    }
    assert finding_record(found, one)["fault"] is True
    assert finding_record(found, one)["what"] == finding_words(one)


@pytest.mark.parametrize(("version", "sound"), [(14, None), (36, None), (23, False)])
def test_what_is_not_checked_is_neither_good_nor_bad(tmp_path: Path, version: int, sound: bool | None) -> None:
    data = bytearray(1024)
    data[:4], data[8:10], data[10] = b"!BDN", b"SM", version
    (tmp_path / "old.pst").write_bytes(data)
    found = check_file(str(tmp_path / "old.pst"), None, lambda done, total: None, lambda: False)
    assert found.is_unchecked == (sound is None)
    assert check_record(found)["sound"] is sound
    assert verdict(found, len(found.findings)).startswith("not checked." if sound is None else "not as it should be")
    assert check_exit([found]) == (ExitCode.UNCHECKED if sound is None else ExitCode.DAMAGED)
    assert check_exit([found, replace(found, is_sound=False, times={"cut": 1})]) == ExitCode.DAMAGED


def test_what_stays_when_an_export_is_removed_is_named() -> None:
    result = _result(ExportStatus.COMPLETED)
    assert removal_words(result, ()) == "Letters: removed."
    told = removal_words(result, ("INBOX/1.eml", "INBOX/2.eml"))
    assert told.startswith(
        "Letters: removed but for 2 files that somebody has changed, in /media/usb/Letters: INBOX/1.eml"
    )


def test_what_becomes_of_files_of_a_forgotten_export_is_said() -> None:
    result = _result(ExportStatus.COMPLETED)
    assert forgotten_words(result).endswith("in /media/usb/Letters, they stay there, decrypted.")
    assert "locked with their password" in forgotten_words(replace(result, is_locked=True))


@pytest.mark.parametrize(
    ("status", "days", "words"),
    [
        (ExportStatus.COMPLETED, None, "for good"),
        (ExportStatus.CANCELLED, 1, "1 day, once it is made"),
        (ExportStatus.EXPIRED, 3, "no longer"),
    ],
)
def test_how_long_it_is_kept(status: ExportStatus, days: int | None, words: str) -> None:
    assert kept_words(_result(status, keep_days=days)) == words
