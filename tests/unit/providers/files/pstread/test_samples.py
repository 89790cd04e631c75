"""Files that Outlook and other programs made are read whole, whatever they are."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from saasbackup_desktop.core.errors import ArchiveFault, ArchiveUnreadable, ArchiveUnsupported
from saasbackup_desktop.core.model import Role, Service
from saasbackup_desktop.providers.files.found import Broken, FolderFound, Found
from saasbackup_desktop.providers.files.pstread import walk
from saasbackup_desktop.providers.formats.graph.reading import describe
from tests.corpora import Corpora

_HIDDEN = "/Freebusy Data"
"""Beside the folders that people see."""


@pytest.fixture(scope="module")
def samples(corpora: Corpora) -> dict[str, Path]:
    return {sample.path.name: sample.path for sample in corpora.samples("pst")}


def _items(path: Path, service: Service | None = None) -> list[Found]:
    told = list(walk(path, frozenset(Service) if service is None else {service}))
    assert not [one for one in told if isinstance(one, Broken)], path
    return [one for one in told if isinstance(one, Found)]


def test_what_another_reader_finds_is_found(samples: dict[str, Path], corpora: Corpora) -> None:
    compared = Counter[str]()
    for line in (corpora.folder / "oracles" / "pst-libpff.jsonl").read_text().splitlines():
        said = json.loads(line)
        path = samples.get(Path(said["path"]).name)
        if path is None:
            continue
        compared[said["format"]] += 1
        found = Counter(one.path[-1] for one in _items(path))
        wanted = Counter[str]()
        for folder in said["folders"]:
            if folder["items"] and folder["folder"] != _HIDDEN:
                wanted[folder["folder"].rpartition("/")[2]] += folder["items"]
        assert found == wanted, path
        names = {one.name for one in _items(path)}
        subjects = {subject for folder in said["folders"] for subject in folder["first_subjects"] if subject}
        assert {subject.strip() for subject in subjects} <= {name.strip() for name in names}, path
    assert compared == Counter(unicode=16, ansi=2)


def test_items_are_what_lists_show(samples: dict[str, Path]) -> None:
    seen: Counter[Service] = Counter()
    for path in samples.values():
        for one in _items(path):
            seen[one.service] += 1
            assert one.data
            assert describe(one.service, one.data).name or one.service in (Service.MAIL, Service.NOTES), (path, one.key)
            if one.service is not Service.MAIL:
                plain = json.loads(one.data)
                assert {f"attachment/{file['id']}" for file in plain.get("attachments", ())} <= set(one.parts)
    assert seen == {Service.MAIL: 176, Service.CALENDAR: 16, Service.CONTACTS: 118}


def test_a_file_says_the_same_whenever_it_is_read(samples: dict[str, Path]) -> None:
    for name in ("Outlook.pst", "SampleOstFile.ost", "sample2.pst"):
        assert list(walk(samples[name])) == list(walk(samples[name]))
        keys = [one.key for one in _items(samples[name])]
        assert len(set(keys)) == len(keys)


def test_folders_come_before_what_lies_in_them(samples: dict[str, Path]) -> None:
    for path in samples.values():
        told: set[tuple[Service, tuple[str, ...]]] = set()
        for one in walk(path):
            assert len(one.path) == 1 or (one.service, one.path[:-1]) in told
            if isinstance(one, FolderFound):
                assert (one.service, one.path) not in told
                told.add((one.service, one.path))
            else:
                assert (one.service, one.path) in told


def test_folders_are_for_what_the_file_says(samples: dict[str, Path]) -> None:
    roles = {one.path: one.role for one in walk(samples["Outlook.pst"]) if isinstance(one, FolderFound) and one.role}
    assert roles == {
        ("Deleted Items",): Role.TRASH,
        ("Inbox",): Role.INBOX,
        ("Sent Items",): Role.SENT,
        ("Drafts",): Role.DRAFTS,
        ("Junk E-mail",): Role.JUNK,
        ("Calendar",): Role.MAIN,
        ("Contacts",): Role.MAIN,
        ("Tasks",): Role.MAIN,
    }


def test_old_files_are_in_their_own_letters(samples: dict[str, Path]) -> None:
    (event,) = _items(samples["32-bit.pst"], Service.CALENDAR)
    plain = json.loads(event.data)
    assert plain["subject"] == "Updated: Olympus training for new hires"
    assert plain["start"] == {"dateTime": "2004-08-19T18:30:00.0000000", "timeZone": "UTC"}
    assert [one["type"] for one in plain["attendees"]] == ["required"] * 3 + ["optional"] * 3


def test_one_file_is_the_same_in_both_forms(samples: dict[str, Path]) -> None:
    """Outlook wrote the same message into a file of each form."""
    (new,), (old,) = _items(samples["sample1.pst"]), _items(samples["sample2.pst"])
    assert new.data.split(b"MIME-Version")[1][-90_000:] == old.data.split(b"MIME-Version")[1][-90_000:]
    assert new.name == old.name == "Here is a sample message"


@pytest.mark.parametrize("name", ["Outlook.pst", "sample2.pst", "testPST.pst"])
def test_damage_is_told_and_never_raised(samples: dict[str, Path], tmp_path: Path, name: str) -> None:
    whole = samples[name].read_bytes()
    expected = len(_items(samples[name]))
    chance = random.Random(11)
    told: Counter[str] = Counter()
    for _ in range(6):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 20, 400))):
            at = chance.randrange(0x4400, len(data))
            data[at : at + 8] = chance.randbytes(8)
        path = tmp_path / "damaged.pst"
        path.write_bytes(data)
        try:
            told.update(type(one).__name__ for one in walk(path) if not isinstance(one, FolderFound))
        except ArchiveFault:
            told["refused"] += 1
    assert told["Found"] + told["Broken"] + told["refused"] * expected >= expected * 3, told


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"!BDN", b"From x\n" * 200, b"!BDN" + bytes(600))):
        path = tmp_path / f"{number}.pst"
        path.write_bytes(data)
        with pytest.raises(ArchiveUnreadable):
            list(walk(path))


@pytest.mark.parametrize(
    ("at", "value", "said"), [(10, 36, "Outlook 2013"), (10, 20, "Outlook 97"), (513, 0x10, "Windows Information")]
)
def test_what_is_of_another_kind_is_named(
    samples: dict[str, Path], tmp_path: Path, at: int, value: int, said: str
) -> None:
    data = bytearray(samples["sample1.pst"].read_bytes())
    data[at] = value
    path = tmp_path / "other.pst"
    path.write_bytes(data)
    with pytest.raises(ArchiveUnsupported) as raised:
        list(walk(path))
    assert said in str(raised.value.facts["format"])
