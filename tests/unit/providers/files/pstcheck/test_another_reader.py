"""What libpff reads of real files and of ours, property by property, is what we read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from saasbackup_desktop.providers.files.pstcheck.names import FIRST_NAMED
from saasbackup_desktop.providers.files.pstcheck.properties import Properties
from saasbackup_desktop.providers.files.pstcheck.reader import PstFile
from tests.corpora import Corpora
from tests.unit.providers.files.pstcheck import files

pypff: Any = pytest.importorskip("pypff", reason="READER MISSING: libpff-python is not installed; nothing was proven")

_READABLE = (
    "testPST.pst",
    "Outlook.pst",
    "sample1.pst",
    "passwordprotectedPST.pst",
    "SampleOstFile.ost",
    "support.pst",
)


def _messages(folder: Any) -> Iterator[Any]:
    for number in range(folder.number_of_sub_messages):
        yield folder.get_sub_message(number)
    for number in range(folder.number_of_sub_folders):
        yield from _messages(folder.get_sub_folder(number))


def _same(path: Path) -> int:
    other = pypff.file()
    other.open(str(path))
    compared = 0
    with PstFile(path) as pst:
        for message in _messages(other.get_root_folder()):
            own = Properties(pst.node(message.identifier))
            theirs = {}
            for number in range(message.number_of_record_sets):
                records = message.get_record_set(number)
                for place in range(records.number_of_entries):
                    entry = records.get_entry(place)
                    theirs[entry.entry_type] = entry
            for id_ in own:
                if id_ < FIRST_NAMED:  # of named ones it tells the number only, not the set
                    assert theirs[id_].value_type == own.type(id_)
                    assert (theirs[id_].data or b"") == own.data(id_)
                    compared += 1
    other.close()
    return compared


def test_real_files(corpora: Corpora) -> None:
    paths = [sample.path for sample in corpora.samples("pst") if sample.path.name in _READABLE]
    assert len(paths) == len(_READABLE)
    assert sum(_same(path) for path in paths) > 8000


def test_ours(tmp_path: Path) -> None:
    assert _same(files.small(tmp_path / "small.pst")) > 50
