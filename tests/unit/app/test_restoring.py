"""From a wish to a job: names, modes, what is protected first."""

from dataclasses import replace

import pytest

from saasbackup_desktop.app.restoring import LONGEST_NAME, new_folder_fault, spec_of
from saasbackup_desktop.app.views import RestoreRequest
from saasbackup_desktop.core.errors import Misconfigured, NameRefused
from saasbackup_desktop.core.ids import ConnectionName, SnapshotId, StreamId
from saasbackup_desktop.core.model import Conflict
from saasbackup_desktop.core.selection import Selection

STREAM = StreamId("a/mail")
NOW = 1_790_000_000


def _request(conflict: str, folder: str | None = None) -> RestoreRequest:
    return RestoreRequest(
        stream=STREAM,
        snapshot=SnapshotId("s"),
        connection=ConnectionName("c"),
        conflict=conflict,
        folder=folder,
    )


@pytest.mark.parametrize("name", ["Back", "Back/Then", "Zurück & more", "日本語", "x" * LONGEST_NAME, "INBOX/Restored"])
def test_good_names(name: str) -> None:
    assert new_folder_fault(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("/", "empty"),
        ("a//b", "empty"),
        ("a/", "empty"),
        ("/a", "empty"),
        ("x" * (LONGEST_NAME + 1), "too-long"),
        (" a", "outer-blank"),
        ("a/b ", "outer-blank"),
        ("a\tb", "control-character"),
        ("a\x7fb", "control-character"),
        *((f"a{character}b", "banned-character") for character in '\\*%"<>|?:'),
    ],
)
def test_bad_names(name: str, reason: str) -> None:
    assert new_folder_fault(name) == reason
    with pytest.raises(NameRefused) as refused:
        spec_of(_request("skip", name), STREAM, True, (), NOW)
    assert refused.value.facts == {"name": name, "reason": reason}


def test_non_destructive_names_its_own_folder_once_and_for_all() -> None:
    spec = spec_of(_request("non-destructive"), STREAM, True, (), NOW)
    assert spec.folder is not None
    assert spec.folder.startswith("Restored 2026-09-2")
    assert new_folder_fault(spec.folder) is None
    assert spec.whole_paths
    assert not spec.backup_first
    assert spec_of(_request("non-destructive", "Back"), STREAM, True, (), NOW).folder == "Back"


@pytest.mark.parametrize(("conflict", "protected", "first"), [("replace", True, True), ("replace", False, False)])
def test_replacing_is_preceded_by_a_backup_of_what_is_protected(conflict: str, protected: bool, first: bool) -> None:
    spec = spec_of(_request(conflict), STREAM, protected, (), NOW)
    assert (spec.conflict, spec.backup_first, spec.folder) == (Conflict.REPLACE, first, None)


def test_dates_that_leave_nothing_are_refused() -> None:
    request = replace(_request("skip"), selection=Selection(since=20, until=10))
    with pytest.raises(Misconfigured) as told:
        spec_of(request, STREAM, True, (), NOW)
    assert told.value.facts["what"] == "empty-span"


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(Misconfigured):
        spec_of(_request("overwrite"), STREAM, True, (), NOW)


def test_a_folder_that_is_there_may_have_any_name() -> None:
    assert spec_of(_request("skip", "What?"), STREAM, True, ("What?",), NOW).folder == "What?"
