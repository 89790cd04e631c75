"""Files that Outlook and other programs made: nothing is found in them that is not there."""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from saasbackup_desktop.providers.files.pstcheck import Folder, Message, Name, PstFile, Unreadable, check
from tests.corpora import Corpora

_OUTLOOK = {"testPST.pst", "Outlook.pst", "sample1.pst"}
"""Written by Outlook from beginning to end."""
_ANSI = {"sample2.pst", "32-bit.pst"}
_NEW_BY_ANOTHER = {"names-bucket", "names-unfound", "row-version-twice"}
"""Another program began these: two names lie in buckets of a third, two rows have one version."""
_OTHERS = {
    "SampleOstFile.ost": {"block-orphan"},
    "passwordprotectedPST.pst": _NEW_BY_ANOTHER,
    "SampleContacts1.pst": _NEW_BY_ANOTHER,
    "PersonalStorageFile.pst": {*_NEW_BY_ANOTHER, "row-version-mark"},
    "PersonalStorageFile1.pst": {*_NEW_BY_ANOTHER, "row-version-mark"},
    "PersonalStorage.pst": {*_NEW_BY_ANOTHER, "row-version-mark", "page-crc"},
    "PersonalStorage1.pst": {*_NEW_BY_ANOTHER, "row-version-mark", "page-crc"},
    "PersonalStorageFile.ost": {*_NEW_BY_ANOTHER, "row-version-mark", "page-crc"},
    "PersonalStorage_New.pst": {*_NEW_BY_ANOTHER, "row-version-mark", "page-crc"},
    "Personal folders_part1.pst": {*_NEW_BY_ANOTHER, "row-version-mark", "page-crc"},
    "destination.pst": {*_NEW_BY_ANOTHER, "row-version-mark", "page-crc"},
    "Test_part1.pst": {
        *_NEW_BY_ANOTHER,
        "row-version-mark",
        "page-crc",
        "folder-count",
        "names-unknown",
        "table-column-order",
        "table-column-place",
        "message-size",
        "bth-order",
        "property-type",
        "appointment-required",
    },
    "support.pst": {
        "mark-nodes",
        "space-free",
        "row-version-mark",
        "row-version-twice",
        "folder-required",
        "attachment-size",
        "template-columns",
    },
}
"""Written or changed by other programs, whose mistakes these are; the offline store has blocks without use."""


@pytest.fixture(scope="module")
def samples(corpora: Corpora) -> dict[str, Path]:
    return {sample.path.name: sample.path for sample in corpora.samples("pst")}


def test_outlooks_own_files_are_sound(samples: dict[str, Path]) -> None:
    for name in _OUTLOOK:
        report = check(samples[name])
        assert report.sound, (name, report.faults[:5])
        assert report.counts["messages"]


def test_old_files_are_named_as_such(samples: dict[str, Path]) -> None:
    for name in _ANSI:
        assert set(check(samples[name]).times) == {"not-unicode"}
        with pytest.raises(Unreadable, match="not-unicode"):
            PstFile(samples[name])


def test_mistakes_of_other_programs_are_told(samples: dict[str, Path]) -> None:
    assert set(samples) == _OUTLOOK | _ANSI | set(_OTHERS)
    for name, expected in _OTHERS.items():
        assert {finding.code for finding in check(samples[name]).faults} == expected, name


def test_ids_of_rows_are_missed_where_outlook_keeps_some(samples: dict[str, Path]) -> None:
    assert check(samples["Outlook.pst"]).times["row-ids"] == 9
    assert "row-ids" not in check(samples["testPST.pst"]).times


def test_passwords_are_told_and_hinder_nobody(samples: dict[str, Path]) -> None:
    path = samples["passwordprotectedPST.pst"]
    assert check(path).password
    with PstFile(path) as pst:
        assert pst.has_password
        assert sum(1 for folder in pst.folders() for _ in folder.messages()) == 18


def _all(folder: Folder) -> Iterator[tuple[str, Folder]]:
    waiting = [("", folder)]
    while waiting:
        path, here = waiting.pop()
        yield path, here
        waiting.extend((f"{path}/{below.name}", below) for below in here.folders())


def test_what_is_read_is_what_another_reader_reads(samples: dict[str, Path], corpora: Corpora) -> None:
    known = (corpora.folder / "oracles" / "pst-libpff.jsonl").read_text().splitlines()
    compared = 0
    for line in known:
        said = json.loads(line)
        path = samples.get(Path(said["path"]).name)
        if path is None or said["format"] != "unicode":
            continue
        compared += 1
        with PstFile(path) as pst:
            found = dict(_all(pst.root))
            for folder in said["folders"]:
                if folder["folder"] not in found:
                    assert not folder["items"], (path, folder["folder"])
                    continue
                _same(folder, list(found[folder["folder"]].messages()))
    assert compared == 16


def _same(said: dict[str, object], messages: list[Message]) -> None:
    subjects = [message.subject for message in messages]
    assert len(messages) == said["items"], said["folder"]
    classes = said["classes"]
    assert isinstance(classes, dict)
    assert Counter(message.message_class for message in messages) >= Counter(classes)
    assert sum(sum(1 for _ in message.attachments()) for message in messages) == said["attachments"]
    first = said["first_subjects"]
    assert isinstance(first, list)
    assert set(first) - {None} <= set(subjects)


def test_everything_in_a_real_file_can_be_read(samples: dict[str, Path]) -> None:
    seen: Counter[str] = Counter()
    for name in ("testPST.pst", "Outlook.pst", "SampleOstFile.ost"):
        with PstFile(samples[name]) as pst:
            for _, folder in _all(pst.root):
                for message in folder.messages():
                    _read(message, seen)
    assert seen == Counter(messages=122, attachments=77, recipients=126, named=1)


def _read(message: Message, seen: Counter[str]) -> None:
    seen["messages"] += 1
    assert message.message_class
    seen["named"] |= any(isinstance(id_, Name) for id_ in message.properties)
    seen["recipients"] += sum(1 for one in message.recipients() if one.properties)
    for attachment in message.attachments():
        seen["attachments"] += 1
        inner = attachment.message
        if inner is not None:
            _read(inner, seen)
        else:
            data = b"".join(attachment.content())
            assert sha256(data).digest()
            assert len(data) == attachment.size or attachment.value(0x3705) == 6
